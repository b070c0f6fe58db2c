"""The page on which an action is planned, prefilled from what the figures suggest."""

from collections.abc import Collection

from flask import Blueprint, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug import Response

from aggregation.access.roles import Right
from aggregation.improvements.planning import DueOutsideQuarter, PeriodNotReleased, plan_action
from aggregation.improvements.quarters import NotAQuarter
from aggregation.months.period import Period
from aggregation.months.released import released_periods
from aggregation.people.public_words import NamesSomebody
from aggregation.site.guard import cause, needs, unit, unit_today
from aggregation.site.improvements.improvement_words import SAID_OF_ELEMENT
from aggregation.site.improvements.plan_form import PlanForm, proposed_quarter
from aggregation.site.telling import complain, tell
from survey.database import reading, writing
from survey.language import worded
from survey.questionnaire import ITEMS, ORDERS, Element, ElementOrder
from survey.site import here
from survey.spoken import spoken

planning = Blueprint("planning", __name__)

PERIOD, ELEMENT = "periode", "unsur"
_UNPROCESSABLE = 422


@planning.route("/unit/<code>/tindak-lanjut/rencanakan", methods=["GET", "POST"])
@needs(Right.IMPROVE)
def plan(code: str) -> str | tuple[str, int] | Response:
    """Show the form of a plan, and put the plan into the register."""
    form = PlanForm()
    with reading(here().engine) as session:
        periods = newest_first(session, unit().id)
    form.offer(periods, ORDERS[ElementOrder(unit().element_order)], unit_today())
    if request.method == "GET":
        _propose(form, {each.name for each in periods})
    elif form.validate() and _planned(form):
        tell(worded("Rencana tersimpan dalam daftar tindak lanjut."))
        return redirect(url_for("improvements.all_improvements", code=code), 303)
    page = render_template("aggregation/improvements/plan.html", form=form, periods=periods)
    return (page, _UNPROCESSABLE) if form.errors else page


def newest_first(session: Session, unit_id: int) -> list[Period]:
    """Return the released periods, those that ended last before the others, quarters in front."""
    return sorted(
        released_periods(session, unit_id),
        key=lambda each: (each.months[-1], len(each.months)),
        reverse=True,
    )


def _propose(form: PlanForm, periods: Collection[str]) -> None:
    """Fill the form with what the address names, and with words to begin with."""
    element, period = request.args.get(ELEMENT, ""), request.args.get(PERIOD, "")
    if period in periods:
        form.period.data = period
    if element in set(Element):
        name = spoken().say(ITEMS[Element(element)].short)
        form.element.data = element
        form.said.data = spoken().say(SAID_OF_ELEMENT) % {"element": name.lower()}
    form.quarter.data = proposed_quarter(unit_today()).name


def _planned(form: PlanForm) -> bool:
    wanted = form.plan()
    if wanted is None:
        return False
    try:
        with writing(here().engine) as session:
            plan_action(session, unit().id, wanted, cause())
    except (NotAQuarter, DueOutsideQuarter, NamesSomebody) as error:
        form.refuse(error)
    except PeriodNotReleased:  # only a form of our own making, sent by hand, names one
        complain(form.period, worded("Pilih dari daftar."))
    return not form.errors

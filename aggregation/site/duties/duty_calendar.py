"""The calendar of duties: a week in words, a month at a glance; 25 desks a page."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from sqlmodel import Session, col

from aggregation.access.roles import Right
from aggregation.duties.rostered_desks import rostered_desks
from aggregation.duties.waiting_changes import waiting_count
from aggregation.site.duties.approvals import approvals
from aggregation.site.duties.calendar_span import WEEKDAY_NAMES, Week, asked_month
from aggregation.site.duties.duty_history import duty_history
from aggregation.site.duties.exception_pages import exception_pages
from aggregation.site.duties.roster_pages import roster_pages
from aggregation.site.duties.shown_duties import shown_desks
from aggregation.site.guard import needs, unit, unit_today
from aggregation.site.listing import PAGE, SEARCH, Listing, listed
from survey.database import reading
from survey.models import Desk
from survey.month import Month
from survey.site import here

duty_calendar = Blueprint("duty_calendar", __name__)
duty_calendar.register_blueprint(roster_pages)
duty_calendar.register_blueprint(exception_pages)
duty_calendar.register_blueprint(duty_history)
duty_calendar.register_blueprint(approvals)

DESKS_A_PAGE = 25
WEEK, MONTH = "minggu", "bulan"


@duty_calendar.get("/unit/<code>/jadwal")
@needs(Right.SEE_ROSTER, names_people=True)
def week(code: str) -> str:  # noqa: ARG001 - the guard has looked it up
    """Show who serves in a week: `minggu`, or this one."""
    today = unit_today()
    shown = Week.asked(request.args.get(WEEK, ""), today)
    with reading(here().engine) as session:
        desks = _desks(session, WEEK)
        rows = shown_desks(session, unit().id, desks.rows, shown.days)
        waiting = waiting_count(session, unit().id)
    return render_template(
        "aggregation/duties/week.html",
        listing=desks,
        rows=rows,
        week=shown,
        waiting=waiting,
        today=today,
        weekdays=WEEKDAY_NAMES,
        month=Month.of(shown.days[3]),
    )


@duty_calendar.get("/unit/<code>/jadwal/bulan")
@needs(Right.SEE_ROSTER, names_people=True)
def month(code: str) -> str:
    """Show a month, `bulan` or this one, with one mark for each desk and day."""
    today = unit_today()
    shown = asked_month(request.args.get(MONTH, ""), today)
    days = list(shown.days())
    with reading(here().engine) as session:
        desks = _desks(session, MONTH)
        rows = shown_desks(session, unit().id, desks.rows, days)
    same_desks: dict[str, Any] = {SEARCH: desks.asked.search or None}
    if desks.asked.page > 1:
        same_desks[PAGE] = desks.asked.page
    weeks = {
        day: url_for("duty_calendar.week", code=code, minggu=str(Week.of(day)), **same_desks)
        for day in days
    }
    return render_template(
        "aggregation/duties/month.html",
        listing=desks,
        rows=rows,
        month=shown,
        today=today,
        weeks=weeks,
        weekdays=WEEKDAY_NAMES,
    )


def _desks(session: Session, span: str) -> Listing[Any]:
    """Return the page of desks; whatever else is shown is looked up for these alone."""
    return listed(
        session,
        rostered_desks(unit().id),
        sorts={"loket": (col(Desk.id),)},
        search_in=(col(Desk.name), col(Desk.code)),
        filters=(span,),
        per_page=DESKS_A_PAGE,
    )

"""The page of coverage: of each desk's visits, how many were rated; no rating is shown."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from flask import Blueprint, render_template, request
from sqlmodel import Session, col, select

from aggregation.access.roles import Right
from aggregation.method.coverage import DeskVisits, coverage
from aggregation.method.rounding import half_up
from aggregation.site.duties.calendar_span import asked_month
from aggregation.site.guard import needs, unit, unit_today
from aggregation.visits.coverage_counts import responses_of_desks, visits_of_desks
from survey.database import reading
from survey.models import Desk
from survey.month import Month
from survey.site import here

coverage_page = Blueprint("coverage_page", __name__)

_NOTHING = DeskVisits(0, 0)


@dataclass(frozen=True, slots=True)
class CoveredDesk:
    """A desk's month.

    Attributes
    ----------
    visits
        None where none are known.
    days
        On how many days any are.
    percent
        Responses in a hundred visits, one decimal; None where visits are unknown.
    """

    name: str
    visits: int | None
    days: int
    responses: int
    percent: Decimal | None


@coverage_page.get("/unit/<code>/kunjungan/cakupan")
@needs(Right.KEEP_ROSTER)
def desks(code: str) -> str:  # noqa: ARG001 - the guard has looked it up
    """Show visits, responses and coverage of each desk in a month, `bulan` or this one."""
    today = unit_today()
    shown = asked_month(request.args.get("bulan", ""), today)
    with reading(here().engine) as session:
        rows = _covered(session, shown)
    return render_template("aggregation/duties/coverage.html", rows=rows, month=shown)


def _covered(session: Session, month: Month) -> list[CoveredDesk]:
    visits = visits_of_desks(session, unit().id, month)
    responses = responses_of_desks(session, unit().id, month)
    found = session.exec(select(Desk).where(col(Desk.unit_id) == unit().id).order_by(col(Desk.id)))
    return [
        _row(desk.name, visits.get(desk.id or 0), responses.get(desk.id or 0, 0))
        for desk in found
        if desk.active or desk.id in visits or desk.id in responses
    ]


def _row(name: str, known: DeskVisits | None, responses: int) -> CoveredDesk:
    part = coverage(responses, known.visits if known else None)
    percent = None if part is None else half_up(part * Fraction(100), 1)
    visits = known.visits if known else None
    return CoveredDesk(name, visits, (known or _NOTHING).days, responses, percent)

"""The follow-up register of a unit: what is done about weak elements, and what it is worth."""

from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request
from sqlmodel import Session

from aggregation.access.roles import Right
from aggregation.improvements.ministry_score import ministry_score
from aggregation.improvements.register import RegisterLine, State, counted, register
from aggregation.improvements.suggestions import Suggestion, suggestions
from aggregation.months.period import Period
from aggregation.output.improvement_files import FORMATS
from aggregation.output.period_words import period_name
from aggregation.site.guard import may, needs, unit, unit_today
from aggregation.site.improvements.action_pages import actions
from aggregation.site.improvements.improvement_words import FINISHED, STATES
from aggregation.site.improvements.plan_page import newest_first, planning
from survey.database import reading
from survey.questionnaire import ITEMS
from survey.site import here
from survey.spoken import spoken

improvements = Blueprint("improvements", __name__)
improvements.register_blueprint(planning)
improvements.register_blueprint(actions)

YEAR, STATUS = "tahun", "status"
_QUARTER = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list is narrowed to; what makes no sense is left out.

    Attributes
    ----------
    year
        Of the surveyed period; None for all.
    state
        None for all.
    """

    year: int | None
    state: State | None


@dataclass(frozen=True, slots=True)
class Proposed:
    """What the newest figures ask for."""

    period: Period
    elements: list[Suggestion]


@improvements.get("/unit/<code>/tindak-lanjut")
@needs(Right.SEE_UNIT)
def all_improvements(code: str) -> str:  # noqa: ARG001 - the guard has looked it up
    """List what is done about weak elements, with the ministry's two figures."""
    with reading(here().engine) as session:
        lines = register(session, unit().id, unit_today())
        proposed = _proposed(session) if may(Right.IMPROVE) else None
    asked = _asked(lines)
    of_year = _of_year(lines, asked)
    return render_template(
        "aggregation/improvements/all.html",
        asked=asked,
        years=sorted({_year(line) for line in lines}, reverse=True),
        lines=[line for line in of_year if asked.state in (None, line.state)],
        of_year=of_year,
        count=counted(of_year),
        score=ministry_score(of_year),
        proposed=proposed,
        is_empty=not lines,
        states=STATES,
        items=ITEMS,
        finished_words=FINISHED,
        period_name=lambda period: period_name(period, spoken()),
        State=State,
    )


@improvements.get("/unit/<code>/tindak-lanjut/unduh/<any(csv,xlsx):kind>")
@needs(Right.SEE_UNIT)
def file(code: str, kind: str) -> Response:
    """Send the register in the columns of the regulation."""
    with reading(here().engine) as session:
        lines = register(session, unit().id, unit_today())
    asked = _asked(lines)
    make, mimetype = FORMATS[kind]
    response = Response(make(_of_year(lines, asked), unit_today(), spoken()), mimetype=mimetype)
    years = f"-{asked.year}" if asked.year else ""
    name = f"rtl-{code}{years}.{kind}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _asked(lines: list[RegisterLine]) -> Asked:
    years = {str(_year(line)): _year(line) for line in lines}
    states = {state.value: state for state in State}
    return Asked(years.get(request.args.get(YEAR, "")), states.get(request.args.get(STATUS, "")))


def _of_year(lines: list[RegisterLine], asked: Asked) -> list[RegisterLine]:
    return [line for line in lines if asked.year in (None, _year(line))]


def _year(line: RegisterLine) -> int:
    return line.period.months[-1].year


def _proposed(session: Session) -> Proposed | None:
    """Return what the newest quarter asks for; before there is one, the newest period."""
    periods = newest_first(session, unit().id)
    quarters = [each for each in periods if len(each.months) == _QUARTER]
    newest = next(iter(quarters or periods), None)
    if newest is None:
        return None
    found = suggestions(session, unit().id, newest, unit_today())
    return Proposed(newest, found) if found else None

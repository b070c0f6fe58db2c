"""Planning an action: what is weak, what is done about it, by when and by whom (method §11).

What was planned is never edited: a wrong plan is dropped with a reason, and planned anew.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import func
from sqlmodel import Session, col, select

from aggregation.changes.audit import record_with_detail
from aggregation.changes.batch import Cause, hold_unit
from aggregation.improvements.models import Horizon, Improvement
from aggregation.improvements.quarters import last_day, require_possible
from aggregation.improvements.texts import one_line
from aggregation.months.period import Period
from aggregation.months.released import released_periods
from aggregation.people.public_words import require_nobody_named
from survey.log import Act
from survey.merkle import Scalar
from survey.questionnaire import Element
from survey.units import local_today

LONGEST_SAID = 300
LONGEST_ACTION = 400
LONGEST_RESPONSIBLE = 120


class PeriodNotReleased(LookupError):
    """The period shows nothing yet, so nothing of it can be answered."""


class DueOutsideQuarter(ValueError):
    """The day by which it is to be done does not lie in the quarter."""


@dataclass(frozen=True, slots=True)
class Plan:
    """An action that is to be put into the register.

    Attributes
    ----------
    period
        The released period that showed what is weak.
    element
        None where it answers no single element.
    said
        What citizens said, in public words, up to 300 characters; empty if it is not told.
    action
        The program or activity, 1 to 400 characters.
    quarter
        When it is to be done; `due_on` lies in it.
    responsible
        A position rather than a name, 1 to 120 characters.
    """

    period: Period
    element: Element | None
    said: str
    action: str
    horizon: Horizon
    quarter: Period
    due_on: date
    responsible: str


def plan_action(session: Session, unit_id: int, plan: Plan, cause: Cause) -> UUID:
    """Put an action into a unit's register under the next number, and return its id.

    Raises
    ------
    PeriodNotReleased
        If the unit has no release of the period.
    NotAQuarter
        If nothing that the period showed can be done in the quarter.
    DueOutsideQuarter
        If the day does not lie in it.
    NamesSomebody
        If what citizens said would name or insult a person.
    TextMissing, TextTooLong, TextUnseen
        If a text cannot be kept.
    """
    hold_unit(session, unit_id)
    _require_sense(session, unit_id, plan, local_today(session, unit_id, cause.at))
    newest = session.exec(
        select(func.max(col(Improvement.number))).where(col(Improvement.unit_id) == unit_id)
    ).one()
    made = Improvement(
        id=uuid4(),
        unit_id=unit_id,
        number=(newest or 0) + 1,
        period=plan.period.name,
        element=plan.element,
        said=one_line(plan.said, LONGEST_SAID),
        action=one_line(plan.action, LONGEST_ACTION, needed=True),
        horizon=plan.horizon,
        quarter=plan.quarter.name,
        due_on=plan.due_on,
        responsible=one_line(plan.responsible, LONGEST_RESPONSIBLE, needed=True),
        opened_at=cause.at,
        opened_by=cause.by,
    )
    session.add(made)
    session.flush()
    _log(session, made, cause)
    return made.id


def _require_sense(session: Session, unit_id: int, plan: Plan, today: date) -> None:
    if plan.period not in released_periods(session, unit_id):
        raise PeriodNotReleased(plan.period.name)
    require_possible(plan.quarter, plan.period, today)
    if not plan.quarter.months[0].first_day <= plan.due_on <= last_day(plan.quarter):
        raise DueOutsideQuarter
    require_nobody_named(session, unit_id, plan.said)


def _log(session: Session, made: Improvement, cause: Cause) -> None:
    facts: dict[str, Scalar] = {
        "number": made.number,
        "period": made.period,
        "element": made.element,
        "quarter": made.quarter,
        "due_on": made.due_on.isoformat(),
    }
    act = Act("improvement.planned", cause.actor, f"improvement {made.id}", facts, made.unit_id)
    record_with_detail(session, act, cause.at, {"responsible": made.responsible})

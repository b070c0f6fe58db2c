"""Telling how an action goes: dated facts, each added to the ones before (method §11)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlmodel import Session, col, select

from aggregation.changes.audit import record_with_detail
from aggregation.changes.batch import Cause, hold_unit
from aggregation.improvements.models import Improvement, ImprovementStep, Progress
from aggregation.improvements.planning import LONGEST_RESPONSIBLE
from aggregation.improvements.quarters import YEARS_AHEAD
from aggregation.improvements.texts import one_line
from aggregation.months.period import Period
from aggregation.people.public_words import require_nobody_named
from survey.log import Act
from survey.merkle import Scalar
from survey.units import local_today

LONGEST_TOLD = 400
_A_MOMENT = timedelta(microseconds=1)
_ENDS = frozenset({Progress.DONE, Progress.DROPPED})


class UnknownImprovement(LookupError):
    """The unit has no such action."""


class ToldMeanwhile(ValueError):
    """Somebody has told something that whoever tells now has not seen."""


class DroppedAlready(ValueError):
    """The action was dropped; that is its end."""


class NothingTold(ValueError):
    """Nothing is new in it."""


class DoneDayImpossible(ValueError):
    """The day it was done is missing, lies ahead, or before the period that showed the need."""


class DueDayImpossible(ValueError):
    """The new day lies before today, or beyond what anybody plans."""


@dataclass(frozen=True, slots=True)
class Told:
    """A fact about an action.

    Attributes
    ----------
    text
        What was done, or why it was dropped: up to 400 characters. It is needed at either end, and
        where an action that was done is taken up again.
    done_on
        Given exactly when it is done.
    is_public
        Whether the public may read the text.
    due_on, responsible
        New ones; None where they stay.
    """

    progress: Progress
    text: str = ""
    done_on: date | None = None
    is_public: bool = False
    due_on: date | None = None
    responsible: str | None = None


def tell_progress(
    session: Session,
    unit_id: int,
    improvement_id: UUID,
    told: Told,
    cause: Cause,
    *,
    seen: UUID | None,
) -> UUID:
    """Add a fact to an action and return its id.

    Parameters
    ----------
    seen
        The newest fact that whoever tells has seen; None if there was none.

    Raises
    ------
    UnknownImprovement
        If the unit has no such action.
    ToldMeanwhile
        If there is a newer fact than the one seen; of two at once the second.
    DroppedAlready
        If it was dropped.
    NothingTold
        If nothing is new.
    DoneDayImpossible, DueDayImpossible
        If a day cannot be.
    NamesSomebody
        If words for the public would name or insult a person.
    TextMissing, TextTooLong, TextUnseen
        If a text cannot be kept.
    """
    hold_unit(session, unit_id)
    improvement = improvement_of(session, unit_id, improvement_id)
    newest = _newest(session, improvement_id)
    if (newest.id if newest else None) != seen:
        raise ToldMeanwhile
    before = Progress(newest.progress) if newest else Progress.PLANNED
    if before is Progress.DROPPED:
        raise DroppedAlready
    _require_news(before, told)
    _require_days(improvement, told, local_today(session, unit_id, cause.at))
    if told.is_public:
        require_nobody_named(session, unit_id, told.text)
    step = _step(improvement_id, told, before, cause, _after(newest, cause.at))
    session.add(step)
    session.flush()
    _log(session, improvement, step, cause)
    return step.id


def improvement_of(session: Session, unit_id: int, improvement_id: UUID) -> Improvement:
    """Return an action of a unit.

    Raises
    ------
    UnknownImprovement
        If it has none of that id.
    """
    found = session.exec(
        select(Improvement).where(
            col(Improvement.id) == improvement_id, col(Improvement.unit_id) == unit_id
        )
    ).one_or_none()
    if found is None:
        raise UnknownImprovement(improvement_id)
    return found


def _newest(session: Session, improvement_id: UUID) -> ImprovementStep | None:
    return session.exec(
        select(ImprovementStep)
        .where(col(ImprovementStep.improvement_id) == improvement_id)
        .order_by(col(ImprovementStep.told_at).desc())
        .limit(1)
    ).first()


def _require_news(before: Progress, told: Told) -> None:
    says = told.text.strip() or told.due_on or told.responsible
    if told.progress is before and not says:
        raise NothingTold


def _require_days(improvement: Improvement, told: Told, today: date) -> None:
    if (told.progress is Progress.DONE) != (told.done_on is not None):
        raise DoneDayImpossible
    begins = Period.parse(improvement.period).months[0].first_day
    if told.done_on is not None and not begins <= told.done_on <= today:
        raise DoneDayImpossible
    latest = date(today.year + YEARS_AHEAD, 12, 31)
    if told.due_on is not None and not today <= told.due_on <= latest:
        raise DueDayImpossible


def _step(
    improvement_id: UUID, told: Told, before: Progress, cause: Cause, at: datetime
) -> ImprovementStep:
    needed = told.progress in _ENDS or before is Progress.DONE
    responsible = told.responsible
    return ImprovementStep(
        id=uuid4(),
        improvement_id=improvement_id,
        told_at=at,
        told_by=cause.by,
        progress=told.progress,
        done_on=told.done_on,
        text=one_line(told.text, LONGEST_TOLD, needed=needed),
        is_public=told.is_public,
        due_on=told.due_on,
        responsible=responsible and one_line(responsible, LONGEST_RESPONSIBLE, needed=True),
    )


def _after(newest: ImprovementStep | None, at: datetime) -> datetime:
    """Return a time after the newest fact, whatever the servers' clocks say: order is by time."""
    return at if newest is None else max(at, newest.told_at + _A_MOMENT)


def _log(session: Session, of: Improvement, step: ImprovementStep, cause: Cause) -> None:
    facts: dict[str, Scalar] = {
        "number": of.number,
        "progress": step.progress,
        "done_on": _written(step.done_on),
        "due_on": _written(step.due_on),
        "is_public": step.is_public,
    }
    act = Act("improvement.told", cause.actor, f"improvement {of.id}", facts, of.unit_id)
    record_with_detail(session, act, cause.at, {"text": step.text})


def _written(day: date | None) -> str | None:
    return None if day is None else day.isoformat()

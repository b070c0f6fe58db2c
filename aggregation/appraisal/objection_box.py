"""What an officer's statement says of objecting to it: until when, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from aggregation.appraisal.heard_objections import Heard, Outcome, own_objections
from aggregation.appraisal.objection_window import ObjectionWindow, objection_window
from survey.models import ServiceUnit
from survey.month import Month


@dataclass(frozen=True, slots=True)
class ObjectionBox:
    """An officer's month, as far as objecting goes.

    Attributes
    ----------
    heard
        The officer's own objections to the month, the oldest first.
    outcomes
        Of each the revision it is about, and how far it has come.
    """

    unit_code: str
    month: Month
    window: ObjectionWindow
    heard: Sequence[Heard]
    outcomes: Sequence[tuple[int, Outcome]]


def objection_box(
    session: Session, unit_id: int, month: Month, officer_id: int, at: datetime
) -> ObjectionBox:
    """Return what `aggregation/objections/box.html` shows as `box`.

    Raises
    ------
    MonthNotClosed, NoFigures
        As `objection_window` does.
    """
    window = objection_window(session, unit_id, month, officer_id, at)
    heard = own_objections(session, officer_id, unit_id, month, at)
    return ObjectionBox(
        session.get_one(ServiceUnit, unit_id).code,
        month,
        window,
        heard,
        [(each.objection.revision, each.outcome) for each in heard],
    )

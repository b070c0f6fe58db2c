"""Objecting: an officer asks that a person look again at his own closed month (method §8.3)."""

import hashlib
from datetime import date
from uuid import uuid4

from sqlmodel import Session

from aggregation.appraisal.models import Objection
from aggregation.appraisal.objection_window import objection_window
from aggregation.changes.audit import record_with_detail
from aggregation.changes.batch import Cause, hold_unit
from survey.log import Act
from survey.merkle import Scalar
from survey.month import Month

LONGEST_TEXT = 2000


class WindowClosed(ValueError):
    """The time to object is over.

    Attributes
    ----------
    last_day
        The last day on which it was possible.
    """

    def __init__(self, last_day: date) -> None:
        """Carry the day."""
        super().__init__(str(last_day))
        self.last_day = last_day


class ObjectedAlready(ValueError):
    """There is an objection of the officer against these very figures."""


class TextMissing(ValueError):
    """An objection says what is wrong."""


class TextTooLong(ValueError):
    """It is longer than can be kept."""


def file_objection(
    session: Session, unit_id: int, month: Month, officer_id: int, cause: Cause
) -> Objection:
    """Keep an officer's objection to his own figures in the newest revision of a month.

    An officer without enough data objects as well: that the data are too few may be what is wrong.

    Parameters
    ----------
    officer_id
        Whoever has signed in; nobody objects for somebody else.
    cause
        Who files it, and in `reason` the text, up to 2000 characters.

    Raises
    ------
    MonthNotClosed, NoFigures
        If there is nothing to object to.
    WindowClosed
        If the time is over.
    ObjectedAlready
        If these figures were objected to; of two at once the second.
    TextMissing, TextTooLong
        If the text cannot be kept.
    """
    text = cause.reason.replace("\r\n", "\n").strip()
    if not text:
        raise TextMissing
    if len(text) > LONGEST_TEXT:
        raise TextTooLong
    hold_unit(session, unit_id)
    window = objection_window(session, unit_id, month, officer_id, cause.at)
    if window.filed is not None:
        raise ObjectedAlready
    if not window.is_open:
        raise WindowClosed(window.last_day)
    filed = Objection(
        id=uuid4(),
        unit_id=unit_id,
        month=month,
        officer_id=officer_id,
        revision=window.closing.revision,
        filed_at=cause.at,
        filed_by=cause.by,
        text=text,
    )
    session.add(filed)
    session.flush()
    facts: dict[str, Scalar] = {"month": str(month), "revision": filed.revision}
    act = Act("objection.filed", cause.actor, f"objection {filed.id}", facts, unit_id)
    # What he wrote is for those who answer; whoever reads the log sees that it was not changed.
    content = hashlib.sha256(text.encode()).hexdigest()
    record_with_detail(session, act, cause.at, {"content": content})
    return filed

"""What is done with a comment: dated steps, each taken by whoever has seen the one before."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select
from sqlmodel import Session, col

from aggregation.changes.audit import record_with_detail
from aggregation.changes.batch import Cause, hold_unit
from aggregation.comments.models import Comment, CommentAct, CommentStep, CommentTag
from aggregation.masking.readable import readable
from aggregation.models import Officer
from aggregation.people.assignments import officers_of
from aggregation.people.public_words import require_nobody_named
from survey.log import Act, record
from survey.month import Month
from survey.questionnaire import Element
from survey.units import local_today

LONGEST_ANSWER = 1000
LONGEST_ASSIGNEE = 80
_INSTANT = timedelta(microseconds=1)
_AFTER_CLOSING = frozenset({CommentAct.REOPENED})


class UnknownComment(LookupError):
    """The unit has no such comment."""


class ComesTooLate(Exception):
    """Somebody else did something with the comment in the meantime."""


class NotNow(ValueError):
    """A closed comment is only reopened, and only a closed one is."""


class NotOfTheUnit(LookupError):
    """The officer does not belong to the unit."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something to be done with a comment.

    Attributes
    ----------
    seen
        The newest step that whoever acts has seen; None before the first.
    text
        Who is to look after it, or the public answer; nothing for other acts.
    officer
        The key of the officer that praise is for.
    """

    act: CommentAct
    seen: UUID | None
    text: str = ""
    officer: str = ""


def take_step(session: Session, unit_id: int, comment_id: UUID, step: Step, cause: Cause) -> None:
    """Note what somebody did with a comment.

    Raises
    ------
    UnknownComment
        If the unit has no such comment.
    ComesTooLate
        If a newer step than the one seen was taken.
    NotNow
        If the comment is closed, or is to be reopened and is not.
    NamesSomebody
        If an answer would name or insult a person.
    NotOfTheUnit
        If praise is for somebody else's officer.
    """
    hold_unit(session, unit_id)
    require_comment(session, unit_id, comment_id)
    newest = _newest(session, comment_id)
    if (newest.id if newest else None) != step.seen:
        raise ComesTooLate
    is_closed = newest is not None and newest.act == CommentAct.CLOSED
    if is_closed is not (step.act in _AFTER_CLOSING):
        raise NotNow
    text = readable(step.text)
    if step.act is CommentAct.ANSWERED:
        require_nobody_named(session, unit_id, text)
    praised = None
    if step.act is CommentAct.FORWARDED:
        praised = _officer_here(session, unit_id, step.officer, cause.at)
    # Never before the step it follows, whatever the clock says.
    done_at = max(cause.at, newest.done_at + _INSTANT) if newest else cause.at
    row = {
        "id": uuid4(),
        "comment_id": comment_id,
        "done_at": done_at,
        "done_by": cause.by,
        "act": step.act.value,
        "text": text,
        "officer_id": praised.id if praised else None,
    }
    session.execute(insert(CommentStep), row)
    act = Act(f"comment.{step.act}", cause.actor, f"comment {comment_id}", {}, unit_id)
    if praised is None:
        record(session, act, cause.at)
    else:
        record_with_detail(session, act, cause.at, {"officer": praised.name})


def mark_read(session: Session, unit_id: int, comment_ids: Collection[UUID], cause: Cause) -> int:
    """Note that somebody has read comments; those that somebody touched before stay.

    Returns
    -------
    int
        How many are read now that were not.
    """
    hold_unit(session, unit_id)
    touched = select(col(CommentStep.comment_id)).where(
        col(CommentStep.comment_id).in_(comment_ids)
    )
    unread = session.execute(
        select(col(Comment.id)).where(
            col(Comment.unit_id) == unit_id,
            col(Comment.id).in_(comment_ids),
            col(Comment.id).not_in(touched),
        )
    ).scalars()
    rows = [
        {
            "id": uuid4(),
            "comment_id": comment_id,
            "done_at": cause.at,
            "done_by": cause.by,
            "act": CommentAct.READ.value,
        }
        for comment_id in unread
    ]
    if rows:
        session.execute(insert(CommentStep), rows)
        facts = {"comments": len(rows)}
        record(session, Act("comments.read", cause.actor, "comments", facts, unit_id), cause.at)
    return len(rows)


def tag(
    session: Session,
    unit_id: int,
    comment_id: UUID,
    elements: Collection[Element],
    cause: Cause,
) -> None:
    """Say which elements a comment is about, in place of what was said before.

    Raises
    ------
    UnknownComment
        If the unit has no such comment.
    """
    hold_unit(session, unit_id)
    require_comment(session, unit_id, comment_id)
    of_it = col(CommentTag.comment_id) == comment_id
    before = set(session.execute(select(col(CommentTag.element)).where(of_it)).scalars())
    now = {element.value for element in elements}
    if now == before:
        return
    session.execute(delete(CommentTag).where(of_it, col(CommentTag.element).not_in(now)))
    if now - before:
        row = {"comment_id": comment_id, "tagged_by": cause.by}
        session.execute(
            insert(CommentTag), [{**row, "element": each} for each in sorted(now - before)]
        )
    facts: Mapping[str, str] = {"elements": " ".join(sorted(now))}
    subject = f"comment {comment_id}"
    record(session, Act("comment.tagged", cause.actor, subject, facts, unit_id), cause.at)


def require_comment(session: Session, unit_id: int, comment_id: UUID) -> Comment:
    """Return a unit's comment.

    Raises
    ------
    UnknownComment
        If the unit has no such comment.
    """
    found = session.get(Comment, comment_id)
    if found is None or found.unit_id != unit_id:
        raise UnknownComment(comment_id)
    return found


def _newest(session: Session, comment_id: UUID) -> CommentStep | None:
    return session.execute(
        select(CommentStep)
        .where(col(CommentStep.comment_id) == comment_id)
        .order_by(col(CommentStep.done_at).desc(), col(CommentStep.id).desc())
        .limit(1)
    ).scalar_one_or_none()


def _officer_here(session: Session, unit_id: int, key: str, at: datetime) -> Officer:
    month = Month.of(local_today(session, unit_id, at))
    for each in officers_of(session, unit_id, month):
        if each.key == key:
            return session.get_one(Officer, each.officer_id)
    raise NotOfTheUnit(key)

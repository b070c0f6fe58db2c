"""A citizen's own words, unmasked: for the reviewer alone, one at a time, with a reason (§9)."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.changes.audit import record_with_detail
from aggregation.changes.batch import Cause
from aggregation.comments.models import CommentSource
from aggregation.comments.steps import require_comment
from aggregation.masking.readable import readable
from aggregation.screening.groups import GroupKey
from aggregation.screening.independence import not_ones_own
from survey.ledger import COMMENT
from survey.log import Act
from survey.models import PrivateText, Response


class OfOneself(Exception):
    """The reviewer, or somebody the reviewer leads, served the citizen."""


def raw_words(
    session: Session, unit_id: int, comment_id: UUID, cause: Cause, *, reviewer: int | None
) -> str | None:
    """Return what a citizen wrote, and note who read it and why; None where it was erased.

    Parameters
    ----------
    reviewer
        The officer that the reviewer is, if any.

    Raises
    ------
    UnknownComment
        If the unit has no such comment.
    OfOneself
        If it may be about the reviewer, or about somebody the reviewer leads.
    """
    require_comment(session, unit_id, comment_id)
    source = session.execute(
        select(CommentSource).where(col(CommentSource.comment_id) == comment_id)
    ).scalar_one_or_none()
    if source is None:
        return None  # erased with the words after their years: nothing is left to be read
    key = (source.unit_id, source.month, source.response_id)
    rated = session.get_one(Response, key)
    group = GroupKey(rated.month, rated.desk_id, rated.half_hour, rated.channel)
    if not not_ones_own(session, unit_id, reviewer, [group]):
        raise OfOneself
    act = Act("comment.raw_read", cause.actor, f"comment {comment_id}", {}, unit_id)
    record_with_detail(session, act, cause.at, {"reason": cause.reason})
    words = session.get(PrivateText, (*key, COMMENT))
    return None if words is None else readable(words.text)

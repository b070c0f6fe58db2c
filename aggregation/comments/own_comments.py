"""What an officer reads of the comments: praise passed on, and words about desks served (§9).

Closed months only, masked, and a desk only where a batch named it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlmodel import Session, col

from aggregation.closings import Closing
from aggregation.comments.models import Comment, CommentAct, CommentStep
from aggregation.months.own_months import OwnMonth
from aggregation.months.window import frozen_stretches
from survey.models import Desk
from survey.month import Month

MOST = 50
"""Comments on the page of a month; there is nothing to find among more."""


@dataclass(frozen=True, slots=True)
class OwnComment:
    """A comment as an officer reads it; praise names no desk."""

    text: str
    month: Month
    desk: str = ""


def praise_for(session: Session, officer_id: int) -> list[OwnComment]:
    """Return what was passed on to an officer as praise, the newest month first."""
    forwarded = exists().where(
        col(CommentStep.comment_id) == col(Comment.id),
        col(CommentStep.act) == CommentAct.FORWARDED.value,
        col(CommentStep.officer_id) == officer_id,
    )
    rows = session.execute(
        select(col(Comment.text), col(Comment.month))
        .where(forwarded, col(Comment.text).is_not(None))
        .order_by(col(Comment.month).desc(), col(Comment.id))
    )
    return [OwnComment(text, month) for text, month in rows]


def desk_comments(
    session: Session, officer_id: int, months: Iterable[OwnMonth]
) -> list[OwnComment]:
    """Return comments of closed months about desks that an officer served in them.

    They are about the desk: whoever else served it in the month may be meant as well.
    """
    found = []
    for own in months:
        closing = session.get_one(Closing, own.closing_id)
        desks = {each.desk_id for each in frozen_stretches(session, closing, officer_id)}
        rows = session.execute(
            select(col(Comment.text), col(Desk.name))
            .join(Desk, col(Desk.id) == col(Comment.desk_id))
            .where(
                col(Comment.unit_id) == own.unit_id,
                col(Comment.month) == own.month,
                col(Comment.desk_id).in_(desks),
                col(Comment.text).is_not(None),
            )
            .order_by(col(Desk.name), col(Comment.id))
            .limit(MOST)
        )
        found += [OwnComment(text, own.month, desk) for text, desk in rows]
    return found

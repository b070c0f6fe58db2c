"""Comments that were answered in public."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.comments.models import Comment, CommentAct, CommentStep
from aggregation.months.period import Period
from survey.models import ServiceUnit
from survey.month import Month, local_day, time_zone


@dataclass(frozen=True, slots=True)
class PublicAnswer:
    """A comment that the unit answered for all to read.

    Attributes
    ----------
    comment
        Masked.
    answered_in
        The month of the answer, where the unit is.
    """

    comment: str
    answer: str
    answered_in: Month


def public_answers(session: Session, unit_id: int, period: Period) -> list[PublicAnswer]:
    """Return what a unit answered in public of a period's comments, the newest answer first.

    Of several answers to a comment the last one holds; a comment whose words were erased is left
    out.
    """
    rows = session.execute(
        select(col(Comment.id), col(Comment.text), CommentStep, col(ServiceUnit.time_zone))
        .join(CommentStep, col(CommentStep.comment_id) == col(Comment.id))
        .join(ServiceUnit, col(ServiceUnit.id) == col(Comment.unit_id))
        .where(
            col(Comment.unit_id) == unit_id,
            col(Comment.month).in_(period.months),
            col(Comment.text).is_not(None),
            col(CommentStep.act) == CommentAct.ANSWERED.value,
        )
        .order_by(col(CommentStep.done_at).desc(), col(CommentStep.id).desc())
    )
    found: dict[object, PublicAnswer] = {}
    for comment_id, text, step, zone in rows:
        answered = Month.of(local_day(step.done_at, time_zone(zone)))
        found.setdefault(comment_id, PublicAnswer(text, step.text, answered))
    return list(found.values())

"""What waits too long for somebody: quarantined responses and released comments."""

from datetime import date, datetime

from sqlalchemy import exists, func, select
from sqlmodel import Session, col

from aggregation.alerts.models import AlertKind
from aggregation.alerts.notices import Notice, Sight
from aggregation.comments.models import Comment, CommentBatch, CommentStep
from aggregation.method.working_days import waiting_since
from aggregation.screening.groups import is_reviewed
from survey.models import ServiceUnit
from survey.month import local_day, time_zone
from survey.opening_hours import read_hours
from survey.screening_models import Finding

REVIEW_DAYS = 2
READING_DAYS = 3
"""Working days that a response waits for its reviewer, and a comment for a reader (local)."""

ALL = "all"
"""The subject of an alert about everything of its kind: what comes later joins it."""


def unreviewed(session: Session, unit: ServiceUnit, at: datetime) -> Sight:
    """Notice quarantined responses that wait for longer than two working days.

    It says how many and since when, and nothing of any value (method §7).
    """
    waits = select(
        func.count(col(Finding.response_id).distinct()), func.min(col(Finding.found_on))
    ).where(
        col(Finding.unit_id) == unit.id,
        col(Finding.found_on) <= _before(unit, at, REVIEW_DAYS),
        ~is_reviewed(),
    )
    count, since = session.execute(waits).one()
    return _sight(AlertKind.QUARANTINE, count, since)


def unread(session: Session, unit: ServiceUnit, at: datetime) -> Sight:
    """Notice released comments that nobody has read for longer than three working days."""
    waits = (
        select(func.count(col(Comment.id)), func.min(col(CommentBatch.released_on)))
        .join(CommentBatch, col(CommentBatch.id) == col(Comment.batch_id))
        .where(
            col(Comment.unit_id) == unit.id,
            col(Comment.text).is_not(None),
            col(CommentBatch.released_on) <= _before(unit, at, READING_DAYS),
            ~exists().where(col(CommentStep.comment_id) == col(Comment.id)),
        )
    )
    count, since = session.execute(waits).one()
    return _sight(AlertKind.COMMENT, count, since)


def _before(unit: ServiceUnit, at: datetime, days: int) -> date:
    today = local_day(at, time_zone(unit.time_zone))
    return waiting_since(today, days, read_hours(unit.opening_hours))


def _sight(kind: AlertKind, count: int, since: date | None) -> Sight:
    if since is None:
        return Sight()
    return Sight((Notice(kind, ALL, {"count": count, "since": since.isoformat()}),))

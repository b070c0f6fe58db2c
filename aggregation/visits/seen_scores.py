"""Whose month's figures have been looked at: from then on no outage moves them (method §5)."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from survey.log import Act, record
from survey.models import LogEntry, ServiceUnit
from survey.month import Month, time_zone

READ = "people.read"
"""What the log calls that somebody opened a page that names people (method §9)."""


def dry_run_page(unit_code: str, month: Month) -> str:
    """Return the page that shows a month's figures before the close, as the log names it."""
    return f"/unit/{unit_code}/tutup/{month}"


def note_dry_run(session: Session, unit: ServiceUnit, month: Month, at: datetime) -> None:
    """Keep in the log that a month's figures were shown to whoever types commands."""
    record(session, Act(READ, "cli", dry_run_page(unit.code, month), {}, unit.id), at)


def scores_seen(session: Session, unit_id: int, months: Iterable[Month]) -> set[Month]:
    """Return the months whose dry run was opened: an officer's score is first seen there.

    A page that was opened while its month was running showed no figure.
    """
    unit = session.get_one(ServiceUnit, unit_id)
    return {month for month in months if _was_opened(session, unit, month)}


def _was_opened(session: Session, unit: ServiceUnit, month: Month) -> bool:
    _, over = month.bounds(time_zone(unit.time_zone))
    found = select(col(LogEntry.id)).where(
        col(LogEntry.unit_id) == unit.id,
        col(LogEntry.act) == READ,
        col(LogEntry.subject) == dry_run_page(unit.code, month),
        col(LogEntry.recorded_at) >= over,
    )
    return session.execute(found.limit(1)).first() is not None

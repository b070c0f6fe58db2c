"""What names people in an act, held against the digest that the log keeps of it (method §8)."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.changes.audit import DETAIL
from aggregation.models import LogDetail
from survey.difference import Difference, Kind, Looked
from survey.merkle import salted_digest
from survey.models import LogEntry

_AT_ONCE = 1000
_CHANGED = "Rincian yang masih disimpan tidak lagi sama dengan sidiknya di log."


def detail_differences(session: Session, looked: Looked) -> Iterator[Difference]:
    """Yield details that are not what their log entry holds the digest of; erased ones are fine."""
    details = (
        select(
            col(LogDetail.entry_id),
            col(LogDetail.text),
            col(LogDetail.salt),
            col(LogEntry.detail_digest),
        )
        .outerjoin(LogEntry, col(LogEntry.id) == col(LogDetail.entry_id))
        .execution_options(yield_per=_AT_ONCE)
    )
    for entry_id, text, salt, digest in session.execute(details):
        looked.rows += 1
        if salted_digest(salt, DETAIL, text) != digest:
            yield Difference(Kind.CHANGED, f"log_detail {entry_id}", _CHANGED)

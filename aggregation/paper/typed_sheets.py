"""Sheets that are typed one by one: kept, and counted for whoever types them."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, func, select

from aggregation.changes.batch import Cause
from aggregation.paper.paper_sheet import PaperSheet, record_sheet
from survey.log import Act, record
from survey.models import LogEntry
from survey.settings import Settings
from survey.submission import Acceptance, Status
from survey.units import Unit

TYPED = "responses.typed"
"""The act of keeping one typed sheet."""


def keep_typed(
    session: Session, sheet_id: UUID, sheet: PaperSheet, cause: Cause, settings: Settings
) -> Acceptance:
    """Keep a typed sheet, or recognise that it is kept already.

    Raises
    ------
    IdReused
        If a sheet with other content is kept under this id.
    NothingAnswered, UnknownService
        As `record_sheet`.
    """
    acceptance = record_sheet(session.connection(), sheet_id, sheet, cause.at, settings)
    if acceptance.status is Status.RECORDED:
        unit_id = sheet.desk.unit_id
        record(session, Act(TYPED, cause.actor, f"unit {unit_id}", {"count": 1}, unit_id), cause.at)
    return acceptance


def typed_since(session: Session, unit: Unit, actor: str, since: datetime) -> int:
    """Return how many sheets of a unit somebody has typed since a moment."""
    counted = select(func.count()).where(
        col(LogEntry.recorded_at) >= since,
        col(LogEntry.unit_id) == unit.id,
        col(LogEntry.actor) == actor,
        col(LogEntry.act) == TYPED,
    )
    return session.exec(counted).one()

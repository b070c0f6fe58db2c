"""Why a response is looked at before it counts: stored beside it, once for each reason (§7)."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from survey.meter import QUARANTINED, meter_of
from survey.models import table_of
from survey.month import Month
from survey.screening import Signal
from survey.screening_models import Finding

FINDING = table_of(Finding)
INSERT_ONCE = {
    "sqlite": sqlite.insert(FINDING).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(FINDING).on_conflict_do_nothing(),
}
"""By the kind of database: what is known of a response already stays as it is."""


def note(
    connection: Connection,
    unit_id: int,
    month: Month,
    found: Iterable[tuple[UUID, Signal]],
    on: date,
) -> None:
    """Store which responses of a unit's month are suspicious, and why; known ones are left alone.

    Parameters
    ----------
    on
        The unit's own day.
    """
    common = {"unit_id": unit_id, "month": month, "found_on": on}
    rows: list[dict[str, Any]] = [
        {**common, "response_id": response_id, "reason": signal.value}
        for response_id, signal in sorted(found)
    ]
    if rows:
        connection.execute(INSERT_ONCE[connection.dialect.name], rows)
    for row in rows:
        meter_of(connection).add(QUARANTINED, row["reason"])

"""What the newest check of everything found, for whoever watches over the installation (§8)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from survey.models import table_of
from survey.seal_models import Verification

CHECKED_WITHIN = timedelta(days=3)
"""A night's check may fail once or twice before somebody is told that none was made."""

_TABLE = table_of(Verification)


@dataclass(frozen=True, slots=True)
class LastCheck:
    """When everything was checked last, and how many differences there were."""

    finished_at: datetime
    differences: int


def last_check(connection: Connection) -> LastCheck | None:
    """Return what the newest check found; none where none was ever made."""
    newest = (
        select(_TABLE.c.finished_at, _TABLE.c.differences)
        .order_by(_TABLE.c.finished_at.desc())
        .limit(1)
    )
    row = connection.execute(newest).one_or_none()
    return None if row is None else LastCheck(*row)


def warnings_of(connection: Connection, at: datetime) -> list[str]:
    """Return what whoever watches should know, though requests can be served."""
    last = last_check(connection)
    if last is None:
        return []
    said = []
    if last.differences:
        many = "difference" if last.differences == 1 else "differences"
        said.append(f"verify: {last.differences} {many}, see nilai verify")
    if at - last.finished_at > CHECKED_WITHIN:
        days = (at - last.finished_at).days
        said.append(f"verify: not checked for {days} days, see nilai nightly")
    return said

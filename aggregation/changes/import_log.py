"""What the log keeps of a sheet that was taken in."""

from sqlmodel import Session

from aggregation.changes.audit import record_with_detail
from aggregation.changes.batch import Cause
from aggregation.sheets.sheet_import import Outcome
from survey.log import Act
from survey.merkle import Scalar


def record_import(
    session: Session, kind: str, unit_id: int | None, cause: Cause, outcome: Outcome
) -> None:
    """Append to the log that a sheet was taken in: counts there, what and why beside it."""
    facts: dict[str, Scalar] = {
        "added": len(outcome.added),
        "changed": len(outcome.changed),
        "unchanged": outcome.unchanged,
    }
    subject = kind if unit_id is None else f"unit {unit_id}"
    detail: dict[str, Scalar | list[str]] = {
        "by": cause.by,
        "reason": cause.reason,
        "added": list(outcome.added),
        "changed": list(outcome.changed),
    }
    act = Act(f"{kind}.imported", cause.actor, subject, facts, unit_id)
    record_with_detail(session, act, cause.at, detail)

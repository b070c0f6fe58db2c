"""Acts whose values name people: the log keeps their digest, an erasable table the values."""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import insert
from sqlmodel import Session

from aggregation.models import LogDetail
from aggregation.office.batch import Cause
from aggregation.office.sheet_import import Outcome
from survey.ledger import SALT_BYTES
from survey.log import Act, record
from survey.merkle import Scalar, salted_digest

DETAIL = "DETAIL"
"""The field under which a detail's digest is made."""


def record_with_detail(
    session: Session, act: Act, at: datetime, detail: Mapping[str, Scalar | list[str]]
) -> None:
    """Append an act to the log, and beside it what names people (method §8).

    Parameters
    ----------
    act
        Keys and counts only.
    detail
        Names and reasons. The log's leaf holds the salted digest, so erasing them breaks nothing.
    """
    text = json.dumps(detail, sort_keys=True, ensure_ascii=False)
    salt = secrets.token_bytes(SALT_BYTES)
    entry_id = record(session, act, at, salted_digest(salt, DETAIL, text))
    session.execute(insert(LogDetail), {"entry_id": entry_id, "text": text, "salt": salt})


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

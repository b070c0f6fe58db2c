"""The append-only log that every package writes its acts to (method §8)."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlmodel import Session

from survey.leaf import SALT_BYTES, leaf_entry
from survey.merkle import Scalar, leaf_digest
from survey.models import LogEntry


@dataclass(frozen=True, slots=True)
class Act:
    """Something that was done to the system.

    Attributes
    ----------
    name
        What was done, such as ``month.closed``.
    actor
        The key of who did it, never a name; ``cli`` for a command on the server.
    subject
        The key of what it was done to.
    facts
        Keys, counts and digests; nothing that names a person.
    """

    name: str
    actor: str
    subject: str
    facts: Mapping[str, Scalar]
    unit_id: int | None = None


def record(session: Session, act: Act, at: datetime, detail_digest: bytes | None = None) -> UUID:
    """Append an act to the log, with its leaf; return the entry's id.

    Parameters
    ----------
    detail_digest
        The salted digest of values that name people, when such a detail is kept apart.
    """
    entry_id = uuid4()
    row = {
        "id": entry_id,
        "unit_id": act.unit_id,
        "recorded_at": at,
        "actor": act.actor,
        "act": act.name,
        "subject": act.subject,
        "facts": json.dumps(act.facts, sort_keys=True, ensure_ascii=False),
        "detail_digest": detail_digest,
        "salt": secrets.token_bytes(SALT_BYTES),
    }
    session.execute(insert(LogEntry), {**row, "leaf": leaf_digest(leaf_entry("log", row))})
    return entry_id

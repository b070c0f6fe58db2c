"""The log: each act once, with a leaf that can be computed again (method §8)."""

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import StatementError

from survey.database import writing
from survey.log import Act, record
from tests.record_factories import NOON, rows_of

CLOSED = Act("month.closed", "cli", "UNIT-1 2026-10", {"responses": 49, "late": None})


def test_an_act_is_kept_as_it_was_told(engine: Engine) -> None:
    with writing(engine) as session:
        entry_id = record(session, CLOSED, NOON)
    [entry] = rows_of(engine, "log_entry")
    assert entry["id"] == entry_id
    assert (entry["act"], entry["actor"], entry["subject"]) == (
        "month.closed",
        "cli",
        "UNIT-1 2026-10",
    )
    assert json.loads(entry["facts"]) == {"responses": 49, "late": None}
    assert entry["recorded_at"] == NOON


@pytest.mark.parametrize("at", [NOON, NOON.astimezone(timezone(timedelta(hours=7)))])
def test_a_leaf_is_the_digest_of_what_is_read_back(engine: Engine, at: datetime) -> None:
    with writing(engine) as session:
        record(session, CLOSED, at, b"d" * 32)
    [entry] = rows_of(engine, "log_entry")
    read = {
        "act": entry["act"],
        "actor": entry["actor"],
        "detail_digest": entry["detail_digest"].hex(),
        "facts": entry["facts"],
        "id": str(entry["id"]),
        "kind": "log",
        "recorded_at": entry["recorded_at"].astimezone(UTC).isoformat(),
        "salt": entry["salt"].hex(),
        "subject": entry["subject"],
        "unit_id": entry["unit_id"],
    }
    spelled = json.dumps(read, separators=(",", ":")).encode()
    assert entry["leaf"] == hashlib.sha256(b"\0" + spelled).digest()


def test_two_acts_alike_have_different_leaves(engine: Engine) -> None:
    with writing(engine) as session:
        record(session, CLOSED, NOON)
        record(session, CLOSED, NOON)
    assert len({entry["leaf"] for entry in rows_of(engine, "log_entry")}) == 2


def test_a_time_without_a_zone_is_refused(engine: Engine) -> None:
    with pytest.raises(StatementError, match="has no time zone"), writing(engine) as session:
        record(session, CLOSED, NOON.replace(tzinfo=None))
    assert rows_of(engine, "log_entry") == []

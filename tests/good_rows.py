"""One good row for each table of the record, for tests that change one thing in it."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, UniqueConstraint, insert
from sqlmodel import SQLModel

from survey.month import Month
from tests.record_factories import NOON, OCTOBER

_ID = UUID("0b6f9c1e-5d0a-4f6e-9a57-3f1f6f6f0a11")
_DAY = date(2026, 10, 5)
_SEALED = {"salt": b"s" * 16, "leaf": b"l" * 32}

GOOD: Mapping[str, Mapping[str, Any]] = {
    "service_unit": {
        "id": 1, "parent_id": None, "code": "DUKCAPIL", "name": "Disdukcapil",
        "time_zone": "Asia/Jakarta", "element_order": "body", "biaya_answers": None,
        "languages": "id", "accent": "#672a55", "opening_hours": None, "active": True,
    },
    "service": {"id": 1, "unit_id": 1, "code": "KK", "name": "Kartu Keluarga", "active": True},
    "desk": {
        "id": 1, "unit_id": 1, "code": "L1", "public_key": "7K3MQ9", "name": "Loket 1",
        "about": "", "kind": "counter", "opens_with": "faces", "active": True,
    },
    "desk_service": {"desk_id": 1, "service_id": 1, "unit_id": 1},
    "ticket": {
        "digest": b"d" * 32, "unit_id": 1, "desk_id": 1, "number": 1, "issued_on": _DAY,
        "spent_on": None,
    },
    "closed_month": {"unit_id": 1, "month": OCTOBER, "closed_at": NOON},
    "known_response": {"id": _ID, "unit_id": 1, "month": OCTOBER},
    "response": {
        "unit_id": 1, "month": OCTOBER, "id": _ID, "desk_id": 1, "channel": "kiosk",
        "service_id": 1, "half_hour": 995_112, "overall": 4, "late": False, "received_on": _DAY,
        "receipt_digest": b"r" * 32, **_SEALED,
    },
    "followup": {
        "unit_id": 1, "month": OCTOBER, "response_id": _ID, "service_id": 1, "persyaratan": 4,
        "prosedur": 4, "waktu": 4, "biaya": 4, "produk": 4, "kompetensi": 4, "perilaku": 4,
        "pengaduan": 4, "sarana": 4, "received_on": _DAY, "comment_digest": b"c" * 32,
        "profile_digest": b"p" * 32, **_SEALED,
    },
    "private_text": {
        "unit_id": 1, "month": OCTOBER, "response_id": _ID, "field": "COMMENT", "text": "Cepat",
        "salt": b"s" * 16,
    },
    "finding": {
        "unit_id": 1, "month": OCTOBER, "response_id": _ID, "reason": "burst", "found_on": _DAY,
    },
    "recent_tap": {
        "desk_id": 1, "at": NOON, "response_id": _ID, "kept_until": NOON, "unit_id": 1,
        "month": OCTOBER,
    },
    "device": {
        "id": _ID, "unit_id": 1, "desk_id": 1, "public_key": b"k" * 91, "enrolled_at": NOON,
        "revoked_at": NOON, "succeeds": None, "contacts": 3, "last_sequence": 41,
        "last_tapped_at": NOON,
    },
    "device_range": {"device_id": _ID, "first": 0, "last": 41},
    "device_report": {
        "device_id": _ID, "at": NOON, "clock_offset": -2, "version": "0123456789", "waiting": 0,
        "set_aside": 0, "next_sequence": 42, "persisted": True, "used_bytes": 1, "quota_bytes": 2,
        "battery": 80, "charging": False,
    },
    "enrolment": {
        "name": "7K3M", "unit_id": 1, "desk_id": 1, "digest": b"d" * 32, "pin_salt": b"s" * 16,
        "pin_hash": b"h" * 32, "expires_at": NOON, "wrong_tries": 0, "device_id": _ID,
    },
    "publication": {
        "id": _ID, "unit_id": 1, "period": "2026-10", "recency": 20261001, "issue": 1,
        "published_at": NOON, "withdrawn_at": NOON, "release": 0, "digest": b"d" * 32,
        "headline": "{}", "document": "{}",
    },
    "published_card": {
        "publication_id": _ID, "card_format": "png", "language": "id", "body": b"p",
    },
    "log_entry": {
        "id": _ID, "unit_id": 1, "recorded_at": NOON, "actor": "cli", "act": "month.closed",
        "subject": "2026-10", "facts": "{}", "detail_digest": b"d" * 32, **_SEALED,
    },
}  # fmt: skip


TABLES = {table.name: table for table in SQLModel.metadata.sorted_tables if table.name in GOOD}
"""The tables, each after those it refers to."""


def store_all(connection: Connection) -> None:
    """Store the good row of each table."""
    for name, table in TABLES.items():
        connection.execute(insert(table), dict(GOOD[name]))


def another(table: Table, alike: Collection[str]) -> dict[str, Any]:
    """Return a good row again, different in every key but for the columns that stay alike."""
    row = dict(GOOD[table.name])
    keys = [rule for rule in table.constraints if isinstance(rule, UniqueConstraint)]
    for columns in [table.primary_key.columns, *(key.columns for key in keys)]:
        names = [column.name for column in columns]
        free = [name for name in names if name not in alike and _is_own(table, name)]
        if free and all(row[name] == GOOD[table.name][name] for name in names):
            row[free[-1]] = _other(row[free[-1]])
    return row


def _is_own(table: Table, column: str) -> bool:
    return not table.c[column].foreign_keys


def _other(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    match value:
        case UUID():
            return UUID(int=value.int + 1)
        case bytes():
            return b"o" * len(value)
        case str():
            return value[:-1] + "2"
        case Month():
            return value.shift(1)
        case date():
            return value + timedelta(days=1)
    return value + 1

"""Leaves of responses, computed here again from the rows as the database spells them (§8)."""

import hashlib
import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, text

from survey.channel import Channel
from survey.database import reading
from survey.questionnaire import Element
from tests.record_factories import Office, an_office, more_about, visit

TAP = ["unit_id", "month", "id", "desk_id", "channel", "service_id", "half_hour", "overall",
       "late", "received_on", "receipt_digest", "salt"]  # fmt: skip
MORE = ["unit_id", "month", "response_id", "service_id", *(e.lower() for e in Element),
        "received_on", "comment_digest", "profile_digest", "salt"]  # fmt: skip


@pytest.fixture
def office(engine: Engine) -> Office:
    return an_office(engine, services=["KK"])


def raw(office: Office, table: str) -> dict[str, Any]:
    with reading(office.engine) as session:
        return dict(session.execute(text(f"SELECT * FROM {table}")).mappings().one())


def as_sealed(column: str, value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    """Spell a value as the record's description says, from either database's spelling."""
    if value is None:
        return None
    if column == "month":
        return f"{value // 100:04d}-{value % 100:02d}"
    if column == "late":
        return bool(value)
    if column in {"id", "response_id"}:
        digits = str(value).replace("-", "")
        return "-".join([digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]])
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value.isoformat() if isinstance(value, date) else value


def leaf_of(kind: str, row: dict[str, Any], columns: list[str]) -> bytes:
    entry = {"kind": kind} | {column: as_sealed(column, row[column]) for column in columns}
    spelled = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(b"\0" + spelled.encode("ascii")).digest()


def test_the_leaf_of_a_tap_covers_every_column(office: Office) -> None:
    office.send(visit(3))
    row = raw(office, "response")
    assert sorted(row) == sorted([*TAP, "leaf"])
    assert bytes(row["leaf"]) == leaf_of("response", row, TAP)


def test_the_leaf_of_a_late_tap_without_a_rating_says_so(office: Office) -> None:
    office.close()
    office.send(visit(None, WAKTU=2))
    row = raw(office, "response")
    assert (bool(row["late"]), row["overall"]) == (True, None)
    assert bytes(row["leaf"]) == leaf_of("response", row, TAP)


def test_the_leaf_of_a_followup_covers_every_column(office: Office) -> None:
    tap = visit()
    office.send(tap, channel=Channel.DESK_QR)
    office.add(more_about(tap, service="KK", WAKTU=2, comment="Cepat – sekali", SARANA=1))
    row = raw(office, "followup")
    assert sorted(row) == sorted([*MORE, "leaf"])
    assert bytes(row["leaf"]) == leaf_of("followup", row, MORE)


def test_a_comment_stands_in_the_leaf_by_its_salted_digest(office: Office) -> None:
    office.send(visit(4, comment="Ramah ✓", profile={"SEX": "P"}))
    private, row = raw(office, "private_text WHERE field = 'COMMENT'"), raw(office, "followup")
    spelled = json.dumps({"field": "COMMENT", "text": "Ramah ✓"}, separators=(",", ":"))
    digest = hashlib.sha256(bytes(private["salt"]) + spelled.encode()).digest()
    assert bytes(row["comment_digest"]) == hashlib.sha256(digest).digest()


def test_what_was_not_given_has_no_digest(office: Office) -> None:
    office.send(visit(4, WAKTU=2))
    row = raw(office, "followup")
    assert (row["comment_digest"], row["profile_digest"]) == (None, None)


def test_a_profile_stands_in_the_leaf_as_one_digest(office: Office) -> None:
    office.send(visit(4, comment="Ramah", profile={"AGE": "26-35", "SEX": "P"}))
    with reading(office.engine) as session:
        rows = session.execute(text("SELECT field, text, salt FROM private_text")).all()
    digests = {
        row.field: hashlib.sha256(
            bytes(row.salt) + f'{{"field":"{row.field}","text":"{row.text}"}}'.encode()
        ).digest()
        for row in rows
    }
    joined = hashlib.sha256(digests["SEX"] + digests["AGE"]).digest()
    assert bytes(raw(office, "followup")["profile_digest"]) == joined


def test_erasing_the_private_text_breaks_no_leaf(office: Office) -> None:
    office.send(visit(4, comment="Ramah", profile={"SEX": "P"}))
    office.change("DELETE FROM private_text")
    row = raw(office, "followup")
    assert bytes(row["leaf"]) == leaf_of("followup", row, MORE)


def test_any_changed_column_breaks_the_leaf(office: Office) -> None:
    office.send(visit(3))
    row = raw(office, "response")
    for column in TAP:
        other = {**row, column: "another value"} if column != "month" else {**row, "month": 202611}
        other["late"] = not row["late"] if column == "late" else row["late"]
        assert leaf_of("response", other, TAP) != bytes(row["leaf"]), column


def test_every_salt_is_another(office: Office) -> None:
    office.send(visit(4, comment="Ramah", profile={"SEX": "P", "AGE": "26-35"}))
    with reading(office.engine) as session:
        rows = session.execute(
            text(
                "SELECT salt FROM response UNION ALL SELECT salt FROM followup "
                "UNION ALL SELECT salt FROM private_text"
            )
        ).all()
    assert len({bytes(row.salt) for row in rows}) == len(rows) == 5

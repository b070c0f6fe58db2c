"""Leaves of rows as the database's driver hands them out: millions are hashed anew in a check.

`survey.leaf` says what a leaf is. These spell the same, field by field and in order, without an
object for each value; a test holds the two together on both databases.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from survey.merkle import LEAF_PREFIX
from survey.seal_models import LeafKind

Raw = Sequence[Any]
_MANY = 4096
_null = {None: "null"}.get
_truth = {0: "false", 1: "true"}.get


@dataclass(frozen=True, slots=True)
class Spelling:
    """How rows of a kind are read and spelled.

    Attributes
    ----------
    id
        The column by which a row is known.
    columns
        What is read, in the order in which `leaf` takes it.
    """

    kind: LeafKind
    table: str
    id: str
    columns: tuple[str, ...]
    leaf: Callable[[Raw], bytes]


def _digest(spelled: str) -> bytes:
    return hashlib.sha256(LEAF_PREFIX + spelled.encode()).digest()


@lru_cache(_MANY)
def _text(value: object) -> str:
    """Return a text, a day or an id as JSON."""
    return json.dumps(value if isinstance(value, str) else str(value))


@lru_cache(_MANY)
def _month(number: int) -> str:
    return f'"{number // 100:04d}-{number % 100:02d}"'


def _bytes(value: bytes | None) -> str:
    return "null" if value is None else f'"{value.hex()}"'


def _moment(value: datetime | str) -> str:
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return f'"{(at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).isoformat()}"'


def _response(row: Raw) -> bytes:
    (channel, desk, half_hour, id_, late, month, overall, receipt, day, salt, service, unit) = row
    return _digest(
        f'{{"channel":{_text(channel)},"desk_id":{_null(desk, desk)},'
        f'"half_hour":{_null(half_hour, half_hour)},"id":"{id_}","kind":"response",'
        f'"late":{_truth(late, late)},"month":{_month(month)},'
        f'"overall":{_null(overall, overall)},"receipt_digest":"{receipt.hex()}",'
        f'"received_on":{_text(day)},"salt":"{salt.hex()}",'
        f'"service_id":{_null(service, service)},"unit_id":{unit}}}'
    )


def _followup(row: Raw) -> bytes:
    (biaya, comment, kompetensi, month, pengaduan, perilaku, persyaratan, produk, profile, prosedur,
     day, response, salt, sarana, service, unit, waktu) = row  # fmt: skip
    return _digest(
        f'{{"biaya":{_null(biaya, biaya)},"comment_digest":{_bytes(comment)},"kind":"followup",'
        f'"kompetensi":{_null(kompetensi, kompetensi)},"month":{_month(month)},'
        f'"pengaduan":{_null(pengaduan, pengaduan)},"perilaku":{_null(perilaku, perilaku)},'
        f'"persyaratan":{_null(persyaratan, persyaratan)},"produk":{_null(produk, produk)},'
        f'"profile_digest":{_bytes(profile)},"prosedur":{_null(prosedur, prosedur)},'
        f'"received_on":{_text(day)},"response_id":"{response}","salt":"{salt.hex()}",'
        f'"sarana":{_null(sarana, sarana)},"service_id":{_null(service, service)},'
        f'"unit_id":{unit},"waktu":{_null(waktu, waktu)}}}'
    )


def _log(row: Raw) -> bytes:
    act, actor, detail, facts, id_, recorded_at, salt, subject, unit = row
    return _digest(
        f'{{"act":{json.dumps(act)},"actor":{json.dumps(actor)},"detail_digest":{_bytes(detail)},'
        f'"facts":{json.dumps(facts)},"id":"{id_}","kind":"log",'
        f'"recorded_at":{_moment(recorded_at)},"salt":"{salt.hex()}",'
        f'"subject":{json.dumps(subject)},"unit_id":{_null(unit, unit)}}}'
    )


SPELLINGS = (
    Spelling(
        LeafKind.RESPONSE,
        "response",
        "id",
        (
            "channel", "desk_id", "half_hour", "id", "late", "month", "overall", "receipt_digest",
            "received_on", "salt", "service_id", "unit_id",
        ),
        _response,
    ),
    Spelling(
        LeafKind.FOLLOWUP,
        "followup",
        "response_id",
        (
            "biaya", "comment_digest", "kompetensi", "month", "pengaduan", "perilaku",
            "persyaratan", "produk", "profile_digest", "prosedur", "received_on", "response_id",
            "salt", "sarana", "service_id", "unit_id", "waktu",
        ),
        _followup,
    ),
    Spelling(
        LeafKind.LOG,
        "log_entry",
        "id",
        (
            "act", "actor", "detail_digest", "facts", "id", "recorded_at", "salt", "subject",
            "unit_id",
        ),
        _log,
    ),
)  # fmt: skip
"""Responses, follow-ups and the log; columns in the order of their names, as JSON has them."""


def day_text(day: date | str | None) -> str:
    """Return a day as it is written, whichever way the driver hands it out; nothing for none."""
    return day.isoformat() if isinstance(day, date) else str(day or "")

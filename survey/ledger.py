"""Rows of the record, each with its leaf: written once, read back to recognise a resend."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Table, and_, bindparam, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from survey.answers import Answers
from survey.leaf import SALT_BYTES, sealed
from survey.merkle import joined_digest, salted_digest
from survey.models import RECORD_TABLES, ClosedMonth, table_of
from survey.month import Month
from survey.profile import ProfileField
from survey.questionnaire import Element

COMMENT = "COMMENT"
_KNOWN, _RESPONSE, _FOLLOWUP, _PRIVATE = RECORD_TABLES


@dataclass(frozen=True, slots=True)
class Place:
    """Where a response lies: its unit, its month, its id."""

    unit_id: int
    month: Month
    id: UUID


def register(connection: Connection, place: Place) -> bool:
    """Enter an id into the register of known responses; False if it stands there already."""
    row = {"id": place.id, "unit_id": place.unit_id, "month": place.month}
    return _insert_once(connection, _KNOWN, row)


def unregister(connection: Connection, place: Place) -> None:
    """Take back an id entered in this transaction, whose response is refused after all."""
    connection.execute(_UNREGISTER, {"id": place.id})


def place_of(connection: Connection, response_id: UUID) -> Place | None:
    """Return where a known response lies."""
    row = connection.execute(_KNOWN_PLACE, {"id": response_id}).one_or_none()
    return None if row is None else Place(row.unit_id, row.month, response_id)


def month_is_closed(connection: Connection, place: Place) -> bool:
    """Tell whether the month is closed; ask while it is held (`hold_month`)."""
    key = {"unit_id": place.unit_id, "month": place.month}
    return connection.execute(_CLOSED, key).scalar() is not None


def write_tap(connection: Connection, place: Place, tap: Mapping[str, Any]) -> None:
    """Store the tap with its leaf.

    Parameters
    ----------
    tap
        The columns of `response` apart from its place, salt and leaf.
    """
    row = {"unit_id": place.unit_id, "month": place.month, "id": place.id, **tap}
    connection.execute(_WRITE_TAP, sealed("response", row))


def write_followup(
    connection: Connection, place: Place, answers: Answers, service_id: int | None, on: date
) -> bool:
    """Store the follow-up and its private texts; False if there is one already."""
    texts = _private_rows(place, answers)
    row: dict[str, Any] = {
        "unit_id": place.unit_id,
        "month": place.month,
        "response_id": place.id,
        "service_id": service_id,
        **{element.lower(): answers.elements.get(element) for element in Element},
        "received_on": on,
        "comment_digest": joined_digest(_digest(t) for t in texts if t["field"] == COMMENT),
        "profile_digest": joined_digest(_digest(t) for t in texts if t["field"] != COMMENT),
    }
    if not _insert_once(connection, _FOLLOWUP, sealed("followup", row)):
        return False
    if texts:
        connection.execute(_WRITE_TEXTS, texts)
    return True


def stored_tap(connection: Connection, place: Place) -> Any:  # noqa: ANN401
    """Return desk, service and overall rating as recorded."""
    return connection.execute(_TAP, _key(place)).one()


def stored_followup(
    connection: Connection, place: Place
) -> tuple[int | None, dict[Element, int]] | None:
    """Return service and element ratings of the recorded follow-up, if there is one."""
    row = connection.execute(_STORED_FOLLOWUP, _key(place)).one_or_none()
    if row is None:
        return None
    service_id, *ratings = row
    return service_id, {e: r for e, r in zip(Element, ratings, strict=True) if r is not None}


def texts_differ(connection: Connection, place: Place, answers: Answers) -> bool:
    """Tell whether comment or profile differ from what is kept.

    Each is compared while it is kept; a digest without a text says that the text was erased.
    """
    kept = {row.field: row.text for row in connection.execute(_TEXTS, _key(place))}
    digests = connection.execute(_DIGESTS, _key(place)).one()
    given = texts_of(answers)
    return any(
        _only(given, fields) != _only(kept, fields) and (digest is None or _only(kept, fields))
        for fields, digest in (
            ({COMMENT}, digests.comment_digest),
            (set(ProfileField), digests.profile_digest),
        )
    )


def texts_of(answers: Answers) -> dict[str, str]:
    """Return what of the answers goes to the erasable table, by field."""
    texts = {str(name): answers.profile[name] for name in ProfileField if name in answers.profile}
    return texts | ({COMMENT: answers.comment} if answers.comment else {})


def _only(texts: Mapping[str, str], fields: Collection[str]) -> dict[str, str]:
    return {field: text for field, text in texts.items() if field in fields}


def _private_rows(place: Place, answers: Answers) -> list[dict[str, Any]]:
    return [
        {
            "unit_id": place.unit_id,
            "month": place.month,
            "response_id": place.id,
            "field": field,
            "text": text,
            "salt": secrets.token_bytes(SALT_BYTES),
        }
        for field, text in texts_of(answers).items()
    ]


def _digest(private: Mapping[str, Any]) -> bytes:
    return salted_digest(private["salt"], private["field"], private["text"])


def _key(place: Place) -> dict[str, Any]:
    return {"unit_id": place.unit_id, "month": place.month, "id": place.id}


def _insert_once(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    statement = _INSERTS_ONCE[connection.dialect.name, table.name]
    return bool(connection.execute(statement, row).rowcount == 1)


def _at(table: Table, key: str) -> ColumnElement[bool]:
    return and_(
        table.c.unit_id == bindparam("unit_id"),
        table.c.month == bindparam("month"),
        table.c[key] == bindparam("id"),
    )


# Built once: making a statement anew for every tap costs more than running it.
_KNOWN_PLACE = select(_KNOWN.c.unit_id, _KNOWN.c.month).where(_KNOWN.c.id == bindparam("id"))
_CLOSED_MONTH = table_of(ClosedMonth)
_CLOSED = select(_CLOSED_MONTH.c.unit_id).where(
    _CLOSED_MONTH.c.unit_id == bindparam("unit_id"), _CLOSED_MONTH.c.month == bindparam("month")
)
_WRITE_TAP = insert(_RESPONSE)
_WRITE_TEXTS = insert(_PRIVATE)
_UNREGISTER = delete(_KNOWN).where(_KNOWN.c.id == bindparam("id"))
_TAP = select(_RESPONSE.c.desk_id, _RESPONSE.c.service_id, _RESPONSE.c.overall).where(
    _at(_RESPONSE, "id")
)
_STORED_FOLLOWUP = select(
    _FOLLOWUP.c.service_id, *(_FOLLOWUP.c[element.lower()] for element in Element)
).where(_at(_FOLLOWUP, "response_id"))
_TEXTS = select(_PRIVATE.c.field, _PRIVATE.c.text).where(_at(_PRIVATE, "response_id"))
_DIGESTS = select(_FOLLOWUP.c.comment_digest, _FOLLOWUP.c.profile_digest).where(
    _at(_FOLLOWUP, "response_id")
)
_INSERTS_ONCE = {
    # Without the option PostgreSQL's count of inserted rows is gone once the cursor is closed.
    (name, table.name): dialect.insert(table)
    .on_conflict_do_nothing()
    .execution_options(preserve_rowcount=True)
    for name, dialect in {"sqlite": sqlite, "postgresql": postgresql}.items()
    for table in (_KNOWN, _FOLLOWUP)
}

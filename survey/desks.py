"""Desks: finding one by its signed code, and what its pages need of it (method §10).

A code has six random letters that name the desk and six that sign them, so a guessed or
changed code is refused before the database is asked.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
)
from sqlmodel import Session, col

from survey.models import Desk, DeskService, Service, ServiceUnit
from survey.questionnaire import ElementOrder
from survey.spelling import spell, typed
from survey.units import is_real

HALF = 6


class UnknownDesk(LookupError):
    """No desk has that code."""


class DeskClosed(Exception):
    """The desk takes no new responses."""


@dataclass(frozen=True, slots=True)
class RatedDesk:
    """A desk as the citizen's pages and intake need it.

    Attributes
    ----------
    only_service_id
        The one active service that the desk gives, if it is exactly one (method §4.6).
    biaya_answers
        The unit's own words for the answers on costs, lowest first, if it has any (method §2).
    """

    id: int
    unit_id: int
    code: str
    name: str
    about: str
    kind: str
    opens_with: str
    active: bool
    only_service_id: int | None
    unit_code: str
    unit_name: str
    time_zone: str
    element_order: ElementOrder
    biaya_answers: tuple[str, str, str, str] | None
    languages: tuple[str, ...]

    @property
    def public_key(self) -> str:
        """The half of its code that names it."""
        return self.code[:HALF]


@dataclass(frozen=True, slots=True)
class NoDesk:
    """A unit's paper sheet on which no desk is written: it counts for the unit alone."""

    unit_id: int
    time_zone: str
    id: None = None
    only_service_id: None = None
    active: bool = True


def signed_code(public_key: str, key: bytes) -> str:
    """Return the twelve letters of a desk's link and QR code."""
    return public_key + _signature(public_key, key)


def find_desk(connection: Connection, code: str, key: bytes) -> RatedDesk:
    """Return the desk of a signed code.

    Raises
    ------
    UnknownDesk
        If the signature does not fit or there is no such desk.
    """
    public_key, signature = code[:HALF], code[HALF:]
    if not code.isascii() or not hmac.compare_digest(
        signature.encode(), _signature(public_key, key).encode()
    ):
        raise UnknownDesk(code)
    return desk_by_public_key(connection, public_key, key)


def desk_by_public_key(connection: Connection, public_key: str, key: bytes) -> RatedDesk:
    """Return the desk of the six letters that something else has vouched for.

    Raises
    ------
    UnknownDesk
        If there is none.
    """
    return _rated_desk(connection, _DESK_BY_KEY, {"public_key": public_key}, key)


def desk_by_id(connection: Connection, desk_id: int, key: bytes) -> RatedDesk:
    """Return a desk by its row.

    Raises
    ------
    UnknownDesk
        If there is none.
    """
    return _rated_desk(connection, _DESK_BY_ID, {"id": desk_id}, key)


def desks_of(
    session: Session, unit_id: int, key: bytes, code: str | None = None
) -> list[RatedDesk]:
    """Return a unit's active desks in the order they were added, or the one with a staff code.

    Raises
    ------
    UnknownDesk
        If the unit has no desk of that code.
    """
    query = _DESK.where(col(Desk.unit_id) == unit_id, col(Desk.active)).order_by(col(Desk.id))
    if code is not None:
        query = query.where(col(Desk.code) == code)
    rows = session.connection().execute(query).all()
    if code is not None and not rows:
        raise UnknownDesk(code)
    return [_as_desk(row, key) for row in rows]


def every_desk(session: Session, key: bytes) -> list[RatedDesk]:
    """Return all active desks, unit by unit."""
    query = _DESK.where(col(Desk.active), is_real()).order_by(col(Desk.unit_id), col(Desk.id))
    return [_as_desk(row, key) for row in session.connection().execute(query)]


def desk_named(session: Session, code: str, key: bytes) -> RatedDesk:
    """Return a desk by its signed code, or by its staff code where only one unit uses it.

    Raises
    ------
    UnknownDesk
        If no desk, or more than one, has that code.
    """
    rows = session.connection().execute(_DESK.where(col(Desk.code) == code, is_real())).all()
    if len(rows) == 1:
        return _as_desk(rows[0], key)
    try:
        return find_desk(session.connection(), typed(code), key)
    except UnknownDesk as error:
        raise UnknownDesk(code) from error  # as it was typed


def services_of(connection: Connection, desk: RatedDesk) -> list[tuple[str, str]]:
    """Return code and name of the services a desk gives, all of the unit's if none is named."""
    rows = connection.execute(_SERVICES, {"unit_id": desk.unit_id, "desk_id": desk.id})
    return [(row.code, row.name) for row in rows]


def services_to_ask(connection: Connection, desk: RatedDesk) -> list[tuple[str, str]]:
    """Return code and name of the services a citizen may choose from; none where it is known."""
    services = [] if desk.only_service_id is not None else services_of(connection, desk)
    return services if len(services) > 1 else []


def _signature(public_key: str, key: bytes) -> str:
    digest = hmac.digest(key, b"desk " + public_key.encode(), hashlib.sha256)
    return spell(digest, HALF)


def _rated_desk(
    connection: Connection, query: Select[Any], which: Mapping[str, int | str], key: bytes
) -> RatedDesk:
    row = connection.execute(query, which).one_or_none()
    if row is None:
        raise UnknownDesk
    return _as_desk(row, key)


def _as_desk(row: Row[Any], key: bytes) -> RatedDesk:
    return RatedDesk(
        id=row.id,
        unit_id=row.unit_id,
        code=signed_code(row.public_key, key),
        name=row.name,
        about=row.about,
        kind=row.kind,
        opens_with=row.opens_with,
        active=row.active,
        only_service_id=row.only_service_id,
        unit_code=row.unit_code,
        unit_name=row.unit_name,
        time_zone=row.time_zone,
        element_order=ElementOrder(row.element_order),
        biaya_answers=four_answers(row.biaya_answers),
        languages=tuple(row.languages.split(",")),
    )


def four_answers(stored: str | None) -> tuple[str, str, str, str] | None:
    """Return a unit's own answers on costs from how its row keeps them, lowest first."""
    if stored is None:
        return None
    first, second, third, fourth = json.loads(stored)
    return first, second, third, fourth


def _given(unit_id: Any, desk_id: Any) -> ColumnElement[bool]:  # noqa: ANN401 - column or value
    """Return which services a desk gives: active ones, those it names or, if none, the unit's."""
    named = (
        select(col(DeskService.service_id))
        .where(col(DeskService.desk_id) == desk_id)
        .correlate(Desk)  # left to itself, it would look at the desks of every row
    )
    return and_(
        col(Service.unit_id) == unit_id,
        col(Service.active),
        or_(col(Service.id).in_(named), ~named.exists()),
    )


_OF_THE_DESK = _given(col(Desk.unit_id), col(Desk.id))
_ONLY_SERVICE = (
    select(case((func.count() == 1, func.min(col(Service.id)))))
    .select_from(Service)
    .where(_OF_THE_DESK)
    .correlate(Desk)
    .scalar_subquery()
)
_DESK = select(
    col(Desk.id),
    col(Desk.unit_id),
    col(Desk.public_key),
    col(Desk.name),
    col(Desk.about),
    col(Desk.kind),
    col(Desk.opens_with),
    col(Desk.active),
    _ONLY_SERVICE.label("only_service_id"),
    col(ServiceUnit.code).label("unit_code"),
    col(ServiceUnit.name).label("unit_name"),
    col(ServiceUnit.time_zone),
    col(ServiceUnit.element_order),
    col(ServiceUnit.biaya_answers),
    col(ServiceUnit.languages),
).join(ServiceUnit, col(ServiceUnit.id) == col(Desk.unit_id))

_DESK_BY_KEY = _DESK.where(col(Desk.public_key) == bindparam("public_key"))
_DESK_BY_ID = _DESK.where(col(Desk.id) == bindparam("id"))
_SERVICES = (
    select(col(Service.code), col(Service.name))
    .where(_given(bindparam("unit_id"), bindparam("desk_id")))
    .order_by(col(Service.id))
)

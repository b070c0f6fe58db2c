"""The one statement that reads a month's rows for its tallies, on both databases.

Ratings are packed as the digits of one number each, because grouping by a number costs less than
by many columns. Officers join by a temporary table of desk half hours, because a lookup by key
costs less than finding the stretch that a half hour lies in.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    FromClause,
    Integer,
    MetaData,
    Select,
    Table,
    Uuid,
    and_,
    func,
    insert,
    literal,
    select,
)
from sqlmodel import Session

from aggregation.duties.roster import DeskStretch
from aggregation.months.whole_month import whole_month
from aggregation.screening.quarantine import quarantined
from aggregation.visits.outages import DeclaredOutage
from survey.models import Followup, Response, table_of
from survey.month import Month
from survey.questionnaire import OVERALL, Element

_RESPONSE, _FOLLOWUP = table_of(Response), table_of(Followup)

DESK_HALF_HOUR = Table(
    "desk_half_hour",
    MetaData(),
    Column("desk_id", Integer, primary_key=True),
    Column("half_hour", Integer, primary_key=True),
    Column("officer_id", Integer, nullable=False),
    Column("outage", Boolean, nullable=False),
    prefixes=["TEMPORARY"],
    sqlite_with_rowid=False,
)
"""Whose each half hour is; lives as long as one count."""

HELD = Table(
    "held_response",
    MetaData(),
    Column("response_id", Uuid, primary_key=True),
    prefixes=["TEMPORARY"],
    sqlite_with_rowid=False,
)
"""Responses that stand apart; lives as long as one count."""


@dataclass(frozen=True, slots=True)
class Counting:
    """What a count of a month goes by.

    Attributes
    ----------
    codes
        The elements that a combination of answers spells, in order.
    stretches
        Whose each desk half hour is; what they leave out is nobody's.
    outages
        Half hours that were declared.
    late_until
        Late responses received before this day are admitted; none without a day.
    held
        Responses to take for quarantined beside those that are.
    as_of
        The moment whose quarantine is asked for; none for what it is now.
    """

    codes: Sequence[str]
    stretches: Sequence[DeskStretch]
    outages: Sequence[DeclaredOutage] = ()
    late_until: date | None = None
    held: Collection[UUID] = ()
    as_of: datetime | None = None


def groups_of(session: Session, unit_id: int, month: Month, by: Counting) -> Sequence[Any]:
    """Return how many of a month's responses agree in all that a tally counts by.

    Returns
    -------
    sequence
        Of (officer, desk, service, channel, outage, late, quarantined, said, sheet, count). The
        digits of `said` are the answers to the elements in order, 0 where blank; those of `sheet`
        the nine in the order of :class:`Element`, none unless all are answered.
    """
    connection = session.connection()
    DESK_HALF_HOUR.create(connection)
    served = _half_hours(by)
    if served:
        connection.execute(insert(DESK_HALF_HOUR), served)
    with whole_month(session):
        held = {*connection.execute(quarantined(unit_id, month, by.as_of)).scalars(), *by.held}
        if held:
            HELD.create(connection)
            connection.execute(insert(HELD), [{"response_id": each} for each in held])
        groups = connection.execute(_sweep(unit_id, month, by, with_held=bool(held))).all()
    DESK_HALF_HOUR.drop(connection)
    if held:
        HELD.drop(connection)
    return groups


def _half_hours(by: Counting) -> list[dict[str, object]]:
    out: set[tuple[int | None, int]] = {
        (each.desk_id, half_hour)
        for each in by.outages
        for half_hour in range(each.starts, each.ends)
    }
    return [
        {
            "desk_id": stretch.desk_id,
            "half_hour": half_hour,
            "officer_id": stretch.officer_id,
            "outage": not out.isdisjoint({(stretch.desk_id, half_hour), (None, half_hour)}),
        }
        for stretch in by.stretches
        for half_hour in range(stretch.starts, stretch.ends)
    ]


def _sweep(unit_id: int, month: Month, by: Counting, *, with_held: bool) -> Select[Any]:
    service = func.coalesce(_RESPONSE.c.service_id, _FOLLOWUP.c.service_id)
    said = _digits([func.coalesce(_rating(code), 0) for code in by.codes])
    sheet = _digits([_rating(element) for element in Element])
    officer, desk, channel = DESK_HALF_HOUR.c.officer_id, _RESPONSE.c.desk_id, _RESPONSE.c.channel
    rows = with_followup_and_officer()
    set_aside: ColumnElement[bool] = literal(value=False)
    # An office without a finding, the usual one, is not joined to an empty table row by row.
    if with_held:
        rows = rows.outerjoin(HELD, HELD.c.response_id == _RESPONSE.c.id)
        set_aside = HELD.c.response_id.is_not(None)
    return (
        select(
            officer,
            desk,
            service.label("known_service"),
            channel,
            func.coalesce(DESK_HALF_HOUR.c.outage, literal(value=False)).label("in_outage"),
            is_late(by.late_until).label("is_late"),
            set_aside.label("is_quarantined"),
            said.label("said"),
            sheet.label("sheet"),
            func.count(),
        )
        .select_from(rows)
        .where(_RESPONSE.c.unit_id == unit_id, _RESPONSE.c.month == month)
        # By name: PostgreSQL takes an expression with parameters, spelled twice, for two.
        .group_by(
            officer,
            desk,
            channel,
            "known_service",
            "in_outage",
            "is_late",
            "is_quarantined",
            "said",
            "sheet",
        )
    )


def is_late(admitted_until: date | None) -> ColumnElement[bool]:
    """Say of a response in a statement that it is late; those received before a day are not."""
    late: ColumnElement[bool] = _RESPONSE.c.late
    return late if admitted_until is None else and_(late, _RESPONSE.c.received_on >= admitted_until)


def with_followup_and_officer() -> FromClause:
    """Return responses, each with its follow-up and with whose half hour it was, if any."""
    its_followup = and_(
        _FOLLOWUP.c.unit_id == _RESPONSE.c.unit_id,
        _FOLLOWUP.c.month == _RESPONSE.c.month,
        _FOLLOWUP.c.response_id == _RESPONSE.c.id,
    )
    its_half_hour = and_(
        DESK_HALF_HOUR.c.desk_id == _RESPONSE.c.desk_id,
        DESK_HALF_HOUR.c.half_hour == _RESPONSE.c.half_hour,
    )
    return _RESPONSE.outerjoin(_FOLLOWUP, its_followup).outerjoin(DESK_HALF_HOUR, its_half_hour)


def _rating(code: str) -> ColumnElement[int | None]:
    return _RESPONSE.c.overall if code == OVERALL else _FOLLOWUP.c[code.lower()]


def _digits(ratings: Iterable[ColumnElement[Any]]) -> ColumnElement[Any]:
    """Return ratings as the digits of one number, which is null if one of them is."""
    ten = literal(10, BigInteger)
    return reduce(lambda number, rating: number * ten + rating, ratings)

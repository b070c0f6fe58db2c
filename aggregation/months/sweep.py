"""The one statement that reads a month's rows for its tallies, on both databases.

Ratings are packed as the digits of one number each, because grouping by a number costs less than
by many columns. Officers join by a temporary table of desk half hours, because a lookup by key
costs less than finding the stretch that a half hour lies in.
"""

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    FromClause,
    Integer,
    MetaData,
    Select,
    Table,
    and_,
    func,
    insert,
    literal,
    select,
)
from sqlmodel import Session

from aggregation.duties.roster import DeskStretch
from aggregation.method.rule import Rule
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
    prefixes=["TEMPORARY"],
    sqlite_with_rowid=False,
)
"""Whose each half hour is; lives as long as one count."""


def groups_of(
    session: Session, unit_id: int, month: Month, rule: Rule, stretches: Iterable[DeskStretch]
) -> Sequence[Any]:
    """Return how many of a month's responses agree in all that a tally counts by.

    Returns
    -------
    sequence
        Of (officer, desk, service, channel, late, said, sheet, count). The digits of `said` are
        the answers to the rule's elements in its order, 0 where blank; those of `sheet` the nine
        in the order of :class:`Element`, none unless all are answered.
    """
    connection = session.connection()
    DESK_HALF_HOUR.create(connection)
    served = [
        {"desk_id": stretch.desk_id, "half_hour": half_hour, "officer_id": stretch.officer_id}
        for stretch in stretches
        for half_hour in range(stretch.starts, stretch.ends)
    ]
    if served:
        connection.execute(insert(DESK_HALF_HOUR), served)
    groups = connection.execute(_sweep(unit_id, month, rule)).all()
    DESK_HALF_HOUR.drop(connection)
    return groups


def _sweep(unit_id: int, month: Month, rule: Rule) -> Select[Any]:
    service = func.coalesce(_RESPONSE.c.service_id, _FOLLOWUP.c.service_id)
    said = _digits([func.coalesce(_rating(code), 0) for code in rule.codes])
    sheet = _digits([_rating(element) for element in Element])
    columns = (_RESPONSE.c.desk_id, _RESPONSE.c.channel, _RESPONSE.c.late)
    officer, (desk, channel, late) = DESK_HALF_HOUR.c.officer_id, columns
    return (
        select(
            officer,
            desk,
            service.label("known_service"),
            channel,
            late,
            said.label("said"),
            sheet.label("sheet"),
            func.count(),
        )
        .select_from(with_followup_and_officer())
        .where(_RESPONSE.c.unit_id == unit_id, _RESPONSE.c.month == month)
        # By name: PostgreSQL takes an expression with parameters, spelled twice, for two.
        .group_by(officer, *columns, "known_service", "said", "sheet")
    )


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

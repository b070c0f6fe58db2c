"""`nilai partition`: on PostgreSQL, what citizens say lies by month, each in a part of its own.

A province has tens of millions of responses and reads one month at a time. In parts, a month costs
the same however many lie before it; a part is vacuumed, copied or moved to another disk alone.
The tables keep their names, rules and rights, so nothing else of the product knows of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import click
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import ProgrammingError
from sqlmodel import col

from deploy import parted_table
from deploy.copy_check import require_current
from deploy.parted_table import TABLES
from survey.command import Installation, pass_installation
from survey.database import writing
from survey.models import Followup, Response
from survey.month import Month
from survey.month_argument import MonthArgument

AHEAD = 12
"""Months after this one that have a part before anybody serves in them."""

_MODELS = (Response, Followup)


class NoParts(RuntimeError):
    """The embedded database has one file, and no parts."""


class NotTheOwner(RuntimeError):
    """Only who owns the tables may lay them out anew."""


class LaterRows(RuntimeError):
    """There are rows of that month or a later one, which would have to move; the text is which."""


@dataclass(frozen=True, slots=True)
class Parted:
    """What was done.

    Attributes
    ----------
    first
        The first month with a part of its own; what came before lies in one part together.
    made
        Months whose parts are new.
    in_rest
        Months without a part that have rows already; they stay in the part for the rest.
    """

    first: Month
    made: Sequence[Month]
    in_rest: Sequence[Month]


def partition(engine: Engine, now: Month, since: Month | None = None, ahead: int = AHEAD) -> Parted:
    """Lay responses and follow-ups out by month, and make the parts of the months to come.

    The first time the tables as they are become the part of all that was; no row is copied, but
    each is read once, and nobody can rate meanwhile. Later times only add parts. All of it
    happens or nothing.

    Parameters
    ----------
    since
        The first month with a part of its own, where that is not yet laid down; by default the
        first one without rows.
    ahead
        How many months after this one get a part.

    Raises
    ------
    NoParts, OldSchema, NotTheOwner, LaterRows
        If it cannot be done; nothing has been changed then.
    """
    if engine.dialect.name != "postgresql":
        raise NoParts
    require_current(engine)
    try:
        with writing(engine) as session:
            connection = session.connection()
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            parted_table.hold(connection)
            if not parted_table.is_parted(connection):
                first = _first(connection, now, since)
                for table in TABLES:
                    parted_table.lay_out(connection, table, first)
            done = _with_parts(connection, now, ahead)
            for table in TABLES:  # nobody else does it for a table that has parts
                connection.execute(text(f"ANALYZE {table}"))
            return done
    except ProgrammingError as error:
        if isinstance(error.orig, InsufficientPrivilege):
            raise NotTheOwner from error
        raise


def _first(connection: Connection, now: Month, since: Month | None) -> Month:
    """Return the first month that gets a part of its own."""
    newest = max(filter(None, (_newest(connection, each) for each in _MODELS)), default=None)
    if since is None:
        return max(now, newest.shift(1)) if newest else now
    if newest and newest >= since:
        raise LaterRows(newest)
    return since


def _newest(connection: Connection, model: type[Response | Followup]) -> Month | None:
    return connection.execute(select(func.max(col(model.month)))).scalar()


def _with_parts(connection: Connection, now: Month, ahead: int) -> Parted:
    first = parted_table.first_month(connection)
    there, made, in_rest = parted_table.months(connection), [], []
    for month in _from_to(first, now.shift(ahead)):
        if month in there:
            continue
        if parted_table.rest_has(connection, month):
            in_rest.append(month)
            continue
        for table in TABLES:
            parted_table.add(connection, table, month)
        made.append(month)
    return Parted(first, made, in_rest)


def _from_to(first: Month, last: Month) -> Iterator[Month]:
    while first <= last:
        yield first
        first = first.shift(1)


@click.command("partition", help="Tata tanggapan per bulan di PostgreSQL; untuk provinsi.")
@click.option("--since", type=MonthArgument(), help="Bulan pertama yang mendapat bagian sendiri.")
@click.option(
    "--ahead",
    type=click.IntRange(1, 120),
    default=AHEAD,
    show_default=True,
    help="Berapa bulan ke depan.",
)
@pass_installation
def partition_now(installation: Installation, since: Month | None, ahead: int) -> None:
    """Lay the record out by month."""
    now = Month.of(datetime.now(UTC).date())
    done = partition(installation.engine, now, since, ahead)
    click.echo(f"Tanggapan tertata per bulan mulai {done.first}; {len(done.made)} bagian baru.")
    for month in done.in_rest:
        click.echo(f"Bulan {month} sudah punya tanggapan dan tetap di bagian sisanya.")

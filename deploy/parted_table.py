"""A table of PostgreSQL in parts by month: made of a plain one, and given the parts to come.

What a table owes, PostgreSQL does not hand on by itself when it is laid out in parts: its keys,
triggers and rights are read from the catalogue and given to the new table under their old names.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select, sql, text

from survey.month import Month

TABLES = ("response", "followup")
"""The tables that grow with every citizen, each before those that refer to it."""

BEFORE, REST = "before", "rest"
"""What a part is called that holds what was there, and one for months that have none."""

_REFERRING = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND confrelid = CAST(:name AS regclass) AND conparentid = 0"""
_KEYS = """
    SELECT conname, contype, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = CAST(:name AS regclass) AND contype IN ('p', 'u', 'f') AND conparentid = 0
    ORDER BY contype DESC, conname"""
_INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = CAST(:name AS regclass)
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype <> 'f')"""
_TRIGGERS = """
    SELECT tgname, pg_get_triggerdef(oid), tgtype & 1 = 1 FROM pg_trigger
    WHERE tgrelid = CAST(:name AS regclass) AND NOT tgisinternal"""
_RIGHTS = """
    SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(grantee::regrole::text) END,
        privilege_type
    FROM pg_class, aclexplode(relacl)
    WHERE pg_class.oid = CAST(:name AS regclass) AND grantee <> relowner"""
_KIND = "SELECT relkind FROM pg_class WHERE oid = CAST(:name AS regclass)"
_BOUND = """
    SELECT substring(pg_get_expr(relpartbound, oid) FROM 'TO \\(''?([0-9]+)')
    FROM pg_class WHERE oid = CAST(:name AS regclass)"""
_PARTS = """
    SELECT inhrelid::regclass::text FROM pg_inherits
    WHERE inhparent = CAST(:name AS regclass)"""


def hold(connection: Connection) -> None:
    """Keep everybody from the tables until the transaction ends."""
    connection.execute(text(f"LOCK TABLE {', '.join(TABLES)} IN ACCESS EXCLUSIVE MODE"))


def is_parted(connection: Connection) -> bool:
    """Tell whether the tables lie in parts already."""
    [(kind,)] = _read(connection, _KIND, TABLES[0])
    return bool(kind == "p")


def lay_out(connection: Connection, table: str, first: Month) -> None:
    """Make a plain table the first part of one in parts, which takes its name and its rules.

    Parameters
    ----------
    first
        The first month that is to have a part of its own; the table has no row of it or later.
    """
    referring, keys, indexes, triggers, rights = (
        _read(connection, query, table)
        for query in (_REFERRING, _KEYS, _INDEXES, _TRIGGERS, _RIGHTS)
    )
    was = _part(table, BEFORE)
    _do(
        connection,
        *(f"ALTER TABLE {other} DROP CONSTRAINT {name}" for other, name, _ in referring),
        *(f"DROP TRIGGER {name} ON {table}" for name, _, _ in triggers),
        f"ALTER TABLE {table} RENAME TO {was}",
        *(
            f"ALTER TABLE {was} RENAME CONSTRAINT {name} TO {_part(name, BEFORE)}"
            for name, kind, _ in keys
            if kind != "f"  # of one name with the new table's, they become one
        ),
        *(f"ALTER INDEX {name} RENAME TO {_part(name, BEFORE)}" for name, _ in indexes),
        f"CREATE TABLE {table} (LIKE {was} INCLUDING DEFAULTS INCLUDING CONSTRAINTS "
        f"INCLUDING STORAGE) PARTITION BY RANGE (month)",
        *(f"ALTER TABLE {table} ADD CONSTRAINT {name} {said}" for name, _, said in keys),
        *(said for _, said in indexes),
        f"ALTER TABLE {table} ATTACH PARTITION {was} "
        f"FOR VALUES FROM (MINVALUE) TO ({first.number})",
        f"CREATE TABLE {_part(table, REST)} PARTITION OF {table} DEFAULT",
        *(said for _, said, _ in triggers),
        *(f"GRANT {right} ON {table} TO {role}" for role, right in rights),
        *(f"ALTER TABLE {other} ADD CONSTRAINT {name} {said}" for other, name, said in referring),
    )
    for part in (BEFORE, REST):
        _guard(connection, table, _part(table, part))


def add(connection: Connection, table: str, month: Month) -> None:
    """Make the part of a month."""
    part = _part(table, _named(month))
    _do(
        connection,
        f"CREATE TABLE {part} PARTITION OF {table} "
        f"FOR VALUES FROM ({month.number}) TO ({month.shift(1).number})",
    )
    _guard(connection, table, part)


def months(connection: Connection) -> set[Month]:
    """Return the months that have a part of their own."""
    table = TABLES[0]
    ends = {part.removeprefix(f"{table}_") for (part,) in _read(connection, _PARTS, table)}
    return {Month.parse(end.replace("_", "-")) for end in ends - {BEFORE, REST}}


def first_month(connection: Connection) -> Month:
    """Return the first month that does not lie with all that was before."""
    [(bound,)] = _read(connection, _BOUND, _part(TABLES[0], BEFORE))
    return Month.from_number(int(bound))


def rest_has(connection: Connection, month: Month) -> bool:
    """Tell whether rows of a month lie in the part for the rest, from where none is moved."""
    rests = (select(text("1")).select_from(sql.table(_part(each, REST))) for each in TABLES)
    of_month = sql.column("month") == month.number
    return any(connection.execute(rest.where(of_month).limit(1)).first() for rest in rests)


def _guard(connection: Connection, table: str, part: str) -> None:
    """Give a part the triggers that PostgreSQL hands on to none: those of whole statements."""
    for _, said, by_row in _read(connection, _TRIGGERS, table):
        if not by_row:
            _do(connection, said.replace(f" ON public.{table} ", f" ON public.{part} "))


def _named(month: Month) -> str:
    return f"{month.year:04}_{month.month:02}"


def _part(name: str, end: str) -> str:
    return f"{name}_{end}"


def _read(connection: Connection, query: str, name: str) -> Sequence[Any]:
    return connection.execute(text(query), {"name": name}).all()


def _do(connection: Connection, *statements: str) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)

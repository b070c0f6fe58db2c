"""Rows held against the sealed leaves: who changed, who came and who went is named (method §8).

One stream over each table hashes every row anew and looks for its leaf among those of its day.
Where a day's leaves all found a row that makes them, nothing of that day can be missing.
"""

from collections import Counter
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from survey.difference import Difference, Kind, Looked
from survey.row_spelling import SPELLINGS, Spelling, day_text
from survey.seal_models import LeafKind

_AT_ONCE = 10_000
_IDS = frozenset({"id", "response_id"})

_CHANGED = "Isinya tidak lagi sama dengan sidik yang dicatat saat diterima."
_RESEALED = "Isi dan sidiknya tidak lagi sama dengan yang disegel untuk {}."
_MOVED = "Baris ini disegel untuk {} dan sekarang tercatat pada hari lain."
_ADDED = "Baris ini tidak ada dalam segel {}."
_COPIED = "Baris ini memakai sidik baris lain dan tidak ada dalam segel {}."
_REMOVED = "Baris ini disegel untuk {} dan sekarang tidak ada."
_NAMED = "Daftar sidik segel {} menyebut baris lain untuk sidik baris ini."


@dataclass(slots=True)
class _Found:
    """What a stream over a table found.

    Attributes
    ----------
    held
        By day, how many rows make a leaf that is sealed for the day.
    raw_days
        The same while it is counted, by days as the driver hands them out.
    loose
        Rows of sealed days whose leaf is not sealed for their day, by id.
    robbed
        Sealed rows whose leaf another row shows, with their days.
    """

    held: Counter[str] = field(default_factory=Counter)
    raw_days: Counter[Any] = field(default_factory=Counter)
    loose: dict[str, str] = field(default_factory=dict)
    robbed: dict[str, str] = field(default_factory=dict)


def row_differences(
    session: Session, sealed: Mapping[tuple[str, str], int], last: date | None, looked: Looked
) -> Iterator[Difference]:
    """Yield rows of the record that are not as they were sealed.

    Parameters
    ----------
    sealed
        By day and kind of row, how many leaves are kept.
    last
        The last day that is sealed; later rows are only hashed.
    """
    until = "" if last is None else last.isoformat()
    for spelling in SPELLINGS:
        found = _Found()
        yield from _streamed(session, spelling, until, found, looked)
        of_kind = {day: count for (day, kind), count in sealed.items() if kind == spelling.kind}
        short = found.robbed or any(found.held[day] != count for day, count in of_kind.items())
        gone = _leaves_without_row(session, spelling) if short else {}
        yield from _loose_and_gone(session, spelling, found, gone, looked)


def _streamed(
    session: Session, spelling: Spelling, until: str, found: _Found, looked: Looked
) -> Iterator[Difference]:
    place, spelled = spelling.columns.index(spelling.id), spelling.leaf
    held, rows = found.raw_days, 0
    for row in _rows(session, spelling):
        rows += 1
        *values, leaf, day, sealed_row = row
        try:
            true = spelled(values) == leaf
        except (TypeError, ValueError, AttributeError):  # what no program of ours writes
            true = False
        if true and sealed_row == values[place]:
            held[day] += 1
            continue
        said = _said(str(values[place]), day_text(day), sealed_row, until, found, true=true)
        subject = f"{spelling.kind} {values[place]}"
        if said and looked.is_news(subject):
            yield Difference(said[0], subject, said[1])
    for day, count in held.items():
        found.held[day_text(day)] += count
    looked.rows += rows


def _said(
    id_: str, day: str, sealed_row: str | None, until: str, found: _Found, *, true: bool
) -> tuple[Kind, str] | None:
    """Return what to say of a row at once; what is not sealed for its day is looked at later."""
    when = f"hari {day}"
    if sealed_row is None:
        if day <= until:
            found.loose[id_] = day
            return None
        return None if true else (Kind.CHANGED, _CHANGED)
    if true:
        return Kind.CHANGED, _NAMED.format(when)
    if sealed_row == id_:
        found.held[day] += 1  # it is there, and it is named
        return Kind.CHANGED, _CHANGED
    found.robbed[sealed_row] = day
    return Kind.ADDED, _COPIED.format(when)


def _loose_and_gone(
    session: Session,
    spelling: Spelling,
    found: _Found,
    gone: Mapping[str, str],
    looked: Looked,
) -> Iterator[Difference]:
    known = _sealed_days(session, spelling, found.loose) if found.loose else {}
    for id_, day in found.loose.items():
        said = (Kind.CHANGED, _RESEALED) if id_ in known else (Kind.ADDED, _ADDED)
        if looked.is_news(f"{spelling.kind} {id_}"):
            when = f"hari {known.get(id_, day)}"
            yield Difference(said[0], f"{spelling.kind} {id_}", said[1].format(when))
    for id_, day in {**found.robbed, **gone}.items():
        subject = f"{spelling.kind} {id_}"
        if subject in looked.named:
            continue
        there = _is_there(session, spelling, id_)
        if looked.is_news(subject):
            sentence = (_MOVED if there else _REMOVED).format(f"hari {day}")
            yield Difference(Kind.CHANGED if there else Kind.REMOVED, subject, sentence)


def _rows(session: Session, spelling: Spelling) -> Iterator[Any]:
    """Yield rows as columns, leaf, day and the row that the sealed leaf of the day names."""
    columns = ", ".join(
        as_dashed(session, f"r.{name}") if name in _IDS else f"r.{name}"
        for name in spelling.columns
    )
    day = _day(spelling, postgres=_is_postgres(session))
    row_id = as_dashed(session, "s.row_id")
    statement = (
        f"SELECT {columns}, r.leaf, {day} AS day, {row_id} FROM {spelling.table} r "  # noqa: S608 - names are ours
        f"LEFT JOIN sealed_leaf s ON s.day = {day} AND s.leaf = r.leaf"
    )
    return stream(session, statement)


def _leaves_without_row(session: Session, spelling: Spelling) -> dict[str, str]:
    """Return the sealed rows whose leaf no row of their day has, with their days."""
    row_id = as_dashed(session, "s.row_id")
    day = _day(spelling, postgres=_is_postgres(session))
    statement = (
        f"SELECT {row_id}, s.day FROM sealed_leaf s LEFT JOIN {spelling.table} r "  # noqa: S608 - names are ours
        f"ON r.leaf = s.leaf AND {day} = s.day WHERE s.kind = '{spelling.kind}' AND r.leaf IS NULL"
    )
    return {str(id_): day_text(day) for id_, day in stream(session, statement)}


def _sealed_days(session: Session, spelling: Spelling, ids: Container[str]) -> dict[str, str]:
    """Return for which days some rows were sealed; those that never were are missing."""
    row_id = as_dashed(session, "s.row_id")
    statement = f"SELECT {row_id}, s.day FROM sealed_leaf s WHERE s.kind = '{spelling.kind}'"  # noqa: S608 - names are ours
    return {id_: day_text(day) for id_, day in stream(session, statement) if id_ in ids}


def _is_there(session: Session, spelling: Spelling, id_: str) -> bool:
    given = id_ if _is_postgres(session) else id_.replace("-", "")
    table = spelling.table
    if spelling.kind is LeafKind.LOG:
        found = text(f"SELECT 1 FROM {table} WHERE id = :id")  # noqa: S608 - names are ours
    else:
        found = text(
            f"SELECT 1 FROM known_response k JOIN {table} r ON r.unit_id = k.unit_id "  # noqa: S608
            f"AND r.month = k.month AND r.{spelling.id} = k.id WHERE k.id = :id"
        )
    return session.execute(found, {"id": given}).first() is not None


def stream(session: Session, statement: str) -> Iterator[Any]:
    """Yield the rows of a statement over whole tables, a few thousand in memory at a time."""
    if not _is_postgres(session):
        # The driver's own cursor steps through rows as they are asked for, and makes no objects.
        cursor = session.connection().connection.cursor()
        cursor.execute(statement)
        return iter(cursor)  # type: ignore[call-overload,no-any-return]
    streamed = text(statement).execution_options(yield_per=_AT_ONCE)
    # PostgreSQL takes a table that was filled this very night for a small one, and would look all
    # of it through for each row; tables that are read as a whole are hashed or merged.
    session.execute(text("SET LOCAL enable_nestloop = off"))
    rows = session.execute(streamed)
    session.execute(text("SET LOCAL enable_nestloop = on"))
    return iter(rows)


def as_dashed(session: Session, column: str) -> str:
    """Return what reads an id as a text with dashes, as leaves spell it."""
    if _is_postgres(session):
        return f"CAST({column} AS TEXT)"
    parts = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 99))
    return " || '-' || ".join(f"substr({column}, {start}, {size})" for start, size in parts)


def _day(spelling: Spelling, *, postgres: bool) -> str:
    """Return the day that a row is sealed in; Jakarta is seven hours ahead all year."""
    if spelling.kind is not LeafKind.LOG:
        return "r.received_on"
    if postgres:
        return "CAST(r.recorded_at AT TIME ZONE 'Asia/Jakarta' AS DATE)"
    return "date(r.recorded_at, '+7 hours')"


def _is_postgres(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"

"""The tallies of a closing, counted anew from the rows that they stand for (method §8).

The count goes by what held at the close: the frozen half hours, the late responses that were
admitted, and the quarantine of that moment. A decision of a reviewer made later moves nothing
until a revision takes it up, and is left out by its date.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlmodel import Session, SQLModel

from aggregation.closings import Closing, ElementTally, FrozenDuty, Tally, TotalTally
from aggregation.method.combination import CombinationCounts
from aggregation.months.figure_rows import Row, Rows, figure_rows, stored_rows
from aggregation.months.sweep import Counting
from aggregation.months.tally import Cell, count_month
from aggregation.months.window import Cells, codes_of, frozen_stretches, stored_cells
from aggregation.visits.outages import outages_in
from survey.difference import Difference, Kind

_COUNTED = (FrozenDuty, Tally, ElementTally, TotalTally)
_SHEETS = (ElementTally, TotalTally)


def recount_differences(
    session: Session, closing: Closing, before: Closing | None
) -> Iterator[Difference]:
    """Yield the counts of a closing that its rows do not give.

    Parameters
    ----------
    before
        The revision that this one follows. Where a revision of an earlier month moved officers
        alone, the counts were taken over as they were.
    """
    stored = stored_rows(session, closing.id)
    if before is not None and _same_counts(stored, stored_rows(session, before.id)):
        return
    stretches = frozen_stretches(session, closing)
    outages = outages_in(session, closing.unit_id, closing.month)
    by = Counting(
        codes_of(closing), stretches, outages, closing.late_until, as_of=closing.closed_at
    )
    tally = count_month(session, closing.unit_id, closing.month, by)
    yield from _cells(closing, stored_cells(session, closing), tally.combinations)
    anew = figure_rows(stretches, tally, {}, {}, 1)
    for table in _SHEETS:
        yield from _sheets(closing, table, stored[table], anew[table])
    if closing.responses != tally.responses:
        sentence = f"Tertulis {closing.responses} tanggapan; barisnya memberi {tally.responses}."
        yield Difference(Kind.CLOSING, f"closing {closing.id}", sentence)


def _cells(closing: Closing, stored: Cells, anew: Cells) -> Iterator[Difference]:
    was, now = _fixed(stored), _fixed(anew)
    for cell in sorted(was.keys() | now.keys(), key=str):
        if was.get(cell) != now.get(cell):
            kept, counted = (sum(each.get(cell, {}).values()) for each in (was, now))
            sentence = _sentence(kept, counted)
            yield Difference(Kind.CLOSING, f"tally {closing.id} {_named(cell)}", sentence)


def _sheets(
    closing: Closing, table: type[SQLModel], stored: Iterable[Row], anew: Iterable[Row]
) -> Iterator[Difference]:
    was, now = _by_answer(stored), _by_answer(anew)
    for answer in sorted(was.keys() | now.keys(), key=str):
        if was[answer] != now[answer]:
            said = " ".join(f"{name}={_or_none(value)}" for name, value in answer)
            subject = f"{table.__tablename__} {closing.id} {said}"
            yield Difference(Kind.CLOSING, subject, _sentence(was[answer], now[answer]))


def _sentence(kept: int, counted: int) -> str:
    if kept == counted:
        return f"Jawaban dari {kept} tanggapan ini tidak sama dengan barisnya."
    return f"Tertulis {kept} tanggapan; barisnya, dengan jadwal yang dibekukan, memberi {counted}."


def _fixed(cells: Cells) -> dict[Cell, CombinationCounts]:
    """Return what cannot grow after the close: late responses go on coming in."""
    return {cell: dict(counts) for cell, counts in cells.items() if not cell.late}


def _by_answer(rows: Iterable[Row]) -> Counter[tuple[tuple[str, Any], ...]]:
    found: Counter[tuple[tuple[str, Any], ...]] = Counter()
    for row in rows:
        found[tuple(sorted((k, v) for k, v in row.items() if k != "count"))] += row["count"]
    return found


def _named(cell: Cell) -> str:
    said: Mapping[str, object] = {
        "officer": cell.officer_id,
        "desk": cell.desk_id,
        "service": cell.service_id,
        "channel": cell.channel,
    }
    apart = [name for name in ("outage", "quarantined") if getattr(cell, name)]
    return " ".join([*(f"{name}={_or_none(value)}" for name, value in said.items()), *apart])


def _or_none(value: object) -> object:
    return "-" if value is None else value


def _same_counts(rows: Rows, other: Rows) -> bool:
    return all(
        sorted(map(_spelled, rows[table])) == sorted(map(_spelled, other[table]))
        for table in _COUNTED
    )


def _spelled(row: Row) -> str:
    return repr(sorted(row.items()))

"""Random changes of anything that is written once: each is found, and named (method §8).

A check looks at many edits at once, each of which must be named for itself. Rows of the record are
named one by one. Of what a closing wrote at least the closing is named, so at one time only one
edit touches the closings of a unit.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from aggregation.closings import Closing
from aggregation.proof.verify import verify
from survey.database import reading
from tests.tamper_edits import OF_CHAIN, OF_CLOSINGS, OF_RECORD, Edit, Editor, Row, rows_of_tables
from tests.tamper_rights import Kept, every_right
from tests.tamper_world import TONIGHT, sealed_office

AT_ONCE = 60
OF_THREE = 2
"""Edits of three that touch the record or the chain; the others touch what closings wrote."""

MORE_UNITS = 14


def test_each_of_a_thousand_random_edits_is_found_and_named(sqlite_engine: Engine) -> None:
    assert try_edits(sqlite_engine, 1000, seed=1000) == []


def test_random_edits_of_any_database_are_found_and_named(engine: Engine) -> None:
    assert try_edits(engine, 60, seed=60) == []


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_each_of_ten_thousand_random_edits_is_found_and_named(sqlite_engine: Engine) -> None:
    assert try_edits(sqlite_engine, 10_000, seed=10_000) == []


def try_edits(engine: Engine, count: int, seed: int) -> list[str]:
    """Return the edits that a check did not name, each as it was done."""
    world = sealed_office(engine, more_units=MORE_UNITS)
    newest = world.published[-1:]  # without it the newest seal could go as a tail does
    kept = Kept(engine)
    with reading(engine) as session:
        names = Names(session)
        rows = rows_of_tables(session, [*OF_RECORD, *OF_CHAIN, *OF_CLOSINGS])
    editor = Editor(rows, Random(seed))
    missed = []
    of_record = count * OF_THREE // 3
    for of, left in (((*OF_RECORD, *OF_CHAIN), of_record), (OF_CLOSINGS, count - of_record)):
        while left > 0:
            made = (editor.edit(of) for _ in range(AT_ONCE))
            edits = list(tried(engine, apart(made, names)))
            subjects = {
                each.subject for each in verify(engine, TONIGHT, against=newest).differences
            }
            missed += [str(edit) for edit in edits if not names.named(edit, subjects)]
            kept.put_back(engine, {edit.table for edit in edits})
            left -= len(edits)  # noqa: PLW2901 - counted down
    assert verify(engine, TONIGHT).differences == []
    return missed


def tried(engine: Engine, edits: Iterator[Edit]) -> Iterator[Edit]:
    """Do what the database's own rules of values let through, and yield it."""
    with every_right(engine) as session:
        for edit in edits:
            try:
                with session.begin_nested():
                    edit.do(session)
            except DBAPIError:
                continue
            yield edit


def apart(edits: Iterator[Edit], names: "Names") -> Iterator[Edit]:
    """Leave out edits that would be named because of another."""
    taken: set[str] = set()
    for edit in edits:
        touched = names.touched(edit)
        if not taken & touched:
            taken |= touched
            yield edit


class Names:
    """By which names a check can call what an edit changed."""

    def __init__(self, session: Session) -> None:
        self._closings: Mapping[UUID, Closing] = {
            each.id: each for each in session.scalars(select(Closing))
        }
        session.expunge_all()
        releases = rows_of_tables(session, ["release"])
        self._units = {each.id: each.unit_id for each in self._closings.values()}
        self._units |= {row["id"]: row["unit_id"] for rows in releases.values() for row in rows}

    def named(self, edit: Edit, subjects: Collection[str]) -> bool:
        wanted = self._wanted(edit)
        return any(name in f"{subject} " for subject in subjects for name in wanted)

    def touched(self, edit: Edit) -> set[str]:
        """Return what no other edit may touch at the same time."""
        if edit.table.name in OF_RECORD:
            return self._wanted(edit)
        if edit.table.name == "seal":
            return {"the chain"}
        if edit.table.name == "sealed_leaf":
            return self._wanted(edit)
        return {
            f"unit {unit}"
            for row in _both(edit)
            for unit in (row["unit_id"], *(self._units.get(each) for each in _ids(row)))
            if unit is not None
        }

    def _wanted(self, edit: Edit) -> set[str]:
        found: set[str] = set()
        for row in [edit.now] if edit.inserted and edit.now else _both(edit):
            found |= set(self._names(edit.table.name, row))
        return {f"{name} " for name in found}

    def _names(self, table: str, row: Row) -> Iterator[str]:
        if table in OF_RECORD:
            kind, id_ = OF_RECORD[table]
            yield f"{kind} {row[id_]}"
        elif table == "seal":
            yield from (f"seal {row['number']}", f"seal {row['number'] + 1}")
            yield from (f"day {row['subject']}", f"closing {row['subject']}")
        elif table == "sealed_leaf":
            yield from (f"{row['kind']} {row['row_id']}", f"day {row['day']}")
        elif table == "closed_month":
            yield f"closed_month {row['unit_id']} {row['month']}"
            yield from self._of_month(row)
        elif table in {"release", "released_cell"}:
            yield str(row["id"] if table == "release" else row["release_id"])
            yield from (str(id_) for id_, unit in self._units.items() if unit == row["unit_id"])
        else:
            yield str(row["id"] if table == "closing" else row["closing_id"])

    def _of_month(self, row: Row) -> Iterator[str]:
        for closing in self._closings.values():
            if (closing.unit_id, closing.month) == (row["unit_id"], row["month"]):
                yield str(closing.id)


def _both(edit: Edit) -> Sequence[Row]:
    return [edit.row] if edit.now is None else [edit.row, edit.now]


def _ids(row: Row) -> Iterator[UUID]:
    return (value for value in row.values() if isinstance(value, UUID))

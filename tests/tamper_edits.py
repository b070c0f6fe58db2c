"""Random changes of what is written once: any column of any row, a row gone, a row copied."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table, and_, delete, insert, select, update
from sqlmodel import Session, SQLModel

from survey.month import Month

Row = dict[str, Any]
OF_RECORD = {
    "response": ("response", "id"),
    "followup": ("followup", "response_id"),
    "log_entry": ("log", "id"),
}
OF_CHAIN = ("seal", "sealed_leaf")
OF_CLOSINGS = (
    "closed_month",
    "closing",
    "closing_rule",
    "frozen_duty",
    "tally",
    "element_tally",
    "total_tally",
    "officer_figure",
    "cut_count",
    "release",
    "released_cell",
)
ERASABLE = {"officer_figure": ("nip", "staff_number", "name", "employment")}
"""Columns that may be emptied; no digest rests on them, and so no other value shows either."""


@dataclass(frozen=True)
class Edit:
    """A change of one row.

    Attributes
    ----------
    row
        As it was; of a copy the row it was made from.
    now
        As it is afterwards; nothing where it is gone.
    """

    table: Table
    row: Row
    now: Row | None
    inserted: bool = False

    def do(self, session: Session) -> None:
        at = and_(*(column == self.row[column.name] for column in self.table.primary_key))
        if self.inserted:
            session.execute(insert(self.table), self.now)
        elif self.now is None:
            session.execute(delete(self.table).where(at))
        else:
            session.execute(update(self.table).where(at).values(self.now))

    def __str__(self) -> str:
        if self.now is None or self.inserted:
            return f"{self.table.name} {'copied' if self.inserted else 'deleted'}: {self.row}"
        changed = {n: (self.row[n], v) for n, v in self.now.items() if v != self.row[n]}
        return f"{self.table.name} {changed}: {self.row}"


@dataclass(frozen=True)
class Editor:
    """Makes up edits of the rows that some tables hold."""

    rows: Mapping[Table, Sequence[Row]]
    chosen: Random

    def edit(self, names: Sequence[str]) -> Edit:
        """Return an edit of some row: of five, one deletes, one copies and three change."""
        tables = [table for table in self.rows if table.name in names and self.rows[table]]
        table = self.chosen.choices(tables, [len(self.rows[each]) ** 0.5 for each in tables])[0]
        row = self.chosen.choice(self.rows[table])
        return self.chosen.choice(
            [self._deleted, self._copied, self._changed, self._changed, self._changed]
        )(table, row)

    def _deleted(self, table: Table, row: Row) -> Edit:
        return Edit(table, row, None)

    def _copied(self, table: Table, row: Row) -> Edit:
        """Copy a row under another key: of a key of several columns under another last one."""
        last = table.c.id if table.name == "response" else [*table.primary_key][-1]
        now = {**row, last.name: self._other(last, row[last.name])}
        if table.name == "closing":
            now["revision"] += 7
        if table.name == "release":
            now["number"] += 7
        if table.name == "seal":
            now["subject"] = f"{row['subject']}x"[-40:]
        return Edit(table, row, now, inserted=True)

    def _changed(self, table: Table, row: Row) -> Edit:
        erasable = ERASABLE.get(table.name, ())
        column = self.chosen.choice([each for each in table.c if each.name not in erasable])
        others = [each[column.name] for each in self.rows[table]]
        now = self.chosen.choice([value for value in others if value is not None] or [None])
        if now is None or now == row[column.name] or self.chosen.random() < 0.5:
            now = self._other(column, row[column.name])
        return Edit(table, row, {**row, column.name: now})

    def _other(self, column: Column[Any], value: Any) -> Any:  # noqa: ANN401, PLR0911
        """Return a value of the same kind that is not the same."""
        step = self.chosen.choice([-1, 1])
        if value is None:
            return self._first(column)
        if isinstance(value, bool):
            return not value
        if isinstance(value, int):
            return value + step if value > 1 else value + 1
        if isinstance(value, bytes):
            return (int.from_bytes(value) ^ 1 << self.chosen.randrange(8 * len(value))).to_bytes(
                len(value)
            )
        if isinstance(value, UUID):
            return UUID(int=value.int ^ 1 << self.chosen.randrange(128))
        if isinstance(value, Month):
            return value.shift(step)
        if isinstance(value, datetime):
            return value + step * timedelta(seconds=self.chosen.choice([1, 3600, 86400]))
        if isinstance(value, date):
            return value + step * timedelta(days=1)
        return self._other_text(column, str(value))

    def _other_text(self, column: Column[Any], value: str) -> str:
        digits = [at for at, sign in enumerate(value) if sign.isdigit()]
        if digits and self.chosen.random() < 0.8:
            at = self.chosen.choice(digits)
            return f"{value[:at]}{(int(value[at]) + 1) % 10}{value[at + 1 :]}"
        longest = getattr(column.type, "length", None)
        return value[:-1] if longest and len(value) >= longest else f"{value}x"

    def _first(self, column: Column[Any]) -> Any:  # noqa: ANN401
        """Return a value for a column of this row that has none."""
        kind = column.type.python_type
        made: dict[type, Any] = {
            int: 3,
            str: "1",
            bytes: bytes(32),
            date: date(2026, 10, 5),
            datetime: datetime(2026, 10, 5).astimezone(),
        }
        return made[kind]


def rows_of_tables(session: Session, names: Sequence[str]) -> dict[Table, list[Row]]:
    tables = [SQLModel.metadata.tables[name] for name in names]
    return {
        table: [dict(row) for row in session.execute(select(table)).mappings()] for table in tables
    }

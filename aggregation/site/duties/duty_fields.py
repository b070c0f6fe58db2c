"""Fields of forms about duties: days, half hours, and officers by the names people know."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from operator import attrgetter
from typing import Any

from sqlmodel import Session, col, select
from wtforms import DateField, Field, StringField

from aggregation.models import Officer
from aggregation.people.assignments import officers_of
from aggregation.sheets.calendar_cells import clock, read_half_hour
from aggregation.sheets.cells import BadCell
from aggregation.site.telling import complain
from survey.language import worded
from survey.month import Month
from survey.spoken import spoken

_YEARS = range(2000, 2100)
_SHORT_ROLL = 60
_END_OF_NIP = 4


class DayField(DateField):
    """A calendar day of this century."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed; an empty field holds nothing."""
        if not any(valuelist):
            return
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(worded("Tulis tanggal seperti 2026-11-09.")) from error
        if self.data is not None and self.data.year not in _YEARS:
            self.data = None
            raise ValueError(worded("Periksa tahunnya: tulis dengan empat angka."))


class HalfHourField(StringField):
    """A time on a half hour; its data are the half hours since midnight, 0 to 48, or None."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed, as in a sheet."""
        self.data: Any = None
        typed = "".join(valuelist).strip()
        try:
            self.data = read_half_hour(typed) if typed else None
        except BadCell as error:
            message = worded("Tulis jam tepat atau setengah jam, misalnya 08.00 atau 13.30.")
            raise ValueError(message) from error

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else clock(self.data)


@dataclass(frozen=True)
class Roll:
    """The officers that a form offers, each by a name that is nobody else's.

    Attributes
    ----------
    labels
        By officer id, in the order of the names.
    """

    labels: Mapping[int, str]

    @property
    def is_short(self) -> bool:
        """Whether a list to choose from is easier than typing the name."""
        return len(self.labels) <= _SHORT_ROLL

    def find(self, text: str) -> int | None:
        """Return the officer of a name as it is offered; case and blanks do not matter."""
        return self._ids.get(_reduced(text))

    @cached_property
    def _ids(self) -> Mapping[str, int]:
        return {_reduced(label): id_ for id_, label in self.labels.items()}


def roll_of(
    session: Session, unit_id: int, months: Iterable[Month], also: Iterable[int] = ()
) -> Roll:
    """Return who belongs to a unit in some months, and who has a duty already."""
    here = {o.officer_id for month in set(months) for o in officers_of(session, unit_id, month)}
    found = session.exec(select(Officer).where(col(Officer.id).in_(here | set(also))))
    labels = _labels({officer.id or 0: officer for officer in found})
    return Roll(dict(sorted(labels.items(), key=lambda each: (each[1].casefold(), each[0]))))


def hours_in(starts: Field, ends: Field) -> tuple[int, int]:
    """Return from when to when, as half hours of a day; with errors at the fields they are 0."""
    if starts.data is None and not starts.errors:
        complain(starts, worded("Isi jam mulai."))
    if ends.data is None and not ends.errors:
        complain(ends, worded("Isi jam selesai."))
    first, end = starts.data, ends.data
    if first is None or end is None:
        return 0, 0
    if end <= first:
        complain(ends, worded("Jam selesai harus sesudah jam mulai."))
    return first, end


def too_late(field: Field, free: date | None) -> None:
    """Say that a day lies in a closed month, and from when on a roster may begin."""
    message = worded(
        "Bulan ini sudah ditutup; hanya revisi yang dapat mengubahnya. Mulailah %(day)s."
    )
    complain(field, message, day="" if free is None else spoken().day(free))


def _labels(people: Mapping[int, Officer]) -> dict[int, str]:
    """Return a label for each; namesakes are told apart by number, never by the whole NIP.

    The ends of two NIPs are often alike, then the key of their addresses tells them apart.
    """
    labels = {id_: officer.name for id_, officer in people.items()}
    for mark in (_mark, attrgetter("key")):
        known = Counter(map(_reduced, labels.values()))
        labels = {
            id_: f"{label} ({mark(people[id_])})" if known[_reduced(label)] > 1 else label
            for id_, label in labels.items()
        }
    return labels


def _mark(officer: Officer) -> str:
    return officer.staff_number or f"NIP …{(officer.nip or '')[-_END_OF_NIP:]}"


def _reduced(text: str) -> str:
    return " ".join(text.split()).casefold()

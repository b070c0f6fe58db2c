"""The fields of a unit's opening hours: seven days, each with two times or with none."""

import re
from datetime import time
from typing import Any

from wtforms import Form, FormField, StringField

from aggregation.site.telling import complain
from survey.language import worded
from survey.opening_hours import NotHours, OpenDay, OpeningHours, read_time

_TYPED = re.compile(r"([0-9]{1,2})[.:]([0-9]{2})")


class ClockField(StringField):
    """A time of day as people write it: 08.00, 8.00 or 08:00; empty is none."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed.

        Raises
        ------
        ValueError
            If it is no time of day.
        """
        self.data: Any = None
        typed = "".join(valuelist).strip()
        if not typed:
            return
        try:
            self.data = _read(typed)
        except NotHours as error:
            raise ValueError(worded("Tulis jam seperti 08.00 atau 15.30.")) from error

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:%H.%M}"


class DayFields(Form):
    """From when to when a unit is open on one day; both are empty where it is closed."""

    opens = ClockField(worded("Buka pukul"))
    closes = ClockField(worded("Tutup pukul"))

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401 - as WTForms has it
        """Ask for both times or none, and for the later one last."""
        if not super().validate(extra_validators):
            return False
        opens, closes = self.opens.data, self.closes.data
        if opens is None and closes is not None:
            complain(self.opens, worded("Isi jam buka, atau kosongkan keduanya bila tutup."))
        elif opens is not None and closes is None:
            complain(self.closes, worded("Isi jam tutup, atau kosongkan keduanya bila tutup."))
        elif opens is not None and opens >= closes:
            complain(self.closes, worded("Jam tutup harus sesudah jam buka."))
        return not self.errors

    def fill(self, day: OpenDay | None) -> None:
        """Fill in a day as it is."""
        self.opens.data, self.closes.data = (day.opens, day.closes) if day else (None, None)

    def day(self) -> OpenDay | None:
        """Return the day of fields that have passed."""
        return OpenDay(self.opens.data, self.closes.data) if self.opens.data is not None else None


class WeekFields(Form):
    """A week, Monday first."""

    monday = FormField(DayFields, worded("Senin"))
    tuesday = FormField(DayFields, worded("Selasa"))
    wednesday = FormField(DayFields, worded("Rabu"))
    thursday = FormField(DayFields, worded("Kamis"))
    friday = FormField(DayFields, worded("Jumat"))
    saturday = FormField(DayFields, worded("Sabtu"))
    sunday = FormField(DayFields, worded("Minggu"))

    @property
    def _days(self) -> list[DayFields]:
        return [field.form for field in self if isinstance(field, FormField)]

    def fill(self, hours: OpeningHours | None) -> None:
        """Fill in a week as it is; an office that has told nothing has empty fields."""
        if hours is not None:
            for fields, day in zip(self._days, hours.days, strict=True):
                fields.fill(day)

    def hours(self) -> OpeningHours | None:
        """Return the week of fields that have passed; None if no day was filled in."""
        days = tuple(fields.day() for fields in self._days)
        return OpeningHours(days) if any(days) else None


def _read(typed: str) -> time:
    found = _TYPED.fullmatch(typed)
    return read_time(f"{found[1]:0>2}:{found[2]}" if found else typed)

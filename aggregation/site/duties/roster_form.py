"""The form of a desk's standing week: seven days, a few stretches each."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, Form, FormField, HiddenField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from aggregation.changes.batch import LONGEST_REASON
from aggregation.duties.standing_week import WEEKDAYS, WeekStretch, overlapping
from aggregation.site.duties.calendar_span import WEEKDAY_NAMES
from aggregation.site.duties.duty_fields import DayField, HalfHourField, Roll, hours_in
from aggregation.site.telling import complain
from survey.language import worded

MOST_STRETCHES = 12
"""A weekday takes no more here; a sheet may bring more, and they are all shown."""

_USUAL_STRETCHES = 2
_WEEKDAYS_BUT_MONDAY = tuple("234567")
_COPY_TO = [(n, WEEKDAY_NAMES[int(n) - 1]) for n in _WEEKDAYS_BUT_MONDAY]


class StretchForm(Form):
    """Hours of a weekday and who serves in them; all three are left empty, or none."""

    starts = HalfHourField(worded("Mulai"))
    ends = HalfHourField(worded("Selesai"))
    officer = StringField(worded("Petugas"))

    @property
    def is_empty(self) -> bool:
        """Whether nothing was filled in."""
        return not any("".join(map(str, f.raw_data or [])).strip() for f in self) and not any(
            f.data is not None and f.data != "" for f in self
        )

    def stretch(self, weekday: int, roll: Roll) -> WeekStretch | None:
        """Return what was filled in; None with an error at the field that says what is wrong."""
        officer_id = roll.find(self.officer.data or "")
        if officer_id is None:
            complain(self.officer, worded("Pilih petugas dari daftar."))
        first, end = hours_in(self.starts, self.ends)
        if any(field.errors for field in self):
            return None
        return WeekStretch(weekday, first, end, officer_id or 0)


class DayForm(Form):
    """One weekday."""

    stretches = FieldList(FormField(StretchForm), min_entries=_USUAL_STRETCHES, max_entries=48)


class RosterForm(FlaskForm):  # type: ignore[misc]
    """A standing week, the day from which it holds, and why.

    `seen` says which week it was filled in over, so that nobody replaces one he has not seen.
    """

    seen = HiddenField()
    days = FieldList(FormField(DayForm), min_entries=len(WEEKDAYS), max_entries=len(WEEKDAYS))
    since = DayField(
        worded("Berlaku mulai"),
        [InputRequired(message=worded("Isi tanggal mulai berlaku."))],
        description=worded("Jadwal ini menggantikan seluruh minggu loket ini sejak hari itu."),
    )
    reason = StringField(
        worded("Alasan"),
        [
            Length(
                max=LONGEST_REASON,
                message=worded("Persingkat alasannya, paling panjang 400 huruf."),
            )
        ],
        description=worded("Wajib diisi jika menyangkut hari yang sudah lewat."),
    )
    copy_to = SelectMultipleField(
        worded("Salin jadwal Senin ke"),
        default=["2", "3", "4"],
        widget=ListWidget(),
        option_widget=CheckboxInput(),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Leave an empty line below the last stretch of each weekday."""
        super().__init__(*args, **kwargs)
        self.copy_to.choices = _COPY_TO
        for day in self.days:
            stretches = day.form.stretches
            if not stretches[-1].form.is_empty and len(stretches) < MOST_STRETCHES:
                stretches.append_entry()

    def stretches(self, roll: Roll) -> list[WeekStretch] | None:
        """Return the week that was filled in; None with errors at the fields."""
        found = list(self._filled_in(roll))
        whole = [stretch for _, stretch in found if stretch is not None]
        if len(whole) < len(found):
            self.form_errors = [worded("Sebagian jam atau petugas belum lengkap.")]
            return None
        if not whole:
            self.form_errors = [
                worded(
                    "Isi setidaknya satu jam tugas. Loket yang tidak dipakai lagi dinonaktifkan."
                )
            ]
            return None
        doubled = set(overlapping(whole))
        for line, stretch in found:
            if stretch in doubled:
                complain(line.starts, worded("Jam ini bertumpuk dengan baris lain hari itu."))
        if doubled:
            self.form_errors = [
                worded("Sebagian jam bertumpuk; setiap jam hanya untuk satu petugas.")
            ]
            return None
        return whole

    def _filled_in(self, roll: Roll) -> Iterator[tuple[StretchForm, WeekStretch | None]]:
        for weekday, day in zip(WEEKDAYS, self.days, strict=False):
            for entry in day.form.stretches:
                if not entry.form.is_empty:
                    yield entry.form, entry.form.stretch(weekday, roll)


def week_as_data(week: Iterable[WeekStretch], roll: Roll) -> list[dict[str, Any]]:
    """Return a week as the form takes it."""
    stretches = sorted(week)
    return [
        {
            "stretches": [
                {
                    "starts": each.first_slot,
                    "ends": each.end_slot,
                    "officer": roll.labels[each.officer_id],
                }
                for each in stretches
                if each.weekday == weekday
            ]
        }
        for weekday in WEEKDAYS
    ]


def with_monday_copied(sent: MultiDict[str, str], weekdays: Collection[str]) -> MultiDict[str, str]:
    """Return a form as it was sent, with Monday's lines on other weekdays too."""
    targets = [int(each) - 1 for each in weekdays if each in _WEEKDAYS_BUT_MONDAY]
    dropped = tuple(f"days-{place}-" for place in targets)
    kept: Sequence[tuple[str, str]] = [
        (name, value) for name, value in sent.items(multi=True) if not name.startswith(dropped)
    ]
    copied = [
        (name.replace("days-0-", f"days-{place}-", 1), value)
        for place in targets
        for name, value in kept
        if name.startswith("days-0-")
    ]
    return MultiDict([*kept, *copied])

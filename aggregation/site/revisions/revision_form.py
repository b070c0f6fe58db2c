"""The forms of a revision: what is to be put right and why, and what a second person says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import FieldList, Form, FormField, HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Length

from aggregation.appraisal.models import Ground
from aggregation.appraisal.revision_requests import Asked
from aggregation.changes.batch import LONGEST_REASON
from aggregation.duties.duty_lines import DayException
from aggregation.site.duties.duty_fields import DayField, HalfHourField, Roll, hours_in
from aggregation.site.revisions.revision_words import GROUNDS
from aggregation.site.telling import complain
from survey.language import worded
from survey.month import Month
from survey.spoken import spoken

MOST_LINES = 30
_MORE = 3
_NOBODY = "-"
_TOO_LONG = worded("Persingkat alasannya, paling panjang 400 huruf.")


@dataclass(frozen=True, slots=True)
class Offered:
    """What the form offers of a month.

    Attributes
    ----------
    desks
        By key, id and name.
    objections
        The upheld ones that wait for a revision, in words.
    """

    month: Month
    desks: Mapping[str, tuple[int, str]]
    roll: Roll
    objections: Sequence[tuple[UUID, str]]


class CorrectionRow(Form):
    """Hours of one day at a desk, and whose they were; left empty whole, or filled in whole."""

    desk = SelectField(worded("Loket"), validate_choice=False)
    day = DayField(worded("Tanggal"))
    starts = HalfHourField(worded("Mulai"))
    ends = HalfHourField(worded("Selesai"))
    officer = SelectField(worded("Petugas sebenarnya"), validate_choice=False)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was filled in."""
        return not any("".join(map(str, field.raw_data or [])).strip() for field in self)

    def offer(self, offered: Offered) -> None:
        """Offer desks and officers."""
        labels = offered.roll.labels.values()
        self.desk.choices = [("", ""), *((key, name) for key, (_, name) in offered.desks.items())]
        nobody = spoken().say(worded("Tidak dilayani"))
        self.officer.choices = [("", ""), (_NOBODY, nobody), *((each, each) for each in labels)]

    def line(self, offered: Offered) -> DayException | None:
        """Return what was filled in; None with an error at the field that says what is wrong."""
        desk = offered.desks.get(str(self.desk.data))
        officer_id = offered.roll.find(str(self.officer.data))
        if desk is None:
            complain(self.desk, worded("Pilih loketnya."))
        if self.day.data is None and not self.day.errors:
            complain(self.day, worded("Isi tanggalnya."))
        elif self.day.data is not None and Month.of(self.day.data) != offered.month:
            complain(self.day, worded("Pilih hari di bulan yang direvisi."))
        first, end = hours_in(self.starts, self.ends)
        if officer_id is None and self.officer.data != _NOBODY:
            complain(self.officer, worded("Pilih petugas dari daftar."))
        day = self.day.data
        if desk is None or day is None or any(field.errors for field in self):
            return None
        return DayException(desk[0], officer_id, day, first, end)


class RevisionForm(FlaskForm):  # type: ignore[misc]
    """What a revision is to put right, and why."""

    ground = RadioField(
        worded("Sebab revisi"),
        [InputRequired(message=worded("Pilih sebabnya."))],
        validate_choice=False,
    )
    objection = SelectField(worded("Keberatan yang ditindaklanjuti"), validate_choice=False)
    late_until = DayField(
        worded("Terima tanggapan terlambat yang masuk sebelum"),
        description=worded("Kosongkan jika bukan tentang tanggapan terlambat."),
    )
    lines = FieldList(FormField(CorrectionRow), min_entries=_MORE, max_entries=MOST_LINES)
    reason = StringField(
        worded("Alasan"),
        [
            DataRequired(message=worded("Tulis mengapa bulan ini direvisi.")),
            Length(max=LONGEST_REASON, message=_TOO_LONG),
        ],
        description=worded("Dibaca orang kedua, dan tetap terlihat pada revisinya."),
    )

    def offer(self, offered: Offered) -> None:
        """Offer grounds, objections, desks and officers."""
        self.ground.choices = [SelectChoice(each.value, words) for each, words in GROUNDS.items()]
        listed = [(str(id_), words) for id_, words in offered.objections]
        self.objection.choices = [("", ""), *listed]
        for row in self.lines:
            row.form.offer(offered)

    def add_lines(self, offered: Offered) -> None:
        """Make room for further corrections."""
        for _ in range(min(_MORE, MOST_LINES - len(self.lines))):
            self.lines.append_entry()
        self.offer(offered)

    def asked(self, offered: Offered) -> Asked | None:
        """Return what was filled in; None with errors at the fields."""
        is_valid = self.validate()
        rows = [row.form for row in self.lines if not row.form.is_empty]
        lines = [line for row in rows if (line := row.line(offered)) is not None]
        objections = {str(id_): id_ for id_, _ in offered.objections}
        if not is_valid or self.ground.data not in set(Ground):
            if self.ground.data and self.ground.data not in set(Ground):
                complain(self.ground, worded("Pilih sebabnya."))
            return None
        ground = Ground(self.ground.data)
        objection = objections.get(str(self.objection.data))
        self._check_ground(ground, offered, rows)
        if len(lines) < len(rows):
            self.form_errors.append(worded("Perbaiki baris jadwal yang ditandai."))
        if self.form_errors or self.errors:
            return None
        follows = ground is Ground.OBJECTION
        return Asked(ground, objection if follows else None, lines, self.late_until.data)

    def _check_ground(
        self, ground: Ground, offered: Offered, rows: Sequence[CorrectionRow]
    ) -> None:
        """Say at each field what the ground needs, or what does not belong to it."""
        known = {str(id_) for id_, _ in offered.objections}
        if ground is Ground.OBJECTION and not known:
            complain(self.ground, worded("Tidak ada keberatan bulan ini yang menunggu revisi."))
        elif ground is Ground.OBJECTION and self.objection.data not in known:
            complain(self.objection, worded("Pilih keberatan yang ditindaklanjuti."))
        if ground is Ground.LATE and self.late_until.data is None:
            complain(self.late_until, worded("Isi tanggalnya."))
        if ground is Ground.DUTY and not rows:
            complain(self.ground, worded("Isi sedikitnya satu perbaikan jadwal."))
        if ground in {Ground.LATE, Ground.SCREENING} and rows:
            complain(
                self.ground,
                worded(
                    "Perbaikan jadwal punya sebab sendiri. Kosongkan barisnya, atau ganti sebabnya."
                ),
            )
        if ground in {Ground.DUTY, Ground.SCREENING} and self.late_until.data is not None:
            complain(self.late_until, worded("Kosongkan tanggal ini, atau ganti sebabnya."))


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """What a second person decides, by the button, and why; `seen` says on what."""

    seen = HiddenField()
    reason = StringField(
        worded("Alasan"),
        [Length(max=LONGEST_REASON, message=_TOO_LONG)],
        description=worded("Wajib diisi jika revisi ditolak."),
    )


def filled_lines(form: RevisionForm) -> list[Any]:
    """Return the rows of corrections, for the page."""
    return [row.form for row in form.lines]

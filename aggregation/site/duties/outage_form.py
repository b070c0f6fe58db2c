"""Forms of outages: which desk, from when to when, why; and why one is withdrawn."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, InputRequired, Length

from aggregation.site.duties.duty_fields import DayField, HalfHourField
from aggregation.site.telling import complain
from aggregation.visits.outages import LONGEST_REASON
from survey.language import worded
from survey.month import HalfHour, midnight


@dataclass(frozen=True, slots=True)
class DeskChoice:
    """The desks that a form offers: id and name by code."""

    by_code: Mapping[str, tuple[int, str]]

    @property
    def is_short(self) -> bool:
        """Whether a list to choose from is easier than typing the code."""
        return len(self.by_code) <= 60  # noqa: PLR2004 - what fits a list one can look through


class OutageForm(FlaskForm):  # type: ignore[misc]
    """Half hours in which a desk, or all of them, could not serve."""

    desk = StringField(worded("Loket"))
    first_day = DayField(worded("Dari tanggal"), [InputRequired(message=worded("Isi tanggalnya."))])
    starts = HalfHourField(
        worded("Dari jam"),
        description=worded("Tepat pada jam atau setengah jam, misalnya 08.00."),
    )
    last_day = DayField(
        worded("Sampai tanggal"), [InputRequired(message=worded("Isi tanggalnya."))]
    )
    ends = HalfHourField(worded("Sampai jam"))
    reason = StringField(
        worded("Alasan"),
        [
            DataRequired(message=worded("Isi alasannya, misalnya “Jaringan putus”.")),
            Length(
                max=LONGEST_REASON,
                message=worded("Persingkat alasannya, paling panjang 200 huruf."),
            ),
        ],
    )

    def desk_id(self, desks: DeskChoice) -> int | None:
        """Return the desk that was chosen; None for all, or with an error at the field."""
        typed = (self.desk.data or "").strip()
        found = desks.by_code.get(typed.upper())
        if typed and found is None:
            complain(
                self.desk, worded("Pilih loket dari daftar, atau kosongkan untuk semua loket.")
            )
        return found[0] if found else None

    def span(self) -> tuple[HalfHour, HalfHour] | None:
        """Return the half hours; None with errors at the fields."""
        for field in (self.starts, self.ends):
            if field.data is None and not field.errors:
                complain(field, worded("Isi jamnya."))
        if self.errors or self.first_day.data is None or self.last_day.data is None:
            return None
        begins = HalfHour(midnight(self.first_day.data) + self.starts.data)
        ends = HalfHour(midnight(self.last_day.data) + self.ends.data)
        if ends <= begins:
            complain(self.ends, worded("Gangguan harus berakhir sesudah mulai."))
            return None
        return begins, ends


class WithdrawalForm(FlaskForm):  # type: ignore[misc]
    """Why an outage is taken back."""

    reason = StringField(
        worded("Alasan"),
        [
            DataRequired(message=worded("Isi alasan menarik gangguan ini.")),
            Length(
                max=LONGEST_REASON,
                message=worded("Persingkat alasannya, paling panjang 200 huruf."),
            ),
        ],
    )

"""The forms of publishing: where a period was shown, and why one is withdrawn."""

from datetime import date

from flask_wtf import FlaskForm
from wtforms import FileField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from aggregation.changes.batch import LONGEST_REASON
from aggregation.publishing.models import Medium
from aggregation.publishing.publication_log import LONGEST_PLACE, Showing
from aggregation.site.duties.duty_fields import DayField
from aggregation.site.publishing.publication_words import MEDIA
from survey.language import worded
from survey.period_name import PeriodName
from survey.spoken import spoken


class ShowingForm(FlaskForm):  # type: ignore[misc]
    """Where and when a period was shown."""

    period = SelectField(worded("Periode"))
    medium = SelectField(worded("Media"))
    shown_on = DayField(worded("Tanggal"), [InputRequired(message=worded("Isi tanggalnya."))])
    place = StringField(
        worded("Alamat atau tempat"),
        [
            DataRequired(message=worded("Isi alamat atau tempatnya.")),
            Length(
                max=LONGEST_PLACE,
                message=worded("Paling panjang 400 huruf. Persingkat, lalu simpan lagi."),
            ),
        ],
        description=worded("Tautannya, atau tempatnya, misalnya “Papan pengumuman lobi”."),
    )
    photo = FileField(
        worded("Foto atau dokumen (tidak wajib)"),
        description=worded("PDF, JPEG, PNG, atau WEBP, paling besar 2 MB."),
    )

    def offer(self, periods: list[PeriodName]) -> None:
        """Offer periods that were published, and media, in the words of the page."""
        self.period.choices = [(each.text, each.said(spoken())) for each in periods]
        self.medium.choices = [
            (medium.value, spoken().say(words)) for medium, words in MEDIA.items()
        ]

    def showing(self, shown_on: date, place: str) -> Showing:
        """Return what was chosen and typed."""
        return Showing(self.period.data, Medium(self.medium.data), shown_on, place)


class WithdrawalForm(FlaskForm):  # type: ignore[misc]
    """Why a period is shown no more."""

    reason = StringField(
        worded("Alasan"),
        [
            DataRequired(message=worded("Isi alasan menarik angka ini.")),
            Length(
                max=LONGEST_REASON,
                message=worded("Paling panjang 400 huruf. Persingkat, lalu simpan lagi."),
            ),
        ],
        description=worded("Untuk catatan kantor, tidak ditampilkan kepada umum."),
    )

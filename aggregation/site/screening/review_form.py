"""The form of a review: let a group count, or keep it out, and say why."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import AnyOf, DataRequired, Length

from aggregation.changes.batch import LONGEST_REASON
from aggregation.screening.review import Verdict
from survey.language import worded

ADMIT, KEEP_OUT = "terima", "tolak"
_LONGEST_COUNT = 9


class ReviewForm(FlaskForm):  # type: ignore[misc]
    """What the reviewer decides of one group."""

    decision = RadioField(
        worded("Keputusan"),
        [AnyOf((ADMIT, KEEP_OUT), message=worded("Pilih salah satu keputusan."))],
        choices=[
            SelectChoice(ADMIT, worded("Hitung: tanggapan ini dari warga yang dilayani")),
            SelectChoice(KEEP_OUT, worded("Jangan hitung: tanggapan ini tetap di luar nilai")),
        ],
        validate_choice=False,
    )
    reason = TextAreaField(
        worded("Alasan keputusan"),
        [
            DataRequired(message=worded("Tulis alasannya. Petugas dan pemeriksa akan membacanya.")),
            Length(
                max=LONGEST_REASON,
                message=worded("Persingkat alasannya, paling panjang 400 huruf."),
            ),
        ],
        description=worded("Misalnya: rombongan satu desa, tercatat di buku tamu."),
    )
    seen = HiddenField()

    @property
    def verdict(self) -> Verdict:
        """What was decided, of how many; of none where the number was tampered with."""
        seen = (self.seen.data or "").strip()
        known = seen.isdecimal() and seen.isascii() and len(seen) <= _LONGEST_COUNT
        return Verdict(self.decision.data == ADMIT, int(seen) if known else 0)

    @property
    def because(self) -> str:
        """Why."""
        return str(self.reason.data or "").strip()

"""The form of an answer to an inquiry."""

from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import AnyOf, DataRequired, Length

from survey.language import worded

FOUNDED, UNFOUNDED = "ya", "tidak"
LONGEST_TEXT = 1000


class AnswerForm(FlaskForm):  # type: ignore[misc]
    """What the reviewer found out."""

    inquiry = HiddenField()
    founded = RadioField(
        worded("Hasil penyelidikan"),
        [AnyOf((FOUNDED, UNFOUNDED), message=worded("Pilih salah satu hasil."))],
        choices=[
            SelectChoice(FOUNDED, worded("Terbukti")),
            SelectChoice(UNFOUNDED, worded("Tidak terbukti")),
        ],
        validate_choice=False,
    )
    text = TextAreaField(
        worded("Apa yang Anda temukan"),
        [
            DataRequired(message=worded("Tulis apa yang Anda temukan.")),
            Length(
                max=LONGEST_TEXT,
                message=worded("Persingkat tulisannya, paling panjang 1.000 huruf."),
            ),
        ],
    )

    @property
    def inquiry_id(self) -> UUID | None:
        """Which inquiry is answered; None where the field holds no key."""
        try:
            return UUID(self.inquiry.data or "")
        except ValueError:
            return None

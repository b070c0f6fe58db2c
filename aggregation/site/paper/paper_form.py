"""The form of one paper questionnaire: what stands on the sheet, in its order."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from flask import request
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from aggregation.paper.paper_lines import read_paper_time
from aggregation.paper.respondent_words import read_age
from aggregation.sheets.cells import BadCell
from aggregation.site.duties.duty_fields import DayField
from aggregation.site.duties.outage_form import DeskChoice
from aggregation.site.telling import complain
from survey.answers import LONGEST_COMMENT, rating_of
from survey.language import worded
from survey.profile import LABELS, OPTIONS, ProfileField
from survey.questionnaire import Element
from survey.spoken import spoken

Coded = Sequence[tuple[str, str]]
"""Codes with their names, as a form offers them."""


class PaperForm(FlaskForm):  # type: ignore[misc]
    """One sheet; the ratings are read apart, by element."""

    sheet = HiddenField()
    day = DayField(worded("Tanggal"), [InputRequired(message=worded("Isi tanggalnya."))])
    time = StringField(worded("Jam"))
    desk = StringField(worded("Loket"))
    service = SelectField(worded("Layanan"), validate_choice=False)
    age = StringField(LABELS[ProfileField.AGE])
    sex = RadioField(LABELS[ProfileField.SEX], validators=[Optional()])
    education = SelectField(LABELS[ProfileField.EDUCATION], validators=[Optional()])
    occupation = SelectField(LABELS[ProfileField.OCCUPATION], validators=[Optional()])
    comment = TextAreaField(
        worded("Saran"),
        [
            Length(
                max=LONGEST_COMMENT,
                message=worded("Terlalu panjang. Paling banyak 1.000 huruf."),
            )
        ],
    )
    incomplete = BooleanField(worded("Ada pertanyaan yang memang tidak dijawab di lembar ini"))

    def offer(self, services: Coded) -> None:
        """Offer what there is to choose."""
        say = spoken().say
        none = ("", say(worded("Tidak diisi")))
        self.service.choices = [none, *services]
        self.sex.choices = [*OPTIONS[ProfileField.SEX].items()]
        for field, name in (
            (self.education, ProfileField.EDUCATION),
            (self.occupation, ProfileField.OCCUPATION),
        ):
            field.choices = [none, *((code, say(word)) for code, word in OPTIONS[name].items())]

    def ratings(self) -> dict[Element, int]:
        """Return the ratings that were chosen."""
        chosen = {e: rating_of(request.form.get(e, "")) for e in Element}
        return {element: rating for element, rating in chosen.items() if rating is not None}

    def slot(self) -> int | None:
        """Return the half hour of the day; None if there is none, or with an error beside it."""
        typed = (self.time.data or "").strip()
        try:
            return read_paper_time(typed) if typed else None
        except BadCell:
            complain(self.time, worded("Tulis jam seperti 09.40, atau kosongkan."))
            return None

    def profile(self) -> dict[ProfileField, str]:
        """Return who answered, by code; with an error beside what cannot be read."""
        given = {
            ProfileField.SEX: self.sex.data,
            ProfileField.EDUCATION: self.education.data,
            ProfileField.OCCUPATION: self.occupation.data,
        }
        typed = (self.age.data or "").strip()
        try:
            given[ProfileField.AGE] = read_age(typed) if typed else None
        except BadCell:
            complain(self.age, worded("Tulis umur dengan angka, atau kosongkan."))
        return {field: code for field, code in given.items() if code}

    def desk_code(self, desks: DeskChoice) -> str | None:
        """Return the desk that was chosen; None for none, or with an error beside it."""
        typed = (self.desk.data or "").strip().upper()
        if typed and typed not in desks.by_code:
            complain(self.desk, worded("Pilih loket dari daftar, atau kosongkan."))
            return None
        return typed or None

    def service_code(self, services: Collection[str]) -> str | None:
        """Return the service that was chosen; None for none, or with an error beside it."""
        chosen = self.service.data or ""
        if chosen and chosen not in services:
            complain(self.service, worded("Pilih layanan dari daftar, atau kosongkan."))
        return chosen or None

    def check_day(self, today: date) -> None:
        """Refuse a day that is still to come."""
        if self.day.data is not None and self.day.data > today:
            complain(self.day, worded("Tanggal ini belum tiba. Isi tanggal pada lembarnya."))


def unanswered(ratings: Mapping[Element, int], order: Sequence[Element]) -> list[Element]:
    """Return the elements without a rating, in the order of the sheet."""
    return [element for element in order if element not in ratings]

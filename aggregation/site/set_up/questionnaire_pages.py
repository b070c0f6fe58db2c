"""How a unit asks the nine questions: order, answers on costs, languages; with a faithful look."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug import Response
from wtforms import RadioField, StringField, ValidationError

from aggregation.access.roles import Right
from aggregation.office.questionnaire_edits import (
    LONGEST_ANSWER,
    Answers,
    AnswersAlike,
    QuestionnaireFacts,
    change_questionnaire,
)
from aggregation.site.guard import cause, needs, unit
from aggregation.site.set_up.set_up_fields import (
    languages_field,
    line,
    of_the_installation,
    offer_languages,
)
from aggregation.site.telling import complain, tell
from survey.database import reading, writing
from survey.desks import four_answers
from survey.language import worded
from survey.models import ServiceUnit
from survey.questionnaire import ITEMS, Element, ElementOrder
from survey.site import here
from survey.spoken import spoken
from survey.wording import questions_in

questionnaire = Blueprint("questionnaire", __name__)

Answer = str | tuple[str, int] | Response
_ORDERS = {
    ElementOrder.BODY: worded("Batang tubuh: penanganan pengaduan, lalu sarana prasarana"),
    ElementOrder.ANNEX: worded("Lampiran: sarana prasarana, lalu penanganan pengaduan"),
}
_OFFICIAL, _OWN = "official", "own"
_WORDS = {
    _OFFICIAL: worded("Kata resmi: Sangat mahal, Cukup mahal, Murah, Gratis"),
    _OWN: worded("Kata sendiri, misalnya bila semua layanan gratis"),
}


def _needed_among_own(form: Any, field: Any) -> None:  # noqa: ANN401 - as WTForms calls it
    """Ask for all four answers where they are the unit's own."""
    if form.words.data == _OWN and not field.data:
        raise ValidationError(worded("Isi keempat jawaban, atau pakai kata resmi."))


def _answer(label: str) -> Any:  # noqa: ANN401 - a field that its form is yet to bind
    return line(label, LONGEST_ANSWER, also=[_needed_among_own])


class QuestionnaireForm(FlaskForm):  # type: ignore[misc]
    """What a unit may choose of its questionnaire."""

    order = RadioField(worded("Urutan dua unsur terakhir"))
    words = RadioField(worded("Jawaban tentang biaya"))
    answer_1 = _answer(worded("Jawaban 1, terendah"))
    answer_2 = _answer(worded("Jawaban 2"))
    answer_3 = _answer(worded("Jawaban 3"))
    answer_4 = _answer(worded("Jawaban 4, tertinggi"))
    languages = languages_field()

    def offer(self, row: ServiceUnit, languages: Sequence[str]) -> None:
        """Offer what there is to choose, and fill in what the unit has."""
        say = spoken().say
        offer_languages(self.languages)
        self.order.choices = [(order.value, say(words)) for order, words in _ORDERS.items()]
        self.words.choices = [(each, say(words)) for each, words in _WORDS.items()]
        if not self.is_submitted():
            own = four_answers(row.biaya_answers)
            self.order.data = row.element_order
            self.words.data = _OWN if own else _OFFICIAL
            for field, answer in zip(self.answers(), own or ("",) * 4, strict=True):
                field.data = answer
            self.languages.data = of_the_installation(languages)

    def answers(self) -> tuple[StringField, ...]:
        """Return the fields of the four answers, lowest first."""
        return self.answer_1, self.answer_2, self.answer_3, self.answer_4

    def own_words(self) -> Answers | None:
        """Return the four answers of a form that has passed; None for the official ones."""
        if self.words.data != _OWN:
            return None
        first, second, third, fourth = (field.data or "" for field in self.answers())
        return first, second, third, fourth


@questionnaire.route("/unit/<code>/kuesioner", methods=["GET", "POST"])
@needs(Right.SET_UP)
def edit(code: str) -> Answer:
    """Change how the unit asks; below, the nine questions as citizens see them."""
    form = QuestionnaireForm()
    with reading(here().engine) as session:
        row = session.get_one(ServiceUnit, unit().id)
        form.offer(row, unit().languages)
        own = four_answers(row.biaya_answers)
        questions = questions_in(ElementOrder(row.element_order), own)
    if form.validate_on_submit() and _changed(form):
        tell(worded("Kuesioner sudah disimpan."))
        return redirect(url_for("questionnaire.edit", code=code), 303)
    page = render_template(
        "aggregation/questionnaire.html",
        form=form,
        questions=questions,
        official=ITEMS[Element.BIAYA].answers,
    )
    return (page, 422) if form.is_submitted() else page


def _changed(form: QuestionnaireForm) -> bool:
    """Change the questionnaire; False with the reason beside the field."""
    facts = QuestionnaireFacts(
        ElementOrder(form.order.data), form.own_words(), tuple(form.languages.data or ())
    )
    try:
        with writing(here().engine) as session:
            change_questionnaire(session, unit().id, facts, cause())
    except AnswersAlike:
        complain(form.words, worded("Ada dua jawaban yang sama. Bedakan keempatnya."))
        return False
    return True

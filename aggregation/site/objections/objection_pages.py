"""The reviewer's pages: objections by when they are due, and one with its facts, never a score."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from sqlmodel import Session, col
from werkzeug import Response
from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import AnyOf, DataRequired, InputRequired, Length

from aggregation.access.roles import Right
from aggregation.appraisal.heard_objections import (
    Heard,
    Outcome,
    answer_due,
    heard_objections,
    objections_in,
    open_first,
)
from aggregation.appraisal.models import Objection
from aggregation.appraisal.objection_answers import (
    LONGEST_REASON,
    AnsweredAlready,
    HeadOfOfficer,
    MadeTheFigures,
    NotIndependent,
    OwnObjection,
    UnknownObjection,
    answer_objection,
    objection_of,
    require_independence,
)
from aggregation.appraisal.objection_facts import ObjectionFacts, objection_facts
from aggregation.models import Officer
from aggregation.site.duties.shown_duties import hours
from aggregation.site.guard import cause, me, needs, unit, unit_today
from aggregation.site.listing import listed
from aggregation.site.objections.objection_words import OUTCOMES
from aggregation.site.telling import tell
from survey.database import reading, writing
from survey.language import worded
from survey.month import time_zone
from survey.site import here

objections = Blueprint("objections", __name__)

UPHELD, REFUSED = "upheld", "refused"
_CHOOSE = worded("Pilih salah satu jawaban.")
_UNPROCESSABLE = 422
_ANSWERED = worded("Keberatan ini baru saja dijawab orang lain. Jawabannya ada di bawah.")
_OBSTACLES: Mapping[type[NotIndependent], str] = {
    OwnObjection: worded("Ini keberatan Anda sendiri. Orang lain yang menjawabnya."),
    HeadOfOfficer: worded(
        "Anda atasan langsung petugas ini pada bulan itu. Orang lain yang menjawabnya."
    ),
    MadeTheFigures: worded(
        "Anda yang menutup atau merevisi bulan ini. Orang lain yang menjawabnya."
    ),
}


class AnswerForm(FlaskForm):  # type: ignore[misc]
    """What is decided, and why."""

    answer = RadioField(
        worded("Jawaban"),
        [InputRequired(message=_CHOOSE), AnyOf((UPHELD, REFUSED), message=_CHOOSE)],
        choices=[
            SelectChoice(UPHELD, worded("Kabulkan: ada yang perlu diperbaiki")),
            SelectChoice(REFUSED, worded("Tolak: tidak ada yang perlu diperbaiki")),
        ],
        validate_choice=False,
    )
    reason = TextAreaField(
        worded("Alasan"),
        [
            DataRequired(message=worded("Tulis alasannya; petugas akan membacanya.")),
            Length(
                max=LONGEST_REASON,
                message=worded("Persingkat alasannya, paling panjang 2.000 huruf."),
            ),
        ],
        description=worded("Dibaca petugas. Sebut apa yang Anda periksa dan apa hasilnya."),
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """An objection on its page.

    Attributes
    ----------
    days
        Day and, in words, hours and desk.
    coverage
        In percent, two decimals; None where visits are not known.
    obstacle
        Why whoever is asking cannot answer it; None who can.
    """

    heard: Heard
    officer: str
    facts: ObjectionFacts
    days: list[tuple[date, list[tuple[str, str]]]]
    due: date
    coverage: Decimal | None
    obstacle: str | None


@objections.get("/unit/<code>/keberatan")
@needs(Right.REVIEW, names_people=True)
def all_objections(code: str) -> str:  # noqa: ARG001 - the guard has looked it up
    """List a unit's objections, those without an answer first, by when they are due."""
    with reading(here().engine) as session:
        found = listed(
            session,
            objections_in(unit().id),
            sorts={
                "tenggat": (open_first(), col(Objection.filed_at), col(Objection.id)),
                "nama": (col(Officer.name), col(Objection.id)),
                "bulan": (col(Objection.month), col(Objection.id)),
            },
            search_in=(col(Officer.name),),
        )
    return render_template(
        "aggregation/objections/all.html",
        listing=found,
        due={row.id: answer_due(row.filed_at, unit().time_zone) for row in found.rows},
        outcomes=OUTCOMES,
        waiting=Outcome.WAITING,
        today=unit_today(),
        zone=time_zone(unit().time_zone),
    )


@objections.route("/unit/<code>/keberatan/<uuid:objection>", methods=["GET", "POST"])
@needs(Right.REVIEW, names_people=True)
def answer(code: str, objection: UUID) -> str | tuple[str, int] | Response:
    """Show an objection with what is known of the month, and take the answer."""
    form = AnswerForm()
    if request.method == "POST" and form.validate() and _answered(form, objection):
        tell(worded("Jawaban tersimpan dan dapat dibaca petugas."))
        return redirect(url_for(".all_objections", code=code), 303)
    with reading(here().engine) as session:
        page = render_template(
            "aggregation/objections/answer.html",
            form=form,
            shown=_shown(session, objection),
            outcomes=OUTCOMES,
            today=unit_today(),
            zone=time_zone(unit().time_zone),
        )
    return (page, _UNPROCESSABLE) if form.errors or form.form_errors else page


def _answered(form: AnswerForm, objection: UUID) -> bool:
    refused: str | None = None
    try:
        with writing(here().engine) as session:
            answer_objection(
                session,
                unit().id,
                objection,
                cause(form.reason.data or ""),
                upheld=form.answer.data == UPHELD,
                officer_id=me().officer_id,
            )
    except UnknownObjection:
        abort(404)
    except AnsweredAlready:
        refused = _ANSWERED
    except NotIndependent as error:
        refused = _OBSTACLES[type(error)]
    if refused is not None:
        form.form_errors.append(refused)
    return refused is None


def _shown(session: Session, objection_id: UUID) -> Shown:
    try:
        objection = objection_of(session, unit().id, objection_id)
    except UnknownObjection:
        abort(404)
    [heard] = heard_objections(session, col(Objection.id) == objection_id)
    facts = objection_facts(session, objection, datetime.now(UTC))
    return Shown(
        heard,
        session.get_one(Officer, objection.officer_id).name,
        facts,
        [
            (day, [(hours(each.first_slot, each.end_slot), each.desk) for each in served])
            for day, served in facts.days.items()
        ],
        answer_due(objection.filed_at, unit().time_zone),
        None if facts.coverage is None else facts.coverage.scaleb(2),
        None if heard.answer else _obstacle(session, objection),
    )


def _obstacle(session: Session, objection: Objection) -> str | None:
    """Return why whoever is asking cannot answer, before the form is filled in for nothing."""
    try:
        require_independence(session, objection, me().key, me().officer_id)
    except NotIndependent as error:
        return _OBSTACLES[type(error)]
    return None

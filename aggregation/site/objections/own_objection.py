"""An officer's page for objecting to a closed month, and for reading what became of it.

No address here names an officer: whose page it is follows from who has signed in. The unit is
looked up by the officer's own figures there, not by where the account's role holds now: whoever
was moved may still object to the months served before.
"""

from datetime import UTC, datetime

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from sqlmodel import Session
from werkzeug import Response
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from aggregation.access.roles import Right
from aggregation.appraisal.heard_objections import ANSWER_DAYS, answer_due
from aggregation.appraisal.monthly_scores import MonthNotClosed
from aggregation.appraisal.objection_box import ObjectionBox, objection_box
from aggregation.appraisal.objection_window import NoFigures
from aggregation.appraisal.objections import (
    LONGEST_TEXT,
    ObjectedAlready,
    WindowClosed,
    file_objection,
)
from aggregation.site.guard import cause, me, needs
from aggregation.site.objections.objection_words import OUTCOMES
from aggregation.site.telling import tell
from survey.database import reading, writing
from survey.language import worded
from survey.models import ServiceUnit
from survey.month import Month, NotAMonth, time_zone
from survey.site import here
from survey.units import UnknownUnit, unit_with

own_objection = Blueprint("own_objection", __name__)

_UNPROCESSABLE = 422
_TWICE = worded("Keberatan atas angka ini sudah Anda ajukan. Isinya ada di bawah.")
_TOO_LATE = worded("Masa keberatan sudah lewat, jadi keberatan ini tidak tersimpan.")


class ObjectionForm(FlaskForm):  # type: ignore[misc]
    """What does not fit, in the officer's own words."""

    text = TextAreaField(
        worded("Apa yang tidak sesuai"),
        [
            DataRequired(message=worded("Tulis apa yang menurut Anda tidak sesuai.")),
            Length(
                max=LONGEST_TEXT,
                message=worded("Persingkat tulisannya, paling panjang 2.000 huruf."),
            ),
        ],
        description=worded(
            "Sebut hari, jam, dan loketnya, misalnya “5 Oktober pukul 09.00 saya rapat”."
        ),
    )


@own_objection.route("/saya/keberatan/<unit_code>/<month>", methods=["GET", "POST"])
@needs(Right.SEE_OWN_SCORE)
def file(unit_code: str, month: str) -> str | tuple[str, int] | Response:
    """Show until when one may object, take the objection, and show what became of it."""
    form = ObjectionForm()
    if request.method == "POST" and form.validate() and _filed(form, unit_code, month):
        tell(worded("Keberatan Anda tersimpan dan akan dijawab pemeriksa."))
        return redirect(url_for(".file", unit_code=unit_code, month=month), 303)
    with reading(here().engine) as session:
        unit, box = _own(session, unit_code, month)
        page = render_template(
            "aggregation/objections/own.html",
            form=form,
            box=box,
            unit_name=unit.name,
            zone=time_zone(unit.time_zone),
            outcomes=OUTCOMES,
            due={
                each.objection.id: answer_due(each.objection.filed_at, unit.time_zone)
                for each in box.heard
            },
            answer_days=ANSWER_DAYS,
        )
    return (page, _UNPROCESSABLE) if form.errors or form.form_errors else page


def _filed(form: ObjectionForm, unit_code: str, month: str) -> bool:
    refused: str | None = None
    try:
        with writing(here().engine) as session:
            unit, box = _own(session, unit_code, month)
            who = box.window.figure.officer_id
            file_objection(session, unit.id or 0, box.month, who, cause(form.text.data or ""))
    except ObjectedAlready:
        refused = _TWICE
    except WindowClosed:
        refused = _TOO_LATE
    if refused is not None:
        form.form_errors.append(refused)
    return refused is None


def _own(session: Session, unit_code: str, month: str) -> tuple[ServiceUnit, ObjectionBox]:
    """Return the officer's own month in a unit; 404 where there is none."""
    officer_id = me().officer_id
    if officer_id is None:
        abort(404)
    try:
        unit = unit_with(session, unit_code)
        of_month, at = Month.parse(month), datetime.now(UTC)
        return unit, objection_box(session, unit.id or 0, of_month, officer_id, at)
    except (UnknownUnit, NotAMonth, MonthNotClosed, NoFigures):
        abort(404)

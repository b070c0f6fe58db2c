"""The pages on which a superior writes to officers; no figures stand here (method §6)."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from sqlalchemy import func, select
from sqlmodel import Session, col
from werkzeug import Response
from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import AnyOf, DataRequired, Length

from aggregation.access.roles import Right
from aggregation.appraisal.models import NoteKind, SuperiorNote
from aggregation.appraisal.notes import (
    LONGEST_NOTE,
    NotOfThisUnit,
    notes_of,
    officer_in,
    write_note,
)
from aggregation.models import Officer
from aggregation.people.assignments import officers_of
from aggregation.site.decisions.proposal_page import month_of
from aggregation.site.decisions.proposal_words import NOTE_KINDS
from aggregation.site.guard import cause, me, needs, unit, unit_today
from aggregation.site.listing import Listing, listed
from aggregation.site.telling import tell
from survey.database import reading, writing
from survey.language import worded
from survey.month import Month
from survey.site import here

notes = Blueprint("notes", __name__)

MONTH = "bulan"
_SHOWN_MONTHS = 12
_UNPROCESSABLE = 422


class NoteForm(FlaskForm):  # type: ignore[misc]
    """What is written to an officer."""

    kind = RadioField(
        worded("Jenis catatan"),
        [AnyOf(list(NOTE_KINDS), worded("Pilih jenis catatannya."))],
        choices=[SelectChoice(word, label) for word, label in NOTE_KINDS.items()],
        validate_choice=False,
    )
    text = TextAreaField(
        worded("Isi catatan"),
        [
            DataRequired(worded("Tulis catatannya dulu.")),
            Length(
                max=LONGEST_NOTE,
                message=worded("Persingkat catatannya, paling panjang 1000 huruf."),
            ),
        ],
        description=worded("Petugas membacanya di halamannya sendiri, dengan nama Anda."),
        filters=[lambda text: (text or "").replace("\r\n", "\n").strip()],
    )


@notes.get("/unit/<code>/catatan")
@needs(Right.WRITE_NOTE, names_people=True)
def officers(code: str) -> str:  # noqa: ARG001 - the guard has looked it up
    """List whom one may write to about a month, and when somebody last did."""
    this_month = _this_month()
    months = [this_month.shift(-back) for back in range(_SHOWN_MONTHS)]
    asked = request.args.get(MONTH, "")
    month = next((each for each in months if str(each) == asked), this_month)
    with reading(here().engine) as session:
        listing = _listing(session, month)
    return render_template(
        "aggregation/decisions/officers.html",
        listing=listing,
        month=month,
        months=months,
        own_id=me().officer_id,
        day_of=unit().day_of,
    )


@notes.route("/unit/<code>/catatan/<month>/<officer_key>", methods=["GET", "POST"])
@needs(Right.WRITE_NOTE, names_people=True)
def write(code: str, month: str, officer_key: str) -> str | tuple[str, int] | Response:
    """Show what was written to an officer about a month, and write more."""
    asked, form = month_of(month), NoteForm()
    if asked > _this_month():
        abort(404)
    with reading(here().engine) as session:
        who = _officer(session, asked, officer_key)
        earlier = notes_of(session, who.id or 0, unit().id, asked)
    is_own = who.id == me().officer_id
    if request.method == "POST" and not is_own and form.validate():
        _write(form, asked, who)
        tell(worded("Catatan untuk %(name)s tersimpan."), name=who.name)
        return redirect(url_for(".write", code=code, month=month, officer_key=officer_key), 303)
    page = render_template(
        "aggregation/decisions/note.html",
        form=form,
        month=asked,
        who=who,
        is_own=is_own,
        earlier=earlier,
        note_kinds=NOTE_KINDS,
    )
    return (page, _UNPROCESSABLE) if request.method == "POST" else page


def _write(form: NoteForm, month: Month, who: Officer) -> None:
    with writing(here().engine) as session:
        write_note(
            session,
            unit().id,
            month,
            who.id or 0,
            kind=NoteKind(form.kind.data),
            text=form.text.data or "",
            cause=cause(),
            author_officer_id=me().officer_id,
        )


def _listing(session: Session, month: Month) -> Listing[Any]:
    belonging = {each.officer_id for each in officers_of(session, unit().id, month)}
    last = (
        select(col(SuperiorNote.officer_id), func.max(col(SuperiorNote.written_at)).label("last"))
        .where(col(SuperiorNote.unit_id) == unit().id)
        .group_by(col(SuperiorNote.officer_id))
        .subquery()
    )
    return listed(
        session,
        select(col(Officer.id), col(Officer.key), col(Officer.name), last.c.last)
        .outerjoin(last, last.c.officer_id == col(Officer.id))
        .where(col(Officer.id).in_(belonging)),
        sorts={
            "nama": (col(Officer.name), col(Officer.id)),
            "terakhir": (last.c.last, col(Officer.id)),
        },
        search_in=(col(Officer.name),),
        filters=(MONTH,),
    )


def _this_month() -> Month:
    return Month.of(unit_today())


def _officer(session: Session, month: Month, key: str) -> Officer:
    try:
        who = officer_in(session, unit().id, month, key)
    except NotOfThisUnit:
        abort(404)
    session.expunge(who)
    return who

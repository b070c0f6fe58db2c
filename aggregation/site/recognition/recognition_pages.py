"""Whom a unit may thank by name for a closed month, and the letter that does it.

No figure stands here: the unit head sees names, in their order, and that the evidence holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, send_file, url_for
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlmodel import Session, col
from werkzeug import Response

from aggregation.access.roles import Right
from aggregation.appraisal.letter_issue import (
    Addressee,
    LetterIssued,
    NoGround,
    OwnLetter,
    check_ground,
    issue_letter,
)
from aggregation.appraisal.letters import IssuedLetter, letter_in, letters_of
from aggregation.appraisal.recognition import Recognition, recognition
from aggregation.closings import Closing, OfficerFigure
from aggregation.models import Officer
from aggregation.months.revisions import newest_of_each_month, revisions
from aggregation.output.appreciation_letter import letter_sheet
from aggregation.site.chosen import chosen
from aggregation.site.guard import cause, me, needs, unit
from aggregation.site.recognition.training_pages import training
from aggregation.site.telling import tell
from kiosk.typesetting import LetterNotPrintable, Sheet, pdf
from survey.database import reading, writing
from survey.language import worded
from survey.month import Month, NotAMonth
from survey.site import here

recognition_pages = Blueprint("recognition", __name__)
recognition_pages.register_blueprint(training)

UNPRINTABLE = worded(
    "Surat belum dapat dicetak: ada nama dengan huruf yang bukan huruf Latin. Minta operator TI "
    "memperbaiki namanya, lalu buka lagi."
)


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody who may be thanked for a month, or has been.

    Attributes
    ----------
    letter
        None as long as there is none.
    is_named
        Whether the newest revision supports it; a letter stays also where it does no longer.
    """

    officer_id: int
    key: str
    name: str
    letter: IssuedLetter | None
    is_named: bool


@recognition_pages.get("/unit/<code>/apresiasi")
@needs(Right.RECOGNISE, names_people=True)
def month(code: str) -> str:  # noqa: ARG001 - the guard has looked it up
    """Show who may be thanked for a month: the one that `bulan` names, or the newest."""
    with reading(here().engine) as session:
        closings = newest_of_each_month(revisions(session, unit().id))
        asked = chosen(closings, request.args.get("bulan"))
        if asked is None:
            return render_template("aggregation/recognition/month.html", month=None)
        found = recognition(session, closings[asked])
        lines = _lines(found, letters_of(session, unit().id, asked))
    return render_template(
        "aggregation/recognition/month.html",
        month=asked,
        months=list(closings),
        lines=lines,
        thanked=len(found.thanked),
        any_publishable=found.any_publishable,
        own_officer=me().officer_id,
    )


@recognition_pages.route("/unit/<code>/apresiasi/<month>/<key>", methods=["GET", "POST"])
@needs(Right.RECOGNISE, names_people=True)
def issue(code: str, month: str, key: str) -> str | Response:
    """Issue a letter to somebody who may be thanked."""
    form = FlaskForm()
    with reading(here().engine) as session:
        closing = _closing(session, month)
        officer = _officer(session, closing, key)
        who, name = Addressee(unit().id, closing.month, officer.id or 0), officer.name
    try:
        if form.validate_on_submit():
            _issue(who, name)
        else:
            with reading(here().engine) as session:
                check_ground(session, who, own_officer_id=me().officer_id)
            return render_template("aggregation/recognition/issue.html", name=name, month=who.month)
    except (LetterIssued, OwnLetter, NoGround) as reason:
        _tell_why_not(reason, name)
    return redirect(url_for("recognition.month", code=code, bulan=who.month), 303)


@recognition_pages.get("/unit/<code>/apresiasi/<uuid:letter>.pdf")
@needs(Right.RECOGNISE, names_people=True)
def letter(code: str, letter: UUID) -> Response:
    """Open a letter of the unit again."""
    with reading(here().engine) as session:
        found = letter_in(session, unit().id, letter) or abort(404)
        sheet = letter_sheet(session, found)
    back = url_for("recognition.month", code=code, bulan=found.month)
    return letter_file(sheet, found, back)


def letter_file(sheet: Sheet, found: IssuedLetter, back: str) -> Response:
    """Return a letter as a file to open, or lead back with what keeps it from being set."""
    try:
        made = pdf(sheet)
    except LetterNotPrintable:
        tell(UNPRINTABLE, "bad")
        return redirect(back, 303)
    name = f"surat-apresiasi-{found.issued_on.year}-{found.number:03}.pdf"
    return send_file(BytesIO(made), "application/pdf", download_name=name)


def _lines(found: Recognition, letters: Sequence[IssuedLetter]) -> list[Line]:
    of_officer = {letter.officer_id: letter for letter in letters}
    named = {each.officer_id for each in found.thanked}
    lines = [
        Line(each.officer_id, each.key, each.name, of_officer.get(each.officer_id), is_named=True)
        for each in found.thanked
    ]
    lines += [
        Line(each.officer_id, each.officer_key, each.officer, each, is_named=False)
        for each in letters
        if each.officer_id not in named
    ]
    return sorted(lines, key=lambda line: (line.name.casefold(), line.key))


def _closing(session: Session, written: str) -> Closing:
    try:
        asked = Month.parse(written)
    except NotAMonth:
        abort(404)
    found = revisions(session, unit().id, asked, asked)
    return found[-1] if found else abort(404)


def _officer(session: Session, closing: Closing, key: str) -> Officer:
    """Return an officer who has a row in the month."""
    found = session.scalars(
        select(Officer)
        .join(OfficerFigure, col(OfficerFigure.officer_id) == col(Officer.id))
        .where(col(OfficerFigure.closing_id) == closing.id, col(Officer.key) == key)
    ).one_or_none()
    return found or abort(404)


def _issue(who: Addressee, name: str) -> None:
    with writing(here().engine) as session:
        issued = issue_letter(session, who, cause(), own_officer_id=me().officer_id)
    tell(
        worded("Surat %(number)s untuk %(name)s diterbitkan. Buka, cetak, lalu serahkan."),
        number=issued.reference,
        name=name,
    )


def _tell_why_not(reason: LetterIssued | OwnLetter | NoGround, name: str) -> None:
    if isinstance(reason, LetterIssued):
        sentence = worded(
            "%(name)s sudah punya surat untuk bulan ini: %(number)s. Buka surat itu dari daftar."
        )
        tell(sentence, "bad", name=name, number=reason.letter.reference)
    elif isinstance(reason, OwnLetter):
        tell(worded("Surat untuk Anda sendiri diterbitkan oleh orang lain."), "bad")
    else:
        sentence = worded(
            "Surat untuk %(name)s belum dapat diterbitkan: bukti bulan ini belum cukup kuat."
        )
        tell(sentence, "bad", name=name)

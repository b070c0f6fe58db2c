"""Posters and numbered slips from the browser, as files to be printed."""

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask_wtf import FlaskForm
from sqlalchemy import func, select
from sqlmodel import Session, col
from werkzeug import Response
from wtforms import IntegerField
from wtforms.validators import InputRequired

from aggregation.access.roles import Right
from aggregation.office.set_up_state import POSTERS_PRINTED
from aggregation.site.guard import me, needs, unit
from aggregation.site.set_up.named_desk import desk_of_the_unit
from aggregation.site.set_up.set_up_fields import Within
from aggregation.site.telling import tell
from kiosk.desk_prints import print_posters, print_slips
from kiosk.posters import PosterKind
from kiosk.typesetting import LetterNotPrintable
from survey.database import reading, writing
from survey.desks import DeskClosed, RatedDesk, desk_by_id, desks_of
from survey.language import worded
from survey.log import Act, record
from survey.models import Desk
from survey.site import here
from survey.units import accent_for

printing = Blueprint("printing", __name__)

Answer = str | tuple[str, int] | Response
MOST_SLIPS = 500
DESKS_A_FILE = 200
"""So that a file is set in seconds."""

_FROM_1_TO_500 = worded("Isi jumlahnya, dari 1 sampai 500.")
_UNPRINTABLE = worded(
    "Ada nama dengan huruf yang tidak dapat dicetak. Tulis namanya dengan huruf Latin."
)


class SlipsForm(FlaskForm):  # type: ignore[misc]
    """How many slips."""

    count = IntegerField(  # type: ignore[call-arg]
        worded("Jumlah karcis"),
        [
            InputRequired(_FROM_1_TO_500),
            Within(1, MOST_SLIPS, _FROM_1_TO_500),
        ],
        invalid_value_message=_FROM_1_TO_500,
        default=50,
        description=worded("Dari 1 sampai 500; sepuluh karcis setiap lembar A4."),
    )


@printing.get("/unit/<code>/loket/poster.pdf")
@needs(Right.SET_UP)
def posters(code: str) -> Answer:
    """Print the posters of a unit's desks in use, a part of them where they are many."""
    part = request.args.get("bagian", 1, type=int)
    with reading(here().engine) as session:
        found = desks_of(session, unit().id, here().settings.key("desk"))
    desks = found[(part - 1) * DESKS_A_FILE : part * DESKS_A_FILE] if part > 0 else []
    if not desks:
        tell(worded("Belum ada loket yang dapat dicetak posternya."), "bad")
        return redirect(url_for("desks.all_desks", code=code), 303)
    return _posters(desks, f"unit {unit().id}", code, url_for("desks.all_desks", code=code))


@printing.get("/unit/<code>/loket/<desk>/poster.pdf")
@needs(Right.SET_UP)
def poster(code: str, desk: str) -> Answer:
    """Print the poster of one desk."""
    found = _rated(desk)
    back = url_for("desks.edit", code=code, desk=desk)
    return _posters([found], f"desk {found.id}", f"{code}-{desk}", back)


@printing.route("/unit/<code>/loket/<desk>/karcis", methods=["GET", "POST"])
@needs(Right.SET_UP)
def slips(code: str, desk: str) -> Answer:
    """Issue numbered slips for a desk, each for one visit, and print them."""
    form, found = SlipsForm(), _rated(desk)
    if form.validate_on_submit() and form.count.data:
        try:
            sheet = print_slips(
                here().engine,
                found,
                form.count.data,
                here().settings,
                at=datetime.now(UTC),
                actor=me().key,
            )
        except LetterNotPrintable:
            form.form_errors.append(_UNPRINTABLE)
        except DeskClosed:
            form.form_errors.append(worded("Loket ini ditutup. Buka dahulu, lalu cetak lagi."))
        else:
            return _file(sheet.pdf, f"karcis-{code}-{desk}-{sheet.first}-{sheet.last}.pdf")
    page = render_template("aggregation/slips.html", form=form, desk=found, key=desk)
    return (page, 422) if form.is_submitted() else page


def parts_to_print(session: Session, unit_id: int) -> list[tuple[int, int, int]]:
    """Return each part that a unit's posters are printed in: number, first and last desk."""
    in_use = select(func.count(col(Desk.id))).where(col(Desk.unit_id) == unit_id, col(Desk.active))
    desks = session.execute(in_use).scalar_one()
    begins = range(1, desks + 1, DESKS_A_FILE)
    return [
        (number, first, min(first + DESKS_A_FILE - 1, desks))
        for number, first in enumerate(begins, start=1)
    ]


def _posters(desks: Sequence[RatedDesk], subject: str, name: str, back: str) -> Answer:
    asked = request.args.get("jenis", "")
    kind = PosterKind(asked) if asked in set(PosterKind) else PosterKind.A4
    with reading(here().engine) as session:
        accent = accent_for(session.connection(), unit().id)
    try:
        made = print_posters(desks, kind, here().settings, accent)
    except LetterNotPrintable:
        tell(_UNPRINTABLE, "bad")
        return redirect(back, 303)
    act = Act(POSTERS_PRINTED, me().key, subject, {"desks": len(desks)}, unit().id)
    with writing(here().engine) as session:
        record(session, act, datetime.now(UTC))
    return _file(made, f"poster-{kind}-{name}.pdf")


def _rated(key: str) -> RatedDesk:
    with reading(here().engine) as session:
        found = desk_of_the_unit(session, key)
        return desk_by_id(session.connection(), found.id or 0, here().settings.key("desk"))


def _file(made: bytes, name: str) -> Response:
    return send_file(BytesIO(made), "application/pdf", as_attachment=True, download_name=name)

"""One comment: its words, what it is about, what was done with it, and what can be done next."""

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, redirect, render_template, request, url_for
from markupsafe import Markup
from qrcode.image.svg import SvgPathImage
from qrcode.main import QRCode
from sqlmodel import Session
from werkzeug import Response

from aggregation.access.roles import Right
from aggregation.comments.comment_list import Opened, open_comment
from aggregation.comments.models import CommentAct
from aggregation.comments.steps import (
    ComesTooLate,
    NotNow,
    NotOfTheUnit,
    UnknownComment,
    tag,
    take_step,
)
from aggregation.people.assignments import officers_of
from aggregation.people.public_words import NamesSomebody
from aggregation.site.comments.comment_forms import StepForm, TagForm
from aggregation.site.comments.comment_words import CHIPS, DONE, LAPOR, STEPS
from aggregation.site.guard import cause, needs, unit
from aggregation.site.telling import NAME_NOBODY, complain, tell
from survey.database import reading, writing
from survey.language import worded
from survey.month import Month
from survey.site import here

one_comment = Blueprint("one", __name__)

_CONFLICT, _UNPROCESSABLE = 409, 422
Answer = str | Response | tuple[str, int]


@one_comment.route("/unit/<code>/komentar/<uuid:comment>", methods=["GET", "POST"])
@needs(Right.READ_COMMENTS, names_people=True)
def show(code: str, comment: UUID) -> Answer:
    """Show a comment and take the next step; opening it changes nothing."""
    with reading(here().engine) as session:
        _opened(session, comment)
        officers = _officers(session)
    form, problem = StepForm(officers), ""
    if request.method == "POST" and form.validate() and form.step is not None:
        try:
            with writing(here().engine) as session:
                take_step(session, unit().id, comment, form.step, cause())
        except (ComesTooLate, NotNow):
            problem = "changed"
        except NamesSomebody:
            complain(form.answer, NAME_NOBODY)
        except NotOfTheUnit:
            complain(form.officer, worded("Pilih petugas unit ini."))
        else:
            tell(DONE[form.step.act])
            return redirect(url_for("comments.one.show", code=code, comment=comment), 303)
    page = _page(comment, form, problem)
    if problem:
        return page, _CONFLICT
    return (page, _UNPROCESSABLE) if request.method == "POST" else page


@one_comment.post("/unit/<code>/komentar/<uuid:comment>/unsur")
@needs(Right.READ_COMMENTS)
def tags(code: str, comment: UUID) -> Response:
    """Take which elements a comment is about."""
    try:
        with writing(here().engine) as session:
            tag(session, unit().id, comment, TagForm().chosen, cause())
    except UnknownComment:
        abort(404)
    tell(worded("Unsur komentar disimpan."))
    return redirect(url_for("comments.one.show", code=code, comment=comment), 303)


def _page(comment: UUID, form: StepForm, problem: str) -> str:
    with reading(here().engine) as session:
        opened = _opened(session, comment)
    form.seen.data = str(opened.seen or "")
    about = TagForm(formdata=None, elements=[element.value for element in opened.elements])
    return render_template(
        "aggregation/comments/one.html",
        opened=opened,
        form=form,
        asked=(form.act.data or "-") if form.errors else None,
        about=about,
        problem=problem,
        chips=CHIPS,
        step_words=STEPS,
        acts=CommentAct,
        zone=ZoneInfo(unit().time_zone),
        lapor=LAPOR,
        qr=_drawn(LAPOR),
    )


def _opened(session: Session, comment: UUID) -> Opened:
    try:
        return open_comment(session, unit().id, comment)
    except UnknownComment:
        abort(404)


def _officers(session: Session) -> list[tuple[str, str]]:
    month = Month.of(unit().day_of(datetime.now(UTC)))
    return [(each.key, each.name) for each in officers_of(session, unit().id, month)]


def _drawn(link: str) -> Markup:
    code = QRCode(border=4, image_factory=SvgPathImage)
    code.add_data(link)
    return Markup(code.make_image().to_string(encoding="unicode"))  # noqa: S704 - a fixed address

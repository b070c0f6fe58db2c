"""Entering where a period was shown, and opening the photo of an entry."""

from uuid import UUID

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug import Response as Answer

from aggregation.access.roles import Right
from aggregation.evidence.kept_files import kept_file
from aggregation.evidence.refusals import EvidenceRefused
from aggregation.publishing.publication_log import (
    NeverPublished,
    NotYetShown,
    note_showing,
    showings,
)
from aggregation.site.file_answer import file_answer
from aggregation.site.guard import cause, needs, unit, unit_today
from aggregation.site.handed_files import checked_files
from aggregation.site.publishing.showing_form import ShowingForm
from aggregation.site.telling import complain, tell
from survey.database import reading, writing
from survey.language import worded
from survey.published import issues_of
from survey.site import here

showing_pages = Blueprint("showing_pages", __name__)


@showing_pages.route("/unit/<code>/publikasi/catat", methods=["GET", "POST"])
@needs(Right.PUBLISH)
def enter(code: str) -> str | Answer:
    """Enter where and when a published period was shown."""
    with reading(here().engine) as session:
        periods = [issue.period for issue in issues_of(session, unit().id)]
    if not periods:
        abort(404)
    form = ShowingForm()
    form.offer(periods)
    if not form.is_submitted():
        form.shown_on.data = unit_today()
    if form.validate_on_submit() and _entered(form):
        tell(worded("Tercatat."))
        return redirect(url_for("publications.overview", code=code, _anchor="catatan"), 303)
    status = 422 if form.errors else 200
    page = render_template("aggregation/publishing/enter.html", form=form)
    return Response(page, status, mimetype="text/html")


@showing_pages.get("/unit/<code>/publikasi/catatan/<uuid:entry>/berkas")
@needs(Right.PUBLISH, names_people=True)
def photo(code: str, entry: UUID) -> Response:  # noqa: ARG001 - the guard has looked it up
    """Send the photo or document of an entry."""
    with reading(here().engine) as session:
        files = {each.id: each.file_id for each in showings(session, unit().id)}
        file_id = files.get(entry)
        if file_id is None:
            abort(404)
        return file_answer(kept_file(session, unit().id, file_id))


def _entered(form: ShowingForm) -> bool:
    showing = form.showing(form.shown_on.data or unit_today(), (form.place.data or "").strip())
    try:
        photo_ = next(checked_files(request.files.getlist("photo")), None)
        with writing(here().engine) as session:
            note_showing(session, unit().id, showing, photo_, cause())
    except EvidenceRefused as refusal:
        complain(form.photo, refusal.sentence)
    except NotYetShown:
        complain(form.shown_on, worded("Tanggal ini belum tiba. Isi tanggal yang sudah lewat."))
    except NeverPublished:  # the form offers no such period
        abort(404)
    return not form.errors

"""One action of the register: what was planned, how it went, and the files that prove it."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug import Response

from aggregation.access.accounts import names_of
from aggregation.access.roles import Right
from aggregation.evidence.kept_files import FileLine, UnknownFile
from aggregation.evidence.refusals import EvidenceRefused
from aggregation.improvements.models import Improvement, ImprovementStep
from aggregation.improvements.progress import (
    DoneDayImpossible,
    DroppedAlready,
    DueDayImpossible,
    NothingTold,
    ToldMeanwhile,
    UnknownImprovement,
    tell_progress,
)
from aggregation.improvements.proofs import TooManyFiles, add_proofs, proof, proofs_of
from aggregation.improvements.register import RegisterLine, State, register_line, steps_of
from aggregation.improvements.texts import TextMissing
from aggregation.output.period_words import period_name
from aggregation.people.public_words import NamesSomebody
from aggregation.site.file_answer import file_answer
from aggregation.site.guard import cause, needs, unit, unit_today
from aggregation.site.handed_files import checked_files
from aggregation.site.improvements.improvement_words import HORIZONS, STATES, STEPS
from aggregation.site.improvements.progress_form import ProgressForm, ProofForm
from aggregation.site.telling import NAME_NOBODY, complain, tell
from survey.database import reading, writing
from survey.language import worded
from survey.month import time_zone
from survey.questionnaire import ITEMS
from survey.site import here
from survey.spoken import spoken

actions = Blueprint("actions", __name__)

_UNPROCESSABLE = 422
_KILOBYTE = 1000
_REFUSALS: Mapping[type[Exception], tuple[str, str]] = {
    TextMissing: ("text", worded("Tulis apa yang dilakukan, atau alasannya.")),
    NothingTold: ("text", worded("Belum ada yang baru. Tulis apa yang sudah dilakukan.")),
    DoneDayImpossible: (
        "done_on",
        worded("Isi tanggal selesainya: sesudah periode survei mulai, paling lambat hari ini."),
    ),
    DueDayImpossible: ("due_on", worded("Isi tenggat mulai hari ini, paling jauh lima tahun.")),
    NamesSomebody: ("text", NAME_NOBODY),
    ToldMeanwhile: (
        "text",
        worded("Orang lain baru saja mencatat perkembangan. Baca dahulu, lalu simpan lagi."),
    ),
    DroppedAlready: ("text", worded("Rencana ini sudah dibatalkan. Buat rencana baru.")),
}
"""The field at which each is told, and the sentence."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An action on its page.

    Attributes
    ----------
    names
        Of accounts, by their keys.
    """

    line: RegisterLine
    planned: Improvement
    steps: list[ImprovementStep]
    proofs: list[FileLine]
    names: Mapping[str, str]

    @property
    def sizes(self) -> dict[UUID, int]:
        """Of each proof, in kilobytes, at least one."""
        return {file.id: max(1, round(file.size / _KILOBYTE)) for file in self.proofs}


@actions.get("/unit/<code>/tindak-lanjut/<uuid:improvement>")
@needs(Right.SEE_UNIT, names_people=True)
def show(code: str, improvement: UUID) -> str:  # noqa: ARG001 - the guard has looked it up
    """Show one action."""
    return _page(improvement, None, ProofForm())


@actions.route("/unit/<code>/tindak-lanjut/<uuid:improvement>/kabar", methods=["GET", "POST"])
@needs(Right.IMPROVE, names_people=True)
def tell_of(code: str, improvement: UUID) -> str | tuple[str, int] | Response:
    """Take down how an action goes."""
    form = ProgressForm()
    if request.method == "POST" and form.validate() and _told(form, improvement):
        tell(worded("Perkembangan tersimpan."))
        return redirect(url_for(".show", code=code, improvement=improvement), 303)
    page = _page(improvement, form if request.method == "POST" else None, ProofForm())
    return (page, _UNPROCESSABLE) if form.errors else page


@actions.route("/unit/<code>/tindak-lanjut/<uuid:improvement>/bukti", methods=["GET", "POST"])
@needs(Right.IMPROVE, names_people=True)
def prove(code: str, improvement: UUID) -> str | tuple[str, int] | Response:
    """Keep files that prove an action."""
    form = ProofForm()
    if request.method == "POST" and form.validate() and _proven(form, improvement):
        return redirect(url_for(".show", code=code, improvement=improvement), 303)
    page = _page(improvement, None, form)
    return (page, _UNPROCESSABLE) if form.errors else page


@actions.get("/unit/<code>/tindak-lanjut/<uuid:improvement>/bukti/<uuid:proof_id>")
@needs(Right.SEE_UNIT)
def download(code: str, improvement: UUID, proof_id: UUID) -> Response:  # noqa: ARG001
    """Let somebody save a file that proves an action."""
    with reading(here().engine) as session:
        try:
            return file_answer(proof(session, unit().id, improvement, proof_id))
        except UnknownFile:
            abort(404)


def _told(form: ProgressForm, improvement: UUID) -> bool:
    try:
        with writing(here().engine) as session:
            seen = form.seen_step()
            tell_progress(session, unit().id, improvement, form.told(), cause(), seen=seen)
    except UnknownImprovement:
        abort(404)
    except tuple(_REFUSALS) as error:
        complain(form[_REFUSALS[type(error)][0]], _REFUSALS[type(error)][1])
        return False
    return True


def _proven(form: ProofForm, improvement: UUID) -> bool:
    try:
        files = list(checked_files(request.files.getlist("files")))
        with writing(here().engine) as session:
            new = add_proofs(session, unit().id, improvement, files, cause())
    except EvidenceRefused as error:
        complain(form.files, error.sentence)
    except TooManyFiles:
        complain(form.files, worded("Paling banyak 20 berkas untuk satu rencana."))
    except UnknownImprovement:
        abort(404)
    else:
        if not files:
            complain(form.files, worded("Pilih berkasnya terlebih dahulu."))
        elif new:
            tell(worded("Bukti tersimpan."))
        else:
            tell(worded("Bukti itu sudah tersimpan sebelumnya."))
    return not form.errors


def _page(improvement: UUID, form: ProgressForm | None, proof_form: ProofForm) -> str:
    with reading(here().engine) as session:
        shown = _shown(session, improvement)
    if form is None:
        form = ProgressForm(formdata=None)
        form.fill(shown.line)
    form.offer(shown.line)
    # What was typed stays; what is newer is on the page now, so it has been seen.
    form.seen.data = str(shown.line.seen or "-")
    return render_template(
        "aggregation/improvements/action.html",
        shown=shown,
        line=shown.line,
        form=form,
        proof_form=proof_form,
        states=STATES,
        step_words=STEPS,
        horizons=HORIZONS,
        may_tell=shown.line.state is not State.DROPPED,
        items=ITEMS,
        period_name=lambda period: period_name(period, spoken()),
        zone=time_zone(unit().time_zone),
    )


def _shown(session: Session, improvement: UUID) -> Shown:
    found = register_line(session, unit().id, improvement, unit_today()) or abort(404)
    steps = list(steps_of(session, improvement))
    proofs = proofs_of(session, unit().id, improvement)
    planned = session.get_one(Improvement, improvement)
    keys = {planned.opened_by, *(step.told_by for step in steps), *(f.added_by for f in proofs)}
    shown = Shown(found, planned, steps, proofs, names_of(session, keys))
    session.expunge_all()
    return shown

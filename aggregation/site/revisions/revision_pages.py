"""The pages of revisions: what is due, and one that a second person approves or refuses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlmodel import Session, col
from werkzeug import Response

from aggregation.access.accounts import names_of
from aggregation.access.roles import Right
from aggregation.appraisal.models import RevisionDecision, RevisionRequest
from aggregation.appraisal.objection_deadlines import open_windows
from aggregation.appraisal.revision_approval import (
    DraftChanged,
    OwnRequest,
    RefusalUnexplained,
    RevisionDecided,
    UnknownRequest,
    decide_revision,
    fingerprint,
    request_of,
)
from aggregation.appraisal.revision_changes import MonthChange, changes_made, changes_of_draft
from aggregation.appraisal.revision_list import (
    Standing,
    requests_in,
    upheld_and_waiting,
    waits_for_a_second_person,
)
from aggregation.appraisal.revision_requests import OwnFiguresMove, draft_of, require_disinterest
from aggregation.closings import Closing
from aggregation.duties.duty_lines import DayException
from aggregation.duties.recorded_duties import lines_of_batch
from aggregation.months.revision import RevisionDraft
from aggregation.months.revisions import revisions
from aggregation.people.officer_names import officer_names
from aggregation.site.duties.shown_duties import hours
from aggregation.site.guard import cause, may, me, needs, unit
from aggregation.site.listing import listed
from aggregation.site.months.closing_figures import BASIS_NAMES
from aggregation.site.revisions.revision_form import DecisionForm
from aggregation.site.revisions.revision_preparing import revision_preparing
from aggregation.site.revisions.revision_words import GROUNDS, OWN_FIGURES, STANDINGS
from aggregation.site.telling import complain, tell
from survey.database import reading, writing
from survey.language import worded
from survey.models import Desk
from survey.month import time_zone
from survey.site import here

revision_pages = Blueprint("revision_pages", __name__)
revision_pages.register_blueprint(revision_preparing)

APPROVE = "approve"
_UNPROCESSABLE = 422
_MOST_MADE = 50
_REFUSALS: Mapping[type[Exception], str] = {
    OwnRequest: worded("Anda yang menyiapkan revisi ini. Orang lain yang memutuskannya."),
    OwnFiguresMove: OWN_FIGURES,
    RevisionDecided: worded("Revisi ini baru saja diputuskan, atau didahului revisi lain."),
    DraftChanged: worded(
        "Perhitungannya berubah sejak halaman ini dibuka. Baca lagi, lalu putuskan."
    ),
}


@dataclass(frozen=True, slots=True)
class ShownCorrection:
    """Hours of a day at a desk that a revision gives to somebody else.

    Attributes
    ----------
    officer
        None where the desk was not served.
    """

    day: date
    hours: str
    desk: str
    officer: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A prepared revision on its page.

    Attributes
    ----------
    changes
        What it would change, or has changed; empty where nothing moves.
    obstacle
        Why whoever is asking cannot decide on it; None who can.
    """

    request: RevisionRequest
    author: str
    standing: Standing
    changes: Sequence[MonthChange]
    corrections: Sequence[ShownCorrection]
    seen: str
    obstacle: str | None
    decision: RevisionDecision | None
    decider: str
    made: Closing | None


@revision_pages.get("/unit/<code>/revisi")
@needs(Right.REVISE, names_people=True)
def all_revisions(code: str) -> str:  # noqa: ARG001 - the guard has looked it up
    """List what is due, what was prepared, and the revisions that were made."""
    with reading(here().engine) as session:
        found = listed(
            session,
            requests_in(unit().id),
            sorts={
                "status": (
                    waits_for_a_second_person(),
                    col(RevisionRequest.requested_at),
                    col(RevisionRequest.id),
                ),
                "bulan": (col(RevisionRequest.month), col(RevisionRequest.id)),
            },
            search_in=(col(RevisionRequest.reason),),
            newest_first=True,
        )
        made = [each for each in revisions(session, unit().id) if each.revision]
        made.sort(key=lambda each: (each.closed_at, each.month), reverse=True)
        return render_template(
            "aggregation/revisions/all.html",
            listing=found,
            authors=names_of(session, {row.requested_by for row in found.rows}),
            upheld=upheld_and_waiting(session, unit().id),
            windows=open_windows(session, unit().id, datetime.now(UTC)),
            made=made[:_MOST_MADE],
            grounds=GROUNDS,
            standings=STANDINGS,
            waiting=Standing.WAITING,
            zone=time_zone(unit().time_zone),
        )


@revision_pages.route("/unit/<code>/revisi/<uuid:request_id>", methods=["GET", "POST"])
@needs(Right.REVISE, names_people=True)
def decide(code: str, request_id: UUID) -> str | tuple[str, int] | Response:
    """Show what a prepared revision would change, and approve or refuse it."""
    form = DecisionForm()
    if request.method == "POST" and form.validate() and _decided(form, request_id):
        if request.form.get("do") == APPROVE:
            tell(worded("Revisi disetujui dan berlaku. Angka semula tetap dapat dibaca."))
        else:
            tell(worded("Revisi ditolak. Tidak ada angka yang berubah."))
        return redirect(url_for(".all_revisions", code=code), 303)
    with reading(here().engine) as session:
        shown = _shown(session, request_id)
        form.seen.data = shown.seen
        page = render_template(
            "aggregation/revisions/decide.html",
            form=form,
            shown=shown,
            numbers=may(Right.SEE_SCORES),
            basis_names=BASIS_NAMES,
            grounds=GROUNDS,
            standings=STANDINGS,
            zone=time_zone(unit().time_zone),
        )
    return (page, _UNPROCESSABLE) if form.errors or form.form_errors else page


def _decided(form: DecisionForm, request_id: UUID) -> bool:
    approves = request.form.get("do") == APPROVE
    try:
        with writing(here().engine) as session:
            decide_revision(
                session,
                unit().id,
                request_id,
                cause((form.reason.data or "").strip()),
                seen=(form.seen.data or "") if approves else None,
                officer_id=me().officer_id,
            )
    except UnknownRequest:
        abort(404)
    except RefusalUnexplained:
        complain(form.reason, worded("Tulis mengapa revisi ini ditolak."))
    except tuple(_REFUSALS) as error:
        form.form_errors.append(_REFUSALS[type(error)])
    return not form.errors and not form.form_errors


def _shown(session: Session, request_id: UUID) -> Shown:
    try:
        asked = request_of(session, unit().id, request_id)
    except UnknownRequest:
        abort(404)
    rows: Any = session.execute(requests_in(unit().id).where(col(RevisionRequest.id) == request_id))
    standing = Standing(rows.one().standing)
    decision = session.get(RevisionDecision, request_id)
    made = session.get(Closing, decision.closing_id) if decision and decision.closing_id else None
    waits = standing is Standing.WAITING
    draft = draft_of(session, asked) if waits else None
    names = names_of(session, {asked.requested_by, decision.decided_by if decision else ""})
    return Shown(
        asked,
        names.get(asked.requested_by, asked.requested_by),
        standing,
        _changes(session, asked, draft, made),
        _corrections(session, asked),
        fingerprint(draft),
        _obstacle(session, asked, draft) if waits else None,
        decision,
        names.get(decision.decided_by, decision.decided_by) if decision else "",
        made,
    )


def _changes(
    session: Session, asked: RevisionRequest, draft: RevisionDraft | None, made: Closing | None
) -> list[MonthChange]:
    if draft is not None:
        return changes_of_draft(session, draft)
    moved = made is not None and made.revision > asked.based_on
    return changes_made(session, made) if made is not None and moved else []


def _corrections(session: Session, asked: RevisionRequest) -> list[ShownCorrection]:
    """Return what the correction of duties says, in the order of its days."""
    if asked.batch_id is None:
        return []
    lines = [
        line
        for line in lines_of_batch(session, asked.unit_id, asked.batch_id)
        if isinstance(line, DayException)
    ]
    lines.sort(key=lambda line: (line.day, line.first_slot, line.desk_id))
    names = officer_names(session, {line.officer_id or 0 for line in lines})
    return [
        ShownCorrection(
            line.day,
            hours(line.first_slot, line.end_slot),
            session.get_one(Desk, line.desk_id).name,
            names.get(line.officer_id or 0),
        )
        for line in lines
    ]


def _obstacle(session: Session, asked: RevisionRequest, draft: RevisionDraft | None) -> str | None:
    """Return why whoever is asking cannot decide, before the form is filled in for nothing."""
    if asked.requested_by == me().key:
        return _REFUSALS[OwnRequest]
    try:
        require_disinterest(session, asked, draft, me().officer_id)
    except OwnFiguresMove:
        return OWN_FIGURES
    return None

"""The pages on which an assessor decides: months, a month's proposals, one decision."""

from datetime import UTC, datetime

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlmodel import Session, col, select
from werkzeug import Response

from aggregation.access.roles import Right
from aggregation.appraisal.decisions import (
    AnothersToDecide,
    DecidedMeanwhile,
    NoProposal,
    OtherFigures,
    OwnFigures,
    ReasonNeeded,
    Seen,
    decide,
)
from aggregation.appraisal.notes import NotOfThisUnit, officer_in
from aggregation.appraisal.proposal_list import progress_of
from aggregation.closings import Closing, OfficerFigure
from aggregation.method.component import Proposal
from aggregation.models import Officer
from aggregation.site.decisions.proposal_form import ChangeForm, what_was_seen
from aggregation.site.decisions.proposal_page import (
    CHANGED,
    NARROWED,
    decider,
    month_of,
    proposal_page,
    rendered,
)
from aggregation.site.guard import cause, needs, unit
from aggregation.site.telling import complain, tell
from survey.database import reading, writing
from survey.language import worded
from survey.month import Month
from survey.site import here
from survey.spoken import spoken

proposals = Blueprint("proposals", __name__)

CONFIRM, CHANGE = "setujui", "ubah"
_CONFLICT, _UNPROCESSABLE = 409, 422
_REFUSED: dict[type[ValueError], str] = {
    OtherFigures: worded("Angka %(name)s sudah berubah. Baca lagi barisnya, lalu putuskan."),
    DecidedMeanwhile: worded("%(name)s sudah diputuskan. Baca keputusannya; ubah bila perlu."),
    NoProposal: worded("Tidak ada usulan untuk %(name)s. Alasannya ada di barisnya."),
    OwnFigures: worded("%(name)s adalah Anda sendiri. Orang lain yang memutuskannya."),
    AnothersToDecide: worded("%(name)s diputuskan penilainya sendiri, yang tertulis di barisnya."),
}


@proposals.get("/unit/<code>/usulan")
@needs(Right.DECIDE)
def months(code: str) -> str:  # noqa: ARG001 - the guard has looked it up
    """List the closed months and how far the decisions are."""
    with reading(here().engine) as session:
        found = progress_of(session, unit().id, datetime.now(UTC))
    return render_template("aggregation/decisions/months.html", months=found)


@proposals.get("/unit/<code>/usulan/<month>")
@needs(Right.DECIDE, names_people=True)
def lines(code: str, month: str) -> str:  # noqa: ARG001
    """Show all of a month's proposals on one page."""
    with reading(here().engine) as session:
        return rendered(proposal_page(session, month_of(month)), request.args.get(CHANGED, ""))


@proposals.post("/unit/<code>/usulan/<month>/<officer_key>")
@needs(Right.DECIDE, names_people=True)
def decide_on(code: str, month: str, officer_key: str) -> Response | tuple[str, int]:
    """Confirm or change what the figures propose for an officer."""
    asked, form = month_of(month), ChangeForm()
    is_change = request.form.get("do") == CHANGE
    if is_change and not form.validate():
        return _again(asked, officer_key, form), _UNPROCESSABLE
    with reading(here().engine) as session:
        who = _officer(session, asked, officer_key)
    refused = _decided(form, asked, who, is_change=is_change)
    if refused is not None:
        return _again(asked, officer_key if is_change else "", form, refused), _CONFLICT
    if form.reason.errors:
        return _again(asked, officer_key, form), _UNPROCESSABLE
    tell(worded("Keputusan untuk %(name)s tersimpan."), name=who.name)
    with reading(here().engine) as session:
        following = proposal_page(session, asked).next_after(officer_key)
    narrowed = request.args.get(NARROWED) or None
    there = url_for(".lines", code=code, month=month, saring=narrowed)
    return redirect(there + (f"#baris-{following}" if following else ""), 303)


def _decided(form: ChangeForm, month: Month, who: Officer, *, is_change: bool) -> str | None:
    """Record the decision, or return why it was refused; a reason that lacks is on the form."""
    seen = what_was_seen()
    try:
        if seen is None:
            raise OtherFigures
        _record(form, month, who, seen, is_change=is_change)
    except ReasonNeeded:
        complain(
            form.reason, worded("Tulis alasannya dalam satu kalimat. Petugas akan membacanya.")
        )
    except tuple(_REFUSED) as refusal:
        return spoken().say(_REFUSED[type(refusal)]) % {"name": who.name}
    return None


def _record(form: ChangeForm, month: Month, who: Officer, seen: Seen, *, is_change: bool) -> None:
    with writing(here().engine) as session:
        decide(
            session,
            unit().id,
            month,
            who.id or 0,
            Proposal((form.decision.data or "") if is_change else seen.proposal),
            seen=seen,
            decider=decider(),
            cause=cause((form.reason.data or "") if is_change else ""),
        )


def _again(month: Month, changing: str, form: ChangeForm, refusal: str = "") -> str:
    with reading(here().engine) as session:
        return rendered(proposal_page(session, month), changing, form, refusal)


def _officer(session: Session, month: Month, key: str) -> Officer:
    """Return an officer who is in the month's figures or belongs to the unit; 404 otherwise."""
    known = (
        select(Officer)
        .join(OfficerFigure, col(OfficerFigure.officer_id) == col(Officer.id))
        .join(Closing, col(Closing.id) == col(OfficerFigure.closing_id))
        .where(
            col(Officer.key) == key,
            col(Closing.unit_id) == unit().id,
            col(Closing.month) == month,
        )
    )
    found = session.exec(known).first()
    try:
        who = found or officer_in(session, unit().id, month, key)
    except NotOfThisUnit:
        abort(404)
    session.expunge(who)
    return who

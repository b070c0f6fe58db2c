"""The pages of changes that wait: a second person sees before and after, and decides."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from sqlalchemy import and_
from sqlmodel import col
from werkzeug import Response
from wtforms import StringField
from wtforms.validators import Length

from aggregation.access.roles import Right
from aggregation.changes.batch import LONGEST_REASON
from aggregation.duties.batch_decision import (
    DecidedAlready,
    MonthClosedMeanwhile,
    OwnBatch,
    OwnHalfHours,
    RefusalUnexplained,
    decide_batch,
)
from aggregation.models import BatchDecision, DutyBatch
from aggregation.site.duties.duty_history import listed_batches
from aggregation.site.duties.shown_change import (
    CLOSED,
    NOT_YOURS,
    YOUR_HALF_HOURS,
    batch_of_the_unit,
    waiting_change,
)
from aggregation.site.guard import cause, me, needs, unit
from aggregation.site.telling import complain, tell
from survey.database import reading, writing
from survey.language import worded
from survey.month import time_zone
from survey.site import here

approvals = Blueprint("approvals", __name__)

APPROVE = "approve"
_UNPROCESSABLE = 422
_DECIDED = worded("Perubahan ini baru saja diputuskan orang lain.")


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """What is decided, by its button, and why."""

    reason = StringField(
        worded("Alasan"),
        [
            Length(
                max=LONGEST_REASON,
                message=worded("Persingkat alasannya, paling panjang 400 huruf."),
            )
        ],
        description=worded("Wajib diisi jika perubahan ditolak."),
    )


@approvals.get("/unit/<code>/jadwal/persetujuan")
@needs(Right.APPROVE_ROSTER, names_people=True)
def waiting(code: str) -> str:  # noqa: ARG001 - the guard has looked it up
    """List the changes of days gone by that wait for a second person."""
    undecided = and_(col(DutyBatch.needs_approval), col(BatchDecision.batch_id).is_(None))
    with reading(here().engine) as session:
        found, recorded = listed_batches(session, undecided)
    return render_template(
        "aggregation/duties/approvals.html",
        listing=found,
        recorded=recorded,
        zone=time_zone(unit().time_zone),
    )


@approvals.route("/unit/<code>/jadwal/persetujuan/<uuid:batch>", methods=["GET", "POST"])
@needs(Right.APPROVE_ROSTER, names_people=True)
def decide(code: str, batch: UUID) -> str | tuple[str, int] | Response:
    """Show what a change would do, and approve or refuse it."""
    form = DecisionForm()
    if request.method == "POST" and form.validate() and _decided(form, batch):
        if request.form.get("do") == APPROVE:
            tell(worded("Perubahan disetujui dan berlaku."))
        else:
            tell(worded("Perubahan ditolak. Catatannya tetap dapat dibaca di riwayat."))
        return redirect(url_for("duty_calendar.approvals.waiting", code=code), 303)
    with reading(here().engine) as session:
        shown = waiting_change(session, batch)
    page = render_template(
        "aggregation/duties/approval.html",
        form=form,
        change=shown,
        zone=time_zone(unit().time_zone),
    )
    return (page, _UNPROCESSABLE) if form.errors or form.form_errors else page


def _decided(form: DecisionForm, batch: UUID) -> bool:
    because = cause((form.reason.data or "").strip())
    approved = request.form.get("do") == APPROVE
    refused: str | None = None
    try:
        with writing(here().engine) as session:
            batch_of_the_unit(session, batch)
            decide_batch(session, unit().id, batch, approved, because, officer_id=me().officer_id)
    except RefusalUnexplained:
        complain(form.reason, worded("Isi alasan menolak perubahan ini."))
    except OwnBatch:
        refused = NOT_YOURS
    except OwnHalfHours:
        refused = YOUR_HALF_HOURS
    except MonthClosedMeanwhile:
        refused = CLOSED
    except DecidedAlready:
        refused = _DECIDED
    if refused is not None:
        form.form_errors.append(refused)
    return refused is None and not form.errors

"""The page on which an officer says at the desk that he serves there now, and that he leaves."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from sqlmodel import Session, col
from werkzeug import Response
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from aggregation.access.roles import Right
from aggregation.changes.batch import LONGEST_REASON
from aggregation.duties.check_in import (
    CheckedInAlready,
    ElsewhereNow,
    EndsBeforeItStarts,
    NotADeskOfTheUnit,
    Now,
    Occupied,
    check_in,
    check_out,
    now_of,
)
from aggregation.duties.check_in_list import check_ins_of
from aggregation.duties.own_duties import own_duties
from aggregation.duties.recorded_duties import DutyOfClosedMonth
from aggregation.duties.rostered_desks import rostered_desks
from aggregation.people.officer_names import officer_names
from aggregation.sheets.calendar_cells import clock
from aggregation.site.duties.shown_duties import hours
from aggregation.site.guard import cause, me, needs
from aggregation.site.telling import complain, tell
from survey.database import reading, writing
from survey.language import worded
from survey.models import Desk
from survey.month import HALF_HOURS_A_DAY, starts
from survey.site import here

check_in_pages = Blueprint("check_in", __name__)

_UNPROCESSABLE = 422
_USUAL_END = 30
"""15.00, where the roster does not say when the officer's duty ends."""

_TOO_EARLY = worded("Pilih jam selesai sesudah jam sekarang.")
_LEFT = worded("Selesai bertugas di loket")
_CLOSED = worded("Bulan ini sudah ditutup; hanya revisi yang dapat mengubahnya.")


class CheckInForm(FlaskForm):  # type: ignore[misc]
    """Where, until when, and why if somebody else is on duty there."""

    desk = SelectField(worded("Saya bertugas di"), validate_choice=False)
    until = SelectField(
        worded("Sampai jam"), [InputRequired(message=_TOO_EARLY)], coerce=int, validate_choice=False
    )
    reason = StringField(
        worded("Alasan"),
        [
            Length(
                max=LONGEST_REASON,
                message=worded("Persingkat alasannya, paling panjang 400 huruf."),
            )
        ],
        description=worded("Wajib diisi jika orang lain tercatat di loket itu."),
    )


@dataclass(frozen=True, slots=True)
class OwnCheckIn:
    """Hours of today that the officer took at a desk.

    Attributes
    ----------
    is_running
        Whether half hours after the running one are left, which leaving gives back.
    """

    desk: str
    hours: str
    is_running: bool


@dataclass(frozen=True, slots=True)
class AtTheDesk:
    """What the page knows: the running half hour, the desks, and what was said today."""

    now: Now
    desks: Sequence[Any]
    check_ins: Sequence[OwnCheckIn]
    rostered: Sequence[tuple[str, str]]
    usual_end: int


@check_in_pages.route("/saya/loket", methods=["GET", "POST"])
@needs(Right.CHECK_IN, names_people=True)
def arrive() -> str | tuple[str, int] | Response:
    """Show where the officer serves today, and record that it is here from now on."""
    at_the_desk = _known()
    if at_the_desk is None:
        return render_template("aggregation/duties/check_in_none.html")
    form = CheckInForm(until=at_the_desk.usual_end) if request.method == "GET" else CheckInForm()
    form.desk.choices = [(each.code, each.name) for each in at_the_desk.desks]
    form.until.choices = [
        (slot, clock(slot)) for slot in range(at_the_desk.now.slot + 1, HALF_HOURS_A_DAY + 1)
    ]
    if request.method == "POST" and form.validate() and _arrived(form, at_the_desk):
        tell(worded("Tugas Anda dicatat. Tanggapan warga dihitung untuk Anda."))
        return redirect(url_for("check_in.arrive"), 303)
    page = render_template("aggregation/duties/check_in.html", form=form, known=at_the_desk)
    return (page, _UNPROCESSABLE) if form.errors or form.form_errors else page


@check_in_pages.post("/saya/loket/selesai")
@needs(Right.CHECK_IN)
def leave() -> Response:
    """End what the officer has checked in for."""
    if me().officer_id is not None:
        try:
            with writing(here().engine) as session:
                check_out(session, me().officer_id or 0, cause(_LEFT))
        except DutyOfClosedMonth:
            tell(_CLOSED)
        else:
            tell(worded("Tugas Anda di loket selesai mulai setengah jam berikutnya."))
    return redirect(url_for("check_in.arrive"), 303)


def _known() -> AtTheDesk | None:
    """Return what the page shows; None if the account is no officer of a unit in one's branch."""
    officer_id = me().officer_id
    if officer_id is None:
        return None
    with reading(here().engine) as session:
        now = now_of(session, officer_id, datetime.now(UTC))
        if now is None or not me().scope.may(Right.CHECK_IN, now.unit_id):
            return None
        return _at_the_desk(session, officer_id, now)


def _at_the_desk(session: Session, officer_id: int, now: Now) -> AtTheDesk:
    day = starts(now.half_hour).date()
    desks = session.execute(rostered_desks(now.unit_id).order_by(col(Desk.id))).all()
    names = {desk.id: desk.name for desk in desks}
    mine = [
        OwnCheckIn(
            names.get(each.desk_id, ""),
            hours(each.first_slot, each.end_slot),
            now.slot + 1 < each.end_slot,
        )
        for each in check_ins_of(session, now.unit_id, day)
        if each.officer_id == officer_id
    ]
    duties = [duty for duty in own_duties(session, officer_id, day) if duty.day == day]
    ends = [duty.end_slot for duty in duties if duty.first_slot <= now.slot < duty.end_slot]
    usual = max([_USUAL_END, now.slot + 1]) if not ends else ends[0]
    shown = [(hours(duty.first_slot, duty.end_slot), duty.desk) for duty in duties]
    return AtTheDesk(now, desks, mine, shown, min(usual, HALF_HOURS_A_DAY))


def _arrived(form: CheckInForm, known: AtTheDesk) -> bool:
    desk = next((each for each in known.desks if each.code == form.desk.data), None)
    if desk is None:
        complain(form.desk, worded("Pilih loket dari daftar."))
        return False
    because = cause((form.reason.data or "").strip())
    try:
        with writing(here().engine) as session:
            check_in(session, me().officer_id or 0, desk.id, form.until.data, because)
    except EndsBeforeItStarts:
        complain(form.until, _TOO_EARLY)
    except ElsewhereNow:
        form.form_errors.append(worded("Anda sudah tercatat pada jam itu. Selesaikan dahulu."))
    except CheckedInAlready as taken:
        message = worded(
            "%(names)s sudah mencatat diri di loket ini pada jam itu. Pilih jam sesudahnya, atau "
            "minta rekan Anda menekan Selesai."
        )
        complain(form.desk, message, names=_names(taken.officer_ids))
    except Occupied as taken:
        message = worded(
            "Pada jam itu tercatat %(names)s. Isi alasan Anda menggantikan, lalu kirim lagi."
        )
        complain(form.reason, message, names=_names(taken.officer_ids))
    except DutyOfClosedMonth:
        form.form_errors.append(_CLOSED)
    except NotADeskOfTheUnit:  # it was switched off since the page was opened
        abort(404)
    return not form.errors and not form.form_errors


def _names(officer_ids: Collection[int]) -> str:
    with reading(here().engine) as session:
        return ", ".join(sorted(officer_names(session, officer_ids).values()))

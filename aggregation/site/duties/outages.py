"""The pages of outages: declare one, withdraw one, and all there ever were."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy import func, select
from sqlmodel import Session, col
from werkzeug import Response

from aggregation.access.accounts import names_of
from aggregation.access.roles import Right
from aggregation.changes.open_months import closed_months, months_of
from aggregation.sheets.calendar_cells import clock
from aggregation.site.duties.outage_form import DeskChoice, OutageForm, WithdrawalForm
from aggregation.site.guard import cause, needs, unit, unit_today
from aggregation.site.listing import Listing, listed
from aggregation.site.telling import complain, tell
from aggregation.visits.models import Outage
from aggregation.visits.outage_list import DECLARED, outages_of
from aggregation.visits.outages import (
    NotAnOutage,
    OutageAfterScores,
    OutageKnown,
    OutageOfClosedMonth,
    UnknownOutage,
    declare_outage,
    withdraw_outage,
)
from survey.database import reading, writing
from survey.language import worded
from survey.models import Desk
from survey.month import HALF_HOURS_A_DAY, HalfHour, Month, starts
from survey.site import here
from survey.spoken import spoken

outages = Blueprint("outages", __name__)

STATE = "keadaan"
_STATES = {"berlaku": True, "ditarik": False}
_UNPROCESSABLE = 422
_SEEN = worded(
    "Angka bulan ini sudah dibuka di halaman Tutup bulan, jadi gangguannya tidak berubah lagi."
)


@dataclass(frozen=True, slots=True)
class ShownOutage:
    """An outage in words.

    Attributes
    ----------
    desk
        None for all desks.
    may_be_withdrawn
        It stands, and none of its months is closed.
    """

    id: UUID
    desk: str | None
    begins: str
    ends: str
    reason: str
    declared_by: str
    withdrawn_by: str | None
    withdrawn_because: str | None
    may_be_withdrawn: bool


@outages.route("/unit/<code>/gangguan", methods=["GET", "POST"])
@needs(Right.KEEP_ROSTER, names_people=True)
def all_outages(code: str) -> str | tuple[str, int] | Response:
    """List outages, and declare one."""
    today = unit_today()
    form = OutageForm() if request.method == "POST" else OutageForm(first_day=today, last_day=today)
    with reading(here().engine) as session:
        desks = desk_choice(session)
    if request.method == "POST" and _declared(form, desks):
        tell(worded("Gangguan dicatat."))
        return redirect(url_for("outages.all_outages", code=code), 303)
    with reading(here().engine) as session:
        found, shown = _listed(session)
    page = render_template(
        "aggregation/duties/outages.html", form=form, desks=desks, listing=found, rows=shown
    )
    return (page, _UNPROCESSABLE) if form.errors or form.form_errors else page


@outages.route("/unit/<code>/gangguan/<uuid:outage>/tarik", methods=["GET", "POST"])
@needs(Right.KEEP_ROSTER, names_people=True)
def withdraw(code: str, outage: UUID) -> str | tuple[str, int] | Response:
    """Take an outage back, with a reason."""
    form = WithdrawalForm()
    with reading(here().engine) as session:
        rows = session.execute(
            outages_of(unit().id, standing=True).where(col(Outage.id) == outage)
        ).all()
        [shown] = _shown(session, rows) or abort(404)
    if request.method == "GET" or not form.validate() or not _withdrawn(form, outage):
        page = render_template("aggregation/duties/outage_withdraw.html", form=form, outage=shown)
        return page if request.method == "GET" else (page, _UNPROCESSABLE)
    tell(worded("Gangguan ditarik. Catatannya tetap dapat dibaca."))
    return redirect(url_for("outages.all_outages", code=code), 303)


def _declared(form: OutageForm, desks: DeskChoice) -> bool:
    form.validate()
    desk_id, span = form.desk_id(desks), form.span()
    if span is None or form.errors:
        return False
    try:
        with writing(here().engine) as session:
            because = cause((form.reason.data or "").strip())
            declare_outage(session, unit().id, desk_id, span, because)
    except NotAnOutage:
        complain(form.last_day, worded("Paling lama 31 hari. Bagi menjadi beberapa gangguan."))
    except OutageOfClosedMonth:
        complain(
            form.first_day, worded("Bulan ini sudah ditutup; hanya revisi yang dapat mengubahnya.")
        )
    except OutageAfterScores:
        complain(form.first_day, _SEEN)
    except OutageKnown:
        complain(form.first_day, worded("Gangguan yang sama sudah tercatat."))
    return not form.errors


def _withdrawn(form: WithdrawalForm, outage: UUID) -> bool:
    try:
        with writing(here().engine) as session:
            because = cause((form.reason.data or "").strip())
            withdraw_outage(session, unit().id, outage, because)
    except OutageOfClosedMonth:
        complain(
            form.reason, worded("Bulan ini sudah ditutup; hanya revisi yang dapat mengubahnya.")
        )
    except OutageAfterScores:
        complain(form.reason, _SEEN)
    except UnknownOutage:  # somebody else has withdrawn it meanwhile
        abort(404)
    return not form.errors


def desk_choice(session: Session) -> DeskChoice:
    """Return the desks in use of the unit of the address, for a form to choose from."""
    rows = session.execute(
        select(col(Desk.id), col(Desk.code), col(Desk.name))
        .where(col(Desk.unit_id) == unit().id, col(Desk.active))
        .order_by(col(Desk.id))
    )
    return DeskChoice({row.code: (row.id or 0, row.name) for row in rows})


def _listed(session: Session) -> tuple[Listing[Any], list[ShownOutage]]:
    asked = request.args.get(STATE, "")
    found = listed(
        session,
        outages_of(unit().id, standing=_STATES.get(asked)),
        sorts={
            "waktu": (col(Outage.starts), col(Outage.id)),
            "loket": (func.coalesce(col(Desk.name), ""), col(Outage.id)),
            "alasan": (col(Outage.reason), col(Outage.id)),
            "dicatat": (col(DECLARED.recorded_at), col(Outage.id)),
        },
        search_in=(col(Outage.reason), func.coalesce(col(Desk.name), "")),
        filters=(STATE,),
        newest_first=True,
    )
    return found, _shown(session, found.rows)


def _shown(session: Session, rows: Collection[Any]) -> list[ShownOutage]:
    closed = closed_months(session, unit().id)
    keys = {row.declared_by for row in rows} | {row.withdrawn_by for row in rows}
    names = names_of(session, keys - {None})
    return [_in_words(row, names, closed) for row in rows]


def _in_words(row: Any, names: dict[str, str], closed: Collection[Month]) -> ShownOutage:  # noqa: ANN401
    begins, ends = HalfHour(row.starts), HalfHour(row.ends)
    is_open = row.withdrawn_by is None and not set(months_of(begins, ends)) & set(closed)
    return ShownOutage(
        row.id,
        row.desk,
        _moment(begins),
        _moment(ends, at_end=True),
        row.reason,
        names.get(row.declared_by, row.declared_by),
        names.get(row.withdrawn_by, row.withdrawn_by),
        row.withdrawn_because,
        is_open,
    )


def _moment(half_hour: HalfHour, *, at_end: bool = False) -> str:
    """Write a half hour; an end at midnight is 24.00 of the day before."""
    last = HalfHour(half_hour - 1) if at_end else half_hour
    day = starts(last).date()
    slot = last % HALF_HOURS_A_DAY + (1 if at_end else 0)
    return f"{spoken().day(day)}, {clock(slot)}"

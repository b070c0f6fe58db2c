"""The pages of numbered slips: write down which were handed out, and withdraw what was wrong."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from sqlmodel import Session, col
from werkzeug import Response
from wtforms import IntegerField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from aggregation.access.accounts import names_of
from aggregation.access.roles import Right
from aggregation.changes.batch import LONGEST_REASON
from aggregation.changes.open_months import closed_months
from aggregation.site.duties.duty_fields import DayField, HalfHourField
from aggregation.site.duties.outage_form import DeskChoice
from aggregation.site.duties.outages import desk_choice
from aggregation.site.duties.shown_duties import hours
from aggregation.site.guard import cause, needs, unit, unit_today
from aggregation.site.listing import listed
from aggregation.site.set_up.set_up_fields import Within
from aggregation.site.telling import complain, tell
from aggregation.visits.models import SlipCount
from aggregation.visits.slip_counts import (
    HandedOut,
    MoreThanPrinted,
    NotHandedOutYet,
    SlipsKnown,
    SlipsOfClosedMonth,
    UnknownSlips,
    record_slips,
    slips_of,
    withdraw_slips,
)
from survey.database import reading, writing
from survey.language import worded
from survey.models import Desk
from survey.month import HALF_HOURS_A_DAY, HalfHour, Month, midnight, starts
from survey.site import here
from survey.spoken import spoken

slip_pages = Blueprint("slip_pages", __name__)

_UNPROCESSABLE = 422
_HIGHEST = 2_000_000_000
_CLOSED = worded("Bulan ini sudah ditutup; jumlah kunjungannya tidak berubah lagi.")


_NO_NUMBER = worded("Isi nomor yang tercetak di karcis, mulai 1.")
_ASKED = [InputRequired(message=_NO_NUMBER), Within(1, _HIGHEST, message=_NO_NUMBER)]


class SlipForm(FlaskForm):  # type: ignore[misc]
    """At which desk, in which hours of a day, and the first and last number."""

    desk = StringField(worded("Loket"))
    day = DayField(worded("Tanggal"), [InputRequired(message=worded("Isi tanggalnya."))])
    starts = HalfHourField(
        worded("Mulai"), description=worded("Tepat pada jam atau setengah jam, misalnya 08.00.")
    )
    ends = HalfHourField(worded("Selesai"))
    first = IntegerField(worded("Nomor pertama"), _ASKED, invalid_value_message=_NO_NUMBER)  # type: ignore[call-arg]
    last = IntegerField(worded("Nomor terakhir"), _ASKED, invalid_value_message=_NO_NUMBER)  # type: ignore[call-arg]

    def handed_out(self, desks: DeskChoice) -> HandedOut | None:
        """Return what was filled in; None with errors at the fields."""
        is_valid = self.validate()
        found = desks.by_code.get((self.desk.data or "").strip().upper())
        if found is None:
            complain(self.desk, worded("Pilih loket dari daftar."))
        for field in (self.starts, self.ends):
            if field.data is None and not field.errors:
                complain(field, worded("Isi jamnya."))
        if not self.ends.errors and not self.starts.errors and self.ends.data <= self.starts.data:
            complain(self.ends, worded("Jam selesai harus sesudah jam mulai."))
        first, last, day = self.first.data or 0, self.last.data or 0, self.day.data
        if not self.first.errors and not self.last.errors and last < first:
            complain(self.last, worded("Nomor terakhir tidak boleh di bawah nomor pertama."))
        if not is_valid or self.errors or found is None or day is None:
            return None
        begins = HalfHour(midnight(day) + self.starts.data)
        return HandedOut(found[0], begins, HalfHour(midnight(day) + self.ends.data), first, last)


class SlipWithdrawalForm(FlaskForm):  # type: ignore[misc]
    """Why slips are taken back."""

    reason = StringField(
        worded("Alasan"),
        [
            DataRequired(message=worded("Isi alasan menarik catatan karcis ini.")),
            Length(
                max=LONGEST_REASON,
                message=worded("Persingkat alasannya, paling panjang 400 huruf."),
            ),
        ],
    )


@dataclass(frozen=True, slots=True)
class ShownSlips:
    """Slips in words, and whether they may be withdrawn: they stand, and their month is open."""

    id: UUID
    desk: str
    day: str
    hours: str
    first: int
    last: int
    count: int
    recorded_by: str
    withdrawn_by: str | None
    withdrawn_because: str | None
    may_be_withdrawn: bool


@slip_pages.route("/unit/<code>/kunjungan/slip", methods=["GET", "POST"])
@needs(Right.KEEP_ROSTER, names_people=True)
def all_slips(code: str) -> str | tuple[str, int] | Response:
    """List the slips that were handed out, and write some down."""
    today = unit_today()
    form = SlipForm() if request.method == "POST" else SlipForm(day=today)
    with reading(here().engine) as session:
        desks = desk_choice(session)
    if request.method == "POST" and _recorded(form, desks):
        tell(worded("Karcis dicatat sebagai kunjungan."))
        return redirect(url_for("visits.slip_pages.all_slips", code=code), 303)
    with reading(here().engine) as session:
        found = listed(
            session,
            slips_of(unit().id),
            sorts={
                "waktu": (col(SlipCount.starts), col(SlipCount.first_number)),
                "loket": (col(Desk.name), col(SlipCount.starts), col(SlipCount.first_number)),
            },
            search_in=(col(Desk.name), col(Desk.code)),
            newest_first=True,
        )
        shown = _shown(session, found.rows)
    page = render_template(
        "aggregation/duties/handed_out.html", form=form, desks=desks, listing=found, rows=shown
    )
    return (page, _UNPROCESSABLE) if form.errors or form.form_errors else page


@slip_pages.route("/unit/<code>/kunjungan/slip/<uuid:slips>/tarik", methods=["GET", "POST"])
@needs(Right.KEEP_ROSTER, names_people=True)
def withdraw(code: str, slips: UUID) -> str | tuple[str, int] | Response:
    """Take slips back, with a reason."""
    form = SlipWithdrawalForm()
    with reading(here().engine) as session:
        standing = slips_of(unit().id).where(
            col(SlipCount.id) == slips, col(SlipCount.withdrawn_by).is_(None)
        )
        [shown] = _shown(session, session.execute(standing).all()) or abort(404)
    if request.method == "GET" or not form.validate() or not _withdrawn(form, slips):
        page = render_template(
            "aggregation/duties/handed_out_withdraw.html", form=form, slips=shown
        )
        return page if request.method == "GET" else (page, _UNPROCESSABLE)
    tell(worded("Catatan karcis ditarik. Catatannya tetap dapat dibaca."))
    return redirect(url_for("visits.slip_pages.all_slips", code=code), 303)


def _recorded(form: SlipForm, desks: DeskChoice) -> bool:
    slips = form.handed_out(desks)
    if slips is None:
        return False
    try:
        with writing(here().engine) as session:
            record_slips(session, unit().id, slips, cause())
    except NotHandedOutYet:
        complain(form.ends, worded("Jam ini belum tiba; catat karcis yang sudah dibagikan."))
    except MoreThanPrinted as error:
        message = worded(
            "Karcis tercetak loket ini baru sampai nomor %(number)s. Periksa nomornya, atau cetak "
            "karcis di halaman Loket."
        )
        complain(form.last, message, number=spoken().number(error.printed))
    except SlipsKnown as error:
        message = worded("Nomor %(first)s sampai %(last)s loket ini sudah tercatat.")
        numbers = {"first": spoken().number(error.first), "last": spoken().number(error.last)}
        complain(form.first, message, **numbers)
    except SlipsOfClosedMonth:
        complain(form.day, _CLOSED)
    return not form.errors


def _withdrawn(form: SlipWithdrawalForm, slips: UUID) -> bool:
    because = cause((form.reason.data or "").strip())
    try:
        with writing(here().engine) as session:
            withdraw_slips(session, unit().id, slips, because)
    except SlipsOfClosedMonth:
        complain(form.reason, _CLOSED)
    except UnknownSlips:  # somebody else has withdrawn them meanwhile
        abort(404)
    return not form.errors


def _shown(session: Session, rows: Collection[Any]) -> list[ShownSlips]:
    closed = closed_months(session, unit().id)
    keys = {row.recorded_by for row in rows} | {row.withdrawn_by or "" for row in rows}
    names = names_of(session, keys)
    return [_in_words(row, names, closed) for row in rows]


def _in_words(row: Any, names: dict[str, str], closed: Collection[Month]) -> ShownSlips:  # noqa: ANN401
    day = starts(HalfHour(row.starts)).date()
    first = row.starts % HALF_HOURS_A_DAY
    return ShownSlips(
        row.id,
        row.desk,
        spoken().day(day),
        hours(first, first + row.ends - row.starts),
        row.first_number,
        row.last_number,
        row.last_number - row.first_number + 1,
        names.get(row.recorded_by, row.recorded_by),
        names.get(row.withdrawn_by, row.withdrawn_by),
        row.withdrawn_because,
        row.withdrawn_by is None and Month.of(day) not in closed,
    )

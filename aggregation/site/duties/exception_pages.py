"""The page of an exception: for one day somebody stands in, or nobody serves."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from sqlmodel import Session
from werkzeug import Response
from wtforms import RadioField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from aggregation.access.roles import Right
from aggregation.changes.batch import LONGEST_REASON
from aggregation.changes.open_months import closed_months
from aggregation.duties.batch_force import is_waiting
from aggregation.duties.duty_lines import DayException
from aggregation.duties.duty_standing import Standing, standing
from aggregation.duties.past_changes import needs_second_person
from aggregation.duties.recorded_duties import DutyOfClosedMonth, record_duties
from aggregation.duties.rostered_desks import rostered_desk
from aggregation.sheets.calendar_cells import read_half_hour
from aggregation.site.duties.calendar_span import Week, asked_day
from aggregation.site.duties.duty_fields import (
    DayField,
    HalfHourField,
    Roll,
    hours_in,
    roll_of,
)
from aggregation.site.duties.shown_duties import ShownDay, hours, shown_desks
from aggregation.site.guard import cause, needs, unit, unit_today
from aggregation.site.telling import complain, tell
from survey.database import reading, writing
from survey.language import worded
from survey.month import Month
from survey.site import here
from survey.spoken import spoken

exception_pages = Blueprint("exception_pages", __name__)

STANDS_IN, NOBODY = "stands_in", "nobody"
_WAYS = [
    (STANDS_IN, worded("Petugas pengganti")),
    (NOBODY, worded("Tidak ada; loket tidak dilayani")),
]
CHECK = "check"
_UNPROCESSABLE = 422


class ExceptionForm(FlaskForm):  # type: ignore[misc]
    """Hours of one day, who serves in them, and why."""

    day = DayField(worded("Tanggal"), [InputRequired(message=worded("Isi tanggalnya."))])
    starts = HalfHourField(
        worded("Mulai"), description=worded("Tepat pada jam atau setengah jam, misalnya 08.00.")
    )
    ends = HalfHourField(worded("Selesai"))
    who = RadioField(worded("Siapa yang melayani"), default=STANDS_IN)
    officer = StringField(
        worded("Petugas pengganti"), description=worded("Kosongkan jika loket tidak dilayani.")
    )
    reason = StringField(
        worded("Alasan"),
        [
            DataRequired(message=worded("Isi alasannya, misalnya “Sari sakit”.")),
            Length(
                max=LONGEST_REASON,
                message=worded("Persingkat alasannya, paling panjang 400 huruf."),
            ),
        ],
    )

    def __init__(self, **given: object) -> None:
        """Offer the two ways."""
        super().__init__(**given)
        self.who.choices = _WAYS

    def line(self, desk_id: int, roll: Roll) -> DayException | None:
        """Return what was filled in; None with errors at the fields."""
        is_valid = self.validate()
        first, end = hours_in(self.starts, self.ends)
        officer_id = None if self.who.data == NOBODY else roll.find(self.officer.data or "")
        if self.who.data != NOBODY and officer_id is None:
            complain(self.officer, worded("Pilih petugas dari daftar."))
        if not is_valid or self.errors or self.day.data is None:
            return None
        return DayException(desk_id, officer_id, self.day.data, first, end)


@dataclass(frozen=True, slots=True)
class DeskDay:
    """What the page knows: the desk, the day as it stands, and who may stand in."""

    desk_id: int
    code: str
    name: str
    now: ShownDay
    roll: Roll
    closed: frozenset[Month]
    today: date


@exception_pages.route("/unit/<code>/jadwal/loket/<key>/hari", methods=["GET", "POST"])
@needs(Right.KEEP_ROSTER, names_people=True)
def edit(code: str, key: str) -> str | tuple[str, int] | Response:
    """Record who stands in for some hours of a day, or that nobody serves."""
    today = unit_today()
    form = _form(today)
    with reading(here().engine) as session:
        desk = _desk_day(session, key, form.day.data or today, today)
    if request.method == "GET":
        return _page(desk, form, key)
    line = form.line(desk.desk_id, desk.roll)
    if line is not None and standing(line, desk.closed, today) is Standing.CLOSED:
        _refuse_closed(form)
        line = None
    if line is None:
        return _page(desk, form, key), _UNPROCESSABLE
    if request.form.get("do") == CHECK:
        return _page(desk, form, key, planned=line)
    try:
        with writing(here().engine) as session:
            because = cause((form.reason.data or "").strip())
            waits = is_waiting(session, record_duties(session, unit().id, [line], because))
    except DutyOfClosedMonth:  # it was closed since the page was opened
        _refuse_closed(form)
        return _page(desk, form, key), _UNPROCESSABLE
    day = spoken().day(line.day)
    if waits:
        tell(
            worded("Perubahan %(desk)s pada %(day)s menunggu persetujuan orang kedua."),
            desk=desk.name,
            day=day,
        )
    else:
        tell(worded("Perubahan %(desk)s pada %(day)s disimpan."), desk=desk.name, day=day)
    shown = str(Week.of(line.day))
    return redirect(url_for("duty_calendar.week", code=code, minggu=shown, cari=desk.code), 303)


def _form(today: date) -> ExceptionForm:
    if request.method == "POST":
        return ExceptionForm()
    asked = request.args
    return ExceptionForm(
        day=asked_day(asked.get("tanggal", ""), today),
        **_asked_hours(asked.get("jam", "")),
    )


def _asked_hours(text: str) -> dict[str, int]:
    """Return the hours that a link to this page names, such as 08.00–12.00."""
    try:
        first, end = map(read_half_hour, text.split("–"))
    except ValueError:
        return {}
    return {"starts": first, "ends": end}


def _refuse_closed(form: ExceptionForm) -> None:
    complain(form.day, worded("Bulan ini sudah ditutup; hanya revisi yang dapat mengubahnya."))


def _desk_day(session: Session, key: str, day: date, today: date) -> DeskDay:
    desk = rostered_desk(session, unit().id, key)
    if desk is None or desk.id is None:
        abort(404)
    [shown] = shown_desks(session, unit().id, [desk], [day])
    roll = roll_of(session, unit().id, {Month.of(day), Month.of(today)})
    closed = frozenset(closed_months(session, unit().id))
    return DeskDay(desk.id, desk.code, desk.name, shown.days[0], roll, closed, today)


def _will_wait(desk: DeskDay, planned: DayException) -> bool:
    with reading(here().engine) as session:
        return needs_second_person(session, unit().id, [planned], desk.closed, desk.today)


def _page(desk: DeskDay, form: ExceptionForm, key: str, planned: DayException | None = None) -> str:
    return render_template(
        "aggregation/duties/exception.html",
        desk=desk,
        form=form,
        key=key,
        planned=planned,
        planned_hours=planned and hours(planned.first_slot, planned.end_slot),
        will_wait=planned is not None and _will_wait(desk, planned),
        planned_officer=planned and desk.roll.labels.get(planned.officer_id or 0),
    )

"""The page of a desk's standing week; nothing is overwritten, a new week goes before the old."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug import Response

from aggregation.access.roles import Right
from aggregation.changes.open_months import closed_months
from aggregation.duties.batch_force import is_waiting
from aggregation.duties.duty_lines import RosterLine
from aggregation.duties.duty_standing import Standing, first_free_day, standing
from aggregation.duties.past_changes import needs_second_person
from aggregation.duties.recorded_duties import DutyOfClosedMonth, ReasonMissing, duties_of_desk
from aggregation.duties.rostered_desks import rostered_desk
from aggregation.duties.standing_week import (
    StandingWeek,
    WeekReplaced,
    WeekStretch,
    later_weeks,
    newest_batch,
    roster_lines,
    set_week,
    week_changes,
    week_on,
)
from aggregation.site.duties.calendar_span import WEEKDAY_NAMES, Week
from aggregation.site.duties.duty_fields import Roll, roll_of, too_late
from aggregation.site.duties.roster_form import RosterForm, week_as_data, with_monday_copied
from aggregation.site.duties.shown_duties import hours
from aggregation.site.guard import cause, needs, unit, unit_today
from aggregation.site.telling import complain, tell
from survey.database import reading, writing
from survey.language import worded
from survey.month import Month
from survey.site import here
from survey.spoken import spoken

roster_pages = Blueprint("roster_pages", __name__)

CHECK, COPY = "check", "copy"
_UNPROCESSABLE = 422
_WHY = worded("Isi alasan: jadwal ini mengubah hari yang sudah lewat.")


@dataclass(frozen=True, slots=True)
class DeskRoster:
    """What the page knows of a desk.

    Attributes
    ----------
    rosters
        All weeks that were ever recorded.
    """

    desk_id: int
    code: str
    name: str
    rosters: Sequence[RosterLine]
    roll: Roll
    closed: frozenset[Month]
    today: date

    @property
    def week(self) -> tuple[WeekStretch, ...]:
        """The week in force; where none is yet, the first to come."""
        ahead = later_weeks(self.rosters, self.today)
        return week_on(self.rosters, self.today) or week_on(
            self.rosters, min(ahead, default=self.today)
        )


@roster_pages.route("/unit/<code>/jadwal/loket/<key>", methods=["GET", "POST"])
@needs(Right.KEEP_ROSTER, names_people=True)
def edit(code: str, key: str) -> str | tuple[str, int] | Response:
    """Show and change the standing week of a desk."""
    with reading(here().engine) as session:
        desk = _desk_roster(session, key)
    if request.method == "GET":
        form = RosterForm(
            seen=newest_batch(desk.rosters),
            since=desk.today,
            days=week_as_data(desk.week, desk.roll),
        )
        return _page(desk, form, key)
    asked = request.form.get("do")
    if asked == COPY:
        weekdays = request.form.getlist("copy_to")
        return _page(desk, RosterForm(with_monday_copied(request.form, weekdays)), key)
    form = RosterForm()
    week = _filled_in(form, desk)
    if week is None:
        return _page(desk, form, key), _UNPROCESSABLE
    if asked == CHECK:
        return _page(desk, form, key, changes=_changes(desk, week))
    saved = _saved(desk, week, form)
    if saved is None:
        return _page(desk, form, key, changes=_changes(desk, week)), _UNPROCESSABLE
    day = spoken().day(week.since)
    if saved.waits:
        tell(
            worded(
                "Jadwal %(desk)s mulai %(day)s menunggu persetujuan orang kedua, karena mengubah "
                "hari yang sudah lewat."
            ),
            desk=desk.name,
            day=day,
        )
    else:
        tell(worded("Jadwal %(desk)s disimpan, berlaku mulai %(day)s."), desk=desk.name, day=day)
    shown = str(Week.of(week.since))
    return redirect(url_for("duty_calendar.week", code=code, minggu=shown, cari=desk.code), 303)


def _desk_roster(session: Session, key: str) -> DeskRoster:
    desk = rostered_desk(session, unit().id, key)
    if desk is None or desk.id is None:
        abort(404)
    today = unit_today()
    lines = duties_of_desk(session, unit().id, desk.id)
    rosters = [line for line in lines if isinstance(line, RosterLine)]
    months = [Month.of(today), Month.of(today).shift(1)]
    roll = roll_of(session, unit().id, months, {line.officer_id for line in rosters})
    closed = frozenset(closed_months(session, unit().id))
    return DeskRoster(desk.id, desk.code, desk.name, rosters, roll, closed, today)


def _filled_in(form: RosterForm, desk: DeskRoster) -> StandingWeek | None:
    """Return the week, if all of the form is right."""
    is_valid = form.validate()
    stretches = form.stretches(desk.roll)
    if not is_valid or stretches is None or form.since.data is None:
        return None
    week = StandingWeek(form.since.data, stretches)
    match standing(roster_lines(desk.desk_id, week)[0], desk.closed, desk.today):
        case Standing.CLOSED:
            too_late(form.since, first_free_day(desk.closed))
            return None
        case Standing.PAST if not (form.reason.data or "").strip():
            complain(form.reason, _WHY)
            return None
    return week


class Saved(NamedTuple):
    """That a week was recorded, and whether a second person has to look at it first."""

    waits: bool


def _saved(desk: DeskRoster, week: StandingWeek, form: RosterForm) -> Saved | None:
    because = cause((form.reason.data or "").strip())
    try:
        with writing(here().engine) as session:
            batch = set_week(session, unit().id, desk.desk_id, week, because, seen=form.seen.data)
            return Saved(is_waiting(session, batch))
    except DutyOfClosedMonth:  # it was closed since the page was opened
        too_late(form.since, None)
    except ReasonMissing:  # a midnight passed
        complain(form.reason, _WHY)
    except WeekReplaced:
        form.form_errors.append(
            worded(
                "Jadwal loket ini baru saja diganti orang lain. Periksa perubahannya, lalu simpan."
            )
        )
        # The page shows what would be replaced now: whoever saves once more has seen it.
        form.seen.data = str(newest_batch(desk.rosters))
    return None


def _changes(desk: DeskRoster, week: StandingWeek) -> list[dict[str, Any]]:
    """Return what a week would change, by weekday, in words."""
    return [
        {
            "weekday": WEEKDAY_NAMES[change.weekday - 1],
            "before": _in_words(change.before, desk.roll),
            "after": _in_words(change.after, desk.roll),
        }
        for change in week_changes(week_on(desk.rosters, week.since), week.stretches)
    ]


def _in_words(stretches: Sequence[WeekStretch], roll: Roll) -> str:
    return ", ".join(
        f"{hours(each.first_slot, each.end_slot)} {roll.labels[each.officer_id]}"
        for each in stretches
    )


def _will_wait(desk: DeskRoster, form: RosterForm) -> bool:
    stretches = form.stretches(desk.roll)
    if stretches is None or form.since.data is None:
        return False
    lines = roster_lines(desk.desk_id, StandingWeek(form.since.data, stretches))
    with reading(here().engine) as session:
        return needs_second_person(session, unit().id, lines, desk.closed, desk.today)


def _page(
    desk: DeskRoster, form: RosterForm, key: str, changes: list[dict[str, Any]] | None = None
) -> str:
    since = form.since.data or desk.today
    return render_template(
        "aggregation/duties/roster.html",
        desk=desk,
        form=form,
        key=key,
        changes=changes,
        will_wait=changes is not None and _will_wait(desk, form),
        later=later_weeks(desk.rosters, since),
        weekdays=WEEKDAY_NAMES,
    )

"""Duties as calendars show them: desk by desk, day by day, with names instead of keys."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlmodel import Session

from aggregation.duties.check_in_list import CheckIn, check_ins_on
from aggregation.duties.marked_day import Mark, Stretch, marked_days, most_pressing
from aggregation.duties.recorded_duties import duties_of_desks
from aggregation.duties.waiting_changes import waiting_days
from aggregation.people.officer_names import officer_names
from aggregation.sheets.calendar_cells import clock
from aggregation.visits.outages import outages_between
from survey.month import HALF_HOURS_A_DAY, HalfHour, Month, midnight

OUTAGE = "outage"
"""How a day is marked whose duties stand, and that had an outage in them."""


@dataclass(frozen=True, slots=True)
class ShownStretch:
    """Half hours of a day in words.

    Attributes
    ----------
    hours
        Such as 08.00–12.00.
    """

    hours: str
    mark: Mark
    names: tuple[str, ...]
    outages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownDay:
    """A desk's day.

    Attributes
    ----------
    mark
        Of the whole day: what presses most.
    stretches
        Without the hours in which there is usually no duty.
    waits
        Whether a change of its duties waits for a second person.
    check_ins
        The hours that officers took at the desk themselves, with their names.
    """

    day: date
    mark: str
    stretches: tuple[ShownStretch, ...]
    waits: bool
    check_ins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownDesk:
    """A row of a calendar."""

    code: str
    name: str
    key: str
    days: tuple[ShownDay, ...]


def shown_desks(
    session: Session, unit_id: int, desks: Sequence[Any], days: Sequence[date]
) -> list[ShownDesk]:
    """Return some desks with what their duties say of neighbouring days.

    Parameters
    ----------
    desks
        Rows of `rostered_desks`; five statements serve them all.
    """
    desk_ids = [desk.id for desk in desks]
    months = {Month.of(day) for day in days}
    lines = duties_of_desks(session, unit_id, desk_ids, months)
    after = HalfHour(midnight(days[-1]) + HALF_HOURS_A_DAY)
    outages = outages_between(session, unit_id, midnight(days[0]), after, desk_ids)
    marked = marked_days(lines, outages, desk_ids, days)
    check_ins = [
        each for each in check_ins_on(session, unit_id, days) if each.desk_id in set(desk_ids)
    ]
    named = _officers(marked.values()) | {each.officer_id for each in check_ins}
    names = officer_names(session, named)
    waiting = waiting_days(session, unit_id, desk_ids, days)
    return [
        ShownDesk(
            desk.code,
            desk.name,
            desk.public_key,
            tuple(
                replace(
                    _day(day, marked[desk.id, day], names, waits=(desk.id, day) in waiting),
                    check_ins=_told(desk.id, day, check_ins, names),
                )
                for day in days
            ),
        )
        for desk in desks
    ]


def _told(
    desk_id: int, day: date, check_ins: Sequence[CheckIn], names: Mapping[int, str]
) -> tuple[str, ...]:
    return tuple(
        f"{hours(each.first_slot, each.end_slot)} {names[each.officer_id]}"
        for each in check_ins
        if (each.desk_id, each.day) == (desk_id, day)
    )


def hours(first_slot: int, end_slot: int) -> str:
    """Write half hours of a day, such as 08.00–12.00."""
    return f"{clock(first_slot)}–{clock(end_slot)}"


def _officers(days: Collection[Sequence[Stretch]]) -> set[int]:
    return {id_ for stretches in days for stretch in stretches for id_ in stretch.officer_ids}


def _day(
    day: date, stretches: Sequence[Stretch], names: Mapping[int, str], *, waits: bool
) -> ShownDay:
    on_duty = [stretch for stretch in stretches if stretch.mark is not Mark.OFF]
    mark = most_pressing(on_duty)
    stopped = any(stretch.outages for stretch in on_duty)
    return ShownDay(
        day,
        OUTAGE if stopped and mark in {Mark.SERVED, Mark.DECLARED} else mark,
        tuple(
            ShownStretch(
                hours(each.first_slot, each.end_slot),
                each.mark,
                tuple(sorted(names[id_] for id_ in each.officer_ids)),
                each.outages,
            )
            for each in on_duty
        ),
        waits,
    )

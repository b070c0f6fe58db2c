"""A unit's duties in force and to come, as lines of the sheet that would record them again."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from sqlmodel import Session, col, select

from aggregation.duties.duty_lines import HALL, DutyLine
from aggregation.duties.duty_sheet import NOBODY
from aggregation.duties.known_duties import Place, newest_week, officers_by_slot, place_of
from aggregation.duties.recorded_duties import recorded_duties
from aggregation.models import Assignment, Officer
from aggregation.people.officer_lines import number_of
from aggregation.sheets.calendar_cells import clock, weekday_name
from survey.set_up import desks_by_code

Cells = tuple[str, ...]


def duty_rows(session: Session, unit_id: int, today: date) -> Iterator[Cells]:
    """Yield the cells of each duty, in the columns of the example sheet.

    A desk's roster in force today and those that begin later, then the single days from today on.
    Desks that have become a hall are left out: no sheet may name them.
    """
    desks = desks_by_code(session, unit_id).values()
    codes = {desk.id or 0: desk.code for desk in desks if desk.kind != HALL}
    numbers = _numbers(session, unit_id)
    places: defaultdict[Place, list[DutyLine]] = defaultdict(list)
    for line in recorded_duties(session, unit_id):
        if line.desk_id in codes:
            places[place_of(line)].append(line)
    for place in sorted(
        _current(places, today), key=lambda p: (not p.is_roster, codes[p.desk_id], p)
    ):
        rows = _roster_rows if place.is_roster else _day_rows
        for cells in rows(place, places[place], numbers):
            yield (codes[place.desk_id], *cells)


def _current(places: Iterable[Place], today: date) -> Iterator[Place]:
    """Yield the rosters that hold today or begin later, and the days from today on."""
    places = list(places)
    begun: dict[int, date] = {}
    for place in places:
        if place.is_roster and place.day <= today:
            begun[place.desk_id] = max(place.day, begun.get(place.desk_id, place.day))
    for place in places:
        if place.day >= (begun.get(place.desk_id, today) if place.is_roster else today):
            yield place


def _roster_rows(
    place: Place, lines: Sequence[DutyLine], numbers: Mapping[int, str]
) -> Iterator[Cells]:
    weekdays: defaultdict[tuple[int, int, int], list[int]] = defaultdict(list)
    for line in newest_week(lines):
        weekdays[line.first_slot, line.end_slot, line.officer_id].append(line.weekday)
    for (first, end, officer_id), days in sorted(weekdays.items(), key=lambda e: (e[1], e[0])):
        names = ", ".join(map(weekday_name, sorted(days)))
        yield numbers[officer_id], names, "", clock(first), clock(end), str(place.day), ""


def _day_rows(
    place: Place, lines: Sequence[DutyLine], numbers: Mapping[int, str]
) -> Iterator[Cells]:
    stretches = _stretches(officers_by_slot(lines))
    for officer_id, first, end in sorted(stretches, key=lambda each: (each[1], each[0] or 0)):
        number = NOBODY if officer_id is None else numbers[officer_id]
        yield number, "", str(place.day), clock(first), clock(end), "", ""


def _stretches(officers: Mapping[int, set[int | None]]) -> Iterator[tuple[int | None, int, int]]:
    """Yield each officer's half hours as stretches [first, end) as long as possible."""
    for officer_id in {each for named in officers.values() for each in named}:
        slots = sorted(slot for slot, named in officers.items() if officer_id in named)
        first = slots[0]
        for slot, after in zip(slots, [*slots[1:], None], strict=True):
            if after != slot + 1:
                yield officer_id, first, slot + 1
                first = after or 0


def _numbers(session: Session, unit_id: int) -> dict[int, str]:
    here = select(Assignment.officer_id).where(col(Assignment.unit_id) == unit_id)
    found = session.exec(select(Officer).where(col(Officer.id).in_(here)))
    return {officer.id or 0: number_of(officer.staff_number, officer.nip) for officer in found}

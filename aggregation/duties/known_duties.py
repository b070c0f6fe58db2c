"""Which duties of a sheet say what is recorded already, so that taking them in again is no act."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from aggregation.duties.duty_lines import DutyLine, RosterLine
from aggregation.duties.planned_duties import PlannedDuty


class Place(NamedTuple):
    """What a duty is compared by: the desk, and its roster's first day or its own day."""

    desk_id: int
    day: date
    is_roster: bool


def place_of(line: DutyLine) -> Place:
    """Return the desk and day, or the desk and first day, that a duty is about."""
    if isinstance(line, RosterLine):
        return Place(line.desk_id, line.effective_from, is_roster=True)
    return Place(line.desk_id, line.day, is_roster=False)


def newest_week(lines: Iterable[DutyLine]) -> list[RosterLine]:
    """Return the roster of one desk and first day that counts: the newest batch's whole week."""
    weekly = [line for line in lines if isinstance(line, RosterLine)]
    newest = max((line.batch for line in weekly), default=0)
    return [line for line in weekly if line.batch == newest]


def officers_by_slot(lines: Iterable[DutyLine]) -> dict[int, set[int | None]]:
    """Return whom the newest exceptions of one desk and day name, by half hour; None: nobody."""
    newest: dict[int, int] = {}
    officers: dict[int, set[int | None]] = {}
    for line in sorted(lines, key=lambda line: line.batch):
        for slot in _slots(line):
            if newest.get(slot) != line.batch:
                officers[slot] = set()
            newest[slot] = line.batch
            officers[slot].add(line.officer_id)
    return officers


def known_lines(duties: Sequence[PlannedDuty], recorded: Iterable[DutyLine]) -> set[int]:
    """Return the lines of a sheet all of whose duties are recorded exactly so.

    A roster is known if its desk's newest one from that day on is the very same week; a duty of
    one day if the newest exceptions of each of its half hours name the same officers.
    """
    before: defaultdict[Place, list[DutyLine]] = defaultdict(list)
    for line in recorded:
        before[place_of(line)].append(line)
    planned: defaultdict[Place, list[PlannedDuty]] = defaultdict(list)
    for duty in duties:
        planned[place_of(duty.line)].append(duty)
    new = {
        duty.source.line
        for place, group in planned.items()
        for duty in _new_among(group, before.get(place, []))
    }
    return {duty.source.line for duty in duties} - new


def _new_among(group: Sequence[PlannedDuty], recorded: Sequence[DutyLine]) -> Sequence[PlannedDuty]:
    if isinstance(group[0].line, RosterLine):
        week = {replace(line, batch=0) for line in newest_week(recorded)}
        return () if week == {duty.line for duty in group} else group
    said = officers_by_slot(recorded)
    wished = officers_by_slot(duty.line for duty in group)
    return [duty for duty in group if any(said.get(s) != wished[s] for s in _slots(duty.line))]


def _slots(line: DutyLine) -> range:
    return range(line.first_slot, line.end_slot)

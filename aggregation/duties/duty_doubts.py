"""What looks mistaken in the duties of a sheet although each line can be read."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import date, timedelta

from aggregation.duties.desk_claims import Rosters
from aggregation.duties.duty_lines import DutyLine, RosterLine
from aggregation.duties.duty_sheet import DESK, EFFECTIVE, STARTS
from aggregation.duties.planned_duties import PlannedDuty
from aggregation.sheets.calendar_cells import weekday_name
from aggregation.sheets.sheet_import import Findings

_WEEK = range(7)


def refuse_doubles(duties: Iterable[PlannedDuty], findings: Findings) -> None:
    """Note lines that say the same as an earlier one."""
    first: dict[DutyLine, int] = {}
    for duty in duties:
        before = first.setdefault(duty.line, duty.source.line)
        if before != duty.source.line:
            text = f"sama dengan baris {before} ({duty.shown}); hapus salah satu"
            findings.refuse(duty.source.line, "", text)


def warn_of_overlaps(duties: Sequence[PlannedDuty], findings: Findings) -> None:
    """Note two officers at one desk, and one officer at two desks, in the same half hour."""
    same_desk: defaultdict[Hashable, list[PlannedDuty]] = defaultdict(list)
    same_officer: defaultdict[Hashable, list[PlannedDuty]] = defaultdict(list)
    for duty in sorted(duties, key=lambda duty: duty.source.line):
        since = duty.line.effective_from if isinstance(duty.line, RosterLine) else None
        same_desk[duty.day_shown, since, duty.desk.code].append(duty)
        if duty.officer is not None:
            same_officer[duty.day_shown, since, duty.officer.key].append(duty)
    for group in (*same_desk.values(), *same_officer.values()):
        for earlier, later in _overlapping(group):
            _warn_of_pair(earlier, later, findings)


def _overlapping(group: Iterable[PlannedDuty]) -> Iterator[tuple[PlannedDuty, PlannedDuty]]:
    """Yield each duty that takes a half hour again, with the first that took it.

    Not each pair: of thousands of lines about one desk there would be millions.
    """
    first: dict[int, PlannedDuty] = {}
    for duty in group:
        slots = range(duty.line.first_slot, duty.line.end_slot)
        earlier = {id(first[slot]): first[slot] for slot in slots if slot in first}
        yield from ((each, duty) for each in earlier.values())
        for slot in slots:
            first.setdefault(slot, duty)


def warn_of_lost_weekdays(
    duties: Sequence[PlannedDuty], recorded: Iterable[DutyLine], findings: Findings
) -> Iterator[str]:
    """Note weekdays that a desk's new roster no longer serves.

    Parameters
    ----------
    recorded
        The unit's duties so far.

    Yields
    ------
    str
        A sentence for each desk and day from which a roster is replaced.
    """
    before: defaultdict[int, list[DutyLine]] = defaultdict(list)
    for line in recorded:
        before[line.desk_id].append(line)
    for (code, since), planned in sorted(_new_rosters(duties).items()):
        rosters = Rosters(before[planned[0].line.desk_id])
        served = {line.weekday for day in _WEEK for line in rosters.on(since + timedelta(day))}
        lost = sorted(served - {d.line.weekday for d in planned if isinstance(d.line, RosterLine)})
        if lost:
            names = ", ".join(map(weekday_name, lost))
            text = f"jadwal baru {code} mengganti seluruh minggu; {names} tidak lagi dilayani"
            findings.warn(planned[0].source.line, EFFECTIVE, text)
        if served:
            yield f"{code}: jadwal mingguan lama diganti mulai {since}"


def _new_rosters(duties: Sequence[PlannedDuty]) -> dict[tuple[str, date], list[PlannedDuty]]:
    rosters: defaultdict[tuple[str, date], list[PlannedDuty]] = defaultdict(list)
    for duty in duties:
        if isinstance(duty.line, RosterLine):
            rosters[duty.desk.code, duty.line.effective_from].append(duty)
    return rosters


def _warn_of_pair(earlier: PlannedDuty, later: PlannedDuty, findings: Findings) -> None:
    same_desk = earlier.desk.code == later.desk.code
    same_officer = earlier.officer is not None and earlier.officer is later.officer
    if same_desk and not same_officer:
        text = (
            f"bertumpang tindih dengan baris {earlier.source.line} pada {later.day_shown}; "
            "tanggapan di jam itu tidak dihitung untuk siapa pun"
        )
        findings.warn(later.source.line, STARTS, text)
    if same_officer and not same_desk:
        text = (
            f"petugas ini juga di {earlier.desk.code} pada jam itu, di baris {earlier.source.line}"
        )
        findings.warn(later.source.line, DESK, text)

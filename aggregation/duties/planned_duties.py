"""The duties that a sheet plans: its lines with the desks and officers they mean."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from aggregation.duties.duty_lines import HALL, DayException, DutyLine, RosterLine
from aggregation.duties.duty_sheet import DESK, DutySheetLine
from aggregation.models import Officer
from aggregation.people.officer_lines import NUMBER
from aggregation.sheets.calendar_cells import weekday_name
from aggregation.sheets.cells import quoted
from aggregation.sheets.sheet_import import Findings
from survey.models import Desk


@dataclass(frozen=True, slots=True)
class PlannedDuty:
    """A duty of a sheet; a line that names several weekdays plans as many.

    Attributes
    ----------
    officer
        None if nobody serves.
    """

    source: DutySheetLine
    desk: Desk
    officer: Officer | None
    line: DutyLine

    @property
    def day_shown(self) -> str:
        """Its weekday, or its day."""
        line = self.line
        return weekday_name(line.weekday) if isinstance(line, RosterLine) else f"{line.day}"

    @property
    def shown(self) -> str:
        """The duty in one line, as a preview tells it."""
        who = "tidak dilayani" if self.officer is None else self.officer.name
        return f"{self.desk.code} {self.day_shown} {self.source.time}: {who}"


def planned_duties(
    line: DutySheetLine,
    desks: Mapping[str, Desk],
    officers: Mapping[str, Officer],
    findings: Findings,
) -> Iterator[PlannedDuty]:
    """Yield what a line plans; a desk or officer that the unit lacks is noted instead.

    Parameters
    ----------
    desks, officers
        The unit's, by code and by number.
    """
    desk = _desk(line, desks, findings)
    officer = None if line.number is None else officers.get(line.number)
    if line.number is not None and officer is None:
        text = "tidak dikenal di unit ini; impor lembar petugas dahulu atau perbaiki nomornya"
        findings.refuse(line.line, NUMBER, text)
    elif desk is not None:
        for duty_line in _duty_lines(line, desk.id or 0, officer):
            yield PlannedDuty(line, desk, officer, duty_line)


def _desk(line: DutySheetLine, desks: Mapping[str, Desk], findings: Findings) -> Desk | None:
    desk = desks.get(line.desk)
    if desk is None:
        known = ", ".join(desks) or "belum ada; impor lembar loket dahulu"
        text = f"{quoted(line.desk)} bukan loket unit ini; yang ada: {known}"
        findings.refuse(line.line, DESK, text)
    elif desk.kind == HALL:
        text = f"{line.desk} adalah ruang bersama, jadi tidak dijadwalkan untuk satu petugas"
        findings.refuse(line.line, DESK, text)
    elif not desk.active:
        findings.warn(line.line, DESK, f"{line.desk} sedang tidak aktif")
    return desk


def _duty_lines(line: DutySheetLine, desk_id: int, officer: Officer | None) -> Iterator[DutyLine]:
    officer_id = None if officer is None else officer.id
    slots = line.first_slot, line.end_slot
    if line.day is not None:
        yield DayException(desk_id, officer_id, line.day, *slots)
    elif line.effective_from is not None and officer_id is not None:
        for weekday in line.weekdays:
            yield RosterLine(desk_id, officer_id, weekday, line.effective_from, *slots)

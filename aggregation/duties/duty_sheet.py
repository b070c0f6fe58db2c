"""The lines of a sheet of duties, before anything is known about desks and officers."""

from dataclasses import dataclass
from datetime import date

from aggregation.changes.batch import LONGEST_REASON
from aggregation.people.officer_lines import NIP, NUMBER, STAFF_NUMBER, read_number
from aggregation.sheets.calendar_cells import clock, read_day, read_half_hour, read_weekdays
from aggregation.sheets.cells import read_code, read_text
from aggregation.sheets.header import Column
from aggregation.sheets.sheet import Row, Sheet
from aggregation.sheets.sheet_import import Findings, LineReader, optional_columns

DESK, WEEKDAY, DAY = "LOKET", "HARI", "TANGGAL"
STARTS, ENDS = "MULAI", "SELESAI"
EFFECTIVE, REASON = "BERLAKU MULAI", "ALASAN"
DUTY_COLUMNS = (
    Column(DESK, also=("KODE LOKET",)),
    *optional_columns(NUMBER, NIP, STAFF_NUMBER, WEEKDAY, DAY),
    Column(STARTS, also=("JAM MULAI",)),
    Column(ENDS, also=("JAM SELESAI",)),
    *optional_columns(EFFECTIVE, REASON),
)
NOBODY = "KOSONG"
"""What the officer's cell says when an exception leaves the desk empty, so that a forgotten
number is not mistaken for it."""


@dataclass(frozen=True, slots=True)
class DutySheetLine:
    """One line of the sheet: a duty of some weekdays, or of one day.

    Attributes
    ----------
    number
        NIP or staff number; None if nobody serves.
    weekdays
        1 (Monday) to 7; empty for a duty of one day.
    day
        The day, for an exception.
    effective_from
        First day of the roster, for weekdays.
    first_slot, end_slot
        Half hours since midnight, 0 to 48; the end is not included.
    """

    line: int
    desk: str
    number: str | None
    weekdays: tuple[int, ...]
    day: date | None
    effective_from: date | None
    first_slot: int
    end_slot: int
    reason: str

    @property
    def time(self) -> str:
        """The duty's hours as they are shown."""
        return f"{clock(self.first_slot)}–{clock(self.end_slot)}"


def read_duty_lines(sheet: Sheet, findings: Findings) -> list[DutySheetLine]:
    """Return the lines that can be read; every other one is noted with its reasons."""
    return [line for row in sheet.rows if (line := _read_line(row, findings)) is not None]


def _read_line(row: Row, findings: Findings) -> DutySheetLine | None:
    reader = LineReader(row, findings)
    desk = reader.needed(DESK, read_code)
    number = _read_officer(reader)
    first = reader.needed(STARTS, read_half_hour)
    end = reader.needed(ENDS, read_half_hour)
    if first is not None and end is not None and end <= first:
        text = f"{clock(end)} tidak sesudah MULAI {clock(first)}; pakai jam 00.00 sampai 24.00"
        reader.refuse(ENDS, text)
    line = DutySheetLine(
        line=row.line,
        desk=desk or "",
        number=number,
        weekdays=reader.optional(WEEKDAY, read_weekdays) or (),
        day=reader.optional(DAY, read_day),
        effective_from=reader.optional(EFFECTIVE, read_day),
        first_slot=first or 0,
        end_slot=end or 0,
        reason=reader.optional(REASON, lambda text: read_text(text, LONGEST_REASON)) or "",
    )
    _check_kind(reader)
    return None if findings.has_refused(row.line) else line


def _read_officer(reader: LineReader) -> str | None:
    """Return the officer's number; None for nobody, and with an error noted."""
    given = [column for column in (NUMBER, NIP, STAFF_NUMBER) if reader.text(column)]
    if not given:
        reader.refuse(NUMBER, f"kosong; isi nomor petugas, atau {NOBODY} jika loket tidak dilayani")
        return None
    read = [reader.needed(column, _read_number_or_nobody) for column in given]
    if len({number for number in read if number is not None}) > 1:
        reader.refuse(given[1], "NIP dan NOMOR PEGAWAI berbeda; isi salah satu saja")
    return None if read[0] == NOBODY else read[0]


def _read_number_or_nobody(text: str) -> str:
    return NOBODY if text.strip().upper() == NOBODY else read_number(text)


def _check_kind(reader: LineReader) -> None:
    """See that the line is either of weekdays or of one day."""
    weekly, daily = bool(reader.text(WEEKDAY)), bool(reader.text(DAY))
    if weekly and daily:
        reader.refuse(DAY, "HARI dan TANGGAL terisi; isi HARI untuk jadwal mingguan, atau TANGGAL")
    elif not weekly and not daily:
        reader.refuse(WEEKDAY, "HARI dan TANGGAL kosong; isi salah satu")
    elif weekly and not reader.text(EFFECTIVE):
        reader.refuse(EFFECTIVE, "kosong; jadwal mingguan memerlukan tanggal mulai berlaku")
    elif daily and reader.text(EFFECTIVE):
        reader.refuse(EFFECTIVE, "hanya untuk jadwal mingguan; kosongkan pada baris bertanggal")
    elif weekly and _says_nobody(reader):
        reader.refuse(NUMBER, f"{NOBODY} hanya untuk baris bertanggal; hapus baris mingguan ini")


def _says_nobody(reader: LineReader) -> bool:
    return any(
        reader.text(column).strip().upper() == NOBODY for column in (NUMBER, NIP, STAFF_NUMBER)
    )

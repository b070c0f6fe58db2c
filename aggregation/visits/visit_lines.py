"""The lines of a sheet of visits, before anything is known about desks and services."""

from dataclasses import dataclass
from datetime import date

from aggregation.sheets.calendar_cells import read_day, read_slot
from aggregation.sheets.cells import BadCell, quoted, read_code
from aggregation.sheets.header import Column
from aggregation.sheets.sheet import Row, Sheet
from aggregation.sheets.sheet_import import Findings, LineReader, optional_columns
from aggregation.visits.visit_rows import LONGEST_NUMBER, NotAQueueNumber, queue_number

NUMBER, DAY, TIME, DESK, SERVICE = "NOMOR ANTREAN", "TANGGAL", "JAM", "LOKET", "LAYANAN"
VISIT_COLUMNS = (
    Column(NUMBER, also=("NOMOR ANTRIAN", "NO ANTREAN", "NO ANTRIAN")),
    Column(DAY),
    Column(TIME, also=("JAM LAYANAN", "WAKTU")),
    Column(DESK, also=("KODE LOKET",)),
    *optional_columns(SERVICE),
)


@dataclass(frozen=True, slots=True)
class VisitLine:
    """One line of the sheet.

    Attributes
    ----------
    slot
        The half hour of the day, 0 to 47, that the visit was served in.
    """

    line: int
    number: str
    day: date
    slot: int
    desk: str
    service: str | None


def read_visit_lines(sheet: Sheet, findings: Findings) -> list[VisitLine]:
    """Return the lines that can be read; every other one is noted with its reasons."""
    return [line for row in sheet.rows if (line := _read_line(row, findings)) is not None]


def _read_line(row: Row, findings: Findings) -> VisitLine | None:
    reader = LineReader(row, findings)
    number = reader.needed(NUMBER, _read_number)
    day = reader.needed(DAY, read_day)
    slot = reader.needed(TIME, read_slot)
    desk = reader.needed(DESK, read_code)
    service = reader.optional(SERVICE, read_code)
    if findings.has_refused(row.line) or None in {number, day, slot, desk}:
        return None
    return VisitLine(row.line, number or "", day or date.min, slot or 0, desk or "", service)


def _read_number(text: str) -> str:
    try:
        return queue_number(text)
    except NotAQueueNumber as error:
        message = (
            f"“{quoted(text)}” bukan nomor antrean; paling banyak {LONGEST_NUMBER} tanda, dan "
            "bukan NIK"
        )
        raise BadCell(message) from error

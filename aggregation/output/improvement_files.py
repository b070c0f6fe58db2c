"""The follow-up register as CSV and XLSX, in the columns of the regulation (method §11)."""

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time

import xlsxwriter

from aggregation.improvements.quarters import number_of
from aggregation.improvements.register import RegisterLine, State
from aggregation.output.csv_rows import csv_rows
from aggregation.output.period_words import period_name
from survey.language import Language, worded
from survey.questionnaire import ITEMS

_MARK = "v"
_QUARTERS = (1, 2, 3, 4)
_COLUMNS: tuple[tuple[str, int], ...] = (
    (worded("No"), 5),
    (worded("Hasil survei"), 20),
    (worded("Prioritas unsur"), 22),
    (worded("Program/kegiatan"), 50),
    (worded("Tahun"), 8),
    *((f"TW {roman}", 7) for roman in ("I", "II", "III", "IV")),
    (worded("Penanggung jawab"), 28),
    (worded("Tenggat"), 13),
    (worded("Status"), 16),
    (worded("Selesai pada"), 13),
    (worded("Yang dilakukan"), 50),
    (worded("Bukti (berkas)"), 10),
)
"""Each column with its width: those of the regulation, then how it went."""

_STATES: Mapping[State, str] = {
    State.PLANNED: worded("direncanakan"),
    State.RUNNING: worded("berjalan"),
    State.LATE: worded("terlambat"),
    State.DONE: worded("sudah selesai"),
    State.DROPPED: worded("dibatalkan"),
}

Cell = str | int
_Make = Callable[[Sequence[RegisterLine], date, Language], bytes]


def improvement_columns(language: Language) -> list[str]:
    """Return the names of the columns."""
    return [language.say(name) for name, _ in _COLUMNS]


def improvement_row(line: RegisterLine, language: Language) -> list[Cell]:
    """Return an action as a row; a cross stands in the quarter in which it is to be done."""
    in_quarter = number_of(line.quarter)
    return [
        line.number,
        period_name(line.period, language),
        language.say(ITEMS[line.element].short) if line.element else "",
        line.action,
        line.quarter.months[0].year,
        *(_MARK if each == in_quarter else "" for each in _QUARTERS),
        line.responsible,
        line.due_on.isoformat(),
        language.say(_STATES[line.state]),
        line.done_on.isoformat() if line.done_on else "",
        line.told,
        line.files,
    ]


def as_csv(lines: Sequence[RegisterLine], today: date, language: Language) -> bytes:
    """Return the register as CSV."""
    _ = today
    rows = (improvement_row(line, language) for line in lines)
    return csv_rows(improvement_columns(language), rows)


def as_xlsx(lines: Sequence[RegisterLine], today: date, language: Language) -> bytes:
    """Return the register as a workbook to be printed across; nothing in it is a formula.

    Parameters
    ----------
    today
        The day on which the actions stand as they are told; the workbook's own date.
    """
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        # A date alone is passed over, and the clock taken in its place.
        book.set_properties({"created": datetime.combine(today, time())})
        sheet = book.add_worksheet("RTL")
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        body = book.add_format({"text_wrap": True, "valign": "top"})
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.freeze_panes(1, 0)
        for place, (name, width) in enumerate(_COLUMNS):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, language.say(name), head)
        for number, line in enumerate(lines, start=1):
            for place, cell in enumerate(improvement_row(line, language)):
                write = sheet.write_number if isinstance(cell, int) else sheet.write_string
                write(number, place, cell, body)
    return out.getvalue()


FORMATS: Mapping[str, tuple[_Make, str]] = {
    "csv": (as_csv, "text/csv"),
    "xlsx": (as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}

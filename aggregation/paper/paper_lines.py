"""The lines of a sheet of paper questionnaires, in the columns of the district apps (method §2)."""

import json
import re
from dataclasses import dataclass
from datetime import date

from aggregation.paper.respondent_words import reader_of
from aggregation.sheets.calendar_cells import read_day, read_slot
from aggregation.sheets.cells import read_code
from aggregation.sheets.header import Column
from aggregation.sheets.questionnaire_sheet import (
    COMMENT_COLUMN,
    RATING_COLUMNS,
    SetAside,
    questionnaire_in,
)
from aggregation.sheets.sheet import Row, Sheet
from aggregation.sheets.sheet_import import Findings, LineReader, optional_columns
from survey.answers import LONGEST_COMMENT, Answers, InvalidAnswers, check_answers
from survey.profile import ProfileField
from survey.questionnaire import ORDERS, ElementOrder

DAY, TIME, DESK, SERVICE = "TANGGAL", "JAM", "LOKET", "LAYANAN"
PROFILE_COLUMNS = {
    ProfileField.AGE: "USIA",
    ProfileField.SEX: "JENIS KELAMIN",
    ProfileField.EDUCATION: "PENDIDIKAN",
    ProfileField.OCCUPATION: "PEKERJAAN",
}
PAPER_COLUMNS = (
    Column(DAY),
    *(Column(name) for name in RATING_COLUMNS),
    *optional_columns("NO", TIME),
    Column("USIA", also=("UMUR",), required=False),
    Column("JENIS KELAMIN", also=("JK", "L/P"), required=False),
    *optional_columns("PENDIDIKAN", "PEKERJAAN"),
    Column(COMMENT_COLUMN, also=("SARAN/MASUKAN",), required=False),
    Column(DESK, also=("KODE LOKET",), required=False),
    Column(SERVICE, also=("KODE LAYANAN",), required=False),
)

_CLOCK = r"[0-9]{1,2}[.:][0-9]{2}"
_SPAN = re.compile(rf"{_CLOCK}\s*(?:[-–—]|s\.?\s?/?d\.?|sampai)\s*{_CLOCK}", re.IGNORECASE)
_ZONE = re.compile(r"\s*\b(WIB|WITA|WIT)\b\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One line of the sheet.

    Attributes
    ----------
    slot
        The half hour of the day, 0 to 47; None where the line tells none.
    desk, service
        Their codes, if they stand there.
    as_written
        U1 to U9 in the order of the file, whatever they mean.
    """

    line: int
    day: date
    slot: int | None
    desk: str | None
    service: str | None
    answers: Answers
    as_written: str

    @property
    def content(self) -> str:
        """What the line says, in one spelling.

        U1 to U9 stand in it as they were written: the same file read in another order of the
        elements is the same file, and is noticed.
        """
        answers = self.answers
        said = [str(self.day), self.slot, self.desk, self.service, self.as_written]
        return json.dumps([*said, sorted(answers.profile.items()), answers.comment])


def read_paper_lines(sheet: Sheet, order: ElementOrder, findings: Findings) -> list[PaperLine]:
    """Return the lines that can be read; every other one is noted with its reasons.

    Rows that sum the others up are no sheets; they are left out, with a warning.
    """
    return [line for row in sheet.rows if (line := _read_line(row, order, findings)) is not None]


def read_paper_time(text: str) -> int | None:
    """Return the half hour of the day, 0 to 47, or None for a slot such as 08.00–12.00.

    Raises
    ------
    BadCell
        If it is neither.

    Examples
    --------
    >>> read_paper_time("09.40"), read_paper_time("08.00–12.00"), read_paper_time("13.00 WITA")
    (19, None, 26)
    """
    bare = _ZONE.sub("", text).strip()
    return None if _SPAN.fullmatch(bare) else read_slot(bare)


def _read_line(row: Row, order: ElementOrder, findings: Findings) -> PaperLine | None:
    questionnaire = questionnaire_in(row, ORDERS[order])
    if isinstance(questionnaire, SetAside):
        if questionnaire.sums_up:
            findings.warn(row.line, "", f"{questionnaire.reason}; tidak diambil")
        else:
            text = f"{questionnaire.reason}; perbaiki barisnya, atau hapus"
            findings.refuse(row.line, "", text)
        return None
    reader = LineReader(row, findings)
    day = reader.needed(DAY, read_day)
    slot = reader.optional(TIME, read_paper_time)
    desk, service = reader.optional(DESK, read_code), reader.optional(SERVICE, read_code)
    profile: dict[str, object] = {
        field: code
        for field, column in PROFILE_COLUMNS.items()
        if (code := reader.optional(column, reader_of(field))) is not None
    }
    ratings: dict[str, object] = {str(e): r for e, r in questionnaire.ratings.items()}
    try:
        answers = check_answers(ratings, service, reader.text(COMMENT_COLUMN) or None, profile)
    except InvalidAnswers:
        text = f"terlalu panjang; paling banyak {LONGEST_COMMENT} huruf"
        reader.refuse(COMMENT_COLUMN, text)
        return None
    if day is None or findings.has_refused(row.line):
        return None
    as_written = "".join(row.cells[column][0] for column in RATING_COLUMNS)
    return PaperLine(row.line, day, slot, desk, service, answers, as_written)

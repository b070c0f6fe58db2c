"""Questionnaires in the columns of the district apps (method §2): U1 to U9 suffice.

A line enters whole or not at all. What does not enter is named with its line and the reason;
nothing is clipped, filled in or guessed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from aggregation.sheets.cells import has_many_digits, quoted
from aggregation.sheets.header import Column
from aggregation.sheets.sheet import Row, read_sheet
from survey.questionnaire import HIGHEST, LOWEST, ORDERS, Element, ElementOrder

RATING_COLUMNS = tuple(f"U{number}" for number in range(1, len(Element) + 1))
COMMENT_COLUMN = "SARAN"
_DESCRIBING_COLUMNS = (
    "NO",
    "TANGGAL",
    "JAM",
    "USIA",
    "JENIS KELAMIN",
    "PENDIDIKAN",
    "PEKERJAAN",
    COMMENT_COLUMN,
)
COLUMNS = (
    *(Column(name) for name in RATING_COLUMNS),
    *(Column(name, required=False) for name in _DESCRIBING_COLUMNS),
)

_RATING = re.compile(rf"([{LOWEST}-{HIGHEST}])(?:[.,]0+)?", re.ASCII)
_SUMMARY = re.compile(
    r"\W*(jumlah|jml|total|rata|rerata|nrr|ikm|skm|Σ|(sum|nilai|mean|average|bobot|konversi)\b)",
    re.IGNORECASE,
)
_LONGEST_QUOTE = 20


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """One full line.

    Attributes
    ----------
    line
        Where it stands in the file.
    ratings
        Each of the nine elements → 1 to 4.
    describing
        The other columns of the format, as written.
    """

    line: int
    ratings: Mapping[Element, int]
    describing: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SetAside:
    """A line that does not enter the index.

    Attributes
    ----------
    line
        Where it stands in the file.
    reason
        Why, in Indonesian, naming the column.
    incomplete
        Whether it is a valid response that lacks answers; otherwise it cannot be read, or is
        no response at all.
    sums_up
        Whether it is a row of sums or means below the responses.
    """

    line: int
    reason: str
    incomplete: bool = False
    sums_up: bool = False


@dataclass(frozen=True, slots=True)
class QuestionnaireSheet:
    """What a file of questionnaires holds; every line that is not blank is in one of the two."""

    questionnaires: tuple[Questionnaire, ...]
    set_aside: tuple[SetAside, ...]

    @property
    def responses(self) -> int:
        """Lines that could be read, full ones and those that lack answers."""
        return len(self.questionnaires) + sum(line.incomplete for line in self.set_aside)


def read_questionnaires(data: bytes, order: ElementOrder = ElementOrder.BODY) -> QuestionnaireSheet:
    """Read the questionnaires of a CSV or XLSX file.

    Parameters
    ----------
    data
        The file.
    order
        What U8 and U9 are: pengaduan and sarana (body of the regulation) or sarana and
        pengaduan (its annex).

    Raises
    ------
    SheetUnreadable
        If there is no table with U1 to U9, saying what to do.

    Notes
    -----
    A rating is 1, 2, 3 or 4. A spreadsheet may write it with empty decimals, "4.0" or "4,00",
    which is the same whole number; "3,5", "5", "04", other digits and words are not ratings.

    Rows below the table, such as sums and means, are recognised by their label, because a mean
    of 4,00 looks like a rating.
    """
    lines = [questionnaire_in(row, ORDERS[order]) for row in read_sheet(data, COLUMNS).rows]
    return QuestionnaireSheet(
        tuple(line for line in lines if isinstance(line, Questionnaire)),
        tuple(line for line in lines if isinstance(line, SetAside)),
    )


def questionnaire_in(row: Row, elements: tuple[Element, ...]) -> Questionnaire | SetAside:
    """Return what a row holds, or why it does not enter.

    Parameters
    ----------
    elements
        What U1 to U9 are.
    """
    answers = {column: row.cells[column] for column in RATING_COLUMNS}
    label = _summary_label(row)
    if label:
        return SetAside(row.line, f"baris “{_quote(label)}”, bukan kuesioner", sums_up=True)
    reason = _not_a_response(row, answers)
    if reason:
        return SetAside(row.line, reason)
    wrong = [column for column, text in answers.items() if text and not _RATING.fullmatch(text)]
    if wrong:
        found = ", ".join(f"{column} berisi “{_quote(answers[column])}”" for column in wrong)
        return SetAside(row.line, f"{found}; nilai harus 1, 2, 3, atau 4")
    empty = [column for column, text in answers.items() if not text]
    if empty:
        return SetAside(row.line, f"belum lengkap: {', '.join(empty)} kosong", incomplete=True)
    ratings = {e: int(text[0]) for e, text in zip(elements, answers.values(), strict=True)}
    describing = {name: row.cells[name] for name in _DESCRIBING_COLUMNS if name in row.cells}
    return Questionnaire(row.line, ratings, describing)


def _not_a_response(row: Row, answers: Mapping[str, str]) -> str | None:
    if row.overflows:
        return "lebih banyak sel daripada judul kolom; periksa pemisah kolom dan koma desimal"
    if not any(answers.values()):
        return "tidak ada jawaban U1 sampai U9"
    return None


def _summary_label(row: Row) -> str | None:
    """Return the label of a row that sums the others up; a citizen's words are no label."""
    described = (row.cells.get(name, "") for name in _DESCRIBING_COLUMNS if name != COMMENT_COLUMN)
    return next((text for text in (row.first, *described) if _SUMMARY.match(text)), None)


def _quote(text: str) -> str:
    """Shorten a cell to what fits a reason, on one line, and never somebody's number."""
    if has_many_digits(text):
        return quoted(text)
    shown = "".join(mark if mark.isprintable() else " " for mark in text[:_LONGEST_QUOTE])
    return f"{shown}…" if len(text) > _LONGEST_QUOTE else shown

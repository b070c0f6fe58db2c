"""The sheets that can be taken in, by kind: their columns, and what takes them in."""

from collections.abc import Callable, Mapping

from sqlmodel import Session

from aggregation.changes.batch import Cause
from aggregation.duties.duty_import import import_duties
from aggregation.duties.duty_sheet import DUTY_COLUMNS
from aggregation.office.desks import DESK_COLUMNS, import_desks
from aggregation.office.services import SERVICE_COLUMNS, import_services
from aggregation.office.sheet_template import SheetKind
from aggregation.office.unit_lines import UNIT_COLUMNS
from aggregation.office.units import import_units
from aggregation.paper.paper_import import PaperTerms, import_responses
from aggregation.paper.paper_lines import PAPER_COLUMNS
from aggregation.people.officer_lines import OFFICER_COLUMNS
from aggregation.people.officers import import_officers
from aggregation.sheets.grid import SheetTooLarge
from aggregation.sheets.header import Column
from aggregation.sheets.sheet import Sheet, read_sheet
from aggregation.sheets.sheet_import import Outcome
from aggregation.visits.visit_import import import_visits
from aggregation.visits.visit_lines import VISIT_COLUMNS
from survey.models import ServiceUnit

MOST_LINES: Mapping[SheetKind, int] = {
    SheetKind.UNITS: 5_000,
    SheetKind.SERVICES: 5_000,
    SheetKind.DESKS: 5_000,
    SheetKind.OFFICERS: 10_000,
    SheetKind.DUTIES: 20_000,
    SheetKind.RESPONSES: 1_000,  # each is recorded for itself, and taps wait meanwhile: 2 s
}
"""Lines that a sheet may have, beyond what the largest office has."""

LINES_OF_A_MONTH = 100_000
"""Lines of every other sheet, such as a month of visits."""


class UnitNotNamed(ValueError):
    """A sheet of this kind belongs to a unit, and none was named."""


class TermsNotNamed(ValueError):
    """Questionnaires cannot be kept without the installation's keys."""


def take_in(
    session: Session,
    kind: SheetKind,
    data: bytes,
    unit: ServiceUnit | None,
    cause: Cause,
    *,
    paper: PaperTerms | None = None,
) -> Outcome:
    """Take a file in, the whole of it or nothing; a preview is the same, undone afterwards.

    Parameters
    ----------
    data
        A CSV or XLSX file.
    unit
        The unit it belongs to; for a sheet of units, the parent of new ones that name none.
    paper
        How questionnaires are read and kept; for them only.

    Raises
    ------
    SheetUnreadable
        If the file holds no such table.
    SheetRefused
        If lines of it are bad, with all of them.
    UnitNotNamed
        If there is no unit, and the sheet is not one of units.
    """
    return take_sheet_in(session, kind, read_kind(kind, data), unit, cause, paper=paper)


def read_kind(kind: SheetKind, data: bytes) -> Sheet:
    """Read a file of a kind; it takes no session, so that no other writer waits for a large file.

    Raises
    ------
    SheetUnreadable
        If the file holds no such table, or more lines than any office has.
    """
    sheet = read_sheet(data, _COLUMNS[kind])
    most = MOST_LINES.get(kind, LINES_OF_A_MONTH)
    if len(sheet.rows) > most:
        message = (
            f"Lembar ini berisi {len(sheet.rows)} baris, paling banyak {most}. "
            "Bagi menjadi beberapa berkas."
        )
        raise SheetTooLarge(message)
    return sheet


def columns_of(kind: SheetKind) -> tuple[Column, ...]:
    """Return the columns that a sheet of a kind may have."""
    return _COLUMNS[kind]


def take_sheet_in(
    session: Session,
    kind: SheetKind,
    sheet: Sheet,
    unit: ServiceUnit | None,
    cause: Cause,
    *,
    below_only: bool = False,
    paper: PaperTerms | None = None,
) -> Outcome:
    """Take in a sheet that has been read, as `take_in` does.

    Parameters
    ----------
    below_only
        Whether a sheet of units may name only the unit and those below it.
    paper
        How questionnaires are read and kept; for them only.

    Raises
    ------
    SheetRefused
        If lines of it are bad, with all of them.
    UnitNotNamed
        If there is no unit, and the sheet is not one of units.
    TermsNotNamed
        If questionnaires come without their terms.
    """
    if kind is SheetKind.UNITS:
        return import_units(session, sheet, cause, unit, below_only=below_only)
    if unit is None:
        raise UnitNotNamed
    if kind is SheetKind.RESPONSES:
        if paper is None:
            raise TermsNotNamed
        return import_responses(session, sheet, unit, cause, paper)
    if kind in _WITH_A_CLOCK:
        return _WITH_A_CLOCK[kind](session, sheet, unit, cause)
    return _OF_A_UNIT[kind](session, sheet, unit.id or 0, cause)


_COLUMNS: Mapping[SheetKind, tuple[Column, ...]] = {
    SheetKind.UNITS: UNIT_COLUMNS,
    SheetKind.SERVICES: SERVICE_COLUMNS,
    SheetKind.DESKS: DESK_COLUMNS,
    SheetKind.OFFICERS: OFFICER_COLUMNS,
    SheetKind.DUTIES: DUTY_COLUMNS,
    SheetKind.VISITS: VISIT_COLUMNS,
    SheetKind.RESPONSES: PAPER_COLUMNS,
}
_WITH_A_CLOCK: Mapping[SheetKind, Callable[[Session, Sheet, ServiceUnit, Cause], Outcome]] = {
    SheetKind.DUTIES: import_duties,
    SheetKind.VISITS: import_visits,
}
_OF_A_UNIT: Mapping[SheetKind, Callable[[Session, Sheet, int, Cause], Outcome]] = {
    SheetKind.SERVICES: import_services,
    SheetKind.DESKS: import_desks,
    SheetKind.OFFICERS: import_officers,
}

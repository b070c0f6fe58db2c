"""What an office has on record, as the very sheets it would hand in: uploaded, nothing changes."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date

from sqlmodel import Session, col, select

from aggregation.duties.duty_rows import duty_rows
from aggregation.office.desks import KIND_WORDS, OPENING_WORDS
from aggregation.office.sheet_template import SheetKind, template_table
from aggregation.office.unit_lines import ORDER_WORDS, ZONE_WORDS
from aggregation.people.officer_rows import officer_rows
from aggregation.sheets.written_sheet import Table
from aggregation.visits.visit_sheet import visit_rows
from survey.models import DeskService, Service, ServiceUnit
from survey.services import services_by_code
from survey.set_up import desks_by_code, units_by_code

Cells = tuple[str, ...]
_Rows = Callable[[Session, int, date], Iterator[Cells]]


def current_sheet(session: Session, kind: SheetKind, unit_id: int, today: date) -> Table:
    """Return a unit's rows of a kind in the columns of the example sheet, its header first.

    Parameters
    ----------
    kind
        One of `HANDED_OUT`; of units, the unit and those below it.
    today
        The unit's local day: placements and duties that are over are left out, and
        visits before last month.
    """
    return template_table(kind)[0], *_ROWS[kind](session, unit_id, today)


def _unit_rows(session: Session, unit_id: int, _today: date) -> Iterator[Cells]:
    units = units_by_code(session)
    by_id = {unit.id: unit for unit in units.values()}
    for unit in units.values():
        if unit_id in _line_up(unit, by_id):
            parent = by_id.get(unit.parent_id)
            yield (
                unit.code,
                unit.name,
                "" if parent is None else parent.code,
                ZONE_WORDS.get(unit.time_zone, unit.time_zone),
                ORDER_WORDS[unit.element_order],
                _answers(unit),
            )


def _line_up(unit: ServiceUnit, by_id: Mapping[int | None, ServiceUnit]) -> set[int | None]:
    """Return the keys of a unit and of all above it."""
    line: set[int | None] = set()
    at: ServiceUnit | None = unit
    while at is not None and at.id not in line:
        line.add(at.id)
        at = by_id.get(at.parent_id)
    return line


def _answers(unit: ServiceUnit) -> str:
    """Write the answers on costs; empty, which changes nothing, where a stroke is part of one."""
    answers: list[str] = json.loads(unit.biaya_answers or "[]")
    return "" if any("/" in answer for answer in answers) else " / ".join(answers)


def _service_rows(session: Session, unit_id: int, _today: date) -> Iterator[Cells]:
    for code, service in services_by_code(session, unit_id).items():
        yield code, service.name, _yes_or_no(yes=service.active)


def _desk_rows(session: Session, unit_id: int, _today: date) -> Iterator[Cells]:
    given: dict[int, list[str]] = {}
    named = (
        select(DeskService.desk_id, Service.code)
        .join(Service, col(Service.id) == col(DeskService.service_id))
        .where(col(DeskService.unit_id) == unit_id)
        .order_by(col(Service.id))
    )
    for desk_id, code in session.exec(named):
        given.setdefault(desk_id, []).append(code)
    for code, desk in desks_by_code(session, unit_id).items():
        yield (
            code,
            desk.name,
            desk.about,
            KIND_WORDS[desk.kind],
            ", ".join(given.get(desk.id or 0, ())),
            OPENING_WORDS[desk.opens_with],
            _yes_or_no(yes=desk.active),
        )


def _yes_or_no(*, yes: bool) -> str:
    return "YA" if yes else "TIDAK"


_ROWS: Mapping[SheetKind, _Rows] = {
    SheetKind.UNITS: _unit_rows,
    SheetKind.SERVICES: _service_rows,
    SheetKind.DESKS: _desk_rows,
    SheetKind.OFFICERS: officer_rows,
    SheetKind.DUTIES: duty_rows,
    SheetKind.VISITS: visit_rows,
}
HANDED_OUT = tuple(_ROWS)
"""The kinds that can be had back; what single citizens answered cannot (method §9)."""

"""Taking in a sheet of paper questionnaires: all of it or nothing, and the same file only once."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session

from aggregation.changes.audit import record_with_detail
from aggregation.changes.batch import Cause
from aggregation.changes.open_months import closed_months
from aggregation.paper.paper_lines import DAY, DESK, SERVICE, PaperLine, read_paper_lines
from aggregation.paper.paper_sheet import PaperSheet, id_of_content, record_sheet
from aggregation.sheets.cells import quoted
from aggregation.sheets.sheet import Sheet
from aggregation.sheets.sheet_import import Findings, Outcome
from survey.desks import NoDesk, RatedDesk, desk_by_id
from survey.log import Act
from survey.models import ServiceUnit
from survey.month import Month, local_day, time_zone
from survey.questionnaire import ElementOrder
from survey.services import services_by_code
from survey.set_up import desks_by_code
from survey.settings import Settings
from survey.submission import IdReused, Status

LONG_AGO = timedelta(days=366)
"""Sheets older than this are taken in with a warning: the year is easily mistyped."""

_Desks = Mapping[str | None, RatedDesk | NoDesk]


@dataclass(frozen=True, slots=True)
class PaperTerms:
    """On which terms sheets are read and kept.

    Attributes
    ----------
    settings
        They hold the keys of ids and receipts.
    order
        What U8 and U9 are; the unit's own order if it is None.
    """

    settings: Settings
    order: ElementOrder | None = None


def import_responses(
    session: Session, sheet: Sheet, unit: ServiceUnit, cause: Cause, terms: PaperTerms
) -> Outcome:
    """Take in a sheet of paper questionnaires.

    A line that was taken in before, on the same day with the same content, is known; the second of
    two lines alike in one file is a second citizen.

    Returns
    -------
    Outcome
        Its sentences count new sheets by day; `unchanged` counts known ones.

    Raises
    ------
    SheetRefused
        With every bad line; nothing is written then.
    """
    findings, unit_id = Findings(), unit.id or 0
    order = terms.order or ElementOrder(unit.element_order)
    lines = read_paper_lines(sheet, order, findings)
    desks = _desks(session, unit, {line.desk for line in lines}, terms.settings)
    today = local_day(cause.at, time_zone(unit.time_zone))
    services = services_by_code(session, unit_id)
    for line in lines:
        _check(line, desks, services, today, findings)
    findings.settle()
    sheets = [
        (line, PaperSheet(line.day, line.slot, desks[line.desk], line.answers)) for line in lines
    ]
    new = _record(session, sheets, cause.at, terms.settings, findings)
    findings.settle()
    closed = closed_months(session, unit_id)
    known = len(lines) - len(new)
    if new:
        late = sum(Month.of(day) in closed for day in new)
        facts = {"added": len(new), "unchanged": known, "late": late}
        act = Act("responses.imported", cause.actor, f"unit {unit.code}", facts, unit_id)
        record_with_detail(session, act, cause.at, {"by": cause.by, "reason": cause.reason})
    return Outcome(
        _sentences(new, closed),
        unchanged=known,
        warnings=findings.warnings,
        added_lines=len(new),
    )


def _desks(
    session: Session, unit: ServiceUnit, codes: Collection[str | None], settings: Settings
) -> _Desks:
    """Return the unit's desks by those codes that it has, and what stands for none."""
    known, key = desks_by_code(session, unit.id or 0), settings.key("desk")
    desks: dict[str | None, RatedDesk | NoDesk] = {None: NoDesk(unit.id or 0, unit.time_zone)}
    for code in codes:
        if code in known:
            desks[code] = desk_by_id(session.connection(), known[code].id or 0, key)
    return desks


def _check(
    line: PaperLine,
    desks: _Desks,
    services: Collection[str],
    today: date,
    findings: Findings,
) -> None:
    if line.desk not in desks:
        text = f"{quoted(line.desk or '')} bukan loket unit ini; periksa kodenya, atau kosongkan"
        findings.refuse(line.line, DESK, text)
    if line.service is not None and line.service not in services:
        text = f"{quoted(line.service)} bukan layanan unit ini; periksa kodenya, atau kosongkan"
        findings.refuse(line.line, SERVICE, text)
    if line.day > today:
        findings.refuse(line.line, DAY, f"{line.day} belum tiba; isi tanggal pada lembarnya")
    elif line.day < today - LONG_AGO:
        findings.warn(line.line, DAY, f"{line.day} lebih dari setahun lalu; periksa tahunnya")


def _record(
    session: Session,
    sheets: Iterable[tuple[PaperLine, PaperSheet]],
    at: datetime,
    settings: Settings,
    findings: Findings,
) -> list[date]:
    """Record the sheets; return the day of each that is new."""
    occurrences: Counter[str] = Counter()
    connection, new = session.connection(), []
    for line, sheet in sheets:
        content, unit_id = line.content, sheet.desk.unit_id
        occurrences[content] += 1
        sheet_id = id_of_content(unit_id, content, occurrences[content], settings)
        try:
            acceptance = record_sheet(connection, sheet_id, sheet, at, settings)
        except IdReused:
            text = "sudah tersimpan dengan urutan U8 dan U9 yang lain; pilih urutan yang sama"
            findings.refuse(line.line, "", text)
            continue
        if acceptance.status is Status.RECORDED:
            new.append(line.day)
    return new


def _sentences(new: Sequence[date], closed: Collection[Month]) -> tuple[str, ...]:
    """Return one sentence for each day: a quarter has hundreds of sheets."""
    counts = Counter(new)
    return tuple(
        f"{day}: {counts[day]} lembar{_of_a_closed_month(day, closed)}" for day in sorted(counts)
    )


def _of_a_closed_month(day: date, closed: Collection[Month]) -> str:
    if Month.of(day) not in closed:
        return ""
    return ", terlambat: bulannya sudah ditutup, dan hanya revisi yang memasukkannya"

"""Taking in a sheet of visits, as a queue machine exports it (method §10)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlmodel import Session

from aggregation.changes.batch import Cause
from aggregation.sheets.cells import quoted
from aggregation.sheets.sheet import Sheet
from aggregation.sheets.sheet_import import Findings, Outcome
from aggregation.visits.visit_lines import (
    DAY,
    DESK,
    NUMBER,
    SERVICE,
    VisitLine,
    read_visit_lines,
)
from aggregation.visits.visit_rows import Verdict, VisitRow, judge, keep
from survey.models import Desk, Service, ServiceUnit
from survey.month import Month, local_day, midnight, time_zone
from survey.services import services_by_code
from survey.set_up import desks_by_code

_Judged = Sequence[tuple[VisitRow, Verdict]]


def import_visits(session: Session, sheet: Sheet, unit: ServiceUnit, cause: Cause) -> Outcome:
    """Take in a sheet of visits; what is known already changes nothing, not even the log.

    Returns
    -------
    Outcome
        Its sentences count visits by day and desk; its `unchanged` counts visits.

    Raises
    ------
    SheetRefused
        With every bad line; nothing is written then.
    """
    findings, unit_id = Findings(), unit.id or 0
    lines = read_visit_lines(sheet, findings)
    desks, services = desks_by_code(session, unit_id), services_by_code(session, unit_id)
    today = local_day(cause.at, time_zone(unit.time_zone))
    entries = [
        (line, row)
        for line in lines
        if (row := _row(line, desks, services, today, findings)) is not None
    ]
    rows = [row for _, row in entries]
    verdicts = judge(session, unit_id, rows)
    _refuse(entries, verdicts, findings)
    findings.settle()
    judged = list(zip(rows, verdicts, strict=True))
    counts = keep(session, unit_id, judged, cause)
    codes = {desk.id or 0: code for code, desk in desks.items()}
    added = _sentences(judged, Verdict.NEW, codes)
    return Outcome(added, _sentences(judged, Verdict.CHANGED, codes), counts[Verdict.KNOWN])


def _row(
    line: VisitLine,
    desks: Mapping[str, Desk],
    services: Mapping[str, Service],
    today: date,
    findings: Findings,
) -> VisitRow | None:
    desk = desks.get(line.desk)
    service = None if line.service is None else services.get(line.service)
    if desk is None:
        text = f"{quoted(line.desk)} bukan loket unit ini; periksa kodenya di daftar loket"
        findings.refuse(line.line, DESK, text)
    if line.service is not None and service is None:
        text = f"{quoted(line.service)} bukan layanan unit ini; periksa kodenya, atau kosongkan"
        findings.refuse(line.line, SERVICE, text)
    if line.day > today:
        text = f"{line.day} belum tiba; isi tanggal kunjungan yang sudah dilayani"
        findings.refuse(line.line, DAY, text)
    if desk is None or findings.has_refused(line.line):
        return None
    half_hour = midnight(line.day) + line.slot
    return VisitRow(line.day, line.number, desk.id or 0, service.id if service else None, half_hour)


def _refuse(
    entries: Sequence[tuple[VisitLine, VisitRow]], verdicts: Iterable[Verdict], findings: Findings
) -> None:
    first: dict[tuple[date, str], int] = {}
    for (line, row), verdict in zip(entries, verdicts, strict=True):
        before = first.setdefault((row.day, row.number), line.line)
        if verdict is Verdict.DOUBLED:
            text = (
                f"{quoted(line.number)} sudah ada di baris {before} dengan isi lain; sisakan satu"
            )
            findings.refuse(line.line, NUMBER, text)
        elif verdict is Verdict.CLOSED:
            text = (
                f"bulan {Month.of(line.day)} sudah ditutup, jumlah kunjungannya tetap; hapus baris"
            )
            findings.refuse(line.line, DAY, text)


def _sentences(judged: _Judged, wanted: Verdict, codes: Mapping[int, str]) -> tuple[str, ...]:
    """Return one sentence for each day and desk: a month has twenty thousand visits."""
    counts = Counter((row.day, codes[row.desk_id]) for row, verdict in judged if verdict is wanted)
    return tuple(f"{day} {code}: {counts[day, code]} kunjungan" for day, code in sorted(counts))

"""Taking in a sheet of duties, as one batch (method §4.3)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date

from sqlmodel import Session, col, select

from aggregation.changes.batch import LONGEST_REASON, Cause
from aggregation.changes.open_months import closed_months
from aggregation.duties.duty_doubts import refuse_doubles, warn_of_lost_weekdays, warn_of_overlaps
from aggregation.duties.duty_lines import RosterLine
from aggregation.duties.duty_sheet import DAY, EFFECTIVE, REASON, DutySheetLine, read_duty_lines
from aggregation.duties.duty_standing import Standing, first_free_day, standing
from aggregation.duties.known_duties import known_lines
from aggregation.duties.past_changes import needs_second_person
from aggregation.duties.planned_duties import PlannedDuty, planned_duties
from aggregation.duties.recorded_duties import (
    hold_open_months,
    record_duties,
    recorded_duties,
)
from aggregation.models import Assignment, Officer
from aggregation.sheets.sheet import Sheet
from aggregation.sheets.sheet_import import Findings, Outcome
from survey.models import ServiceUnit
from survey.month import Month, local_day, time_zone
from survey.set_up import desks_by_code


def import_duties(session: Session, sheet: Sheet, unit: ServiceUnit, cause: Cause) -> Outcome:
    """Take in a sheet of duties.

    Where it names a desk by weekdays, that desk's whole week is replaced from the line's first
    day on; duties of single days go before the roster. What is recorded already is left as it is.

    Parameters
    ----------
    cause
        Its reason holds for the lines that give none.

    Raises
    ------
    SheetRefused
        With every bad line; nothing is written then.
    """
    findings, unit_id = Findings(), unit.id or 0
    lines = read_duty_lines(sheet, findings)
    desks, officers = desks_by_code(session, unit_id), _officers_of_unit(session, unit_id)
    duties = [d for line in lines for d in planned_duties(line, desks, officers, findings)]
    refuse_doubles(duties, findings)
    recorded = recorded_duties(session, unit_id)
    known = known_lines(duties, recorded)
    lines = [line for line in lines if line.line not in known]
    duties = [duty for duty in duties if duty.source.line not in known]
    today = local_day(cause.at, time_zone(unit.time_zone))
    planned = [duty.line for duty in duties]
    hold_open_months(session, unit_id, planned, Month.of(cause.at))
    closed = closed_months(session, unit_id)
    _refuse_closed(duties, closed, today, findings)
    _refuse_unexplained(lines, cause, today, findings)
    reason = _joined_reasons(lines, cause, findings)
    findings.settle()
    warn_of_overlaps(duties, findings)
    if needs_second_person(session, unit_id, planned, closed, today):
        _warn_of_waiting(duties, closed, today, findings)
    replaced = tuple(warn_of_lost_weekdays(duties, recorded, findings))
    if duties:
        record_duties(session, unit_id, planned, replace(cause, reason=reason))
    shown = tuple(duty.shown for duty in duties)
    return Outcome(shown, replaced, len(known), findings.warnings)


def _officers_of_unit(session: Session, unit_id: int) -> dict[str, Officer]:
    """Return by number the officers who were ever assigned to the unit."""
    here = select(Assignment.officer_id).where(col(Assignment.unit_id) == unit_id)
    found = session.exec(select(Officer).where(col(Officer.id).in_(here)))
    return {n: officer for officer in found for n in (officer.nip, officer.staff_number) if n}


def _refuse_closed(
    duties: Iterable[PlannedDuty], closed: Collection[Month], today: date, findings: Findings
) -> None:
    for duty in duties:
        if standing(duty.line, closed, today) is not Standing.CLOSED:
            continue
        if isinstance(duty.line, RosterLine):
            text = f"bulan {max(closed)} sudah ditutup; mulailah {first_free_day(closed)}"
            findings.refuse(duty.source.line, EFFECTIVE, text)
        else:
            text = f"bulan {Month.of(duty.line.day)} sudah ditutup dan hanya berubah lewat revisi"
            findings.refuse(duty.source.line, DAY, text)


def _refuse_unexplained(
    lines: Iterable[DutySheetLine], cause: Cause, today: date, findings: Findings
) -> None:
    """Note changes of a single day, or of days that have passed, that give no reason."""
    for line in lines:
        past = line.effective_from is not None and line.effective_from < today
        if (line.day is not None or past) and not (line.reason or cause.reason):
            text = "kosong; perubahan satu hari atau hari yang telah lewat memerlukan alasan"
            findings.refuse(line.line, REASON, text)


def _warn_of_waiting(
    duties: Iterable[PlannedDuty], closed: Collection[Month], today: date, findings: Findings
) -> None:
    """Say once that the whole sheet waits, at the first line that changes days gone by."""
    past = (d.source for d in duties if standing(d.line, closed, today) is Standing.PAST)
    first = min(past, key=lambda source: source.line)
    text = (
        "mengubah hari yang sudah lewat, jadi seluruh lembar ini baru berlaku setelah disetujui "
        "orang kedua di halaman Jadwal, Persetujuan"
    )
    findings.warn(first.line, EFFECTIVE if first.day is None else DAY, text)


def _joined_reasons(lines: Sequence[DutySheetLine], cause: Cause, findings: Findings) -> str:
    reasons = dict.fromkeys(
        reason for reason in (cause.reason, *(r.reason for r in lines)) if reason
    )
    joined = "; ".join(reasons)
    if len(joined) > LONGEST_REASON:
        text = (
            f"semua alasan bersama melebihi {LONGEST_REASON} huruf; persingkat atau bagi lembarnya"
        )
        findings.refuse(lines[0].line, REASON, text)
    return joined

"""The demo office's own report: of the last quarter that is closed, as its head would issue it."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

from sqlmodel import Session

from aggregation.changes.batch import Cause
from aggregation.months.period import Period
from aggregation.output.report.drafted_report import drafted_report
from aggregation.output.report.report_issue import made_now
from aggregation.publishing.issued_reports import issue_report
from aggregation.publishing.report_texts import Part, keep_texts, worded_parts
from survey.month import Month
from survey.units import Unit

_A_QUARTER = 3
_HEAD = "Kepala Kantor Contoh"


def issue_demo_report(session: Session, unit: Unit, closed: Sequence[Month], cause: Cause) -> None:
    """Issue the report of the last quarter that lies among the closed months, if one does."""
    quarter = last_quarter(closed)
    if quarter is None:
        return
    proposed = drafted_report(session, unit, quarter, cause.at)
    signed = {Part.TEMPAT: "Kota Contoh", Part.NAMA: _HEAD}
    keep_texts(session, unit.id, quarter.name, signed, drafts=proposed.drafts, cause=cause)
    drafted = replace(proposed, worded=worded_parts(session, unit.id, quarter.name))
    issue_report(session, made_now(session, unit, drafted, uuid4(), cause), cause)


def last_quarter(closed: Sequence[Month]) -> Period | None:
    """Return the last quarter of which all months are closed.

    Examples
    --------
    >>> last_quarter([Month(2026, month) for month in range(2, 9)]).name
    '2026-Q2'
    """
    begins = [month for month in closed if month.month % _A_QUARTER == 1]
    quarters = [Period.beginning(month, _A_QUARTER) for month in sorted(begins, reverse=True)]
    return next((each for each in quarters if set(each.months) <= set(closed)), None)

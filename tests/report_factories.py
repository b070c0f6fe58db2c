"""Made-up reported periods: rows of citizens, closed months over them, and what was released."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlmodel import Session, col, select

from aggregation.method.annex_rule import LEAST_FOR_ANNEX
from aggregation.method.cuts import Cut
from aggregation.method.questionnaire_counts import QuestionnaireCounts
from aggregation.months.counted_sheets import shuffled
from aggregation.months.period import Period
from aggregation.output.report.skm_report import (
    PastPeriod,
    ReportedUnit,
    Sample,
    SkmReport,
)
from aggregation.output.unit_month import unit_month
from aggregation.publishing.issued_reports import newest_release
from aggregation.publishing.models import IssuedReport
from survey.channel import Channel
from survey.models import ServiceUnit
from survey.month import Month
from survey.profile import OPTIONS, ProfileField
from survey.questionnaire import ORDERS, Element, ElementOrder
from survey.units import Unit, known_unit
from survey.wording import questions_in
from tests.month_factories import Seen, SmallOffice, at, small_office, store
from tests.release_factories import made_counts, made_questionnaires, made_release
from tests.staff_factories import make_closed_month

QUARTER = Period.parse("2026-Q3")
CLOSED_AT = datetime(2026, 10, 5, 2, 0, tzinfo=UTC)
REPORTED_AT = datetime(2026, 10, 12, 3, 0, tzinfo=UTC)

Ratings = Mapping[Element, int]


@dataclass(frozen=True)
class ReportedQuarter:
    """A closed third quarter with the questionnaires that stand behind it, as they came in."""

    office: SmallOffice
    unit: Unit
    arrived: Sequence[Ratings]
    closings: Mapping[str, UUID]


def reported_quarter(session: Session, n: int = 36, seed: int = 1) -> ReportedQuarter:
    """Let n citizens rate a small office in a quarter, close its months and release them."""
    return quarter_of(session, made_questionnaires(n, seed))


def quarter_of(session: Session, arrived: Sequence[Ratings]) -> ReportedQuarter:
    office, closings = small_office(session), {}
    for place, month in enumerate(QUARTER.months):
        of_month = arrived[place::3]
        rate(session, office, month, of_month)
        closings[str(month)] = make_closed_month(
            session, office.unit_id, of_month, month, closed_at=CLOSED_AT
        )
    release_quarter(session, office, arrived, closings)
    row = session.exec(select(ServiceUnit).where(col(ServiceUnit.id) == office.unit_id)).one()
    return ReportedQuarter(office, known_unit(row), arrived, closings)


def rate(
    session: Session,
    office: SmallOffice,
    month: Month,
    sheets: Sequence[Ratings],
    *,
    late: bool = False,
) -> None:
    """Store full questionnaires as rows of a month."""
    seen = [
        Seen(at(5, 9, month), nine={e.lower(): rating for e, rating in sheet.items()}, late=late)
        for sheet in sheets
    ]
    store(session, office, seen, month)


def release_quarter(
    session: Session,
    office: SmallOffice,
    arrived: Sequence[Ratings],
    closings: Mapping[str, UUID],
    *,
    number: int = 0,
    released_at: datetime = CLOSED_AT,
) -> None:
    """Release what the months of the quarter counted, by the fixed cuts."""
    drawn = Random(len(arrived))
    cuts: dict[Cut, dict[str, QuestionnaireCounts | None]] = {}
    for field in ProfileField:
        of_cell: dict[str, list[Ratings]] = {}
        for sheet in arrived:
            cell = drawn.choice([*OPTIONS[field], ""])
            of_cell.setdefault(cell, []).append(sheet)
        cuts[Cut(field.value)] = {cell: _shown(sheets) for cell, sheets in of_cell.items()}
    half = len(arrived) // 2
    first, second = (str(service) for service in office.services)
    cuts[Cut.SERVICE] = {first: _shown(arrived[:half]), second: _shown(arrived[half:])}
    cuts[Cut.CHANNEL] = {"kiosk": QuestionnaireCounts.of(arrived)}
    made_release(
        session,
        office.unit_id,
        QUARTER.name,
        QuestionnaireCounts.of(arrived),
        cuts,
        responses=len(arrived) + 14,
        number=number,
        released_at=released_at,
        closings=closings,
    )


def _shown(sheets: Sequence[Ratings]) -> QuestionnaireCounts | None:
    return QuestionnaireCounts.of(sheets) if len(sheets) >= 10 else None


def an_issued_report(session: Session, unit_id: int, period: str) -> UUID:
    """Keep a report of a period under number 1; release twelve questionnaires if nothing is."""
    release = newest_release(session, unit_id, period)
    release = release or made_release(session, unit_id, period, made_counts(12))
    row = {"unit_id": unit_id, "period": period, "year": 2026, "number": 1, "release_id": release}
    files = {"content": "{}", "pdf": b"%PDF-", "xlsx": b"PK", "digest": bytes(32)}
    report = {"id": uuid4(), "issued_at": REPORTED_AT, "issued_by": "kepala", **row, **files}
    session.execute(insert(IssuedReport), report)
    return UUID(str(report["id"]))


def made_report(arrived: Sequence[Ratings], **changed: Any) -> SkmReport:  # noqa: ANN401
    """Make the report of a quarter from its questionnaires alone, without any database."""
    counts = QuestionnaireCounts.of(arrived)
    figures = unit_month(counts, None, ORDERS[ElementOrder.BODY])
    assert figures is not None
    rows = [tuple(sheet[element] for element in Element) for sheet in arrived]
    unit = ReportedUnit(
        1, "UNIT", "Disdukcapil Kota Contoh", ["Pemerintah Kota Contoh"], None, ElementOrder.BODY,
        ["Loket 1", "Loket 2"], questions_in(ElementOrder.BODY, None),
    )  # fmt: skip
    usual: dict[str, Any] = {
        "unit": unit,
        "period": QUARTER,
        "release_id": UUID(int=1),
        "release_number": 0,
        "released_on": CLOSED_AT.date(),
        "responses": counts.n + 14,
        "channels": [Channel.KIOSK],
        "counts": counts,
        "figures": figures,
        "before": None,
        "sample": Sample(counts.n, None),
        "respondents": [],
        "trend": [PastPeriod(QUARTER, counts)],
        "plan": [],
        "earlier_plan": [],
        "sheets": shuffled(rows, str(UUID(int=1))) if counts.n >= LEAST_FOR_ANNEX else None,
    }
    return SkmReport(**{**usual, **changed})

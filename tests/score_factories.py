"""Made-up closed months with officers' scores: some may be shown, some not."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import insert
from sqlmodel import Session, col, select

from aggregation.closings import Closing, ClosingRule, OfficerFigure
from aggregation.models import Officer
from survey.models import ServiceUnit
from tests.month_factories import (
    MONDAY_AT_9,
    OCTOBER,
    Seen,
    Shift,
    SmallOffice,
    at,
    small_office,
    store,
)
from tests.revision_factories import close

TWO_DAYS = (Shift(0, 0, 1, 16, 30), Shift(0, 1, 2, 16, 30))
PUBLISHABLE, TOO_FEW = 40, 4
STAFF_URL = "http://127.0.0.1:8000/staff"


def scored_office(session: Session) -> SmallOffice:
    """Close an October in which one officer was rated often enough, and one was not."""
    office = small_office(session, TWO_DAYS)
    for n, half_hour in ((PUBLISHABLE, MONDAY_AT_9), (TOO_FEW, at(6, 9))):
        store(session, office, [Seen(half_hour, overall=4 - (v % 5 == 0)) for v in range(n)])
    close(session, office, OCTOBER)
    return office


def code_of(session: Session, office: SmallOffice) -> str:
    return session.get_one(ServiceUnit, office.unit_id).code


def key_of(session: Session, office: SmallOffice, officer: int = 0) -> str:
    return session.get_one(Officer, office.officers[officer]).key


def newest_closing(session: Session, office: SmallOffice) -> Closing:
    query = select(Closing).where(col(Closing.unit_id) == office.unit_id)
    return session.exec(query.order_by(col(Closing.revision).desc())).all()[0]


def revise(
    session: Session, office: SmallOffice, closed_at: datetime, n: int | None = None
) -> Closing:
    """Append a revision with the same figures, or with another n for everybody."""
    last = newest_closing(session, office)
    same = {name: getattr(last, name) for name in Closing.model_fields}
    changed = {"id": uuid4(), "revision": last.revision + 1, "closed_at": closed_at}
    session.add(Closing(**{**same, **changed}))
    session.flush()
    for rule in session.exec(select(ClosingRule).where(col(ClosingRule.closing_id) == last.id)):
        session.add(ClosingRule(**{**rule.model_dump(), "closing_id": changed["id"]}))
    figures = session.exec(select(OfficerFigure).where(col(OfficerFigure.closing_id) == last.id))
    rows = [
        {**figure.model_dump(), "closing_id": changed["id"], "n": figure.n if n is None else n}
        for figure in figures
    ]
    session.execute(insert(OfficerFigure), rows)
    return newest_closing(session, office)


def crowd(session: Session, office: SmallOffice, officers: int) -> None:
    """Add so many officers to the newest revision, who had no duty."""
    closing = newest_closing(session, office)
    people = [
        Officer(key=f"k{n:05}", staff_number=f"HL-{n:05}", name=f"Orang {n}", employment="NON_ASN")
        for n in range(officers)
    ]
    session.add_all(people)
    session.flush()
    row = {
        "closing_id": closing.id,
        "unit_id": office.unit_id,
        "basis": "no_duty",
        "reason": "Tidak ada jadwal loket dalam jendela 3 bulan.",
        "window_months": 3,
        "n": 0,
        "n_month": 0,
    }
    session.execute(
        insert(OfficerFigure),
        [
            {
                **row,
                "officer_id": each.id,
                "staff_number": each.staff_number,
                "name": each.name,
                "employment": each.employment,
            }
            for each in people
        ],
    )

"""Made-up units in which somebody may be thanked by name, somebody not, and desks of all sizes."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import delete, insert
from sqlmodel import Session, col

from aggregation.method.rule import DEFAULT_RULE, Rule
from aggregation.models import Officer
from aggregation.months.month_close import close_month
from aggregation.rules.rule_book import only
from survey.models import Desk, DeskService, Service
from survey.month import Month
from tests.month_factories import (
    OCTOBER,
    Seen,
    Shift,
    SmallOffice,
    assign,
    at,
    small_office,
    store,
)
from tests.running_marks import next_mark

WATI, BUDI, SARI, ANDI = range(4)
NAMES = ("Wati", "Budi", "Sari", "Andi")
FOUR_DAYS = tuple(Shift(0, officer, officer + 1, 16, 30) for officer in range(4))
PRAISED = {WATI: (0, 0, 0, 80), BUDI: (0, 0, 25, 45), SARI: (12, 25, 40, 4), ANDI: (0, 0, 6, 74)}
"""Of each officer, how often 1, 2, 3 and 4 were given."""

NOVEMBER = datetime(2026, 11, 5, 2, tzinfo=UTC)
Given = Mapping[int, Sequence[int]]


def rated_unit(
    session: Session,
    given: Given = PRAISED,
    rule: Rule = DEFAULT_RULE,
    *,
    month: Month = OCTOBER,
    sheets: Sequence[Mapping[str, int]] = (),
) -> SmallOffice:
    """Close a month in which the officers were rated so; sheets come by the poster."""
    office = small_office(session, FOUR_DAYS, officers=4)
    for place, name in enumerate(NAMES):
        session.get_one(Officer, office.officers[place]).name = name
    assign(session, office, *range(4))
    rate(session, office, given, month)
    nine = at(first_monday(month), 9, month)
    filled = [Seen(nine, overall=None, channel="desk_qr", nine=each) for each in sheets]
    store(session, office, filled, month)
    close(session, office, month, rule)
    return office


def rate(session: Session, office: SmallOffice, given: Given, month: Month = OCTOBER) -> None:
    """Let citizens rate: each officer serves on a weekday of the month's first full week."""
    monday = first_monday(month)
    for officer, counts in given.items():
        half_hour = at(monday + officer, 9, month)
        taps = [Seen(half_hour, overall=r) for r, n in enumerate(counts, 1) for _ in range(n)]
        store(session, office, taps, month)


def first_monday(month: Month) -> int:
    return 1 + (7 - month.first_day.weekday()) % 7


def close(session: Session, office: SmallOffice, month: Month, rule: Rule = DEFAULT_RULE) -> None:
    after = month.shift(1).first_day
    moment = datetime(after.year, after.month, 5, 2, tzinfo=UTC)
    close_month(session, office.unit_id, month, closed_by="uji", at=moment, rules=only(rule))


# Desks and their questionnaires.

ELEMENTS = ("persyaratan", "prosedur", "waktu", "biaya", "produk", "kompetensi", "perilaku",
    "pengaduan", "sarana",
)  # fmt: skip
GOOD = dict.fromkeys(ELEMENTS, 4)
SLOW = {**GOOD, "waktu": 2}


def desks_office(
    session: Session, sheets: Mapping[Month, Mapping[int, Sequence[Mapping[str, int]]]]
) -> SmallOffice:
    """Close months with these full questionnaires by desk; two desks give the same services."""
    office = small_office(session, [Shift(desk, desk, 1, 16, 30) for desk in range(3)], officers=3)
    for number, desk_id in enumerate(office.desks, start=1):
        session.get_one(Desk, desk_id).name = f"Loket {number}"
    gives(session, office, 1, 0)
    gives(session, office, 2, 0)
    for month, by_desk in sheets.items():
        for desk, answers in by_desk.items():
            nine = at(first_monday(month), 9, month)
            seen = [Seen(nine, desk=desk, overall=None, nine=each) for each in answers]
            store(session, office, seen, month)
    for month in sheets:
        close(session, office, month)
    return office


def gives(session: Session, office: SmallOffice, desk: int, *services: int) -> None:
    """Let a desk give exactly these services of the office."""
    desk_id = office.desks[desk]
    session.execute(delete(DeskService).where(col(DeskService.desk_id) == desk_id))
    row = {"desk_id": desk_id, "unit_id": office.unit_id}
    rows = [{**row, "service_id": office.services[each]} for each in services]
    if rows:
        session.execute(insert(DeskService), rows)


def other_service(session: Session, office: SmallOffice) -> int:
    """Add a service to the office."""
    service = Service(unit_id=office.unit_id, code=f"S-{next_mark()}", name="Akta")
    session.add(service)
    session.flush()
    return service.id or 0

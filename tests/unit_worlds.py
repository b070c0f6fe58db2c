"""A made-up unit with a year of releases: a slow service, a desk that differs, hidden cells."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from sqlmodel import Session

from aggregation.method.cuts import Cut
from aggregation.method.questionnaire_counts import QuestionnaireCounts
from survey.models import ClosedMonth
from survey.month import Month
from survey.questionnaire import RATINGS, Element
from tests.factories import make_desk
from tests.release_factories import made_release
from tests.staff_factories import make_office

FIRST, LAST = Month(2025, 11), Month(2026, 10)
IMPORTANCE = dict(
    zip(
        Element,
        ("0.41", "0.46", "0.66", "0.12", "0.38", "0.55", "0.61", "0.30", "0.34"),
        strict=True,
    )
)
_CHANNELS = ("kiosk", "kiosk_qr", "ticket", "desk_qr")


@dataclass(frozen=True)
class Sheet:
    """A full questionnaire and what the cuts divide it by."""

    ratings: Mapping[Element, int]
    service: str
    desk: str
    channel: str
    time: str


@dataclass(frozen=True)
class UnitWorld:
    """The unit, and what was asked in each of its periods."""

    unit_id: int
    desks: tuple[int, ...]
    services: tuple[int, ...]
    sheets: Mapping[str, Sequence[Sheet]]


def unit_world(session: Session, n: int = 412, code: str = "DISDUKCAPIL-CONTOH") -> UnitWorld:
    """Make the unit, with releases of twelve months, a quarter and the months' cuts."""
    unit_id = make_office(session, code)
    first = make_desk(
        session, unit_id, name="Loket 1", services=("KTP-EL", "KK", "AKTA-LAHIR", "KIA")
    )
    desks = (
        first.id,
        *(make_desk(session, unit_id, name=f"Loket {n}", services=()).id for n in range(2, 7)),
    )
    world = UnitWorld(unit_id, desks, first.service_ids, {})
    sheets: dict[str, list[Sheet]] = {}
    for place in range(12):
        month = FIRST.shift(place)
        drawn = Random(place)
        slow = month == LAST
        sheets[str(month)] = [_sheet(drawn, world, slow=slow) for _ in range(n - 8 * (place % 3))]
        session.add(ClosedMonth(unit_id=unit_id, month=month, closed_at=_closed_at(month)))
    sheets["2026-Q3"] = [each for m in ("07", "08", "09") for each in sheets[f"2026-{m}"]]
    for name, kept in sheets.items():
        made_release(
            session,
            unit_id,
            name,
            counted(kept),
            cuts_of(kept),
            importance=IMPORTANCE,
            responses=len(kept) * 2,
            released_at=_closed_at(LAST),
        )
    return UnitWorld(unit_id, desks, first.service_ids, sheets)


def counted(sheets: Sequence[Sheet]) -> QuestionnaireCounts:
    return QuestionnaireCounts.of(sheet.ratings for sheet in sheets)


def cuts_of(sheets: Sequence[Sheet]) -> dict[Cut, dict[str, QuestionnaireCounts | None]]:
    """Divide questionnaires; cells below ten are hidden, with the next smallest."""
    by: dict[Cut, Callable[[Sheet], str]] = {
        Cut.SERVICE: lambda sheet: sheet.service,
        Cut.CHANNEL: lambda sheet: sheet.channel,
        Cut.DESK: lambda sheet: sheet.desk,
        Cut.TIME: lambda sheet: sheet.time,
    }
    return {cut: _cells(sheets, key) for cut, key in by.items()}


def _cells(
    sheets: Sequence[Sheet], key: Callable[[Sheet], str]
) -> dict[str, QuestionnaireCounts | None]:
    parts: dict[str, list[Sheet]] = {}
    for sheet in sheets:
        parts.setdefault(key(sheet), []).append(sheet)
    small = [cell for cell, part in parts.items() if len(part) < 10]
    if len(small) == 1:
        small.append(min(parts.keys() - small, key=lambda cell: len(parts[cell])))
    return {cell: None if cell in small else counted(part) for cell, part in parts.items()}


def _sheet(drawn: Random, world: UnitWorld, *, slow: bool) -> Sheet:
    service = drawn.choices(world.services, (50, 30, 15, 5))[0]
    desk = drawn.choices(world.desks, (27, 19, 21, 17, 12, 8))[0]
    day, slot = drawn.choices(range(1, 6), (30, 20, 20, 20, 7))[0], drawn.choices((1, 2), (7, 3))[0]
    weights = dict.fromkeys(Element, (1, 6, 43, 50))
    weights[Element.BIAYA] = (0, 1, 12, 87)
    weights[Element.SARANA] = (3, 12, 55, 30)
    if service == world.services[0]:
        weights[Element.WAKTU] = (10, 26, 44, 20) if slow else (3, 10, 52, 35)
    ratings = {element: drawn.choices(RATINGS, weight)[0] for element, weight in weights.items()}
    if desk == world.desks[3]:
        ratings = {
            element: max(1, rating - (drawn.random() < 0.35)) for element, rating in ratings.items()
        }
    if (day, slot) == (1, 1):
        ratings = {
            element: max(1, rating - (drawn.random() < 0.15)) for element, rating in ratings.items()
        }
    channel = drawn.choices(_CHANNELS, (70, 15, 10, 5))[0]
    return Sheet(ratings, str(service), str(desk), channel, f"{day}-{slot}")


def _closed_at(month: Month) -> datetime:
    after = month.shift(1)
    return datetime(after.year, after.month, 2, 2, 0, tzinfo=UTC)

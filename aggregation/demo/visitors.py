"""Who comes to the demo office and what they answer: a documented model with known truth.

A visit has a latent satisfaction
``theta = 1.25 + officer + service + hour + citizen``, the citizen's part normal with standard
deviation 0.8. An item with easiness ``b`` is rated at least c when ``theta + b + noise`` passes
the c-th threshold (−1.5, −0.5, 1.0 for 2, 3, 4), the noise normal with standard deviation 0.6.
So the chance of each rating, and its mean, follow from the normal distribution alone:
`mean_rating` is the truth that tests and benchmarks compare with.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import holidays

from aggregation.demo.office import (
    DESKS,
    SERVICES,
    DemoDesk,
    DemoOfficer,
    DemoService,
    on_duty,
    opening,
)
from aggregation.demo.said import SAID
from survey.month import HalfHour, Month, midnight
from survey.profile import OPTIONS, ProfileField
from survey.questionnaire import OVERALL, Element

BASE = 1.25
CITIZEN_SPREAD = 0.8
ITEM_SPREAD = 0.6
THRESHOLDS = (-1.5, -0.5, 1.0)
EASINESS = {
    OVERALL: 0.0,
    Element.PERSYARATAN: 0.05,
    Element.PROSEDUR: -0.15,
    Element.WAKTU: -0.55,
    Element.BIAYA: 1.60,
    Element.PRODUK: 0.15,
    Element.KOMPETENSI: 0.15,
    Element.PERILAKU: 0.25,
    Element.PENGADUAN: -0.25,
    Element.SARANA: -0.40,
}
RUSH = {20: -0.15, 21: -0.25, 22: -0.35, 23: -0.30}
"""Effect of the crowded half hours from 10.00 to 12.00."""

WEEKDAY_VISITS = {1: 1.35, 2: 1.05, 3: 0.95, 4: 0.95, 5: 0.85}
VISITS_A_HALF_HOUR = 0.72
GOES_ON = 0.52
ANSWERS_ALL_NINE = 0.86
TELLS_PROFILE = 0.45
COMMENTED = 0.12


@dataclass(frozen=True, slots=True)
class Visit:
    """One rated visit to the demo office, as drawn."""

    id: UUID
    desk: DemoDesk
    officer: DemoOfficer
    service: DemoService
    half_hour: HalfHour
    channel: str
    overall: int
    elements: dict[str, int]
    comment: str | None
    profile: dict[str, str]


def working_days(month: Month) -> list[date]:
    """Return the days of a month on which the office is open: no weekend, no public holiday."""
    free = holidays.country_holidays("ID", years=month.year)
    return [day for day in month.days() if opening(day.isoweekday()) and day not in free]


def visits_of(month: Month, seed: int) -> Iterator[Visit]:
    """Yield a month's rated visits in order of time; the same for the same month and seed."""
    draw = random.Random(f"{seed} {month}")
    for day in working_days(month):
        weekday = day.isoweekday()
        for stretch, (first, end) in enumerate(opening(weekday)):
            for slot in range(first, end):
                for index, desk in enumerate(DESKS):
                    rate = VISITS_A_HALF_HOUR * desk.visits * WEEKDAY_VISITS[weekday]
                    officer = on_duty(index, weekday, stretch)
                    for _ in range(_poisson(draw, rate)):
                        yield _visit(draw, desk, officer, HalfHour(midnight(day) + slot), slot)


def mean_rating(item: str, officer: DemoOfficer, service: DemoService, slot: int) -> float:
    """Return the true mean rating, 1 to 4, of an item for an officer, a service, a half hour."""
    level = BASE + officer.effect + service.effect + RUSH.get(slot, 0.0) + EASINESS[item]
    spread = math.hypot(CITIZEN_SPREAD, ITEM_SPREAD)
    return 1 + sum(_normal_below((level - threshold) / spread) for threshold in THRESHOLDS)


def previous_months(today: date, count: int) -> list[Month]:
    """Return the `count` full months before a day, oldest first."""
    last = Month.of(today.replace(day=1) - timedelta(days=1))
    return [last.shift(-back) for back in reversed(range(count))]


def _visit(
    draw: random.Random, desk: DemoDesk, officer: DemoOfficer, half_hour: HalfHour, slot: int
) -> Visit:
    services = [service for service in SERVICES if service.code in desk.services]
    service = draw.choices(services, [s.share for s in services])[0]
    theta = BASE + officer.effect + service.effect + RUSH.get(slot, 0.0)
    theta += draw.gauss(0.0, CITIZEN_SPREAD)
    overall = _rating(draw, theta, OVERALL)
    goes_on = draw.random() < GOES_ON
    asked = list(Element) if draw.random() < ANSWERS_ALL_NINE else list(Element)[:4]
    elements = {str(e): _rating(draw, theta, e) for e in asked} if goes_on else {}
    return Visit(
        id=UUID(int=draw.getrandbits(128), version=4),
        desk=desk,
        officer=officer,
        service=service,
        half_hour=half_hour,
        channel=draw.choices([c for c, _ in desk.channels], [w for _, w in desk.channels])[0],
        overall=overall,
        elements=elements,
        comment=draw.choice(SAID[overall]) if goes_on and draw.random() < COMMENTED else None,
        profile=_profile(draw) if goes_on and draw.random() < TELLS_PROFILE else {},
    )


def _rating(draw: random.Random, theta: float, item: str) -> int:
    felt = theta + EASINESS[item] + draw.gauss(0.0, ITEM_SPREAD)
    return 1 + sum(felt > threshold for threshold in THRESHOLDS)


def _profile(draw: random.Random) -> dict[str, str]:
    return {str(field): draw.choice(list(OPTIONS[field])) for field in ProfileField}


def _poisson(draw: random.Random, rate: float) -> int:
    """Draw a Poisson count by multiplying uniforms (Knuth); fine for rates below ten."""
    limit, product, count = math.exp(-rate), draw.random(), 0
    while product > limit:
        product *= draw.random()
        count += 1
    return count


def _normal_below(z: float) -> float:
    return 0.5 * (1 + math.erf(z / math.sqrt(2)))

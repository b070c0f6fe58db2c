"""A made-up office of two units with two closed, revised and sealed months, to tamper with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine

from aggregation.appraisal.models import Ground
from aggregation.appraisal.revision_requests import Asked, request_revision
from aggregation.method.rule import DEFAULT_RULE
from aggregation.months.month_close import close_month
from aggregation.proof.month_seals import seal_months
from aggregation.rules.rule_book import only
from survey.database import reading, writing
from survey.log import Act, record
from survey.month import Month
from survey.seal_chain import chain
from survey.seal_text import Link
from survey.sealing import seal_days
from survey.signing import SealKey
from tests.month_factories import (
    NINE,
    OCTOBER,
    SEPTEMBER,
    Seen,
    Shift,
    SmallOffice,
    assign,
    at,
    small_office,
    store,
)
from tests.record_factories import FULL, Office, an_office, more_about, visit
from tests.revision_factories import approved, by
from tests.seal_factories import new_key
from tests.tamper_rights import Kept

ROSTER = tuple(
    Shift(0, officer, weekday, first, end)
    for weekday in range(1, 6)
    for officer, first, end in ((0, 16, 24), (1, 24, 32))
)
SEPTEMBER_DAYS, OCTOBER_DAYS = (29, 30), (1, 2)
EACH_DAY = 6
END_OF_SEPTEMBER = datetime(2026, 10, 5, 2, 0, tzinfo=UTC)
END_OF_OCTOBER = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
REVISED = END_OF_OCTOBER + timedelta(days=2)
NIGHTFALL = timedelta(hours=17, minutes=30)
"""From the morning of a close to the night after it: 02.30 in Jakarta."""

TONIGHT = datetime(2026, 11, 6, 19, 30, tzinfo=UTC)
"""The night of the last seal: 02.30 on the 7th in Jakarta."""

LAST_DAY = date(2026, 11, 6)

_made: dict[int, tuple["SealedOffice", Kept]] = {}


@dataclass(frozen=True)
class SealedOffice:
    """What is there to tamper with.

    Attributes
    ----------
    office
        The unit with a roster; its October was revised.
    other
        The unit whose ratings came in as they do in life, with comments and profiles.
    published
        The seals of tonight, as somebody outside keeps them.
    """

    engine: Engine
    key: SealKey
    office: SmallOffice
    other: Office
    published: Sequence[Link]


def sealed_office(engine: Engine, *, more_units: int = 0) -> SealedOffice:
    """Let an empty database hold the office; made once per process and copied row by row."""
    if more_units not in _made:
        made = _sealed_office(engine, more_units)
        _made[more_units] = made, Kept(engine)
        return made
    made, kept = _made[more_units]
    kept.put_back(engine)
    return replace(made, engine=engine, other=replace(made.other, engine=engine))


def _sealed_office(engine: Engine, more_units: int) -> SealedOffice:
    """Rate, close, revise and seal two months of two units, night after night.

    Further units close their September.
    """
    key = new_key()
    with writing(engine) as session:
        office = small_office(session, ROSTER)
        assign(session, office, 0, 1)
        store(session, office, _visits(SEPTEMBER_DAYS, date(2026, 9, 1)), SEPTEMBER)
        late = Seen(at(2, 9), overall=2, late=True, received_on=date(2026, 11, 3))
        store(session, office, [*_visits(OCTOBER_DAYS, date(2026, 10, 1)), late, late])
    other = an_office(engine, services=["KK"])
    for moment in (datetime(2026, 9, 30, 3, tzinfo=UTC), datetime(2026, 10, 1, 3, tzinfo=UTC)):
        rate(other, moment)
    for _ in range(more_units):
        further = an_office(engine, services=["KK"])
        rate(further, datetime(2026, 9, 30, 3, tzinfo=UTC))
        _close(engine, further.desk.unit_id, SEPTEMBER, END_OF_SEPTEMBER)
    close_both(engine, office, other, key)
    rate(other, TONIGHT - timedelta(hours=15))
    night(engine, key, TONIGHT)
    with reading(engine) as session:
        published = list(chain(session))
    return SealedOffice(engine, key, office, other, published)


def close_both(engine: Engine, office: SmallOffice, other: Office, key: SealKey) -> None:
    """Close both months of both units and revise one, and seal after each."""
    for month, moment in ((SEPTEMBER, END_OF_SEPTEMBER), (OCTOBER, END_OF_OCTOBER)):
        for unit_id in (office.unit_id, other.desk.unit_id):
            _close(engine, unit_id, month, moment)
        night(engine, key, moment + NIGHTFALL)
    with writing(engine) as session:
        asked = Asked(Ground.LATE, late_until=date(2026, 11, 4))
        cause = by("penyusun", at=REVISED)
        request = request_revision(session, office.unit_id, OCTOBER, asked, cause)
        approved(session, request, by("penyetuju", "", REVISED))


def rate(office: Office, moment: datetime) -> list[UUID]:
    """Send a rating of each value from a moment on, every second one with all there is to say."""
    sent = []
    for n in range(4):
        at_once = moment + timedelta(minutes=31 * n)
        tap = visit(1 + n, served_at=at_once)
        office.send(tap, at_once)
        if n % 2:
            office.add(more_about(tap, **FULL), at_once)
        sent.append(tap.id)
    act = Act("unit.changed", "cli", f"unit {office.desk.unit_id}", {"ratings": len(sent)}, None)
    with writing(office.engine) as session:
        record(session, act, moment)
    return sent


def _visits(days: Sequence[int], first: date) -> list[Seen]:
    """Return visits in the morning and the afternoon; most answered all nine questions."""
    return [
        Seen(
            at(day, 9 + 4 * (n % 2), OCTOBER if first.month == 10 else SEPTEMBER),
            overall=4 - n % 3,
            service=n % 2,
            nine={name: 4 - (n + place) % 3 for place, name in enumerate(NINE)} if n % 4 else {},
            received_on=first.replace(day=day),
        )
        for day in days
        for n in range(EACH_DAY)
    ]


def night(engine: Engine, key: SealKey, moment: datetime) -> None:
    """Seal what is over by a moment, as each night does."""
    seal_days(engine, key, moment)
    seal_months(engine, key, moment)


def _close(engine: Engine, unit_id: int, month: Month, moment: datetime) -> None:
    rules = only(DEFAULT_RULE)
    with writing(engine) as session:
        close_month(session, unit_id, month, closed_by="penutup", at=moment, rules=rules)

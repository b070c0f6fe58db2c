"""A made-up office with three sealed months, an unlike neighbour, and its proof in a folder."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from types import ModuleType

from sqlalchemy import Engine
from sqlmodel import Session

from aggregation.changes.batch import Cause
from aggregation.closings import Closing
from aggregation.method.rule import Rule
from aggregation.months.month_close import close_month
from aggregation.proof.month_seals import seal_months
from aggregation.proof.proof_files import proof_of
from aggregation.rules.rule_book import only
from aggregation.visits.outages import declare_outage
from deploy.prove import SHIPPED
from survey.database import reading, writing
from survey.models import ServiceUnit
from survey.month import HalfHour, Month
from survey.sealing import seal_days
from survey.signing import SealKey
from tests.month_factories import (
    AUGUST,
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

SARI, BUDI, WATI = 0, 1, 2
ROSTER = (Shift(0, SARI, 1, 16, 24), Shift(0, BUDI, 1, 24, 30), Shift(1, WATI, 2, 16, 30))
MONDAYS = {AUGUST: 3, SEPTEMBER: 7, OCTOBER: 5}
CAME_IN = {AUGUST: date(2026, 10, 29), SEPTEMBER: date(2026, 10, 30), OCTOBER: date(2026, 10, 31)}
"""Typed in late, so that a chain of a few days holds three months."""

CLOSED = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
THE_NIGHT_AFTER = datetime(2026, 11, 3, 20, 0, tzinfo=UTC)
RULE = Rule(mix_applied=True, outages_counted=False)
"""The switches that make figures hardest to compute."""


def sealed_office(engine: Engine, key: SealKey) -> SmallOffice:
    """Close and seal three months of an office that has a neighbour."""
    office = closed_office(engine)
    seal_everything(engine, key)
    return office


def closed_office(engine: Engine) -> SmallOffice:
    """Close three months of an office that has a neighbour."""
    with writing(engine) as session:
        office = small_office(session, ROSTER, officers=3)
        neighbour = small_office(session)
        assign(session, office, SARI, BUDI, WATI)
        store(session, neighbour, [Seen(at(5, 9), received_on=day) for day in CAME_IN.values()])
        for month in MONDAYS:
            store(session, office, list(visits_of(month)), month)
        starts = at(MONDAYS[OCTOBER], 9)
        span = HalfHour(starts), HalfHour(starts + 2)
        cause = Cause("uji", "Jaringan putus", datetime(2026, 10, 30, 2, tzinfo=UTC))
        declare_outage(session, office.unit_id, office.desks[0], span, cause)
        for month in MONDAYS:
            close(session, office, month)
    return office


def close(session: Session, office: SmallOffice, month: Month) -> Closing:
    rules = only(RULE)
    return close_month(session, office.unit_id, month, closed_by="uji", at=CLOSED, rules=rules)


def seal_everything(engine: Engine, key: SealKey, at: datetime = THE_NIGHT_AFTER) -> None:
    seal_days(engine, key, at)
    seal_months(engine, key, at)


def visits_of(month: Month) -> Iterator[Seen]:
    """Give a month ratings of every kind: taps, answers to some, to all nine, late, at no desk."""
    monday, day = MONDAYS[month], CAME_IN[month]
    for n in range(16):
        nine = {name: 1 + (n + place) % 4 for place, name in enumerate(NINE)}
        some = {"perilaku": 4 - n % 2, "waktu": 3}
        yield Seen(at(monday, 9 + n % 2, month), overall=4 - n % 2, service=n % 2, received_on=day)
        yield Seen(at(monday, 13, month), overall=4, nine=nine, later_service=1, received_on=day)
        yield Seen(
            at(monday + 1, 9, month), 1, overall=None, nine=some, channel="ticket", received_on=day
        )
    yield Seen(at(monday, 9, month), channel="paper", overall=1, received_on=day)
    yield Seen(None, desk=None, channel="desk_qr", overall=2, received_on=day)
    yield Seen(at(monday + 3, 20, month), overall=1, received_on=day)  # nobody serves at 20.00
    yield Seen(at(monday, 9, month), overall=1, late=True, received_on=day)


def written_proof(
    engine: Engine,
    office: SmallOffice,
    folder: Path,
    *,
    key: SealKey,
    month: Month = OCTOBER,
    revision: int | None = None,
) -> Path:
    """Write a proof and what is shipped with it into a new folder."""
    with reading(engine) as session:
        unit = session.get_one(ServiceUnit, office.unit_id)
        made = proof_of(session, unit, month, revision, key=key, at=THE_NIGHT_AFTER)
    return write_files(folder, {**made.files, **shipped()})


def shipped() -> dict[str, bytes]:
    return {name: file.read_bytes() for name, file in SHIPPED.items()}


def write_files(folder: Path, files: Mapping[str, bytes]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


VERIFIER = SHIPPED["verify.py"]


def verifier(text: str | None = None) -> ModuleType:
    """Load the verifier; it keeps what it found of a signature, since runs share most of them."""
    module = ModuleType("verify")
    exec(compile(text or VERIFIER.read_text(), "verify.py", "exec"), vars(module))
    vars(module)["signed"] = cache(module.signed)
    return module


AS_SHIPPED = verifier()

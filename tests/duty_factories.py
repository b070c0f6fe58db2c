"""An office whose desks have a roster, for tests of calendars, visits and outages."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select

from aggregation.changes.batch import Cause
from aggregation.models import Officer
from aggregation.office.sheet_template import SheetKind
from survey.database import reading
from survey.models import Service
from survey.month import HalfHour, midnight
from survey.set_up import desks_by_code
from survey.units import Unit, known_unit, unit_with
from tests.office_factories import NOON, SARI_NIP, UNIT, an_office, duty_sheet, take

JAKARTA = ZoneInfo("Asia/Jakarta")
MONDAY = date(2026, 10, 5)
ROSTER = duty_sheet(
    f"L1;{SARI_NIP};Senin–Jumat;;08.00;12.00;2026-10-01;Jadwal awal",
    "L1;HL-021;Senin–Kamis;;13.00;15.00;2026-10-01;Jadwal awal",
)
"""Loket 1 is Sari's in the morning, and Budi's in the afternoon but on Fridays."""


@dataclass(frozen=True)
class RosteredOffice:
    """An office by its keys, usable after the session is gone."""

    engine: Engine
    unit: Unit
    desks: dict[str, int]
    keys: dict[str, str]
    officers: dict[str, int]
    services: dict[str, int]

    @property
    def address(self) -> str:
        return f"/staff/unit/{self.unit.code}"

    def desk_address(self, code: str = "L1") -> str:
        return f"{self.address}/jadwal/loket/{self.keys[code]}"


def rostered(engine: Engine, roster: str = ROSTER) -> RosteredOffice:
    """Set up an office of three desks and three officers, with a roster."""
    an_office(engine)
    if roster:
        take(engine, SheetKind.DUTIES, roster)
    return known_office(engine)


def known_office(engine: Engine) -> RosteredOffice:
    """Return the keys of an office that is there."""
    with reading(engine) as session:
        unit = known_unit(unit_with(session, UNIT))
        desks = desks_by_code(session, unit.id)
        return RosteredOffice(
            engine,
            unit,
            {code: desk.id or 0 for code, desk in desks.items()},
            {code: desk.public_key for code, desk in desks.items()},
            {each.name: each.id or 0 for each in session.scalars(select(Officer))},
            {each.code: each.id or 0 for each in session.scalars(select(Service))},
        )


def because(reason: str = "Sesuai surat tugas", at: datetime = NOON, by: str = "Wati") -> Cause:
    return Cause(by, reason, at)


def half_hour(day: date, hour: int, minute: int = 0) -> HalfHour:
    return HalfHour(midnight(day) + hour * 2 + minute // 30)


def in_jakarta(day: int, hour: int, minute: int = 0, month: int = 10) -> datetime:
    """Return a moment by the clock of the office, as an aware time."""
    return datetime(2026, month, day, hour, minute, tzinfo=JAKARTA)

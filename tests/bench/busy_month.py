"""A month of a million responses, drawn from a seed and loaded past intake, which would take hours.

Six desks, nine officers in two shifts, ten services, four channels. About a third of the
citizens go on to the nine questions and most of them answer all; opinions of one citizen lie
close together, so that a month holds tens of thousands of different sheets, as real ones do.
"""

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from sqlalchemy import Engine
from sqlmodel import col, select

from aggregation.changes.batch import Cause
from aggregation.duties.duty_lines import RosterLine
from aggregation.duties.recorded_duties import record_duties
from aggregation.models import Officer
from survey.database import reading, writing
from survey.models import RECORD_TABLES, Desk, Service, ServiceUnit
from survey.month import HalfHour, Month, midnight, starts
from survey.questionnaire import Element
from survey.row_spelling import SPELLINGS, Spelling
from survey.set_up import add_desk

SEPTEMBER = Month(2026, 9)
AFTER = datetime(2026, 10, 5, 2, 0, tzinfo=UTC)
DESKS, OFFICERS, SERVICES, WEEK = 6, 9, 10, 5
MORNING, AFTERNOON = (16, 24), (26, 32)
CHANNELS, CHANNEL_SHARES = ("kiosk", "kiosk_qr", "ticket", "desk_qr"), (0.5, 0.2, 0.1, 0.2)
FOLLOWED_UP, COMPLETE, LATE, SERVICE_KNOWN = 0.35, 0.85, 0.005, 0.7
_AT_ONCE = 20_000
_RESPONSE, _FOLLOWUP, _ = SPELLINGS
_PLACES = {"response": 1, "followup": 2}

Row = tuple[Any, ...]


class _Places(NamedTuple):
    """A unit, and the keys of its desks and services."""

    unit_id: int
    desks: Sequence[int]
    services: Sequence[int]


def set_up(engine: Engine, code: str = "RAMAI") -> int:
    """Make a unit with its desks, services, officers and roster; return the unit's id."""
    with writing(engine) as session:
        unit = ServiceUnit(code=code, name="Kantor ramai", time_zone="Asia/Jakarta")
        session.add(unit)
        session.flush()
        unit_id = unit.id or 0
        session.add_all(
            Service(unit_id=unit_id, code=f"S{number}", name="Layanan")
            for number in range(1, SERVICES + 1)
        )
        desks = [add_desk(session, unit_id, f"L{n}", "Loket") for n in range(1, DESKS + 1)]
        officers = [
            Officer(key=f"{code}-{n}", nip=f"{unit_id:09}{n:09}", name=f"P {n}", employment="PNS")
            for n in range(1, OFFICERS + 1)
        ]
        session.add_all(officers)
        session.flush()
        roster = [
            RosterLine(desk.id or 0, officers[place].id or 0, weekday, date(2026, 9, 1), *slots)
            for number, desk in enumerate(desks)
            for weekday in range(1, WEEK + 1)
            for place, slots in ((number, MORNING), ((number + 3) % OFFICERS, AFTERNOON))
        ]
        record_duties(session, unit_id, roster, Cause("bench", "Jadwal awal", AFTER))
    return unit_id


def load(
    engine: Engine, unit_id: int, responses: int, seed: int = 1, followed_up: float = FOLLOWED_UP
) -> None:
    """Load so many responses of September 2026 into a unit that has none, with their leaves."""
    with reading(engine) as session:
        desks, services = (
            session.exec(select(model.id).where(model.unit_id == unit_id).order_by(col(model.id)))
            for model in (Desk, Service)
        )
        places = _Places(unit_id, list(filter(None, desks)), list(filter(None, services)))
    drawn = _responses(places, responses, np.random.default_rng(seed), followed_up)
    write = _into_sqlite if engine.dialect.name == "sqlite" else _into_postgresql
    connection = engine.raw_connection()
    while some := list(islice(drawn, _AT_ONCE)):
        taps, followups = [tap for tap, _ in some], [more for _, more in some if more]
        write(connection.driver_connection, [(tap[2], *tap[:2]) for tap in taps], taps, followups)
    connection.commit()
    connection.close()
    engine.dispose()  # what was set for loading goes with the connection


def _responses(
    places: _Places, count: int, random: np.random.Generator, followed_up: float
) -> Iterator[tuple[Row, Row | None]]:
    """Draw responses in the order of their ids, each as a tap and perhaps a follow-up."""
    ids = np.sort(random.integers(0, 2**63, count))
    desk, service = random.integers(0, DESKS, count), random.integers(2, 5, count)
    half_hour = random.choice(_open_half_hours(), count)
    channel = random.choice(CHANNELS, count, p=CHANNEL_SHARES)
    overall = random.choice([1, 2, 3, 4], count, p=[0.03, 0.07, 0.30, 0.60])
    told, late = random.random(count) < SERVICE_KNOWN, random.random(count) < LATE
    followed, complete = random.random(count) < followed_up, random.random(count) < COMPLETE
    for i in range(count):
        key = (places.unit_id, SEPTEMBER.number, f"{ids[i]:016x}{i:016x}")
        given = places.services[int(desk[i] + service[i]) % SERVICES]
        known = given if told[i] else None
        answer = int(overall[i])
        at = int(half_hour[i])
        day = starts(HalfHour(at)).date().isoformat()
        tap = (*key, places.desks[desk[i]], str(channel[i]), known, at, answer, bool(late[i]))
        more = _followup(key, given, answer, random, whole=bool(complete[i]))
        yield (
            _sealed(_RESPONSE, (*tap, day, os.urandom(32), os.urandom(16))),
            _sealed(_FOLLOWUP, (*more, day, None, None, os.urandom(16))) if followed[i] else None,
        )


def _followup(
    key: Row, service: int, overall: int, random: np.random.Generator, *, whole: bool
) -> Row:
    drawn = random.random((2, len(Element)))
    near = np.clip(overall + (drawn[0] > 0.85).astype(int) - (drawn[0] < 0.15), 1, 4)
    ratings = [
        int(rating) if whole or answered else None
        for rating, answered in zip(near, drawn[1] > 0.4, strict=True)
    ]
    return (*key, service, *ratings)


def _sealed(spelling: Spelling, row: Row) -> Row:
    """Return a row of all columns but the leaf, with its leaf."""
    columns = RECORD_TABLES[_PLACES[spelling.table]].columns.keys()
    given = dict(zip(columns, row, strict=False))
    given[spelling.id] = str(UUID(given[spelling.id]))
    return (*row, spelling.leaf([given[name] for name in spelling.columns]))


def _open_half_hours() -> list[int]:
    slots = [*range(*MORNING), *range(*AFTERNOON)]
    days = [day for day in SEPTEMBER.days() if day.isoweekday() <= WEEK]
    return [midnight(day) + slot for day in days for slot in slots]


def _into_sqlite(connection: Any, *rows: Sequence[Row]) -> None:  # noqa: ANN401 - a driver's own
    if not connection.in_transaction:
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("BEGIN")
    for table, some in zip(RECORD_TABLES, rows, strict=False):
        places = ", ".join("?" * len(table.c))
        connection.executemany(f"INSERT INTO {table} VALUES ({places})", some)


def _into_postgresql(connection: Any, *rows: Sequence[Row]) -> None:  # noqa: ANN401 - a driver's own
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table, some in zip(RECORD_TABLES, rows, strict=False):
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                for row in some:
                    copy.write_row(row)

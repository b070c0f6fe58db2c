"""While a month is closed, reported, checked and backed up, citizens go on rating."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep

import pytest

from survey.database import writing
from survey.models import ServiceUnit
from survey.settings import HOME
from tests.durability.citizens import Crowd, Receipted, connect
from tests.durability.offices import Office, office_on
from tests.durability.running import SHIPPED
from tests.month_factories import MONDAY_AT_9, NINE, Seen, Shift, small_office, store

CARELESS = "tests.durability.careless:does_not_wait_for_others()"
LATER = """
import json, sys, time_machine
from datetime import UTC, datetime
time_machine.travel(datetime(2026, 11, 5, 2, tzinfo=UTC)).start()
from deploy.nilai import main
for words in json.loads(sys.argv[1]):
    if main(words, standalone_mode=False):
        sys.exit(f"{words} failed")
"""
"""Runs commands when October 2026 is over, whatever the day is."""

EACH = 0.1
"""Seconds from one rating to the next."""


@dataclass
class Evenly:
    """One citizen after the other, at an even pace, however long each has to wait.

    Attributes
    ----------
    waited
        Seconds from when each was due until it was acknowledged.
    """

    crowd: Crowd
    told: list[Receipted] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    done: Event = field(default_factory=Event)

    def tap(self) -> None:
        connection = connect(self.crowd.port)
        due = monotonic()
        while not self.done.is_set():
            sleep(max(0.0, due - monotonic()))
            try:
                self.told.append(self.crowd.tap_once(connection))
            except Exception as error:  # noqa: BLE001 - whatever a citizen meets is a finding
                self.errors.append(repr(error))
                connection.close()
                connection = connect(self.crowd.port)
            self.waited.append(monotonic() - due)
            due += EACH
        connection.close()


@pytest.fixture
def offices(tmp_path: Path) -> Iterator[Office]:
    with office_on(f"sqlite:///{tmp_path / 'nilai.db'}") as made:
        yield made


def an_october(office: Office, visits: int) -> str:
    """Let another unit of the same database have an October to close; return its code."""
    with writing(office.stored) as session:
        unit = small_office(session, (Shift(0, 0, 1, 16, 30),))
        store(session, unit, [Seen(MONDAY_AT_9, nine=dict.fromkeys(NINE, 4))] * visits)
        return session.get_one(ServiceUnit, unit.unit_id).code


def the_months_work(office: Office, unit: str, folder: Path) -> None:
    """Close, report, check and back up, as `nilai` does it."""
    commands = [
        ["close", "2026-10", "--unit", unit],
        ["report", "2026-10", "--unit", unit, "-o", str(folder / "report.pdf")],
        ["verify"],
        ["backup", str(folder / "backup")],
    ]
    done = subprocess.run(
        [sys.executable, "-c", LATER, json.dumps(commands)],
        env={**os.environ, **office.environment},
        cwd=HOME,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (folder / "backup").stat().st_size > 0


def rated_during(office: Office, work: Callable[[], None], application: str = SHIPPED) -> Evenly:
    """Let citizens rate evenly while something else works on the same database."""
    with office.site(application) as site:
        evenly = Evenly(office.crowd(site, 0))
        evenly.crowd.tap(1, lambda: None, every=1)  # it has loaded all once it has answered
        citizens = Thread(target=evenly.tap)
        citizens.start()
        try:
            work()
        finally:
            evenly.done.set()
            citizens.join()
    return evenly


def spread(waited: Sequence[float]) -> str:
    middle, late = sorted(waited)[len(waited) // 2], sorted(waited)[len(waited) * 99 // 100]
    return f"{len(waited)} ratings, median {middle * 1000:.0f} ms, p99 {late * 1000:.0f} ms"


def test_ratings_at_an_even_pace_do_not_fail_while_the_office_works(
    offices: Office, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    unit = an_october(offices, 400)
    evenly = rated_during(offices, lambda: the_months_work(offices, unit, tmp_path))
    record_property("MEASURED", f"busy database: {spread(evenly.waited)}")
    assert evenly.errors == []
    assert {one.status for one in evenly.told} == {201}
    assert offices.lost(evenly.told) == 0


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_ratings_at_an_even_pace_do_not_fail_while_a_large_office_works(
    offices: Office, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    unit = an_october(offices, 20_000)
    evenly = rated_during(offices, lambda: the_months_work(offices, unit, tmp_path))
    record_property("MEASURED", f"busy database, 20 000 visits: {spread(evenly.waited)}")
    assert evenly.errors == []
    assert {one.status for one in evenly.told} == {201}
    assert offices.lost(evenly.told) == 0


def test_a_site_that_does_not_wait_for_other_writers_is_found_out(offices: Office) -> None:
    def hold() -> None:
        sleep(1)
        with writing(offices.stored):
            sleep(2)

    evenly = rated_during(offices, hold, CARELESS)
    assert evenly.errors != []

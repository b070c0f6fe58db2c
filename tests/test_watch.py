"""The watch of `nilai serve`: rounds and nights beside the sites, and never in their way."""

import signal
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from threading import Event
from typing import cast
from urllib.request import urlopen

import pytest
from sqlalchemy import Engine, func, select

from aggregation.alerts.models import Alert
from deploy import watch as watch_module
from deploy.migrate import upgrade
from deploy.nightly import run_night
from deploy.watch import Watch, watches_over
from survey.database import open_engine, reading, writing
from survey.models import table_of
from survey.seal_models import Verification
from survey.settings import Settings
from tests.alert_factories import at, made_comments, made_tablet, made_unit
from tests.durability.running import RunningSite
from tests.factories import SECRET, settings
from tests.seal_factories import new_key_file

SOON = 20.0
"""Seconds that anything here may take on a busy machine."""


class Clock:
    """A time that a test sets, and a word whenever somebody asked."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.asked = 0

    def __call__(self) -> datetime:
        self.asked += 1
        return self.now


def until(true: Callable[[], bool], within: float = SOON) -> bool:
    ends = time.monotonic() + within
    while not true() and time.monotonic() < ends:
        time.sleep(0.01)
    return true()


def alerts_in(engine: Engine) -> int:
    with reading(engine) as session:
        return int(session.execute(select(func.count()).select_from(Alert)).scalar_one())


def checks_of(engine: Engine) -> list[int]:
    """Return how much differed in each check of the record."""
    with reading(engine) as session:
        return list(session.execute(select(table_of(Verification).c.differences)).scalars())


@pytest.fixture
def given(sqlite_engine: Engine, tmp_path: Path) -> Settings:
    with writing(sqlite_engine) as session:
        made_tablet(session, made_unit(session), at(2, 14))
    return settings(
        NILAI_DATABASE_URL=sqlite_engine.url.render_as_string(),
        NILAI_SEAL_KEY_FILE=str(new_key_file(tmp_path)),
    )


@pytest.fixture
def watches() -> Iterator[Callable[..., Watch]]:
    started: list[Watch] = []

    def start(given: Settings, clock: Clock) -> Watch:
        started.append(Watch(given, clock, timedelta(milliseconds=20)))
        started[-1].start()
        return started[-1]

    yield start
    for each in started:
        each.stop()


def test_it_does_the_night_first_and_rounds_then(
    sqlite_engine: Engine, given: Settings, watches: Callable[..., Watch]
) -> None:
    clock = Clock(at(3, 2, 30))
    watches(given, clock)
    assert until(lambda: clock.asked >= 2)
    assert (alerts_in(sqlite_engine), checks_of(sqlite_engine)) == (0, [0])
    clock.now = at(3, 9)
    assert until(lambda: alerts_in(sqlite_engine) == 1)


def test_a_night_is_done_once_and_the_next_one_too(
    given: Settings, watches: Callable[..., Watch], monkeypatch: pytest.MonkeyPatch
) -> None:
    nights: list[datetime] = []
    rounds: list[datetime] = []

    def night(*asked: object) -> list[str]:
        nights.append(cast("datetime", asked[2]))
        return []

    monkeypatch.setattr(watch_module, "run_night", night)
    monkeypatch.setattr(watch_module, "run_round", lambda *asked: rounds.append(asked[2]))
    clock = Clock(at(3, 10))
    watches(given, clock)
    for moment in (at(3, 10), at(4, 1, 59), at(4, 2), at(4, 23)):
        clock.now = moment
        assert until(lambda moment=moment: moment in nights + rounds)  # type: ignore[misc]
    assert nights == [at(3, 10), at(4, 2)]


def test_what_fails_is_logged_and_the_watch_goes_on(
    sqlite_engine: Engine,
    given: Settings,
    watches: Callable[..., Watch],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken = Event()

    def breaks_once(*asked: object) -> list[str]:
        if not broken.is_set():
            broken.set()
            raise RuntimeError
        return run_night(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(watch_module, "run_night", breaks_once)
    watches(given, Clock(at(3, 9)))
    assert until(lambda: alerts_in(sqlite_engine) == 1)
    assert "a round of the watch failed" in caplog.text


def test_of_two_watches_one_works_and_the_other_takes_over(
    sqlite_engine: Engine, given: Settings, watches: Callable[..., Watch]
) -> None:
    first, second = Clock(at(3, 7)), Clock(at(3, 9))
    working = watches(given, first)
    assert until(lambda: first.asked > 0)
    watches(given, second)
    assert until(lambda: first.asked > 10)
    assert (second.asked, alerts_in(sqlite_engine)) == (0, 0)
    working.stop()
    assert until(lambda: alerts_in(sqlite_engine) == 1)


def test_a_watch_that_is_stopped_ends_at_once(
    given: Settings, watches: Callable[..., Watch]
) -> None:
    clock = Clock(at(3, 9))
    watch = watches(given, clock)
    assert until(lambda: clock.asked > 0)
    began = time.monotonic()
    watch.stop()
    assert time.monotonic() - began < watch_module.STOPS_WITHIN.total_seconds()
    asked = clock.asked
    assert not until(lambda: clock.asked > asked, 0.1)


def test_with_a_database_server_timers_do_it() -> None:
    assert not watches_over(settings(NILAI_DATABASE_URL="postgresql+psycopg://localhost/n"))
    assert watches_over(settings())


# --- the real thing


def test_serving_looks_round_by_itself_and_ends_when_told(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/nilai.db"
    upgrade(url)
    engine = open_engine(url)
    with writing(engine) as session:
        long_ago = datetime.now(UTC).date() - timedelta(days=30)
        made_comments(session, made_unit(session), long_ago)
    environment = {"NILAI_DATABASE_URL": url, "NILAI_SECRET_KEY": SECRET}
    with RunningSite(environment, "deploy.wsgi:application()") as site:
        with urlopen(f"http://127.0.0.1:{site.port}/healthz", timeout=120) as answer:
            assert answer.status == HTTPStatus.OK
        assert until(lambda: alerts_in(engine) == 1)
        site.process.send_signal(signal.SIGTERM)
        assert site.process.wait(SOON) == 0
    engine.dispose()

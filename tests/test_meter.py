"""What an installation counts of itself: exactly, in every worker, and never in the way."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine

from deploy import wsgi
from deploy.migrate import upgrade
from deploy.served import Served, TooMuchToCount
from deploy.shared_rows import PLACES, SharedRows
from survey.meter import KEYS, RATINGS, RECORDED, Key, Meter, keys_of_requests, meter_of
from survey.settings import settings_from

RATED: Key = (RATINGS, RECORDED)


@pytest.fixture
def both(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    url = f"sqlite:///{tmp_path_factory.mktemp('both')}/nilai.db"
    monkeypatch.setenv("NILAI_DATABASE_URL", url)
    monkeypatch.setenv("NILAI_SECRET_KEY", "s" * 48)
    upgrade(settings_from({"NILAI_DATABASE_URL": url, "NILAI_SECRET_KEY": "s" * 48}).database_url)
    served = wsgi.application()
    yield served
    served.engine.dispose()


def test_threads_lose_no_count() -> None:
    meter = Meter()

    def count() -> None:
        for _ in range(1000):
            meter.add(*RATED)

    with ThreadPoolExecutor(8) as threads:
        for _ in range(8):
            threads.submit(count)
    assert meter.counts()[RATED] == 8000


def test_workers_count_in_rows_of_their_own_and_each_tells_of_all() -> None:
    shared = SharedRows(3)
    first, second = Meter(), Meter()
    first.add(*RATED)  # before it was shared
    first.share(KEYS, shared.rows, 0)
    second.share(KEYS, shared.rows, 2)
    first.add(*RATED)
    second.add(*RATED, much=5)
    assert first.counts() == second.counts()
    assert first.counts()[RATED] == 7


def test_a_worker_that_takes_the_place_of_another_goes_on_with_its_counts() -> None:
    shared = SharedRows(2)
    workers = [Meter() for _ in range(3)]
    for one_after_the_other in workers:
        one_after_the_other.share(KEYS, shared.rows, shared.free([1]))
        one_after_the_other.add(*RATED)
    assert workers[-1].counts()[RATED] == 3


def test_rows_go_to_one_worker_each() -> None:
    shared = SharedRows(3)
    assert [shared.free(taken) for taken in ([], [0], [1], [0, 1], [0, 1, 2])] == [0, 1, 0, 2, 2]


def test_what_has_no_place_is_dropped_and_disturbs_nothing() -> None:
    shared, meter = SharedRows(1), Meter()
    meter.share(KEYS, shared.rows, 0)
    meter.add("unheard of")
    meter.add_time("unheard of", seconds=1)
    assert set(meter.counts().values()) == {0}


def test_every_page_of_both_sites_has_a_place(both: Served) -> None:
    keys = both.keys
    for site in both.sites:
        assert set(keys_of_requests(site.name, site.view_functions)) <= set(keys)
    assert len(keys) == len(set(keys)) <= PLACES


def test_a_row_that_is_too_short_starts_nothing(both: Served) -> None:
    [row] = SharedRows(1).rows
    with pytest.raises(TooMuchToCount):
        both.start([row[: len(both.keys) - 1]], 0)


def test_an_engine_has_one_meter_and_its_connections_have_the_same(sqlite_engine: Engine) -> None:
    with sqlite_engine.connect() as connection:
        assert meter_of(connection) is meter_of(sqlite_engine)

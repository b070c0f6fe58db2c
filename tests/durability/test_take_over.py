"""A take-over loses no rating that was acknowledged, and the sites follow by themselves (0044)."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Thread
from time import sleep

import pytest
from click.testing import CliRunner
from sqlalchemy.exc import OperationalError

from deploy.nilai import main
from survey.command import Installation
from survey.database import open_engine
from survey.submission import Status
from tests.durability.citizens import Crowd, Receipted, connect
from tests.durability.kills import lost_and_doubled
from tests.durability.offices import Office, office_on
from tests.durability.pairs import Pair, paired_servers
from tests.record_factories import NINE, an_office, more_about, visit

NODES, CITIZENS, RATINGS = 2, 3, 120
UNNOTICED = 3.0
"""Seconds in which a commit that does not wait would long be done."""


@pytest.fixture
def pair() -> Iterator[Pair]:
    with paired_servers() as made:
        yield made


@pytest.fixture
def office(pair: Pair) -> Iterator[Office]:
    with office_on(pair.url) as made:
        yield made


def acknowledged(
    office: Office, disturb: Callable[[], None], wanted: int, times: int = 1
) -> list[Receipted]:
    """Let citizens tap on both nodes; return what they were told, all disturbances included."""
    with ExitStack() as nodes, ThreadPoolExecutor(NODES) as halls:
        sites = [nodes.enter_context(office.site()) for _ in range(NODES)]
        crowds = [office.crowd(site, wanted) for site in sites]
        running = [halls.submit(each.tap, CITIZENS, undisturbed, wanted) for each in crowds]
        for number in range(1, times + 1):
            wait_for(crowds, number * wanted // (times + 1))
            disturb()
        for each in running:
            each.result()
    assert [each.unexpected for each in crowds] == [[]] * NODES
    # Each node recorded again, without a restart, what came after the last take-over.
    assert all(len(each.receipted) >= wanted for each in crowds)
    return [told for each in crowds for told in each.receipted]


def undisturbed() -> None:
    """Let citizens alone; what disturbs both halls is done beside them."""


def wait_for(crowds: list[Crowd], goal: int) -> None:
    while any(len(each.receipted) < goal for each in crowds):
        sleep(0.005)


def found(office: Office, receipted: list[Receipted]) -> tuple[int, int]:
    office.let_go()
    return lost_and_doubled(office.stored, office.settings.key("receipt"), receipted)


@pytest.mark.timeout(180)
def test_a_take_over_loses_and_doubles_nothing_and_both_sites_go_on(
    pair: Pair, office: Office
) -> None:
    receipted = acknowledged(office, pair.take_over, RATINGS)
    assert len({one.id for one in receipted}) >= RATINGS * NODES
    assert found(office, receipted) == (0, 0)


@pytest.mark.timeout(180)
def test_a_standby_that_is_not_waited_for_loses_ratings(pair: Pair, office: Office) -> None:
    """The control: the same two servers, but citizens are answered before both have a rating."""
    pair.let_commits_wait_for("")
    pair.stop_receiving()
    receipted = acknowledged(office, pair.take_over, RATINGS)
    assert found(office, receipted)[0] > 0


def test_what_has_to_write_says_on_the_standby_where_to_run_it(pair: Pair, office: Office) -> None:
    assert office.stored is not None  # its tables have to be there
    pair.wait_until_read_there()
    standby = open_engine(pair.url_of(pair.follows))
    told = Installation(office.settings, standby)
    assert CliRunner().invoke(main, ["tablets", "list"], obj=told).exit_code == 0
    refused = CliRunner().invoke(main, ["verify"], obj=told)
    standby.dispose()
    assert (refused.exit_code, "server yang memimpin" in refused.output) == (1, True)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_many_take_overs_to_and_fro_lose_and_double_nothing(pair: Pair, office: Office) -> None:
    def there_and_back() -> None:
        pair.take_over()
        pair.come_back()

    receipted = acknowledged(office, there_and_back, 4_000, times=8)
    assert len({one.id for one in receipted}) >= 4_000 * NODES
    assert found(office, receipted) == (0, 0)


def test_without_the_standby_a_rating_waits_until_the_office_goes_on_without_it(
    pair: Pair, office: Office
) -> None:
    told: list[Receipted] = []
    with office.site() as site:
        pair.follows.stop()
        connection = connect(site.port)
        citizen = Thread(target=lambda: told.append(office.crowd(site, 1).tap_once(connection)))
        citizen.start()
        assert len(pair.processes_that_wait()) == 1
        sleep(UNNOTICED)
        assert told == []
        pair.let_commits_wait_for("")
        citizen.join()
        connection.close()
    assert [one.status for one in told] == [201]
    assert found(office, told) == (0, 0)


def test_a_resend_is_not_told_recorded_while_only_one_server_has_it(
    pair: Pair, office: Office
) -> None:
    """A commit that is cut off while it waits stays, and everybody sees it: but one disk has it."""
    desk, tap = an_office(office.stored), visit()
    followup = more_about(tap, **NINE)
    assert desk.send(tap).status is Status.RECORDED
    for send, sent in ((desk.send, visit()), (desk.add, followup)):
        with ThreadPoolExecutor(1) as citizen:
            pair.follows.stop()
            first = citizen.submit(send, sent)
            for pid in pair.processes_that_wait():
                pair.leads.administer(f"SELECT pg_terminate_backend({pid})")
            with pytest.raises(OperationalError):
                first.result()
            again = citizen.submit(send, sent)
            sleep(UNNOTICED)
            assert not again.done()
            pair.follows.resume()
            assert again.result().status is Status.KNOWN

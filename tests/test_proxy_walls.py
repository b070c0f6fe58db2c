"""A hall full of phones behind one address is let through, a flood is not, and a restart waits."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from threading import Event
from time import sleep

import pytest

from tests.activated import Activated, activated
from tests.durability.citizens import Crowd, Receipted, Unavailable
from tests.durability.offices import Office, office_on
from tests.proxy import NAME, Proxy, proxy_before, proxy_folder

PHONES = 60
STYLES = ("/static/citizen.css", "/static/icon.svg", "/")
BALANCER = "127.0.0.40"
NARROW = {"rate=50r/s": "rate=1r/s", "burst=300": "burst=5"}
NO_WALL = {"rate=50r/s": "rate=900000r/m", "burst=300": "burst=9000"}
CARELESS = 0.3
"""Seconds without any socket: what a service without a unit for its socket has at each restart."""


@dataclass
class Hall:
    """An office whose citizens come through a proxy; what each was told in the end."""

    folder: Path
    office: Office
    site: Activated

    def visit(self, proxy: Proxy, address: str = "127.0.0.1") -> int | Receipted:
        """Open the desk's page with all that it loads, tap, and look round once more."""
        crowd = Crowd(self.office.settings, proxy.https, self.office.path, 1)
        phone = proxy.phone(address)
        try:
            told = crowd.tap_once(phone)
            for path in STYLES:
                if (status := status_of(phone, path)) == 429:
                    return status
        except Unavailable:
            return 503
        except KeyError:  # the page without a form: it was refused
            return 429
        finally:
            phone.close()
        return told


def status_of(phone: HTTPConnection, path: str) -> int:
    phone.request("GET", path)
    answer = phone.getresponse()
    answer.read()
    return answer.status


@pytest.fixture(scope="module")
def hall() -> Iterator[Hall]:
    with proxy_folder() as folder, office_on(f"sqlite:///{folder}/nilai.db") as office:
        environment = {
            **office.environment,
            "NILAI_PUBLIC_URL": f"https://{NAME}",
            "NILAI_TRUSTED_PROXIES": "1",
        }
        with activated(folder, environment, "deploy.public:application()") as site:
            yield Hall(folder, office, site)


@pytest.fixture(scope="module")
def proxy(hall: Hall) -> Iterator[Proxy]:
    with proxy_before(hall.folder) as running:
        yield running


def at_once(count: int, visit: Callable[[], int | Receipted]) -> list[int | Receipted]:
    with ThreadPoolExecutor(count) as phones:
        return [each.result() for each in [phones.submit(visit) for _ in range(count)]]


def refused(told: list[int | Receipted]) -> list[int]:
    return [each for each in told if isinstance(each, int)]


def receipts(told: list[int | Receipted]) -> set[str]:
    """Return what was recorded: each a 201 with a receipt of its own."""
    return {
        each.receipt for each in told if isinstance(each, Receipted) and (each.status == 201)
    } - {""}


def flood(proxy: Proxy, address: str, requests: int = 800) -> Counter[int]:
    """Ask as fast as one address can."""

    def ask() -> list[int]:
        phone = proxy.phone(address)
        statuses = [status_of(phone, "/healthz") for _ in range(requests // 8)]
        phone.close()
        return statuses

    with ThreadPoolExecutor(8) as askers:
        found = [askers.submit(ask) for _ in range(8)]
        return Counter(status for each in found for status in each.result())


# --- the hall


def test_sixty_phones_behind_one_address_are_all_let_through_at_once(
    hall: Hall, proxy: Proxy
) -> None:
    """Ten minutes' worth of a full hall, within seconds."""
    told = at_once(PHONES, lambda: hall.visit(proxy))
    assert refused(told) == []
    assert len(receipts(told)) == PHONES


def test_a_wall_that_is_too_narrow_for_a_hall_is_noticed(hall: Hall) -> None:
    with proxy_before(hall.folder, NARROW, "narrow") as narrow:
        assert 429 in refused(at_once(PHONES, lambda: hall.visit(narrow)))


# --- floods


def test_a_flood_from_one_place_is_stopped_and_shuts_nobody_else_out(
    hall: Hall, proxy: Proxy
) -> None:
    with ThreadPoolExecutor(1) as aside:
        flooding = aside.submit(flood, proxy, "127.0.0.9")
        told = [hall.visit(proxy, "127.0.0.1") for _ in range(10)]
        statuses = flooding.result()
    assert set(statuses) == {200, 429}
    assert statuses[429] > 100
    assert (refused(told), len(receipts(told))) == ([], 10)


def test_a_flood_that_no_wall_stops_is_noticed(hall: Hall) -> None:
    with proxy_before(hall.folder, NO_WALL, "open") as without:
        assert set(flood(without, "127.0.0.9")) == {200}


def test_whoever_floods_is_told_when_to_come_again(hall: Hall) -> None:
    with proxy_before(hall.folder, NARROW, "told") as narrow:
        phone = narrow.phone("127.0.0.8")
        assert 429 in [status_of(phone, "/healthz") for _ in range(8)]
        phone.request("GET", "/healthz")
        answer = phone.getresponse()
        page = answer.read().decode()
        phone.close()
    assert (answer.status, answer.headers["Retry-After"]) == (429, "10")
    assert "Tunggu sepuluh detik" in page


def test_one_address_holds_only_so_many_bodies_open(hall: Hall) -> None:
    few = {"limit_conn at_once 200": "limit_conn at_once 5"}
    with proxy_before(hall.folder, few, "few") as proxy:
        held = [proxy.phone("127.0.0.7") for _ in range(5)]
        for phone in held:
            phone.putrequest("POST", hall.office.path)
            phone.putheader("Content-Length", "100")
            phone.endheaders(b"slow")
        sleep(0.5)
        here, elsewhere = proxy.phone("127.0.0.7"), proxy.phone("127.0.0.6")
        assert (status_of(here, "/healthz"), status_of(elsewhere, "/healthz")) == (429, 200)
        for phone in (*held, here, elsewhere):
            phone.close()


# --- a balancer before the proxy (docs/province.md)


def statuses_for(proxy: Proxy, by: str, citizens: Sequence[str]) -> list[int]:
    """Ask once for each citizen, over one connection of whoever says to speak for them."""
    phone = proxy.phone(by)
    statuses = []
    for citizen in citizens:
        phone.request("GET", "/healthz", headers={"X-Forwarded-For": citizen})
        answer = phone.getresponse()
        answer.read()
        statuses.append(answer.status)
    phone.close()
    return statuses


@pytest.mark.parametrize("is_told", [True, False])
def test_behind_a_balancer_each_citizen_has_a_wall_of_his_own(hall: Hall, *, is_told: bool) -> None:
    lines = f"set_real_ip_from {BALANCER}; real_ip_header X-Forwarded-For;"
    change = {f"server_name {NAME};": f"server_name {NAME}; {lines}"} if is_told else {}
    with proxy_before(hall.folder, NARROW | change, f"balanced-{is_told}") as proxy:
        assert 429 in statuses_for(proxy, BALANCER, ["198.51.100.1"] * 8)
        others = statuses_for(proxy, BALANCER, [f"198.51.100.{n}" for n in range(10, 18)])
        forged = statuses_for(proxy, "127.0.0.41", [f"198.51.100.{n}" for n in range(20, 28)])
    assert (429 in others) is not is_told
    assert 429 in forged  # nobody else is believed


# --- a restart


def tapped_during(hall: Hall, proxy: Proxy, disturb: Callable[[], None]) -> list[int | Receipted]:
    """Let eight phones, each of a network of its own, tap without a pause meanwhile."""
    over = Event()

    def tap_on(address: str) -> list[int | Receipted]:
        told = []
        while not over.is_set():
            told.append(hall.visit(proxy, address))
        return [*told, hall.visit(proxy, address)]

    with ThreadPoolExecutor(8) as phones:
        tapping = [phones.submit(tap_on, f"127.0.0.{n}") for n in range(20, 28)]
        sleep(0.5)
        try:
            disturb()
        finally:
            over.set()
        return [told for each in tapping for told in each.result()]


def restart_without_sockets(site: Activated) -> None:
    site.close()
    sleep(CARELESS)
    site.listen()
    site.start()


def test_a_restart_loses_no_request(hall: Hall, proxy: Proxy) -> None:
    told = tapped_during(hall, proxy, hall.site.restart)
    assert refused(told) == []
    assert len(receipts(told)) == len(told) >= 8


def test_a_restart_without_waiting_sockets_is_noticed(hall: Hall, proxy: Proxy) -> None:
    told = tapped_during(hall, proxy, lambda: restart_without_sockets(hall.site))
    assert 503 in refused(told)

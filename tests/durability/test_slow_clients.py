"""Clients that send next to nothing, slowly: behind the proxy nobody else notices (quality)."""

import asyncio
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from typing import Self

import pytest

from tests.activated import activated
from tests.durability.citizens import Crowd, connect
from tests.durability.offices import Office, office_on
from tests.proxy import NAME, Proxy, proxy_before, proxy_folder

EVERY = 1.0
"""Seconds between two bytes of a slow client."""

HEADERS, BODIES = 500, 200
IMPATIENT = 5
"""Seconds after which a citizen before an unprotected site gives up."""

_HEAD = f"POST /l/X HTTP/1.1\r\nHost: {NAME}\r\n"
_BODY = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 60000\r\n\r\n"


@dataclass
class SlowCrowd:
    """Clients of one machine each, on a thread of their own, until they are told to stop.

    Attributes
    ----------
    held
        How many connections are open now, and the most there were.
    """

    port: int
    headers: int
    bodies: int
    trust: ssl.SSLContext | None = None
    held: int = 0
    most: int = 0
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def __enter__(self) -> Self:
        self._thread = Thread(target=self._loop.run_until_complete, args=[self._all()])
        self._thread.start()
        for _ in range(600):
            if self.most >= self.headers + self.bodies:
                break
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()

    async def _all(self) -> None:
        slow = [self._slow(n, _HEAD) for n in range(self.headers)]
        slower = [self._slow(self.headers + n, _HEAD + _BODY) for n in range(self.bodies)]
        await asyncio.gather(*slow, *slower)

    async def _slow(self, number: int, begins: str) -> None:
        """Begin a request and go on byte by byte; who is thrown out comes again."""
        while not self._stop.is_set():
            with suppress(OSError, asyncio.IncompleteReadError):
                await self._hold(number, begins)

    async def _hold(self, number: int, begins: str) -> None:
        address = f"127.0.{1 + number // 250}.{1 + number % 250}"
        reading, writing = await asyncio.open_connection(
            "127.0.0.1",
            self.port,
            ssl=self.trust,
            server_hostname=NAME if self.trust else None,
            local_addr=(address, 0),
        )
        self.held += 1
        self.most = max(self.most, self.held)
        try:
            writing.write(begins.encode())
            while not self._stop.is_set() and not reading.at_eof():
                writing.write(b"x")
                await writing.drain()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stop.wait(), EVERY)
        finally:
            self.held -= 1
            writing.transport.abort()


@pytest.fixture
def place() -> Iterator[tuple[Path, Office]]:
    with proxy_folder() as folder, office_on(f"sqlite:///{folder}/nilai.db") as office:
        yield folder, office


def visits(office: Office, open_one: Callable[[], HTTPConnection], count: int) -> list[float]:
    """Let citizens tap in turn; return how long each took of those who were answered."""
    took = []
    for _ in range(count):
        crowd = Crowd(office.settings, 0, office.path, 1)
        before = time.perf_counter()
        with suppress(OSError), closing(open_one()) as phone:
            told = crowd.tap_once(phone)
            if told.status == 201 and told.receipt:
                took.append(time.perf_counter() - before)
        time.sleep(0.05)
    return took


def of_the_proxy(proxy: Proxy) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=proxy.folder / "fullchain.pem")


def try_behind_the_proxy(
    place: tuple[Path, Office], headers: int, bodies: int, count: int
) -> list[float]:
    folder, office = place
    environment = {**office.environment, "NILAI_PUBLIC_URL": f"https://{NAME}"}
    with (
        activated(folder, environment, "deploy.public:application()"),
        proxy_before(folder) as proxy,
        SlowCrowd(proxy.https, headers, bodies, of_the_proxy(proxy)) as slow,
    ):
        took = visits(office, proxy.phone, count)
        assert slow.most == headers + bodies
        assert slow.held > (headers + bodies) / 2
    return took


def test_slow_clients_keep_nobody_from_rating(place: tuple[Path, Office]) -> None:
    assert len(try_behind_the_proxy(place, 60, 20, 10)) == 10


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_seven_hundred_slow_clients_keep_nobody_from_rating(
    place: tuple[Path, Office], record_property: Callable[[str, object], None]
) -> None:
    took = sorted(try_behind_the_proxy(place, HEADERS, BODIES, 300))
    assert len(took) == 300
    p50, p95 = took[len(took) // 2], took[int(len(took) * 0.95)]
    record_property(
        "MEASURED",
        f"700 slow clients: a visit (page and tap, with TLS) p50 {p50 * 1000:.0f} ms, "
        f"p95 {p95 * 1000:.0f} ms, longest {took[-1] * 1000:.0f} ms",
    )


def test_without_the_proxy_slow_clients_keep_people_from_rating(
    place: tuple[Path, Office],
) -> None:
    """The control: the same site on a port of its own, before which nothing waits for them."""
    office = place[1]
    with office.site() as site, SlowCrowd(site.port, 60, 20):

        def impatient() -> HTTPConnection:
            phone = connect(site.port)
            phone.sock.settimeout(IMPATIENT)
            return phone

        assert len(visits(office, impatient, 1)) == 0

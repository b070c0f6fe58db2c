"""Citizens who arrive when they arrive: an open loop of visits, each on a connection of its own.

A citizen does not wait for the one before him. So visits begin at times that are drawn beforehand,
whatever the site does, and a visit's time counts from the moment it was to begin: a site that
stalls for a second makes all visits of that second late, and they are counted as late.
"""

import asyncio
import math
import random
import re
import ssl
import statistics
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlencode

from tests.bench.served import hidden_fields

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_LATER = re.compile(rb"\r\nretry-after: *\d+", re.IGNORECASE)
_PATIENCE = 30.0
"""Seconds after which a citizen has gone; no answer may take so long."""

Ask = Callable[[bytes], Awaitable[tuple[bytes, bytes]]]
PAGE, TAP = "page", "tap"
RECORDED, TURNED_AWAY, FAILED = "recorded", "turned away", "failed"


@dataclass(frozen=True, slots=True)
class Visit:
    """How a visit ended.

    Attributes
    ----------
    outcome
        Recorded (201), turned away (503 with Retry-After), or failed: anything else.
    at, seconds
        When it was to begin, from the beginning of the load, and how long it took from then on.
    said, asked
        The last answer's status, and what it answered: the page or the tap.
    late
        Seconds by which this program itself began late. It hears answers as late.
    """

    outcome: str
    at: float
    seconds: float
    said: str
    asked: str
    late: float


@dataclass(frozen=True, slots=True)
class Door:
    """Where citizens come in.

    Attributes
    ----------
    port, name
        Where the proxy listens on this machine, and the name that it answers to.
    paths
        The desks' pages behind it; citizens take them in turn.
    trust
        What the certificate is checked with; None speaks without TLS.
    """

    port: int
    name: str
    paths: Sequence[str]
    trust: ssl.SSLContext | None = None


def arrivals(rate: float, seconds: float, seed: int) -> Iterator[float]:
    """Yield the moments at which citizens arrive: a Poisson process, the same for a seed."""
    drawn, moment = random.Random(seed), 0.0
    while (moment := moment + drawn.expovariate(rate)) < seconds:
        yield moment


def visits(door: Door, rate: float, seconds: float, seed: int = 1) -> list[Visit]:
    """Let citizens come at a rate a second for so many seconds; return what became of each."""
    return asyncio.run(_open_loop(door, list(arrivals(rate, seconds, seed))))


def capacity(door: Door, citizens: int, seconds: float) -> float:
    """Return how many visits a second are recorded when so many citizens never pause."""
    ended = asyncio.run(_closed_loop(door, citizens, seconds))
    wrong = {visit.said for visit in ended if visit.outcome != RECORDED}
    if wrong:
        message = f"visits failed while the capacity was measured: {wrong}"
        raise RuntimeError(message)
    return len(ended) / seconds


def count(ended: Sequence[Visit]) -> Counter[str]:
    """Return how many visits ended in each way."""
    return Counter(visit.outcome for visit in ended)


def said(ended: Sequence[Visit]) -> str:
    """Write how many visits ended in each way, and what was said to those that failed."""
    counted = count(ended)
    why = Counter(
        f"{visit.said} to the {visit.asked}" for visit in ended if visit.outcome == FAILED
    )
    return ", ".join(
        f"{counted[outcome]:,} {outcome}" for outcome in (RECORDED, TURNED_AWAY, FAILED)
    ) + (f" {dict(why)}" if why else "")


def times(ended: Sequence[Visit], outcome: str) -> str:
    """Write how long visits took that ended so, from the moment they were to begin."""
    return spread([visit.seconds for visit in ended if visit.outcome == outcome])


def spread(seconds: Sequence[float]) -> str:
    """Write how seconds are spread."""
    times = sorted(each * 1000 for each in seconds)
    if not times:
        return "none"
    p95, p99 = (times[math.ceil(len(times) * part) - 1] for part in (0.95, 0.99))
    return (
        f"p50 {statistics.median(times):.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms, "
        f"longest {times[-1]:.0f} ms"
    )


async def _open_loop(door: Door, moments: Sequence[float]) -> list[Visit]:
    clock = asyncio.get_running_loop().time
    began = clock() + 0.1
    running = []
    for number, moment in enumerate(moments):
        if (wait := began + moment - clock()) > 0:
            await asyncio.sleep(wait)
        running.append(asyncio.create_task(_visit(door, number, began, moment)))
    return list(await asyncio.gather(*running))


async def _closed_loop(door: Door, citizens: int, seconds: float) -> list[Visit]:
    clock = asyncio.get_running_loop().time
    began = clock()

    async def one(number: int) -> list[Visit]:
        ended: list[Visit] = []
        while (now := clock() - began) < seconds:
            ended.append(await _visit(door, number + citizens * len(ended), began, now))
        return ended

    return [each for some in await asyncio.gather(*map(one, range(citizens))) for each in some]


async def _visit(door: Door, number: int, began: float, moment: float) -> Visit:
    """Open a desk's page and tap, as a phone does that has never been here."""
    clock = asyncio.get_running_loop().time
    late = clock() - began - moment
    path, asked, said, outcome = door.paths[number % len(door.paths)], PAGE, "", FAILED
    host = f"HTTP/1.1\r\nHost: {door.name}\r\n"
    with suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
        async with asyncio.timeout(_PATIENCE), _connected(door, number) as ask:
            head, body = await ask(f"GET {path} {host}\r\n".encode())
            said = _status(head)
            if said == "200":
                asked, said = TAP, ""
                form = urlencode({**hidden_fields(body.decode()), "KESELURUHAN": "4"})
                head, _ = await ask(
                    f"POST {path} {host}Content-Length: {len(form)}\r\n"
                    f"Content-Type: application/x-www-form-urlencoded\r\n\r\n{form}".encode()
                )
                said = _status(head)
            if said == "201":
                outcome = RECORDED
            elif said == "503" and _LATER.search(head):
                outcome = TURNED_AWAY
    return Visit(outcome, moment, clock() - began - moment, said or "no answer", asked, late)


def _status(head: bytes) -> str:
    return head[9:12].decode("ascii", "replace")


@asynccontextmanager
async def _connected(door: Door, number: int) -> AsyncIterator[Ask]:
    """Connect from an address of the visitor's own; all of 127/8 is this machine."""
    own = f"127.1.{number // 250 % 250}.{number % 250 + 1}"
    reader, writer = await asyncio.open_connection(
        "127.0.0.1",
        door.port,
        local_addr=(own, 0),
        ssl=door.trust,
        server_hostname=door.name if door.trust else None,
    )

    async def ask(request: bytes) -> tuple[bytes, bytes]:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        return head, await reader.readexactly(int(length[1])) if length else b""

    try:
        yield ask
    finally:
        writer.close()

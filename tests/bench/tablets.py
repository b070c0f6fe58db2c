"""What 200 tablets kept while there was no network, drained at once while phones rate."""

import http.client
import json
import random
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection

from sqlalchemy import Engine, text

from survey.database import open_engine, reading, writing
from survey.models import ServiceUnit
from survey.set_up import add_desk
from survey.settings import Settings, settings_from
from tests.bench.hall import ENGINES, Hall, hall_on
from tests.bench.open_loop import RECORDED, Door, Visit, said, times, visits
from tests.proxy import NAME
from tests.tablet_factories import MadeTablet, enrolled, headers_of

TABLETS = 200
TAPS = 500
PROCESSES = 4
LONGEST = 600
"""Seconds after which the rest is left undrained, and said so."""
ADDRESS = "/api/kiosk/v1/responses"
VISITS_A_SECOND = 4
_HOST = {"Host": NAME}
_LONGEST_PAUSE = 30


@dataclass(frozen=True, slots=True)
class Drained:
    """What one process of clients saw."""

    receipts: int
    batches: int
    turned_away: int
    left: int


def run(tablets: int = TABLETS, taps: int = TAPS) -> Iterator[str]:
    """Drain them once on each engine and yield the lines to print."""
    for name in ENGINES:
        with hall_on(name) as hall:
            yield from (f"{name}: {line}" for line in _measured(hall, tablets, taps))


def _measured(hall: Hall, tablets: int, taps: int) -> Iterator[str]:
    desks = _desks(hall, tablets)
    before = hall.site.cpu_seconds()
    told, seconds, ended = _drain(hall, desks, taps)
    cpu = hall.site.cpu_seconds() - before
    stored, ids = _stored(hall.engine)
    receipts = sum(each.receipts for each in told)
    turned_away, left = (sum(getattr(each, n) for each in told) for n in ("turned_away", "left"))
    yield (
        f"{tablets} tablets × {taps} waiting taps: drained in {seconds:.0f} s "
        f"(promised ≤ 1200), {left} left, {receipts - stored} lost, {stored - ids} doubled; "
        f"{turned_away} batches told to come again later"
    )
    yield (
        f"meanwhile {VISITS_A_SECOND} phones a second (page and submission): {said(ended)}; "
        f"{times(ended, RECORDED)} (promised p95 ≤ 1 s)"
    )
    yield f"CPU of the site: {cpu / max(1, receipts) * 1000:.2f} ms for each response in a batch"


def _desks(hall: Hall, tablets: int) -> list[int]:
    """Return one desk for each tablet."""
    with writing(hall.engine) as session:
        unit = ServiceUnit(code="TABLET", name="Kantor bertablet", time_zone="Asia/Jakarta")
        session.add(unit)
        session.flush()
        desks = [add_desk(session, unit.id or 0, f"T{n}", f"Loket {n}") for n in range(tablets)]
        session.flush()
        return [desk.id or 0 for desk in desks]


def _drain(hall: Hall, desks: Sequence[int], taps: int) -> tuple[list[Drained], float, list[Visit]]:
    """Let all tablets begin at once; return what they saw, how long it took, the phones' visits."""
    context = get_context("spawn")
    pipes: list[Connection] = []
    workers = []
    for n in range(PROCESSES):
        here, there = context.Pipe()
        share = list(desks[n::PROCESSES])
        worker = context.Process(
            target=_clients, args=(there, hall.environment, share, taps, hall.plain.port)
        )
        worker.start()
        pipes.append(here)
        workers.append(worker)
    for pipe in pipes:
        pipe.recv()  # all is sealed
    ended: list[Visit] = []
    over = threading.Event()
    phones = threading.Thread(target=_rate, args=(hall.door, ended, over))
    phones.start()
    began = time.monotonic()
    for pipe in pipes:
        pipe.send("begin")
    told = [pipe.recv() for pipe in pipes]
    seconds = time.monotonic() - began
    over.set()
    phones.join()
    for worker in workers:
        worker.join()
    return told, seconds, ended


def _rate(door: Door, ended: list[Visit], over: threading.Event) -> None:
    """Let citizens come until it is over."""
    while not over.is_set():
        ended += visits(door, VISITS_A_SECOND, 5, seed=len(ended))


def _clients(
    pipe: Connection, environment: Mapping[str, str], desks: Sequence[int], taps: int, port: int
) -> None:
    """Be some of the tablets: enrol, keep, and once told so, send everything, each on its own."""
    settings = settings_from(environment)
    engine = open_engine(settings.database_url)
    tablets = [_tablet(engine, settings, desk_id, taps) for desk_id in desks]
    engine.dispose()
    pipe.send("ready")
    pipe.recv()
    told: list[Drained] = []
    threads = [
        threading.Thread(target=lambda each=each: told.append(_send_all(each, port)))
        for each in tablets
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pipe.send(
        Drained(*(sum(getattr(each, n) for each in told) for n in Drained.__dataclass_fields__))
    )


def _tablet(engine: Engine, settings: Settings, desk_id: int, taps: int) -> MadeTablet:
    """Return a tablet that kept taps while there was no network, three minutes between them."""
    now = datetime.now(UTC)
    began = now - timedelta(minutes=3 * taps + 10)
    tablet = enrolled(engine, desk_id, at=began, settings=settings)
    for n in range(taps):
        tablet.keep(n % 4 + 1, at=began + timedelta(minutes=3 * n))
    tablet.touch(now, settings)
    return tablet


def _send_all(tablet: MadeTablet, port: int) -> Drained:
    """Send as a tablet does: the next batch after an answer, and a pause after a refusal."""
    by, until = random.Random(tablet.device.int), time.monotonic() + LONGEST
    receipts = batches = turned_away = failures = 0
    own = f"127.2.{by.randrange(250)}.{by.randrange(1, 250)}"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60, source_address=(own, 0))
    while tablet.kept and time.monotonic() < until:
        body = tablet.body(at=datetime.now(UTC))
        try:
            connection.request("POST", ADDRESS, body, headers_of(tablet.signed(body)) | _HOST)
            answer = connection.getresponse()
            status, data = answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            status, data = 0, b""
        if status != 201:
            failures, turned_away = failures + 1, turned_away + 1
            time.sleep(min(_LONGEST_PAUSE, 2 ** (failures - 1)) * by.uniform(0.5, 1))
            continue
        failures, batches = 0, batches + 1
        told = json.loads(data)
        tablet.nonce = told["nonce"]
        gone = {result["id"] for result in told["results"] if result["receipt"]}
        receipts += len(gone)
        tablet.kept = {n: item for n, item in tablet.kept.items() if item["id"] not in gone}
    connection.close()
    return Drained(receipts, batches, turned_away, len(tablet.kept))


def _stored(engine: Engine) -> tuple[int, int]:
    """Return how many responses of tablets there are, and how many different ids."""
    counted = text("SELECT count(*), count(DISTINCT id) FROM response WHERE channel = 'kiosk'")
    with reading(engine) as session:
        rows, ids = session.connection().execute(counted).one()
    return rows, ids

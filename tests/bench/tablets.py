"""What 200 tablets kept while there was no network, drained at once while a phone rates."""

import http.client
import json
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from urllib.parse import urlencode

from sqlalchemy import Engine, text
from sqlmodel import Session

from deploy.migrate import upgrade
from survey.database import open_engine, reading, writing
from survey.desks import signed_code
from survey.models import ServiceUnit
from survey.set_up import add_desk
from survey.settings import Settings, settings_from
from tests.bench.served import Served, hidden_fields, served
from tests.tablet_factories import MadeTablet, enrolled, headers_of

TABLETS = 200
TAPS = 500
PROCESSES = 4
LONGEST = 600
"""Seconds after which the rest is left undrained, and said so."""
ADDRESS = "/api/kiosk/v1/responses"
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_PAUSE_BETWEEN_VISITS = 0.25
_LONGEST_PAUSE = 30


@dataclass(frozen=True, slots=True)
class Drained:
    """What one process of clients saw."""

    receipts: int
    batches: int
    turned_away: int
    left: int


def run(tablets: int = TABLETS, taps: int = TAPS) -> list[str]:
    """Drain them once and return the lines to print."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "NILAI_DATABASE_URL": f"sqlite:///{folder}/nilai.db",
            "NILAI_SECRET_KEY": "x" * 48,
        }
        settings = settings_from(environment)
        upgrade(settings.database_url)
        engine = open_engine(settings.database_url)
        desks, poster = _office(engine, settings, tablets)
        with served("deploy.public:application()", environment) as site:
            before = site.cpu_seconds()
            told, seconds, visits = _drain(site, environment, desks, poster, taps)
            cpu = site.cpu_seconds() - before
        stored, ids = _stored(engine)
        engine.dispose()
    receipts = sum(each.receipts for each in told)
    turned_away, left = (sum(getattr(each, n) for each in told) for n in ("turned_away", "left"))
    slow = statistics.quantiles(visits, n=20)[18]
    return [
        (
            f"{tablets} tablets × {taps} waiting taps on SQLite: drained in {seconds:.0f} s "
            f"(promised ≤ 1200), {left} left, {receipts - stored} lost, {stored - ids} doubled; "
            f"{turned_away} batches told to come again later"
        ),
        (
            f"meanwhile a phone (page and submission): p50 {statistics.median(visits) * 1000:.0f} "
            f"ms, p95 {slow * 1000:.0f} ms (promised ≤ 1000), {len(visits)} visits"
        ),
        f"CPU of the server: {cpu / max(1, receipts) * 1000:.2f} ms for each response in a batch",
    ]


def _office(engine: Engine, settings: Settings, tablets: int) -> tuple[list[int], str]:
    """Return one desk for each tablet, and the address of the poster that a phone opens."""
    with writing(engine) as session:
        unit = ServiceUnit(code="UJI", name="Disdukcapil Kota Contoh", time_zone="Asia/Jakarta")
        session.add(unit)
        session.flush()
        desks = [_desk(session, unit.id or 0, n) for n in range(tablets + 1)]
        *others, own = desks
        code = signed_code(own[1], settings.key("desk"))
    return [desk_id for desk_id, _ in others], f"/l/{code}"


def _desk(session: Session, unit_id: int, number: int) -> tuple[int, str]:
    desk = add_desk(session, unit_id, f"L{number}", f"Loket {number}")
    session.flush()
    return desk.id or 0, desk.public_key


def _drain(
    site: Served, environment: dict[str, str], desks: Sequence[int], poster: str, taps: int
) -> tuple[list[Drained], float, list[float]]:
    """Let all tablets begin at once; return what they saw, how long it took, a phone's seconds."""
    context = get_context("spawn")
    pipes: list[Connection] = []
    workers = []
    for n in range(PROCESSES):
        here, there = context.Pipe()
        share = list(desks[n::PROCESSES])
        worker = context.Process(target=_clients, args=(there, environment, share, taps, site.port))
        worker.start()
        pipes.append(here)
        workers.append(worker)
    for pipe in pipes:
        pipe.recv()  # all is sealed
    visits: list[float] = []
    over = threading.Event()
    phone = threading.Thread(target=_rate, args=(site, poster, visits, over))
    phone.start()
    began = time.monotonic()
    for pipe in pipes:
        pipe.send("begin")
    told = [pipe.recv() for pipe in pipes]
    seconds = time.monotonic() - began
    over.set()
    phone.join()
    for worker in workers:
        worker.join()
    return told, seconds, visits


def _rate(site: Served, path: str, visits: list[float], over: threading.Event) -> None:
    """Open the page and tap, again and again, as one citizen after the other does."""
    connection = site.connect()
    while not over.wait(_PAUSE_BETWEEN_VISITS):
        began = time.monotonic()
        connection.request("GET", path)
        fields = hidden_fields(connection.getresponse().read().decode())
        connection.request("POST", path, urlencode({**fields, "KESELURUHAN": "4"}), _FORM)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 201, answer.status
        visits.append(time.monotonic() - began)
    connection.close()


def _clients(
    pipe: Connection, environment: dict[str, str], desks: Sequence[int], taps: int, port: int
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
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while tablet.kept and time.monotonic() < until:
        body = tablet.body(at=datetime.now(UTC))
        try:
            connection.request("POST", ADDRESS, body, headers_of(tablet.signed(body)))
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

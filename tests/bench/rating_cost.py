"""CPU of one durable rating (page and submission) against the bare floor, and its bytes.

Measured at one desk whose citizens follow one another, and at many, where nobody was a moment ago:
there the desk is looked up for the page, and again for the tap, as the citizen takes his time.
"""

import re
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path

from deploy.migrate import upgrade
from survey.database import open_engine, writing
from survey.desks import signed_code
from survey.set_up import add_desk
from survey.settings import settings_from
from tests.bench.served import FORM, Served, hidden_fields, rate, served, tap
from tests.factories import make_unit

ROUNDS = 7
RATINGS = 400
DESKS = 500
"""So many that no desk has eight taps in ten minutes, which would be a burst (method §7)."""

FORGOTTEN = 5.5
"""Seconds after which no desk is known from its last citizen."""

SECRET = "x" * 48


def run() -> list[str]:
    """Measure all in turn and return the lines to print."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "NILAI_DATABASE_URL": f"sqlite:///{folder}/nilai.db",
            "NILAI_SECRET_KEY": SECRET,
        }
        busy, *quiet = _office(environment)
        in_turn = cycle(quiet)
        floor_environment = {"FLOOR_DATABASE": str(Path(folder) / "floor.db")}
        with (
            served("tests.bench.floor:application()", floor_environment) as floor,
            served("deploy.public:application()", environment) as ours,
        ):
            _rate_floor(floor, 100)
            _rate_at(ours, busy, 100)
            at_one = [
                (_rate_floor(floor, RATINGS), _rate_at(ours, busy, RATINGS)) for _ in range(ROUNDS)
            ]
            at_many = [
                (_rate_floor(floor, RATINGS), _rate_in_turn(ours, in_turn)) for _ in range(ROUNDS)
            ]
            weight = _first_page_bytes(ours, busy)
    return [
        _told("at one desk, one after the other", at_one),
        _told(f"at {DESKS} desks in turn, none known from a moment ago", at_many),
        *weight,
    ]


def _told(where: str, pairs: Sequence[tuple[float, float]]) -> str:
    ratios = sorted(cost / floor for floor, cost in pairs)
    floor, cost = (statistics.median(side) for side in zip(*pairs, strict=True))
    return (
        f"durable rating {where}: {cost:.2f} ms CPU, bare floor {floor:.2f} ms; ratio pair by pair "
        f"median {statistics.median(ratios):.2f} (min {ratios[0]:.2f}, max {ratios[-1]:.2f}), "
        f"{ROUNDS} rounds of {RATINGS} ratings; promised ≤ 2"
    )


def _office(environment: dict[str, str]) -> list[str]:
    """Return the addresses of the desks of an office on a new database."""
    settings = settings_from(environment)
    upgrade(settings.database_url)
    engine = open_engine(settings.database_url)
    with writing(engine) as session:
        unit_id = make_unit(session)
        desks = [
            add_desk(session, unit_id, f"L{number}", f"Loket {number}", about="KTP-el dan KK")
            for number in range(DESKS + 1)
        ]
        key = settings.key("desk")
        paths = [f"/l/{signed_code(desk.public_key, key)}" for desk in desks]
    engine.dispose()
    return paths


def _rate_floor(site: Served, count: int) -> float:
    connection = site.connect()
    before = site.cpu_seconds()
    for _ in range(count):
        connection.request("GET", "/")
        connection.getresponse().read()
        connection.request("POST", "/", "rating=4", FORM)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 201, answer.status
    connection.close()
    return (site.cpu_seconds() - before) / count * 1000


def _rate_at(site: Served, path: str, count: int) -> float:
    connection = site.connect()
    before = site.cpu_seconds()
    for _ in range(count):
        rate(connection, path)
    connection.close()
    return (site.cpu_seconds() - before) / count * 1000


def _rate_in_turn(site: Served, paths: Iterator[str]) -> float:
    """Open the pages of as many desks as there are ratings, wait, and tap on each."""
    visited, opened = list(islice(paths, RATINGS)), []
    time.sleep(FORGOTTEN)
    connection = site.connect()
    before = site.cpu_seconds()
    for path in visited:
        connection.request("GET", path)
        opened.append(hidden_fields(connection.getresponse().read().decode()))
    spent = site.cpu_seconds() - before
    connection.close()
    time.sleep(FORGOTTEN)
    connection = site.connect()
    before = site.cpu_seconds()
    for path, fields in zip(visited, opened, strict=True):
        tap(connection, path, fields)
    spent += site.cpu_seconds() - before
    connection.close()
    return spent / RATINGS * 1000


def _first_page_bytes(site: Served, path: str) -> list[str]:
    """Weigh the first page with all it loads, headers included, as a phone gets it."""
    total, lines = 0, []
    page = _fetch(site, path)
    assets = re.findall(r'(?:href|src)="(/static/[^"]+)"', page[1].decode())
    for name, (heads, body) in [("page", page), *((a, _fetch(site, a)) for a in assets)]:
        total += heads + len(body)
        lines.append(f"  {name}: {len(body)} bytes and {heads} of headers")
    return [f"first page on the wire: {total} bytes in all; promised ≤ 14336", *lines]


def _fetch(site: Served, path: str) -> tuple[int, bytes]:
    connection = site.connect()
    connection.request("GET", path, headers={"Accept-Encoding": "gzip, deflate, br"})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    heads = sum(len(name) + len(value) + 4 for name, value in answer.getheaders()) + 19
    return heads, body

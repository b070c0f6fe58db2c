"""CPU of one durable rating (page and submission) against the bare floor, and its bytes."""

import re
import statistics
import tempfile
from pathlib import Path

from deploy.migrate import upgrade
from survey.database import open_engine, writing
from survey.desks import signed_code
from survey.set_up import add_desk
from survey.settings import settings_from
from tests.bench.served import FORM, Served, rate, served
from tests.factories import make_unit

ROUNDS = 7
RATINGS = 400
SECRET = "x" * 48


def run() -> list[str]:
    """Measure both in turn and return the lines to print."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "NILAI_DATABASE_URL": f"sqlite:///{folder}/nilai.db",
            "NILAI_SECRET_KEY": SECRET,
        }
        path = f"/l/{_office(environment)}"
        floor_environment = {"FLOOR_DATABASE": str(Path(folder) / "floor.db")}
        with (
            served("tests.bench.floor:application()", floor_environment) as floor,
            served("deploy.public:application()", environment) as ours,
        ):
            _rate_floor(floor, 100)
            _rate_ours(ours, path, 100)
            pairs = [
                (_rate_floor(floor, RATINGS), _rate_ours(ours, path, RATINGS))
                for _ in range(ROUNDS)
            ]
            weight = _first_page_bytes(ours, path)
    ratios = sorted(mine / bare for bare, mine in pairs)
    bare, mine = (statistics.median(side) for side in zip(*pairs, strict=True))
    return [
        (
            f"durable rating: {mine:.2f} ms CPU, bare floor {bare:.2f} ms; ratio pair by pair "
            f"median {statistics.median(ratios):.2f} (min {ratios[0]:.2f}, max {ratios[-1]:.2f}), "
            f"{ROUNDS} rounds of {RATINGS} ratings; promised ≤ 2"
        ),
        *weight,
    ]


def _office(environment: dict[str, str]) -> str:
    settings = settings_from(environment)
    upgrade(settings.database_url)
    engine = open_engine(settings.database_url)
    with writing(engine) as session:
        desk = add_desk(session, make_unit(session), "L3", "Loket 3", about="KTP-el dan KK")
        code = signed_code(desk.public_key, settings.key("desk"))
    engine.dispose()
    return code


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


def _rate_ours(site: Served, path: str, count: int) -> float:
    connection = site.connect()
    before = site.cpu_seconds()
    for _ in range(count):
        rate(connection, path)
    connection.close()
    return (site.cpu_seconds() - before) / count * 1000


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

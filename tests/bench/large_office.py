"""Lists of an office with 2 000 desks, 6 000 officers and 40 000 duties: p95 of each page."""

import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import uuid4

from sqlalchemy import Engine, insert
from sqlmodel import Session
from werkzeug.test import Client

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.changes.batch import Cause, open_batch
from aggregation.models import Assignment, Duty, Officer
from deploy.migrate import upgrade
from survey.database import open_engine, writing
from survey.models import Desk
from tests.staff_factories import make_office, member, staff

DESKS, OFFICERS, DUTIES = 2_000, 6_000, 40_000
ROUNDS = 40
CODE = "DISDUKCAPIL-CONTOH"
BARE = "/staff/bantuan/operator"
PAGES = {
    "desks": f"/staff/unit/{CODE}/loket",
    "desks, last page": f"/staff/unit/{CODE}/loket?hal=40",
    "desks, searched": f"/staff/unit/{CODE}/loket?cari=loket+17",
    "officers": f"/staff/unit/{CODE}/petugas",
    "officers, last page": f"/staff/unit/{CODE}/petugas?hal=120",
    "officers, searched": f"/staff/unit/{CODE}/petugas?cari=petugas+42",
    "week of duties": f"/staff/unit/{CODE}/jadwal",
    "month of duties": f"/staff/unit/{CODE}/jadwal/bulan",
    "log": "/staff/catatan",
}
_STARTS = date(2026, 1, 1)


def run() -> Iterator[str]:
    """Measure each page in turn with the bare one, and yield the lines to print."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/nilai.db"
        upgrade(url)
        engine = open_engine(url)
        _set_up(engine)
        client = member(staff(engine), engine, RoleIn(Role.OPERATOR))
        times = _measure(client, [BARE, *PAGES.values()])
        bare = statistics.median(times[BARE])
        yield f"a page without a list: p50 {bare:.1f} ms, p95 {_p95(times[BARE]):.1f} ms"
        for name, address in PAGES.items():
            middle = statistics.median(times[address])
            yield (
                f"{name}: p50 {middle:.1f} ms, p95 {_p95(times[address]):.1f} ms, "
                f"{middle / bare:.1f} × the page without a list"
            )
        engine.dispose()


def _measure(client: Client, addresses: list[str]) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {address: [] for address in addresses}
    for _ in range(ROUNDS):
        for address in addresses:
            begun = time.perf_counter()
            answer = client.get(address)
            times[address].append((time.perf_counter() - begun) * 1000)
            if answer.status_code != 200:
                message = f"{address} answered {answer.status_code}"
                raise RuntimeError(message)
    return times


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _set_up(engine: Engine) -> None:
    with writing(engine) as session:
        unit_id = make_office(session, CODE)
        desks = [
            {"id": n, "unit_id": unit_id, "code": f"L{n:04}", "public_key": f"{n:06}",
             "name": f"Loket {n}", "about": "", "kind": "counter", "opens_with": "faces",
             "active": True}
            for n in range(1, DESKS + 1)
        ]  # fmt: skip
        officers = [
            {"id": n, "key": f"P{n:011}", "nip": f"{n:018}", "name": f"Petugas {n}",
             "employment": "PNS"}
            for n in range(1, OFFICERS + 1)
        ]  # fmt: skip
        session.execute(insert(Desk), desks)
        session.execute(insert(Officer), officers)
        _people_and_duties(session, unit_id)


def _people_and_duties(session: Session, unit_id: int) -> None:
    batch = open_batch(session, unit_id, Cause("bench", "", datetime.now(UTC)))
    common = {"batch_id": batch, "unit_id": unit_id}
    session.execute(
        insert(Assignment),
        [
            {**common, "id": uuid4(), "officer_id": n, "starts_on": _STARTS, "job_group": "Loket"}
            for n in range(1, OFFICERS + 1)
        ],
    )
    # Two shifts on each of five weekdays make 20 000; a second roster follows the first.
    session.execute(
        insert(Duty),
        [
            {**common, "id": uuid4(), "desk_id": desk, "weekday": weekday,
             "officer_id": (2 * desk + shift) % OFFICERS + 1,
             "effective_from": since, "first_slot": first, "end_slot": end}
            for since in (_STARTS, date(2026, 7, 1))
            for desk in range(1, DESKS + 1)
            for weekday in range(1, 6)
            for shift, (first, end) in enumerate(((16, 24), (26, 32)))
        ],
    )  # fmt: skip

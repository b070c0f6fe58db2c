"""Nothing that a request carries beside a rating stays anywhere: not stored, not logged (§9)."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from urllib.request import urlopen

import pytest
from sqlalchemy import Engine, func, select
from sqlmodel import col

from aggregation.comments.models import Comment
from deploy.backup import backup
from deploy.purge import purge
from deploy.unit_night import TASKS, active_units, do_tasks
from survey.database import reading, writing
from survey.desks import desk_by_id
from survey.first_look import HALL
from survey.models import Desk, Response
from tests.canaries import (
    HIDDEN,
    SAID,
    Citizens,
    as_bytes,
    digests_of,
    found_in_files,
    found_in_rows,
    slips_for,
)
from tests.durability.offices import Office, office_on
from tests.durability.running import RunningSite, free_port
from tests.postgres import Server, binaries
from tests.tablet_factories import enrolled

BOTH = "deploy.wsgi:application()"
SHA256_AS_TEXT = 64
IN_DISGUISE = 20
"""Addresses whose digests are looked for; more would only cost time."""

THE_DAY_AFTER, LONG_AFTER = timedelta(days=4), timedelta(days=365 * 3)


@dataclass
class Searched:
    """What was found of what was planted.

    Attributes
    ----------
    stored
        In rows, outside comments and in them.
    on_disk
        In files of the database, byte by byte.
    told
        In the log, and in the figures for monitoring.
    """

    rated: int
    refused: int
    stored: set[tuple[str, str]]
    on_disk: set[tuple[str, bytes]]
    told: list[str]


@contextmanager
def sqlite_at(folder: Path) -> Iterator[tuple[str, Sequence[Path]]]:
    """Give the URL of an SQLite file, and where its bytes lie."""
    files = [folder / f"nilai.db{suffix}" for suffix in ("", "-wal", "-shm")]
    yield f"sqlite:///{files[0]}", files


@contextmanager
def postgres_at(_folder: Path) -> Iterator[tuple[str, Sequence[Path]]]:
    """Give the URL of a database on a server of its own, whose folder is searched whole."""
    server = Server(
        binaries()["postgres"], Path(mkdtemp(prefix="nilai-kenari-", dir="/tmp")) / "pg"
    )
    server.folder.parent.chmod(0o755)
    try:
        server.start()
        server.administer("CREATE DATABASE nilai")
        yield server.url("nilai"), [server.folder]
    finally:
        server.stop()


PLACES = {"sqlite": sqlite_at, "server": postgres_at}


@pytest.fixture(autouse=True)
def _own_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the programs of the tests' own server be found, as an operator would on PATH."""
    monkeypatch.setenv("PATH", f"{binaries()['postgres']}:{os.environ['PATH']}")


def let_them_rate(office: Office, site: RunningSite, count: int) -> tuple[Citizens, list[str]]:
    """Let so many citizens rate; return them, and the slips they had."""
    now = datetime.now(UTC)
    with writing(office.stored) as session:
        [place] = session.execute(select(Desk)).scalars()
        # Many at once are an ordinary morning in a hall: their comments are released.
        place.kind, desk_id = HALL, place.id or 0
        session.flush()
        desk = desk_by_id(session.connection(), desk_id, office.settings.key("desk"))
        slips = slips_for(session, desk, count // 4 + 1)
    tablet = enrolled(office.stored, desk_id, at=now, settings=office.settings)
    citizens = Citizens(site.port, office.path, list(slips), tablet)
    for number in range(count):
        citizens.visit(number)
    citizens.go_home()
    return citizens, slips


def search(office: Office, files: Sequence[Path], folder: Path, count: int, app: str) -> Searched:
    """Let citizens rate at a site, and search all that it leaves."""
    log, port = folder / "log", free_port()
    environment = office.environment | {
        "NILAI_TRUSTED_PROXIES": "1",
        "NILAI_METRICS": f"127.0.0.1:{port}",
        "NILAI_MARKS_FOLDER": str(folder / "marks"),
    }
    with RunningSite(environment, app, log=log) as site:
        urlopen(f"http://127.0.0.1:{site.port}/healthz", timeout=120).close()
        citizens, slips = let_them_rate(office, site, count)
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
            figures = answer.read().decode()
        digests = list(digests_of(citizens.addresses[:IN_DISGUISE]))
        tokens = [slip.removeprefix("/t/").encode() for slip in slips[:IN_DISGUISE]]
        on_disk = found_in_files(_whole(files), [*as_bytes(HIDDEN), *digests, *tokens])
    said = log.read_text() + figures
    return Searched(
        rated=citizens.rated,
        refused=sum(status >= 500 for status in citizens.statuses),
        stored=found_in_rows(office.stored, (*HIDDEN, *SAID)),
        on_disk=on_disk,
        told=[canary for canary in (*HIDDEN, *SAID) if canary in said],
    )


def _whole(places: Sequence[Path]) -> list[Path]:
    """Return files, and all files below folders."""
    below = [each for place in places for each in (place.rglob("*") if place.is_dir() else [place])]
    return [file for file in below if file.is_file()]


def promise(kind: str, folder: Path, count: int) -> None:
    """Hold a site to what it promises, from the first tap to the end of retention."""
    with PLACES[kind](folder) as (url, files), office_on(url) as office:
        found = search(office, files, folder, count, BOTH)
        assert (found.rated, found.refused) == (count, 0)
        assert found.told == []
        assert found.on_disk == set()
        # A citizen's own words are kept for their time, and in one place.
        assert found.stored == {("private_text", canary) for canary in SAID}
        assert stored_ratings(office.stored) == count
        release_all(office.stored)
        assert found_in_rows(office.stored, SAID) == {("private_text", canary) for canary in SAID}
        kept = folder / "kept.backup"
        backup(office.stored, kept, datetime.now(UTC))
        assert found_in_files([kept], as_bytes(HIDDEN)) == set()
        purge(office.stored, datetime.now(UTC) + LONG_AFTER)
        assert found_in_rows(office.stored, SAID) == set()
        if kind == "sqlite":
            office.let_go()
            assert found_in_files(_whole(files), as_bytes(SAID)) == set()


def stored_ratings(engine: Engine) -> int:
    """Count what citizens sent; the night's probe has a unit of its own."""
    with reading(engine) as session:
        [unit] = active_units(session)
        sent = select(func.count()).where(col(Response.unit_id) == unit.id)
        return int(session.execute(sent).scalar_one())


def release_all(engine: Engine) -> None:
    """Release the comments, as a night some days later does."""
    at = datetime.now(UTC) + THE_DAY_AFTER
    with reading(engine) as session:
        [unit] = active_units(session)
        session.expunge_all()
    _, failures = do_tasks(engine, unit, at, TASKS)
    assert failures == []
    with reading(engine) as session:
        assert session.execute(select(func.count()).select_from(Comment)).scalar_one()


def test_nothing_of_a_request_stays_but_the_rating(tmp_path: Path) -> None:
    promise("sqlite", tmp_path, 60)


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kind", PLACES)
def test_nothing_of_a_thousand_requests_stays_but_the_ratings(kind: str, tmp_path: Path) -> None:
    promise(kind, tmp_path, 1000)


def test_a_site_that_keeps_what_it_should_not_is_found(tmp_path: Path) -> None:
    with sqlite_at(tmp_path) as (url, files), office_on(url) as office:
        found = search(office, files, tmp_path, 4, "tests.canary_leaks:keeps_too_much()")
    assert set(found.told) == {"203.0.113.", "2001:db8:cafe:"}
    assert ("desk", "KenariPeramban") in found.stored
    assert {len(canary) for _, canary in found.on_disk} >= {len("KenariPeramban"), SHA256_AS_TEXT}

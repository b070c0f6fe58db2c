"""Requests are counted by page and told of by page: never by who sent them, or from where."""

import json
import logging
import re
from collections.abc import Iterator
from typing import NoReturn

import pytest
from sqlalchemy import Engine

from survey.database import writing
from survey.log_lines import LogLine
from survey.meter import CLASSES, REQUESTS, TOOK, meter_of
from survey.request_counts import HEADER
from tests.factories import MadeDesk, all_nine, follow, make_desk, tap
from tests.site_client import PublicClient, phone
from tests.staff_factories import staff, visitor

FACTS = {
    "at",
    "level",
    "from",
    "event",
    "site",
    "endpoint",
    "method",
    "status",
    "within",
    "request",
}


@pytest.fixture
def desk(sqlite_engine: Engine) -> MadeDesk:
    with writing(sqlite_engine) as session:
        return make_desk(session)


@pytest.fixture
def client(sqlite_engine: Engine) -> PublicClient:
    return phone(sqlite_engine)


class Since:
    """What an engine's meter counted since a test began: engines are lent again and again."""

    def __init__(self, engine: Engine) -> None:
        self._meter = meter_of(engine)
        self._before = dict(self._meter.counts())

    def __call__(self) -> dict[tuple[str, ...], int]:
        now = self._meter.counts()
        return {k: n for k, v in now.items() if (n := v - self._before.get(k, 0))}


@pytest.fixture
def since(sqlite_engine: Engine) -> Since:
    return Since(sqlite_engine)


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[list[dict[str, object]]]:
    """Give the lines that leave by the one door, as they are written."""
    written: list[dict[str, object]] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(json.loads(LogLine().format(record)))

    handler = Kept()
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)
    caplog.clear()


def test_requests_are_counted_by_page_and_kind_of_answer(
    client: PublicClient, desk: MadeDesk, since: Since
) -> None:
    tap(client, desk.path)
    client.get("/l/NO-SUCH-CODE")
    client.get("/no-such-page/3171234509870001")
    requests = {key[1:]: n for key, n in since().items() if key[0] == REQUESTS}
    assert requests == {
        ("public", "pages.open_page", "2xx"): 1,
        ("public", "pages.rate", "2xx"): 1,
        ("public", "pages.open_page", "4xx"): 1,
        ("public", "none", "4xx"): 1,
    }


def test_each_request_is_timed_once(client: PublicClient, desk: MadeDesk, since: Since) -> None:
    tap(client, desk.path)
    steps = {k: n for k, n in since().items() if k[0] == TOOK and k[-1] != "sum"}
    assert sum(steps.values()) == 2


def test_ratings_are_counted_by_what_became_of_them(
    client: PublicClient, desk: MadeDesk, since: Since
) -> None:
    thanks = tap(client, desk.path)
    follow(client, desk.path, thanks, **all_nine())
    follow(client, desk.path, thanks, **all_nine())
    client.post(desk.path, data={"token": "forged", "KESELURUHAN": "4"})
    counted = {k: n for k, n in since().items() if k[0] in {"ratings", "followups"}}
    assert counted == {
        ("ratings", "recorded"): 1, ("ratings", "refused"): 1,
        ("followups", "recorded"): 1, ("followups", "known"): 1,
    }  # fmt: skip


def test_no_key_holds_anything_a_citizen_sent(
    client: PublicClient, desk: MadeDesk, since: Since
) -> None:
    client.get(f"{desk.path}?nik=3171234509870001", headers={"User-Agent": "Kenari/1"})
    client.open("/l/x", method="KENARI")
    pages = {*client.application.view_functions, "none"}
    for site, endpoint, status in (k[1:] for k in since() if k[0] == REQUESTS):
        assert (site, endpoint in pages, status in CLASSES) == ("public", True, True)


def test_a_citizens_page_that_went_well_leaves_no_line(
    client: PublicClient, desk: MadeDesk, lines: list[dict[str, object]]
) -> None:
    tap(client, desk.path)
    client.get("/l/NO-SUCH-CODE")
    assert lines == []


def test_a_failure_leaves_a_line_with_the_number_that_its_answer_carries(
    client: PublicClient, desk: MadeDesk, lines: list[dict[str, object]], sqlite_engine: Engine
) -> None:
    with writing(sqlite_engine) as session:
        session.connection().exec_driver_sql("ALTER TABLE response RENAME TO gone")
    answer = tap(client, desk.path)
    [line] = lines
    assert set(line) == {*FACTS, "error"}
    assert (answer.status_code, answer.headers[HEADER]) == (503, line["request"])
    assert (line["endpoint"], line["status"], line["level"]) == ("pages.rate", 503, "warning")


def test_an_error_of_the_sites_own_is_told_as_one(
    client: PublicClient, desk: MadeDesk, lines: list[dict[str, object]]
) -> None:
    def breaks(**_: object) -> NoReturn:
        raise ZeroDivisionError

    client.application.view_functions["pages.open_page"] = breaks
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    assert client.get(desk.path).status_code == 500
    assert {(line["status"], line["level"]) for line in lines if "status" in line} == {
        (500, "error")
    }


def test_numbers_are_made_anew_and_never_taken_from_the_sender(
    client: PublicClient, lines: list[dict[str, object]], sqlite_engine: Engine
) -> None:
    with writing(sqlite_engine) as session:
        session.connection().exec_driver_sql("ALTER TABLE response RENAME TO gone")
    for _ in range(2):
        client.get("/resi/7K3M-Q9TX", headers={"X-Request-ID": "kenari", HEADER: "kenari"})
    first, second = (str(line["request"]) for line in lines)
    assert first != second
    assert all(re.fullmatch("[0-9a-f]{16}", number) for number in (first, second))


def test_an_answer_that_went_well_carries_no_number(client: PublicClient, desk: MadeDesk) -> None:
    assert HEADER not in tap(client, desk.path).headers


def test_the_staffs_pages_leave_a_line_each_that_names_nobody(
    sqlite_engine: Engine, lines: list[dict[str, object]]
) -> None:
    browser = visitor(staff(sqlite_engine))
    browser.get("/staff/masuk?email=budi@contoh.example", headers={"User-Agent": "Kenari/1"})
    [line] = lines
    assert set(line) == FACTS
    assert "budi" not in json.dumps(line)
    assert "Kenari" not in json.dumps(line)

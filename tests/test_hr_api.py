"""The API: what programs get and hand in, and what they never get."""

import dataclasses
import json
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask
from flask_openapi3.openapi import OpenAPI
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from werkzeug.test import Client, TestResponse

from aggregation.access.accounts import RoleIn
from aggregation.access.api_tokens import revoke
from aggregation.access.models import ApiToken
from aggregation.access.roles import Role
from aggregation.access.token_scopes import RIGHT_OF, TokenScope
from aggregation.api.doorway import admit
from aggregation.api.pace import Pace
from aggregation.appraisal.monthly_scores import ScoreRow, monthly_scores
from aggregation.changes.batch import Cause
from aggregation.hr_api import LARGEST_BODY
from aggregation.months.release import release_missing
from aggregation.site.guard import need_of
from aggregation.visits.models import Visit
from deploy import staff as staff_alone
from deploy import wsgi
from deploy.migrate import upgrade
from survey.database import reading, writing
from survey.models import Desk, LogEntry, ServiceUnit
from survey.settings import WrongSettings
from survey.signing import holds
from tests.api_factories import V1, Answer, Program, api, make_token, mounted, program
from tests.factories import make_unit
from tests.month_factories import AFTER_OCTOBER, SmallOffice
from tests.questionnaires import alike
from tests.score_factories import (
    STAFF_URL,
    code_of,
    crowd,
    key_of,
    newest_closing,
    revise,
    scored_office,
)
from tests.staff_factories import (
    CLOSED_AT,
    OCTOBER,
    SEPTEMBER,
    make_closed_month,
    member,
    staff,
)
from tests.tampering import tampering
from tests.worlds import as_made

PROBLEM = "application/problem+json"
LATER = AFTER_OCTOBER + timedelta(days=20)
NUMBERS = (
    "index_raw", "index", "interval_low", "interval_high", "reliability", "component_value",
    "share_percent", "contribution",
)  # fmt: skip
OPERATIONS = {
    "/scores?month=2026-10&unit={unit}": TokenScope.READ_SCORES,
    "/scores/{officer}": TokenScope.READ_SCORES,
    "/indices?period=2026-10&unit={unit}": TokenScope.READ_INDICES,
    "/closings?unit={unit}": TokenScope.READ_SCORES,
    "/closings/{closing}/manifest": TokenScope.READ_SCORES,
    "/units": TokenScope.READ_UNITS,
}
"""Every address that is read, and the scope it takes."""


@dataclasses.dataclass(frozen=True)
class Office:
    """A scored office by what addresses call it."""

    made: SmallOffice
    unit: str
    officer: str
    closing: str

    def fill(self, address: str) -> str:
        return address.format(unit=self.unit, officer=self.officer, closing=self.closing)

    @property
    def scores(self) -> str:
        return self.fill("/scores?month=2026-10&unit={unit}")


def an_office(session: Session) -> Office:
    made = scored_office(session)
    closing = newest_closing(session, made)
    return Office(made, code_of(session, made), key_of(session, made), str(closing.id))


@pytest.fixture
def office(sqlite_engine: Engine) -> Office:
    return as_made(sqlite_engine, an_office)


@pytest.fixture
def app(sqlite_engine: Engine, office: Office, seal_key_file: str) -> Flask:  # noqa: ARG001
    return api(sqlite_engine, NILAI_SEAL_KEY_FILE=seal_key_file)


@pytest.fixture(scope="module")
def seal_key_file(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("keys") / "seal.pem"
    file.write_text(
        "-----BEGIN PRIVATE KEY-----\n"
        "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
        "-----END PRIVATE KEY-----\n"
    )
    return str(file)


@pytest.fixture
def hr(app: Flask, sqlite_engine: Engine) -> Program:
    return program(app, sqlite_engine)


def detail(answer: TestResponse) -> str:
    assert answer.mimetype == PROBLEM
    told = json.loads(answer.data)
    assert (told["status"], bool(told["title"])) == (answer.status_code, True)
    return str(told["detail"])


# Who comes in.


@pytest.mark.parametrize("address", OPERATIONS)
def test_without_a_token_nothing_is_read(app: Flask, office: Office, address: str) -> None:
    answer = Program(app).get(office.fill(address))
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "Authorization: Bearer" in detail(answer)


@pytest.mark.parametrize(
    "shown", ["Bearer nlk_tidak-ada", "Bearer ", "Bearer", "Basic dTpw", "nlk_x", "Bearer a b"]
)
def test_a_token_that_is_none_opens_nothing(app: Flask, shown: str) -> None:
    assert Program(app).get("/units", Authorization=shown).status_code == 401


def test_a_revoked_token_is_refused_with_the_next_request(
    app: Flask, sqlite_engine: Engine
) -> None:
    with writing(sqlite_engine) as session:
        token = make_token(session)
    asking = Program(app, token.secret)
    assert asking.get("/units").status_code == 200
    with writing(sqlite_engine) as session:
        revoke(session, token.id, Cause("uji", "", datetime.now(UTC)))
    answer = asking.get("/units")
    assert (answer.status_code, "revoked" in detail(answer)) == (401, True)


def test_a_token_whose_time_is_over_is_refused(app: Flask, sqlite_engine: Engine) -> None:
    old = program(app, sqlite_engine, at=datetime.now(UTC) - timedelta(days=180))
    assert old.get("/units").status_code == 401


def test_a_door_that_lets_everybody_in_is_noticed(app: Flask, office: Office) -> None:
    app.before_request_funcs[None].remove(admit)
    app.testing = True
    with pytest.raises(AttributeError, match="bearer"):
        Program(app).get(office.scores)
    assert "paths" in Program(app).get("/openapi.json").json


@pytest.mark.parametrize("address", OPERATIONS)
@pytest.mark.parametrize("scope", TokenScope)
def test_a_token_opens_what_its_scopes_say(
    app: Flask, sqlite_engine: Engine, office: Office, address: str, scope: TokenScope
) -> None:
    answer = program(app, sqlite_engine, scope).get(office.fill(address))
    assert answer.status_code == (200 if scope is OPERATIONS[address] else 403)


@pytest.mark.parametrize("address", [each for each in OPERATIONS if "{" in each])
def test_what_lies_beyond_the_branch_does_not_exist(
    app: Flask, sqlite_engine: Engine, office: Office, address: str
) -> None:
    with writing(sqlite_engine) as session:
        foreign = an_office(session)
    asking = program(app, sqlite_engine, unit_id=office.made.unit_id)
    unknown = Office(office.made, "TIDAK-ADA", "tidakada", "0" * 8 + "-0000-4000-8000-" + "0" * 12)
    assert asking.get(office.fill(address)).status_code == 200
    beyond, nothing = (asking.get(each.fill(address)) for each in (foreign, unknown))
    assert (beyond.status_code, nothing.status_code) == (404, 404)
    assert detail(beyond) == detail(nothing)


@pytest.mark.parametrize(
    "query", ["token={}", "access_token=x", "Authorization=x", "api_key=x", "unit={}", "q=1&z={}"]
)
@pytest.mark.parametrize("path", ["/units", "/scores", "/openapi.json", "/nope"])
def test_a_token_in_the_address_is_refused_with_a_sentence(
    app: Flask, sqlite_engine: Engine, path: str, query: str
) -> None:
    with writing(sqlite_engine) as session:
        secret = make_token(session).secret
    for asking in (Program(app), Program(app, secret)):
        answer = asking.get(f"{path}?{query.format(secret)}")
        assert answer.status_code == 400
        assert "never goes into an address" in detail(answer)
        assert secret not in answer.text


def test_an_account_that_signed_in_opens_nothing_here(
    app: Flask, sqlite_engine: Engine, office: Office
) -> None:
    browser = member(staff(sqlite_engine), sqlite_engine, RoleIn(Role.HR))
    cookie = browser.get_cookie("nilai_staff", path="/staff")
    assert cookie is not None
    client = Client(mounted(app))
    client.set_cookie("nilai_staff", cookie.value, path="/staff")
    assert client.get(V1 + office.scores).status_code == 401


def test_no_answer_sets_a_cookie_or_may_be_stored(app: Flask, hr: Program, office: Office) -> None:
    for address in (*map(office.fill, OPERATIONS), "/nope", "/openapi.json", "/docs", "/healthz"):
        for asking in (hr, Program(app)):
            answer = asking.get(address)
            assert "Set-Cookie" not in answer.headers
            assert answer.headers["Cache-Control"] == "no-store"
            assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_every_operation_declares_the_right_that_its_scope_is(app: Flask) -> None:
    said = cast("OpenAPI", app).api_doc["paths"]
    for rule in app.url_map.iter_rules():
        need = need_of(app, rule.endpoint)
        path = rule.rule.replace("<", "{").replace(">", "}")
        if path in said:
            [[scope]] = [s["token"] for o in said[path].values() for s in o["security"]]
            assert RIGHT_OF[TokenScope(scope)] is need.right
        else:
            assert not need.session


def test_an_operation_that_declares_nothing_is_not_served(
    app: Flask, sqlite_engine: Engine
) -> None:
    app.add_url_rule("/silent", view_func=lambda: "rahasia")
    answer = program(app, sqlite_engine).get("/silent")
    assert (answer.status_code, answer.mimetype) == (500, PROBLEM)
    assert "rahasia" not in answer.text


def test_a_loop_gone_wild_is_told_to_wait(sqlite_engine: Engine) -> None:
    app = api(sqlite_engine, Pace(most=2))
    wild, calm = program(app, sqlite_engine), program(app, sqlite_engine)
    answers = [wild.get("/units") for _ in range(3)]
    assert [each.status_code for each in answers][:2] == [200, 200]
    # A minute may have turned in between.
    assert answers[2].status_code == 200 or answers[2].headers["Retry-After"] == "60"
    assert calm.get("/units").status_code == 200


def test_the_last_use_is_kept(hr: Program, sqlite_engine: Engine) -> None:
    assert hr.get("/units").status_code == 200
    with reading(sqlite_engine) as session:
        assert session.exec(select(ApiToken.used_at)).one() is not None


# Who read what names people.


def readings(engine: Engine) -> list[LogEntry]:
    with reading(engine) as session:
        found = session.exec(select(LogEntry).where(col(LogEntry.act) == "people.read")).all()
        session.expunge_all()
        return list(found)


def test_reading_people_is_logged_under_the_token(
    hr: Program, sqlite_engine: Engine, office: Office
) -> None:
    hr.get(office.scores)
    [entry] = readings(sqlite_engine)
    with reading(sqlite_engine) as session:
        token_id = session.exec(select(ApiToken.id)).one()
    assert (entry.actor, entry.subject) == (f"token {token_id}", "/scores")
    assert entry.unit_id == office.made.unit_id
    assert json.loads(entry.facts) == {"month": "2026-10", "unit": office.unit}


def test_reading_one_officer_is_logged_by_key(
    hr: Program, sqlite_engine: Engine, office: Office
) -> None:
    hr.get(office.fill("/scores/{officer}"))
    assert [entry.subject for entry in readings(sqlite_engine)] == [f"/scores/{office.officer}"]


def test_what_names_nobody_or_was_refused_is_not_logged(
    app: Flask, hr: Program, sqlite_engine: Engine, office: Office
) -> None:
    for address in ("/units", "/closings?unit={unit}", "/indices?period=2026&unit={unit}"):
        assert hr.get(office.fill(address)).status_code == 200
    Program(app).get(office.scores)
    hr.get("/scores?month=2026-10&unit=TIDAK-ADA")
    assert readings(sqlite_engine) == []


# Scores.


def rows_in_record(engine: Engine, office: Office, as_of: datetime = LATER) -> list[ScoreRow]:
    with reading(engine) as session:
        unit = session.get_one(ServiceUnit, office.made.unit_id)
        return list(monthly_scores(session, unit, OCTOBER, as_of=as_of, staff_url=STAFF_URL).rows)


def as_sent(row: ScoreRow) -> dict[str, Any]:
    sent: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(row), default=str))
    return sent


def test_a_month_is_sent_row_by_row_as_the_record_has_it(
    hr: Program, sqlite_engine: Engine, office: Office
) -> None:
    page = hr.get(office.scores).json
    assert page["rows"] == [as_sent(row) for row in rows_in_record(sqlite_engine, office)]
    assert list(page["rows"][0]) == [field.name for field in dataclasses.fields(ScoreRow)]
    assert (page["unit"], page["month"], page["revision"]) == (office.unit, "2026-10", 0)
    assert (page["closed_at"], page["next"]) == ("2026-11-05T02:00:00Z", None)


def test_below_publishable_no_number_is_sent_but_a_reason(hr: Program, office: Office) -> None:
    rows = {row["basis"]: row for row in hr.get(office.scores).json["rows"]}
    assert set(rows) == {"publishable", "insufficient"}
    assert rows["publishable"]["index_raw"] == "95.00"
    assert {rows["insufficient"][name] for name in NUMBERS} == {None}
    assert rows["insufficient"]["reason"]


def test_the_same_revision_at_the_same_moment_is_the_same_bytes(
    hr: Program, sqlite_engine: Engine, office: Office
) -> None:
    asked = f"{office.scores}&revision=0&as_of=2026-11-10T00:00:00Z"
    before = hr.get(asked)
    with writing(sqlite_engine) as session:
        revise(session, office.made, AFTER_OCTOBER + timedelta(days=9), n=50)
    after = hr.get(asked)
    assert (before.status_code, before.data) == (200, after.data)
    assert before.headers["ETag"] == after.headers["ETag"]
    assert hr.get(office.scores).json["revision"] == 1


def test_an_etag_says_whether_the_month_has_changed(
    hr: Program, sqlite_engine: Engine, office: Office
) -> None:
    etag = hr.get(office.scores).headers["ETag"]
    logged = len(readings(sqlite_engine))
    unchanged = hr.get(office.scores, If_None_Match=etag)
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert len(readings(sqlite_engine)) == logged
    with writing(sqlite_engine) as session:
        revise(session, office.made, AFTER_OCTOBER + timedelta(days=9))
    changed = hr.get(office.scores, If_None_Match=etag)
    assert (changed.status_code, changed.json["revision"]) == (200, 1)


@pytest.mark.parametrize("address", [each for each in OPERATIONS if "manifest" not in each])
def test_every_answer_has_an_etag(hr: Program, office: Office, address: str) -> None:
    etag = hr.get(office.fill(address)).headers["ETag"]
    assert hr.get(office.fill(address), If_None_Match=etag).status_code == 304
    assert hr.get(office.fill(address), If_None_Match='"other"').status_code == 200


def follow(hr: Program, address: str | None, key: str) -> Iterator[dict[str, Any]]:
    while address:
        page = hr.get(address).json
        assert len(page[key]) <= 200
        yield page
        address = page["next"]


def test_a_long_month_comes_in_pages_that_leave_nobody_out(
    hr: Program, sqlite_engine: Engine, office: Office
) -> None:
    with writing(sqlite_engine) as session:
        crowd(session, office.made, 450)
    pages = list(follow(hr, office.scores, "rows"))
    rows = [row for page in pages for row in page["rows"]]
    assert [len(page["rows"]) for page in pages] == [200, 200, 52]
    assert rows == [as_sent(row) for row in rows_in_record(sqlite_engine, office)]


def test_a_revision_made_meanwhile_does_not_mix_into_later_pages(
    hr: Program, sqlite_engine: Engine, office: Office
) -> None:
    with writing(sqlite_engine) as session:
        crowd(session, office.made, 250)
    first = hr.get(office.scores)
    with writing(sqlite_engine) as session:
        revise(session, office.made, datetime.now(UTC), n=99)
    second = hr.get(first.json["next"]).json
    assert (second["revision"], len(second["rows"])) == (0, 52)
    assert {row["n"] for row in second["rows"]}.isdisjoint({99})
    changed = hr.get(office.scores, If_None_Match=first.headers["ETag"])
    assert (changed.status_code, changed.json["revision"]) == (200, 1)


def test_a_change_on_a_later_page_changes_the_first_pages_etag(
    hr: Program, sqlite_engine: Engine, office: Office
) -> None:
    with writing(sqlite_engine) as session:
        crowd(session, office.made, 250)
    first = hr.get(office.scores)
    assert hr.get(office.scores, If_None_Match=first.headers["ETag"]).status_code == 304
    # The small office's own officers come after the crowd.
    assert office.officer not in {row["officer_key"] for row in first.json["rows"]}
    with tampering(sqlite_engine) as session:
        closing = newest_closing(session, office.made)
        figures = "UPDATE officer_figure SET name = 'Lain' WHERE closing_id = ? AND officer_id = ?"
        session.connection().exec_driver_sql(figures, (closing.id.hex, office.made.officers[0]))
    assert hr.get(office.scores, If_None_Match=first.headers["ETag"]).status_code == 200


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("as_of=2026-11-05T02:00:00Z", 200),
        ("as_of=2026-11-05T09:00:00%2B07:00", 200),
        ("as_of=2026-11-05T01:59:59Z", 404),
        ("revision=1", 404),
        ("revision=0", 200),
        ("cursor=tidakada", 404),
        ("as_of=2090-01-01T00:00:00Z", 422),
        ("as_of=2026-11-05T09:00:00", 422),
        ("as_of=0001-01-01T00:00:00Z", 422),
        ("as_of=besok", 422),
        ("revision=-1", 422),
        ("revision=99999999999999999999", 422),
        ("cursor=", 422),
        ("sort=index", 422),
    ],
)
def test_a_moment_or_a_revision_that_was_not_there_is_not_sent(
    hr: Program, office: Office, query: str, status: int
) -> None:
    answer = hr.get(f"{office.scores}&{query}")
    assert answer.status_code == status
    assert status == 200 or detail(answer)


@pytest.mark.parametrize(
    "query", ["", "month=2026-10", "unit=X", "month=2026-13&unit=X", "month=1026-10&unit=X"]
)
def test_a_question_that_is_not_whole_says_which_value_is_wrong(hr: Program, query: str) -> None:
    answer = hr.get(f"/scores?{query}")
    assert answer.status_code == 422
    assert {each["where"] for each in answer.json["errors"]} <= {"month", "unit"}


def test_an_open_month_has_no_scores(hr: Program, office: Office) -> None:
    assert hr.get(f"/scores?month=2026-09&unit={office.unit}").status_code == 404


def test_an_officers_months_are_those_of_the_newest_revisions(
    hr: Program, sqlite_engine: Engine, office: Office
) -> None:
    with writing(sqlite_engine) as session:
        revise(session, office.made, AFTER_OCTOBER + timedelta(days=9), n=41)
    answer = hr.get(office.fill("/scores/{officer}")).json
    assert answer["officer_key"] == office.officer
    assert [(row["month"], row["revision"], row["n"]) for row in answer["rows"]] == [
        ("2026-10", 1, 41)
    ]
    [whole] = [
        row for row in hr.get(office.scores).json["rows"] if row["officer_key"] == office.officer
    ]
    assert answer["rows"] == [whole]


@pytest.mark.parametrize(
    ("query", "rows"),
    [("from=2026-10", 1), ("to=2026-10", 1), ("from=2026-11", 0), ("to=2026-09", 0)],
)
def test_an_officers_months_may_be_bounded(
    hr: Program, office: Office, query: str, rows: int
) -> None:
    answer = hr.get(office.fill("/scores/{officer}?") + query)
    assert (answer.status_code, len(answer.json["rows"])) == (200, rows)


@pytest.mark.parametrize("query", ["from=2026-11&to=2026-10", "from=x", "since=2026-10"])
def test_bounds_that_make_no_sense_are_refused(hr: Program, office: Office, query: str) -> None:
    assert hr.get(office.fill("/scores/{officer}?") + query).status_code == 422


# Indices.


def close_sheets(engine: Engine, months: Mapping[Any, tuple[int, int]]) -> str:
    """Close months of a new unit with so many questionnaires, all rated alike."""
    with writing(engine) as session:
        unit_id = make_unit(session)
        for month, (n, rating) in months.items():
            make_closed_month(session, unit_id, [alike(rating)] * n, month)
        release_missing(session, unit_id, CLOSED_AT)
        return session.get_one(ServiceUnit, unit_id).code


def test_a_quarter_pools_the_responses_and_names_the_months_it_lacks(
    hr: Program, sqlite_engine: Engine
) -> None:
    unit = close_sheets(sqlite_engine, {SEPTEMBER.shift(-1): (10, 4), SEPTEMBER: (30, 2)})
    answer = hr.get(f"/indices?period=2026-Q3&unit={unit}").json
    # The mean of the indices would be 75.00.
    assert (answer["n"], answer["index"], answer["grade"]) == (40, "62.50", "D")
    assert answer["closed"] == [
        {"month": "2026-08", "revision": 0},
        {"month": "2026-09", "revision": 0},
    ]
    assert (answer["missing"], answer["reason"]) == (["2026-07"], None)
    assert len(answer["elements"]) == 9
    assert answer["elements"][0] == {
        "element": "PERSYARATAN", "nrr": "2.5000", "index": "62.50", "grade": "D",
    }  # fmt: skip
    assert float(answer["interval_low"]) < 62.5 < float(answer["interval_high"])


def test_a_period_has_no_figure_before_its_last_month_is_closed(
    hr: Program, sqlite_engine: Engine
) -> None:
    unit = close_sheets(sqlite_engine, {OCTOBER: (10, 4), OCTOBER.shift(1): (30, 2)})
    answer = hr.get(f"/indices?period=2026-Q4&unit={unit}").json
    assert (answer["n"], answer["index"], answer["missing"]) == (40, None, ["2026-12"])
    assert "belum selesai" in answer["reason"]


@pytest.mark.parametrize(
    ("n", "period", "reason"),
    [
        ((9, 0, 0), "2026-07", "Baru 9"),
        ((40, 40, 4), "2026-Q3", "selisihnya"),
        ((40, 40, 4), "2026-09", "Baru 4"),
    ],
)
def test_a_hidden_month_is_never_told_nor_given_away(
    hr: Program, sqlite_engine: Engine, n: tuple[int, ...], period: str, reason: str
) -> None:
    months = {SEPTEMBER.shift(place - 2): (count, 3) for place, count in enumerate(n)}
    unit = close_sheets(sqlite_engine, months)
    answer = hr.get(f"/indices?period={period}&unit={unit}").json
    numbers = ("index", "grade", "category", "interval_low", "interval_high", "elements")
    assert {answer[name] for name in numbers} == {None}
    assert reason in answer["reason"]


def test_a_period_without_a_closed_month_has_no_figure(hr: Program, office: Office) -> None:
    answer = hr.get(f"/indices?period=2025-S1&unit={office.unit}").json
    assert (answer["n"], answer["index"], len(answer["missing"])) == (0, None, 6)
    assert answer["reason"]


@pytest.mark.parametrize("period", ["", "2026-Q5", "26-10", "2026-10-01", "semua"])
def test_what_is_no_period_is_refused(hr: Program, office: Office, period: str) -> None:
    assert hr.get(f"/indices?period={period}&unit={office.unit}").status_code == 422


# Closings and manifests.


def test_every_revision_of_a_unit_is_listed_the_newest_first(
    hr: Program, sqlite_engine: Engine, office: Office
) -> None:
    with writing(sqlite_engine) as session:
        revise(session, office.made, LATER)
    found = hr.get(office.fill("/closings?unit={unit}")).json["closings"]
    assert [(each["month"], each["revision"]) for each in found] == [("2026-10", 1), ("2026-10", 0)]
    assert found[1]["id"] == office.closing
    assert all(hr.get(each["manifest"]).status_code == 200 for each in found[1:])


def test_a_manifest_is_signed_and_the_public_key_is_enough(hr: Program, office: Office) -> None:
    answer = hr.get(office.fill("/closings/{closing}/manifest?as_of=2026-11-10T00:00:00Z")).json
    text = json.dumps(answer["manifest"], sort_keys=True, separators=(",", ":")).encode()
    signature = b64decode(answer["signature"])
    assert holds(answer["public_key"], text, signature)
    assert not holds(answer["public_key"], text.replace(b"2026", b"2027", 1), signature)
    assert (answer["algorithm"], answer["manifest"]["rows"]) == ("Ed25519", 2)


def test_a_manifest_of_a_moment_before_the_close_is_none(hr: Program, office: Office) -> None:
    asked = office.fill("/closings/{closing}/manifest?as_of=2026-11-04T00:00:00Z")
    assert hr.get(asked).status_code == 404


def test_without_a_key_the_sentence_says_how_to_make_one(
    sqlite_engine: Engine, office: Office
) -> None:
    answer = program(api(sqlite_engine), sqlite_engine).get(
        office.fill("/closings/{closing}/manifest")
    )
    assert answer.status_code == 503
    assert "NILAI_SEAL_KEY_FILE" in detail(answer)


def test_a_key_file_that_holds_no_key_stops_the_start(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    with pytest.raises(WrongSettings, match="NILAI_SEAL_KEY_FILE"):
        api(sqlite_engine, NILAI_SEAL_KEY_FILE=str(tmp_path / "missing.pem"))


# Visits.


def visit(office: Office, engine: Engine, number: str = "A-001", **other: object) -> dict[str, Any]:
    with reading(engine) as session:
        desk = session.get_one(Desk, office.made.desks[0]).code
    return {"number": number, "served_at": "2026-11-05T03:12:44Z", "desk": desk, **other}


def hand_in(hr: Program, office: Office, *visits: object) -> Answer:
    return hr.post("/visits", {"unit": office.unit, "visits": list(visits)})


def test_a_visit_that_is_sent_again_is_counted_once(
    hr: Program, sqlite_engine: Engine, office: Office
) -> None:
    one, two = (visit(office, sqlite_engine, number) for number in ("A-001", "A-002"))
    first, again = hand_in(hr, office, one, two), hand_in(hr, office, one, two)
    assert first.json == {"new": 2, "known": 0, "changed": 0, "refused": []}
    assert again.json == {"new": 0, "known": 2, "changed": 0, "refused": []}
    with reading(sqlite_engine) as session:
        assert sorted(session.exec(select(Visit.number))) == ["A-001", "A-002"]
        actor = session.exec(select(LogEntry.actor).where(col(LogEntry.act) == "visits.recorded"))
        assert actor.one().startswith("token ")


def test_a_visit_that_is_wrong_holds_up_none_of_the_others(
    hr: Program, sqlite_engine: Engine, office: Office
) -> None:
    wrong = visit(office, sqlite_engine, "A-003", desk="TIDAK-ADA")
    answer = hand_in(hr, office, wrong, visit(office, sqlite_engine))
    assert (answer.status_code, answer.json["new"]) == (200, 1)
    assert answer.json["refused"] == [{"place": 0, "number": "A-003", "reason": "unknown_desk"}]


def test_only_a_token_for_visits_hands_them_in_and_only_for_its_branch(
    app: Flask, sqlite_engine: Engine, office: Office
) -> None:
    others = set(TokenScope) - {TokenScope.WRITE_VISITS}
    with writing(sqlite_engine) as session:
        foreign = an_office(session)
    sent = visit(office, sqlite_engine)
    assert hand_in(Program(app), office, sent).status_code == 401
    assert hand_in(program(app, sqlite_engine, *others), office, sent).status_code == 403
    machine = program(app, sqlite_engine, TokenScope.WRITE_VISITS, unit_id=foreign.made.unit_id)
    assert hand_in(machine, office, sent).status_code == 404
    with reading(sqlite_engine) as session:
        assert session.exec(select(Visit)).all() == []


@pytest.mark.parametrize(
    "changed",
    [
        {"number": ""},
        {"number": "x" * 21},
        {"number": None},
        {"number": 1},
        {"number": "A\x00"},
        {"number": "\ud800"},
        {"served_at": "kemarin"},
        {"served_at": 1762312364},
        {"served_at": "2026-11-05T03:12:44"},
        {"served_at": "0001-01-01T00:00:00+14:00"},
        {"served_at": "9999-12-31T23:59:59Z"},
        {"desk": ""},
        {"service": 5},
        {"citizen": "Budi"},
    ],
)
def test_a_visit_that_is_not_shaped_like_one_is_refused_by_name(
    hr: Program, sqlite_engine: Engine, office: Office, changed: dict[str, object]
) -> None:
    answer = hand_in(hr, office, visit(office, sqlite_engine, **changed))  # type: ignore[arg-type]
    assert answer.status_code == 422
    [wrong] = answer.json["errors"]
    assert wrong["where"] == f"visits.0.{next(iter(changed))}"


@pytest.mark.parametrize("count", [0, 501])
def test_too_few_or_too_many_at_once_are_refused(
    hr: Program, sqlite_engine: Engine, office: Office, count: int
) -> None:
    sent = visit(office, sqlite_engine)
    assert hand_in(hr, office, *[sent] * count).status_code == 422


# Units.


def test_the_units_of_the_branch_are_listed_and_nothing_above(
    app: Flask, sqlite_engine: Engine, office: Office
) -> None:
    with writing(sqlite_engine) as session:
        above, below = make_unit(session), make_unit(session)
        session.get_one(ServiceUnit, office.made.unit_id).parent_id = above
        session.get_one(ServiceUnit, below).parent_id = office.made.unit_id
        names = {unit.id: unit.code for unit in session.exec(select(ServiceUnit))}
    seen = program(app, sqlite_engine, unit_id=office.made.unit_id).get("/units").json
    assert [(each["code"], each["parent"]) for each in seen["units"]] == sorted(
        [(office.unit, None), (names[below], office.unit)]
    )


def test_many_units_come_in_pages(hr: Program, sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        for _ in range(250):
            make_unit(session)
    pages = list(follow(hr, "/units", "units"))
    codes = [unit["code"] for page in pages for unit in page["units"]]
    assert (len(pages), len(codes), codes) == (2, 251, sorted(set(codes)))


# Errors.


REFUSALS: dict[int, Callable[[Program], TestResponse]] = {
    400: lambda hr: hr.client.post(
        f"{V1}/visits", data="{", headers=hr.headers, content_type="application/json"
    ),
    401: lambda hr: hr.client.get(f"{V1}/units"),
    403: lambda hr: hr.client.post(
        f"{V1}/visits", json={}, headers=[*hr.headers, ("Origin", "https://lain.example")]
    ),
    404: lambda hr: hr.get("/nope"),
    405: lambda hr: hr.client.delete(f"{V1}/units", headers=hr.headers),
    406: lambda hr: hr.get("/units", Accept="text/html"),
    413: lambda hr: hr.client.post(
        f"{V1}/visits", data=b"[" * (LARGEST_BODY + 1), headers=hr.headers,
        content_type="application/json",
    ),
    415: lambda hr: hr.client.post(f"{V1}/visits", data={"unit": "X"}, headers=hr.headers),
    422: lambda hr: hr.post("/visits", {}),
}  # fmt: skip


@pytest.mark.parametrize("status", REFUSALS)
@pytest.mark.parametrize("accept", ["*/*", "text/html", "application/json"])
def test_every_error_is_told_as_problem_details(hr: Program, status: int, accept: str) -> None:
    if status != 406:
        hr.headers["Accept"] = accept
    answer = REFUSALS[status](hr)
    expected = {status, 406} if accept == "text/html" else {status}
    assert answer.status_code in expected
    assert detail(answer)


@pytest.mark.parametrize("body", ["[]", '"{}"', "null", "1", ""])
def test_a_body_that_is_no_object_is_refused(hr: Program, body: str) -> None:
    answer = hr.client.post(
        f"{V1}/visits", data=body, headers=hr.headers, content_type="application/json"
    )
    assert (answer.status_code, answer.mimetype) == (400, PROBLEM)


def test_a_fault_of_ours_is_told_without_its_reason(
    app: Flask, sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_asked: object) -> None:
        message = "rahasia"
        raise RuntimeError(message)

    fail.need = need_of(app, "units.of_the_branch")  # type: ignore[attr-defined]
    monkeypatch.setitem(app.view_functions, "units.of_the_branch", fail)
    answer = program(app, sqlite_engine).get("/units")
    assert answer.status_code == 500
    assert "rahasia" not in detail(answer)


def test_a_database_that_is_busy_says_when_to_come_again(
    app: Flask, hr: Program, sqlite_engine: Engine
) -> None:
    with writing(sqlite_engine) as session:
        session.connection().exec_driver_sql("ALTER TABLE service_unit RENAME TO away")
    answer = hr.get("/units")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert detail(answer)
    assert app.name == "api"


def test_a_method_that_an_address_lacks_names_those_it_has(hr: Program) -> None:
    answer = hr.client.put(f"{V1}/visits", headers=hr.headers)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


# Where it stands.


@pytest.mark.parametrize("module", [wsgi, staff_alone])
def test_it_is_served_beside_the_pages(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    module: Any,  # noqa: ANN401
) -> None:
    url = f"sqlite:///{tmp_path}/nilai.db"
    monkeypatch.setenv("NILAI_DATABASE_URL", url)
    monkeypatch.setenv("NILAI_SECRET_KEY", "s" * 48)
    upgrade(url)
    client = Client(module.application(), Answer)
    assert client.get("/staff/api/v1/units").status_code == 401
    assert client.get("/staff/api/v1/units").mimetype == PROBLEM
    assert "3.1.0" in client.get("/staff/api/v1/openapi.json").text
    ready = {"status": "ready", "reasons": [], "warnings": []}
    assert client.get("/staff/api/v1/readyz").json == ready
    assert client.get("/staff/masuk").mimetype == "text/html"
    assert client.get("/staff/api/v10").mimetype == "text/html"


def test_the_documentation_needs_no_script_and_nothing_from_elsewhere(app: Flask) -> None:
    page = Program(app).get("/docs")
    assert page.status_code == 200
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert "<script" not in page.text
    assert "style=" not in page.text
    for address in OPERATIONS:
        path = address.partition("?")[0]
        assert (
            f"<code>GET {path.format(officer='{officer_key}', closing='{closing_id}')}" in page.text
        )


def test_the_contract_shows_every_column_of_a_row(app: Flask) -> None:
    said = Program(app).get("/openapi.json").json["components"]["schemas"]["Score"]
    assert list(said["properties"]) == [field.name for field in dataclasses.fields(ScoreRow)]

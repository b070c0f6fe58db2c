"""The guard: who is asking, and may they do it here."""

import pytest
from flask import Blueprint, Flask
from sqlalchemy import Engine, select, update
from sqlmodel import col

from aggregation.access.accounts import RoleIn, set_roles
from aggregation.access.models import Account
from aggregation.access.roles import Right, Role
from aggregation.site.guard import Undeclared, admit, may, need_of, needs, signed_in, unit
from survey.database import reading, writing
from survey.models import LogEntry
from survey.set_up import units_by_code
from tests.staff_factories import csrf_token, make_account, make_office, member, staff, visitor

probe = Blueprint("probe", __name__)


@probe.get("/probe")
@signed_in
def anyone() -> str:
    return "masuk"


@probe.get("/unit/<code>/probe")
@needs(Right.SET_UP)
def of_a_unit(code: str) -> str:
    return f"{code} {unit().name}"


@probe.get("/unit/<code>/probe/people")
@needs(Right.SEE_ROSTER, names_people=True)
def people(code: str) -> tuple[str, int]:
    return code, 200


@probe.route("/unit/<code>/probe/answer/<int:status>", methods=["GET", "POST"])
@needs(Right.SEE_ROSTER, names_people=True)
def answer(code: str, status: int) -> tuple[str, int]:
    return code, status


@probe.get("/probe/rights")
@needs(Right.MANAGE_ACCOUNTS)
def rights() -> dict[str, bool]:
    return {right: may(right) for right in Right}


@probe.get("/probe/silent")
def silent() -> str:
    return "tanpa izin"


@pytest.fixture
def app(sqlite_engine: Engine) -> Flask:
    with writing(sqlite_engine) as session:
        make_office(session, "KOTA", "Kota Contoh")
        make_office(session, "LAIN", "Kota Lain")
    site = staff(sqlite_engine)
    site.register_blueprint(probe)
    return site


def unit_ids(engine: Engine) -> dict[str, int]:
    with reading(engine) as session:
        return {code: row.id or 0 for code, row in units_by_code(session).items()}


def status(app: Flask, engine: Engine, address: str, *roles: RoleIn) -> int:
    return member(app, engine, *roles).get(f"/staff{address}").status_code


def test_a_stranger_is_asked_to_sign_in(app: Flask) -> None:
    assert visitor(app).get("/staff/probe").status_code == 401


def test_whoever_has_signed_in_sees_what_is_for_all(app: Flask, sqlite_engine: Engine) -> None:
    assert status(app, sqlite_engine, "/probe", RoleIn(Role.OFFICER)) == 200


def test_a_right_opens_the_units_of_its_branch(app: Flask, sqlite_engine: Engine) -> None:
    own = RoleIn(Role.OPERATOR, unit_ids(sqlite_engine)["KOTA"])
    assert status(app, sqlite_engine, "/unit/KOTA/probe", own) == 200


def test_a_unit_beyond_the_branch_does_not_exist(app: Flask, sqlite_engine: Engine) -> None:
    own = RoleIn(Role.OPERATOR, unit_ids(sqlite_engine)["KOTA"])
    foreign = member(app, sqlite_engine, own).get("/staff/unit/LAIN/probe")
    unknown = member(app, sqlite_engine, own).get("/staff/unit/TIDAK-ADA/probe")
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert "Kota Lain" not in foreign.text


def test_without_the_right_a_page_of_ones_own_unit_is_for_another_role(
    app: Flask, sqlite_engine: Engine
) -> None:
    own = RoleIn(Role.AUDITOR, unit_ids(sqlite_engine)["KOTA"])
    answer = member(app, sqlite_engine, own).get("/staff/unit/KOTA/probe")
    assert answer.status_code == 403
    assert "Halaman ini untuk peran lain" in answer.text


def test_a_view_that_says_nothing_is_not_served(app: Flask, sqlite_engine: Engine) -> None:
    answer = member(app, sqlite_engine, RoleIn(Role.OPERATOR)).get("/staff/probe/silent")
    assert answer.status_code == 500
    with pytest.raises(Undeclared):
        need_of(app, "probe.silent")


def test_every_view_of_the_site_says_what_it_needs(sqlite_engine: Engine) -> None:
    site = staff(sqlite_engine)
    assert all(need_of(site, rule.endpoint) for rule in site.url_map.iter_rules())


def test_a_site_without_its_guard_is_noticed(app: Flask) -> None:
    app.before_request_funcs[None].remove(admit)
    assert visitor(app).get("/staff/probe").status_code == 200


@pytest.mark.parametrize("role", [Role.HR, Role.OPERATOR, Role.REVIEWER])
def test_a_mighty_role_sets_its_second_factor_up_first(
    app: Flask, sqlite_engine: Engine, role: Role
) -> None:
    with writing(sqlite_engine) as session:
        who = make_account(session, RoleIn(role), second_factor=False)
    answer = member(app, sqlite_engine, account_id=who).get("/staff/probe")
    assert answer.location == "/staff/akun-saya/kode"


@pytest.mark.parametrize("role", [Role.OFFICER, Role.UNIT_HEAD, Role.AUDITOR])
def test_where_the_office_asks_everybody_for_a_second_factor_no_role_goes_without(
    sqlite_engine: Engine, role: Role
) -> None:
    with writing(sqlite_engine) as session:
        who = make_account(session, RoleIn(role))
    for asked, where in (("all", "/staff/akun-saya/kode"), ("roles", None)):
        app = staff(sqlite_engine, NILAI_SECOND_FACTOR=asked)
        answer = member(app, sqlite_engine, account_id=who).get("/staff/akun-saya")
        assert answer.location == where


def test_a_session_that_has_not_given_the_second_factor_gets_no_further(
    app: Flask, sqlite_engine: Engine
) -> None:
    with writing(sqlite_engine) as session:
        who = make_account(session, RoleIn(Role.HR))
    client = member(app, sqlite_engine, account_id=who, verified=False)
    assert client.get("/staff/probe").location == "/staff/masuk/kode"
    assert client.get("/staff/unit/KOTA").location == "/staff/masuk/kode"


def test_an_account_that_is_switched_off_is_out_with_its_next_request(
    app: Flask, sqlite_engine: Engine
) -> None:
    client = member(app, sqlite_engine)
    assert client.get("/staff/probe").status_code == 200
    with writing(sqlite_engine) as session:
        session.execute(update(Account).values(active=False))
    assert client.get("/staff/probe").status_code == 401


def test_a_role_that_is_taken_away_is_gone_with_the_next_request(
    app: Flask, sqlite_engine: Engine
) -> None:
    with writing(sqlite_engine) as session:
        who = make_account(session, RoleIn(Role.OPERATOR))
    client = member(app, sqlite_engine, account_id=who)
    assert client.get("/staff/unit/KOTA/probe").status_code == 200
    with writing(sqlite_engine) as session:
        set_roles(session, who, [])
    assert client.get("/staff/unit/KOTA/probe").status_code == 404


def readings(engine: Engine) -> list[tuple[str, str]]:
    with reading(engine) as session:
        rows = session.scalars(select(LogEntry).where(col(LogEntry.act) == "people.read"))
        return [(row.actor, row.subject) for row in rows]


def test_who_read_what_names_people_is_kept(app: Flask, sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        who = make_account(session, RoleIn(Role.AUDITOR))
        key = session.scalars(select(col(Account.key)).where(col(Account.id) == who)).one()
    member(app, sqlite_engine, account_id=who).get("/staff/unit/KOTA/probe/people?cari=Sari")
    assert readings(sqlite_engine) == [(key, "/unit/KOTA/probe/people")]


@pytest.mark.parametrize(
    ("method", "code", "is_read"),
    [
        ("GET", 206, True),
        ("POST", 200, True),
        ("POST", 422, True),
        ("POST", 409, True),
        ("POST", 303, False),
        ("HEAD", 200, False),
        ("GET", 404, False),
    ],
)
def test_a_piece_of_a_file_and_a_form_not_taken_are_readings_too(
    app: Flask, sqlite_engine: Engine, method: str, code: int, *, is_read: bool
) -> None:
    client = member(app, sqlite_engine, RoleIn(Role.AUDITOR))
    token = csrf_token(client.get("/staff/akun-saya"))
    client.open(f"/staff/unit/KOTA/probe/answer/{code}", method=method, data={"csrf_token": token})
    assert bool(readings(sqlite_engine)) is is_read


def test_what_was_refused_was_not_read(app: Flask, sqlite_engine: Engine) -> None:
    own = RoleIn(Role.AUDITOR, unit_ids(sqlite_engine)["KOTA"])
    assert status(app, sqlite_engine, "/unit/LAIN/probe/people", own) == 404
    assert status(app, sqlite_engine, "/unit/KOTA/probe/people", RoleIn(Role.OFFICER)) == 403
    assert readings(sqlite_engine) == []


def test_pages_that_name_nobody_are_not_kept(app: Flask, sqlite_engine: Engine) -> None:
    assert status(app, sqlite_engine, "/probe") == 200
    assert readings(sqlite_engine) == []


def test_a_template_may_ask_for_any_right_by_name(app: Flask, sqlite_engine: Engine) -> None:
    answer = member(app, sqlite_engine, RoleIn(Role.OPERATOR)).get("/staff/probe/rights")
    assert answer.json == {
        right: right in {
            "see_unit", "set_up", "see_roster", "keep_roster", "manage_accounts",
            "manage_tokens", "read_log", "enter_paper",
        } for right in Right
    }  # fmt: skip


@pytest.mark.parametrize("address", ["/unit/%00", "/?cari=%00", "/unit/%00/probe"])
def test_a_zero_byte_is_a_bad_request(app: Flask, sqlite_engine: Engine, address: str) -> None:
    assert status(app, sqlite_engine, address) == 400

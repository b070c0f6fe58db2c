"""The pages and commands of tokens: made, shown once, listed, revoked; each within one's branch."""

import re

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import Engine
from sqlmodel import col, select
from werkzeug.test import Client, TestResponse

from aggregation.access.accounts import RoleIn
from aggregation.access.models import Account, ApiToken
from aggregation.access.roles import Role
from aggregation.access.token_scopes import TokenScope
from deploy.nilai import main
from survey.command import Installation
from survey.database import reading, writing
from survey.models import LogEntry
from tests.api_factories import Program, api, make_token
from tests.factories import settings
from tests.staff_factories import make_account, make_office, member, send, staff

LIST, NEW = "/staff/token", "/staff/token/baru"
SECRET = re.compile(r"nlk_[\w-]{20,}")
HR = {"name": "SIMPEG", "scopes": [TokenScope.READ_SCORES], "unit": "KOTA", "days": "90"}


@pytest.fixture
def app(sqlite_engine: Engine) -> Flask:
    with writing(sqlite_engine) as session:
        make_office(session, "KOTA", "Kota Contoh")
        make_office(session, "LAIN", "Kota Lain")
    return staff(sqlite_engine)


@pytest.fixture
def hr(app: Flask, sqlite_engine: Engine) -> Client:
    """Give a browser of HR of the first of two units."""
    return member(app, sqlite_engine, RoleIn(Role.HR, 1))


def token_ids(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return [str(each) for each in session.exec(select(ApiToken.id))]


def made(client: Client, **fields: object) -> TestResponse:
    return send(client, NEW, **{**HR, **fields})


def foreign_token(engine: Engine, unit_id: int | None = 2) -> str:
    with writing(engine) as session:
        return str(make_token(session, unit_id=unit_id).id)


def test_a_new_token_is_shown_once_on_the_next_page(hr: Client, sqlite_engine: Engine) -> None:
    answer = made(hr)
    assert (answer.status_code, SECRET.search(answer.text)) == (303, None)
    page = hr.get(answer.location)
    [secret] = set(SECRET.findall(page.text))
    assert "curl -H" in page.text
    assert Program(api(sqlite_engine), secret).get("/closings?unit=KOTA").status_code == 200
    again = hr.get(answer.location)
    assert (again.status_code, again.location) == (303, LIST)
    assert secret not in hr.get(LIST).text
    cookie = hr.get_cookie("nilai_staff", path="/staff")
    assert cookie is not None
    assert secret not in cookie.value


def test_the_list_tells_what_each_token_may_and_never_its_secret(
    hr: Client, sqlite_engine: Engine
) -> None:
    secret = SECRET.findall(hr.get(made(hr).location).text)[0]
    page = hr.get(LIST).text
    for words in ("SIMPEG", "Kota Contoh", "Membaca nilai petugas", "belum pernah", secret[:8]):
        assert words in page
    Program(api(sqlite_engine), secret).get("/closings?unit=KOTA")
    assert "belum pernah" not in hr.get(LIST).text


def test_tokens_are_found_by_name_and_sorted(hr: Client) -> None:
    made(hr, name="SIMPEG")
    made(hr, name="Antrean")
    assert "Antrean" not in hr.get(f"{LIST}?cari=simp").text
    page = hr.get(f"{LIST}?urut=-nama").text
    assert page.index("SIMPEG") < page.index("Antrean")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "Isi nama"),
        ({"name": "x" * 121}, "Paling panjang 120"),
        ({"scopes": []}, "Pilih paling sedikit satu"),
        ({"scopes": ["write:visits"]}, "valid"),
        ({"unit": "LAIN"}, "valid"),
        ({"unit": "*"}, "valid"),
        ({"days": "100000"}, "valid"),
    ],
)
def test_a_form_that_asks_for_too_much_comes_back_as_it_was(
    hr: Client, sqlite_engine: Engine, fields: dict[str, object], sentence: str
) -> None:
    answer = made(hr, **{"name": "Ditulis", **fields})
    assert answer.status_code == 422
    assert re.search(sentence, answer.text)
    assert token_ids(sqlite_engine) == []
    assert "name" in fields or "Ditulis" in answer.text


def test_a_right_from_elsewhere_is_refused_with_a_sentence(
    app: Flask, sqlite_engine: Engine
) -> None:
    split = member(app, sqlite_engine, RoleIn(Role.OPERATOR, 1), RoleIn(Role.HR, 2))
    answer = made(split)
    assert answer.status_code == 422
    assert "Di unit itu Anda sendiri tidak punya hak ini" in answer.text
    assert token_ids(sqlite_engine) == []


def test_an_operator_gives_nobody_a_way_to_scores(app: Flask, sqlite_engine: Engine) -> None:
    operator = member(app, sqlite_engine, RoleIn(Role.OPERATOR))
    assert "read:scores" not in operator.get(NEW).text
    assert made(operator).status_code == 422
    assert made(operator, scopes=[TokenScope.WRITE_VISITS], unit="*").status_code == 303


def test_revoking_asks_first_and_then_ends_the_token(hr: Client, sqlite_engine: Engine) -> None:
    secret = SECRET.findall(hr.get(made(hr).location).text)[0]
    [token_id] = token_ids(sqlite_engine)
    asking = Program(api(sqlite_engine), secret)
    question = hr.get(f"{LIST}/{token_id}/cabut")
    assert "SIMPEG" in question.text
    assert asking.get("/closings?unit=KOTA").status_code == 200
    assert send(hr, f"{LIST}/{token_id}/cabut").status_code == 303
    assert asking.get("/closings?unit=KOTA").status_code == 401
    page = hr.get(LIST).text
    assert "dicabut" in page
    assert "/cabut" not in page
    with reading(sqlite_engine) as session:
        query = select(LogEntry.subject).where(col(LogEntry.act) == "token.revoked")
        assert session.exec(query).one() == f"token {token_id}"


@pytest.mark.parametrize("beyond", [2, None])
@pytest.mark.parametrize("page", ["cabut", "baru"])
def test_a_token_beyond_the_branch_does_not_exist(
    hr: Client, sqlite_engine: Engine, beyond: int | None, page: str
) -> None:
    token_id = foreign_token(sqlite_engine, beyond)
    answers = [hr.get(f"{LIST}/{each}/{page}") for each in (token_id, token_id[::-1], "x")]
    assert [each.status_code for each in answers] == [404, 404, 404]
    assert "BKPSDM" not in hr.get(LIST).text


@pytest.mark.parametrize("role", [Role.UNIT_HEAD, Role.ASSESSOR, Role.AUDITOR, Role.OFFICER])
def test_tokens_are_for_those_who_manage_them(
    app: Flask, sqlite_engine: Engine, role: Role
) -> None:
    client = member(app, sqlite_engine, RoleIn(role))
    assert [client.get(page).status_code for page in (LIST, NEW)] == [403, 403]


def nilai(engine: Engine, *words: str) -> Result:
    return CliRunner().invoke(main, ["tokens", *words], obj=Installation(settings(), engine))


@pytest.fixture
def email(app: Flask, sqlite_engine: Engine) -> str:  # noqa: ARG001
    with writing(sqlite_engine) as session:
        make_account(session, RoleIn(Role.HR, 1), email="hr@contoh.example")
    return "hr@contoh.example"


def add(engine: Engine, email: str, *words: str, scope: str = "read:scores") -> Result:
    return nilai(engine, "add", "SIMPEG", "--scope", scope, "--by", email, *words)


def test_the_command_makes_lists_and_revokes(sqlite_engine: Engine, email: str) -> None:
    assert "Belum ada token" in nilai(sqlite_engine, "list").stderr
    added = add(sqlite_engine, email, "--unit", "KOTA")
    assert added.exit_code == 0
    secret = added.stdout.strip()
    [token_id] = token_ids(sqlite_engine)
    assert secret not in nilai(sqlite_engine, "list").output
    assert token_id in nilai(sqlite_engine, "list").output
    asking = Program(api(sqlite_engine), secret)
    assert asking.get("/closings?unit=KOTA").status_code == 200
    assert nilai(sqlite_engine, "revoke", token_id).exit_code == 0
    assert asking.get("/closings?unit=KOTA").status_code == 401
    assert nilai(sqlite_engine, "revoke", token_id).exit_code == 1


@pytest.mark.parametrize(
    ("words", "scope"),
    [
        ((), "read:scores"),
        (("--unit", "LAIN"), "read:scores"),
        (("--unit", "KOTA"), "write:visits"),
    ],
)
def test_the_command_gives_no_more_than_the_account_has(
    sqlite_engine: Engine, email: str, words: tuple[str, ...], scope: str
) -> None:
    refused = add(sqlite_engine, email, *words, scope=scope)
    assert (refused.exit_code, token_ids(sqlite_engine)) == (1, [])
    assert email in refused.output


def test_nobody_and_a_switched_off_account_answer_for_no_token(
    sqlite_engine: Engine, email: str
) -> None:
    assert "Tidak ada akun" in add(sqlite_engine, "siapa@contoh.example").output
    with writing(sqlite_engine) as session:
        session.exec(select(Account).where(col(Account.email) == email)).one().active = False
    assert "nonaktif" in add(sqlite_engine, email, "--unit", "KOTA").output
    assert add(sqlite_engine, email, "--unit", "TIDAK-ADA").exit_code == 1

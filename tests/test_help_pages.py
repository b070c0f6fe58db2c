"""Help: a short page for each role, one's own first."""

import re

import pytest
from flask import Flask
from sqlalchemy import Engine
from werkzeug.test import Client

from aggregation.access.accounts import RoleIn
from aggregation.access.role_names import ROLE_NAMES
from aggregation.access.roles import Role
from survey.database import writing
from survey.settings import HOME
from tests.staff_factories import make_office, member, staff, visitor

LONGEST = 420
"""Words that somebody reads in two minutes."""

WORDS = ("n", "Rentang", "IKM", "Mutu", "Revisi")


@pytest.fixture
def app(sqlite_engine: Engine) -> Flask:
    with writing(sqlite_engine) as session:
        make_office(session)
    return staff(sqlite_engine)


def in_page(client: Client, address: str = "/staff/bantuan") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("role", list(Role))
def test_each_role_has_a_short_page_that_says_what_when_and_whom_to_ask(
    app: Flask, sqlite_engine: Engine, role: Role
) -> None:
    page = in_page(member(app, sqlite_engine, RoleIn(role)))
    assert f"<h1>{ROLE_NAMES[role]}</h1>" in page
    for word in WORDS:
        assert f"<dt>{word}</dt>" in page
    assert "Kepada siapa bertanya" in page
    article = re.sub(r"<[^>]+>", " ", page.partition("<article>")[2].partition("</article>")[0])
    assert 80 < len(article.split()) < LONGEST


@pytest.mark.parametrize("role", list(Role))
def test_each_role_is_told_in_english_too(app: Flask, sqlite_engine: Engine, role: Role) -> None:
    client = member(app, sqlite_engine, RoleIn(role))
    assert "Whom to ask" in in_page(client, f"/staff/bantuan/{role.value}?lang=en")


def test_ones_own_roles_come_first(app: Flask, sqlite_engine: Engine) -> None:
    client = member(app, sqlite_engine, RoleIn(Role.AUDITOR), RoleIn(Role.OFFICER))
    roles = re.findall(r'href="/staff/bantuan/(\w+)"', in_page(client))
    assert roles[:2] == ["officer", "auditor"]
    assert set(roles) == set(Role)


def test_every_page_leads_to_the_help(app: Flask, sqlite_engine: Engine) -> None:
    assert 'href="/staff/bantuan"' in in_page(member(app, sqlite_engine), "/staff/bantuan/hr")


def test_a_role_that_is_none_has_no_page(app: Flask, sqlite_engine: Engine) -> None:
    client = member(app, sqlite_engine)
    for role in ("raja", "words", "HR", "help"):
        assert client.get(f"/staff/bantuan/{role}").status_code == 404


def test_strangers_are_asked_to_sign_in(app: Flask) -> None:
    assert visitor(app).get("/staff/bantuan").status_code == 401


def roles_without_words(source: str) -> set[Role]:
    return {role for role in Role if f'role == "{role.value}"' not in source}


def test_a_role_without_a_page_of_its_own_is_noticed() -> None:
    source = (HOME / "templates" / "aggregation" / "help.html").read_text()
    assert roles_without_words(source) == set()
    assert roles_without_words(source.replace('"hr"', '"x"')) == {Role.HR}

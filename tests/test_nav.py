"""The bars of the staff site: what belongs together is one word at the top."""

import re

import pytest
from flask import Flask
from sqlalchemy import Engine
from werkzeug.test import Client

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from survey.database import writing
from tests.score_factories import code_of, scored_office
from tests.staff_factories import member, staff


@pytest.fixture
def app(sqlite_engine: Engine) -> Flask:
    return staff(sqlite_engine)


@pytest.fixture
def code(sqlite_engine: Engine) -> str:
    with writing(sqlite_engine) as session:
        return code_of(session, scored_office(session))


def somebody(app: Flask, engine: Engine, *roles: Role) -> Client:
    return member(app, engine, *(RoleIn(role, None) for role in roles))


def bars(client: Client, address: str) -> list[list[str]]:
    """Return the words of each bar of a page."""
    page = client.get(f"/staff{address}", follow_redirects=True).text
    head = page.partition("<main")[0]
    return [
        [re.sub(r"\s+", " ", word).strip() for word in re.findall(r"<a [^>]*>([^<]*)</a>", bar)]
        for bar in re.findall(r"<nav[^>]*>(.*?)</nav>", head, re.DOTALL)
    ]


def here(client: Client, address: str) -> list[str]:
    page = client.get(f"/staff{address}").text
    return re.findall(r'aria-current="page">([^<]*)</a>', page)


def test_a_family_is_one_word_at_the_top_and_a_bar_below(
    app: Flask, sqlite_engine: Engine, code: str
) -> None:
    hr = somebody(app, sqlite_engine, Role.HR)
    top, below = bars(hr, f"/unit/{code}/nilai")
    assert top == [
        "Unit", "Ringkasan", "Jadwal", "Umpan balik", "Bulan", "Penilaian", "Token",
    ]  # fmt: skip
    assert below == ["Nilai petugas", "Apresiasi", "Pelatihan", "Aturan"]
    assert here(hr, f"/unit/{code}/aturan") == ["Penilaian", "Aturan"]


def test_a_family_with_one_open_page_is_that_page(
    app: Flask, sqlite_engine: Engine, code: str
) -> None:
    operator = somebody(app, sqlite_engine, Role.OPERATOR)
    [top] = bars(operator, f"/unit/{code}/aturan")
    assert "Aturan" in top
    assert "Penilaian" not in top


def test_a_page_without_a_family_has_one_bar(app: Flask, sqlite_engine: Engine, code: str) -> None:
    head = somebody(app, sqlite_engine, Role.UNIT_HEAD)
    assert len(bars(head, f"/unit/{code}")) == 1


@pytest.mark.parametrize("role", list(Role))
def test_no_bar_leads_where_one_may_not_go(
    app: Flask, sqlite_engine: Engine, code: str, role: Role
) -> None:
    client = somebody(app, sqlite_engine, role)
    page = client.get(f"/staff/unit/{code}").text
    bar = re.search(r"<nav[^>]*>(.*?)</nav>", page, re.DOTALL)
    assert bar is not None
    for address in re.findall(r'href="([^"]*)"', bar[1]):
        assert client.get(address, follow_redirects=True).status_code == 200, (role, address)

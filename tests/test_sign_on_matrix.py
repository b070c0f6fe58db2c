"""Who signed on through a provider gets the pages of the role and the branch, as everybody."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine
from werkzeug.test import Client

from aggregation.access.roles import Role, Scope
from survey.database import writing
from tests import test_access_matrix
from tests.access_world import Place, make_place
from tests.test_access_matrix import surprises
from tests.told_provider import Told, sign_on, signing_on, site_with, told_provider


@pytest.fixture(scope="module")
def told() -> Iterator[Told]:
    with told_provider() as served:
        yield served


@pytest.fixture
def app(sqlite_engine: Engine, told: Told) -> Flask:
    site = site_with(sqlite_engine, signing_on(told.issuer))
    site.config["WTF_CSRF_ENABLED"] = False
    return site


@pytest.fixture
def places(sqlite_engine: Engine) -> tuple[Place, Place]:
    with writing(sqlite_engine) as session:
        return make_place(session, "KOTA"), make_place(session, "LAIN")


@pytest.fixture
def head_of_one(
    app: Flask, told: Told, places: tuple[Place, Place], monkeypatch: pytest.MonkeyPatch
) -> Client:
    """Let the matrix be walked by the head of the first office, whom the provider let in."""
    assert places[0].code == "KOTA"
    client, answer = sign_on(app, told, groups=["kepala-kota"])
    assert answer.status_code == 303
    monkeypatch.setattr(test_access_matrix, "somebody", lambda *_: client)
    return client


def test_every_route_is_met_as_with_a_password(
    app: Flask, sqlite_engine: Engine, head_of_one: Client, places: tuple[Place, Place]
) -> None:
    assert list(surprises(app, sqlite_engine, Role.UNIT_HEAD, *places)) == []
    assert head_of_one.get("/staff/unit/KOTA").status_code == 200


def test_a_role_that_reaches_beyond_its_branch_is_noticed(
    app: Flask,
    sqlite_engine: Engine,
    head_of_one: Client,
    places: tuple[Place, Place],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert head_of_one.get("/staff/unit/LAIN").status_code == 404
    monkeypatch.setattr(Scope, "knows", lambda *_: True)
    monkeypatch.setattr(Scope, "may", lambda self, right, _unit: self.may_somewhere(right))
    found = surprises(app, sqlite_engine, Role.UNIT_HEAD, *places)
    assert ("GET", "/staff/unit/LAIN/tutup", "foreign", "let in") in found

"""HR's pages in a real browser: every width, theme and language."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext
from sqlalchemy import Engine
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from survey.database import writing
from survey.seal_key import seal_key
from survey.settings import KeyFile
from tests.api_factories import api, make_token
from tests.month_factories import AFTER_OCTOBER
from tests.pictures import picture
from tests.score_factories import code_of, crowd, revise, scored_office
from tests.staff_browser import (
    Opens,
    Visit,
    look_everywhere,
    served,
    violations,
    windows,
)
from tests.staff_factories import staff


@pytest.fixture
def screens(sqlite_engine: Engine) -> dict[str, str]:
    with writing(sqlite_engine) as session:
        office = scored_office(session)
        crowd(session, office, 55)
        revise(session, office, AFTER_OCTOBER.replace(day=12))
        token_id = make_token(session).id
        code = code_of(session, office)
    return {
        "scores-months": f"/unit/{code}/nilai",
        "scores-rows": f"/unit/{code}/nilai/2026-10?urut=-nama",
        "scores-none": f"/unit/{code}/nilai/2026-10?cari=tidak+ada",
        "tokens": "/token",
        "token-new": "/token/baru",
        "token-end": f"/token/{token_id}/cabut",
    }


@pytest.fixture
def app(sqlite_engine: Engine, screens: dict[str, str], tmp_path: Path) -> Flask:  # noqa: ARG001
    key = KeyFile(tmp_path / "seal.pem", made_here=True)
    seal_key(key)
    return staff(sqlite_engine, NILAI_SEAL_KEY_FILE=str(key.path))


@pytest.fixture
def opens(browser: Browser, app: Flask, sqlite_engine: Engine) -> Iterator[Opens]:
    with windows(browser, app, sqlite_engine, RoleIn(Role.HR), RoleIn(Role.OPERATOR)) as window:
        yield window


def test_every_screen_is_readable_for_everyone(opens: Opens, screens: dict[str, str]) -> None:
    look_everywhere(opens, screens)


def test_a_token_is_made_with_the_keyboard_alone(opens: Opens) -> None:
    visit = opens(viewport={"width": 1440, "height": 900})
    page = visit.open("/token/baru")
    page.locator("#name").focus()
    page.keyboard.type("SIMPEG")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.locator("#name").press("Enter")
    page.wait_for_url("**/baru")
    look_at_this(visit, "token-once")
    assert page.locator("#secret").input_value().startswith("nlk_")


def look_at_this(visit: Visit, name: str) -> None:
    picture(visit.page, f"staff/{name}-1440-light-id")
    assert violations(visit.page) == []
    assert visit.refused == []


@pytest.fixture
def documents(browser: Browser, sqlite_engine: Engine, app: Flask) -> Iterator[Opens]:
    """Give what opens a new window of somebody who has not signed in, with the API beside."""
    both = DispatcherMiddleware(app, {"/api/v1": api(sqlite_engine)})
    contexts: list[BrowserContext] = []
    with served(cast("Flask", both)) as address:

        def window(**options: object) -> Visit:
            contexts.append(browser.new_context(**options))  # type: ignore[arg-type]
            return Visit(contexts[-1].new_page(), address)

        yield window
        for context in contexts:
            context.close()


def test_the_documentation_is_readable_for_everyone(documents: Opens) -> None:
    look_everywhere(documents, {"api-docs": "/api/v1/docs"})

"""A real browser on the staff site: windows that have signed in, and what every screen owes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, Request
from sqlalchemy import Engine
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from aggregation.access.accounts import RoleIn
from tests.pictures import picture
from tests.served import serving
from tests.staff_factories import member

Opens = Callable[..., "Visit"]

# Every two of width, theme and language meet.
KINDS = [
    (360, "light", "id-ID"),
    (390, "dark", "en-GB"),
    (768, "light", "en-GB"),
    (768, "dark", "id-ID"),
    (1440, "light", "id-ID"),
    (1440, "dark", "en-GB"),
]
READ = set(KINDS[1:5])
"""Where barriers are looked for: on a phone, between, and on a desk; in each language and theme.

The other kinds show the same words in the same colours, so they owe the width only.
"""
every_kind_of_screen = pytest.mark.parametrize(("width", "theme", "language"), KINDS)


@dataclass
class Visit:
    """A page of the site, and what it did that it should not."""

    page: Page
    address: str
    refused: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.refused.append(str(error)))
        self.page.on("request", self._asked)

    def open(self, path: str) -> Page:
        answer = self.page.goto(self.address + path)
        assert answer is not None
        assert answer.status < 500, f"{path} answered {answer.status}"
        return self.page

    def _heard(self, message: ConsoleMessage) -> None:
        # That a page answers 404 or 401 is said there too.
        if message.type in {"error", "warning"} and "the server responded" not in message.text:
            self.refused.append(message.text)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.foreign.append(request.url)


@contextmanager
def served(app: Flask) -> Iterator[str]:
    mounted = DispatcherMiddleware(NotFound(), {"/staff": app})
    with serving() as server:
        server.app = mounted
        yield f"http://127.0.0.1:{server.port}/staff"


@contextmanager
def windows(
    browser: Browser, app: Flask, engine: Engine, *roles: RoleIn, account_id: int | None = None
) -> Iterator[Opens]:
    """Give what opens a new window on the site, signed in: ``opens(viewport=…, locale=…)``."""
    cookie = member(app, engine, *roles, account_id=account_id).get_cookie(
        "nilai_staff", path="/staff"
    )
    assert cookie is not None
    contexts = []
    with served(app) as address:

        def window(**options: object) -> Visit:
            context = browser.new_context(**{"locale": "id-ID", **options})  # type: ignore[arg-type]
            context.add_cookies(
                [
                    {
                        "name": cookie.key,
                        "value": cookie.value,
                        "domain": "127.0.0.1",
                        "path": "/staff",
                    }
                ]
            )
            contexts.append(context)
            return Visit(context.new_page(), address)

        yield window
        for context in contexts:
            context.close()


def look_everywhere(opens: Opens, screens: dict[str, str]) -> None:
    """Look at each screen in every kind of window, as `look_at` does."""
    for language in sorted({language for _, _, language in KINDS}):
        visit = opens(locale=language)
        for kind in KINDS:
            if kind[2] == language:
                _look(visit, screens, *kind)
        assert not visit.refused + visit.foreign, visit.refused + visit.foreign


def look_at(opens: Opens, screens: dict[str, str], width: int, theme: str, language: str) -> None:
    """Check what every screen owes its reader, and take its picture (`tests.pictures`)."""
    visit = opens(locale=language)
    _look(visit, screens, width, theme, language)
    assert not visit.refused + visit.foreign, visit.refused + visit.foreign


def _look(visit: Visit, screens: dict[str, str], width: int, theme: str, language: str) -> None:
    visit.page.set_viewport_size({"width": width, "height": 800})
    visit.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    for name, path in screens.items():
        page = visit.open(path)
        # What is folded away is read too, once it is opened.
        for part in page.locator("details.fold > summary").all():
            part.click()
        for button in page.locator(".chart-tools button").all():
            button.wait_for(state="visible")
        shot = f"{name}-{width}-{theme}-{language[:2]}"
        picture(page, f"staff/{shot}")
        assert page.locator("h1").count() == 1, shot
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, (shot, wide)
        assert page.locator("html").get_attribute("lang") == language[:2], shot
        barriers = violations(page) if (width, theme, language) in READ else []
        assert not barriers, (shot, barriers)


def violations(page: Page) -> list[str]:
    return _told(Axe().run(page).response)


_LOOK = """() => {
    globalThis.told = null;
    axe.run({ resultTypes: ["violations"] }).then((all) => { globalThis.told = all; });
}"""


def violations_at_rest(page: Page) -> list[str]:
    """Look for barriers on a page whose time stands still: it needs some milliseconds of it."""
    page.evaluate(Axe().axe_script)
    page.evaluate(_LOOK)
    for _ in range(1000):
        page.clock.run_for(1)
        if found := page.evaluate("globalThis.told"):
            return _told(found)
    message = "the page was not looked at within a second of its own time"
    raise AssertionError(message)


def _told(found: dict[str, Any]) -> list[str]:
    return [f"{v['id']}: {node['html'][:200]}" for v in found["violations"] for node in v["nodes"]]

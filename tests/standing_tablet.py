"""A tablet that stands at a desk: an enrolled browser, and what a citizen sees and touches."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    ViewportSize,
    expect,
)
from sqlalchemy import Engine

from kiosk.app import public_site
from tests.durability.tablets import Core, enrol, modules_at
from tests.factories import MadeDesk, settings
from tests.served import serving
from tests.tablet_factories import issued

PATIENCE = 10_000
_WHILE_ASKED = 5
"""Seconds: more than it takes to ask a page for its time and to stop it there."""

LANDSCAPE: ViewportSize = {"width": 1280, "height": 800}
_UNHEARD = ("Failed to load resource", "net::ERR_INTERNET_DISCONNECTED")


@dataclass
class StandingTablet:
    """An enrolled browser with the app open.

    Attributes
    ----------
    heard
        What the app wrote to the console that nobody should read there.
    """

    context: BrowserContext
    page: Page
    address: str
    heard: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.heard.append(str(error)))

    @property
    def screen(self) -> Locator:
        return self.page.locator("#screen")

    @property
    def core(self) -> Core:
        return Core(self.page, modules_at(self.address))

    def shows(self, name: str) -> None:
        """Wait for a screen."""
        expect(self.page.locator(f'body[data-screen="{name}"]')).to_be_attached()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def touch(self, name: str) -> None:
        self.button(name).click()

    def tap(self, rating: int) -> None:
        """Touch a face."""
        self.page.locator(".faces button").nth(rating - 1).click()
        self.shows("thanks")

    def answer(self, code: str, value: str) -> None:
        """Touch one answer of a question."""
        self.page.locator("label").filter(
            has=self.page.locator(f'[name="{code}"][value="{value}"]')
        ).click()

    def offline(self, *, off: bool = True) -> None:
        self.context.set_offline(off)

    def _hear(self, message: ConsoleMessage) -> None:
        if not any(each in message.text for each in _UNHEARD):
            self.heard.append(message.text)


def hold_time(page: Page) -> None:
    """Let the time of a page stand still: from now on it passes only when a test lets it run.

    A bar of five seconds then waits for as long as a busy machine takes to touch the next button.
    """
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + _WHILE_ASKED)


@contextmanager
def standing(browser: Browser, engine: Engine, desk: MadeDesk) -> Iterator[StandingTablet]:
    """Serve a site, and put a tablet at a desk of it, whose time passes only by `page.clock`."""
    with serving() as server:
        address = f"http://127.0.0.1:{server.port}"
        told = settings(NILAI_PUBLIC_URL=address)
        server.app = public_site(told, engine, lambda _: True)
        context = browser.new_context(viewport=LANDSCAPE, locale="id-ID")
        try:
            page = context.new_page()
            page.set_default_timeout(PATIENCE)
            page.clock.install()
            code = issued(engine, desk.id, datetime.now(UTC), told)
            tablet = StandingTablet(context, page, address)
            enrol(page, address, code.code)
            hold_time(page)
            yield tablet
        finally:
            context.close()

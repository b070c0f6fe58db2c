"""A desk with tablets in a real browser, and what may stand between them and their server."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from playwright.sync_api import Browser, BrowserContext
from sqlalchemy import Engine, select

from kiosk.app import public_site
from survey.database import reading, writing
from survey.models import Response, table_of
from tests.durability.portals import Between, served
from tests.durability.tablets import Core, Count, count, enrol, modules_at, new_code
from tests.factories import KEYS, make_desk, make_unit


@dataclass
class Desk:
    """A desk of a served site, with what stands between it and its tablets."""

    stored: Engine
    between: Between
    address: str
    context: BrowserContext
    id: int

    def enrolled(self) -> Core:
        """Enrol a tablet in a new tab."""
        page = self.context.new_page()
        enrol(page, self.address, new_code(self.stored, self.id, KEYS))
        return Core(page, modules_at(self.address))

    def tab(self) -> Core:
        """Open the app in one more tab of the same tablet."""
        page = self.context.new_page()
        page.goto(f"{self.address}/kiosk/")
        return Core(page, modules_at(self.address))

    def counted(self, visits: list[dict[str, str]]) -> Count:
        return count(self.stored, {UUID(visit["id"]) for visit in visits})


@contextmanager
def standing(browser: Browser, stored: Engine) -> Iterator[Desk]:
    """Give a desk of a served site; its tablet is a browser context of its own."""
    with writing(stored) as session:
        made = make_desk(session, make_unit(session))
    between = Between(public_site(KEYS, stored, lambda _: True))
    context = browser.new_context()
    with served(between) as address:
        yield Desk(stored, between, address, context, made.id)
        context.close()


def rows_of_responses(stored: Engine) -> list[Response]:
    with reading(stored) as session:
        return list(session.execute(select(table_of(Response))).all())  # type: ignore[arg-type]

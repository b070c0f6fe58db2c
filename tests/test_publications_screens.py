"""The unit head's pages of publishing in a real browser."""

from collections.abc import Iterator

import pytest
import time_machine
from playwright.sync_api import Browser
from sqlalchemy import Engine

from aggregation.publishing.models import Medium
from survey.database import writing
from survey.models import ServiceUnit
from tests.access_world import AT
from tests.publication_factories import noted, published, release_period, released_unit
from tests.staff_browser import Opens, look_everywhere, windows
from tests.staff_factories import staff


@pytest.fixture
def code(sqlite_engine: Engine) -> str:
    with writing(sqlite_engine) as session:
        unit_id = released_unit(session)
        published(session, unit_id)
        release_period(session, unit_id, "2026-09", (1, 2))
        release_period(session, unit_id, "2026-Q3", (1, 2), number=1)
        noted(session, unit_id, medium=Medium.SCREEN)
        noted(session, unit_id, medium=Medium.SOCIAL)
        return session.get_one(ServiceUnit, unit_id).code


@pytest.fixture
def opens(browser: Browser, sqlite_engine: Engine, code: str) -> Iterator[Opens]:
    assert code
    with (
        time_machine.travel(AT.replace(month=12), tick=True),
        windows(browser, staff(sqlite_engine), sqlite_engine) as window,
    ):
        yield window


def test_every_page_is_whole_on_every_kind_of_screen(opens: Opens, code: str) -> None:
    pages = f"/unit/{code}/publikasi"
    screens = {
        "publications": pages,
        "publication-look": f"{pages}/2026-09",
        "publication-enter": f"{pages}/catat",
        "publication-withdraw": f"{pages}/2026-Q3/tarik",
    }
    look_everywhere(opens, screens)

"""Every page of the rules in a real browser: readable for everyone, on every screen."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from playwright.sync_api import Browser
from sqlalchemy import Engine

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.method.rule_presets import SCALE_OF_120
from aggregation.rules.rule_reach import running_month
from survey.database import writing
from survey.models import ServiceUnit
from tests.month_factories import assign
from tests.pictures import picture
from tests.rule_factories import employ, make_draft, make_rule
from tests.score_factories import code_of, scored_office
from tests.staff_browser import (
    Opens,
    look_everywhere,
    violations,
    windows,
)
from tests.staff_factories import staff


@pytest.fixture
def screens(sqlite_engine: Engine) -> dict[str, str]:
    now = datetime.now(UTC)
    with writing(sqlite_engine) as session:
        office = scored_office(session)
        assign(session, office, 0, 1)
        employ(session, office.unit_id, "Tenaga loket")
        running = running_month(session.get_one(ServiceUnit, office.unit_id), now)
        ruled = make_rule(
            session, office.unit_id, {"shrinkage_k": 20}, month=running, at=now
        ).version
        group = {"share_percent": Decimal(5), "objection_days": 14}
        make_rule(session, office.unit_id, group, "Tenaga loket", running, now)
        changed = {"shrinkage_k": 45, "window_months": 6, "conversion": SCALE_OF_120}
        drafted = make_draft(
            session, office.unit_id, changed, month=running.shift(1), at=now
        ).version
        rules = f"/unit/{code_of(session, office)}/aturan"
    return {
        "rules": rules,
        "rules-rule": f"{rules}/{ruled}",
        "rules-draft": f"{rules}/{drafted}",
        "rules-default": f"{rules}/1",
        "rules-new": f"{rules}/baru",
        "rules-preview": f"{rules}/{drafted}/pratinjau",
    }


@pytest.fixture
def opens(browser: Browser, sqlite_engine: Engine, screens: dict[str, str]) -> Iterator[Opens]:  # noqa: ARG001
    app = staff(sqlite_engine)
    with windows(browser, app, sqlite_engine, RoleIn(Role.HR)) as window:
        yield window


def test_every_screen_is_readable_for_everyone(opens: Opens, screens: dict[str, str]) -> None:
    look_everywhere(opens, screens)


@pytest.mark.parametrize("width", [360, 1440])
def test_a_form_with_mistakes_is_readable_for_everyone(
    opens: Opens, screens: dict[str, str], width: int
) -> None:
    visit = opens(viewport={"width": width, "height": 900})
    page = visit.open(screens["rules-new"])
    page.locator("#shrinkage_k").fill("lima")
    page.locator("#excellence_index").fill("30")
    page.locator("input[name=preset][value=own]").check()
    page.locator("#corners-1-value").fill("9")
    page.get_by_role("button", name="Simpan rancangan").click()
    page.locator("#errors").wait_for()
    picture(page, f"staff/rules-mistakes-{width}-light-id")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("#shrinkage_k").input_value() == "lima"


def test_a_rule_is_drafted_with_the_keyboard_alone(opens: Opens, screens: dict[str, str]) -> None:
    page = opens(viewport={"width": 1440, "height": 900}).open(screens["rules-new"])
    page.locator("#shrinkage_k").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("55")
    page.locator("#reason").focus()
    page.keyboard.type("SK Kepala Dinas 12/2026")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/aturan/\d+$"))
    assert "seperti 55 tanggapan" in page.locator("main").inner_text()

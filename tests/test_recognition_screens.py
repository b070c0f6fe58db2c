"""Thanks and training needs in a real browser: every width, theme and language."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy import Engine

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.appraisal.letter_issue import Addressee, issue_letter
from aggregation.changes.batch import Cause
from survey.database import writing
from survey.month import Month
from tests.month_factories import OCTOBER, SmallOffice
from tests.recognition_factories import (
    ANDI,
    BUDI,
    GOOD,
    SLOW,
    WATI,
    desks_office,
    rated_unit,
)
from tests.score_factories import code_of, key_of
from tests.staff_browser import Opens, look_everywhere, windows
from tests.staff_factories import make_account, staff

QUARTER = {Month(2026, n): {0: [SLOW] * 25, 1: [GOOD] * 12, 2: [GOOD] * 2} for n in (7, 8, 9)}


@pytest.fixture
def office(sqlite_engine: Engine) -> SmallOffice:
    with writing(sqlite_engine) as session:
        office = rated_unit(session)
        at = datetime(2026, 11, 6, 3, tzinfo=UTC)
        who = Addressee(office.unit_id, OCTOBER, office.officers[WATI])
        issue_letter(session, who, Cause("Hendra Contoh", "", at), own_officer_id=None)
    return office


@pytest.fixture
def screens(sqlite_engine: Engine, office: SmallOffice) -> dict[str, str]:
    with writing(sqlite_engine) as session:
        nobody = rated_unit(session, {WATI: (0, 0, 22, 38), BUDI: (0, 0, 25, 35)})
        desks = desks_office(session, QUARTER)
        code, key = code_of(session, office), key_of(session, office, ANDI)
        other, trained = code_of(session, nobody), code_of(session, desks)
    return {
        "recognition": f"/unit/{code}/apresiasi",
        "recognition-issue": f"/unit/{code}/apresiasi/2026-10/{key}",
        "recognition-nobody": f"/unit/{other}/apresiasi",
        "training": f"/unit/{trained}/pelatihan",
        "training-none": f"/unit/{code}/pelatihan",
    }


@pytest.fixture
def app(sqlite_engine: Engine, screens: dict[str, str]) -> Flask:  # noqa: ARG001
    return staff(sqlite_engine)


@pytest.fixture
def opens(browser: Browser, app: Flask, sqlite_engine: Engine) -> Iterator[Opens]:
    with windows(browser, app, sqlite_engine, RoleIn(Role.UNIT_HEAD)) as window:
        yield window


def test_every_screen_is_readable_for_everyone(opens: Opens, screens: dict[str, str]) -> None:
    look_everywhere(opens, screens)


@pytest.fixture
def own(
    browser: Browser, app: Flask, sqlite_engine: Engine, office: SmallOffice
) -> Iterator[Opens]:
    with writing(sqlite_engine) as session:
        role = RoleIn(Role.OFFICER, office.unit_id)
        account_id = make_account(session, role, officer_id=office.officers[WATI])
    with windows(browser, app, sqlite_engine, account_id=account_id) as window:
        yield window


def test_the_own_page_with_a_letter_is_readable_for_everyone(own: Opens) -> None:
    look_everywhere(own, {"own-score-letter": "/saya"})

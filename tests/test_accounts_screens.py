"""The screens of accounts, log and help in a real browser: every width, theme and language."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine, update
from sqlmodel import col

from aggregation.access.accounts import RoleIn
from aggregation.access.models import Account
from aggregation.access.roles import Role
from aggregation.changes.batch import Cause
from aggregation.changes.edits import record_edit
from survey.database import writing
from survey.merkle import Scalar
from tests.office_factories import an_office
from tests.staff_browser import Opens, look_everywhere, violations, windows
from tests.staff_factories import make_account, make_office, staff

SCREENS = {
    "accounts": "/akun",
    "accounts-none": "/akun?cari=tidak-ada-yang-begini",
    "account-new": "/akun/baru",
    "account": "/akun/RINA",
    "account-off": "/akun/BUDI",
    "account-partly": "/akun/YUSUF",
    "account-own": "/akun/OPERATOR",
    "log": "/catatan",
    "log-none": "/catatan?pelaku=tidak-ada-yang-begini",
    "help": "/bantuan",
    "help-officer": "/bantuan/officer",
}


@pytest.fixture
def opens(browser: Browser, sqlite_engine: Engine) -> Iterator[Opens]:
    """Open windows of an operator of one office of two."""
    unit_id = an_office(sqlite_engine)
    with writing(sqlite_engine) as session:
        other = make_office(session, "LAIN", "Kecamatan Contoh Utara")
        people = {
            "OPERATOR": ("Wati Contoh", [RoleIn(Role.OPERATOR, unit_id)]),
            "RINA": (
                "Rina Lestari, S.Sos.",
                [RoleIn(Role.HR, unit_id), RoleIn(Role.ASSESSOR, unit_id)],
            ),
            "BUDI": ("Budi", [RoleIn(Role.AUDITOR, unit_id)]),
            "YUSUF": ("Yusuf", [RoleIn(Role.UNIT_HEAD, unit_id), RoleIn(Role.UNIT_HEAD, other)]),
        }
        ids = {
            key: make_account(session, *roles, name=name, email=f"{key.lower()}@contoh.example")
            for key, (name, roles) in people.items()
        }
        for key, account_id in ids.items():
            own = update(Account).where(col(Account.id) == account_id)
            session.execute(own.values(key=key, active=key != "BUDI"))
            if key != "YUSUF":
                session.execute(own.values(password_hash="x"))
        wati = Cause("OPERATOR", "Papan nama baru", datetime.now(UTC), "OPERATOR")
        before: dict[str, Scalar] = {"name": "Loket 1", "active": True}
        after: dict[str, Scalar] = {"name": "Loket 1A", "active": False}
        record_edit(session, "desk.changed", "desk 1", before, after, unit_id=unit_id, cause=wati)
    app = staff(sqlite_engine)
    with windows(browser, app, sqlite_engine, account_id=ids["OPERATOR"]) as window:
        yield window


def test_every_screen_is_readable_for_everyone(opens: Opens) -> None:
    look_everywhere(opens, SCREENS)


def test_a_field_without_a_label_is_noticed(opens: Opens) -> None:
    page = opens().open("/akun/baru")
    page.evaluate("document.querySelector('label[for=name]').remove()")
    assert any(each.startswith("label") for each in violations(page))


def test_somebody_is_invited_by_keyboard_and_without_script(opens: Opens) -> None:
    page = opens(java_script_enabled=False).open("/akun/baru")
    page.get_by_label("Nama lengkap").fill("Dewi Lestari")
    page.get_by_label("Email").fill("dewi@contoh.example")
    first = page.get_by_role("group", name="Peran 1")
    first.get_by_label("Peran").select_option("unit_head")
    page.get_by_role("button", name="Tambah dan buat undangan").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dewi Lestari")
    expect(page.locator("code.command")).to_contain_text("/masuk/")

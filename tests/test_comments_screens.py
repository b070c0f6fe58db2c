"""Comments in a real browser: every width, theme and language; the pages of all who read them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from sqlalchemy import Engine

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.comments.models import CommentAct
from aggregation.comments.steps import Step, tag, take_step
from aggregation.models import Officer
from aggregation.months.month_close import close_month
from aggregation.rules.rule_book import rules_in_force
from survey.database import writing
from survey.models import ServiceUnit
from survey.questionnaire import Element
from tests.comment_factories import HEAD, keys_of
from tests.factories import make_unit
from tests.month_factories import AFTER_OCTOBER, OCTOBER
from tests.staff_browser import Opens, look_everywhere, windows
from tests.staff_factories import make_account, staff
from tests.test_comments_pages import office_with_comments


@pytest.fixture
def screens(sqlite_engine: Engine) -> dict[str, str]:
    """Make an office in which everything was done with a comment, and one without any."""
    with writing(sqlite_engine) as session:
        office = office_with_comments(session)
        unit_id, keys = office.unit_id, keys_of(session, office)
        rules = rules_in_force(session, unit_id, OCTOBER, AFTER_OCTOBER)
        close_month(session, unit_id, OCTOBER, closed_by="x", at=AFTER_OCTOBER, rules=rules)
        praised = session.get_one(Officer, office.officers[0]).key
        for key in keys:
            tag(session, unit_id, key, [Element.WAKTU, Element.SARANA], HEAD)
        answer = Step(CommentAct.ANSWERED, None, "Sepuluh kursi ditambah bulan depan.")
        take_step(session, unit_id, keys[0], answer, HEAD)
        praise = Step(CommentAct.FORWARDED, None, officer=praised)
        take_step(session, unit_id, keys[-1], praise, HEAD)
        take_step(session, unit_id, keys[-2], Step(CommentAct.CLOSED, None), HEAD)
        code = session.get_one(ServiceUnit, unit_id).code
        empty = session.get_one(ServiceUnit, make_unit(session)).code
        roles = (RoleIn(Role.UNIT_HEAD), RoleIn(Role.REVIEWER), RoleIn(Role.OFFICER))
        make_account(session, *roles, email="semua@contoh.example", officer_id=office.officers[0])
    comments = f"/unit/{code}/komentar"
    return {
        "comments": f"{comments}?keadaan=semua",
        "comment-new": f"{comments}/{keys[1]}",
        "comment-answered": f"{comments}/{keys[0]}",
        "comment-closed": f"{comments}/{keys[-2]}",
        "comment-words": f"{comments}/kata",
        "comments-none": f"/unit/{empty}/komentar",
        "comments-masked": f"/unit/{code}/peninjauan/komentar",
        "comment-raw": f"/unit/{code}/peninjauan/komentar/{keys[1]}",
        "comments-own": "/saya",
    }


@pytest.fixture
def opens(browser: Browser, sqlite_engine: Engine, screens: dict[str, str]) -> Iterator[Opens]:  # noqa: ARG001
    app = staff(sqlite_engine)
    with windows(browser, app, sqlite_engine, account_id=1) as window:
        yield window


def test_every_screen_is_readable_for_everyone(opens: Opens, screens: dict[str, str]) -> None:
    look_everywhere(opens, screens)


def test_what_may_be_done_opens_by_the_keyboard_and_is_told(
    opens: Opens, screens: dict[str, str]
) -> None:
    page = opens().open(screens["comment-new"])
    page.get_by_text("Arahkan ke SP4N-LAPOR!", exact=True).focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("img", name="Kode QR SP4N-LAPOR!").is_visible()
    page.get_by_role("button", name="Catat sudah diarahkan").click()
    assert page.get_by_text("Dicatat: komentar ini diarahkan ke SP4N-LAPOR!").is_visible()

"""Coming in: every way in ends here, with a new session under a new key."""

from datetime import datetime

from flask import Response, after_this_request, current_app, request, session
from sqlmodel import Session

from aggregation.access.accounts import Member, member
from aggregation.access.staff_session import end_session, open_session
from aggregation.access.throttle import Corners, corners
from aggregation.site.guard import KEY, asks_for_code
from aggregation.site.language_choice import KEPT
from aggregation.site.way_in.asked_page import keep_asked, onwards
from aggregation.site.way_in.device import device_of
from aggregation.site.way_in.known_browser import browser_of, remember_browser
from survey.site import here
from survey.staff_mark import mark


def begin(
    opened: Session,
    account_id: int,
    at: datetime,
    *,
    verified: bool = False,
    by_provider: bool = False,
) -> str:
    """End the session of this browser and open another; return its key."""
    if KEY in session:
        end_session(opened, session[KEY], at)
    device = device_of(request.headers.get("User-Agent", ""))
    return open_session(
        opened, account_id, at, device=device, verified=verified, by_provider=by_provider
    )


def go_in(
    opened: Session,
    account_id: int,
    at: datetime,
    *,
    asked: str = "",
    verified: bool = False,
    by_provider: bool = False,
) -> str:
    """Begin an account's session in this browser; return the address to go to.

    Whoever still has to give a second factor, or to set one up, is led there by the guard; only
    then is the browser one that the account knows.

    Parameters
    ----------
    verified
        Whether the provider asserts that a second factor was given.
    by_provider
        Whether it was the provider who let the account in.
    """
    key = begin(opened, account_id, at, verified=verified, by_provider=by_provider)
    who = member(opened, account_id)
    hand_over(key)
    keep_asked(asked)
    if not verified and _has_a_step_to_go(who):
        return asked or onwards()
    remember_browser(who.key)
    return onwards()


def hand_over(key: str) -> None:
    """Give the browser its session's key; of what it held before only the language stays.

    From now on the public site knows it for a browser of the staff, whoever's it is (method §7).
    """
    forget()
    session[KEY] = key
    secure = current_app.config["SESSION_COOKIE_SECURE"]

    @after_this_request
    def _mark(response: Response) -> Response:
        mark(response, secure=secure)
        return response


def forget() -> None:
    """Take the key from the browser, and all it held but the language."""
    language = session.get(KEPT)
    session.clear()
    if language:
        session[KEPT] = language


def corners_here(
    at: datetime, account: str, known_as: str | None, *, codes: bool = False
) -> Corners:
    """Return where an attempt from this browser is counted.

    Parameters
    ----------
    account
        The address as it was typed, or the account's key.
    known_as
        The account's key, if there is such an account.
    """
    return corners(
        here().settings.key("sign-in corners"),
        at,
        account,
        request.remote_addr or "",
        browser=browser_of(known_as),
        codes=codes,
    )


def _has_a_step_to_go(who: Member) -> bool:
    return who.has_second_factor or asks_for_code(who)

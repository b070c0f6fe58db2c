"""Signing in with a password and a second factor, and out."""

from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, request, session, url_for
from sqlmodel import Session
from werkzeug import Response

from aggregation.access.accounts import member, nobody_may_set_up
from aggregation.access.passwords import (
    Credentials,
    credentials_by_id,
    credentials_of,
    fits,
    hashed,
    is_outdated,
    renew_hash,
)
from aggregation.access.refusals import STRANGER
from aggregation.access.roles import Role
from aggregation.access.second_factor import WrongCode
from aggregation.access.staff_session import end_session
from aggregation.access.throttle import attempt, succeeded
from aggregation.site.guard import KEY, by_provider, half_way_in, me, open_to_anybody, verified
from aggregation.site.telling import tell
from aggregation.site.way_in.asked_page import address_now, asked_for, onwards
from aggregation.site.way_in.entering import begin, corners_here, forget, go_in, hand_over
from aggregation.site.way_in.known_browser import remember_browser
from aggregation.site.way_in.provider_here import provider_here
from aggregation.site.way_in.sign_in_forms import CodeForm, SignInForm, text_of
from aggregation.site.way_in.slowing import WRONG_CODE, Answer, Later, note_failure, try_code
from survey.database import reading, writing
from survey.host_cookie import host_cookie
from survey.language import worded
from survey.settings import Settings
from survey.site import here

sign_in = Blueprint("sign_in", __name__)

_PROVIDER = "penyedia"
"""Says, in the address after signing out, that the session was opened by the provider."""


def session_cookie(settings: Settings) -> dict[str, object]:
    """Return how the browser keeps the key: out of scripts' reach, and of neighbours' hands."""
    https = settings.staff_url.startswith("https:")
    return {
        "SECRET_KEY": settings.key("staff session"),
        "SESSION_COOKIE_NAME": host_cookie("nilai_staff", https=https),
        # A cookie of the host alone is one of the whole host.
        "SESSION_COOKIE_PATH": "/" if https else "/staff",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": https,
    }


@sign_in.app_context_processor
def _for_templates() -> dict[str, object]:
    """Let the guard's page for whoever is signed out lead back to the page that was asked for."""
    return {"address_now": address_now, "provider": provider_here()}


@sign_in.get("/masuk")
@open_to_anybody
def how() -> str:
    """Ask for e-mail and password; before there is an operator, say how to become the first.

    Whoever signed out may leave the provider as well.
    """
    with reading(here().engine) as opened:
        state = "empty" if nobody_may_set_up(opened) else "ask"
    left = request.args.get("dari") == _PROVIDER
    return render_template("aggregation/sign_in.html", state=state, left_provider=left)


@sign_in.post("/masuk")
@open_to_anybody
def with_password() -> Answer:
    """Sign in; whoever may not learns the same, at the same cost, whether there is an account."""
    form, at = SignInForm(), datetime.now(UTC)
    if not form.validate():
        return _again("blank", form)
    email, password = text_of(form.email), text_of(form.password)
    with writing(here().engine) as opened:
        who = credentials_of(opened, email)
        where = corners_here(at, email.strip().lower(), who.key if who else None)
        wait = attempt(opened, where, at)
    if wait:
        return Later(wait).answer(_page("later", form, seconds=wait))
    # Outside of any transaction: a hash takes long, and SQLite has one writer.
    if not fits(password, who.hash if who else None) or who is None:
        note_failure(who.key if who else STRANGER, "password", at)
        return _again("mismatch", form)
    fresh = hashed(password) if is_outdated(who.hash or "") else None
    with writing(here().engine) as opened:
        if not _is_unchanged(opened, who) or not _may_without_provider(opened, who):
            return _again("mismatch", form)
        succeeded(opened, where)
        if fresh:
            renew_hash(opened, who, fresh)
        return redirect(go_in(opened, who.account_id, at, asked=asked_for()), 303)


@sign_in.post("/keluar")
@half_way_in
def leave() -> Response:
    """End the session, here and on the server."""
    with writing(here().engine) as opened:
        end_session(opened, session[KEY], datetime.now(UTC))
    provider = provider_here() if by_provider() else None
    forget()
    tell(worded("Anda sudah keluar."))
    to_leave = provider is not None and provider.can_be_left()
    answer = redirect(url_for("sign_in.how", dari=_PROVIDER if to_leave else None), 303)
    # What is stored stays: taps that wait on a tablet lie in the same browser.
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@sign_in.get("/masuk/kode")
@half_way_in
def second_factor() -> Answer:
    """Ask for the second factor."""
    if verified() or not me().has_second_factor:
        return redirect(onwards(), 303)
    return render_template("aggregation/give_code.html", form=CodeForm())


@sign_in.post("/masuk/kode")
@half_way_in
def take_code() -> Answer:
    """Take the second factor, and begin a session that has it under another key."""
    form, at = CodeForm(), datetime.now(UTC)
    if verified() or not me().has_second_factor:
        return redirect(onwards(), 303)
    if form.validate():
        try:
            try_code(text_of(form.code), at)
        except Later as later:
            return later.page("aggregation/give_code.html", form=form)
        except WrongCode:
            form.code.errors = [WRONG_CODE]
        else:
            with writing(here().engine) as opened:
                key = begin(opened, me().id, at, verified=True)
            go_on = onwards()
            hand_over(key)
            remember_browser(me().key)
            return redirect(go_on, 303)
    return render_template("aggregation/give_code.html", form=form), 422


def _again(state: str, form: SignInForm) -> tuple[str, int]:
    return _page(state, form), 422


def _page(state: str, form: SignInForm, seconds: int = 0) -> str:
    words = {"state": state, "seconds": seconds, "email": form.email.data, "asked": asked_for()}
    return render_template("aggregation/sign_in.html", **words)


def _may_without_provider(opened: Session, who: Credentials) -> bool:
    """Say whether a password is enough here: where a provider lets staff in, it may be break-glass.

    Whoever is no operator then learns what anybody learns who types a wrong password.
    """
    provider = provider_here()
    if provider is None or not provider.settings.for_operators_only:
        return True
    return member(opened, who.account_id).is_a(Role.OPERATOR)


def _is_unchanged(opened: Session, who: Credentials) -> bool:
    """Say whether the account has not been given another password while this one was checked."""
    return credentials_by_id(opened, who.account_id) == who

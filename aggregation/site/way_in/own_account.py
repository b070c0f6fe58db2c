"""One's own account: who one is here, the password, and where one is signed in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Blueprint, abort, redirect, render_template, session, url_for
from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.access.account_switches import wants_digest
from aggregation.access.accounts import Member
from aggregation.access.one_time_link import void_links_of
from aggregation.access.passwords import Credentials, credentials_by_id, fits, hashed, set_password
from aggregation.access.recovery_codes import codes_left
from aggregation.access.role_names import ROLE_NAMES
from aggregation.access.staff_session import (
    OpenSession,
    end_named_session,
    end_sessions_of,
    name_of,
    sessions_of,
)
from aggregation.access.throttle import attempt, succeeded
from aggregation.alerts.readers import may_be_told
from aggregation.site.guard import KEY, has_just_signed_in, me, signed_in
from aggregation.site.telling import tell
from aggregation.site.way_in.entering import corners_here
from aggregation.site.way_in.own_code import change, confirm, second_factor
from aggregation.site.way_in.sign_in_forms import ChangePasswordForm, text_of
from aggregation.site.way_in.slowing import Answer, Later
from survey.database import reading, writing
from survey.language import worded
from survey.models import ServiceUnit
from survey.site import here

own_account = Blueprint("own_account", __name__)
own_account.add_url_rule("/akun-saya/kode", view_func=second_factor, methods=["GET"])
own_account.add_url_rule("/akun-saya/kode", view_func=confirm, methods=["POST"])
own_account.add_url_rule("/akun-saya/kode/ubah", view_func=change, methods=["POST"])


@dataclass(frozen=True, slots=True)
class ShownSession:
    """A running session in its owner's list."""

    session: OpenSession
    is_this: bool
    began: timedelta
    last_used: timedelta


@own_account.get("/akun-saya")
@signed_in
def show() -> str:
    """Show who one is, and where one is signed in."""
    return _page(_password_form())


@own_account.post("/akun-saya/kata-sandi")
@signed_in
def change_password() -> Answer:
    """Change the password, by whoever knows the current one; all other sessions end."""
    form, at = _password_form(), datetime.now(UTC)
    if not form.validate():
        return _page(form), 422
    try:
        who = _with_password(text_of(form.current), at)
    except Later as later:
        return later.answer(_page(form, seconds=later.seconds))
    if who is None:
        form.current.errors = [worded("Kata sandi sekarang tidak cocok. Ketik ulang.")]
        return _page(form), 422
    new_hash = hashed(text_of(form.password))
    with writing(here().engine) as opened:
        set_password(opened, who, new_hash, at)
        void_links_of(opened, who.account_id, at)
        end_sessions_of(opened, who.account_id, at, but=session[KEY])
    tell(worded("Kata sandi diganti. Semua sesi lain diakhiri."))
    return redirect(url_for("own_account.show"), 303)


@own_account.post("/akun-saya/sesi/<name>")
@signed_in
def end(name: str) -> Answer:
    """End one of one's own sessions."""
    at = datetime.now(UTC)
    with writing(here().engine) as opened:
        if name not in {each.name for each in sessions_of(opened, me().id, at)}:
            abort(404)
        if not has_just_signed_in():
            return _sign_in_again()
        end_named_session(opened, me().id, name, at)
    tell(worded("Sesi itu diakhiri."))
    return redirect(url_for("own_account.show"), 303)


@own_account.post("/akun-saya/sesi-lain")
@signed_in
def end_others() -> Answer:
    """End all of one's sessions but this one."""
    if not has_just_signed_in():
        return _sign_in_again()
    with writing(here().engine) as opened:
        end_sessions_of(opened, me().id, datetime.now(UTC), but=session[KEY])
    tell(worded("Semua sesi lain diakhiri."))
    return redirect(url_for("own_account.show"), 303)


def _sign_in_again() -> tuple[str, int]:
    """Ask for a proof of who is there: a browser left open ends nobody's sessions."""
    tell(worded("Masuk sekali lagi, lalu akhiri sesi itu dalam sepuluh menit."), "bad")
    back = url_for("own_account.show")
    return render_template("aggregation/sign_in.html", state="ask", asked=back), 401


def _with_password(password: str, at: datetime) -> Credentials | None:
    """Return who is asking if that is the password; guesses are slowed here too.

    Raises
    ------
    Later
        If too many were wrong just now.
    """
    with writing(here().engine) as opened:
        where = corners_here(at, me().email, me().key)
        wait = attempt(opened, where, at)
        who = credentials_by_id(opened, me().id)
    if wait:
        raise Later(wait)
    if who is None or not fits(password, who.hash):
        return None
    with writing(here().engine) as opened:
        succeeded(opened, where)
    return who


def _password_form() -> ChangePasswordForm:
    return ChangePasswordForm((me().name, me().email))


def _page(form: ChangePasswordForm, seconds: int = 0) -> str:
    at = datetime.now(UTC)
    with reading(here().engine) as opened:
        running = sessions_of(opened, me().id, at)
        roles = _roles(me(), _unit_names(opened, me()))
        left = codes_left(opened, me().id)
        digest = wants_digest(opened, me().id)
    return render_template(
        "aggregation/own_account.html",
        form=form,
        seconds=seconds,
        roles=roles,
        codes_left=left,
        digest=digest,
        is_told=may_be_told(me().scope),
        sends_mail=here().settings.smtp_url is not None,
        sessions=[_shown(each, at) for each in running],
    )


def _shown(each: OpenSession, at: datetime) -> ShownSession:
    is_this = each.name == name_of(session[KEY])
    return ShownSession(each, is_this, at - each.started_at, at - each.seen_at)


def _unit_names(opened: Session, who: Member) -> Mapping[int, str]:
    ids = {each.unit_id for each in who.roles if each.unit_id is not None}
    rows = opened.execute(
        select(col(ServiceUnit.id), col(ServiceUnit.name)).where(col(ServiceUnit.id).in_(ids))
    )
    return {row.id: row.name for row in rows}


def _roles(who: Member, names: Mapping[int, str]) -> Sequence[tuple[str, str | None]]:
    """Return each role in words with its unit's name; None is the whole tree."""
    return [
        (ROLE_NAMES[each.role], None if each.unit_id is None else names[each.unit_id])
        for each in who.roles
    ]

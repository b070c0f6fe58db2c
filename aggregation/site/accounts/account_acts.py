"""What an operator does with an account: invite, switch off and on, take the second factor away."""

from collections.abc import Callable

from flask import Blueprint, abort, redirect, url_for
from sqlmodel import Session
from werkzeug import Response

from aggregation.access.account_keeper import Keeper, keeper_of
from aggregation.access.account_switches import (
    LastOperator,
    SwitchedOff,
    invite,
    switch_off,
    switch_on,
    take_second_factor_away,
)
from aggregation.access.invitation import invited
from aggregation.access.known_accounts import OutOfReach, OwnAccount, UnknownAccount
from aggregation.access.roles import Right
from aggregation.changes.batch import Cause
from aggregation.site.accounts.invitation_link import hand_over
from aggregation.site.guard import NotYours, cause, me, needs
from aggregation.site.telling import tell
from survey.database import writing
from survey.language import worded
from survey.site import here

account_acts = Blueprint("account_acts", __name__)

_Act = Callable[[Session, Keeper, str, Cause], None]


@account_acts.post("/akun/<key>/undangan")
@needs(Right.MANAGE_ACCOUNTS)
def invite_owner(key: str) -> Response:
    """Make the link with which the owner chooses a password."""
    try:
        with writing(here().engine) as session:
            token = invite(session, keeper_of(me()), key, cause())
            guest = invited(session, key)
    except (UnknownAccount, OutOfReach, OwnAccount, SwitchedOff) as refusal:
        return _refused(key, refusal)
    hand_over(key, guest, token)
    return _back_to(key)


@account_acts.post("/akun/<key>/nonaktif")
@needs(Right.MANAGE_ACCOUNTS)
def turn_off(key: str) -> Response:
    """Let the owner in no more, from this moment on."""
    told = worded("Akun dinonaktifkan. Sesinya sudah berakhir dan tautannya tidak berlaku lagi.")
    return _done(key, switch_off, told)


@account_acts.post("/akun/<key>/aktif")
@needs(Right.MANAGE_ACCOUNTS)
def turn_on(key: str) -> Response:
    """Let the owner in again."""
    return _done(key, switch_on, worded("Akun aktif lagi, dengan kata sandi yang sama."))


@account_acts.post("/akun/<key>/hapus-kode")
@needs(Right.MANAGE_ACCOUNTS)
def remove_second_factor(key: str) -> Response:
    """Let an owner who lost the phone set a new second factor up."""
    told = worded("Kode verifikasi dihapus. Pemiliknya memasang yang baru saat masuk lagi.")
    return _done(key, take_second_factor_away, told)


def _done(key: str, act: _Act, told: str) -> Response:
    try:
        with writing(here().engine) as session:
            act(session, keeper_of(me()), key, cause())
    except (UnknownAccount, OutOfReach, OwnAccount, LastOperator) as refusal:
        return _refused(key, refusal)
    tell(told)
    return _back_to(key)


def _refused(key: str, refusal: Exception) -> Response:
    match refusal:
        case UnknownAccount():
            abort(404)
        case OutOfReach():
            raise NotYours
        case OwnAccount():
            tell(worded("Akun sendiri diurus operator lain, atau di halaman Akun saya."), "bad")
        case SwitchedOff():
            tell(worded("Akun ini nonaktif. Aktifkan dahulu, lalu buat tautannya."), "bad")
        case _:
            tell(
                worded("Ini operator terakhir untuk semua unit. Tambahkan yang lain dulu."),
                "bad",
            )
    return _back_to(key)


def _back_to(key: str) -> Response:
    return redirect(url_for("accounts.account", key=key), 303)

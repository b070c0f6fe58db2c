"""One's own second factor: set up with an app, recovery codes on paper, another app, none."""

import base64
from datetime import UTC, datetime

from flask import redirect, render_template, request, session, url_for
from qrcode.image.svg import SvgPathFillImage
from qrcode.main import QRCode
from sqlmodel import Session

from aggregation.access.second_factor import (
    RoleAsksForIt,
    WrongCode,
    address_of,
    locked,
    new_secret,
    remove,
    renew_codes,
    set_up,
    unlocked,
)
from aggregation.access.staff_session import end_sessions_of
from aggregation.site.guard import KEY, asks_for_code, half_way_in, me, signed_in, verified
from aggregation.site.telling import tell
from aggregation.site.way_in.asked_page import onwards
from aggregation.site.way_in.entering import begin, hand_over
from aggregation.site.way_in.known_browser import remember_browser
from aggregation.site.way_in.sign_in_forms import CodeForm, text_of
from aggregation.site.way_in.slowing import WRONG_CODE, Answer, Later, try_code
from survey.database import writing
from survey.language import worded
from survey.site import here
from survey.spelling import grouped

_NOT_YET = "secret"
"""Under which this browser keeps, encrypted, the secret of an app that is not confirmed."""


@half_way_in
def second_factor() -> Answer:
    """Show how to set an app up; with one set up, what can be done about it."""
    if me().has_second_factor and not verified():
        return redirect(url_for("sign_in.second_factor"), 303)
    if me().has_second_factor and _NOT_YET not in session:
        return _page(CodeForm())
    return _set_up_page(CodeForm(), _secret())


@half_way_in
def confirm() -> Answer:
    """Take the app's first code: from now on it is asked for; only a new session goes on."""
    if me().has_second_factor and not verified():
        return redirect(url_for("sign_in.second_factor"), 303)
    if me().has_second_factor and _NOT_YET not in session:
        # Another app begins with a code of the one there is, see `change`.
        return redirect(url_for("own_account.second_factor"), 303)
    form, at, secret = CodeForm(), datetime.now(UTC), _secret()
    if not form.validate():
        return _set_up_page(form, secret), 422
    try:
        with writing(here().engine) as opened:
            codes = set_up(opened, me().id, secret, text_of(form.code), key=_key(), at=at)
            end_sessions_of(opened, me().id, at)
            key = begin(opened, me().id, at, verified=True)
    except WrongCode:
        form.code.errors = [
            worded("Kode tidak cocok. Periksa jam ponsel Anda, lalu ketik kode yang terbaru.")
        ]
        return _set_up_page(form, secret), 422
    go_on = onwards()
    hand_over(key)
    remember_browser(me().key)
    return _shown_once(codes, go_on)


@signed_in
def change() -> Answer:
    """Make new recovery codes, take another app, or go without: for whoever gives a code now."""
    form, at = CodeForm(), datetime.now(UTC)
    if not me().has_second_factor:
        return redirect(url_for("own_account.second_factor"), 303)
    if form.validate():
        try:
            try_code(text_of(form.code), at)
        except Later as later:
            return later.answer(_page(form, seconds=later.seconds))
        except WrongCode:
            form.code.errors = [WRONG_CODE]
        else:
            return _changed(request.form.get("act"), at)
    return _page(form), 422


def _changed(act: str | None, at: datetime) -> Answer:
    if act == "codes":
        with writing(here().engine) as opened:
            return _shown_once(renew_codes(opened, me().id, _key(), at), onwards())
    if act == "remove":
        try:
            with writing(here().engine) as opened:
                remove(opened, me().id, at, asked_of_all=here().settings.code_for_all)
                _end_the_others(opened, at)
        except RoleAsksForIt:
            tell(worded("Akun Anda wajib memakai kode verifikasi; kode itu tetap dipakai."), "bad")
        else:
            tell(worded("Kode verifikasi dihapus. Semua sesi lain diakhiri."))
        return redirect(url_for("own_account.show"), 303)
    session[_NOT_YET] = locked(new_secret(), _key()).decode()
    return redirect(url_for("own_account.second_factor"), 303)


def _secret() -> str:
    """Return the secret that this browser is being shown, making one the first time."""
    secret = unlocked(session.get(_NOT_YET, "").encode(), _key())
    if secret is None:
        secret = new_secret()
        session[_NOT_YET] = locked(secret, _key()).decode()
    return secret


def _page(form: CodeForm, seconds: int = 0) -> str:
    needed = asks_for_code(me())
    words = {"form": form, "seconds": seconds, "is_needed": needed}
    return render_template("aggregation/own_code.html", **words)


def _set_up_page(form: CodeForm, secret: str) -> str:
    return render_template(
        "aggregation/set_up_code.html",
        form=form,
        picture=_picture(address_of(secret, me().email)),
        secret=grouped(secret).replace("-", " "),
    )


def _shown_once(codes: list[str], go_on: str) -> str:
    return render_template("aggregation/recovery_codes.html", codes=codes, onwards=go_on)


def _end_the_others(opened: Session, at: datetime) -> None:
    end_sessions_of(opened, me().id, at, but=session[KEY])


def _picture(text: str) -> str:
    """Return a QR code as an address that holds the whole picture."""
    code = QRCode(border=4, image_factory=SvgPathFillImage)
    code.add_data(text)
    drawn: bytes = code.make_image().to_string()
    return f"data:image/svg+xml;base64,{base64.b64encode(drawn).decode()}"


def _key() -> bytes:
    return here().settings.key("second factor")

"""One-time links: a button to come in, a password to choose, a first operator to become."""

from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template
from sqlmodel import Session
from werkzeug import Response

from aggregation.access.accounts import EmailInUse, nobody_may_set_up
from aggregation.access.first_operator import AlreadySetUp, make_first_operator
from aggregation.access.one_time_link import (
    Link,
    LinkExpired,
    LinkSpent,
    LinkUnknown,
    Purpose,
    check_link,
    spend_link,
    void_links_of,
)
from aggregation.access.passwords import Credentials, credentials_by_id, hashed, set_password
from aggregation.access.staff_session import end_sessions_of
from aggregation.site.guard import open_to_anybody
from aggregation.site.way_in.entering import go_in
from aggregation.site.way_in.sign_in_forms import FirstOperatorForm, NewPasswordForm, text_of
from survey.database import reading, writing
from survey.site import here

link_pages = Blueprint("link_pages", __name__)

_REFUSALS: dict[type[Exception], tuple[str, int]] = {
    LinkUnknown: ("unknown", 404),
    LinkSpent: ("spent", 410),
    LinkExpired: ("expired", 410),
    AlreadySetUp: ("already_set_up", 410),
}
_Answer = Response | tuple[str, int]


@link_pages.get("/masuk/<token>")
@open_to_anybody
def look(token: str) -> _Answer:
    """Show what a link opens; looking spends nothing, so a preview of the link does no harm."""
    try:
        link, who = _opened_by(token, datetime.now(UTC))
    except tuple(_REFUSALS) as refusal:
        return _refused(refusal)
    return _page(link.purpose, who, _form(link.purpose, who)), 200


@link_pages.post("/masuk/<token>")
@open_to_anybody
def enter(token: str) -> _Answer:
    """Spend the link for what it is for, and begin a session under a new key."""
    at = datetime.now(UTC)
    try:
        link, who = _opened_by(token, at)
        form = _form(link.purpose, who)
        if form is not None and not form.validate():
            return _page(link.purpose, who, form), 422
        return _spend(token, form, at)
    except tuple(_REFUSALS) as refusal:
        return _refused(refusal)


def _spend(token: str, form: NewPasswordForm | None, at: datetime) -> _Answer:
    """Use the link, and lead where it leads to."""
    new_hash = hashed(text_of(form.password)) if form else ""
    try:
        with writing(here().engine) as opened:
            if isinstance(form, FirstOperatorForm):
                account_id = _make_operator(opened, token, form, new_hash, at)
            else:
                account_id = _come_back(opened, token, new_hash, at)
            return redirect(go_in(opened, account_id, at), 303)
    except EmailInUse:
        return render_template("aggregation/first_operator.html", form=form, in_use=True), 422


def _opened_by(token: str, at: datetime) -> tuple[Link, Credentials | None]:
    """Return what a link would open now, and for whom."""
    with reading(here().engine) as opened:
        link = check_link(opened, token, at)
        if link.purpose is Purpose.SET_UP:
            if not nobody_may_set_up(opened):
                raise AlreadySetUp
            return link, None
        return link, _still_active(opened, link)


def _still_active(opened: Session, link: Link) -> Credentials:
    who = credentials_by_id(opened, link.account_id or 0)
    if who is None:
        raise LinkUnknown
    return who


def _form(purpose: Purpose, who: Credentials | None) -> NewPasswordForm | FirstOperatorForm | None:
    if purpose is Purpose.SET_UP:
        return FirstOperatorForm()
    return NewPasswordForm((who.name, who.email)) if who and purpose is Purpose.INVITATION else None


def _make_operator(
    opened: Session, token: str, form: FirstOperatorForm, new_hash: str, at: datetime
) -> int:
    email, name = text_of(form.email), text_of(form.name)
    return make_first_operator(opened, token, email, name, password_hash=new_hash, at=at)


def _come_back(opened: Session, token: str, new_hash: str, at: datetime) -> int:
    """Spend a link that belongs to an account; with a new password nothing old works any more."""
    who = _still_active(opened, spend_link(opened, token, at))
    if new_hash:
        set_password(opened, who, new_hash, at)
        void_links_of(opened, who.account_id, at)
        end_sessions_of(opened, who.account_id, at)
    return who.account_id


def _page(purpose: Purpose, who: Credentials | None, form: NewPasswordForm | None) -> str:
    if purpose is Purpose.SIGN_IN:
        return render_template("aggregation/sign_in.html", state="ready")
    template = "first_operator" if purpose is Purpose.SET_UP else "choose_password"
    return render_template(f"aggregation/{template}.html", form=form, who=who)


def _refused(refusal: Exception) -> tuple[str, int]:
    state, status = _REFUSALS[type(refusal)]
    return render_template("aggregation/sign_in.html", state=state), status

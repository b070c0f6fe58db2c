"""Accounts of one's branch: who may sign in, as what, and for which units."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlmodel import col
from werkzeug import Response

from aggregation.access.account_keeper import Keeper, accounts_seen_by, keeper_of
from aggregation.access.known_accounts import Known, OutOfReach, UnknownAccount, known_account
from aggregation.access.linked_officer import officer_name
from aggregation.access.models import Account
from aggregation.access.role_names import ROLE_NAMES
from aggregation.access.roles import Right, Role
from aggregation.site.accounts.account_form import (
    EditAccountForm,
    NewAccountForm,
    OwnAccountForm,
    Place,
    places_of,
    rows_of,
)
from aggregation.site.accounts.account_saving import REFUSALS, explain, save, save_new
from aggregation.site.accounts.account_words import (
    SpokenRoles,
    roles_spoken_of,
    spoken_roles,
    unit_names,
)
from aggregation.site.accounts.invitation_link import handed_over
from aggregation.site.guard import NotYours, me, needs
from aggregation.site.listing import listed
from survey.database import reading
from survey.site import here

accounts = Blueprint("accounts", __name__)

_STATES = {"aktif": True, "nonaktif": False}


@dataclass(frozen=True, slots=True)
class Shown:
    """An account on its page.

    Attributes
    ----------
    own
        Whether it is the reader's own.
    reached
        Whether the reader may change it: no role of it lies beyond the reader's branch.
    """

    known: Known
    roles: SpokenRoles
    officer: str | None
    places: list[Place]
    own: bool
    reached: bool


@accounts.get("/akun")
@needs(Right.MANAGE_ACCOUNTS, names_people=True)
def all_accounts() -> str:
    """List the accounts that have a role in one's branch."""
    keeper, role = keeper_of(me()), request.args.get("peran", "")
    query = accounts_seen_by(
        keeper,
        role=Role(role) if role in set(Role) else None,
        active=_STATES.get(request.args.get("keadaan", "")),
    )
    with reading(here().engine) as session:
        listing = listed(
            session,
            query,
            sorts={
                "nama": (col(Account.name), col(Account.id)),
                "email": (col(Account.email), col(Account.id)),
            },
            search_in=(col(Account.name), col(Account.email)),
            filters=("peran", "keadaan"),
        )
        roles = roles_spoken_of(session, keeper, listing.rows)
    return render_template(
        "aggregation/accounts.html", listing=listing, roles=roles, role_names=ROLE_NAMES
    )


@accounts.route("/akun/baru", methods=["GET", "POST"])
@needs(Right.MANAGE_ACCOUNTS, names_people=True)
def new() -> str | Response | tuple[str, int]:
    """Add an account, and invite its owner at once."""
    keeper = keeper_of(me())
    with reading(here().engine) as session:
        places = places_of(session, keeper)
    form = NewAccountForm(roles=rows_of((), places, empty=3))
    form.offer(places)
    if form.validate_on_submit():
        try:
            return _to(save_new(keeper, form, places))
        except tuple(REFUSALS) as refusal:
            explain(form, refusal)
    return _form_page("aggregation/account_new.html", form)


@accounts.route("/akun/<key>", methods=["GET", "POST"])
@needs(Right.MANAGE_ACCOUNTS, names_people=True)
def account(key: str) -> str | Response | tuple[str, int]:
    """Show an account and change its name, its roles and its officer."""
    keeper = keeper_of(me())
    shown = _shown(keeper, key)
    form = _form_of(shown) if shown.reached else None
    if request.method == "POST" and form is None:
        raise NotYours
    if form is not None and form.validate_on_submit():
        try:
            save(keeper, shown.known, form, shown.places)
            return _to(key)
        except tuple(REFUSALS) as refusal:
            explain(form, refusal)
        except OutOfReach as error:  # somebody else has just given it a role beyond
            raise NotYours from error
    link = handed_over(key) if request.method == "GET" else None
    return _form_page("aggregation/account.html", form, shown=shown, link=link)


def _shown(keeper: Keeper, key: str) -> Shown:
    with reading(here().engine) as session:
        try:
            known = known_account(session, keeper, key)
        except UnknownAccount:
            abort(404)
        shown = Shown(
            known=known,
            roles=spoken_roles(known.roles, keeper, unit_names(session, known.roles)),
            officer=officer_name(session, known.account.officer_id),
            places=places_of(session, keeper),
            own=known.id == keeper.account_id,
            reached=keeper.reaches(known.roles),
        )
        session.expunge(known.account)
        return shown


def _form_of(shown: Shown) -> EditAccountForm | OwnAccountForm:
    known = shown.known
    if shown.own:
        return OwnAccountForm(name=known.account.name)
    rows = rows_of(known.roles, shown.places, empty=2)
    form = EditAccountForm(name=known.account.name, roles=rows)
    form.offer(shown.places)
    return form


def _to(key: str) -> Response:
    return redirect(url_for("accounts.account", key=key), 303)


def _form_page(template: str, form: Any, **words: object) -> str | tuple[str, int]:  # noqa: ANN401
    page = render_template(template, form=form, **words)
    return (page, 422) if request.method == "POST" else page

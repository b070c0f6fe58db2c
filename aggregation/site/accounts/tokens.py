"""Tokens of programs: which there are, a new one, and the end of one."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from sqlmodel import Session, col
from werkzeug import Response

from aggregation.access.api_tokens import BadLifetime, MoreThanOwn, NewToken, new_token, revoke
from aggregation.access.models import ApiToken
from aggregation.access.roles import Right
from aggregation.access.token_list import (
    KnownToken,
    TokenState,
    UnknownToken,
    known_token,
    token_in,
    tokens_in,
)
from aggregation.access.token_scopes import TokenScope, given_somewhere
from aggregation.site.accounts.token_form import SCOPE_NAMES, TokenForm, places_for
from aggregation.site.guard import cause, me, needs
from aggregation.site.listing import listed
from aggregation.site.telling import tell
from survey.database import reading, writing
from survey.language import worded
from survey.site import here

tokens = Blueprint("tokens", __name__)

_EXAMPLES: Mapping[TokenScope, str] = {
    TokenScope.READ_UNITS: "units",
    TokenScope.READ_SCORES: "closings?unit=KODE",
    TokenScope.READ_INDICES: "indices?period=2026&unit=KODE",
    TokenScope.WRITE_VISITS: "openapi.json",
}
"""What a first try with a scope asks for, the shortest first."""

_KEPT = "token"
"""Where the browser's session keeps a new secret from the form to the page that shows it."""


@tokens.get("/token")
@needs(Right.MANAGE_TOKENS, names_people=True)
def all_tokens() -> str:
    """List the tokens of one's branch."""
    now = datetime.now(UTC)
    with reading(here().engine) as record:
        listing = listed(
            record,
            tokens_in(me().scope),
            sorts={
                "nama": (col(ApiToken.name), col(ApiToken.id)),
                "dipakai": (col(ApiToken.used_at), col(ApiToken.id)),
                "berakhir": (col(ApiToken.expires_at), col(ApiToken.id)),
            },
            search_in=(col(ApiToken.name), col(ApiToken.hint)),
        )
        shown = [known_token(row, now) for row in listing.rows]
    return render_template(
        "aggregation/tokens.html",
        listing=listing,
        tokens=shown,
        states=TokenState,
        scope_names=SCOPE_NAMES,
        may_make=bool(given_somewhere(me().scope)),
    )


@tokens.route("/token/baru", methods=["GET", "POST"])
@needs(Right.MANAGE_TOKENS)
def new() -> str | Response | tuple[str, int]:
    """Make a token; the next page shows it, once."""
    with reading(here().engine) as record:
        places = places_for(record, me().scope)
    form = TokenForm()
    form.offer(given_somewhere(me().scope), places)
    if form.validate_on_submit() and (made := _made(form)):
        session[_KEPT] = [str(made.id), made.secret]
        return redirect(url_for("tokens.show_once", token_id=made.id), 303)
    page = render_template("aggregation/token_new.html", form=form)
    return (page, 422) if request.method == "POST" else page


@tokens.get("/token/<uuid:token_id>/baru")
@needs(Right.MANAGE_TOKENS)
def show_once(token_id: UUID) -> str | Response:
    """Show a new token; when the page is loaded again, it is gone."""
    known = _known(token_id)
    kept = session.pop(_KEPT, None)
    if kept is None or kept[0] != str(token_id):
        return redirect(url_for("tokens.all_tokens"), 303)
    return render_template(
        "aggregation/token_once.html",
        token=known,
        secret=kept[1],
        api=f"{here().settings.staff_url}/api/v1",
        example=next(words for scope, words in _EXAMPLES.items() if scope in known.scopes),
    )


@tokens.route("/token/<uuid:token_id>/cabut", methods=["GET", "POST"])
@needs(Right.MANAGE_TOKENS)
def end(token_id: UUID) -> str | Response:
    """Ask whether to revoke a token, and do it."""
    known = _known(token_id)
    if request.method == "GET":
        return render_template("aggregation/token_end.html", token=known)
    with writing(here().engine) as record:
        revoke(record, token_id, cause())
    tell(
        worded("Token %(name)s dicabut. Program yang memakainya ditolak sejak sekarang."),
        name=known.name,
    )
    return redirect(url_for("tokens.all_tokens"), 303)


def _made(form: TokenForm) -> NewToken | None:
    """Make the token that the form asks for, or say in the form why not."""
    try:
        with writing(here().engine) as record:
            return new_token(record, me(), form.wanted(), cause())
    except MoreThanOwn as refusal:
        form.refuse(refusal.scope)
    except BadLifetime:
        form.days.errors = [worded("Pilih salah satu lama berlaku.")]
    return None


def _known(token_id: UUID) -> KnownToken:
    """Return a token of one's branch; beyond it there is none."""
    with reading(here().engine) as record:
        return _token(record, token_id)


def _token(record: Session, token_id: UUID) -> KnownToken:
    try:
        return token_in(record, me().scope, token_id, datetime.now(UTC))
    except UnknownToken:
        abort(404)

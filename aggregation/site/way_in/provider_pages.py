"""Signing on through the provider of identities: there, back again, and out."""

from datetime import UTC, datetime

from flask import (
    Blueprint,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from sqlalchemy.exc import IntegrityError
from werkzeug import Response

from aggregation.access.accounts import EmailInUse
from aggregation.sign_on.arrival import Arrival, arrival
from aggregation.sign_on.asking import Declined, NoAnswer
from aggregation.sign_on.coming_in import Refusal, come_in
from aggregation.sign_on.id_token import NotGenuine
from aggregation.sign_on.provider import Provider
from aggregation.sign_on.under_way import UnderWay, begun, opened, sealed
from aggregation.site.guard import open_to_anybody
from aggregation.site.way_in.asked_page import FIELD, page_within
from aggregation.site.way_in.entering import go_in
from aggregation.site.way_in.provider_here import provider_here
from aggregation.site.way_in.slowing import Answer
from survey.database import writing
from survey.site import here

provider_pages = Blueprint("provider_pages", __name__)

LONGEST_CODE = 4096
_UNDER_WAY = "under_way"
"""Under which the browser's cookie keeps a sign-on that has begun."""


class Stale(Exception):
    """The answer belongs to no sign-on that this browser has under way."""


class NotAllowed(Exception):
    """The provider let nobody in; whoever signed on there may have changed their mind."""


_REFUSALS: dict[type[Exception], tuple[str, int]] = {
    NoAnswer: ("provider_down", 503),
    Declined: ("provider_stale", 422),
    Stale: ("provider_stale", 422),
    NotAllowed: ("provider_declined", 422),
    NotGenuine: ("provider_not_genuine", 422),
    # Two windows that came in for the first time at once; the account is there by now.
    EmailInUse: ("provider_stale", 422),
    IntegrityError: ("provider_stale", 422),
}
_SAY_WHAT = (NoAnswer, Declined, NotGenuine)
"""Refusals whose text names nobody, so that the server's log may keep it."""


@provider_pages.get("/masuk/penyedia")
@open_to_anybody
def start() -> Answer:
    """Lead to the provider, and keep what its answer will be compared with."""
    provider = _provider()
    under_way = begun(page_within(request.script_root, request.args.get(FIELD, "")) or "")
    try:
        address = provider.address_for(under_way, _back())
    except NoAnswer as refusal:
        return _refused(refusal)
    session[_UNDER_WAY] = sealed(under_way, _key(), datetime.now(UTC))
    return redirect(address, 303)


@provider_pages.get("/masuk/penyedia/kembali")
@open_to_anybody
def come_back() -> Answer:
    """Take the provider's answer: whoever it names comes in, or learns why not."""
    provider, at = _provider(), datetime.now(UTC)
    try:
        under_way = _under_way(at)
        return _come_in(_who(provider, under_way, at), under_way.asked, at)
    except tuple(_REFUSALS) as refusal:
        return _refused(refusal)


@provider_pages.get("/masuk/penyedia/keluar")
@open_to_anybody
def leave() -> Response:
    """Lead to where the provider's own session ends, if it has such a page."""
    here_again = f"{here().settings.staff_url}{url_for('sign_in.how').removeprefix('/staff')}"
    address = _provider().leaving_address(here_again)
    return redirect(address or url_for("sign_in.how"), 303)


def _come_in(who: Arrival, asked: str, at: datetime) -> Answer:
    with writing(here().engine) as record:
        came = come_in(record, who, at)
        if not isinstance(came, Refusal):
            verified = who.second_factor
            way = go_in(record, came, at, asked=asked, verified=verified, by_provider=True)
            return redirect(way, 303)
    return render_template("aggregation/sign_in.html", state=came.value), 403


def _under_way(at: datetime) -> UnderWay:
    """Return the sign-on that an answer belongs to, which has no second answer."""
    kept = opened(session.pop(_UNDER_WAY, ""), _key(), at)
    if kept is None or not kept.is_answered_by(request.args.get("state", "")):
        raise Stale
    return kept


def _who(provider: Provider, under_way: UnderWay, at: datetime) -> Arrival:
    """Return who comes back: first whether the answer is this provider's (RFC 9207)."""
    named, code = request.args.get("iss"), request.args.get("code", "")
    must_be_named = provider.metadata().names_itself
    if named != provider.settings.issuer and (must_be_named or named is not None):
        message = "another issuer answered"
        raise NotGenuine(message)
    if not code or len(code) > LONGEST_CODE:
        raise NotAllowed
    claims = provider.claims(code, under_way, _back(), at)
    return arrival(claims, provider.settings.rules)


def _refused(refusal: Exception) -> tuple[str, int]:
    """Say what to do; the server's log keeps what went wrong, and of nobody who."""
    state, status = next(_REFUSALS[kind] for kind in _REFUSALS if isinstance(refusal, kind))
    if isinstance(refusal, _SAY_WHAT):
        kind = type(refusal).__name__
        current_app.logger.warning("sign-on refused: %s: %r", kind, str(refusal))
    return render_template("aggregation/sign_in.html", state=state), status


def _provider() -> Provider:
    return provider_here() or abort(404)


def _back() -> str:
    """Return where the provider sends the browser back to, as it was told to the provider."""
    return f"{here().settings.staff_url}/masuk/penyedia/kembali"


def _key() -> bytes:
    return here().settings.key("sign-on under way")

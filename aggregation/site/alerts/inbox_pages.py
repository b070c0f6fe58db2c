"""The inbox: what somebody has to know, and the way to the page where it is dealt with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import MappingProxyType
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug import Response

from aggregation.access.account_switches import want_digest
from aggregation.alerts.inbox import MOST, Received, inbox, see
from aggregation.alerts.models import AlertKind
from aggregation.alerts.words import KINDS, Said, say
from aggregation.site.guard import me, signed_in
from aggregation.site.telling import tell
from survey.database import reading, writing
from survey.language import worded
from survey.month import local_day, time_zone
from survey.site import here
from survey.spoken import spoken

inbox_pages = Blueprint("inbox", __name__)

WHICH = "kabar"
"""The field that names an alert; without it all open ones are meant."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where an alert is dealt with."""

    label: str
    endpoint: str
    of_unit: bool = True


_WAYS: Mapping[AlertKind, Way] = MappingProxyType(
    {
        AlertKind.DROP: Way(worded("Buka ringkasan"), "dashboard.unit"),
        AlertKind.TABLET: Way(worded("Buka daftar tablet"), "tablets.all_tablets"),
        AlertKind.IMPROVEMENT: Way(worded("Buka tindak lanjut"), "improvements.all_improvements"),
        AlertKind.QUARANTINE: Way(worded("Buka peninjauan"), "review.queue"),
        AlertKind.COMMENT: Way(worded("Buka komentar"), "comments.all_comments"),
        AlertKind.VERIFY: Way(worded("Buka catatan"), "log_pages.entries", of_unit=False),
    }
)
_URGENT = frozenset({AlertKind.DROP, AlertKind.TABLET, AlertKind.VERIFY})


@dataclass(frozen=True, slots=True)
class ShownAlert:
    """An alert as its reader sees it.

    Attributes
    ----------
    raised_on, ended_on
        Days where the unit is; None while it is open.
    """

    id: UUID
    unit: str
    kind: str
    said: Said
    label: str
    address: str
    raised_on: date
    ended_on: date | None
    is_seen: bool
    is_urgent: bool


@inbox_pages.get("/kotak")
@signed_in
def show() -> str:
    """Show the alerts of all units that concern who is asking, the open ones first."""
    with reading(here().engine) as session:
        received = [_shown(each) for each in inbox(session, me().scope, me().id)]
    running = [each for each in received if each.ended_on is None]
    return render_template(
        "aggregation/alerts/inbox.html",
        running=running,
        over=[each for each in received if each.ended_on is not None],
        new=_count_new(running),
        is_full=len(received) == MOST,
    )


@inbox_pages.post("/kotak/dibaca")
@signed_in
def mark() -> Response:
    """Note that who is asking has seen an alert, or all of them."""
    which = _which()
    with writing(here().engine) as session:
        new = see(session, me().scope, me().id, datetime.now(UTC), which)
    if which is None and new:
        tell(worded("Semua ditandai sudah dibaca."))
    return redirect(url_for("inbox.show"), 303)


@inbox_pages.post("/akun-saya/ringkasan")
@signed_in
def digest() -> Response:
    """Let alerts come by mail too, or no more."""
    wanted = request.form.get("ringkasan") == "ya"
    with writing(here().engine) as session:
        want_digest(session, me().id, wanted=wanted)
    tell(
        worded("Ringkasan akan dikirim ke email Anda.")
        if wanted
        else worded("Ringkasan tidak lagi dikirim ke email Anda.")
    )
    return redirect(url_for("own_account.show"), 303)


def _which() -> UUID | None:
    asked = request.form.get(WHICH)
    try:
        return None if asked is None else UUID(asked)
    except ValueError:
        abort(400)


def _count_new(running: Sequence[ShownAlert]) -> int:
    return sum(not each.is_seen for each in running)


def _shown(received: Received) -> ShownAlert:
    alert, unit, is_seen = received
    kind, zone = AlertKind(alert.kind), time_zone(unit.time_zone)
    way = _WAYS[kind]
    return ShownAlert(
        id=alert.id,
        unit=unit.name,
        kind=KINDS[kind],
        said=say(alert, unit, spoken()),
        label=way.label,
        address=(url_for(way.endpoint, code=unit.code) if way.of_unit else url_for(way.endpoint)),
        raised_on=local_day(alert.raised_at, zone),
        ended_on=None if alert.ended_at is None else local_day(alert.ended_at, zone),
        is_seen=is_seen,
        is_urgent=kind in _URGENT,
    )

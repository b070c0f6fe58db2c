"""The tablets of a unit: how each of them is, a code for another one, the end of one."""

from datetime import UTC, datetime
from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from markupsafe import Markup
from werkzeug import Response

from aggregation.access.roles import Right
from aggregation.site.guard import me, needs, unit
from aggregation.site.tablets.enrol_form import EnrolForm
from aggregation.site.tablets.shown_tablets import shown
from aggregation.site.telling import tell
from aggregation.tablets.fleet_health import judged_fleet
from kiosk import enrolments
from kiosk.devices import revoke
from kiosk.enrolments import issue_code
from kiosk.fleet import TabletState, fleet
from kiosk.posters import qr_drawing
from survey.database import reading, writing
from survey.desks import RatedDesk, desks_of
from survey.language import worded
from survey.month import time_zone
from survey.site import here

tablets = Blueprint("tablets", __name__)

Answer = str | tuple[str, int] | Response
_KEPT = "tablet code"
"""Where the browser's session keeps a new code from the form to the page that shows it."""
_PLACE = "/kiosk/enrol"
"""Where a tablet opens the page for its code; the public site serves it."""
_OWN_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


@tablets.get("/unit/<code>/tablet")
@needs(Right.KEEP_ROSTER)
def all_tablets(code: str) -> str:  # noqa: ARG001 - the guard has looked it up
    """List a unit's tablets, what to do about them first."""
    now, zone = datetime.now(UTC), time_zone(unit().time_zone)
    with reading(here().engine) as record:
        found = judged_fleet(record, unit().id, zone, now)
        desks = desks_of(record, unit().id, here().settings.key("desk"))
    held = {each.desk_key for each in found if not each.ended}
    return render_template(
        "aggregation/tablets/fleet.html",
        tablets=[shown(each, zone, now) for each in found],
        bare=[desk.name for desk in desks if desk.public_key not in held],
        has_desks=bool(desks),
    )


@tablets.route("/unit/<code>/tablet/baru", methods=["GET", "POST"])
@needs(Right.SET_UP)
def enrol(code: str) -> Answer:
    """Make a code with which a tablet becomes one of a desk's; the next page shows it, once."""
    with reading(here().engine) as record:
        desks = desks_of(record, unit().id, here().settings.key("desk"))
    form = EnrolForm()
    form.offer(desks, request.args.get("loket", ""))
    if form.validate_on_submit():
        desk = next(each for each in desks if each.public_key == form.desk.data)
        session[_KEPT] = [code, desk.name, *_issued(desk)]
        return redirect(url_for("tablets.show_code", code=code), 303)
    page = render_template(
        "aggregation/tablets/enrol.html", form=form, has_desks=bool(desks), plain=_is_plain()
    )
    return (page, 422) if form.is_submitted() else page


@tablets.get("/unit/<code>/tablet/baru/kode")
@needs(Right.SET_UP)
def show_code(code: str) -> str | Response:
    """Show a new code; when the page is loaded again, it is gone."""
    kept = session.pop(_KEPT, None)
    if kept is None or kept[0] != code:
        return redirect(url_for("tablets.all_tablets", code=code), 303)
    link = f"{here().settings.public_url}{_PLACE}"
    return render_template(
        "aggregation/tablets/code.html",
        desk=kept[1],
        enrolment_code=kept[2],
        pin=kept[3],
        until=kept[4],
        link=link,
        qr=Markup(qr_drawing(link)),  # noqa: S704 - drawn from the link alone, which is ours
        plain=_is_plain(),
    )


@tablets.route("/unit/<code>/tablet/<uuid:device>/cabut", methods=["GET", "POST"])
@needs(Right.SET_UP)
def end(code: str, device: UUID) -> Answer:
    """Ask whether to revoke a tablet, and do it."""
    state = _of_the_unit(device)
    if request.method == "GET":
        return render_template("aggregation/tablets/end.html", tablet=state)
    with writing(here().engine) as record:
        revoke(record, device, datetime.now(UTC), actor=me().key)
    tell(
        worded("Tablet di %(desk)s dicabut. Penilaiannya ditolak sejak sekarang."),
        desk=state.desk_name,
    )
    return redirect(url_for("tablets.all_tablets", code=code), 303)


def _issued(desk: RatedDesk) -> list[str]:
    """Issue a code for a desk; return it, the PIN, and until when it holds by the unit's clock."""
    settings, now = here().settings, datetime.now(UTC)
    with writing(here().engine) as record:
        made = issue_code(record, desk, now, actor=me().key, key=settings.key(enrolments.PURPOSE))
    local = made.expires_at.astimezone(time_zone(unit().time_zone))
    return [made.code, made.pin, f"{local:%H.%M}"]


def _is_plain() -> bool:
    """Say whether tablets reach the site without encryption, so that they can keep nothing."""
    address = urlsplit(here().settings.public_url)
    return address.scheme == "http" and address.hostname not in _OWN_MACHINE


def _of_the_unit(device_id: UUID) -> TabletState:
    """Return a tablet of the unit of the address; 404 if it has none of that id."""
    with reading(here().engine) as record:
        found = fleet(record, [unit().id], datetime.now(UTC))
    return next((each for each in found if each.id == device_id), None) or abort(404)

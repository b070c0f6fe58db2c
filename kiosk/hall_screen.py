"""The page for a screen in the waiting hall: it turns by itself and survives a lost network."""

from flask import Blueprint, Response, render_template, request
from markupsafe import Markup

from kiosk.posters import qr_drawing, without_scheme
from survey.database import reading
from survey.headers import STRICT, policy_header
from survey.kept_answer import kept
from survey.published import document_of
from survey.published_document import Told
from survey.published_pages import missing_page
from survey.published_places import NotPublished, place_of
from survey.published_shown import shown_period
from survey.site import here
from survey.spoken import speak, spoken
from survey.units import accent_for

hall_screen = Blueprint("hall_screen", __name__, url_prefix="/publik")

MOST_TOLD = 2
"""How many answers to citizens turn: more would take minutes to come round."""

POLICY = {**STRICT, "script-src": "'self'", "connect-src": "'self'"}
"""The page looks for its newer self; nothing else of it needs a script."""


@hall_screen.get("/<unit>/tv")
def turn(unit: str) -> Response:
    """Show a unit's newest period, or the one that `periode` names, slide by slide."""
    with reading(here().engine) as session:
        place = place_of(session, unit, request.args.get("periode"))
        document = document_of(session, place.issue)
        accent = accent_for(session.connection(), place.unit.id)
    speak(place.unit.languages)
    address = f"{here().settings.public_url}/publik/{place.unit.code}"
    told: tuple[Told, ...] = document.told[:MOST_TOLD]
    answer = kept(
        render_template(
            "kiosk/hall_screen.html",
            page=shown_period(
                document,
                place.issue.number,
                place.unit.day_of(place.issue.published_at),
                spoken(),
            ),
            told=told,
            slides=3 + len(told),
            address=without_scheme(address),
            qr=Markup(qr_drawing(address)),  # noqa: S704 - drawn here from an address
            accent=accent,
        )
    )
    answer.headers["Content-Security-Policy"] = policy_header(POLICY)
    return answer


@hall_screen.errorhandler(NotPublished)
def explain(missing: NotPublished) -> tuple[str, int]:
    """Say why there is nothing to show."""
    return missing_page(missing)

"""The colour of the unit whose page it is, on the staff site as on the citizens'."""

from flask import Blueprint, Response, g

from aggregation.site.guard import open_to_anybody
from survey.accent_sheet import accent_sheet
from survey.database import reading
from survey.site import here
from survey.units import accent_for

accents = Blueprint("accents", __name__)


@accents.get("/warna/<colour>.css")
@open_to_anybody
def sheet(colour: str) -> Response:
    """Give the stylesheet of a colour."""
    return accent_sheet(colour)


@accents.app_context_processor
def _of_the_unit() -> dict[str, object]:
    """Give pages of a unit its colour, or that of the nearest unit above it."""
    named = g.get("unit")
    if named is None:
        return {}
    if "accent" not in g:
        with reading(here().engine) as session:
            g.accent = named.accent or accent_for(session.connection(), named.id)
    return {"accent": g.accent}

"""The letters that somebody was thanked with, on the own page."""

from uuid import UUID

from flask import Blueprint, abort, url_for
from werkzeug import Response

from aggregation.access.roles import Right
from aggregation.appraisal.letters import own_letters
from aggregation.output.appreciation_letter import letter_sheet
from aggregation.site.guard import me, needs
from aggregation.site.recognition.recognition_pages import letter_file
from survey.database import reading
from survey.site import here

own_letter_pages = Blueprint("own_letters", __name__)


@own_letter_pages.get("/saya/surat/<uuid:letter>.pdf")
@needs(Right.SEE_OWN_SCORE)
def letter(letter: UUID) -> Response:
    """Open one of one's own letters; anybody else's does not exist."""
    officer_id = me().officer_id
    if officer_id is None:
        abort(404)
    with reading(here().engine) as session:
        own = {each.id: each for each in own_letters(session, officer_id)}
        found = own.get(letter) or abort(404)
        sheet = letter_sheet(session, found)
    return letter_file(sheet, found, url_for("own_score.months"))

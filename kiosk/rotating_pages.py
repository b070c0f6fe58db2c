"""The address in a tablet's code: it leads to a pass, or says that the code has changed."""

from datetime import UTC, datetime

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from kiosk.scans import take_scan
from survey.database import reading
from survey.entrance import SCAN
from survey.refusals import explain_refusals
from survey.site import here
from survey.spoken import ASKED

rotating_pages = Blueprint("rotating_pages", __name__)
explain_refusals(rotating_pages)


@rotating_pages.get("/<any(q,Q):kind>/<code>/<letters>")
def scan(kind: str, code: str, letters: str) -> Response:  # noqa: ARG001 - both cases
    """Lead a phone to a visit of its own; letters that are not current answer 410, never more."""
    with reading(here().engine) as session:
        visit_pass = take_scan(session, code, letters, here().settings, datetime.now(UTC))
    lang = request.args.get(ASKED)
    known = lang if lang in here().languages else None
    return redirect(url_for("pages.open_page", kind=SCAN, code=visit_pass, lang=known), 303)


@rotating_pages.after_request
def _keep_out_of_search(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex"
    return response

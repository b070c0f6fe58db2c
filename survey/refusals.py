"""What a citizen is shown when a visit cannot be rated: one page for each reason."""

from collections.abc import Mapping

from flask import Blueprint, Response, render_template, request

from survey.desks import DeskClosed, UnknownDesk
from survey.entrance import Way
from survey.errors import problem, wants_json
from survey.followups import FollowupAfterClose, FollowupTooLate, UnknownResponse
from survey.meter import RATINGS, REFUSED, meter_of
from survey.site import here
from survey.submission import IdReused
from survey.tickets import TicketSpent, UnknownTicket
from survey.visit_pass import ScanAgain, UnknownPass, VisitRated
from survey.visit_token import ForeignToken, PageTooOld

REFUSALS: Mapping[type[Exception], tuple[int, str]] = {
    UnknownDesk: (404, "unknown_code"),
    UnknownTicket: (404, "ticket_unknown"),
    UnknownPass: (404, "unknown_code"),
    TicketSpent: (410, "ticket_spent"),
    VisitRated: (410, "visit_rated"),
    ScanAgain: (410, "scan_again"),
    DeskClosed: (410, "desk_closed"),
    PageTooOld: (422, "page_too_old"),
    ForeignToken: (422, "page_too_old"),
    UnknownResponse: (422, "page_too_old"),
    IdReused: (422, "already"),
    FollowupTooLate: (410, "too_late"),
    FollowupAfterClose: (410, "too_late"),
}
"""Each refusal with its status and its page under `templates/survey`."""


def explain_refusals(pages: Blueprint) -> None:
    """Answer every refusal that a view of the blueprint lets pass."""
    for reason in REFUSALS:
        pages.register_error_handler(reason, _refused)


def _refused(error: Exception) -> Response:
    status, page = REFUSALS[type(error)]
    if request.method == "POST":
        meter_of(here().engine).add(RATINGS, REFUSED)
    if wants_json():
        return problem(status, (type(error).__doc__ or "").splitlines()[0])
    seen = request.view_args or {}
    followup = request.path.endswith("/lanjut")
    path = Way.of(seen["kind"], seen["code"]).path if "kind" in seen else "/"
    html = render_template(f"survey/{page}.html", path=path, followup=followup)
    return Response(html, status)

"""Errors of the staff site that deserve words of their own."""

from flask import Flask, Response, render_template
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import NotFound

from aggregation.site.guard import NotYours
from survey.errors import problem, wants_json


def explain_staff_errors(app: Flask) -> None:
    """Register the answers to what staff may run into."""
    app.register_error_handler(NotFound, _not_found)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(NotYours, _not_yours)


def _not_found(_error: NotFound) -> Response | tuple[str, int]:
    if wants_json():
        return problem(404, "There is no such page, unit or closed month.")
    return render_template("aggregation/not_found.html"), 404


def _not_yours(_error: NotYours) -> Response | tuple[str, int]:
    if wants_json():
        return problem(403, "This is for another role.")
    return render_template("aggregation/not_yours.html"), 403


def _stale_form(error: CSRFError) -> Response | tuple[str, int]:
    if wants_json():
        return problem(400, error.description)
    return render_template("aggregation/sign_in.html", state="stale"), 400

"""A form that was open for too long, or sent without our cookie: it was not taken."""

from flask import Flask, Response, render_template
from flask_wtf.csrf import CSRFError

from survey.errors import problem, wants_json


def explain_stale_forms(app: Flask) -> None:
    """Register the answer to a form whose token does not hold."""
    app.register_error_handler(CSRFError, _stale_form)


def _stale_form(error: CSRFError) -> Response | tuple[str, int]:
    if wants_json():
        return problem(400, error.description)
    return render_template("aggregation/errors/page.html", error="stale"), 400

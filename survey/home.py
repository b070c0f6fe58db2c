"""The first page: type the code that is printed on a poster or a slip."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from survey.entrance import POSTER, SLIP
from survey.spelling import ALPHABET, typed
from survey.spoken import spoken

home = Blueprint("home", __name__)
CODE_LENGTHS = {12: POSTER, 26: SLIP}
"""How many letters a desk's code and a slip's token have."""


@home.get("/")
def enter_code() -> Response | str | tuple[str, int]:
    """Ask for a code, and lead to its page."""
    text = request.args.get("kode")
    if text is None:
        return render_template("survey/home.html", typed="", wrong=False)
    code = typed(text)
    kind = CODE_LENGTHS.get(len(code))
    if kind is None or not set(code) <= set(ALPHABET):
        return render_template("survey/home.html", typed=text, wrong=True), 422
    return redirect(f"/{kind}/{code}?lang={spoken().code}", 303)

"""Receipt look-up: that a response was received, on which day, and its place in the day's seal.

Nothing else is told (method §8): neither the rating, nor the desk, nor what became of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, json, redirect, render_template, request
from werkzeug.wrappers import Response

from survey.database import reading
from survey.errors import problem
from survey.guesses import TooManyGuesses
from survey.receipt import NotAReceipt, read_receipt
from survey.received import Received, UnknownReceipt, received
from survey.seal_list import spelled
from survey.sealing import day_of
from survey.site import here
from survey.spoken import spoken

receipts = Blueprint("receipts", __name__)
PAGE = "survey/receipt.html"


@receipts.get("/resi/")
def enter_receipt() -> Response | str | tuple[str, int]:
    """Ask for a receipt, and lead to its page."""
    text = request.args.get("kode")
    if text is None:
        return render_template(PAGE)
    try:
        receipt = read_receipt(text)
    except NotAReceipt:
        return render_template(PAGE, typed=text, wrong=True), 422
    return redirect(f"/resi/{receipt}?lang={spoken().code}", 303)


@receipts.get("/resi/<code>")
def show_receipt(code: str) -> str | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Say on which day a response was received and how it is sealed, or what to check."""
    try:
        with _looking() as now:
            receipt = read_receipt(code)
            found = _found(receipt)
    except (NotAReceipt, UnknownReceipt):
        return render_template(PAGE, typed=code, unknown=True), 404
    except TooManyGuesses as wait:
        page = render_template(PAGE, typed=code, seconds=wait.seconds)
        return page, 429, {"Retry-After": str(wait.seconds)}
    tonight = found.on >= day_of(now)
    return render_template(PAGE, receipt=receipt, found=found, tonight=tonight)


@receipts.get("/resi/<code>.json")
def receipt_data(code: str) -> Response:
    """Give the same for a program: leaf, path and seal, to be checked by anybody's own means."""
    try:
        with _looking():
            found = _found(read_receipt(code))
    except (NotAReceipt, UnknownReceipt):
        return problem(404, "No response has this receipt.")
    except TooManyGuesses as wait:
        answer = problem(429, "Too many codes were tried from this network.")
        answer.headers["Retry-After"] = str(wait.seconds)
        return answer
    return Response(json.dumps(_proof(found), indent=1) + "\n", mimetype="application/json")


@contextmanager
def _looking() -> Iterator[datetime]:
    """Let a code be looked up now, unless too many were tried that do not exist."""
    now, key = datetime.now(UTC), here().settings.key("receipts tried")
    with here().guesses.one(key, request.remote_addr or "", now):
        yield now


def _found(receipt: str) -> Received:
    with reading(here().engine) as session:
        return received(session, receipt, here().settings.key("receipt"), here().day_trees)


def _proof(found: Received) -> dict[str, Any]:
    proof: dict[str, Any] = {
        "received_on": found.on.isoformat(),
        "seal": None if found.seal is None else spelled(found.seal),
        "leaf": None,
        "place": None,
        "size": None,
        "path": None,
    }
    if found.inclusion is None:
        return proof
    return proof | {
        "leaf": found.inclusion.leaf.hex(),
        "place": found.inclusion.place,
        "size": found.inclusion.size,
        "path": [each.hex() for each in found.inclusion.path],
    }

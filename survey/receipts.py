"""Receipt look-up: that a response was received and on which day, nothing else (method §8)."""

from datetime import date

from flask import Blueprint, redirect, render_template, request
from sqlalchemy import bindparam, func, select
from sqlmodel import Session, col
from werkzeug.wrappers import Response

from survey.database import reading
from survey.models import Response as Tap
from survey.receipt import NotAReceipt, digest_of, read_receipt
from survey.site import here
from survey.spoken import spoken

receipts = Blueprint("receipts", __name__)
PAGE = "survey/receipt.html"


class UnknownReceipt(LookupError):
    """No response has that receipt."""


def received_on(session: Session, receipt: str, key: bytes) -> date:
    """Return the day on which the response of a receipt was received.

    Raises
    ------
    UnknownReceipt
        If there is none.
    """
    digest = {"digest": digest_of(receipt, key)}
    day: date | None = session.connection().execute(_RECEIVED_ON, digest).scalar()
    if day is None:
        raise UnknownReceipt(receipt)
    return day


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
def show_receipt(code: str) -> str | tuple[str, int]:
    """Say on which day a response was received, or what to check."""
    try:
        receipt = read_receipt(code)
        with reading(here().engine) as session:
            day = received_on(session, receipt, here().settings.key("receipt"))
    except (NotAReceipt, UnknownReceipt):
        return render_template(PAGE, typed=code, unknown=True), 404
    return render_template(PAGE, receipt=receipt, received_on=day)


# A receipt has 40 bits: among a million responses half a pair is to be expected that shares one.
# Then the earlier day is the one that was promised.
_RECEIVED_ON = select(func.min(col(Tap.received_on))).where(
    col(Tap.receipt_digest) == bindparam("digest")
)

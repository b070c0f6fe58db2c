"""The pages that a QR code opens: four faces, the nine questions, thanks.

Each page carries a signed token instead of a cookie, so sending it again gives the same answer.
A view renders only what is committed (`survey.visits`).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from flask import Blueprint, Response, request

from survey.answers import InvalidAnswers
from survey.entrance import Way
from survey.form_body import read_form
from survey.forms import CitizenForm, QuestionsForm, TapForm
from survey.receipt import receipt_for
from survey.refusals import explain_refusals
from survey.services import UnknownService
from survey.shown import Page, faces_page, more_page, questions_page, thanks_page
from survey.site import here
from survey.spoken import wish
from survey.staff_mark import seen_in
from survey.submission import NothingAnswered, Status
from survey.visit_token import MORE, RATE, ForeignToken, VisitToken, read_token
from survey.visits import add_to_visit, look_up, month_of, open_visit, record_visit, token_key

Answer = str | tuple[str, int]
FormT = TypeVar("FormT", bound=CitizenForm)
_FIXABLE = (InvalidAnswers, NothingAnswered, UnknownService)
_VISIT = "/<any(l,L,t,T,s,S):kind>/<code>"

pages = Blueprint("pages", __name__)
explain_refusals(pages)


@pages.get(_VISIT)
def open_page(kind: str, code: str) -> Answer:
    """Show the four faces, or the nine questions where the desk opens with them."""
    page = open_visit(Way.of(kind, code))
    return questions_page(page) if page.desk.opens_with == "skm" else faces_page(page)


@pages.get(f"{_VISIT}/skm")
def open_questions(kind: str, code: str) -> Answer:
    """Show the nine questions first."""
    return questions_page(open_visit(Way.of(kind, code)))


@pages.post(_VISIT)
def rate(kind: str, code: str) -> Answer:
    """Record a tap; thank for it and offer the nine questions (decision 0006)."""
    way, form, token = _posted(Way.of(kind, code), TapForm, RATE)
    try:
        page, acceptance = record_visit(way, token, form.answers(), seen_in(request))
    except _FIXABLE as refusal:
        page = look_up(way)
        return faces_page(replace(page, token=form.one_token, problems=_problems(refusal))), 422
    return more_page(page, acceptance.receipt), _stored(acceptance.status is Status.RECORDED)


@pages.post(f"{_VISIT}/skm")
def answer_questions(kind: str, code: str) -> Answer:
    """Record a visit that opens with the nine questions, or show them in another language."""
    way, form, token = _posted(Way.of(kind, code), QuestionsForm, RATE)
    if form.shows_again:
        return questions_page(_filled_in(way, form))
    try:
        page, acceptance = record_visit(way, token, form.answers(), seen_in(request))
    except _FIXABLE as refusal:
        return questions_page(_filled_in(way, form, _problems(refusal))), 422
    html = thanks_page(page, acceptance.receipt, month_of(page, token))
    return html, _stored(acceptance.status is Status.RECORDED)


@pages.post(f"{_VISIT}/lanjut")
def follow_up(kind: str, code: str) -> Answer:
    """Record what a citizen adds to a tap; thank, with the receipt."""
    way, form, token = _posted(Way.of(kind, code), QuestionsForm, MORE)
    receipt = receipt_for(token.id, here().settings.key("receipt"))
    if form.shows_again:
        return more_page(_filled_in(way, form), receipt)
    try:
        page, month, recorded = add_to_visit(way, token, form.answers())
    except (InvalidAnswers, UnknownService) as refusal:
        return more_page(_filled_in(way, form, _problems(refusal)), receipt), 422
    return thanks_page(replace(page, token=form.one_token), receipt, month), _stored(recorded)


@pages.after_request
def _keep_out_of_search(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _posted(way: Way, form_type: type[FormT], purpose: str) -> tuple[Way, FormT, VisitToken]:
    """Return the form that was sent and its token; a token of another page is refused."""
    form = form_type(read_form(request))
    wish(form.language)
    try:
        token = read_token(form.one_token, token_key(), purpose, way.path)
    except ForeignToken:
        look_up(way)  # where the code itself is wrong, that is what the citizen has to know
        raise
    return way, form, token


def _filled_in(way: Way, form: QuestionsForm, problems: Mapping[str, str] | None = None) -> Page:
    """Return a page of questions with everything that was typed."""
    page = look_up(way)
    return replace(page, token=form.one_token, typed=form.filled_in, problems=problems or {})


def _problems(refusal: Exception) -> dict[str, str]:
    if isinstance(refusal, InvalidAnswers):
        return {problem.field: problem.reason for problem in refusal.problems}
    if isinstance(refusal, UnknownService):
        return {"service": "unknown"}
    return {"form": "nothing_answered"}


def _stored(now: bool) -> int:  # noqa: FBT001 - the one thing it tells
    return 201 if now else 200

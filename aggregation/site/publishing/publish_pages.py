"""Looking at a period as the public will see it, publishing it, and taking it back."""

from datetime import UTC, datetime
from io import BytesIO

from flask import Blueprint, abort, redirect, render_template, request, send_file, url_for
from flask_wtf import FlaskForm
from sqlmodel import Session
from werkzeug import Response

from aggregation.access.roles import Right
from aggregation.months.period import NotAPeriod, Period
from aggregation.output.card import card_sheet
from aggregation.output.publication_draft import (
    card_languages,
    document_to_publish,
    draft_of,
    public_address,
)
from aggregation.publishing.publications import (
    AlreadyPublished,
    KnownIssue,
    NothingStands,
    OvertakenByRelease,
    digest_of,
    issues_of_period,
    publish,
    withdraw,
)
from aggregation.site.guard import cause, needs, unit
from aggregation.site.publishing.showing_form import WithdrawalForm
from aggregation.site.telling import tell
from kiosk.typesetting import LetterNotPrintable, pictures
from survey.database import reading, writing
from survey.language import worded
from survey.period_name import PeriodName
from survey.published_document import PublishedDocument
from survey.published_scale import GRADES
from survey.published_shown import Links, shown_period
from survey.site import here
from survey.spoken import spoken
from survey.units import accent_for

publishing = Blueprint("publishing", __name__)

CHANGED = worded(
    "Angka atau isinya berubah sejak halaman ini dibuka. Periksa lagi, lalu terbitkan."
)
UNPRINTABLE = worded(
    "Kartu belum dapat dicetak: ada nama dengan huruf yang bukan huruf Latin. Minta operator TI "
    "memperbaiki namanya, lalu terbitkan lagi."
)


@publishing.route("/unit/<code>/publikasi/<period>", methods=["GET", "POST"])
@needs(Right.PUBLISH)
def look(code: str, period: str) -> str | Response:
    """Show what would be published of a period, and publish it."""
    document, issues = _made(period)
    form = FlaskForm()
    if form.validate_on_submit():
        return redirect(_publish(code, document), 303)
    return render_template(
        "aggregation/publishing/look.html",
        document=document,
        period=PeriodName.parse(period),
        digest=digest_of(document),
        standing=issues[-1] if issues and issues[-1].withdrawn_at is None else None,
        is_same=_stands(document, issues),
    )


@publishing.get("/unit/<code>/publikasi/<period>/pratinjau")
@needs(Right.PUBLISH)
def preview(code: str, period: str) -> str:
    """Show the public page as it will be."""
    document, issues = _made(period)
    with reading(here().engine) as session:
        accent = accent_for(session.connection(), unit().id)
    today = unit().day_of(datetime.now(UTC))
    return render_template(
        "survey/public/unit.html",
        page=shown_period(document, len(issues) + 1, today, spoken()),
        periods=[],
        grades=GRADES,
        links=Links(here().settings.public_url, code, spoken().code, period),
        accent=accent,
        preview=True,
    )


@publishing.get("/unit/<code>/publikasi/<period>/kartu.png")
@needs(Right.PUBLISH)
def card(code: str, period: str) -> Response:  # noqa: ARG001 - the guard has looked it up
    """Show the official card as it will be."""
    document, _ = _made(period)
    with reading(here().engine) as session:
        accent = accent_for(session.connection(), unit().id)
    [language, *_] = card_languages(unit(), here().languages)
    address = public_address(here().settings.public_url, unit())
    try:
        drawn = pictures(card_sheet(document, address, language, accent), 72)[0]
    except LetterNotPrintable:
        abort(404)
    return send_file(BytesIO(drawn), "image/png")


@publishing.route("/unit/<code>/publikasi/<period>/tarik", methods=["GET", "POST"])
@needs(Right.PUBLISH)
def take_back(code: str, period: str) -> str | Response:
    """Show a period to the public no more."""
    with reading(here().engine) as session:
        issues = issues_of_period(session, unit().id, period)
    if not issues or issues[-1].withdrawn_at is not None:
        abort(404)
    form = WithdrawalForm()
    if form.validate_on_submit():
        try:
            with writing(here().engine) as session:
                withdraw(session, unit().id, period, cause((form.reason.data or "").strip()))
        except NothingStands:  # somebody else has withdrawn it meanwhile
            abort(404)
        tell(
            worded("%(period)s ditarik. Umum tidak melihatnya lagi."),
            period=PeriodName.parse(period).said(spoken()),
        )
        return redirect(url_for("publications.overview", code=code), 303)
    status = 422 if form.errors else 200
    page = render_template(
        "aggregation/publishing/take_back.html", form=form, period=PeriodName.parse(period)
    )
    return Response(page, status, mimetype="text/html")


def _made(period: str) -> tuple[PublishedDocument, list[KnownIssue]]:
    """Return what would be published of a period now, and what was before; 404 if it cannot be."""
    with reading(here().engine) as session:
        document = _document(session, period)
        return document, issues_of_period(session, unit().id, period)


def _document(session: Session, period: str) -> PublishedDocument:
    try:
        asked = Period.parse(period)
    except NotAPeriod:
        abort(404)
    return document_to_publish(session, unit(), asked) or abort(404)


def _stands(document: PublishedDocument, issues: list[KnownIssue]) -> bool:
    """Say whether the public sees just that."""
    newest = issues[-1] if issues else None
    return (
        newest is not None and newest.withdrawn_at is None and newest.digest == digest_of(document)
    )


def _publish(code: str, document: PublishedDocument) -> str:
    """Publish what was looked at; return the address to go on to."""
    again = url_for("publications.publishing.look", code=code, period=document.period)
    if request.form.get("digest") != digest_of(document):
        tell(CHANGED, "bad")
        return again
    with reading(here().engine) as session:
        accent = accent_for(session.connection(), unit().id)
    try:
        draft = draft_of(document, unit(), here().settings.public_url, here().languages, accent)
        with writing(here().engine) as session:
            issue = publish(session, draft, cause())
    except LetterNotPrintable:
        tell(UNPRINTABLE, "bad")
        return again
    except OvertakenByRelease:
        tell(CHANGED, "bad")
        return again
    except AlreadyPublished:
        tell(worded("Ini sudah terbit, dengan isi yang sama."))
    else:
        tell(
            worded("%(period)s diterbitkan, terbitan %(number)s."),
            period=PeriodName.parse(document.period).said(spoken()),
            number=issue.number,
        )
    return url_for("publications.overview", code=code)

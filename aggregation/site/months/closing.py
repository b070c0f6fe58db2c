"""Closing a month: its months, the check before it, and the act itself (method §8)."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug import Response

from aggregation.access.accounts import names_of
from aggregation.access.roles import Right
from aggregation.months.closing_list import ListedMonth, State, first_month, listed_months
from aggregation.months.draft import Draft
from aggregation.months.month_close import (
    AlreadyClosed,
    EarlierMonthOpen,
    LaterMonthClosed,
    MonthNotOver,
    prepare_close,
    preview_close,
    write_close,
)
from aggregation.rules.rule_book import rules_in_force
from aggregation.site.guard import me, needs, unit, unit_today
from aggregation.site.months.closing_figures import dry_run
from aggregation.site.telling import tell
from survey.database import reading, writing
from survey.language import worded
from survey.month import Month, NotAMonth
from survey.site import here
from survey.spoken import spoken

closing = Blueprint("closing", __name__)

CONFLICT = 409
DIGEST_LETTERS = 16
"""How much of a digest is shown to people; the form carries all of it."""


@closing.get("/unit/<code>/tutup")
@needs(Right.CLOSE_MONTH, names_people=True)
def months(code: str) -> str:  # noqa: ARG001 - the guard has looked it up
    """List a unit's months and what can be done with each."""
    with reading(here().engine) as session:
        listed = _listed(session)
        closers = {each.closing.closed_by for each in listed if each.closing}
        names = names_of(session, closers)
        days = {each.month: _closed_on(each) for each in listed if each.closing}
        return render_template(
            "aggregation/closing_months.html",
            months=listed,
            states=State,
            names=names,
            closed_on=days,
            digest_letters=DIGEST_LETTERS,
        )


@closing.get("/unit/<code>/tutup/<month>")
@needs(Right.CLOSE_MONTH, names_people=True)
def check(code: str, month: str) -> str | tuple[str, int]:  # noqa: ARG001
    """Show what stands out in a month and every figure that a close would write."""
    with reading(here().engine) as session:
        asked = _month(session, month)
        try:
            now = datetime.now(UTC)
            rules = rules_in_force(session, unit().id, asked, now)
            draft = preview_close(session, unit().id, asked, at=now, rules=rules)
        except REFUSALS as refusal:
            return _refused(session, asked, refusal)
        return _check_page(session, draft)


@closing.post("/unit/<code>/tutup/<month>")
@needs(Right.CLOSE_MONTH, names_people=True)
def close(code: str, month: str) -> Response | str | tuple[str, int]:
    """Close a month, if its figures are still those that were shown."""
    now = datetime.now(UTC)
    with writing(here().engine) as session:
        asked = _month(session, month)
        try:
            rules = rules_in_force(session, unit().id, asked, now)
            draft = prepare_close(session, unit().id, asked, at=now, rules=rules)
        except REFUSALS as refusal:
            return _refused(session, asked, refusal)
        if request.form.get("digest") != draft.digest().hex():
            return _check_page(session, draft, changed=True), CONFLICT
        write_close(session, draft, closed_by=me().key, at=now, actor=me().key)
    tell(
        worded("%(month)s sudah ditutup. Angkanya kini tetap."),
        month=spoken().month(asked),
    )
    return redirect(url_for("closing.months", code=code), 303)


REFUSALS = (MonthNotOver, EarlierMonthOpen, LaterMonthClosed, AlreadyClosed)


def _listed(session: Session) -> list[ListedMonth]:
    running = Month.of(unit_today())
    rules = rules_in_force(session, unit().id, running, datetime.now(UTC))
    return listed_months(session, unit().id, running, rules)


def _month(session: Session, written: str) -> Month:
    """Return the month of the address; 404 for one that the unit does not have."""
    try:
        month = Month.parse(written)
    except NotAMonth:
        abort(404)
    running = Month.of(unit_today())
    return month if month >= first_month(session, unit().id, running) else abort(404)


def _check_page(session: Session, draft: Draft, *, changed: bool = False) -> str:
    return render_template(
        "aggregation/closing_check.html",
        month=draft.month,
        changed=changed,
        digest=draft.digest().hex(),
        digest_letters=DIGEST_LETTERS,
        **dry_run(session, draft),
    )


def _refused(session: Session, month: Month, refusal: Exception) -> tuple[str, int]:
    """Say why a month is not closed now, and what to do."""
    facts: dict[str, Any] = {"month": month, "reason": type(refusal).__name__}
    if isinstance(refusal, EarlierMonthOpen):
        facts["first"] = refusal.month
    if isinstance(refusal, AlreadyClosed):
        by = refusal.closing.closed_by
        facts["closed_by"] = names_of(session, [by]).get(by, by)
        facts["closed_on"] = unit().day_of(refusal.closing.closed_at)
    return render_template("aggregation/closing_refused.html", **facts), CONFLICT


def _closed_on(listed: ListedMonth) -> str:
    if listed.closing is None:
        return ""
    return spoken().day(unit().day_of(listed.closing.closed_at))

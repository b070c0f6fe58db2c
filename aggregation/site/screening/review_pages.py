"""The reviewer's pages: what waits, one group, what was decided. None shows a value (method §7)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy import func
from sqlmodel import Session, col, select
from werkzeug import Response as Answer

from aggregation.access.accounts import names_of
from aggregation.access.roles import Right
from aggregation.changes.open_months import closed_months
from aggregation.screening.groups import (
    WAITING,
    Circumstances,
    GroupKey,
    circumstances,
    waiting_groups,
    waiting_in,
)
from aggregation.screening.independence import not_ones_own
from aggregation.screening.models import ScreeningReview
from aggregation.screening.review import (
    AlreadyDecided,
    GroupChanged,
    NotIndependent,
    decide_group,
    decided_groups,
)
from aggregation.screening.screen_month import screen_month, unscreened
from aggregation.site.guard import cause, me, needs, unit
from aggregation.site.listing import Listing, listed
from aggregation.site.screening.inquiry_pages import inquiries
from aggregation.site.screening.review_form import ReviewForm
from aggregation.site.screening.review_words import SIGNALS, channel_words, day_of, time_of
from aggregation.site.telling import tell
from survey.channel import Channel
from survey.database import reading, writing
from survey.language import worded
from survey.models import Desk, Response
from survey.month import Month, NotAMonth
from survey.site import here

review = Blueprint("review", __name__)
review.register_blueprint(inquiries)

NO_DESK = "-"
_CONFLICT, _UNPROCESSABLE = 409, 422
_REFUSED = {
    NotIndependent: "not_yours",
    AlreadyDecided: "decided",
    GroupChanged: "changed",
}


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """A group that waits, as a reviewer reads it."""

    key: GroupKey
    desk: str
    desk_key: str
    waiting: int
    known: Circumstances
    is_mine: bool
    is_closed: bool

    @property
    def address(self) -> str:
        """Where it is decided."""
        return url_for(
            "review.group",
            code=unit().code,
            month=str(self.key.month),
            desk=self.desk_key,
            half_hour=self.key.half_hour or 0,
            channel=self.key.channel,
        )


@review.get("/unit/<code>/peninjauan")
@needs(Right.REVIEW)
def queue(code: str) -> str:  # noqa: ARG001 - the guard has looked it up
    """List the groups that wait, after looking for what duties and visits make suspicious."""
    _screen_recent_months()
    with reading(here().engine) as session:
        found = listed(
            session,
            waiting_groups(unit().id),
            sorts={
                "waktu": (_time(), *_RESTS),
                "loket": (func.coalesce(col(Desk.name), ""), _time(), *_RESTS),
                "jumlah": (WAITING, _time(), *_RESTS),
            },
            search_in=(func.coalesce(col(Desk.name), ""),),
            newest_first=True,
        )
        groups = _shown(session, found)
    return render_template("aggregation/screening/queue.html", listing=found, groups=groups, **_say)


@review.route(
    "/unit/<code>/peninjauan/kelompok/<month>/<desk>/<int:half_hour>/<channel>",
    methods=["GET", "POST"],
)
@needs(Right.REVIEW)
def group(
    code: str, month: str, desk: str, half_hour: int, channel: str
) -> str | Answer | tuple[str, int]:
    """Show one group and take the decision on it."""
    form, problem = ReviewForm(), ""
    with reading(here().engine) as session:
        key = _key(session, month, desk, half_hour, channel)
    if request.method == "POST" and form.validate():
        try:
            _decide(key, form)
        except tuple(_REFUSED) as refusal:
            problem = _REFUSED[type(refusal)]
        else:
            tell(worded("Keputusan dicatat."))
            return redirect(url_for("review.queue", code=code), 303)
    with reading(here().engine) as session:
        shown = _one(session, key)
    form.seen.data = str(shown.waiting)
    page = render_template(
        "aggregation/screening/group.html", form=form, group=shown, problem=problem, **_say
    )
    if problem:
        return page, _CONFLICT
    return (page, _UNPROCESSABLE) if form.errors else page


@review.get("/unit/<code>/peninjauan/keputusan")
@needs(Right.REVIEW, names_people=True)
def decided(code: str) -> str:  # noqa: ARG001
    """List what was decided, by whom and why."""
    with reading(here().engine) as session:
        found = listed(
            session,
            decided_groups(unit().id),
            sorts={"waktu": (col(ScreeningReview.decided_at), col(ScreeningReview.id))},
            search_in=(col(ScreeningReview.reason),),
            newest_first=True,
        )
        names = names_of(session, {row.decided_by for row in found.rows})
    return render_template(
        "aggregation/screening/decided.html",
        listing=found,
        names=names,
        on=unit().day_of,
        **_say,
    )


_say = {
    "signals": SIGNALS,
    "channel_words": channel_words,
    "day_of": day_of,
    "time_of": time_of,
}
_RESTS = (col(Response.desk_id), col(Response.channel), col(Response.month))


def _time() -> Any:  # noqa: ANN401 - an expression
    return func.coalesce(col(Response.half_hour), 0)


def _screen_recent_months() -> None:
    """Look for what is suspicious in this month and the last; write only what is new."""
    at = datetime.now(UTC)
    month = Month.of(unit().day_of(at))
    for each in (month.shift(-1), month):
        with reading(here().engine) as session:
            new = unscreened(session, unit().id, each, at)
        if new:
            with writing(here().engine) as session:
                screen_month(session, unit().id, each, at)


def _decide(key: GroupKey, form: ReviewForm) -> None:
    with writing(here().engine) as session:
        because = cause(form.because)
        officer = me().officer_id
        decide_group(session, unit().id, key, form.verdict, because, reviewer=officer)


def _shown(session: Session, found: Listing[Any]) -> list[ShownGroup]:
    rows = {_key_of(row): row for row in found.rows}
    known = circumstances(session, unit().id, [(key, row.waiting) for key, row in rows.items()])
    mine = not_ones_own(session, unit().id, me().officer_id, rows)
    closed = closed_months(session, unit().id)
    return [
        ShownGroup(
            key,
            row.desk or "",
            row.desk_key or NO_DESK,
            row.waiting,
            known[key],
            key in mine,
            key.month in closed,
        )
        for key, row in rows.items()
    ]


def _one(session: Session, key: GroupKey) -> ShownGroup:
    waiting = len(session.execute(waiting_in(unit().id, key)).all())
    desk = session.get(Desk, key.desk_id) if key.desk_id else None
    known = circumstances(session, unit().id, [(key, waiting)])[key]
    return ShownGroup(
        key,
        desk.name if desk else "",
        desk.public_key if desk else NO_DESK,
        waiting,
        known,
        bool(not_ones_own(session, unit().id, me().officer_id, [key])),
        key.month in closed_months(session, unit().id),
    )


def _key_of(row: Any) -> GroupKey:  # noqa: ANN401 - a row of `waiting_groups`
    return GroupKey(row.month, row.desk_id, row.half_hour, row.channel)


def _key(session: Session, month: str, desk: str, half_hour: int, channel: str) -> GroupKey:
    """Return the group of an address; what no group can be is not there."""
    try:
        asked, way = Month.parse(month), Channel(channel)
        half_hours = asked.half_hours()
    except (NotAMonth, ValueError):
        abort(404)
    if half_hour and half_hour not in half_hours:
        abort(404)
    return GroupKey(asked, _desk_id(session, desk), half_hour or None, way.value)


def _desk_id(session: Session, desk: str) -> int | None:
    if desk == NO_DESK:
        return None
    named = select(Desk.id).where(col(Desk.unit_id) == unit().id, col(Desk.public_key) == desk)
    return session.exec(named).first() or abort(404)

"""The unit head's pages of comments: the list, and the words most used about each element."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy import func
from sqlmodel import Session, col
from werkzeug import Response

from aggregation.access.roles import Right
from aggregation.comments.comment_list import (
    NEWEST_BATCH,
    Wish,
    comments_of,
    elements_of,
    months_with_comments,
    named_by_batches,
)
from aggregation.comments.models import Comment
from aggregation.comments.steps import mark_read
from aggregation.comments.word_summary import word_summary
from aggregation.site.chosen import chosen
from aggregation.site.comments.comment_forms import keys_in
from aggregation.site.comments.comment_words import CHIPS, STATES
from aggregation.site.comments.one_comment import one_comment
from aggregation.site.guard import cause, needs, unit
from aggregation.site.listing import Listing, listed
from aggregation.site.telling import tell
from survey.database import reading, writing
from survey.language import worded
from survey.month import Month, NotAMonth
from survey.questionnaire import ITEMS, ORDERS, Element, ElementOrder
from survey.site import here

comments = Blueprint("comments", __name__)
comments.register_blueprint(one_comment)

PER_PAGE = 25
EVERY_MONTH = "semua"


@dataclass(frozen=True, slots=True)
class ShownComment:
    """A comment in the list; without words where they were erased."""

    id: UUID
    text: str | None
    month: Month
    desk: str
    act: str | None
    elements: list[str]


@comments.get("/unit/<code>/komentar")
@needs(Right.READ_COMMENTS)
def all_comments(code: str) -> str:  # noqa: ARG001 - the guard has looked it up
    """List released comments, the newest batch first, those that wait for somebody unless told."""
    with reading(here().engine) as session:
        months = months_with_comments(session, unit().id)
        desks = named_by_batches(session, unit().id)
        found = listed(
            session,
            comments_of(unit().id, _wish()),
            sorts={"kelompok": NEWEST_BATCH},
            search_in=(func.coalesce(col(Comment.text), ""),),
            filters=("keadaan", "unsur", "bulan", "loket"),
            per_page=PER_PAGE,
            newest_first=True,
        )
        rows = _shown(session, found)
    return render_template(
        "aggregation/comments/all.html",
        listing=found,
        rows=rows,
        chips=CHIPS,
        states=[(word, label) for word, (_, label) in STATES.items()],
        elements=[(e.value, ITEMS[e].short) for e in _order()],
        months=months,
        desks=desks,
    )


@comments.post("/unit/<code>/komentar/dibaca")
@needs(Right.READ_COMMENTS)
def read(code: str) -> Response:
    """Mark the comments that were ticked as read."""
    keys = keys_in(request.form.getlist("comment")[:PER_PAGE])
    with writing(here().engine) as session:
        count = mark_read(session, unit().id, keys, cause())
    if count:
        tell(worded("%(count)s komentar ditandai sudah dibaca."), count=count)
    else:
        tell(worded("Tidak ada komentar baru di antara yang dipilih."), "bad")
    return redirect(url_for("comments.all_comments", code=code), 303)


@comments.get("/unit/<code>/komentar/kata")
@needs(Right.READ_COMMENTS)
def words(code: str) -> str:  # noqa: ARG001
    """Show which words five citizens or more use, about each element."""
    with reading(here().engine) as session:
        months = months_with_comments(session, unit().id)
        offered = [EVERY_MONTH, *map(str, months)]
        asked = chosen(offered, request.args.get("bulan") or EVERY_MONTH) or EVERY_MONTH
        month = None if asked == EVERY_MONTH else Month.parse(asked)
        found = {each.element: each for each in word_summary(session, unit().id, month)}
    return render_template(
        "aggregation/comments/words.html",
        month=month,
        months=months,
        everything=found[None],
        summary=[(ITEMS[e].short, found[e]) for e in _order()],
    )


def _wish() -> Wish:
    """Return what the address asks for; what there is not is not found."""
    asked = request.args
    state = asked.get("keadaan", "")
    element = asked.get("unsur")
    return Wish(
        STATES[state][0] if state in STATES else abort(404),
        (Element(element) if element in set(Element) else abort(404)) if element else None,
        _month(asked.get("bulan")),
        asked.get("loket") or None,
    )


def _month(text: str | None) -> Month | None:
    try:
        return Month.parse(text) if text else None
    except NotAMonth:
        abort(404)


def _order() -> Iterable[Element]:
    return ORDERS[ElementOrder(unit().element_order)]


def _shown(session: Session, found: Listing[Any]) -> list[ShownComment]:
    tagged = elements_of(session, [row.id for row in found.rows])
    return [
        ShownComment(
            row.id,
            row.text,
            row.month,
            row.desk or "",
            row.act,
            [ITEMS[element].short for element in tagged.get(row.id, [])],
        )
        for row in found.rows
    ]

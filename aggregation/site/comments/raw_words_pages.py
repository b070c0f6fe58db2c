"""The reviewer's pages of comments: masked in a list, and one in the citizen's own words (§9)."""

from uuid import UUID

from flask import Blueprint, abort, render_template, request
from sqlalchemy import func
from sqlmodel import col

from aggregation.access.roles import Right
from aggregation.comments.comment_list import (
    NEWEST_BATCH,
    Opened,
    State,
    Wish,
    comments_of,
    open_comment,
)
from aggregation.comments.models import Comment
from aggregation.comments.raw_words import OfOneself, raw_words
from aggregation.comments.steps import UnknownComment
from aggregation.site.comments.comment_forms import RawForm
from aggregation.site.guard import cause, me, needs, unit
from aggregation.site.listing import listed
from survey.database import reading, writing
from survey.site import here

raw_words_pages = Blueprint("raw_words", __name__)

PER_PAGE = 25
_CONFLICT, _UNPROCESSABLE = 409, 422


@raw_words_pages.get("/unit/<code>/peninjauan/komentar")
@needs(Right.REVIEW)
def masked(code: str) -> str:  # noqa: ARG001 - the guard has looked it up
    """List the comments in which something was masked."""
    with reading(here().engine) as session:
        found = listed(
            session,
            comments_of(unit().id, Wish(State.ALL)).where(col(Comment.masked) > 0),
            sorts={"kelompok": NEWEST_BATCH},
            search_in=(func.coalesce(col(Comment.text), ""),),
            per_page=PER_PAGE,
            newest_first=True,
        )
    return render_template("aggregation/comments/masked.html", listing=found)


@raw_words_pages.route("/unit/<code>/peninjauan/komentar/<uuid:comment>", methods=["GET", "POST"])
@needs(Right.REVIEW, names_people=True)
def raw(code: str, comment: UUID) -> str | tuple[str, int]:  # noqa: ARG001
    """Ask why, note it, and show what the citizen wrote: once, in this answer."""
    form, words, problem = RawForm(), None, ""
    opened = _opened(comment)
    try:
        if request.method == "POST" and form.validate():
            with writing(here().engine) as session:
                because, officer = cause(form.because), me().officer_id
                words = raw_words(session, unit().id, comment, because, reviewer=officer)
            problem = "" if words is not None else "erased"
    except OfOneself:
        problem = "not_yours"
    page = render_template(
        "aggregation/comments/raw.html", opened=opened, form=form, words=words, problem=problem
    )
    if problem == "not_yours":
        return page, _CONFLICT
    return (page, _UNPROCESSABLE) if form.errors else page


def _opened(comment: UUID) -> Opened:
    try:
        with reading(here().engine) as session:
            return open_comment(session, unit().id, comment)
    except UnknownComment:
        abort(404)

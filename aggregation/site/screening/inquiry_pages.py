"""The page of inquiries: whom a pattern is about, what is known without values, what was found."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy import func
from sqlmodel import Session, col, select
from werkzeug import Response

from aggregation.access.accounts import names_of
from aggregation.access.roles import Right
from aggregation.changes.open_months import closed_months
from aggregation.models import Officer
from aggregation.screening.inquiries import (
    AlreadyAnswered,
    MonthIsOpen,
    OfOneself,
    UnknownInquiry,
    answer_inquiry,
    concerns,
    open_inquiries,
)
from aggregation.screening.models import Inquiry, InquiryAnswer, InquiryKind
from aggregation.site.guard import cause, me, needs, unit
from aggregation.site.listing import Listing, listed
from aggregation.site.screening.inquiry_form import FOUNDED, AnswerForm
from aggregation.site.telling import tell
from survey.database import reading, writing
from survey.language import worded
from survey.month import Month
from survey.site import here
from survey.spoken import spoken

inquiries = Blueprint("inquiries", __name__)

KINDS: Mapping[str, str] = {
    InquiryKind.INVITATION_SKEW: worded("Warga yang menilai jauh lebih sedikit dan lebih puas"),
    InquiryKind.TRADING: worded("Penilaian baik dua petugas sering datang bersamaan"),
}
_CONFLICT, _UNPROCESSABLE = 409, 422


@dataclass(frozen=True, slots=True)
class ShownInquiry:
    """An inquiry as the reviewer reads it; without an answer nobody has answered it."""

    id: UUID
    kind: str
    month: Month
    officer: str
    other: str
    facts: Mapping[str, int]
    is_mine: bool
    founded: bool = False
    answer: str = ""
    answered_by: str = ""


@inquiries.route("/unit/<code>/peninjauan/penyelidikan", methods=["GET", "POST"])
@needs(Right.REVIEW, names_people=True)
def all_inquiries(code: str) -> str | Response | tuple[str, int]:
    """List inquiries, those without an answer first, and take an answer."""
    form, problem = AnswerForm(), ""
    if request.method == "POST" and form.validate():
        try:
            _answer(form)
        except UnknownInquiry:
            abort(404)
        except OfOneself:
            problem = "not_yours"
        except AlreadyAnswered:
            problem = "answered"
        else:
            tell(worded("Hasil penyelidikan dicatat."))
            return redirect(url_for("review.inquiries.all_inquiries", code=code), 303)
    with reading(here().engine) as session:
        found = _listed(session)
        shown = _shown(session, found)
        closed = sorted(closed_months(session, unit().id))
    page = render_template(
        "aggregation/screening/inquiries.html",
        listing=found,
        rows=shown,
        form=form,
        problem=problem,
        kinds=KINDS,
        newest=closed[-1] if closed else None,
    )
    if problem:
        return page, _CONFLICT
    return (page, _UNPROCESSABLE) if form.errors else page


@inquiries.post("/unit/<code>/peninjauan/penyelidikan/cari")
@needs(Right.REVIEW)
def look(code: str) -> Response:
    """Look for patterns in the newest closed month, once."""
    with reading(here().engine) as session:
        month = max(closed_months(session, unit().id), default=None)
    if month is not None:
        _open(month)
    return redirect(url_for("review.inquiries.all_inquiries", code=code), 303)


def _open(month: Month) -> None:
    try:
        with writing(here().engine) as session:
            opened = open_inquiries(session, unit().id, month, cause())
    except MonthIsOpen:  # closed without a revision: there is nothing to look through
        opened = 0
    said = spoken().month(month)
    if opened:
        tell(worded("%(count)s penyelidikan dibuka tentang %(month)s."), count=opened, month=said)
    else:
        tell(worded("Tidak ada pola baru yang janggal pada %(month)s."), month=said)


def _answer(form: AnswerForm) -> None:
    inquiry = form.inquiry_id
    if inquiry is None:
        raise UnknownInquiry
    with writing(here().engine) as session:
        answer_inquiry(
            session,
            unit().id,
            inquiry,
            cause(str(form.text.data or "").strip()),
            founded=form.founded.data == FOUNDED,
            reviewer=me().officer_id,
        )


def _listed(session: Session) -> Listing[Any]:
    return listed(
        session,
        select(Inquiry, InquiryAnswer)
        .outerjoin(InquiryAnswer, col(InquiryAnswer.inquiry_id) == col(Inquiry.id))
        .where(col(Inquiry.unit_id) == unit().id),
        sorts={
            "keadaan": (
                col(InquiryAnswer.inquiry_id).is_not(None),
                col(Inquiry.opened_at),
                col(Inquiry.id),
            )
        },
        search_in=(func.coalesce(col(InquiryAnswer.text), ""),),
        per_page=20,
    )


def _shown(session: Session, found: Listing[Any]) -> list[ShownInquiry]:
    people = {i.officer_id for i, _ in found.rows} | {i.other_id for i, _ in found.rows}
    officers = session.exec(select(Officer).where(col(Officer.id).in_(people - {None})))
    names = {officer.id: officer.name for officer in officers}
    reviewers = names_of(session, {answer.answered_by for _, answer in found.rows if answer})
    return [
        ShownInquiry(
            inquiry.id,
            inquiry.kind,
            inquiry.month,
            names.get(inquiry.officer_id, ""),
            names.get(inquiry.other_id, ""),
            json.loads(inquiry.facts),
            not concerns(session, inquiry, me().officer_id),
            *_said(answer, reviewers),
        )
        for inquiry, answer in found.rows
    ]


def _said(answer: InquiryAnswer | None, reviewers: Mapping[str, str]) -> tuple[bool, str, str]:
    if answer is None:
        return False, "", ""
    return answer.founded, answer.text, reviewers.get(answer.answered_by, answer.answered_by)

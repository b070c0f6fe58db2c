"""Inquiries: what values make a reviewer ask about; they quarantine nothing (method §7)."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select
from sqlmodel import Session, col

from aggregation.changes.audit import record_with_detail
from aggregation.changes.batch import Cause, hold_unit
from aggregation.closings import Closing, FrozenDuty
from aggregation.duties.roster import DeskStretch
from aggregation.method.inquiry_signals import (
    Invited,
    RatedHalfHour,
    invitation_skew,
    shared_half_hours,
    trading,
)
from aggregation.screening.independence import close_to
from aggregation.screening.models import Inquiry, InquiryAnswer, InquiryKind
from aggregation.screening.quarantine import is_quarantined
from aggregation.visits.coverage_counts import visits_of_officers
from aggregation.visits.outages import outages_in
from survey.channel import Channel
from survey.log import Act
from survey.merkle import Scalar
from survey.models import Response
from survey.month import HALF_HOURS_A_DAY, HalfHour, Month
from survey.questionnaire import HIGHEST


class MonthIsOpen(Exception):
    """Whose half hours they were is not settled before the month is closed."""


class UnknownInquiry(LookupError):
    """The unit has no such inquiry."""


class AlreadyAnswered(Exception):
    """Somebody has answered it; an answer is never changed."""


class OfOneself(Exception):
    """The reviewer is one of the officers, or the direct head of one."""


@dataclass(frozen=True, slots=True)
class Rated:
    """What rated one desk in one half hour: how many answered, how many of them the best."""

    officer_id: int
    half_hour: int
    responses: int
    best: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What a test picked: whom, and facts that hold no value."""

    kind: InquiryKind
    officer_id: int
    other_id: int | None
    facts: Mapping[str, int]


def open_inquiries(session: Session, unit_id: int, month: Month, cause: Cause) -> int:
    """Open a closed month's inquiries, once; return how many.

    Raises
    ------
    MonthIsOpen
        If it is not closed.
    """
    hold_unit(session, unit_id)
    known = select(col(Inquiry.id)).where(
        col(Inquiry.unit_id) == unit_id, col(Inquiry.month) == month
    )
    stretches = _frozen(session, unit_id, month)
    if session.execute(known.limit(1)).first():
        return 0
    rated = _rated(session, unit_id, month, stretches)
    visits = visits_of_officers(session, unit_id, month, stretches)
    found = [*_skewed(rated, visits), *_traded(rated)]
    for each in found:
        row = {"id": uuid4(), "unit_id": unit_id, "month": month, "kind": each.kind.value}
        whom = {"officer_id": each.officer_id, "other_id": each.other_id}
        facts = {"facts": json.dumps(each.facts, sort_keys=True), "opened_at": cause.at}
        session.execute(insert(Inquiry), {**row, **whom, **facts})
    counted: dict[str, Scalar] = {"month": str(month), "count": len(found)}
    act = Act("inquiry.opened", cause.actor, f"month {month}", counted, unit_id)
    record_with_detail(session, act, cause.at, {"reason": cause.reason})
    return len(found)


def answer_inquiry(
    session: Session,
    unit_id: int,
    inquiry_id: UUID,
    cause: Cause,
    *,
    founded: bool,
    reviewer: int | None,
) -> None:
    """Keep what the reviewer found, with the text that the cause gives as its reason.

    Raises
    ------
    UnknownInquiry, AlreadyAnswered, OfOneself
        If it may not be; nothing is written then.
    """
    hold_unit(session, unit_id)
    inquiry = session.get(Inquiry, inquiry_id)
    if inquiry is None or inquiry.unit_id != unit_id:
        raise UnknownInquiry(inquiry_id)
    if session.get(InquiryAnswer, inquiry_id):
        raise AlreadyAnswered
    if concerns(session, inquiry, reviewer):
        raise OfOneself
    row = {"inquiry_id": inquiry_id, "answered_at": cause.at, "answered_by": cause.by}
    session.execute(insert(InquiryAnswer), {**row, "founded": founded, "text": cause.reason})
    facts: dict[str, Scalar] = {"month": str(inquiry.month), "founded": founded}
    act = Act("inquiry.answered", cause.actor, f"inquiry {inquiry_id}", facts, unit_id)
    record_with_detail(session, act, cause.at, {"reason": cause.reason})


def concerns(session: Session, inquiry: Inquiry, reviewer: int | None) -> bool:
    """Say whether an inquiry is about the reviewer, or about somebody the reviewer is head of."""
    people = {inquiry.officer_id, inquiry.other_id} - {None}
    close = close_to(session, reviewer, [p for p in people if p], inquiry.month) if reviewer else ()
    return bool(close)


def _frozen(session: Session, unit_id: int, month: Month) -> list[DeskStretch]:
    """Return whose each half hour is, as the newest revision of a closed month has it."""
    newest = session.execute(
        select(col(Closing.id))
        .where(col(Closing.unit_id) == unit_id, col(Closing.month) == month)
        .order_by(col(Closing.revision).desc())
        .limit(1)
    ).scalar()
    if newest is None:
        raise MonthIsOpen
    rows = session.execute(select(FrozenDuty).where(col(FrozenDuty.closing_id) == newest)).scalars()
    return [
        DeskStretch(row.desk_id, HalfHour(row.starts), HalfHour(row.ends), row.officer_id)
        for row in rows
    ]


def _rated(
    session: Session, unit_id: int, month: Month, stretches: Iterable[DeskStretch]
) -> list[Rated]:
    """Return what was rated in each half hour of an officer; declared outages are left out."""
    whose = {(s.desk_id, at): s.officer_id for s in stretches for at in range(s.starts, s.ends)}
    out = {
        (outage.desk_id, at)
        for outage in outages_in(session, unit_id, month)
        for at in range(outage.starts, outage.ends)
    }
    best = func.count().filter(col(Response.overall) == HIGHEST)
    rows = session.execute(
        select(col(Response.desk_id), col(Response.half_hour), func.count(), best)
        .where(
            col(Response.unit_id) == unit_id,
            col(Response.month) == month,
            col(Response.overall).is_not(None),
            ~col(Response.late),
            col(Response.channel) != Channel.PAPER.value,
            ~is_quarantined(),
        )
        .group_by(col(Response.desk_id), col(Response.half_hour))
    )
    return [
        Rated(whose[desk_id, at], at, responses, praised)
        for desk_id, at, responses, praised in rows
        if (desk_id, at) in whose and out.isdisjoint({(desk_id, at), (None, at)})
    ]


def _skewed(rated: Iterable[Rated], visits: Mapping[int, int]) -> list[Finding]:
    sums: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
    for each in rated:
        sums[each.officer_id][0] += each.responses
        sums[each.officer_id][1] += each.best
    invited = {officer: Invited(count, *sums[officer]) for officer, count in visits.items()}
    whole = sum(invited.values(), Invited(0, 0, 0))
    return [
        Finding(
            InquiryKind.INVITATION_SKEW,
            officer,
            None,
            {
                "visits": invited[officer].visits,
                "responses": invited[officer].responses,
                "others_visits": whole.visits - invited[officer].visits,
                "others_responses": whole.responses - invited[officer].responses,
            },
        )
        for officer in invitation_skew(invited)
    ]


def _traded(rated: Iterable[Rated]) -> list[Finding]:
    half_hours: defaultdict[int, list[RatedHalfHour]] = defaultdict(list)
    for each in rated:
        day = each.half_hour // HALF_HOURS_A_DAY
        marked = RatedHalfHour(day, each.half_hour, each.best == each.responses)
        half_hours[each.officer_id].append(marked)
    return [
        Finding(
            InquiryKind.TRADING,
            one,
            other,
            {"half_hours": shared_half_hours(half_hours[one], half_hours[other])},
        )
        for one, other in trading(half_hours)
    ]

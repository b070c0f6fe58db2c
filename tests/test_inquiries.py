"""Inquiries on a closed month: opened once, answered once, holding nothing back (method §7)."""

import json
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select, text
from sqlmodel import Session, col

from aggregation.screening.inquiries import (
    AlreadyAnswered,
    MonthIsOpen,
    OfOneself,
    UnknownInquiry,
    answer_inquiry,
    open_inquiries,
)
from aggregation.screening.models import Inquiry, InquiryAnswer, InquiryKind
from aggregation.screening.quarantine import quarantined
from tests.month_factories import (
    OCTOBER,
    Seen,
    Shift,
    SmallOffice,
    at,
    small_office,
    store,
)
from tests.revision_factories import close
from tests.screening_factories import WHY, lead, served

WEEK = [Shift(desk, desk, day, 16, 24) for desk in range(3) for day in range(1, 6)]
HALF_HOURS = [at(day, 8) + slot for day in range(5, 10) for slot in range(8)]


def rate(session: Session, office: SmallOffice, desk: int, half_hour: int, best: bool) -> None:
    store(session, office, [Seen(half_hour, desk, "ticket", overall=4 if best else 3)])


def traders(session: Session) -> SmallOffice:
    """Close a month in which the first two officers are praised in the same half hours."""
    office = small_office(session, WEEK, officers=3)
    for n, half_hour in enumerate(HALF_HOURS):
        for desk, best in ((0, n % 2 == 0), (1, n % 2 == 0), (2, n % 4 < 2)):
            rate(session, office, desk, half_hour, best)
    close(session, office, OCTOBER)
    return office


def inviter(session: Session) -> SmallOffice:
    """Close a month in which the first officer's few citizens are all happy."""
    office = small_office(session, WEEK, officers=3)
    for desk in range(3):
        served(session, office, HALF_HOURS[0], 150, desk)
        happy, sad = ((20, 0), (40, 35), (38, 37))[desk]
        store(session, office, [Seen(HALF_HOURS[0], desk, "ticket", overall=4)] * happy)
        store(session, office, [Seen(HALF_HOURS[1], desk, "ticket", overall=2)] * sad)
    close(session, office, OCTOBER)
    return office


def opened(session: Session, office: SmallOffice) -> list[Inquiry]:
    open_inquiries(session, office.unit_id, OCTOBER, WHY)
    query = select(Inquiry).where(col(Inquiry.unit_id) == office.unit_id)
    return list(session.execute(query).scalars())


def answered(
    session: Session, office: SmallOffice, inquiry: UUID, reviewer: int | None = None
) -> None:
    answer_inquiry(session, office.unit_id, inquiry, WHY, founded=True, reviewer=reviewer)


def test_two_who_are_praised_together_are_asked_about(session: Session) -> None:
    office = traders(session)
    [inquiry] = opened(session, office)
    assert inquiry.kind == InquiryKind.TRADING
    assert (inquiry.officer_id, inquiry.other_id) == office.officers[:2]
    assert json.loads(inquiry.facts) == {"half_hours": 40}


def test_who_invites_only_the_happy_is_asked_about(session: Session) -> None:
    office = inviter(session)
    [inquiry] = opened(session, office)
    assert (inquiry.kind, inquiry.officer_id) == (InquiryKind.INVITATION_SKEW, office.officers[0])
    assert json.loads(inquiry.facts) == {
        "visits": 150, "responses": 20, "others_visits": 300, "others_responses": 150,
    }  # fmt: skip


def test_an_inquiry_sets_nothing_aside(session: Session) -> None:
    office = traders(session)
    opened(session, office)
    assert session.execute(quarantined(office.unit_id, OCTOBER)).all() == []


def test_an_ordinary_month_opens_none(session: Session) -> None:
    office = small_office(session, WEEK, officers=3)
    for n, half_hour in enumerate(HALF_HOURS):
        for desk in range(3):
            rate(session, office, desk, half_hour, best=(n * (desk + 2)) % 5 < 2)
    close(session, office, OCTOBER)
    assert opened(session, office) == []


def test_a_month_is_looked_through_once(session: Session) -> None:
    office = traders(session)
    assert [len(opened(session, office)) for _ in range(2)] == [1, 1]


def test_an_open_month_settles_nobodys_half_hours(session: Session) -> None:
    office = small_office(session, WEEK, officers=3)
    with pytest.raises(MonthIsOpen):
        opened(session, office)


def test_an_answer_is_kept_with_who_and_what(session: Session) -> None:
    office = traders(session)
    [inquiry] = opened(session, office)
    answered(session, office, inquiry.id)
    answer = session.get_one(InquiryAnswer, inquiry.id)
    assert (answer.answered_by, answer.founded, answer.text) == (WHY.by, True, WHY.reason)
    [facts] = session.scalars(text("SELECT facts FROM log_entry WHERE act = 'inquiry.answered'"))
    assert WHY.reason not in facts


def test_an_answer_is_final(session: Session) -> None:
    office = traders(session)
    [inquiry] = opened(session, office)
    answered(session, office, inquiry.id)
    with pytest.raises(AlreadyAnswered):
        answered(session, office, inquiry.id)


def test_nobody_answers_about_oneself_or_those_one_leads(session: Session) -> None:
    office = traders(session)
    lead(session, office, head=2, officer=1)
    [inquiry] = opened(session, office)
    for reviewer in office.officers:
        with pytest.raises(OfOneself):
            answered(session, office, inquiry.id, reviewer)


def test_another_units_inquiry_does_not_exist(session: Session) -> None:
    office = traders(session)
    [inquiry] = opened(session, office)
    other = small_office(session)
    for wrong in (inquiry.id, uuid4()):
        with pytest.raises(UnknownInquiry):
            answered(session, other, wrong)


def test_half_hours_of_a_declared_outage_are_left_out(session: Session) -> None:
    office = traders(session)
    batch = session.execute(text("SELECT id FROM duty_batch LIMIT 1")).scalar_one()
    table = Inquiry.metadata.tables["outage"]
    row = {"id": uuid4(), "unit_id": office.unit_id, "starts": HALF_HOURS[0]}
    key = batch if isinstance(batch, UUID) else UUID(str(batch))
    session.execute(
        insert(table), {**row, "ends": HALF_HOURS[-1], "reason": "Jaringan", "batch_id": key}
    )
    assert opened(session, office) == []

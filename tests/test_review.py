"""A reviewer decides on groups: independent, once, with a reason, blind to values (method §7)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import Engine, select, text
from sqlmodel import Session, col

from aggregation.screening.groups import Circumstances, GroupKey, circumstances, waiting_groups
from aggregation.screening.independence import not_ones_own
from aggregation.screening.quarantine import quarantined
from aggregation.screening.review import (
    AlreadyDecided,
    GroupChanged,
    NotIndependent,
    Verdict,
    decide_group,
    decided_groups,
)
from aggregation.screening.screen_month import screen_month
from survey.database import reading, writing
from survey.screening import Signal
from survey.screening_models import Finding
from tests.month_factories import (
    AFTER_OCTOBER,
    OCTOBER,
    Shift,
    SmallOffice,
    assign,
    small_office,
)
from tests.screening_factories import (
    MONDAY_9,
    MONDAY_20,
    WHY,
    ids_in,
    lead,
    rated,
    served,
    suspect,
)


def group_of(office: SmallOffice, half_hour: int = MONDAY_9, channel: str = "desk_qr") -> GroupKey:
    return GroupKey(OCTOBER, office.desks[0], half_hour, channel)


def held(session: Session, count: int = 3) -> SmallOffice:
    """An office in which so many were set aside in one half hour, and two came besides."""
    office = small_office(session, officers=3)
    rated(session, office, MONDAY_9, 2)
    honest = set(ids_in(session, office))
    rated(session, office, MONDAY_9, count)
    suspect(session, office, set(ids_in(session, office)) - honest)
    return office


def decide(
    session: Session,
    office: SmallOffice,
    *,
    admitted: bool = True,
    seen: int = 3,
    reviewer: int | None = None,
) -> UUID:
    verdict = Verdict(admitted, seen)
    return decide_group(session, office.unit_id, group_of(office), verdict, WHY, reviewer=reviewer)


def in_quarantine(session: Session, office: SmallOffice) -> int:
    return len(session.execute(quarantined(office.unit_id, OCTOBER)).all())


def known(session: Session, office: SmallOffice, waiting: int = 3) -> Circumstances:
    group = group_of(office)
    return circumstances(session, office.unit_id, [(group, waiting)])[group]


@pytest.mark.parametrize(("admitted", "left"), [(True, 0), (False, 3)])
def test_a_group_is_decided_as_one(session: Session, admitted: bool, left: int) -> None:
    office = held(session)
    assert in_quarantine(session, office) == 3
    decide(session, office, admitted=admitted)
    assert in_quarantine(session, office) == left
    assert session.execute(waiting_groups(office.unit_id)).all() == []


def test_what_was_decided_is_told_with_who_and_why(session: Session) -> None:
    office = held(session)
    decide(session, office, admitted=False)
    [row] = session.execute(decided_groups(office.unit_id)).all()
    assert (row.decided_by, row.reason, row.admitted) == (WHY.by, WHY.reason, False)
    assert (row.responses, row.half_hour, row.channel) == (3, MONDAY_9, "desk_qr")


def test_the_log_keeps_the_decision_and_apart_from_it_the_reason(session: Session) -> None:
    office = held(session)
    decide(session, office)
    logged = "SELECT facts FROM log_entry WHERE act = 'screening.decided'"
    [facts] = session.execute(text(logged)).scalars()
    assert '"responses": 3' in facts
    assert WHY.reason not in facts


def test_a_decision_is_final(session: Session) -> None:
    office = held(session)
    decide(session, office)
    with pytest.raises(AlreadyDecided):
        decide(session, office, admitted=False)
    assert in_quarantine(session, office) == 0


def test_who_saw_another_number_looks_again(session: Session) -> None:
    office = held(session)
    with pytest.raises(GroupChanged):
        decide(session, office, seen=2)
    assert in_quarantine(session, office) == 3


def test_what_comes_after_a_decision_is_another_group_of_the_same_half_hour(
    session: Session,
) -> None:
    office = held(session)
    decide(session, office)
    before = set(ids_in(session, office))
    rated(session, office, MONDAY_9)
    suspect(session, office, set(ids_in(session, office)) - before)
    assert in_quarantine(session, office) == 1
    decide(session, office, admitted=False, seen=1)
    assert in_quarantine(session, office) == 1


def test_another_reason_does_not_undo_an_admission(session: Session) -> None:
    office = held(session)
    decide(session, office)
    suspect(session, office, _held_ids(session), [Signal.STAFF_BROWSER])
    assert in_quarantine(session, office) == 0


def _held_ids(session: Session) -> set[UUID]:
    return set(session.execute(select(col(Finding.response_id))).scalars())


# Who may decide.


def test_somebody_who_served_then_may_not_decide(session: Session) -> None:
    office = held(session)
    with pytest.raises(NotIndependent):
        decide(session, office, reviewer=office.officers[0])
    assert in_quarantine(session, office) == 3


def test_somebody_who_serves_elsewhere_may(session: Session) -> None:
    office = held(session)
    decide(session, office, reviewer=office.officers[1])
    assert in_quarantine(session, office) == 0


def test_the_direct_head_of_who_served_may_not(session: Session) -> None:
    office = held(session)
    lead(session, office, head=1, officer=0)
    with pytest.raises(NotIndependent):
        decide(session, office, reviewer=office.officers[1])
    decide(session, office, reviewer=office.officers[2])


def test_the_head_of_one_of_two_who_claim_a_half_hour_may_not(session: Session) -> None:
    office = small_office(session, [Shift(0, 0, 1, 16, 24), Shift(0, 1, 1, 16, 24)], officers=3)
    lead(session, office, head=2, officer=1)
    group = group_of(office)
    assert not not_ones_own(session, office.unit_id, office.officers[2], [group])


def test_a_head_who_leads_nobody_any_more_may(session: Session) -> None:
    office = held(session)
    lead(session, office, head=1, officer=0)
    assign(session, office, 0)
    decide(session, office, reviewer=office.officers[1])


def test_hours_that_nobody_served_are_nobodys_own(session: Session) -> None:
    office = small_office(session)
    night = group_of(office, MONDAY_20)
    assert not_ones_own(session, office.unit_id, office.officers[0], [night]) == {night}


# What a reviewer may know.


def test_a_group_tells_reasons_who_else_came_and_how_many_were_served(session: Session) -> None:
    office = held(session)
    for half_hour in (MONDAY_9 - 1, MONDAY_9):
        served(session, office, half_hour)
    screen_month(session, office.unit_id, OCTOBER, AFTER_OCTOBER)
    [row] = session.execute(waiting_groups(office.unit_id)).all()
    assert row.waiting == 5  # more than were served: all who rated then
    facts = known(session, office, waiting=5)
    assert facts == Circumstances((Signal.BURST, Signal.MORE_THAN_SERVED), 0, 2, on_duty=True)


def test_where_visits_are_unknown_none_is_made_up(session: Session) -> None:
    office = held(session)
    facts = known(session, office)
    assert (facts.served, facts.others) == (None, 2)


def test_no_statement_of_the_review_reads_a_rating() -> None:
    spelled = f"{waiting_groups(1)} {decided_groups(1)}".lower()
    assert not [word for word in ("overall", "followup", "officer", "salt") if word in spelled]


def test_two_responses_of_two_channels_are_two_groups(session: Session) -> None:
    office = held(session)
    before = set(ids_in(session, office))
    rated(session, office, MONDAY_9, channel="ticket")
    suspect(session, office, set(ids_in(session, office)) - before)
    assert len(session.execute(waiting_groups(office.unit_id)).all()) == 2


def test_another_units_groups_are_not_listed(session: Session) -> None:
    held(session)
    other = small_office(session)
    assert session.execute(waiting_groups(other.unit_id)).all() == []


# At once.


def test_of_two_reviewers_at_once_one_decides_and_the_other_is_told(engine: Engine) -> None:
    with writing(engine) as session:
        office = held(session)
    together = Barrier(2)

    def one(admitted: bool) -> str:
        together.wait()
        return _outcome(engine, lambda session: decide(session, office, admitted=admitted))

    with ThreadPoolExecutor(2) as threads:
        outcomes = sorted(threads.map(one, (True, False)))
    assert outcomes == ["AlreadyDecided", "decided"]
    with reading(engine) as session:
        assert len(session.execute(decided_groups(office.unit_id)).all()) == 1


def _outcome(engine: Engine, act: Callable[[Session], object]) -> str:
    try:
        with writing(engine) as session:
            act(session)
    except AlreadyDecided:
        return "AlreadyDecided"
    return "decided"

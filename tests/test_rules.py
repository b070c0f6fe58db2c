"""Rules of an office: drafted by one, approved by another, ahead of their month, never edited."""

from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import uuid4

import pytest
from sqlalchemy import Engine, select
from sqlmodel import Session, col

from aggregation.method.rule import DEFAULT_RULE, RuleUnusable
from aggregation.models import LogDetail
from aggregation.months.month_close import close_month
from aggregation.rules import rule_draft
from aggregation.rules.models import RuleDecision, ScoringRule
from aggregation.rules.rule_book import rules_in_force
from aggregation.rules.rule_decision import (
    OwnDraft,
    RuleDecided,
    UnknownRule,
    decide_rule,
)
from aggregation.rules.rule_draft import (
    RuleUnexplained,
    RuleWorksBackwards,
    UnknownGroup,
    draft_rule,
)
from aggregation.rules.rule_history import RuleState, rules_of, state_of, successor
from aggregation.rules.rule_reach import units_reached
from survey.database import writing
from survey.models import ClosedMonth, LogEntry, ServiceUnit
from survey.month import Month
from tests.factories import make_unit
from tests.month_factories import OCTOBER, Seen, assign, at, small_office, store
from tests.rule_factories import (
    APPROVER,
    DECEMBER,
    DRAFTER,
    JANUARY,
    NOVEMBER,
    NOW,
    SECOND,
    approve,
    because,
    employ,
    make_draft,
    make_rule,
    values_of,
)
from tests.score_factories import TWO_DAYS
from tests.sign_in_factories import all_at_once

LATER = NOW + timedelta(hours=1)


def version_in(session: Session, unit_id: int, month: Month, group: str = "") -> str:
    book = rules_in_force(session, unit_id, month, NOW + timedelta(days=400))
    return book.rule_for(group).version


def below(session: Session, parent_id: int, zone: str = "Asia/Jakarta") -> int:
    child = make_unit(session)
    unit = session.get_one(ServiceUnit, child)
    unit.parent_id, unit.time_zone = parent_id, zone
    session.flush()
    return child


def test_a_draft_holds_for_nobody(session: Session) -> None:
    unit_id = make_unit(session)
    make_draft(session, unit_id)
    assert version_in(session, unit_id, DECEMBER) == DEFAULT_RULE.version


def test_an_approved_rule_holds_from_its_month_on_and_not_before(session: Session) -> None:
    unit_id = make_unit(session)
    rule = make_rule(session, unit_id, month=DECEMBER)
    found = [version_in(session, unit_id, month) for month in (NOVEMBER, DECEMBER, JANUARY)]
    assert found == ["1", rule.version, rule.version]


def test_who_drafted_a_rule_cannot_approve_it(session: Session) -> None:
    drafted = make_draft(session, make_unit(session))
    with pytest.raises(OwnDraft):
        decide_rule(session, drafted.id, approved=True, cause=because(DRAFTER))
    approve(session, drafted.id)


def test_who_drafted_a_rule_may_take_it_back(session: Session) -> None:
    drafted = make_draft(session, make_unit(session))
    decide_rule(session, drafted.id, approved=False, cause=because(DRAFTER, "Salah ketik"))
    with pytest.raises(RuleDecided):
        approve(session, drafted.id)


def test_a_draft_is_turned_down_with_a_reason(session: Session) -> None:
    unit_id = make_unit(session)
    drafted = make_draft(session, unit_id)
    with pytest.raises(RuleUnexplained):
        decide_rule(session, drafted.id, approved=False, cause=because(APPROVER, ""))
    decide_rule(session, drafted.id, approved=False, cause=because(APPROVER, "k terlalu besar"))
    assert version_in(session, unit_id, DECEMBER) == "1"


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("second", [True, False])
def test_a_decision_is_never_changed(session: Session, first: bool, second: bool) -> None:
    drafted = make_draft(session, make_unit(session))
    decide_rule(session, drafted.id, approved=first, cause=because(APPROVER))
    with pytest.raises(RuleDecided):
        decide_rule(session, drafted.id, approved=second, cause=because(SECOND))


def test_a_rule_that_nobody_drafted_cannot_be_decided(session: Session) -> None:
    make_unit(session)
    with pytest.raises(UnknownRule):
        approve(session, uuid4())


def test_of_two_who_decide_at_once_one_does(engine: Engine) -> None:
    with writing(engine) as session:
        drafted = make_draft(session, make_unit(session)).id
    approvers = count()

    def decide() -> None:
        with writing(engine) as session:
            by = f"penyetuju-{next(approvers)}"
            decide_rule(session, drafted, approved=True, cause=because(by))

    outcomes = all_at_once(3, decide)
    assert sorted(map(str, outcomes)) == sorted(map(str, [None, RuleDecided, RuleDecided]))
    with writing(engine) as session:
        assert len(session.scalars(select(RuleDecision)).all()) == 1
        acts = select(col(LogEntry.act)).where(col(LogEntry.act) == "rule.approved")
        assert len(session.scalars(acts).all()) == 1


def test_drafts_made_at_once_get_versions_of_their_own(engine: Engine) -> None:
    with writing(engine) as session:
        units = [make_unit(session) for _ in range(4)]
    waiting = iter(units)

    def draft() -> str:
        with writing(engine) as session:
            return make_draft(session, next(waiting)).version

    assert sorted(map(str, all_at_once(4, draft))) == ["2", "3", "4", "5"]


def test_a_rule_may_begin_with_the_running_month(session: Session) -> None:
    unit_id = make_unit(session)
    rule = make_rule(session, unit_id, month=NOVEMBER)
    assert version_in(session, unit_id, NOVEMBER) == rule.version


def test_no_rule_is_drafted_for_a_month_that_is_over(session: Session) -> None:
    with pytest.raises(RuleWorksBackwards):
        make_draft(session, make_unit(session), month=NOVEMBER.shift(-1))


def test_a_draft_whose_month_is_over_cannot_be_approved_any_more(session: Session) -> None:
    unit_id = make_unit(session)
    drafted = make_draft(session, unit_id, month=NOVEMBER)
    in_december = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)  # midnight in Jakarta
    with pytest.raises(RuleWorksBackwards):
        approve(session, drafted.id, in_december)
    approve(session, drafted.id, in_december - timedelta(minutes=1))


def test_the_running_month_is_the_units_own(session: Session) -> None:
    west, east = make_unit(session), below(session, make_unit(session), "Asia/Jayapura")
    late = datetime(2026, 11, 30, 15, 30, tzinfo=UTC)  # 22.30 in Jakarta, 00.30 in Jayapura
    make_draft(session, west, month=NOVEMBER, at=late)
    with pytest.raises(RuleWorksBackwards):
        make_draft(session, east, month=NOVEMBER, at=late)


def test_a_rule_does_not_begin_in_a_month_that_is_over_in_a_unit_below(session: Session) -> None:
    top = make_unit(session)
    below(session, top, "Asia/Jayapura")
    late = datetime(2026, 11, 30, 15, 30, tzinfo=UTC)
    with pytest.raises(RuleWorksBackwards):
        make_draft(session, top, month=NOVEMBER, at=late)
    make_draft(session, top, month=DECEMBER, at=late)


def test_a_rule_does_not_begin_in_a_month_that_is_closed_in_a_unit_below(session: Session) -> None:
    top = make_unit(session)
    child = below(session, top)
    session.add(ClosedMonth(unit_id=child, month=DECEMBER, closed_at=NOW))
    session.flush()
    with pytest.raises(RuleWorksBackwards) as refused:
        make_draft(session, top, month=NOVEMBER)
    assert refused.value.unit == session.get_one(ServiceUnit, child).name


def test_a_unit_below_that_has_decided_itself_does_not_hold_a_rule_up(session: Session) -> None:
    top = make_unit(session)
    child = below(session, top)
    own = make_rule(session, child, {"shrinkage_k": 20}, month=NOVEMBER)
    session.add(ClosedMonth(unit_id=child, month=DECEMBER, closed_at=NOW))
    session.flush()
    rule = make_rule(session, top, month=DECEMBER)
    assert version_in(session, child, DECEMBER) == own.version
    assert version_in(session, top, DECEMBER) == rule.version


def test_a_rule_reaches_every_unit_below_but_those_that_decided_themselves(
    session: Session,
) -> None:
    top = make_unit(session)
    near, apart = below(session, top), below(session, top)
    far, under_apart = below(session, near), below(session, apart)
    make_unit(session)
    make_rule(session, apart, month=NOVEMBER)
    reached = [unit.id for unit in units_reached(session, top, "", DECEMBER)]
    assert reached == [top, near, far]
    found = {version_in(session, unit, DECEMBER) for unit in (apart, under_apart)}
    assert len(found) == 1


def test_a_group_of_jobs_has_its_own_rule_and_the_others_have_not(session: Session) -> None:
    unit_id = make_unit(session)
    employ(session, unit_id, "Tenaga loket")
    rule = make_rule(
        session, unit_id, {"share_percent": DEFAULT_RULE.share_percent}, "Tenaga loket"
    )
    found = [
        version_in(session, unit_id, DECEMBER, group) for group in ("Tenaga loket", "Operator")
    ]
    assert found == [rule.version, "1"]


def test_a_group_that_nobody_belongs_to_is_refused(session: Session) -> None:
    top, other = make_unit(session), make_unit(session)
    employ(session, below(session, top), "Tenaga loket")
    with pytest.raises(UnknownGroup):
        make_draft(session, other, group="Tenaga loket")
    make_draft(session, top, group="Tenaga loket")


def test_a_rule_is_drafted_with_a_reason(session: Session) -> None:
    with pytest.raises(RuleUnexplained):
        draft_rule(
            session, make_unit(session), "", values_of(),
            effective_from=DECEMBER, cause=because(reason=""),
        )  # fmt: skip


def test_a_rule_that_contradicts_the_method_is_refused_with_its_field(session: Session) -> None:
    with pytest.raises(RuleUnusable) as refused:
        make_draft(session, make_unit(session), {"publishable_n": 9})
    assert refused.value.field == "publishable_n"


def test_a_refused_draft_leaves_nothing_behind(session: Session) -> None:
    unit_id = make_unit(session)
    for changed, group, month in (
        ({"window_months": 0}, "", DECEMBER),
        ({}, "Tidak ada", DECEMBER),
        ({}, "", Month(2026, 1)),
    ):
        with pytest.raises((RuleUnusable, UnknownGroup, RuleWorksBackwards)):
            make_draft(session, unit_id, changed or None, group, month)
    assert session.scalars(select(ScoringRule)).all() == []


def test_a_rule_in_force_is_never_changed_by_a_later_one(session: Session) -> None:
    unit_id = make_unit(session)
    first = make_rule(session, unit_id, {"shrinkage_k": 20}, month=NOVEMBER)
    before = first.document
    make_draft(session, unit_id, {"shrinkage_k": 50}, month=DECEMBER)
    second = make_rule(session, unit_id, {"shrinkage_k": 60}, month=JANUARY, at=LATER)
    session.expire_all()
    assert session.get_one(ScoringRule, first.id).document == before
    found = [version_in(session, unit_id, month) for month in (NOVEMBER, DECEMBER, JANUARY)]
    assert found == [first.version, first.version, second.version]


def test_a_rule_for_a_month_before_an_approved_one_holds_until_that_takes_over(
    session: Session,
) -> None:
    unit_id = make_unit(session)
    ahead = make_rule(session, unit_id, month=JANUARY)
    between = make_rule(session, unit_id, month=NOVEMBER, at=LATER)
    found = [version_in(session, unit_id, month) for month in (NOVEMBER, DECEMBER, JANUARY)]
    assert found == [between.version, between.version, ahead.version]
    entries = {entry.drafted.version: entry for entry in rules_of(session, [unit_id])}
    follows = successor(entries[between.version], list(entries.values()))
    assert follows is entries[ahead.version]
    assert successor(entries[ahead.version], list(entries.values())) is None


def test_of_two_rules_for_the_same_month_the_one_decided_last_holds(session: Session) -> None:
    unit_id = make_unit(session)
    mistaken = make_draft(session, unit_id, {"shrinkage_k": 3})
    mended = make_draft(session, unit_id, {"shrinkage_k": 30})
    approve(session, mended.id, LATER)
    approve(session, mistaken.id, NOW)
    assert version_in(session, unit_id, DECEMBER) == mended.version


def test_every_rule_stands_in_one_state(session: Session) -> None:
    unit_id = make_unit(session)
    old = make_rule(session, unit_id, month=NOVEMBER)
    now = make_rule(session, unit_id, month=NOVEMBER, at=LATER)
    ahead, replaced = (make_draft(session, unit_id, month=JANUARY) for _ in range(2))
    approve(session, replaced.id, NOW)
    approve(session, ahead.id, LATER)
    rejected, waiting, missed = (make_draft(session, unit_id, month=m) for m in
                                 (DECEMBER, DECEMBER, NOVEMBER))  # fmt: skip
    decide_rule(session, rejected.id, approved=False, cause=because(APPROVER, "Belum perlu"))
    entries = rules_of(session, [unit_id])

    def states(running: Month) -> dict[str, RuleState]:
        book = rules_in_force(session, unit_id, running, LATER + timedelta(days=40))
        return {e.drafted.version: state_of(e, entries, book, running) for e in entries}

    found = states(NOVEMBER)
    assert found == {
        old.version: RuleState.SUCCEEDED,
        now.version: RuleState.IN_FORCE,
        ahead.version: RuleState.AHEAD,
        replaced.version: RuleState.SUCCEEDED,
        rejected.version: RuleState.REJECTED,
        waiting.version: RuleState.WAITING,
        missed.version: RuleState.WAITING,
    }
    assert states(DECEMBER)[missed.version] is RuleState.EXPIRED


def test_the_log_keeps_who_did_what_to_which_rule_and_the_digest_of_its_text(
    session: Session,
) -> None:
    rule = make_rule(session, make_unit(session))
    entries = session.scalars(select(LogEntry).where(col(LogEntry.act).like("rule.%"))).all()
    assert {(e.act, e.actor, e.subject) for e in entries} == {
        ("rule.drafted", DRAFTER, f"rule {rule.id}"),
        ("rule.approved", APPROVER, f"rule {rule.id}"),
    }
    details = session.scalars(select(LogDetail)).all()
    assert all("SK Kepala Dinas 12/2026" in detail.text for detail in details)
    assert all("SK Kepala" not in str(entry.facts) for entry in entries)


def test_the_rule_of_the_month_governs_its_close(session: Session) -> None:
    office = small_office(session, TWO_DAYS)
    assign(session, office, 0, 1)
    rule = make_rule(session, office.unit_id, {"window_months": 2}, month=NOVEMBER)
    in_december = datetime(2026, 12, 5, 5, 0, tzinfo=UTC)
    closed = {}
    for month, monday in ((OCTOBER, at(5, 9)), (NOVEMBER, at(2, 9, NOVEMBER))):
        store(session, office, [Seen(monday, overall=3)] * 35, month)
        closed[month] = close_month(
            session,
            office.unit_id,
            month,
            closed_by="uji",
            at=in_december,
            rules=rules_in_force(session, office.unit_id, month, in_december),
        ).rule_version
    assert closed == {OCTOBER: "1", NOVEMBER: rule.version}


def test_a_check_that_forgets_the_calendar_is_noticed(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rule_draft, "running_month", lambda *_: Month(2000, 1))
    with pytest.raises(pytest.fail.Exception):
        test_no_rule_is_drafted_for_a_month_that_is_over(session)

"""A revision is prepared by one person and approved by another, never by whom it moves (§8.4)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlmodel import Session, col

from aggregation.appraisal import revision_approval, revision_requests
from aggregation.appraisal.earlier_values import earlier_values
from aggregation.appraisal.heard_objections import Outcome, own_objections
from aggregation.appraisal.models import Ground, RevisionDecision, RevisionRequest
from aggregation.appraisal.monthly_scores import Stage, monthly_scores
from aggregation.appraisal.revision_approval import (
    DraftChanged,
    OwnRequest,
    RefusalUnexplained,
    RevisionDecided,
    UnknownRequest,
    decide_revision,
    fingerprint,
)
from aggregation.appraisal.revision_changes import changes_made, changes_of_draft
from aggregation.appraisal.revision_list import Standing, requests_in
from aggregation.appraisal.revision_requests import (
    Asked,
    LateDayAhead,
    NotUpheld,
    OwnFiguresMove,
    RequestIncomplete,
    RequestUnexplained,
    draft_of,
    request_revision,
    upheld_objections,
)
from aggregation.closings import Closing, ClosingRule, OfficerFigure
from aggregation.duties.batch_force import is_waiting
from aggregation.duties.recorded_duties import NotACorrection
from aggregation.method.evidence import Basis
from aggregation.method.officer_score import Reader
from aggregation.models import BatchDecision
from aggregation.months.revision import MonthNotClosed, NothingMoves
from aggregation.months.revisions import revisions
from survey.database import writing
from survey.models import ServiceUnit
from survey.month import Month
from tests.factories import make_unit
from tests.month_factories import OCTOBER, Seen, SmallOffice, at, clerk_for, half_up, store
from tests.record_factories import rows_of
from tests.revision_factories import (
    ADMITTED,
    LATE,
    LATER,
    MONDAY,
    approved,
    by,
    close,
    correction,
    duty,
    october,
    prepared,
    upheld,
    waiting,
)
from tests.score_factories import STAFF_URL

NOVEMBER = Month(2026, 11)


def figures(session: Session, office: SmallOffice, revision: int) -> dict[int, OfficerFigure]:
    rows = session.scalars(
        select(OfficerFigure)
        .join(Closing, col(Closing.id) == col(OfficerFigure.closing_id))
        .where(
            col(Closing.unit_id) == office.unit_id,
            col(Closing.month) == OCTOBER,
            col(Closing.revision) == revision,
        )
    )
    return {office.officers.index(row.officer_id): row for row in rows}


def standing_of(session: Session, request: RevisionRequest) -> str:
    rows = session.execute(requests_in(request.unit_id))
    return str(next(row.standing for row in rows if row.id == request.id))


# What it does.


def test_nothing_moves_before_a_second_person_has_approved_it(session: Session) -> None:
    office = october(session)
    request = prepared(session, office)
    assert [each.revision for each in revisions(session, office.unit_id)] == [0]
    assert standing_of(session, request) == Standing.WAITING
    closing = approved(session, request)
    assert closing is not None
    assert (closing.revision, closing.prepared_by, closing.closed_by) == (
        1,
        "penyusun",
        "penyetuju",
    )
    assert standing_of(session, request) == Standing.APPROVED


def test_a_correction_moves_those_it_names_and_no_colleague(session: Session) -> None:
    office = october(session)
    request = prepared(session, office, duty(office))
    assert request.batch_id is not None
    assert is_waiting(session, request.batch_id)
    approved(session, request)
    before, after = figures(session, office, 0), figures(session, office, 1)
    assert [before[officer].n for officer in range(3)] == [40, 40, 40]
    assert [after[officer].n for officer in range(3)] == [28, 52, 40]
    assert after[2].model_dump(exclude={"closing_id"}) == before[2].model_dump(
        exclude={"closing_id"}
    )
    assert not is_waiting(session, request.batch_id)


def test_the_revised_index_is_what_a_clerk_computes_with_the_stored_mean(session: Session) -> None:
    office = october(session)
    approved(session, prepared(session, office, duty(office)))
    means = session.scalars(select(col(ClosingRule.mu))).all()
    assert len(set(means)) == 1
    mu = Fraction(str(means[0]))
    voices = sorted(clerk_for(session, office, OCTOBER).voices(office.officers[0]))
    kept = voices[12:]  # the twelve 1s are the second officer's now
    expected = half_up(25 * (sum(kept) + 30 * mu) / (len(kept) + 30), 2)
    assert figures(session, office, 1)[0].index_shrunk == expected


def test_late_responses_come_in_up_to_a_day(session: Session) -> None:
    office = october(session)
    early = replace(LATE, late_until=date(2026, 11, 7))
    with pytest.raises(NothingMoves):
        prepared(session, office, early)
    approved(session, prepared(session, office))
    assert [each.n for _, each in sorted(figures(session, office, 1).items())] == [42, 40, 40]


def test_later_months_follow_for_those_it_moves(session: Session) -> None:
    office = october(session)
    store(session, office, [Seen(at(2, 9, NOVEMBER))] * 5, NOVEMBER)
    december = LATER + timedelta(days=30)
    close(session, office, NOVEMBER, december)
    request = request_revision(session, office.unit_id, OCTOBER, LATE, by("penyusun", at=december))
    draft = draft_of(session, request)
    assert draft is not None
    shown = changes_of_draft(session, draft)
    assert [(each.month, len(each.officers)) for each in shown] == [(OCTOBER, 1), (NOVEMBER, 1)]
    closing = approved(session, request, by("penyetuju", at=december))
    assert closing is not None
    assert changes_made(session, closing) == shown


def test_a_dry_run_says_before_and_after_and_how_many_stay(session: Session) -> None:
    office = october(session)
    request = prepared(session, office, duty(office))
    draft = draft_of(session, request)
    assert draft is not None
    [month] = changes_of_draft(session, draft)
    assert (month.revision, month.stays) == (1, 1)
    assert (month.responses_before, month.responses_after) == (120, 120)
    assert [(each.before and each.before.n, each.after.n) for each in month.officers] == [
        (40, 28),
        (40, 52),
    ]
    assert month.officers[0].after.basis is not Basis.PUBLISHABLE
    assert month.officers[0].after.index is None
    closing = approved(session, request)
    assert closing is not None
    before = month.officers[1].before
    assert before is not None
    assert str(before.index) == figures(session, office, 0)[1].index_shrunk
    assert changes_made(session, closing) == [month]


# What has to hold together.


@pytest.mark.parametrize(
    "asked",
    [
        Asked(Ground.DUTY),
        Asked(Ground.LATE),
        Asked(Ground.OBJECTION),
        Asked(Ground.DUTY, late_until=ADMITTED),
        Asked(Ground.SCREENING, late_until=ADMITTED),
        Asked(Ground.LATE, objection_id=UUID(int=1), late_until=ADMITTED),
    ],
)
def test_a_ground_has_what_it_is_about_and_nothing_else(session: Session, asked: Asked) -> None:
    office = october(session)
    with pytest.raises(RequestIncomplete):
        prepared(session, office, asked)


def test_a_correction_is_of_the_month_that_is_revised(engine: Engine) -> None:
    with writing(engine) as session:
        office = october(session)
    november = Asked(Ground.DUTY, corrections=[correction(office, day=date(2026, 11, 2))])
    stray = Asked(Ground.LATE, late_until=ADMITTED, corrections=[correction(office)])
    for asked in (november, stray):
        with pytest.raises((RequestIncomplete, NotACorrection)), writing(engine) as session:
            prepared(session, office, asked)
    assert not [row for row in rows_of(engine, "duty_batch") if row["needs_approval"]]


def test_a_refused_preparation_leaves_no_correction_behind(engine: Engine) -> None:
    with writing(engine) as session:
        office = october(session)
    same = Asked(Ground.DUTY, corrections=[correction(office, 0)])
    with pytest.raises(NothingMoves), writing(engine) as session:
        prepared(session, office, same)
    assert not [row for row in rows_of(engine, "duty_batch") if row["needs_approval"]]
    assert rows_of(engine, "revision_request") == []


def test_late_responses_of_days_to_come_are_not_admitted(session: Session) -> None:
    office = october(session)
    with pytest.raises(LateDayAhead):
        prepared(session, office, replace(LATE, late_until=LATER.date() + timedelta(days=1)))


@pytest.mark.parametrize("reason", ["", "x" * 401])
def test_a_revision_says_why(session: Session, reason: str) -> None:
    office = october(session)
    with pytest.raises(RequestUnexplained):
        request_revision(session, office.unit_id, OCTOBER, LATE, by("penyusun", reason))


def test_only_a_closed_month_is_revised(session: Session) -> None:
    office = october(session)
    with pytest.raises(MonthNotClosed):
        prepared(session, office, month=NOVEMBER)
    with pytest.raises(NothingMoves):
        prepared(session, office, Asked(Ground.SCREENING))


# Objections.


def test_an_upheld_objection_is_followed_by_a_revision(session: Session) -> None:
    office = october(session)
    objection_id = upheld(session, office)
    assert [each.id for each in upheld_objections(session, office.unit_id)] == [objection_id]
    asked = Asked(Ground.OBJECTION, objection_id, [correction(office)])
    approved(session, prepared(session, office, asked))
    assert upheld_objections(session, office.unit_id) == []
    [own] = own_objections(session, office.officers[0], office.unit_id, OCTOBER)
    assert (own.outcome, own.revised_in) == (Outcome.REVISED, 1)
    assert stages(session, office)[0] == Stage.WINDOW_OPEN  # for the new figures


def test_an_upheld_objection_ends_even_where_nothing_moves(session: Session) -> None:
    office = october(session)
    asked = Asked(Ground.OBJECTION, upheld(session, office))
    closing = approved(session, prepared(session, office, asked))
    assert closing is not None
    assert closing.revision == 0
    assert [each.revision for each in revisions(session, office.unit_id)] == [0]
    [own] = own_objections(session, office.officers[0], office.unit_id, OCTOBER)
    assert own.outcome == Outcome.REVISED
    assert stages(session, office, days=30)[0] == Stage.FINAL


def stages(session: Session, office: SmallOffice, days: int = 0) -> list[str]:
    unit = session.get_one(ServiceUnit, office.unit_id)
    as_of = LATER + timedelta(days=days)
    found = monthly_scores(session, unit, OCTOBER, as_of=as_of, staff_url=STAFF_URL)
    return [row.stage for row in sorted(found.rows, key=lambda row: row.name)]


def test_only_an_upheld_objection_to_that_month_is_followed(session: Session) -> None:
    office = october(session)
    with pytest.raises(NotUpheld):
        prepared(session, office, Asked(Ground.OBJECTION, UUID(int=9)))
    followed = Asked(Ground.OBJECTION, upheld(session, office))
    approved(session, prepared(session, office, followed))
    with pytest.raises(NotUpheld):
        prepared(session, office, followed)


# Who may.


@pytest.mark.parametrize("officer", [0, 1])
def test_whom_it_moves_prepares_nothing(session: Session, officer: int) -> None:
    office = october(session)
    with pytest.raises(OwnFiguresMove):
        prepared(session, office, duty(office), officer)


@pytest.mark.parametrize("officer", [0, 1])
@pytest.mark.parametrize("approves", [True, False])
def test_whom_it_moves_decides_nothing(session: Session, officer: int, approves: bool) -> None:
    office = october(session)
    request = prepared(session, office, duty(office))
    seen = fingerprint(draft_of(session, request)) if approves else None
    with pytest.raises(OwnFiguresMove):
        decide_revision(
            session,
            office.unit_id,
            request.id,
            by("penyetuju"),
            seen=seen,
            officer_id=office.officers[officer],
        )
    assert standing_of(session, request) == Standing.WAITING


def test_an_officer_whom_it_leaves_alone_may(session: Session) -> None:
    office = october(session)
    request = prepared(session, office, duty(office), 2)
    assert approved(session, request, officer_id=office.officers[2])


def test_who_objected_decides_nothing_though_no_figure_moves(session: Session) -> None:
    office = october(session)
    asked = Asked(Ground.OBJECTION, upheld(session, office))
    with pytest.raises(OwnFiguresMove):
        prepared(session, office, asked, 0)
    request = prepared(session, office, asked, 1)
    with pytest.raises(OwnFiguresMove):
        approved(session, request, officer_id=office.officers[0])


@pytest.mark.parametrize("approves", [True, False])
def test_nobody_decides_on_what_he_prepared(session: Session, approves: bool) -> None:
    office = october(session)
    request = prepared(session, office)
    seen = fingerprint(draft_of(session, request)) if approves else None
    with pytest.raises(OwnRequest):
        decide_revision(session, office.unit_id, request.id, by("penyusun"), seen=seen)
    assert approved(session, request, by("orang lain"))


def test_without_the_rule_one_would_move_the_own_figures(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a product that forgets to ask would be noticed by the tests above."""
    office = october(session)
    for module in (revision_requests, revision_approval):
        monkeypatch.setattr(module, "require_disinterest", lambda *_: None)
    request = prepared(session, office, duty(office), 0)
    assert approved(session, request, officer_id=office.officers[0])


# Deciding.


def test_a_refused_revision_moves_nothing_and_takes_its_correction_along(session: Session) -> None:
    office = october(session)
    request = prepared(session, office, duty(office))
    assert decide_revision(session, office.unit_id, request.id, by("b", "Salah"), seen=None) is None
    assert standing_of(session, request) == Standing.REFUSED
    decision = session.get_one(BatchDecision, request.batch_id)
    assert not decision.approved
    with pytest.raises(RevisionDecided):
        approved(session, request)


def test_a_refusal_says_why(session: Session) -> None:
    office = october(session)
    request = prepared(session, office)
    with pytest.raises(RefusalUnexplained):
        decide_revision(session, office.unit_id, request.id, by("b", ""), seen=None)


def test_a_request_of_another_unit_does_not_exist(session: Session) -> None:
    office = october(session)
    request = prepared(session, office)
    for unit_id, request_id in ((make_unit(session), request.id), (office.unit_id, UUID(int=3))):
        with pytest.raises(UnknownRequest):
            decide_revision(session, unit_id, request_id, by("b"), seen=None)


def test_what_was_not_seen_is_not_approved(session: Session) -> None:
    office = october(session)
    request = prepared(session, office)
    seen = fingerprint(draft_of(session, request))
    more = Seen(at(12, 9), overall=1, late=True, received_on=date(2026, 11, 6))
    store(session, office, [more])
    with pytest.raises(DraftChanged):
        decide_revision(session, office.unit_id, request.id, by("b"), seen=seen)
    assert approved(session, request)


def test_another_revision_makes_a_prepared_one_void(session: Session) -> None:
    office = october(session)
    first, second = prepared(session, office), prepared(session, office, duty(office))
    approved(session, first)
    assert standing_of(session, second) == Standing.REFUSED
    assert session.get_one(RevisionDecision, second.id).reason == revision_approval.OVERTAKEN
    assert not session.get_one(BatchDecision, second.batch_id).approved
    with pytest.raises(RevisionDecided):
        approved(session, second)


def test_of_two_who_approve_at_once_one_is_told(engine: Engine) -> None:
    revised = waiting(engine)
    with writing(engine) as session:
        request = session.get_one(RevisionRequest, revised.request_id)
        seen = fingerprint(draft_of(session, request))

    def attempt(name: str) -> bool:
        try:
            with writing(engine) as session:
                decide_revision(
                    session, revised.office.unit_id, revised.request_id, by(name), seen=seen
                )
        except RevisionDecided:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, "abcd")) == 1
    assert sorted(row["revision"] for row in rows_of(engine, "closing")) == [0, 1]


def test_the_log_names_nobody(engine: Engine) -> None:
    revised = waiting(engine)
    with writing(engine) as session:
        approved(session, session.get_one(RevisionRequest, revised.request_id))
    entries = rows_of(engine, "log_entry")
    acts = {row["act"] for row in entries}
    assert acts >= {"revision.prepared", "revision.approved", "month.revised", "duties.approved"}
    assert all("Petugas" not in str(row) and "daftar hadir" not in str(row) for row in entries)


# Both values stay visible.


def test_earlier_values_are_said_once_each_and_only_to_who_may_read_them(session: Session) -> None:
    office = october(session)
    approved(session, prepared(session, office))
    closing = approved(session, prepared(session, office, duty(office)))
    assert closing is not None
    first, second, third = office.officers
    own = earlier_values(session, closing, office.officers, Reader.OFFICER)
    assert [(each.revision, each.n) for each in own[first]] == [(0, 40), (1, 42)]
    assert [(each.revision, each.n) for each in own[second]] == [(1, 40)]
    assert third not in own
    assert str(own[second][0].index) == figures(session, office, 0)[1].index_shrunk
    for_hr = earlier_values(session, closing, office.officers, Reader.HR)
    for officer_id, values in for_hr.items():
        for value, mine in zip(values, own[officer_id], strict=True):
            expected = mine.index if mine.basis is Basis.PUBLISHABLE else None
            assert value.index == expected


def test_before_a_revision_there_is_no_earlier_value(session: Session) -> None:
    office = october(session)
    [closing] = revisions(session, office.unit_id)
    assert earlier_values(session, closing, office.officers, Reader.HR) == {}


def test_a_correction_touches_the_day_it_names_only(session: Session) -> None:
    office = october(session)
    approved(
        session,
        prepared(session, office, Asked(Ground.DUTY, corrections=[correction(office, None)])),
    )
    after = figures(session, office, 1)
    assert [after[officer].n for officer in range(3)] == [28, 40, 40]
    assert MONDAY.isoweekday() == 1

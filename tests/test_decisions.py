"""Deciding on proposals: a person's act about the newest figures, never changed (method §6)."""

import json
import threading
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text, update
from sqlmodel import Session, col, select

from aggregation.appraisal import decisions
from aggregation.appraisal.decision_shown import own_decision
from aggregation.appraisal.decisions import (
    AnothersToDecide,
    DecidedMeanwhile,
    NoProposal,
    OtherFigures,
    OwnFigures,
    ReasonNeeded,
    Seen,
    content_digest,
)
from aggregation.appraisal.monthly_scores import monthly_scores
from aggregation.appraisal.proposal_list import (
    Assessor,
    Obstacle,
    ProposalLine,
    Standing,
    progress_of,
    proposal_lines,
)
from aggregation.changes.batch import Cause
from aggregation.closings import OfficerFigure
from aggregation.method.component import Proposal
from aggregation.models import LogDetail, Officer
from aggregation.months.revisions import revisions
from survey.database import reading, writing
from survey.models import LogEntry, ServiceUnit
from tests.decision_factories import (
    ABOVE,
    BELOW,
    EXPECTED,
    INDICATIVE,
    SIXTH,
    TOO_FEW,
    DecidedOffice,
    assessor_account,
    decided,
    decisions_on,
    figure_of,
    in_view,
    object_to,
    place,
    proposing_office,
)
from tests.month_factories import OCTOBER
from tests.score_factories import STAFF_URL, revise
from tests.tampering import untriggered

LATER = SIXTH + timedelta(days=3)
WHY = "Dua minggu melatih petugas baru di loketnya."


@pytest.fixture
def office(session: Session) -> DecidedOffice:
    return proposing_office(session)


def lines_of(
    session: Session, office: DecidedOffice, officer_id: int | None = None
) -> list[ProposalLine]:
    return proposal_lines(
        session,
        office.code,
        revisions(session, office.unit_id)[-1],
        as_of=LATER,
        staff_url=STAFF_URL,
        decider=decisions.Decider("Rina", officer_id),
    )


def exported(session: Session, office: DecidedOffice, who: int) -> tuple[str | None, ...]:
    unit = session.get_one(ServiceUnit, office.unit_id)
    scores = monthly_scores(session, unit, OCTOBER, as_of=LATER, staff_url=STAFF_URL)
    [row] = [each for each in scores.rows if each.officer_key == office.keys[who]]
    return row.proposal, row.decision, row.decided_by, row.decided_at


def test_a_proposal_is_no_decision_until_a_person_confirms_it(
    session: Session, office: DecidedOffice
) -> None:
    assert exported(session, office, ABOVE) == ("above_expectation", None, None, None)
    decided(session, office, ABOVE)
    assert exported(session, office, ABOVE) == (
        "above_expectation", "above_expectation", "Rina Penilai", "2026-11-06T03:00:00Z",
    )  # fmt: skip
    assert exported(session, office, EXPECTED)[1] is None


@pytest.mark.parametrize("reason", ["", WHY])
def test_who_changes_a_proposal_says_why(
    session: Session, office: DecidedOffice, reason: str
) -> None:
    if not reason:
        with pytest.raises(ReasonNeeded):
            decided(session, office, EXPECTED, Proposal.ABOVE)
        assert decisions_on(session, office, EXPECTED) == []
        return
    decided(session, office, EXPECTED, Proposal.ABOVE, reason)
    [made] = decisions_on(session, office, EXPECTED)
    assert (made.proposal, made.decision, made.reason) == (
        Proposal.EXPECTED, Proposal.ABOVE, WHY,
    )  # fmt: skip
    assert exported(session, office, EXPECTED)[:2] == ("as_expected", "above_expectation")


@pytest.mark.parametrize("who", [INDICATIVE, TOO_FEW])
def test_without_enough_evidence_there_is_nothing_to_decide(
    session: Session, office: DecidedOffice, who: int
) -> None:
    with pytest.raises(NoProposal, match="paling sedikit"):
        decided(session, office, who)


def test_who_is_not_in_the_month_has_no_proposal(session: Session, office: DecidedOffice) -> None:
    other = Officer(key="lain", staff_number="X-1", name="Lain", employment="NON_ASN")
    session.add(other)
    session.flush()
    stranger = DecidedOffice(office.office, office.code, office.keys)
    with pytest.raises(NoProposal):
        decisions.decide(
            session, stranger.unit_id, OCTOBER, other.id or 0, Proposal.EXPECTED,
            seen=Seen(0, Proposal.EXPECTED),
            decider=decisions.Decider("Rina", None),
            cause=Cause("penilai", "", SIXTH, "penilai"),
        )  # fmt: skip


def test_deciding_again_adds_a_fact_and_needs_a_reason(
    session: Session, office: DecidedOffice
) -> None:
    decided(session, office, EXPECTED)
    with pytest.raises(ReasonNeeded):
        decided(session, office, EXPECTED, Proposal.BELOW, when=LATER)
    decided(session, office, EXPECTED, Proposal.BELOW, WHY, when=LATER)
    with pytest.raises(ReasonNeeded):  # back to what is proposed: still a change
        decided(session, office, EXPECTED, Proposal.EXPECTED, when=LATER)
    assert [each.decision for each in decisions_on(session, office, EXPECTED)] == [
        Proposal.EXPECTED, Proposal.BELOW,
    ]  # fmt: skip
    assert exported(session, office, EXPECTED)[1] == "below_expectation"


def test_what_was_decided_stays_readable_as_it_was(session: Session, office: DecidedOffice) -> None:
    decided(session, office, EXPECTED)
    decided(session, office, EXPECTED, Proposal.ABOVE, WHY, when=LATER)
    unit = session.get_one(ServiceUnit, office.unit_id)
    before = monthly_scores(session, unit, OCTOBER, as_of=SIXTH, staff_url=STAFF_URL)
    assert [row.decision for row in before.rows if row.decision] == ["as_expected"]


def test_a_decision_about_other_figures_is_not_taken(
    session: Session, office: DecidedOffice
) -> None:
    seen = in_view(session, office, EXPECTED)
    revise(session, office.office, SIXTH)
    with pytest.raises(OtherFigures):
        decided(session, office, EXPECTED, seen=seen)
    assert decisions_on(session, office, EXPECTED) == []
    decided(session, office, EXPECTED)
    assert decisions_on(session, office, EXPECTED)[0].revision == 1


def test_a_proposal_that_was_not_made_is_not_confirmed(
    session: Session, office: DecidedOffice
) -> None:
    with pytest.raises(OtherFigures):
        decided(session, office, EXPECTED, seen=Seen(0, Proposal.ABOVE))


def test_without_the_check_a_stale_decision_would_be_noticed(
    session: Session, office: DecidedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decisions, "_require_current", lambda _seen, _now: None)
    seen = in_view(session, office, EXPECTED)
    revise(session, office.office, SIXTH)
    decided(session, office, EXPECTED, seen=seen)
    assert decisions_on(session, office, EXPECTED) != []


def test_who_did_not_see_an_earlier_decision_is_told(
    session: Session, office: DecidedOffice
) -> None:
    seen = in_view(session, office, EXPECTED)
    decided(session, office, EXPECTED, seen=seen)
    with pytest.raises(DecidedMeanwhile):
        decided(session, office, EXPECTED, Proposal.ABOVE, WHY, seen=seen, when=LATER)


def test_of_two_assessors_at_once_one_is_told(engine: Engine) -> None:
    with writing(engine) as session:
        office = proposing_office(session)
        seen = in_view(session, office, EXPECTED)
    start, met = threading.Barrier(2), []

    def sign(decision: Proposal) -> None:
        start.wait()
        try:
            with writing(engine) as own:
                decided(own, office, EXPECTED, decision, WHY, seen=seen)
            met.append("recorded")
        except DecidedMeanwhile:
            met.append("told")

    both = [
        threading.Thread(target=sign, args=(each,)) for each in (Proposal.ABOVE, Proposal.BELOW)
    ]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(met) == ["recorded", "told"]
    with reading(engine) as session:
        assert len(decisions_on(session, office, EXPECTED)) == 1


def test_a_revision_that_changes_the_figures_asks_again(
    session: Session, office: DecidedOffice
) -> None:
    decided(session, office, EXPECTED)
    decided(session, office, ABOVE)
    closing = revise(session, office.office, SIXTH)
    with untriggered(session):
        session.execute(
            update(OfficerFigure)
            .where(
                col(OfficerFigure.closing_id) == closing.id,
                col(OfficerFigure.officer_id) == office.officer(EXPECTED),
            )
            .values(computed_in=1)
        )
    session.expire_all()
    assert exported(session, office, EXPECTED)[1] is None
    assert exported(session, office, ABOVE)[1] == "above_expectation"
    decided(session, office, EXPECTED, when=LATER)
    assert exported(session, office, EXPECTED)[1] == "as_expected"


def test_nobody_decides_about_himself(session: Session, office: DecidedOffice) -> None:
    with pytest.raises(OwnFigures):
        decided(session, office, EXPECTED, by=office.officer(EXPECTED))
    decided(session, office, EXPECTED, by=office.officer(ABOVE))


def test_where_an_assessor_is_named_nobody_else_decides(
    session: Session, office: DecidedOffice
) -> None:
    place(session, office, EXPECTED, assessor_id=office.officer(ABOVE))
    for other in (None, office.officer(BELOW)):
        with pytest.raises(AnothersToDecide):
            decided(session, office, EXPECTED, by=other)
    decided(session, office, EXPECTED, by=office.officer(ABOVE))


def test_an_open_objection_does_not_stand_in_the_way_but_shows(
    session: Session, office: DecidedOffice
) -> None:
    object_to(session, office, EXPECTED)
    [line] = [each for each in lines_of(session, office) if each.is_objected]
    assert line.row.officer_key == office.keys[EXPECTED]
    decided(session, office, EXPECTED, when=LATER)
    assert exported(session, office, EXPECTED)[1] == "as_expected"


def test_the_log_names_nobody_and_tells_no_score(session: Session, office: DecidedOffice) -> None:
    decided(session, office, EXPECTED, Proposal.BELOW, WHY)
    [made] = decisions_on(session, office, EXPECTED)
    entry = session.exec(select(LogEntry).where(col(LogEntry.act) == "proposal.decided")).one()
    assert entry.subject == f"officer {office.keys[EXPECTED]}"
    assert json.loads(entry.facts) == {
        "month": "2026-10", "revision": 0, "content": content_digest(made),
    }  # fmt: skip
    detail = session.get_one(LogDetail, entry.id).text
    for hidden in ("expect", WHY, "Rina Penilai"):
        assert hidden not in entry.facts + detail


def test_a_decision_that_was_changed_afterwards_would_be_noticed(
    session: Session, office: DecidedOffice
) -> None:
    decided(session, office, EXPECTED, Proposal.ABOVE, WHY)
    [made] = decisions_on(session, office, EXPECTED)
    before = content_digest(made)
    session.expunge(made)
    made.decision = Proposal.BELOW
    assert content_digest(made) != before


def test_officers_stand_in_the_order_of_desks_never_of_scores(
    session: Session, office: DecidedOffice
) -> None:
    # Officers 0, 3 and 6 serve the first desk, on Monday, Tuesday and Wednesday; and so on.
    expected = [office.keys[n] for n in (0, 3, 6, 1, 4, 7, 2, 5, 8)]
    assert [line.row.officer_key for line in lines_of(session, office)] == expected


def test_desk_2_comes_before_desk_10_and_who_served_none_at_the_end(
    session: Session, office: DecidedOffice
) -> None:
    codes = dict(zip(office.office.desks, ("L10", "L2", "L1"), strict=True))
    for desk_id, code in codes.items():
        session.execute(
            text("UPDATE desk SET code = :code WHERE id = :id"), {"code": code, "id": desk_id}
        )
    with untriggered(session):
        session.execute(
            text("DELETE FROM frozen_duty WHERE officer_id = :id"), {"id": office.officer(2)}
        )
    expected = [office.keys[n] for n in (5, 8, 1, 4, 7, 0, 3, 6, 2)]
    assert [line.row.officer_key for line in lines_of(session, office)] == expected


def test_every_line_says_where_it_stands_and_whose_it_is(
    session: Session, office: DecidedOffice
) -> None:
    decided(session, office, ABOVE)
    place(session, office, EXPECTED, assessor_id=office.officer(BELOW))
    place(session, office, 2, assessor_id=office.officer(4))
    assessor_account(session, office, officer_id=office.officer(BELOW))
    by_key = {
        line.row.officer_key: line
        for line in lines_of(session, office, officer_id=office.officer(5))
    }
    names = {n: session.get_one(Officer, office.officer(n)).name for n in (BELOW, 4)}
    found = {n: by_key[key] for n, key in enumerate(office.keys)}
    assert found[ABOVE].standing is Standing.DECIDED
    assert found[TOO_FEW].standing is Standing.WITHHELD
    assert found[EXPECTED].standing is Standing.WAITING
    assert found[EXPECTED].assessor == Assessor(names[BELOW], has_account=True)
    assert found[EXPECTED].obstacle is Obstacle.ANOTHERS
    assert found[2].assessor == Assessor(names[4], has_account=False)
    assert (found[5].obstacle, found[6].obstacle) == (Obstacle.OWN, None)


def test_progress_counts_what_has_a_proposal(session: Session, office: DecidedOffice) -> None:
    for who in (ABOVE, EXPECTED):
        decided(session, office, who)
    [october] = progress_of(session, office.unit_id, LATER)
    assert (october.month, october.decided, october.proposals) == (OCTOBER, 2, 7)
    figures = session.exec(select(OfficerFigure)).all()
    assert october.proposals == sum(figure.basis == "publishable" for figure in figures)


def test_the_officer_reads_the_decision_and_why(session: Session, office: DecidedOffice) -> None:
    def shown(who: int) -> tuple[object, ...] | None:
        found = own_decision(session, office.officer(who), office.unit_id, OCTOBER, LATER)
        if found is None:
            return None
        return found.proposal, found.decision, found.is_changed, found.reason

    assert shown(TOO_FEW) is None
    assert shown(EXPECTED) == ("as_expected", None, False, "")
    decided(session, office, EXPECTED, Proposal.ABOVE, WHY)
    assert shown(EXPECTED) == ("as_expected", "above_expectation", True, WHY)
    assert figure_of(session, office, EXPECTED).proposal == "as_expected"

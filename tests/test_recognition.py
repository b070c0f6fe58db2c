"""Who may be named for a closed month: by the evidence, in the order of names (method §5)."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from sqlmodel import Session, col, select

from aggregation.appraisal.recognition import Recognition, recognition
from aggregation.closings import OfficerFigure
from aggregation.method.evidence import Basis
from aggregation.method.naming import Heard, Name, named
from aggregation.method.rule import DEFAULT_RULE
from aggregation.months.month_close import close_month
from aggregation.months.revisions import revisions
from aggregation.rules.rule_book import RuleBook
from survey.month import Month
from tests.month_factories import OCTOBER, SEPTEMBER, SmallOffice, assign, clerk_for, small_office
from tests.recognition_factories import (
    ANDI,
    BUDI,
    FOUR_DAYS,
    NOVEMBER,
    PRAISED,
    WATI,
    close,
    rate,
    rated_unit,
)
from tests.score_factories import newest_closing, revise
from tests.tampering import untriggered


def said_of(session: Session, office: SmallOffice) -> Recognition:
    return recognition(session, newest_closing(session, office))


def names(found: Recognition) -> list[str]:
    return [each.name for each in found.thanked]


def test_whoever_the_evidence_supports_is_named_in_the_order_of_names(session: Session) -> None:
    found = said_of(session, rated_unit(session))
    assert names(found) == ["Andi", "Wati"]
    assert [each.n for each in found.thanked] == [80, 80]
    assert (found.any_publishable, found.help_supported) == (True, True)


def test_an_order_of_scores_would_be_noticed(session: Session) -> None:
    """The control: Wati was rated higher than Andi, so a league table begins with Wati."""
    found = said_of(session, rated_unit(session))
    mean = {name: Fraction(sum(r * n for r, n in enumerate(PRAISED[who], 1)), 80)
            for name, who in (("Andi", ANDI), ("Wati", WATI))}  # fmt: skip
    assert sorted(mean, key=mean.__getitem__, reverse=True) != names(found)


def test_the_names_are_those_that_a_clerks_counts_support(session: Session) -> None:
    office = rated_unit(session)
    clerk = clerk_for(session, office, OCTOBER)
    heard = {}
    for officer in office.officers:
        voices = clerk.voices(officer)
        counts = {voice: voices.count(voice) for voice in set(voices)}
        heard[officer] = Heard(counts, Basis.PUBLISHABLE)
    said = named(heard, DEFAULT_RULE)
    excellent = {officer for officer, name in said.items() if name is Name.EXCELLENT}
    assert {each.officer_id for each in said_of(session, office).thanked} == excellent


def test_nobody_is_named_by_a_lead_that_may_be_chance(session: Session) -> None:
    found = said_of(session, rated_unit(session, {WATI: (0, 0, 22, 38), BUDI: (0, 0, 25, 35)}))
    assert (names(found), found.any_publishable) == ([], True)


def test_too_few_citizens_name_nobody(session: Session) -> None:
    found = said_of(session, rated_unit(session, {WATI: (0, 0, 0, 9), BUDI: (0, 0, 0, 8)}))
    assert (names(found), found.any_publishable, found.help_supported) == ([], False, False)


def test_the_whole_window_speaks_and_not_the_month_alone(session: Session) -> None:
    office = small_office(session, FOUR_DAYS, officers=4)
    assign(session, office, *range(4))
    rate(session, office, {WATI: (0, 0, 0, 30)}, SEPTEMBER)
    close(session, office, SEPTEMBER)
    assert said_of(session, office).thanked == []
    rate(session, office, {WATI: (0, 0, 0, 30)})
    close(session, office, OCTOBER)
    newest = [
        closing
        for closing in revisions(session, office.unit_id)
        if closing.month == Month(2026, 10)
    ]
    assert [each.n for each in recognition(session, newest[-1]).thanked] == [60]


def test_each_officer_is_judged_by_the_rule_of_the_own_group(session: Session) -> None:
    office = small_office(session, FOUR_DAYS, officers=4)
    assign(session, office, *range(4))
    rate(session, office, PRAISED)
    strict = replace(DEFAULT_RULE, version="2", publishable_n=500)
    book = RuleBook(strict, {"": DEFAULT_RULE})
    close_month(session, office.unit_id, OCTOBER, closed_by="uji", at=NOVEMBER, rules=book)
    assert len(said_of(session, office).thanked) == 2
    figures = session.exec(select(OfficerFigure)).all()
    assert {figure.rule_version for figure in figures} == {"1"}


def test_a_revision_for_a_colleague_takes_nobodys_name(session: Session) -> None:
    """Who was not computed again keeps the evidence of the revision that did."""
    office = rated_unit(session)
    revise(session, office, NOVEMBER + timedelta(days=9))
    closing = newest_closing(session, office)
    assert closing.revision == 1
    assert names(recognition(session, closing)) == ["Andi", "Wati"]


def test_the_newest_revision_may_take_the_ground_away(session: Session) -> None:
    office = rated_unit(session)
    revise(session, office, NOVEMBER + timedelta(days=9))
    newest = newest_closing(session, office)
    wati = session.exec(
        select(OfficerFigure).where(
            col(OfficerFigure.closing_id) == newest.id,
            col(OfficerFigure.officer_id) == office.officers[WATI],
        )
    ).one()
    with untriggered(session):
        wati.basis = Basis.INDICATIVE.value
    assert names(recognition(session, newest)) == ["Andi"]


def test_a_mix_of_services_counts_only_where_the_rule_applies_it(session: Session) -> None:
    applied = replace(DEFAULT_RULE, mix_applied=True)
    assert names(said_of(session, rated_unit(session, PRAISED, applied))) == ["Andi", "Wati"]


def test_who_needs_help_is_not_among_what_is_told_by_name(session: Session) -> None:
    found = said_of(session, rated_unit(session))
    assert "Sari" not in repr(found)
    assert "Budi" not in repr(found)
    assert set(Recognition.__slots__) == {"thanked", "any_publishable", "help_supported"}

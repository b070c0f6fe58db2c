from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
import time_machine
from click.testing import CliRunner, Result
from sqlalchemy import Engine, insert
from sqlmodel import Session, select

from aggregation.method.interval import Moments
from aggregation.method.rule import DEFAULT_RULE
from aggregation.method.suggest_k import HistoryTooThin, SuggestedK, suggest_k
from aggregation.months.k_advice import KAdvice, advise_k
from aggregation.months.month_close import close_month
from aggregation.rules.rule_book import only
from deploy.nilai import main
from survey.command import Installation
from survey.database import reading, writing
from survey.models import Response, ServiceUnit
from survey.month import Month
from survey.screening import Signal
from survey.screening_models import Finding
from tests.factories import settings
from tests.month_factories import (
    AFTER_OCTOBER,
    OCTOBER,
    SEPTEMBER,
    Fault,
    Seen,
    Shift,
    SmallOffice,
    at,
    clerk_for,
    small_office,
    store,
)
from tests.record_factories import everything_in
from tests.rule_factories import employ, make_rule

WEEK = tuple(Shift(0, day - 1, day, 16, 30) for day in (1, 2, 3, 4))
"""Four officers, one each from Monday to Thursday."""
DAYS = {OCTOBER: (5, 6, 7, 8), SEPTEMBER: (7, 8, 9, 10)}
RATINGS = ((4, 4, 3, 4, 2), (3, 4, 3, 2, 4), (4, 4, 4, 3, 4), (2, 3, 1, 4, 3))
NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


def an_office(session: Session, each: int = 6) -> SmallOffice:
    """Close two months in which each of four officers was rated 5 × `each` times a month."""
    office = small_office(session, WEEK, officers=4)
    for month in (SEPTEMBER, OCTOBER):
        for day, ratings in zip(DAYS[month], RATINGS, strict=True):
            nine = {"perilaku": 3}
            seen = [Seen(at(day, 9, month), overall=r, nine=nine) for r in ratings * each]
            store(session, office, seen, month)
    return office


def close(session: Session, office: SmallOffice) -> None:
    for month in (SEPTEMBER, OCTOBER):
        close_month(
            session,
            office.unit_id,
            month,
            closed_by="Wati",
            at=AFTER_OCTOBER,
            rules=only(DEFAULT_RULE),
        )


def by_hand(session: Session, office: SmallOffice, fault: Fault | None = None) -> SuggestedK:
    """The clerk's own pooling of both months, under the default rule."""
    clerk = clerk_for(session, office, SEPTEMBER, OCTOBER, fault=fault)
    everybody = [Moments.of(Counter(clerk.voices(officer))) for officer in office.officers]
    return suggest_k(everybody)


def suggest(engine: Engine, office: SmallOffice, *words: str) -> Result:
    with reading(engine) as session:
        unit = session.get_one(ServiceUnit, office.unit_id).code
    with time_machine.travel(NOW, tick=False):
        return CliRunner().invoke(
            main, ["rule", "suggest", "--unit", unit, *words], obj=Installation(settings(), engine)
        )


def advice_for(engine: Engine, office: SmallOffice, when: datetime = NOW) -> KAdvice:
    with reading(engine) as session:
        return advise_k(session, office.unit_id, when)


# What it rests on.


def test_closed_months_are_pooled_by_officer(session: Session) -> None:
    office = an_office(session)
    close(session, office)
    advice = advise_k(session, office.unit_id, NOW)
    assert advice.suggested == by_hand(session, office)
    assert (advice.first, advice.last, advice.months) == (SEPTEMBER, OCTOBER, 2)
    assert (advice.suggested.officers, advice.suggested.responses) == (4, 240)


@pytest.mark.parametrize(
    ("seen", "fault"),
    [
        (Seen(at(5, 9), overall=1, late=True), Fault.LATE_ONES_COUNT),
        (Seen(at(5, 9), overall=1, channel="desk_qr"), Fault.ANY_CHANNEL_COUNTS_FOR_PERSONS),
        (Seen(at(5, 9), overall=1, channel="paper"), Fault.ANY_CHANNEL_COUNTS_FOR_PERSONS),
    ],
)
def test_what_enters_no_score_enters_no_advice(session: Session, seen: Seen, fault: Fault) -> None:
    office = an_office(session)
    store(session, office, [seen] * 20)
    close(session, office)
    found = advise_k(session, office.unit_id, NOW).suggested
    assert found == by_hand(session, office)
    assert found != by_hand(session, office, fault)


def test_what_is_in_quarantine_enters_no_advice(session: Session) -> None:
    office = an_office(session)
    before = by_hand(session, office)
    store(session, office, [Seen(at(5, 9), overall=None, nine={"perilaku": 1})] * 20)
    suspicious = [each for each in session.exec(select(Response)) if each.overall is None]
    row = {"reason": next(iter(Signal)).value, "found_on": date(2026, 10, 5)}
    session.execute(
        insert(Finding),
        [
            {**row, "unit_id": each.unit_id, "month": each.month, "response_id": each.id}
            for each in suspicious
        ],
    )
    close(session, office)
    assert len(suspicious) == 20
    assert advise_k(session, office.unit_id, NOW).suggested == before


def test_open_months_enter_no_advice(session: Session) -> None:
    office = an_office(session)
    close(session, office)
    before = advise_k(session, office.unit_id, NOW)
    november = Month(2026, 11)
    store(session, office, [Seen(at(2, 9, november), overall=1)] * 30, november)
    assert advise_k(session, office.unit_id, NOW) == before


def test_only_what_was_closed_by_then_is_looked_at(session: Session) -> None:
    office = an_office(session)
    close(session, office)
    with pytest.raises(HistoryTooThin, match="Belum ada bulan yang ditutup"):
        advise_k(session, office.unit_id, datetime(2026, 10, 1, tzinfo=UTC))


def test_the_rule_in_force_says_what_counts(session: Session) -> None:
    office = an_office(session)
    close(session, office)
    behaviour_alone = tuple(each for each in DEFAULT_RULE.elements if each.code == "PERILAKU")
    make_rule(session, office.unit_id, {"elements": behaviour_alone})
    in_december = datetime(2026, 12, 20, 5, 0, tzinfo=UTC)
    with pytest.raises(HistoryTooThin, match="sama"):
        advise_k(session, office.unit_id, in_december)


def test_a_design_effect_in_the_rule_makes_k_larger(session: Session) -> None:
    office = an_office(session)
    close(session, office)
    make_rule(session, office.unit_id, {"design_effect": Decimal(2)})
    found = advise_k(session, office.unit_id, datetime(2026, 12, 20, 5, 0, tzinfo=UTC))
    clerk = clerk_for(session, office, SEPTEMBER, OCTOBER)
    everybody = [Moments.of(Counter(clerk.voices(officer))) for officer in office.officers]
    assert found.suggested == suggest_k(everybody, Fraction(2))
    assert found.suggested.k > advise_k(session, office.unit_id, NOW).suggested.k


def test_officers_of_a_group_with_a_rule_of_its_own_are_left_out(session: Session) -> None:
    office = an_office(session)
    close(session, office)
    employ(session, office.unit_id, "Loket keliling")
    make_rule(session, office.unit_id, {"shrinkage_k": 80}, group="Loket keliling")
    in_december = datetime(2026, 12, 20, 5, 0, tzinfo=UTC)
    assert advise_k(session, office.unit_id, in_december).suggested.officers == 4
    with pytest.raises(HistoryTooThin, match="3 petugas"):
        advise_k(session, office.unit_id, in_december, "Loket keliling")


# What the command says.


def test_the_command_prints_the_advice_and_changes_nothing(engine: Engine) -> None:
    with writing(engine) as session:
        office = an_office(session)
        close(session, office)
    before = everything_in(engine)
    done = suggest(engine, office)
    assert done.exit_code == 0, done.output
    found = advice_for(engine, office).suggested
    assert "2 bulan tertutup (2026-09 s.d. 2026-10), 4 petugas, 240 tanggapan." in done.output
    assert f"Saran k: {found.k}. Rentang 80 %: {found.low} s.d. {found.high}." in done.output
    assert "memakai k = 30, di " in done.output
    assert done.output.endswith("tidak ada skor yang berubah.\n")
    assert everything_in(engine) == before


def test_a_k_outside_of_the_range_is_said_to_be_so(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        office = an_office(session, each=20)
        close(session, office)
    advice = advice_for(sqlite_engine, office)
    inside = advice.suggested.low <= 30 <= advice.suggested.high
    assert advice.fits is inside is False
    said = suggest(sqlite_engine, office).output
    assert "di luar rentang itu" in said
    assert "Pertimbangkan k lain" in said


def test_thin_history_is_refused_in_one_sentence(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        office = an_office(session, each=0)
        store(session, office, [Seen(at(5, 9))] * 12)
        close(session, office)
    done = suggest(sqlite_engine, office)
    assert done.exit_code == 1
    assert done.output == (
        "Error: Saran k memerlukan paling sedikit 3 petugas dengan 10 tanggapan atau lebih "
        "dalam bulan yang sudah ditutup.\n"
    )


def test_a_unit_that_never_closed_a_month_gets_no_advice(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        office = an_office(session)
    done = suggest(sqlite_engine, office)
    assert done.exit_code == 1
    assert "Belum ada bulan yang ditutup" in done.output

import dataclasses
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select, update

from aggregation.appraisal.monthly_scores import (
    MonthlyScores,
    MonthNotClosed,
    ScoreRow,
    UnknownRevision,
    monthly_scores,
)
from aggregation.closings import Closing, OfficerFigure
from aggregation.method.rule import DEFAULT_RULE, Rule
from aggregation.models import Officer
from aggregation.months.month_close import close_month
from aggregation.rules.rule_book import only
from survey.models import ServiceUnit
from tests.month_factories import (
    AFTER_OCTOBER,
    MONDAY_AT_9,
    OCTOBER,
    Seen,
    Shift,
    SmallOffice,
    assign,
    at,
    clerk_for,
    half_up,
    small_office,
    store,
)
from tests.score_factories import STAFF_URL
from tests.tampering import untriggered

COLUMNS = (
    "officer_key, nip, staff_number, name, employment, unit, month, revision, basis, stage, "
    "window_months, n, coverage, index_raw, index, interval_low, interval_high, reliability, "
    "component_value, share_percent, contribution, proposal, decision, decided_by, decided_at, "
    "rule_version, method_version, statement_url, reason"
)
NUMBERS = (
    "index_raw", "index", "interval_low", "interval_high", "reliability", "component_value",
    "share_percent", "contribution",
)  # fmt: skip
BOTH_DAYS = (Shift(0, 0, 1, 16, 30), Shift(0, 1, 2, 16, 30))
NOVEMBER, AFTER_NOVEMBER = OCTOBER.shift(1), AFTER_OCTOBER + timedelta(days=30)


def a_closed_october(
    session: Session, monday: int, tuesday: int = 0, rule: Rule = DEFAULT_RULE
) -> SmallOffice:
    """Close a month in which the two officers of an office were rated so many times, mostly 4."""
    office = small_office(session, BOTH_DAYS)
    for n, half_hour in ((monday, MONDAY_AT_9), (tuesday, at(6, 9))):
        store(session, office, [Seen(half_hour, overall=4 - (v % 5 == 0)) for v in range(n)])
    close_month(
        session, office.unit_id, OCTOBER, closed_by="Wati", at=AFTER_OCTOBER, rules=only(rule)
    )
    return office


def scores_of(
    session: Session,
    office: SmallOffice,
    as_of: datetime = AFTER_OCTOBER,
    revision: int | None = None,
) -> MonthlyScores:
    unit = session.get_one(ServiceUnit, office.unit_id)
    facts = {"as_of": as_of, "revision": revision, "staff_url": STAFF_URL}
    return monthly_scores(session, unit, OCTOBER, **facts)  # type: ignore[arg-type]


def row_of(session: Session, office: SmallOffice, officer: int = 0) -> ScoreRow:
    key = session.get_one(Officer, office.officers[officer]).key
    [row] = [row for row in scores_of(session, office).rows if row.officer_key == key]
    return row


def revise(session: Session, office: SmallOffice, closed_at: datetime) -> None:
    """Append revision 1 by hand: the same figures for nobody."""
    first = session.exec(select(Closing).where(col(Closing.unit_id) == office.unit_id)).one()
    same = {name: getattr(first, name) for name in Closing.model_fields}
    session.add(Closing(**{**same, "id": uuid4(), "revision": 1, "closed_at": closed_at}))
    session.flush()


def test_a_row_has_the_columns_that_hr_reads_in_their_order() -> None:
    assert ", ".join(field.name for field in dataclasses.fields(ScoreRow)) == COLUMNS


def test_a_publishable_row_shows_what_a_clerk_finds(session: Session) -> None:
    office = a_closed_october(session, 40)
    row = row_of(session, office)
    voices = clerk_for(session, office, OCTOBER).voices(office.officers[0])
    assert (row.basis, row.n, row.reason) == ("publishable", 40, None)
    assert str(row.index_raw) == half_up(25 * sum(voices, Fraction(0)) / len(voices), 2) == "95.00"
    assert row.interval_low is not None
    assert row.interval_high is not None
    assert row.interval_low < Decimal(95) < row.interval_high <= Decimal(100)


@pytest.mark.parametrize(
    ("n", "basis"), [(0, "insufficient"), (9, "insufficient"), (29, "indicative")]
)
def test_below_publishable_there_is_no_number_but_a_reason(
    session: Session, n: int, basis: str
) -> None:
    row = row_of(session, a_closed_october(session, n))
    assert (row.basis, row.n) == (basis, n)
    assert {getattr(row, name) for name in NUMBERS} == {None}
    assert row.reason


def test_withheld_numbers_are_kept_for_the_officer_and_would_show_if_taken(
    session: Session,
) -> None:
    office = a_closed_october(session, 29)
    kept = session.exec(
        select(OfficerFigure).where(col(OfficerFigure.officer_id) == office.officers[0])
    ).one()
    assert kept.index_raw is not None
    with untriggered(session):
        session.exec(update(OfficerFigure).values(basis="publishable"))
    assert row_of(session, office).index_raw is not None


def test_who_had_no_duty_has_a_row_that_says_so(session: Session) -> None:
    office = small_office(session)
    assign(session, office, 1)
    close_month(
        session,
        office.unit_id,
        OCTOBER,
        closed_by="Wati",
        at=AFTER_OCTOBER,
        rules=only(DEFAULT_RULE),
    )
    row = row_of(session, office, 1)
    assert (row.basis, row.n, row.index_raw) == ("no_duty", 0, None)
    assert row.reason == "Tidak ada jadwal loket dalam jendela 3 bulan."


@pytest.mark.parametrize(
    ("days", "stage"), [(0, "window_open"), (7, "window_open"), (8, "final"), (400, "final")]
)
def test_rows_are_final_when_the_objection_window_is_over(
    session: Session, days: int, stage: str
) -> None:
    office = a_closed_october(session, 12)
    asked = AFTER_OCTOBER + timedelta(days=days)
    assert {row.stage for row in scores_of(session, office, asked).rows} == {stage}


def test_the_rule_of_the_closing_sets_the_objection_window(session: Session) -> None:
    rule = dataclasses.replace(DEFAULT_RULE, objection_days=0)
    office = a_closed_october(session, 12, rule=rule)
    assert {row.stage for row in scores_of(session, office).rows} == {"final"}


def test_before_the_close_there_is_nothing(session: Session) -> None:
    office = a_closed_october(session, 12)
    with pytest.raises(MonthNotClosed):
        scores_of(session, office, AFTER_OCTOBER - timedelta(seconds=1))
    with pytest.raises(MonthNotClosed):
        scores_of(session, small_office(session))


def test_the_newest_revision_of_the_moment_is_shown_and_earlier_ones_stay(
    session: Session,
) -> None:
    office = a_closed_october(session, 40)
    revised_at = AFTER_OCTOBER + timedelta(days=9)
    revise(session, office, revised_at)
    before, after = revised_at - timedelta(seconds=1), revised_at
    assert scores_of(session, office, before).revision == 0
    assert scores_of(session, office, after).revision == 1
    assert len(scores_of(session, office, after, revision=0).rows) == 2
    with pytest.raises(UnknownRevision):
        scores_of(session, office, before, revision=1)


def test_rows_of_other_months_and_units_do_not_mix_in(session: Session) -> None:
    office, other = a_closed_october(session, 3), a_closed_october(session, 4)
    close_month(
        session,
        office.unit_id,
        NOVEMBER,
        closed_by="Wati",
        at=AFTER_NOVEMBER,
        rules=only(DEFAULT_RULE),
    )
    assert [row.n for row in scores_of(session, office).rows].count(3) == 1
    assert {row.unit for row in scores_of(session, other).rows} == {
        session.get_one(ServiceUnit, other.unit_id).code
    }


def test_a_name_that_is_corrected_later_leaves_the_revision_as_it_was(session: Session) -> None:
    office = a_closed_october(session, 40)
    before = row_of(session, office)
    session.execute(
        text("UPDATE officer SET name = 'Siti' WHERE id = :id"), {"id": office.officers[0]}
    )
    session.expire_all()
    assert row_of(session, office) == before

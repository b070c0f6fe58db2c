import dataclasses
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import cycle, islice

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, col, select

from aggregation.closings import Closing, ElementTally, FrozenDuty, OfficerFigure, Tally, TotalTally
from aggregation.method.rule import DEFAULT_RULE, Rule, Weighted
from aggregation.months.draft import draft_month
from aggregation.months.month_check import check_month
from aggregation.months.month_close import (
    AlreadyClosed,
    EarlierMonthOpen,
    LaterMonthClosed,
    MonthNotOver,
    close_month,
)
from aggregation.rules.rule_book import only
from survey.database import reading, writing
from survey.followups import FollowupAfterClose
from survey.month import Month
from tests.factories import make_unit
from tests.month_factories import (
    AFTER_OCTOBER,
    AUGUST,
    MONDAY_AT_9,
    NINE,
    OCTOBER,
    SEPTEMBER,
    Fault,
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
from tests.record_factories import an_office, everything_in, more_about, rows_of, visit
from tests.tampering import untriggered

FIGURES = ("closing", "frozen_duty", "tally", "element_tally", "total_tally", "officer_figure")
ALL_THREES = dict.fromkeys(NINE, 3)
RATINGS = (4, 3, 4, 2, 4, 1)
BOTH_DAYS = (Shift(0, 0, 1, 16, 30), Shift(0, 1, 2, 16, 30))
EVERY_WAY = (
    Seen(MONDAY_AT_9, overall=2, nine={"perilaku": 4, "waktu": 1}),
    Seen(MONDAY_AT_9, overall=None, nine=ALL_THREES),
    Seen(MONDAY_AT_9, overall=None, nine={"biaya": 1}),
    Seen(MONDAY_AT_9, channel="desk_qr", overall=1),
    Seen(MONDAY_AT_9, channel="paper", overall=1),
    Seen(MONDAY_AT_9, late=True, overall=1),
    Seen(None, overall=1),
    Seen(at(6, 9), channel="ticket", overall=3),
    Seen(at(6, 9), channel="kiosk_qr", overall=4, nine=ALL_THREES),
)


def close(
    session: Session,
    office: SmallOffice,
    month: Month = OCTOBER,
    *,
    when: datetime = AFTER_OCTOBER,
    rule: Rule = DEFAULT_RULE,
) -> Closing:
    return close_month(session, office.unit_id, month, closed_by="Wati", at=when, rules=only(rule))


def figure_of(session: Session, closing: Closing, officer: int) -> OfficerFigure:
    return session.exec(
        select(OfficerFigure).where(
            col(OfficerFigure.closing_id) == closing.id, col(OfficerFigure.officer_id) == officer
        )
    ).one()


def some_visits(n: int, half_hour: int = MONDAY_AT_9) -> list[Seen]:
    return [Seen(half_hour, overall=rating) for rating in islice(cycle(RATINGS), n)]


def assert_figures_are_those_of(voices: Sequence[Fraction], figure: OfficerFigure) -> None:
    total = half_up(sum(voices, Fraction(0)), 4)
    assert (figure.n, figure.sum_x) == (len(voices), total)
    assert figure.index_raw == half_up(25 * Fraction(total) / len(voices), 2)


def test_every_officer_has_the_figures_that_a_clerk_finds_in_the_rows(session: Session) -> None:
    office = small_office(session, BOTH_DAYS)
    store(session, office, [*EVERY_WAY, *some_visits(20)])
    closing = close(session, office)
    clerk = clerk_for(session, office, OCTOBER)
    for officer in office.officers:
        assert_figures_are_those_of(clerk.voices(officer), figure_of(session, closing, officer))
    assert closing.responses == 28


@pytest.mark.parametrize("fault", [Fault.ANY_CHANNEL_COUNTS_FOR_PERSONS, Fault.LATE_ONES_COUNT])
def test_a_clerk_who_makes_a_mistake_finds_other_figures(session: Session, fault: Fault) -> None:
    office = small_office(session, BOTH_DAYS)
    store(session, office, EVERY_WAY)
    figure = figure_of(session, close(session, office), office.officers[0])
    clerk = clerk_for(session, office, OCTOBER, fault=fault)
    with pytest.raises(AssertionError):
        assert_figures_are_those_of(clerk.voices(office.officers[0]), figure)


def test_the_window_adds_the_counts_of_its_closed_months(session: Session) -> None:
    office = small_office(session)
    for month, monday, n in ((AUGUST, 3, 7), (SEPTEMBER, 7, 11), (OCTOBER, 5, 13)):
        store(session, office, some_visits(n, at(monday, 9, month)), month)
    [*_, closing] = [close(session, office, month) for month in (AUGUST, SEPTEMBER, OCTOBER)]
    figure = figure_of(session, closing, office.officers[0])
    clerk = clerk_for(session, office, AUGUST, SEPTEMBER, OCTOBER)
    assert_figures_are_those_of(clerk.voices(office.officers[0]), figure)
    assert (figure.window_months, figure.n, figure.n_month) == (3, 31, 13)


def test_a_month_that_was_never_closed_is_missing_from_the_window(session: Session) -> None:
    office = small_office(session)
    store(session, office, some_visits(7, at(3, 9, AUGUST)), AUGUST)
    close(session, office, AUGUST)
    figure = figure_of(session, close(session, office), office.officers[0])
    assert (figure.window_months, figure.n) == (2, 7)


def test_a_month_with_responses_is_closed_before_those_whose_window_holds_it(
    session: Session,
) -> None:
    office = small_office(session)
    store(session, office, some_visits(11, at(7, 9, SEPTEMBER)), SEPTEMBER)
    with pytest.raises(EarlierMonthOpen) as refused:
        close(session, office)
    assert refused.value.month == SEPTEMBER
    close(session, office, SEPTEMBER)
    assert figure_of(session, close(session, office), office.officers[0]).window_months == 2


def test_a_month_is_not_closed_behind_a_later_one(session: Session) -> None:
    office = small_office(session)
    close(session, office)
    with pytest.raises(LaterMonthClosed):
        close(session, office, SEPTEMBER)


def test_who_shares_every_half_hour_had_a_duty_all_the_same(session: Session) -> None:
    both = (Shift(0, 0, 1, 16, 30), Shift(0, 1, 1, 16, 30))
    office = small_office(session, both)
    store(session, office, some_visits(12, MONDAY_AT_9))
    figure = figure_of(session, close(session, office), office.officers[0])
    assert (figure.basis, figure.n) == ("insufficient", 0)


def test_an_earlier_month_is_counted_anew_when_the_rule_takes_other_elements(
    session: Session,
) -> None:
    office = small_office(session)
    september = [Seen(at(7, 9, SEPTEMBER), overall=4, nine={"perilaku": 1, "sarana": 2})] * 12
    store(session, office, september, SEPTEMBER)
    close(session, office, SEPTEMBER)
    newer = dataclasses.replace(DEFAULT_RULE, version="2", elements=(Weighted("SARANA", 1),))
    figure = figure_of(session, close(session, office, rule=newer), office.officers[0])
    assert (figure.n, figure.index_raw) == (12, "50.00")


def test_a_duty_moved_after_the_close_moves_nothing(session: Session) -> None:
    office = small_office(session)
    store(session, office, some_visits(12, at(7, 9, SEPTEMBER)), SEPTEMBER)
    close(session, office, SEPTEMBER)
    session.execute(text("UPDATE duty SET officer_id = :id"), {"id": office.officers[1]})
    figure = figure_of(session, close(session, office), office.officers[0])
    assert figure.n == 12


def test_who_belongs_to_the_unit_without_a_duty_is_told_so(session: Session) -> None:
    office = small_office(session)
    assign(session, office, 1)
    figure = figure_of(session, close(session, office), office.officers[1])
    assert (figure.basis, figure.n, figure.index_raw) == ("no_duty", 0, None)
    assert figure.reason


def test_who_neither_belongs_nor_serves_gets_no_row(session: Session) -> None:
    office = small_office(session, officers=3)
    assign(session, office, 1)
    closing = close(session, office)
    rows = session.exec(select(OfficerFigure).where(col(OfficerFigure.closing_id) == closing.id))
    assert {row.officer_id for row in rows} == set(office.officers[:2])


def test_the_tallies_stored_are_the_responses_of_the_month(session: Session) -> None:
    office = small_office(session, BOTH_DAYS)
    store(session, office, EVERY_WAY)
    closing = close(session, office)
    cells = session.exec(select(Tally).where(col(Tally.closing_id) == closing.id)).all()
    assert sum(cell.count for cell in cells) == len(EVERY_WAY)
    assert all(sum(json.loads(cell.combinations).values()) == cell.count for cell in cells)
    totals = session.exec(select(TotalTally)).all()
    assert [(row.total, row.count) for row in totals] == [(27, 1), (27, 1)]
    elements = session.exec(select(ElementTally)).all()
    assert sum(row.count for row in elements) == 2 * len(NINE)
    [monday, tuesday] = sorted({row.officer_id for row in session.exec(select(FrozenDuty))})
    assert (monday, tuesday) == office.officers


def test_closing_twice_writes_once_and_names_the_closing(engine: Engine) -> None:
    with writing(engine) as session:
        office = small_office(session)
        store(session, office, some_visits(40))
        first = close(session, office).id
    before = everything_in(engine)
    with pytest.raises(AlreadyClosed) as refused, writing(engine) as session:
        close(session, office, when=AFTER_OCTOBER + timedelta(days=3))
    assert (refused.value.closing.id, refused.value.closing.closed_by) == (first, "Wati")
    assert everything_in(engine) == before


def test_a_month_that_is_not_over_where_the_unit_is_cannot_be_closed(session: Session) -> None:
    last_evening = datetime(2026, 10, 31, 16, 30, tzinfo=UTC)  # 23.30 in Jakarta, 01.30 in Jayapura
    west, east = make_unit(session), make_unit(session, time_zone="Asia/Jayapura")
    facts = {"closed_by": "Wati", "at": last_evening, "rules": only(DEFAULT_RULE)}
    with pytest.raises(MonthNotOver):
        close_month(session, west, OCTOBER, **facts)  # type: ignore[arg-type]
    assert close_month(session, east, OCTOBER, **facts).responses == 0  # type: ignore[arg-type]
    with pytest.raises(MonthNotOver):
        close_month(session, east, Month(2027, 1), **facts)  # type: ignore[arg-type]


def test_the_digest_knows_neither_the_time_of_closing_nor_random_keys(engine: Engine) -> None:
    with writing(engine) as session:
        office = small_office(session, BOTH_DAYS)
        store(session, office, EVERY_WAY)
    digests = set()
    for days in (0, 9):
        with reading(engine) as session:
            closing = close(session, office, when=AFTER_OCTOBER + timedelta(days=days))
            digests.add(closing.figures_digest)
    assert len(digests) == 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE response SET overall = 3 WHERE overall = 2",
        "UPDATE response SET late = true WHERE channel = 'ticket'",
        "UPDATE followup SET biaya = 2 WHERE persyaratan = 3",
        "UPDATE duty SET end_slot = end_slot - 1 WHERE weekday = 1",
    ],
)
def test_the_digest_knows_what_figures_rest_on(engine: Engine, change: str) -> None:
    with writing(engine) as session:
        office = small_office(session, BOTH_DAYS)
        store(session, office, EVERY_WAY)
    with reading(engine) as session:
        before = close(session, office).figures_digest
    with reading(engine) as session:
        with untriggered(session):
            session.execute(text(change))
        assert close(session, office).figures_digest != before


def test_what_comes_after_the_close_is_late_and_changes_nothing(engine: Engine) -> None:
    office = an_office(engine)
    last_evening = datetime(2026, 10, 31, 16, 0, tzinfo=UTC)  # 23.00 in Jakarta
    unfinished, late = visit(2, served_at=last_evening), visit(1, served_at=last_evening)
    office.send(unfinished, last_evening)
    after_midnight = last_evening + timedelta(hours=2)
    with writing(engine) as session:
        closing = close_month(
            session, office.desk.unit_id, OCTOBER,
            closed_by="Wati", at=after_midnight, rules=only(DEFAULT_RULE),
        )  # fmt: skip
        assert closing.responses == 1
    figures = [rows_of(engine, name) for name in FIGURES]
    office.send(late, after_midnight)
    with pytest.raises(FollowupAfterClose):
        office.add(more_about(unfinished, PERILAKU=1), after_midnight)
    assert [row["overall"] for row in office.responses if row["late"]] == [1]
    assert [rows_of(engine, name) for name in FIGURES] == figures


def test_the_close_is_an_entry_of_the_log_without_a_name(engine: Engine) -> None:
    with writing(engine) as session:
        office = small_office(session)
        close(session, office)
    [entry] = [row for row in rows_of(engine, "log_entry") if row["act"] == "month.closed"]
    assert json.loads(entry["facts"])["month"] == "2026-10"
    assert "Wati" not in repr(entry)


def test_a_draft_writes_nothing_and_has_the_figures_of_the_close(engine: Engine) -> None:
    with writing(engine) as session:
        office = small_office(session, BOTH_DAYS)
        store(session, office, EVERY_WAY)
    before = everything_in(engine)
    with reading(engine) as session:
        draft = draft_month(session, office.unit_id, OCTOBER, only(DEFAULT_RULE), AFTER_OCTOBER)
    assert everything_in(engine) == before
    with writing(engine) as session:
        assert close(session, office).figures_digest == draft.digest()


def test_the_check_tells_what_stands_out(session: Session) -> None:
    office = small_office(session, (*BOTH_DAYS, Shift(0, 1, 1, 20, 22)))
    store(session, office, [*EVERY_WAY, Seen(at(5, 10))])
    draft = draft_month(session, office.unit_id, OCTOBER, only(DEFAULT_RULE), AFTER_OCTOBER)
    said = "\n".join(map(str, check_month(session, draft)))
    for word in ("1 tanggapan terlambat", "2 tanggapan dihitung untuk loket", "Jadwal bertumpuk"):
        assert word in said


def test_the_check_of_an_empty_month_says_so(session: Session) -> None:
    draft = draft_month(
        session, small_office(session).unit_id, OCTOBER, only(DEFAULT_RULE), AFTER_OCTOBER
    )
    assert "Tidak ada tanggapan" in str(next(check_month(session, draft)))


def test_what_is_held_back_stands_apart_and_is_named(session: Session) -> None:
    office = small_office(session)
    store(session, office, [*some_visits(4), Seen(at(5, 9), overall=1), Seen(at(5, 3), overall=1)])
    draft = draft_month(session, office.unit_id, OCTOBER, only(DEFAULT_RULE), AFTER_OCTOBER)
    assert (draft.tally.responses, draft.tally.quarantined) == (5, 1)
    assert any("1 tanggapan ditahan" in str(finding) for finding in check_month(session, draft))
    closing = close(session, office)
    assert (closing.responses, closing.figures_digest) == (5, draft.digest())

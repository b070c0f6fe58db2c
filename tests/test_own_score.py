import doctest
import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import uuid4

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlmodel import Session
from werkzeug.test import Client, TestResponse

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.closings import Closing
from aggregation.duties.own_duties import OwnDuty, own_duties
from aggregation.method import strengths as module
from aggregation.method.evidence import Basis
from aggregation.method.officer_score import Reader, may_read
from aggregation.method.rule import DEFAULT_RULE
from aggregation.method.strengths import ElementCounts, strengths
from aggregation.months.month_close import close_month
from aggregation.months.own_months import OwnMonth, own_months
from aggregation.rules.rule_book import only
from survey.database import writing
from survey.month import Month
from tests.month_factories import (
    AFTER_OCTOBER,
    MONDAY_AT_9,
    OCTOBER,
    SEPTEMBER,
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
from tests.page_words import met_on, words
from tests.staff_factories import make_account, member, staff

BOTH_DAYS = (Shift(0, 0, 1, 16, 30), Shift(0, 1, 2, 16, 30))
MINE = {"perilaku": 4, "kompetensi": 3, "waktu": 2}


@pytest.fixture(autouse=True)
def fifth_of_november() -> Iterator[None]:
    with time_machine.travel(AFTER_OCTOBER, tick=False):
        yield


def close(session: Session, office: SmallOffice, month: Month = OCTOBER) -> Closing:
    facts = {"closed_by": "Wati", "at": AFTER_OCTOBER, "rules": only(DEFAULT_RULE)}
    return close_month(session, office.unit_id, month, **facts)  # type: ignore[arg-type]


def rated(n: int, half_hour: int = MONDAY_AT_9, overall: int = 4) -> list[Seen]:
    return [Seen(half_hour, overall=overall, nine=MINE)] * n


def an_office(engine: Engine, n: int = 40, colleagues: int = 12) -> SmallOffice:
    """Let the first of two officers be rated on Mondays, the second on Tuesdays."""
    with writing(engine) as session:
        office = small_office(session, BOTH_DAYS)
        assign(session, office, 0, 1)
        store(session, office, [*rated(n), *rated(colleagues, at(6, 9), 1)])
        close(session, office)
    return office


def officer(engine: Engine, office: SmallOffice, which: int | None = 0) -> Client:
    with writing(engine) as session:
        officer_id = None if which is None else office.officers[which]
        role = RoleIn(Role.OFFICER, office.unit_id)
        account_id = make_account(session, role, officer_id=officer_id)
    return member(staff(engine), engine, account_id=account_id)


def own_page(engine: Engine, office: SmallOffice, which: int | None = 0) -> TestResponse:
    return officer(engine, office, which).get("/staff/saya")


def newest(session: Session, office: SmallOffice, which: int = 0) -> OwnMonth:
    return own_months(session, office.officers[which])[0]


def printed(figure: Decimal | str) -> str:
    return str(figure).replace(".", ",")


def test_an_officers_months_are_closed_ones_newest_first(session: Session) -> None:
    office = small_office(session, BOTH_DAYS)
    assign(session, office, 0)
    store(session, office, rated(11, at(7, 9, SEPTEMBER)), SEPTEMBER)
    store(session, office, rated(30))
    close(session, office, SEPTEMBER)
    store(session, office, rated(50, at(2, 9, Month(2026, 11))), Month(2026, 11))
    assert [each.month for each in own_months(session, office.officers[0])] == [SEPTEMBER]
    close(session, office)
    found = own_months(session, office.officers[0])
    assert [(each.month, each.n_month, each.n) for each in found] == [
        (OCTOBER, 30, 41),
        (SEPTEMBER, 11, 11),
    ]


def test_the_figures_are_those_that_a_clerk_finds_in_the_rows(session: Session) -> None:
    office = small_office(session, BOTH_DAYS)
    store(session, office, [*rated(20), *rated(15, overall=1), *rated(40, at(6, 9))])
    close(session, office)
    voices = clerk_for(session, office, OCTOBER).voices(office.officers[0])
    figures = newest(session, office).figures
    assert figures is not None
    total = half_up(sum(voices, Fraction(0)), 4)
    assert str(figures.sum_x) == total
    assert str(figures.raw) == half_up(25 * Fraction(total) / len(voices), 2)


def test_each_revision_replaces_the_one_before(session: Session) -> None:
    office = small_office(session, BOTH_DAYS)
    store(session, office, rated(30))
    first = dict(close(session, office))
    session.add(Closing(**{**first, "id": uuid4(), "revision": 1, "reason": "keberatan"}))
    session.flush()
    assert own_months(session, office.officers[0]) == []


def test_months_are_one_officers_alone(session: Session) -> None:
    office = small_office(session, BOTH_DAYS)
    store(session, office, [*rated(30), *rated(11, at(6, 9), 1)])
    close(session, office)
    assert [newest(session, office, which).n for which in (0, 1)] == [30, 11]


@pytest.mark.parametrize("basis", Basis)
def test_indicative_figures_are_for_the_officer_alone(basis: Basis) -> None:
    own = {Basis.PUBLISHABLE, Basis.INDICATIVE}
    assert may_read(Reader.OFFICER, basis) is (basis in own)
    assert may_read(Reader.HR, basis) is (basis is Basis.PUBLISHABLE)


def test_the_examples_in_the_docstring_hold() -> None:
    assert doctest.testmod(module).failed == 0


def counted(code: str, *given_: int) -> ElementCounts:
    one, two, three, four = given_
    return ElementCounts(code, (one, two, three, four), 1)


def test_strengths_are_said_only_where_the_answers_bear_them_out() -> None:
    elements = [
        counted("KESELURUHAN", 0, 2, 15, 25),
        counted("PERILAKU", 0, 0, 5, 55),
        counted("KOMPETENSI", 10, 10, 20, 20),
        counted("WAKTU", 0, 0, 0, 9),
    ]
    found = [each.code for each in strengths(elements, DEFAULT_RULE)]
    assert found == ["PERILAKU", "KESELURUHAN"]


@given(st.lists(st.integers(0, 60), min_size=4, max_size=4))
def test_a_strength_has_a_mean_above_the_target(given_: Sequence[int]) -> None:
    for each in strengths([counted("PERILAKU", *given_)], DEFAULT_RULE):
        assert each.mean is not None
        assert 25 * each.mean >= DEFAULT_RULE.target_index


def test_the_page_says_the_index_and_its_doubt_in_plain_words(sqlite_engine: Engine) -> None:
    office = an_office(sqlite_engine)
    page = own_page(sqlite_engine, office)
    with writing(sqlite_engine) as session:
        figures = newest(session, office).figures
    assert figures is not None
    low, high = printed(figures.interval.low), printed(figures.interval.high)
    assert f'<p class="big num">{printed(figures.index)}</p>' in page.text
    assert f"Kemungkinan besar antara {low} dan {high} (keyakinan 95%)." in page.text


def test_strengths_come_before_the_figures(sqlite_engine: Engine) -> None:
    said = words(own_page(sqlite_engine, an_office(sqlite_engine)))
    strength = "40 dari 40 warga memberi nilai tertinggi."
    assert said.index(strength) < said.index("Kemungkinan besar")


def test_too_few_responses_give_words_and_no_number(sqlite_engine: Engine) -> None:
    page = own_page(sqlite_engine, an_office(sqlite_engine, n=9))
    expected = "Belum cukup data: 9 tanggapan, minimal 10. Tidak ada angka bulan ini."
    assert expected in page.text
    assert 'class="big' not in page.text
    assert "warga memberi nilai tertinggi" not in page.text


def test_an_indicative_figure_is_shown_without_the_answers_behind_it(
    sqlite_engine: Engine,
) -> None:
    page = own_page(sqlite_engine, an_office(sqlite_engine, n=18))
    assert "Baru 18 tanggapan, minimal 30 untuk dipakai dalam penilaian." in page.text
    assert 'class="big' in page.text
    assert "warga memberi nilai tertinggi" not in page.text


def test_the_page_names_no_colleague_and_shows_none_of_their_figures(
    sqlite_engine: Engine,
) -> None:
    office = an_office(sqlite_engine, colleagues=31)
    page = own_page(sqlite_engine, office)
    with writing(sqlite_engine) as session:
        name = session.execute(
            text("SELECT name FROM officer WHERE id = :id"), {"id": office.officers[1]}
        ).scalar_one()
        theirs = newest(session, office, 1).figures
    assert theirs is not None
    assert name not in page.text
    assert printed(theirs.index) not in page.text
    assert printed(theirs.index) in own_page(sqlite_engine, office, 1).text


def test_ratings_after_the_close_change_nothing_on_the_page(sqlite_engine: Engine) -> None:
    office = an_office(sqlite_engine)
    client = officer(sqlite_engine, office)
    before = client.get("/staff/saya").text
    november = Month(2026, 11)
    with writing(sqlite_engine) as session:
        store(session, office, rated(50, at(2, 9, november), 1), november)
    assert _without_tokens(client.get("/staff/saya").text) == _without_tokens(before)


def _without_tokens(page: str) -> str:
    return re.sub(r'value="[^"]{40,}"', "", page)


@pytest.mark.parametrize(
    "address", ["/staff/saya?bulan=2026-11", "/staff/saya?bulan=x", "/staff/saya/petugas1"]
)
def test_other_months_and_officers_have_no_address(sqlite_engine: Engine, address: str) -> None:
    office = an_office(sqlite_engine)
    assert officer(sqlite_engine, office).get(address).status_code == 404


def test_an_account_without_an_officer_says_whom_to_ask(sqlite_engine: Engine) -> None:
    page = own_page(sqlite_engine, an_office(sqlite_engine), None)
    assert page.status_code == 200
    assert "Mintalah kepada operator di unit Anda" in page.text


def test_before_the_first_close_there_is_no_figure(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        office = small_office(session, BOTH_DAYS)
        store(session, office, rated(40))
    page = own_page(sqlite_engine, office)
    assert "Belum ada bulan yang ditutup" in page.text
    assert "40" not in met_on(page)


@pytest.mark.parametrize("role", [Role.UNIT_HEAD, Role.HR, Role.OPERATOR, Role.AUDITOR])
def test_the_page_is_for_officers(sqlite_engine: Engine, role: Role) -> None:
    an_office(sqlite_engine)
    client = member(staff(sqlite_engine), sqlite_engine, RoleIn(role))
    assert client.get("/staff/saya").status_code == 403


def test_reading_ones_own_page_is_nobody_elses_business(sqlite_engine: Engine) -> None:
    own_page(sqlite_engine, an_office(sqlite_engine))
    with writing(sqlite_engine) as session:
        assert (
            session.execute(text("SELECT 1 FROM log_entry WHERE act = 'people.read'")).all() == []
        )


def test_the_duties_of_a_week_are_the_officers_own(session: Session) -> None:
    office = small_office(session, (*BOTH_DAYS, Shift(1, 0, 3, 16, 20), Shift(0, 0, 1, 30, 32)))
    name = session.execute(
        text("SELECT name FROM desk WHERE id = :id"), {"id": office.desks[0]}
    ).scalar_one()
    monday = date(2026, 11, 2)
    found = own_duties(session, office.officers[0], monday)
    assert found[0] == OwnDuty(monday, name, 16, 32)
    assert [(duty.day.day, duty.first_slot) for duty in found] == [(2, 16), (4, 16)]


def test_a_duty_over_midnight_is_told_day_by_day(session: Session) -> None:
    office = small_office(session, (Shift(0, 0, 7, 40, 48), Shift(0, 0, 1, 0, 8)))
    found = own_duties(session, office.officers[0], date(2026, 11, 9))
    assert [(str(duty.day), duty.first_slot, duty.end_slot) for duty in found] == [
        ("2026-11-09", 0, 8),
        ("2026-11-15", 40, 48),
    ]


def test_a_week_over_the_end_of_a_month_is_whole(session: Session) -> None:
    office = small_office(session, [Shift(0, 0, day, 16, 20) for day in range(1, 8)])
    found = own_duties(session, office.officers[0], date(2026, 10, 26))
    assert len(found) == 7

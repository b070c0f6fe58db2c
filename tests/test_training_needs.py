"""Weak elements by group of desks and quarter: marked beyond chance, and nobody given away."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from io import BytesIO, StringIO
from itertools import chain

import numpy as np
import pytest
import time_machine
from flask import Flask
from hypothesis import assume, given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine
from sqlmodel import Session
from werkzeug.test import Client

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.appraisal.desk_groups import DeskGroup, Desks, KnownDesk, released_groups
from aggregation.appraisal.training_needs import (
    TrainingNeeds,
    _weak,
    closed_quarters,
    training_needs,
)
from aggregation.method.evidence import Basis
from aggregation.method.naming import Heard, Name, named
from aggregation.method.questionnaire_counts import NO_QUESTIONNAIRES, QuestionnaireCounts
from aggregation.method.rule import DEFAULT_RULE
from aggregation.method.suppression import SMALLEST_CELL
from aggregation.months.period import Period
from survey.database import reading, writing
from survey.models import Desk
from survey.month import Month
from survey.questionnaire import ORDERS, RATINGS, Element, ElementOrder
from tests.month_factories import SmallOffice, half_up
from tests.page_words import met_on, words
from tests.recognition_factories import GOOD, SLOW, desks_office, gives, rated_unit
from tests.score_factories import code_of
from tests.staff_factories import member, staff
from tests.subtraction import hidden_by_itself

JULY, AUGUST, SEPTEMBER = (Month(2026, number) for number in (7, 8, 9))
THIRD = Period.parse("2026-Q3")
ORDER = ORDERS[ElementOrder.BODY]
QUARTER = {
    JULY: {0: [SLOW] * 15, 1: [GOOD] * 12, 2: [GOOD] * 2},
    AUGUST: {0: [SLOW] * 30, 1: [GOOD] * 11},
    SEPTEMBER: {0: [SLOW] * 15, 1: [GOOD] * 13, 2: [GOOD] * 2},
}
"""A slow desk that is often rated, a good one, and one that has 4 questionnaires in all."""


@pytest.fixture(autouse=True)
def _october() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 10, 6, 2, tzinfo=UTC), tick=False):
        yield


def needs_of(session: Session, office: SmallOffice) -> TrainingNeeds:
    found = training_needs(session, office.unit_id, THIRD, ORDER)
    assert found is not None
    return found


# What the table says.


def test_a_quarter_pools_its_months_and_every_mean_is_that_of_the_rows(session: Session) -> None:
    slow, rest = needs_of(session, desks_office(session, QUARTER)).groups
    assert (slow.n, rest.n) == (60, 40)
    for cell in slow.cells:
        given = SLOW[cell.element.value.lower()]
        assert str(cell.mean) == half_up(Fraction(given), 2)
        assert cell.low <= cell.mean
    assert [cell.element for cell in slow.cells] == list(ORDER)


def test_what_lies_below_target_beyond_chance_is_marked(session: Session) -> None:
    found = needs_of(session, desks_office(session, QUARTER))
    assert [(place, cell.element) for place, cell in found.weak] == [(0, Element.WAKTU)]
    [waktu] = [cell for _, cell in found.weak]
    assert waktu.high < found.target


def test_a_few_unhappy_citizens_are_no_mark(session: Session) -> None:
    few = {month: {0: [SLOW] * 5, 1: [GOOD] * 5} for month in (JULY, AUGUST, SEPTEMBER)}
    found = needs_of(session, desks_office(session, few))
    assert [each.n for each in found.groups] == [15, 15]
    assert found.weak == []


def test_desks_with_the_same_services_are_one_group(session: Session) -> None:
    each_month = {0: [SLOW] * 15, 1: [GOOD] * 12, 2: [GOOD] * 11}
    office = desks_office(session, dict.fromkeys((JULY, AUGUST, SEPTEMBER), each_month))
    groups = needs_of(session, office).groups
    assert [len(each.group.desks) for each in groups] == [1, 2]
    gives(session, office, 2)
    assert [len(each.group.desks) for each in needs_of(session, office).groups] == [1, 1, 1]


def test_a_quarter_is_told_once_its_last_month_is_closed(session: Session) -> None:
    office = desks_office(session, {JULY: QUARTER[JULY], AUGUST: QUARTER[AUGUST]})
    assert closed_quarters(session, office.unit_id) == []
    other = desks_office(session, {SEPTEMBER: QUARTER[SEPTEMBER]})
    assert closed_quarters(session, other.unit_id) == [THIRD]


def test_a_hidden_month_is_not_shown_by_its_quarter(session: Session) -> None:
    """The unit's page hides a July of four; what the table pools would give it away."""
    sheets = {JULY: {0: [GOOD] * 4}, AUGUST: {0: [GOOD] * 20}, SEPTEMBER: {0: [GOOD] * 20}}
    office = desks_office(session, sheets)
    assert training_needs(session, office.unit_id, THIRD, ORDER) is None


def test_marks_by_chance_are_rare() -> None:
    """All elements of all groups at target: somebody is marked in one run of twenty at most."""
    lot = np.random.default_rng(20261122)
    shares = _at_target()
    runs = [
        {DeskGroup((f"S{n}",), ()): _drawn(lot, shares, 80) for n in range(4)} for _ in range(300)
    ]
    assert sum(bool(_weak(groups, DEFAULT_RULE)) for groups in runs) <= 15
    assert sum(one_by_one(groups) for groups in runs[:40]) > 8


def one_by_one(groups: Mapping[DeskGroup, QuestionnaireCounts]) -> bool:
    """The control: each element by itself, as if it were the only one."""
    return any(
        Name.NEEDS_HELP in named({0: alone(counts, element)}, DEFAULT_RULE).values()
        for counts in groups.values()
        for element in Element
    )


def alone(counts: QuestionnaireCounts, element: Element) -> Heard:
    given = {Fraction(r): counts.ratings.get((element, r), 0) for r in RATINGS}
    return Heard(given, Basis.PUBLISHABLE)


# What the table gives away: nothing about a small desk, however the desks are grouped.


Release = Callable[
    [Mapping[int | None, QuestionnaireCounts], Desks], Mapping[DeskGroup, QuestionnaireCounts]
]
SIZES = st.lists(st.integers(0, 30), min_size=2, max_size=7)


def counted(n: int) -> QuestionnaireCounts:
    return QuestionnaireCounts({(each, 3): n for each in Element}, {27: n})


def grouped(places: Sequence[int]) -> dict[int | None, KnownDesk]:
    return {n: KnownDesk(f"L{n}", f"L{n}", (f"S{place}",)) for n, place in enumerate(places)}


def by_the_cut(
    counts: Mapping[int | None, QuestionnaireCounts], desks: Desks
) -> Mapping[DeskGroup, QuestionnaireCounts]:
    """Group what the cut by desk shows."""
    hidden = hidden_by_itself({str(desk): each.n for desk, each in counts.items()})
    cells = {desk: None if str(desk) in hidden else each for desk, each in counts.items()}
    return released_groups(cells, sum(counts.values(), start=NO_QUESTIONNAIRES), desks)


def whole_groups(
    counts: Mapping[int | None, QuestionnaireCounts], desks: Desks
) -> Mapping[DeskGroup, QuestionnaireCounts]:
    """The control: each group with all of its desks, hidden only if the group itself is small."""
    found: dict[DeskGroup, QuestionnaireCounts] = {}
    for services in {desks[each].services for each in counts}:
        members = [each for each in counts if desks[each].services == services]
        group = DeskGroup(services, tuple(desks[each].name for each in members))
        total = sum((counts[each] for each in members), start=NO_QUESTIONNAIRES)
        if total.n >= SMALLEST_CELL:
            found[group] = total
    return found


def derived(sizes: Sequence[int], groupings: Sequence[Sequence[int]], release: Release) -> set[int]:
    """Return the small desks that somebody can compute from the total and every table."""
    counts: dict[int | None, QuestionnaireCounts] = {
        desk: counted(n) for desk, n in enumerate(sizes) if n
    }
    rows, values = [[1.0] * len(sizes)], [float(sum(sizes))]
    for places in groupings:
        for group, total in release(counts, grouped(places)).items():
            rows.append([float(f"L{desk}" in group.desks) for desk in range(len(sizes))])
            values.append(float(total.n))
    known = np.array(rows)
    small = [desk for desk, n in enumerate(sizes) if 0 < n < SMALLEST_CELL]
    rank = np.linalg.matrix_rank(known)
    found = set()
    for desk in small:
        alone = np.eye(len(sizes))[[desk]]
        if np.linalg.matrix_rank(np.vstack([known, alone])) == rank:
            found.add(desk)
    return found


@given(SIZES, st.lists(st.lists(st.integers(0, 2), min_size=7, max_size=7), min_size=1, max_size=4))
def test_no_small_desk_can_be_computed_however_often_desks_are_regrouped(
    sizes: list[int], groupings: list[list[int]]
) -> None:
    assume(sum(sizes) >= SMALLEST_CELL)
    places = [each[: len(sizes)] for each in groupings]
    assert derived(sizes, places, by_the_cut) == set()


@given(SIZES, st.lists(st.integers(0, 2), min_size=7, max_size=7))
def test_every_row_stands_for_ten_people_and_all_rows_for_the_total(
    sizes: list[int], places: list[int]
) -> None:
    assume(sum(sizes) >= SMALLEST_CELL)
    counts: dict[int | None, QuestionnaireCounts] = {
        d: counted(n) for d, n in enumerate(sizes) if n
    }
    shown = by_the_cut(counts, grouped(places[: len(sizes)]))
    assert all(total.n >= SMALLEST_CELL for total in shown.values())
    assert sum(total.n for total in shown.values()) == sum(sizes)


def test_groups_shown_whole_would_give_a_small_desk_away() -> None:
    sizes, groupings = (20, 4, 15), ((0, 0, 1), (0, 1, 1))
    assert derived(sizes, groupings, whole_groups) == {1}
    assert derived(sizes, groupings, by_the_cut) == set()


def test_windows_that_overlap_would_give_a_single_month_away() -> None:
    """Why the table is made by quarter: July to September less August to October."""
    months = {7: 4, 8: 20, 9: 20, 10: 16, 11: 12, 12: 9}
    rolling = {last: sum(months[m] for m in range(max(7, last - 2), last + 1)) for last in months}
    assert rolling[8] - months[8] == months[7]
    assert all(rolling[last] >= SMALLEST_CELL for last in months if last > 7)
    quarters = [sum(months[m] for m in (7, 8, 9)), sum(months[m] for m in (10, 11, 12))]
    assert set(chain(quarters)) & {n for n in months.values() if n < SMALLEST_CELL} == set()


# The page and its files.


@pytest.fixture
def office(sqlite_engine: Engine) -> SmallOffice:
    with writing(sqlite_engine) as session:
        return desks_office(session, QUARTER)


@pytest.fixture
def app(sqlite_engine: Engine) -> Flask:
    return staff(sqlite_engine)


def as_role(app: Flask, engine: Engine, role: Role = Role.HR) -> Client:
    return member(app, engine, RoleIn(role))


def place_of(engine: Engine, office: SmallOffice) -> str:
    with reading(engine) as session:
        return f"/staff/unit/{code_of(session, office)}/pelatihan"


def test_the_page_says_what_to_train_and_names_no_small_desk(
    app: Flask, sqlite_engine: Engine, office: SmallOffice
) -> None:
    page = met_on(as_role(app, sqlite_engine).get(place_of(sqlite_engine, office)))
    assert "Waktu pelayanan" in page
    assert "rata-rata 2,00" in page
    assert "Mengatur antrean" in page
    assert "Loket lain, digabung" in page
    assert "Petugas" not in page.replace("petugas", "")


def test_page_csv_and_workbook_hold_the_same_cells(
    app: Flask, sqlite_engine: Engine, office: SmallOffice
) -> None:
    client, place = as_role(app, sqlite_engine), place_of(sqlite_engine, office)
    text = client.get(f"{place}/berkas/csv").data.decode("utf-8-sig")
    rows = list(csv.reader(StringIO(text), delimiter=";"))
    book = CalamineWorkbook.from_filelike(BytesIO(client.get(f"{place}/berkas/xlsx").data))
    assert book.get_sheet_by_index(0).to_python() == rows
    page = words(client.get(place))
    assert len(rows) == 1 + 2 * len(ORDER)
    for row in rows[1:]:
        mark = "Perlu perhatian " if row[8] else ""
        assert f"{row[3]} {mark}{row[5]} {row[6]}–{row[7]}" in page


def test_a_desk_with_a_formula_for_a_name_runs_nothing(
    app: Flask, sqlite_engine: Engine, office: SmallOffice
) -> None:
    with writing(sqlite_engine) as session:
        session.get_one(Desk, office.desks[0]).name = "=1+1"
    place = place_of(sqlite_engine, office)
    text = as_role(app, sqlite_engine).get(f"{place}/berkas/csv").data.decode("utf-8-sig")
    assert ";'=1+1;" in text


@pytest.mark.parametrize("wrong", ["?triwulan=2026-Q2", "?triwulan=x", "/berkas/pdf",
    "/berkas/csv?triwulan=2026-07"])  # fmt: skip
def test_what_there_is_not_is_not_found(
    app: Flask, sqlite_engine: Engine, office: SmallOffice, wrong: str
) -> None:
    assert (
        as_role(app, sqlite_engine).get(place_of(sqlite_engine, office) + wrong).status_code == 404
    )


def test_without_a_closed_quarter_the_page_says_when(app: Flask, sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        young = desks_office(session, {JULY: QUARTER[JULY]})
    client, place = as_role(app, sqlite_engine), place_of(sqlite_engine, young)
    assert "Belum ada triwulan yang lengkap." in client.get(place).text
    told = client.get(f"{place}/berkas/csv", follow_redirects=True)
    assert "Belum ada tabel yang dapat diunduh." in told.text


HELP = {0: (0, 0, 0, 80), 2: (12, 25, 40, 4)}


@pytest.mark.parametrize(("role", "told"), [(Role.HR, True), (Role.UNIT_HEAD, False)])
def test_that_somebody_needs_help_is_told_to_who_reads_scores_and_not_who(
    app: Flask, sqlite_engine: Engine, role: Role, told: bool
) -> None:
    with writing(sqlite_engine) as session:
        office = rated_unit(session, HELP, month=SEPTEMBER, sheets=[GOOD] * 12)
    page = met_on(as_role(app, sqlite_engine, role).get(place_of(sqlite_engine, office)))
    assert ("pendampingan perorangan" in page) is told
    assert "Sari" not in page


def _at_target() -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return shares of 1 to 4 whose mean is the target, 76.61 points."""
    return np.array([0.02, 0.15, 0.5756, 0.2544])


def _drawn(
    lot: np.random.Generator, shares: np.ndarray[tuple[int], np.dtype[np.float64]], n: int
) -> QuestionnaireCounts:
    sheets = lot.choice([1, 2, 3, 4], (n, len(Element)), p=shares)
    return QuestionnaireCounts.of(
        dict(zip(Element, map(int, sheet), strict=True)) for sheet in sheets
    )

"""No hidden cell of a year comes out by adding and subtracting what was shown (method §9)."""

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregation.method.cuts import EVERYBODY, Cut
from aggregation.method.release_rule import (
    Board,
    Same,
    cells_that_may_be_shown,
    same_people,
    whole_may_be_shown,
)
from aggregation.method.suppression import SMALLEST_CELL
from aggregation.months.period import Period
from tests.subtraction import Attack, Cell, hidden_by_itself, months

YEAR = Period.parse("2026").pool()
MONTHS = months("2026")
ENDING = {month: [month] for month in MONTHS}
for longer in ("Q1", "Q2", "Q3", "Q4", "S1", "S2"):
    ENDING[months(f"2026-{longer}")[-1]].append(f"2026-{longer}")
ENDING["2026-12"].append("2026")

Chooser = Callable[[Board, str], frozenset[str]]


def by_the_rule(board: Board, period: str) -> frozenset[str]:
    return cells_that_may_be_shown(board, Cut.SERVICE, period)


def released_year(sizes: dict[str, dict[str, int]], choose: Chooser = by_the_rule) -> Attack:
    """Close month after month, and release what may be shown at each close."""
    closed: dict[str, dict[str, int]] = {}
    wholes: dict[str, dict[str, int]] = {}
    shown: set[Cell] = set()
    decided: list[str] = []
    for month in MONTHS:
        closed[month] = sizes.get(month, {})
        wholes[month] = {EVERYBODY: sum(closed[month].values())}
        for period in ENDING[month]:
            if whole_may_be_shown(board(closed, wholes, shown, decided), period):
                shown.add((period, EVERYBODY))
            cells = choose(board(closed, wholes, shown, decided), period)
            shown |= {(period, each) for each in cells}
            decided.append(period)
    return Attack(sizes, frozenset(shown), tuple(decided))


counts = st.one_of(st.integers(0, 14), st.sampled_from([0, 3, 9, 10, 11, 30]))
years = st.dictionaries(
    st.sampled_from(MONTHS),
    st.dictionaries(st.sampled_from("ABCDE"), counts, max_size=5),
    max_size=12,
)


@given(years)
@settings(max_examples=60)
def test_nothing_hidden_comes_out_by_subtraction(sizes: dict[str, dict[str, int]]) -> None:
    attack = released_year(sizes)
    assert attack.derived() == set()
    assert attack.few_left_over() == set()
    assert all(attack.size(*cell) >= SMALLEST_CELL for cell in attack.shown)


@given(years, st.randoms(use_true_random=False))
@settings(max_examples=15)
def test_what_is_shown_depends_on_sizes_alone(
    sizes: dict[str, dict[str, int]], random: object
) -> None:
    letters = list("ABCDE")
    random.shuffle(letters)  # type: ignore[attr-defined]
    renamed = dict(zip("ABCDE", letters, strict=True))
    other = {m: {renamed[c]: n for c, n in cells.items()} for m, cells in sizes.items()}
    expected = {(p, renamed.get(c, c)) for p, c in released_year(sizes).shown}
    assert released_year(other).shown == expected


def board(
    closed: dict[str, dict[str, int]],
    wholes: dict[str, dict[str, int]],
    shown: set[Cell],
    decided: list[str],
) -> Board:
    """Return a year of one cut beside its wholes."""
    everywhere = {(Cut.WHOLE, *each) for each in shown if each[1] == EVERYBODY}
    return Board(
        YEAR,
        {Cut.WHOLE: wholes, Cut.SERVICE: closed},
        frozenset(everywhere | {(Cut.SERVICE, *each) for each in shown}),
        frozenset((cut, period) for cut in (Cut.WHOLE, Cut.SERVICE) for period in decided),
    )


UNEVEN = {
    "2026-01": {"A": 45, "B": 5, "C": 20},
    "2026-02": {"A": 40, "B": 25, "C": 12},
    "2026-03": {"A": 50, "B": 30, "C": 14},
}


def sizes_of(board: Board, period: str) -> Counter[str]:
    return sum(
        (Counter(board.sizes[Cut.SERVICE].get(month, {})) for month in months(period)),
        start=Counter[str](),
    )


def without_complements(board: Board, period: str) -> frozenset[str]:
    return frozenset(
        each
        for each in {c for m in months(period) for c in board.sizes[Cut.SERVICE].get(m, {})}
        if sum(board.sizes[Cut.SERVICE].get(m, {}).get(each, 0) for m in months(period))
        >= SMALLEST_CELL
    )


def cut_by_cut(board: Board, period: str) -> frozenset[str]:
    """Hide within each period, and forget the other ones."""
    cells = {c for m in months(period) for c in board.sizes[Cut.SERVICE].get(m, {})}
    sizes = {
        c: sum(board.sizes[Cut.SERVICE].get(m, {}).get(c, 0) for m in months(period)) for c in cells
    }
    if (Cut.SERVICE, period, EVERYBODY) not in board.shown:
        return frozenset()
    return frozenset({c for c, size in sizes.items() if size} - hidden_by_itself(sizes))


def test_the_attack_succeeds_without_complements() -> None:
    assert ("2026-01", "B") in released_year(UNEVEN, without_complements).derived()


def test_the_attack_succeeds_where_each_period_is_decided_by_itself() -> None:
    assert ("2026-01", "B") in released_year(UNEVEN, cut_by_cut).derived()
    assert released_year(UNEVEN).derived() == set()


def test_large_cells_are_shown() -> None:
    attack = released_year({month: {"A": 40, "B": 25, "C": 12} for month in MONTHS})
    assert attack.hidden() == set()


@pytest.mark.parametrize(("size", "is_shown"), [(9, False), (10, True)])
def test_a_month_is_shown_from_ten_people_on(size: int, is_shown: bool) -> None:
    attack = released_year({"2026-01": {"A": size}})
    assert (("2026-01", EVERYBODY) in attack.shown) is is_shown
    assert (("2026-01", "A") in attack.shown) is is_shown


def test_a_quarter_that_would_give_its_small_month_away_is_hidden() -> None:
    attack = released_year({"2026-01": {"A": 40}, "2026-02": {"A": 9}, "2026-03": {"A": 40}})
    assert ("2026-Q1", EVERYBODY) not in attack.shown
    assert attack.derived() == set()


def test_a_quarter_of_small_months_is_shown() -> None:
    attack = released_year({"2026-01": {"A": 9}, "2026-02": {"A": 8}, "2026-03": {"A": 40}})
    assert ("2026-Q1", EVERYBODY) in attack.shown


@pytest.mark.parametrize(
    ("n", "period", "expected"),
    [
        ([40, 40, 40], "2026-Q1", True),
        ([40, 40, 4], "2026-Q1", False),
        ([40, 4, 6], "2026-Q1", True),
        ([40, 0, 40], "2026-Q1", True),
        ([3, 3, 3], "2026-Q1", False),
        ([8, 8], "2026-Q1", True),
        ([40, 40, 4, 40, 40, 4], "2026-S1", False),
        ([40, 40, 4, 40, 40, 7], "2026-S1", True),
        ([40, 4, 6, 40, 40, 4], "2026-S1", False),
        ([], "2026", False),
    ],
)
def test_what_a_longer_period_leaves_over_is_nobody_or_at_least_ten(
    n: list[int], period: str, expected: bool
) -> None:
    attack = released_year({m: {"A": size} for m, size in zip(MONTHS, n, strict=False)})
    assert ((period, EVERYBODY) in attack.shown) is expected


# Two names for the same people.

PAPER_AND_TICKETS = {"kiosk": 80, "paper": 12, "ticket": 5}
DESKS = {"1": 50, "2": 35, "": 12}
PEOPLE = [
    {Cut.CHANNEL: "kiosk", Cut.DESK: "1"},
    {Cut.CHANNEL: "kiosk", Cut.DESK: "2"},
    {Cut.CHANNEL: "ticket", Cut.DESK: "1"},
    {Cut.CHANNEL: "paper", Cut.DESK: ""},
]


def two_cuts(same: list[Same]) -> dict[Cut, frozenset[str]]:
    """Decide a January by channel, then by desk."""
    month = "2026-01"
    sizes = {
        Cut.WHOLE: {month: {EVERYBODY: 97}},
        Cut.CHANNEL: {month: PAPER_AND_TICKETS},
        Cut.DESK: {month: DESKS},
    }
    shown = {(cut, month, EVERYBODY) for cut in sizes}
    decided = {(Cut.WHOLE, month)}
    found = {}
    for cut in (Cut.CHANNEL, Cut.DESK):
        now = Board(YEAR, sizes, frozenset(shown), frozenset(decided), same)
        found[cut] = cells_that_may_be_shown(now, cut, month)
        shown |= {(cut, month, each) for each in found[cut]}
        decided.add((cut, month))
    return found


def test_what_one_cut_hides_another_does_not_tell_under_another_name() -> None:
    found = two_cuts(same_people("2026-01", PEOPLE))
    assert found[Cut.CHANNEL] == {"kiosk"}
    assert "" not in found[Cut.DESK]


def test_cuts_decided_each_by_itself_would_tell() -> None:
    found = two_cuts([])
    assert found[Cut.CHANNEL] == {"kiosk"}
    assert "" in found[Cut.DESK]


def test_what_is_shown_under_one_name_is_shown_under_the_other() -> None:
    month = "2026-01"
    sizes = {
        Cut.WHOLE: {month: {EVERYBODY: 97}},
        Cut.DESK: {month: DESKS},
        Cut.CHANNEL: {month: PAPER_AND_TICKETS},
    }
    shown = {(cut, month, EVERYBODY) for cut in sizes} | {(Cut.DESK, month, each) for each in DESKS}
    decided = frozenset({(Cut.WHOLE, month), (Cut.DESK, month)})
    now = Board(YEAR, sizes, frozenset(shown), decided, same_people(month, PEOPLE))
    assert cells_that_may_be_shown(now, Cut.CHANNEL, month) == {"paper"}

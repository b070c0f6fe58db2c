from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.method.evidence import Basis
from aggregation.method.naming import Heard, Name, named, named_under
from aggregation.method.rule import DEFAULT_RULE
from tests.populations import clustered, most_even, polarised

TARGET, EXCELLENCE = 76.61 / 25, 88.31 / 25
ORDER = [Name.NEEDS_HELP, Name.NEITHER, Name.EXCELLENT]

Counts = tuple[int, ...]
EXTREME = st.one_of(
    st.tuples(st.integers(0, 2), st.integers(0, 4), st.integers(0, 20), st.integers(30, 120)),
    st.tuples(st.integers(0, 9), st.integers(0, 40), st.integers(40, 90), st.integers(0, 9)),
    st.tuples(*[st.integers(0, 40)] * 4),
)
UNITS = st.lists(EXTREME, min_size=1, max_size=6)


def heard(counts: Sequence[int], basis: Basis = Basis.PUBLISHABLE) -> Heard:
    return Heard({Fraction(r): int(c) for r, c in enumerate(counts, start=1) if c}, basis)


def names(unit: Sequence[Sequence[int]]) -> list[Name]:
    return list(named(dict(enumerate(map(heard, unit))), DEFAULT_RULE).values())


# What a name rests on.


def test_praise_from_many_is_excellent_and_many_complaints_need_help() -> None:
    assert names([(0, 0, 5, 70), (9, 20, 40, 6), (2, 8, 30, 35)]) == [
        Name.EXCELLENT,
        Name.NEEDS_HELP,
        Name.NEITHER,
    ]


def test_fewer_responses_than_a_proposal_needs_name_nobody() -> None:
    assert names([(0, 0, 0, 49), (0, 0, 0, 50)]) == [Name.NEITHER, Name.EXCELLENT]


def test_no_rule_can_have_names_said_from_fewer_than_thirty() -> None:
    rule = replace(DEFAULT_RULE, proposal_n=10)
    unit = {"a": heard((20, 9, 0, 0)), "b": heard((20, 10, 0, 0))}
    assert list(named(unit, rule).values()) == [Name.NEITHER, Name.NEEDS_HELP]


@pytest.mark.parametrize("basis", [basis for basis in Basis if basis is not Basis.PUBLISHABLE])
def test_what_may_not_be_published_names_nobody(basis: Basis) -> None:
    assert named({1: heard((0, 0, 5, 70), basis)}, DEFAULT_RULE) == {1: Name.NEITHER}


def test_who_may_not_be_named_still_counts_among_those_who_are_compared() -> None:
    good, middling = (0, 1, 17, 60), (3, 8, 30, 35)
    assert names([good]) == [Name.EXCELLENT]
    crowd = {n: heard(middling, Basis.INDICATIVE) for n in range(60)}
    assert named({"a": heard(good), **crowd}, DEFAULT_RULE)["a"] is Name.NEITHER


def test_citizens_in_clusters_are_weaker_evidence() -> None:
    unit = {1: heard((0, 1, 25, 60))}
    clusters = replace(DEFAULT_RULE, design_effect=Decimal(2))
    assert named(unit, DEFAULT_RULE) == {1: Name.EXCELLENT}
    assert named(unit, clusters) == {1: Name.NEITHER}


def test_an_easier_mix_of_services_is_taken_off_where_the_rule_applies_it() -> None:
    easy = Heard({Fraction(4): 65, Fraction(3): 8}, Basis.PUBLISHABLE, Decimal("0.3000"))
    assert named({1: replace(easy, offset=Decimal(0))}, DEFAULT_RULE) == {1: Name.EXCELLENT}
    assert named({1: easy}, DEFAULT_RULE) == {1: Name.NEITHER}


def test_borders_at_the_ends_of_the_scale_name_nobody() -> None:
    ends = replace(DEFAULT_RULE, target_index=Decimal(25), excellence_index=Decimal(100))
    unit = {1: heard((200, 0, 0, 0)), 2: heard((0, 0, 0, 200))}
    assert set(named(unit, ends).values()) == {Name.NEITHER}


def test_each_officer_is_held_to_the_own_rule_and_compared_with_the_whole_unit() -> None:
    lenient = replace(DEFAULT_RULE, version="2", excellence_index=Decimal(80))
    unit = {1: (heard((0, 2, 40, 60)), lenient), 2: (heard((0, 2, 40, 60)), DEFAULT_RULE)}
    assert named_under(unit) == {1: Name.EXCELLENT, 2: Name.NEITHER}


def test_a_unit_without_officers_has_no_names() -> None:
    assert named({}, DEFAULT_RULE) == {}


# What can never happen.


@given(st.permutations(range(6)), st.lists(EXTREME, min_size=6, max_size=6))
def test_the_order_of_officers_never_matters(order: list[int], unit: list[Counts]) -> None:
    by_key = {key: heard(unit[key]) for key in order}
    assert named(by_key, DEFAULT_RULE) == dict(enumerate(names(unit)))


@given(UNITS, st.data())
def test_a_raised_rating_makes_no_name_worse_neither_ones_own_nor_a_colleagues(
    unit: list[Counts], data: st.DataObject
) -> None:
    officer = data.draw(st.integers(0, len(unit) - 1))
    low, high = data.draw(st.sampled_from([(a, b) for a in range(4) for b in range(a + 1, 4)]))
    before, after = list(unit[officer]), list(unit[officer])
    before[low] += 1
    after[high] += 1
    worse = names([*unit[:officer], before, *unit[officer + 1 :]])
    better = names([*unit[:officer], after, *unit[officer + 1 :]])
    assert all(map(no_worse, better, worse))


def no_worse(after: Name, before: Name) -> bool:
    return ORDER.index(after) >= ORDER.index(before)


@given(UNITS, UNITS)
def test_further_officers_never_bring_a_name_to_another(
    unit: list[Counts], further: list[Counts]
) -> None:
    alone = names(unit)
    for name, before in zip(names([*unit, *further]), alone, strict=False):
        assert name in {before, Name.NEITHER}


# The promise, in whole units of unequal officers, each drawn from a seed.


def runs_with_a_name(
    wanted: Name, shares: np.ndarray[tuple[int], np.dtype[np.float64]], officers: int, runs: int
) -> float:
    """Return in which part of the runs somebody is named, all being alike."""
    lot = np.random.default_rng(20261122)
    found = 0
    for _ in range(runs):
        unit = [list(lot.multinomial(n, shares)) for n in lot.integers(50, 121, officers)]
        found += wanted in names(unit)
    return found / runs


def runs_with_a_top(
    shares: np.ndarray[tuple[int], np.dtype[np.float64]], officers: int, runs: int
) -> float:
    """The control: who leads the list is named if the index is at or above excellence."""
    lot = np.random.default_rng(20261122)
    rating, found = np.arange(1, 5), 0
    for _ in range(runs):
        numbers = lot.integers(50, 121, officers)
        leading = max(lot.multinomial(n, shares) @ rating / n for n in numbers)
        found += leading >= EXCELLENCE
    return found / runs


ALIKE: Mapping[str, float] = {Name.EXCELLENT: EXCELLENCE, Name.NEEDS_HELP: TARGET}


@pytest.mark.parametrize("wanted", [Name.EXCELLENT, Name.NEEDS_HELP])
@pytest.mark.parametrize("officers", [3, 9])
@pytest.mark.parametrize("population", ["even", "clustered", "polarised"])
def test_when_all_are_alike_chance_names_somebody_in_at_most_one_run_of_twenty(
    wanted: Name, officers: int, population: str
) -> None:
    mean = ALIKE[wanted]
    kinds = {"even": most_even(mean), "clustered": clustered(mean, 0.1)}
    shares = {**kinds, "polarised": polarised(mean)}[population]
    assert runs_with_a_name(wanted, shares, officers, 400) <= 0.05


@pytest.mark.parametrize("officers", [3, 9])
def test_naming_the_top_of_the_list_would_call_chance_excellent_nearly_always(
    officers: int,
) -> None:
    assert runs_with_a_top(most_even(EXCELLENCE), officers, 400) > 0.8


def test_who_is_truly_excellent_is_mostly_found() -> None:
    assert runs_with_a_name(Name.EXCELLENT, most_even(3.85), 3, 100) > 0.9

import doctest
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations, pairwise

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from aggregation.method import suppression as module
from aggregation.method.suppression import SMALLEST_CELL, suppressed

Release = Callable[[Mapping[int, int]], dict[int, int | None]]


def cuts(most: int = 16, cells: int = 4) -> st.SearchStrategy[dict[int, int]]:
    sizes = st.lists(st.integers(0, most), min_size=1, max_size=cells)
    return sizes.map(lambda each: dict(enumerate(each)))


def without_complements(counts: Mapping[int, int]) -> dict[int, int | None]:
    return {cell: None if 0 < n < SMALLEST_CELL else n for cell, n in counts.items()}


def with_one_complement_more(counts: Mapping[int, int]) -> dict[int, int | None]:
    """Do what a quick reading of the rule does: a second cell, and that is that."""
    hidden = without_complements(counts)
    if sum(n is None for n in hidden.values()) == 1:
        shown = {cell: n for cell, n in hidden.items() if n}
        if shown:
            hidden[min(shown, key=lambda cell: shown[cell] or 0)] = None
    return hidden


def sharing_out(people: int, cells: int) -> Iterator[tuple[int, ...]]:
    """Yield every way to share people out over cells that nobody is left out of."""
    for borders in combinations(range(1, people), cells - 1):
        ends = (0, *borders, people)
        yield tuple(end - start for start, end in pairwise(ends))


def derived(counts: Mapping[int, int], release: Release) -> set[int]:
    """Return the hidden cells that somebody who knows the rule can tell exactly.

    Total and shown cells are known; so is which cut would have been released how.
    """
    shown = release(counts)
    hidden = [cell for cell, n in shown.items() if n is None]
    if not hidden:
        return set()
    possible: dict[int, set[int]] = {cell: set() for cell in hidden}
    for sizes in sharing_out(sum(counts[cell] for cell in hidden), len(hidden)):
        other = {**counts, **dict(zip(hidden, sizes, strict=True))}
        if release(other) == shown:
            for cell in hidden:
                possible[cell].add(other[cell])
    return {cell for cell, sizes in possible.items() if len(sizes) < 2}


def test_the_examples_in_the_docstring_hold() -> None:
    assert doctest.testmod(module).failed == 0


@given(cuts())
@example({0: 9, 1: 9, 2: 10, 3: 10})
@example({0: 9, 1: 9, 2: 9})
@example({0: 5, 1: 5})
@example({0: 1, 1: 1, 2: 40, 3: 40})
def test_no_hidden_cell_can_be_derived(counts: dict[int, int]) -> None:
    assume(sum(counts.values()) >= SMALLEST_CELL)
    assert derived(counts, suppressed) == set()


@pytest.mark.parametrize(
    ("release", "counts"),
    [
        (without_complements, {0: 3, 1: 40, 2: 50}),
        (with_one_complement_more, {0: 1, 1: 1, 2: 40}),
        (with_one_complement_more, {0: 10, 1: 9, 2: 9}),
    ],
)
def test_a_release_without_enough_complements_is_noticed(
    release: Release, counts: dict[int, int]
) -> None:
    assert derived(counts, release)
    assert not derived(counts, suppressed)


@given(cuts(most=60, cells=8))
def test_no_small_cell_is_shown(counts: dict[int, int]) -> None:
    shown = suppressed(counts)
    assert shown.keys() == counts.keys()
    assert all(n is None or n == 0 or n >= SMALLEST_CELL for n in shown.values())
    assert all(n in {None, counts[cell]} for cell, n in shown.items())


@given(cuts(most=60, cells=8))
def test_what_is_hidden_is_together_no_small_cell(counts: dict[int, int]) -> None:
    assume(sum(counts.values()) >= SMALLEST_CELL)
    hidden = sum(counts[cell] for cell, n in suppressed(counts).items() if n is None)
    assert hidden == 0 or hidden >= SMALLEST_CELL


@given(cuts(most=60, cells=8))
def test_where_no_cell_is_small_nothing_is_hidden(counts: dict[int, int]) -> None:
    large = {cell: n + SMALLEST_CELL for cell, n in counts.items()}
    assert suppressed(large) == large


@given(cuts(most=60, cells=8), st.randoms())
def test_the_order_of_the_cells_does_not_matter(counts: dict[int, int], draw: object) -> None:
    cells = list(counts)
    draw.shuffle(cells)  # type: ignore[attr-defined]
    assert suppressed({cell: counts[cell] for cell in cells}) == suppressed(counts)

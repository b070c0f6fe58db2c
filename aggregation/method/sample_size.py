"""How many full questionnaires a period needs (method §3)."""

from bisect import bisect_left
from fractions import Fraction

from aggregation.method.rounding import half_up

_CHI_SQUARE = Fraction("3.841")
_MARGIN = Fraction("0.05")
_SPREAD = Fraction(1, 4)

TABLE_ROWS: tuple[int, ...] = (
    *range(10, 100, 5),
    *range(100, 300, 10),
    *range(300, 500, 20),
    *range(500, 1000, 50),
    *range(1000, 2000, 100),
    *range(2000, 3000, 200),
    *range(3000, 5000, 500),
    *range(5000, 10_000, 1000),
    10_000,
    15_000,
    20_000,
    30_000,
    40_000,
    50_000,
    75_000,
    1_000_000,
)
"""The 90 populations of the official table; the formula reproduces the sample of each."""


class NotAPopulation(ValueError):
    """A number of people served is negative."""


def krejcie_morgan(population: int) -> int:
    """Return the sample of the Krejcie and Morgan formula, rounded to whole people.

    Parameters
    ----------
    population
        People served in the period, at least 1.

    Notes
    -----
    ``n = χ²·N·¼ / (d²(N-1) + χ²·¼)`` with χ² = 3.841 and d = 0.05.

    Examples
    --------
    >>> krejcie_morgan(3000)
    341
    """
    numerator = _CHI_SQUARE * _SPREAD * population
    return int(half_up(numerator / (_MARGIN**2 * (population - 1) + _CHI_SQUARE * _SPREAD), 0))


def required_sample(population: int) -> int:
    """Return how many full questionnaires a population of that size needs.

    Between two rows of the table offices take the next row up; nobody needs more people than
    there are. Report n against it; never drop responses to reach it.

    Parameters
    ----------
    population
        People served in the period. 0 needs 0.

    Raises
    ------
    NotAPopulation
        If it is negative.

    Examples
    --------
    >>> required_sample(500), required_sample(501), required_sample(12)
    (217, 226, 12)
    """
    if population < 0:
        message = f"{population} people cannot have been served"
        raise NotAPopulation(message)
    row = bisect_left(TABLE_ROWS, population)
    listed = TABLE_ROWS[row] if row < len(TABLE_ROWS) else population
    return min(population, krejcie_morgan(listed))

"""Made-up populations of citizens, and every sample they can give: for what is promised of figures.

A population is its shares of 1, 2, 3 and 4. A sample is its counts of them. Where there are few
enough samples a promise is computed exactly, over all of them, instead of drawn.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, gammaln

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

RATINGS = np.arange(1.0, 5.0)
MEANS = tuple(mean / 10 for mean in range(26, 40))
"""2.6, 2.7, … 3.9."""


def most_even(mean: float) -> Floats:
    """Return the shares of maximum entropy with this mean."""
    low, high = -20.0, 20.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if _tilted(middle) @ RATINGS < mean else (low, middle)
    return _tilted(low)


def clustered(mean: float, intraclass: float) -> Floats:
    """Return the shares of a beta-binomial of three trials with this intraclass correlation."""
    share, size = (mean - 1) / 3, 1 / intraclass - 1
    a, b, up = share * size, (1 - share) * size, np.arange(4)
    ways = np.array([1.0, 3.0, 3.0, 1.0])
    return np.asarray(ways * np.exp(betaln(up + a, 3 - up + b) - betaln(a, b)))


def polarised(mean: float) -> Floats:
    """Return the shares of a population that says 1 or 4 and nothing between."""
    return np.array([(4 - mean) / 3, 0, 0, (mean - 1) / 3])


def ordinary(mean: float) -> Mapping[str, Floats]:
    """Return, by name, the populations of one mean that the promises speak of."""
    clusters = {f"beta-binomial {rho}": clustered(mean, rho) for rho in (0.1, 0.2, 0.3)}
    return {"maximum entropy": most_even(mean), **clusters}


@dataclass(frozen=True, slots=True)
class Samples:
    """All samples of one size.

    Attributes
    ----------
    n
        Ratings in each.
    counts
        How many of them are 1, 2, 3 and 4; one row per sample.
    ways
        Logarithm of the number of orders in which the ratings can come.
    """

    n: int
    counts: Counts
    ways: Floats

    def chances(self, shares: Floats) -> Floats:
        """Return how likely a population gives each of the samples."""
        return np.asarray(np.exp(self.ways + self.counts @ np.log(np.maximum(shares, 1e-300))))


@cache
def samples(n: int) -> Samples:
    """Return all samples of n ratings."""
    blocks = []
    for ones in range(n + 1):
        twos, threes = np.meshgrid(*[np.arange(n - ones + 1)] * 2, indexing="ij")
        fits = twos + threes <= n - ones
        twos, threes = twos[fits], threes[fits]
        blocks.append(np.stack([np.full_like(twos, ones), twos, threes, n - ones - twos - threes]))
    counts = np.concatenate(blocks, axis=1).T
    return Samples(n, counts, gammaln(n + 1) - gammaln(counts + 1).sum(axis=1))


def _tilted(tilt: float) -> Floats:
    weights = np.exp(tilt * (RATINGS - 4))
    return np.asarray(weights / weights.sum())

"""How often the interval of an index holds the truth, beside Student's t (method §5)."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, stdtrit

from aggregation.method.interval import Level, Moments, interval
from tests.populations import MEANS, RATINGS, Floats, Samples, ordinary, polarised, samples

SIZES = (5, 10, 20, 30, 50, 100, 200)
Bounds = tuple[Floats, Floats]
Covered = tuple[float, float, str]
"""Average, lowest, and where the lowest is."""


def lines() -> Iterator[str]:
    """Enumerate every sample of each size; nothing is drawn."""
    yield "Coverage of the 95 % interval, over 56 populations with means 2.6 to 3.9; exact:"
    yield (
        f"{'n':>4}  {'average':>7}  {'lowest':>6}  {'of':<25}{'polarised':>16}{'Student’s t':>16}"
        "  promised"
    )
    kept = True
    for n in SIZES:
        every = samples(n)
        ours, theirs = beta_bounds(every, Level.P95), student_bounds(every)
        average, lowest, where = covered(every, ours, _ordinary())
        split = covered(every, ours, [(f"{mean}", polarised(mean)) for mean in MEANS])
        student = covered(every, theirs, _ordinary())
        least = 0.88 if n < 10 else 0.92
        holds = 0.93 <= average <= 0.97 and lowest >= least
        kept &= holds
        yield (
            f"{n:>4}  {average:>7.1%}  {lowest:>6.1%}  {where:<25}{_pair(split):>16}"
            f"{_pair(student):>16}  {'held' if holds else 'missed'}"
        )
    yield f"  promised: average 93 to 97 %, none below 88 % at 5 and 92 % from 10: {_kept(kept)}"


def covered(every: Samples, bounds: Bounds, populations: Sequence[tuple[str, Floats]]) -> Covered:
    """Return how often bounds hold a population's index, over some populations."""
    reached = {}
    for name, shares in populations:
        truth = 25 * float(shares @ RATINGS)
        inside = (bounds[0] <= truth + 1e-9) & (truth - 1e-9 <= bounds[1])
        reached[name] = float(every.chances(shares)[inside].sum())
    worst = min(reached, key=reached.__getitem__)
    return sum(reached.values()) / len(reached), reached[worst], worst


def beta_bounds(every: Samples, level: Level) -> Bounds:
    """Return the product's interval of each sample, all at once; some are compared with its own."""
    n, counts = every.n, every.counts
    mean = (counts @ RATINGS + 2.5) / (n + 1)
    spread = (counts @ RATINGS**2 + 7.5) / (n + 1) - mean**2
    share = (mean - 1) / 3
    size = share * (1 - share) / (spread / (n + 2) / 9) - 1
    low, high = (
        _hundredths(25 * (1 + 3 * betaincinv(share * size, (1 - share) * size, tail)))
        for tail in (float(level.value), float(1 - level.value))
    )
    for place in range(0, len(counts), len(counts) // 7 + 1):
        own = interval(_moments(counts[place]), level)
        if (float(own.low), float(own.high)) != (low[place], high[place]):
            message = f"the enumeration departs from the product at {counts[place]}"
            raise AssertionError(message)
    return low, high


def student_bounds(every: Samples) -> Bounds:
    """Return Student's interval of each sample: the control."""
    n, counts = every.n, every.counts
    mean = counts @ RATINGS / n
    spread = np.maximum(counts @ RATINGS**2 - n * mean**2, 0) / (n - 1)
    half = stdtrit(n - 1, 0.975) * np.sqrt(spread / n)
    return 25 * (mean - half), 25 * (mean + half)


def _ordinary() -> list[tuple[str, Floats]]:
    return [
        (f"{name}, mean {mean}", shares)
        for mean in MEANS
        for name, shares in ordinary(mean).items()
    ]


def _moments(counts: NDArray[np.int64]) -> Moments:
    return Moments.of({Fraction(r): int(c) for r, c in enumerate(counts, start=1)})


def _hundredths(points: Floats) -> Floats:
    return np.floor(points * 100 + 0.5) / 100


def _pair(reached: Covered) -> str:
    return f"{reached[0]:.1%} ({reached[1]:.0%})"


def _kept(held: bool) -> str:
    return "held" if held else "missed"

"""Which says more of what comes later: a raw mean, or one shrunk? By hand, with a folder of files.

The files are real and no part of this repository: one of sites with their months, one of people of
departments with all their ratings. Of the earlier ratings so many are drawn as somebody new would
have; the mean of the later ones is to be foretold. Ratings of 1 to 5 are put on 1 to 4.
"""

import csv
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from aggregation.method.interval import Moments
from aggregation.method.rule import DEFAULT_RULE
from aggregation.method.suggest_k import HistoryTooThin, suggest_k
from tests.populations import Counts, Floats

EARLY = (10, 20, 30, 60)
"""How many earlier ratings are known of each."""

_ON_SCALE = 1 + np.arange(5) * 0.75
_RATINGS = ("n1", "n2", "n3", "n4", "n5")
_DRAWS = 20
_LEAST_LATER = 30
_LEAST_PEOPLE = 3


@dataclass(frozen=True)
class Unit:
    """People whose mean is common ground: counts of 1 to 5, one row each.

    Attributes
    ----------
    later
        None if what was not drawn of the earlier ones is what comes later.
    """

    earlier: Counts
    later: Counts | None = None


def main(folder: Path) -> None:
    """Print a table for each of the two files."""
    print("Sites: some ratings of the first half of their months, against the whole second half")
    print(*_table([_sites(folder / "nhs_fft_gp11_site_month_counts.csv")]), sep="\n")
    print("People of departments: some ratings, against all their others")
    print(*_table(_departments(folder / "insteval_eth_lecturer_counts.csv")), sep="\n")


def _table(units: Sequence[Unit]) -> Iterator[str]:
    lot = np.random.default_rng(20261122)
    yield "   n   raw, off by   × with k = 30   × with k suggested   (median k)   people"
    for n in EARLY:
        missed: defaultdict[str, list[float]] = defaultdict(list)
        suggested: list[float] = []
        for unit in list(units) * _DRAWS:
            known, later = _drawn(lot, unit, n)
            if len(known) < _LEAST_PEOPLE:
                continue
            own = _suggested(known)
            suggested += [own] * len(known)
            for name, k in (("raw", 0), ("rule", DEFAULT_RULE.shrinkage_k), ("own", own)):
                missed[name] += list((_foretold(known, k) - later) ** 2)
        off = {name: float(np.sqrt(np.mean(each))) for name, each in missed.items()}
        yield (
            f"{n:>4}{25 * off['raw']:>7.2f} points{off['rule'] / off['raw']:>16.2f}"
            f"{off['own'] / off['raw']:>21.2f}{np.median(suggested):>13.0f}"
            f"{len(suggested) // _DRAWS:>9}"
        )


def _drawn(lot: np.random.Generator, unit: Unit, n: int) -> tuple[Counts, Floats]:
    """Return n earlier ratings of everybody who has enough, and the means of the later ones."""
    spare = _LEAST_LATER if unit.later is None else 0
    enough = unit.earlier.sum(axis=1) >= n + spare
    if unit.later is not None:
        enough &= unit.later.sum(axis=1) >= _LEAST_LATER
    if not enough.any():
        return np.empty((0, 5), dtype=np.int64), np.empty(0)
    earlier = unit.earlier[enough]
    known = np.array([lot.multivariate_hypergeometric(each, n) for each in earlier])
    later = earlier - known if unit.later is None else unit.later[enough]
    return known, later @ _ON_SCALE / later.sum(axis=1)


def _foretold(known: Counts, k: float) -> Floats:
    n = known.sum(axis=1)
    common = (known @ _ON_SCALE).sum() / n.sum()
    return np.asarray((known @ _ON_SCALE + k * common) / (n + k))


def _suggested(known: Counts) -> float:
    values = [Fraction(float(value)) for value in _ON_SCALE]
    people = [Moments.of(dict(zip(values, map(int, counts), strict=True))) for counts in known]
    try:
        return suggest_k(people).k
    except HistoryTooThin:
        return DEFAULT_RULE.shrinkage_k


def _sites(file: Path) -> Unit:
    """Return, per site, the counts of the first half of its months and of the second."""
    months: defaultdict[str, list[tuple[str, list[int]]]] = defaultdict(list)
    for row in _rows(file):
        months[row["site"]].append((row["month"], [int(row[each]) for each in _RATINGS]))
    halves = [
        [np.sum([counts for _, counts in part], axis=0) for part in (each[:half], each[half:])]
        for each in map(sorted, months.values())
        if (half := len(each) // 2)
    ]
    return Unit(*(np.array([pair[side] for pair in halves]) for side in (0, 1)))


def _departments(file: Path) -> list[Unit]:
    people: defaultdict[str, list[list[int]]] = defaultdict(list)
    for row in _rows(file):
        people[row["dept"]].append([int(row[each]) for each in _RATINGS])
    return [Unit(np.array(counts)) for counts in people.values()]


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""How often chance alone names somebody, or proposes something adverse (method §5, §6).

All officers are truly alike here: at the excellence index, or at target. Then whether anybody is
named hangs on one officer's tail alone, and every sample can be enumerated.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
from scipy.special import betainc

from aggregation.method.component import Proposal, proposal
from aggregation.method.evidence import Basis
from aggregation.method.holm import IN_EACH_TAIL
from aggregation.method.interval import Level
from aggregation.method.mean_tail import PSEUDO_RESPONSE, share_at_or_below
from aggregation.method.naming import LEAST_RESPONSES, Heard, Name, named
from aggregation.method.officer_score import officer_score
from aggregation.method.rule import DEFAULT_RULE
from aggregation.method.shrinkage import Pull, shrunk_index
from tests.bench.fair_intervals import beta_bounds
from tests.populations import RATINGS, Floats, Samples, clustered, ordinary, polarised, samples

SIZES = (30, 60, 120)
UNITS = (3, 9, 30)
TARGET, EXCELLENCE = (
    float(index) / 25 for index in (DEFAULT_RULE.target_index, DEFAULT_RULE.excellence_index)
)
_RUNS = 400
_OFFICERS = 2_000
_BLOCK = 4_000
_UNLIKELY = 1e-11


def lines() -> Iterator[str]:
    """Enumerate what can be enumerated, then run the product's own functions on drawn units."""
    yield "Somebody is named though all are alike, in so many of a hundred runs; exact:"
    yield (
        f"{'all truly at':<13}{'n':>4}  units of {', '.join(map(str, UNITS))}: highest of four"
        "   polarised            top of the list named"
    )
    worst = 0.0
    for name, border in ((Name.EXCELLENT, EXCELLENCE), (Name.NEEDS_HELP, TARGET)):
        for n in SIZES:
            rates = _rates(name, border, n)
            worst = max(worst, *rates["ours"])
            yield (
                f"{'excellence' if name is Name.EXCELLENT else 'target':<13}{n:>4}"
                f"{_percent(rates['ours']):>34}{_percent(rates['polarised']):>22}"
                f"{_percent(rates['list']):>22}"
            )
    yield f"  promised: ≤ 5 % (polarised apart): highest {worst:.1%}, {_kept(worst <= 0.05)}"
    yield from _whole_units()
    yield from _adverse()


def _rates(name: Name, border: float, n: int) -> Mapping[str, list[float]]:
    every = samples(n)
    populations = ordinary(border)
    split = polarised(border)
    tails = _tails(every, border, name, [*populations.values(), split])
    known = {label: every.chances(shares) for label, shares in populations.items()}
    values = every.counts @ RATINGS / n
    beyond = values >= border if name is Name.EXCELLENT else values < border
    return {
        "ours": [max(_somebody(p, tails, officers) for p in known.values()) for officers in UNITS],
        "polarised": [_somebody(every.chances(split), tails, officers) for officers in UNITS],
        "list": [
            1 - (1 - float(known["maximum entropy"][beyond].sum())) ** officers
            for officers in UNITS
        ],
    }


def _somebody(chances: Floats, tails: Floats, officers: int) -> float:
    """Return how often Holm's first step names one of so many alike."""
    one = float(chances[tails <= IN_EACH_TAIL / officers].sum())
    return 1 - (1 - one) ** officers


def _tails(every: Samples, border: float, name: Name, populations: list[Floats]) -> Floats:
    """Return each sample's tail; those that hardly occur, or that nobody would name, stay at 1."""
    occurs = np.max([every.chances(shares) for shares in populations], axis=0) > _UNLIKELY
    weights = every.counts + PSEUDO_RESPONSE
    near = occurs & (_beta_tail(every, border, name) < 0.15)
    rows = weights[near]
    below = np.concatenate(
        [
            share_at_or_below(np.full(len(block), border), RATINGS, block)
            for block in np.array_split(rows, len(rows) // _BLOCK + 1)
        ]
    )
    tails = np.ones(len(weights))
    tails[near] = below if name is Name.EXCELLENT else 1 - below
    return tails


def _beta_tail(every: Samples, border: float, name: Name) -> Floats:
    """Return about the same tail, quickly, to leave out what is far from any border."""
    n = every.n
    mean = (every.counts @ RATINGS + 2.5) / (n + 1)
    spread = ((every.counts @ RATINGS**2 + 7.5) / (n + 1) - mean**2) / (n + 2)
    share = (mean - 1) / 3
    size = share * (1 - share) / (spread / 9) - 1
    below = betainc(share * size, (1 - share) * size, (border - 1) / 3)
    return np.asarray(below if name is Name.EXCELLENT else 1 - below)


def _whole_units() -> Iterator[str]:
    """Draw units of nine with unequal numbers of citizens, and let the product name them."""
    lot = np.random.default_rng(20261122)
    rule = replace(DEFAULT_RULE, proposal_n=LEAST_RESPONSES)
    found = []
    for name, border in ((Name.EXCELLENT, EXCELLENCE), (Name.NEEDS_HELP, TARGET)):
        shares, hits = clustered(border, 0.1), 0
        for _ in range(_RUNS):
            unit = [lot.multinomial(n, shares) for n in lot.integers(30, 121, 9)]
            heard = {place: _heard(counts) for place, counts in enumerate(unit)}
            hits += name in named(heard, rule).values()
        found.append(hits / _RUNS)
    yield (
        f"  the product's own function on {_RUNS} drawn units of 9, n 30 to 120: "
        f"excellent {found[0]:.1%}, needs help {found[1]:.1%}"
    )


def _heard(counts: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Heard:
    voices = {Fraction(r): int(c) for r, c in enumerate(counts, start=1) if c}
    return Heard(voices, Basis.PUBLISHABLE)


def _adverse() -> Iterator[str]:
    """Print how often “di bawah ekspektasi” is proposed to somebody who is truly at target."""
    yield "An officer truly at target is proposed “di bawah ekspektasi”, in so many of a hundred:"
    worst = 0.0
    for n in (DEFAULT_RULE.proposal_n, 60, 120):
        every = samples(n)
        adverse = beta_bounds(every, Level.P99)[1] < float(DEFAULT_RULE.target_index)
        easier = beta_bounds(every, Level.P95)[1] < float(DEFAULT_RULE.target_index)
        populations = ordinary(TARGET).values()
        rates = [float(every.chances(shares)[adverse].sum()) for shares in populations]
        control = [float(every.chances(shares)[easier].sum()) for shares in populations]
        split = float(every.chances(polarised(TARGET))[adverse].sum())
        worst = max(worst, *rates)
        yield (
            f"  n {n:>3}: highest of four {max(rates):.2%}, polarised {split:.2%}; "
            f"control, by the 95 % interval: {max(control):.2%}"
        )
    yield f"  promised: ≤ 1 % per officer: highest {worst:.2%}, {_kept(worst <= 0.01)}"
    drawn = sum(_proposed_below() for _ in range(_OFFICERS)) / _OFFICERS
    yield (
        f"  the product's own functions on {_OFFICERS} drawn officers with combinations of four "
        f"elements, n 50 to 120: {drawn:.2%}"
    )


_LOT = np.random.default_rng(20261123)


def _proposed_below() -> bool:
    """Draw one officer's citizens, a third with all four elements, and ask for the proposal."""
    n = int(_LOT.integers(50, 121))
    answers = _LOT.choice(4, size=(n, 4), p=clustered(TARGET, 0.2)) + 1
    full = _LOT.random(n) < 1 / 3
    counts: dict[str, int] = {}
    for each, more in zip(answers, full, strict=True):
        said = "".join(map(str, each)) if more else f"{each[0]}---"
        counts[said] = counts.get(said, 0) + 1
    score = officer_score(counts, DEFAULT_RULE)
    if score.figures is None:
        return False
    pull = Pull(Decimal(f"{TARGET:.4f}"), DEFAULT_RULE.shrinkage_k)
    index = shrunk_index(score.figures.printed_sum, score.n, pull)
    return proposal(score, index, DEFAULT_RULE) is Proposal.BELOW


def _percent(rates: list[float]) -> str:
    return "  ".join(f"{100 * rate:5.1f}" for rate in rates)


def _kept(held: bool) -> str:
    return "held" if held else "missed"

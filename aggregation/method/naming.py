"""Who may be called excellent, and who may be said to need help (method §5, no ranking in noise).

The evidence is an officer's own citizens; colleagues only raise the bar for everybody: the more
officers a unit has, the surer each name must be, so that chance alone hardly ever names anybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

import numpy as np

from aggregation.method.evidence import Basis
from aggregation.method.interval import Level
from aggregation.method.mean_tail import PSEUDO_RESPONSE, share_at_or_below
from aggregation.method.rule import Rule
from aggregation.method.satisfaction_index import POINTS_PER_RATING
from survey.questionnaire import RATINGS

LEAST_RESPONSES = 30
"""No rule can have names said from fewer: below it the promise does not hold."""

_IN_EACH_TAIL = float(Level.P95.value)

Key = TypeVar("Key")


class Name(StrEnum):
    """What is said of an officer beside the figures."""

    EXCELLENT = "excellent"
    NEEDS_HELP = "needs_help"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Heard:
    """What an officer's citizens said over a window.

    Attributes
    ----------
    voices
        How many responses hold each x_r, 1 to 4 (:func:`aggregation.method.combination.voices`).
    basis
        Names are said of publishable figures only.
    offset
        What the officer's mix of services takes off the mean, in ratings, 0 unless the rule
        applies it.
    """

    voices: Mapping[Fraction, int]
    basis: Basis
    offset: Decimal = Decimal(0)

    @property
    def n(self) -> int:
        """Responses."""
        return sum(self.voices.values())


def named(officers: Mapping[Key, Heard], rule: Rule) -> dict[Key, Name]:
    """Say of each officer of a unit what the simultaneous intervals support.

    Parameters
    ----------
    officers
        All of a unit that the rule holds for, by whatever tells them apart.
    rule
        Gives target, excellence, design effect and the least n.

    Notes
    -----
    An officer is called excellent when the interval lies above excellence as a whole, and needs
    help when it lies below target as a whole. The intervals leave 2.5 % in each tail for the unit
    together, shared out by Holm's method on each side, among all officers with enough responses.
    The tail is that of :mod:`aggregation.method.mean_tail`. So a raised rating never takes
    “excellent” from anybody and never lets anybody need help, as long as each basis stays; and a
    further officer never brings a name to another.

    Examples
    --------
    >>> praised = Heard({Fraction(4): 55, Fraction(3): 5}, Basis.PUBLISHABLE)
    >>> mixed = Heard({Fraction(4): 40, Fraction(3): 20}, Basis.PUBLISHABLE)
    >>> [name.value for name in named({"a": praised, "b": mixed}, Rule()).values()]
    ['excellent', 'neither']
    """
    least = max(rule.proposal_n, LEAST_RESPONSES)
    known = {key: heard for key, heard in officers.items() if heard.n >= least}
    below = {key: _tail(heard, rule.excellence_index, rule) for key, heard in known.items()}
    above = {key: 1 - _tail(heard, rule.target_index, rule) for key, heard in known.items()}
    said = dict.fromkeys(_supported(above), Name.NEEDS_HELP)
    said |= dict.fromkeys(_supported(below), Name.EXCELLENT)
    return {
        key: said.get(key, Name.NEITHER) if heard.basis is Basis.PUBLISHABLE else Name.NEITHER
        for key, heard in officers.items()
    }


def _supported(tails: Mapping[Key, float]) -> list[Key]:
    """Return whose tail passes Holm's method: the smallest first, until one does not."""
    supported: list[Key] = []
    for key in sorted(tails, key=tails.__getitem__):
        if tails[key] > _IN_EACH_TAIL / (len(tails) - len(supported)):
            break
        supported.append(key)
    return supported


def _tail(heard: Heard, index: Decimal, rule: Rule) -> float:
    """Return the probability that an officer's mean is at or below an index."""
    weights = dict.fromkeys(map(Fraction, RATINGS), PSEUDO_RESPONSE)
    for value, count in heard.voices.items():
        weights[value] = weights.get(value, 0) + count
    border = Fraction(index) / POINTS_PER_RATING + Fraction(heard.offset)
    shares = share_at_or_below(
        float(border),
        np.array([float(value) for value in weights]),
        np.array([list(weights.values())]) * _scale(heard.n, float(rule.design_effect)),
    )
    return float(shares[0])


def _scale(n: int, design_effect: float) -> float:
    """Return what multiplies the weights so that the design effect multiplies the variance.

    The variance of the weighted mean is that of the values ÷ (sum of the weights + 1).
    """
    return ((n + 2) / design_effect - 1) / (n + 1)

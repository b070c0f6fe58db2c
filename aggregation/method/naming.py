"""Who may be called excellent, and who may be said to need help (method §5, no ranking in noise).

The evidence is an officer's own citizens; colleagues only raise the bar for everybody: the more
officers a unit has, the surer each name must be, so that chance alone hardly ever names anybody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

import numpy as np

from aggregation.method.evidence import Basis
from aggregation.method.holm import supported
from aggregation.method.mean_tail import PSEUDO_RESPONSE, share_at_or_below
from aggregation.method.rule import Rule
from aggregation.method.satisfaction_index import POINTS_PER_RATING
from survey.questionnaire import RATINGS

LEAST_RESPONSES = 30
"""No rule can have names said from fewer: below it the promise does not hold."""

_PSEUDO = dict.fromkeys(map(Fraction, RATINGS), PSEUDO_RESPONSE)

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
        All of a unit that has one rule, by whatever tells them apart.
    rule
        Gives target, excellence, design effect and the least n.

    Examples
    --------
    >>> praised = Heard({Fraction(4): 55, Fraction(3): 5}, Basis.PUBLISHABLE)
    >>> mixed = Heard({Fraction(4): 40, Fraction(3): 20}, Basis.PUBLISHABLE)
    >>> [name.value for name in named({"a": praised, "b": mixed}, Rule()).values()]
    ['excellent', 'neither']
    """
    return named_under({key: (heard, rule) for key, heard in officers.items()})


def named_under(officers: Mapping[Key, tuple[Heard, Rule]]) -> dict[Key, Name]:
    """Say the same where groups of jobs have rules of their own.

    Parameters
    ----------
    officers
        All of a unit, each with the rule that holds for that officer.

    Notes
    -----
    An officer is called excellent when the interval lies above excellence as a whole, and needs
    help when it lies below target as a whole. The intervals leave 2.5 % in each tail for the unit
    together, whatever rules it has, shared out by Holm's method on each side, among all officers
    with enough responses. The tail is that of :mod:`aggregation.method.mean_tail`. So a raised
    rating never takes “excellent” from anybody and never lets anybody need help, as long as each
    basis stays; and a further officer never brings a name to another.
    """
    known = {
        key: (heard, rule)
        for key, (heard, rule) in officers.items()
        if heard.n >= max(rule.proposal_n, LEAST_RESPONSES)
    }
    if not known:
        return dict.fromkeys(officers, Name.NEITHER)
    below = _shares_below(known, [rule.excellence_index for _, rule in known.values()])
    not_above = _shares_below(known, [rule.target_index for _, rule in known.values()])
    said = dict.fromkeys(
        supported({key: 1 - share for key, share in not_above.items()}), Name.NEEDS_HELP
    )
    said |= dict.fromkeys(supported(below), Name.EXCELLENT)
    return {
        key: said.get(key, Name.NEITHER) if heard.basis is Basis.PUBLISHABLE else Name.NEITHER
        for key, (heard, _) in officers.items()
    }


def _shares_below(
    known: Mapping[Key, tuple[Heard, Rule]], indices: Sequence[Decimal]
) -> dict[Key, float]:
    """Return, by officer, the probability that the mean is at or below the officer's index."""
    everybody = [heard for heard, _ in known.values()]
    values = sorted({*_PSEUDO}.union(*(heard.voices for heard in everybody)))
    borders = [
        float(Fraction(index) / POINTS_PER_RATING + Fraction(heard.offset))
        for heard, index in zip(everybody, indices, strict=True)
    ]
    shares = share_at_or_below(
        np.array(borders),
        np.array([float(value) for value in values]),
        np.array([_weights(heard, values, rule) for heard, rule in known.values()]),
    )
    return dict(zip(known, shares.tolist(), strict=True))


def _weights(heard: Heard, values: Sequence[Fraction], rule: Rule) -> list[float]:
    """Return what each value weighs, so that the design effect multiplies the mean's variance.

    That variance is the variance of the values ÷ (sum of the weights + 1).
    """
    scale = ((heard.n + 2) / float(rule.design_effect) - 1) / (heard.n + 1)
    return [scale * (_PSEUDO.get(each, 0) + heard.voices.get(each, 0)) for each in values]

"""Holm's method: many questions asked together, and wrong once in forty at most (method §5).

The more is looked at, the more would stand out by chance alone; so each must be the surer.
"""

from collections.abc import Mapping
from typing import TypeVar

from aggregation.method.interval import Level

IN_EACH_TAIL = float(Level.P95.value)
"""What all questions of one side share out among them."""

Key = TypeVar("Key")


def supported(tails: Mapping[Key, float]) -> list[Key]:
    """Return whose tail passes: the smallest first, until one does not.

    Parameters
    ----------
    tails
        Of everything that is looked at, the probability that it lies on the other side of the
        border.

    Examples
    --------
    >>> supported({"a": 0.010, "b": 0.020, "c": 0.030})
    []
    >>> supported({"a": 0.001, "b": 0.010, "c": 0.030})
    ['a', 'b']
    """
    found: list[Key] = []
    for key in sorted(tails, key=tails.__getitem__):
        if tails[key] > IN_EACH_TAIL / (len(tails) - len(found)):
            break
        found.append(key)
    return found

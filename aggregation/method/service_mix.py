"""What the unit's citizens say of the same mix of services: a comparison, rarely more (method §5).

Some services are slower and angrier than others, whoever serves.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from aggregation.method.rounding import half_up
from aggregation.method.shrinkage import MEAN_DECIMALS

ServiceMeans = Mapping[int | None, Decimal]
"""By service, or None where it is unknown: the mean of the rule's officers, four decimals."""


def expected_mean(served: Mapping[int | None, int], means: ServiceMeans) -> Decimal | None:
    """Return the mean that the unit's citizens would give this mix of services, four decimals.

    Parameters
    ----------
    served
        By service, how many of the officer's responses count.

    Returns
    -------
    Decimal or None
        None if nothing was served, or if a service has no mean.

    Examples
    --------
    >>> expected_mean({1: 30, 2: 10}, {1: Decimal("3.6000"), 2: Decimal("3.2000")})
    Decimal('3.5000')
    """
    n = sum(served.values())
    if not n or any(service not in means for service in served):
        return None
    total = sum((count * Fraction(means[each]) for each, count in served.items()), Fraction(0))
    return half_up(total / n, MEAN_DECIMALS)

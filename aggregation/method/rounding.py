"""The one rounding of a printed figure: half up (method §3)."""

from decimal import Decimal
from fractions import Fraction
from math import floor

_HALF = Fraction(1, 2)


def half_up(value: Fraction, decimals: int) -> Decimal:
    """Round an exact value once, half up, to so many decimals.

    Parameters
    ----------
    value
        The exact value. Negative ones round away from zero at the half, as on paper.
    decimals
        0 or more; the result prints exactly so many.

    Notes
    -----
    Floats are not accepted: n = 5000, S = 158949 is exactly 88.305, which float code prints as
    88.30 and grades B, and banker's rounding prints 70.625 as 70.62.

    Examples
    --------
    >>> half_up(Fraction(88305, 1000), 2)
    Decimal('88.31')
    >>> half_up(Fraction(100), 2)
    Decimal('100.00')
    """
    steps = floor(abs(value) * 10**decimals + _HALF)
    return Decimal(f"{-steps if value < 0 else steps}e-{decimals}")

"""How much of its required sample a month has, and how many visits were rated (method §3)."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from aggregation.method.rounding import half_up
from aggregation.method.sample_size import required_sample

_WHOLE = Fraction(100)
_DECIMALS = 1


@dataclass(frozen=True, slots=True)
class SampleMeter:
    """A month's questionnaires against what its visits require.

    Attributes
    ----------
    visits
        People served in the month, at least 1.
    required
        Full questionnaires that so many visits need.
    missing
        How many of them there are not yet.
    filled
        Questionnaires against the required ones in percent, at most 100.0.
    coverage
        Responses against visits in percent, one decimal; None where the visits are fewer than the
        responses, because then some of them were not taken in.
    """

    visits: int
    required: int
    missing: int
    filled: Decimal
    coverage: Decimal | None


def sample_meter(visits: int, questionnaires: int, responses: int) -> SampleMeter | None:
    """Compare a month's questionnaires and responses with its visits.

    Returns
    -------
    SampleMeter or None
        None if no visits are known.

    Examples
    --------
    >>> meter = sample_meter(4860, 412, 1046)
    >>> meter.required, meter.missing, meter.filled, meter.coverage
    (357, 0, Decimal('100.0'), Decimal('21.5'))
    """
    if not visits:
        return None
    required = required_sample(visits)
    filled = min(_WHOLE, _WHOLE * questionnaires / required)
    covered = half_up(_WHOLE * responses / visits, _DECIMALS) if responses <= visits else None
    return SampleMeter(
        visits, required, max(0, required - questionnaires), half_up(filled, _DECIMALS), covered
    )

"""Where an index stands among the borders of the grades, as positions for a drawing (method §3)."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from aggregation.method.grades import GRADES_2017, GradeTable
from aggregation.method.interval import Interval
from aggregation.method.rounding import half_up

FULL = Decimal("100.00")
_USUAL_START = Decimal("55.00")
"""Where the drawing begins if nothing lies below: from 25.00 on, D would fill half of it."""


@dataclass(frozen=True, slots=True)
class Band:
    """A grade's part of the drawing, in percent of its width.

    Attributes
    ----------
    lowest
        The grade's lowest index; None for the first band, whose start is no border.
    """

    letter: str
    left: Decimal
    width: Decimal
    lowest: Decimal | None


@dataclass(frozen=True, slots=True)
class GradeScale:
    """The drawing: bands from the lowest grade up, the interval and the index, in percent."""

    bands: tuple[Band, ...]
    interval_left: Decimal
    interval_width: Decimal
    index_at: Decimal


def grade_scale(index: Decimal, interval: Interval, grades: GradeTable = GRADES_2017) -> GradeScale:
    """Place an index and its interval among the grades.

    Examples
    --------
    >>> scale = grade_scale(Decimal("82.00"), Interval(Decimal("80.00"), Decimal("84.00")))
    >>> scale.index_at, [band.letter for band in scale.bands]
    (Decimal('60.00'), ['D', 'C', 'B', 'A'])
    """
    start = _USUAL_START if min(index, interval.low) >= _USUAL_START else grades[-1].lowest

    def at(points: Decimal) -> Decimal:
        share = Fraction(points - start) / Fraction(FULL - start)
        return half_up(100 * min(max(share, Fraction(0)), Fraction(1)), 2)

    rising = grades[::-1]
    ends = [grade.lowest for grade in rising[1:]] + [FULL]
    bands = tuple(
        Band(
            grade.letter,
            at(grade.lowest),
            at(end) - at(grade.lowest),
            grade.lowest if place else None,
        )
        for place, (grade, end) in enumerate(zip(rising, ends, strict=True))
    )
    left, right = at(interval.low), at(interval.high)
    return GradeScale(bands, left, right - left, at(index))

"""Grade tables: from the rounded index to its letter and words (method §3)."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Grade:
    """One row of a grade table.

    Attributes
    ----------
    letter
        *Mutu pelayanan*, A to D.
    category
        *Kinerja unit pelayanan* in the regulation's words.
    lowest
        The lowest index of the row, two decimals; the row ends where the next one begins.
    """

    letter: str
    category: str
    lowest: Decimal


GradeTable = tuple[Grade, ...]
"""Rows from the best down. The table belongs to the period of the figures, not to the software."""

GRADES_2017: GradeTable = (
    Grade("A", "Sangat baik", Decimal("88.31")),
    Grade("B", "Baik", Decimal("76.61")),
    Grade("C", "Kurang baik", Decimal("65.00")),
    Grade("D", "Tidak baik", Decimal("25.00")),
)
"""PermenPANRB 14/2017, in force for surveys since 2017."""

GRADES_2004: GradeTable = (
    Grade("A", "Sangat baik", Decimal("81.26")),
    Grade("B", "Baik", Decimal("62.51")),
    Grade("C", "Kurang baik", Decimal("43.76")),
    Grade("D", "Tidak baik", Decimal("25.00")),
)
"""KEP/25/M.PAN/2/2004, for figures of surveys before 2017."""


def grade_of(index: Decimal, grades: GradeTable = GRADES_2017) -> Grade:
    """Classify an index that has been rounded to two decimals.

    Parameters
    ----------
    index
        The printed figure. An unrounded one could fall into a gap of the printed table.
    grades
        The table of the period.

    Notes
    -----
    An index below the lowest row, which only the legacy method 0.11 can give (24.75), takes
    the lowest grade.

    Examples
    --------
    >>> grade_of(Decimal("76.60")).letter, grade_of(Decimal("76.61")).letter
    ('C', 'B')
    """
    return next((grade for grade in grades if index >= grade.lowest), grades[-1])

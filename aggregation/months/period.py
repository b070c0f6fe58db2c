"""Periods that are reported: a month, a quarter, a half-year, a year."""

from dataclasses import dataclass

from aggregation.method.pool import Pool
from survey.month import Month
from survey.period_name import NotAPeriodName, PeriodName

_MONTHS = {"Q": 3, "S": 6}
_FIRST_YEAR = 2000


class NotAPeriod(ValueError):
    """The text is no period."""


@dataclass(frozen=True, slots=True)
class Period:
    """Some months that follow one another within a year.

    Attributes
    ----------
    name
        As it is written.
    """

    name: str
    months: tuple[Month, ...]

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Read a period.

        Raises
        ------
        NotAPeriod
            If the text is none.

        Examples
        --------
        >>> [str(month) for month in Period.parse("2026-Q3").months]
        ['2026-07', '2026-08', '2026-09']
        >>> [len(Period.parse(text).months) for text in ("2026-10", "2026-S2", "2026")]
        [1, 6, 12]
        """
        try:
            named = PeriodName.parse(text)
        except NotAPeriodName as error:
            message = f"“{text}” is no period; write it like 2026-10, 2026-Q3, 2026-S2 or 2026"
            raise NotAPeriod(message) from error
        return cls(text, tuple(named.first.shift(each) for each in range(named.length)))

    @classmethod
    def beginning(cls, first: Month, length: int) -> "Period":
        """Return the period of 1, 3, 6 or 12 months that begins with a month.

        Raises
        ------
        NotAPeriod
            If none of that length begins there, or the year is not written with 20.
        """
        letter = {count: letter for letter, count in _MONTHS.items()}.get(length, "")
        year = f"{first.year:04d}"
        if length == 1:
            return cls.parse(str(first))
        found = cls.parse(f"{year}-{letter}{(first.month - 1) // length + 1}" if letter else year)
        if found.months[0] != first:
            message = f"no period of {length} months begins with {first}"
            raise NotAPeriod(message)
        return found

    def before(self) -> "Period | None":
        """Return the period of the same length that ends where this one begins.

        Examples
        --------
        >>> [Period.parse(text).before().name for text in ("2026-01", "2026-Q1", "2026-S2", "2026")]
        ['2025-12', '2025-Q4', '2026-S1', '2025']
        """
        first = self.months[0].shift(-len(self.months))
        return self.beginning(first, len(self.months)) if first.year >= _FIRST_YEAR else None

    @classmethod
    def ending(cls, last: Month) -> "list[Period]":
        """Return the periods that a month is the last one of, the shortest first.

        Examples
        --------
        >>> [period.name for period in Period.ending(Month(2026, 6))]
        ['2026-06', '2026-Q2', '2026-S1']
        """
        lengths = [1, *(each for each in (*_MONTHS.values(), 12) if last.month % each == 0)]
        return [cls.beginning(last.shift(1 - each), each) for each in lengths]

    def pool(self) -> Pool:
        """Return the period with the smaller ones that it is made of."""
        if len(self.months) == 1:
            return Pool(self.name)
        return Pool(self.name, tuple(part.pool() for part in self._parts()))

    def _parts(self) -> tuple["Period", ...]:
        year = self.months[0].year
        if len(self.months) == _MONTHS["Q"]:
            return tuple(Period(str(month), (month,)) for month in self.months)
        letter = "S" if len(self.months) > _MONTHS["S"] else "Q"
        length = _MONTHS[letter]
        first = (self.months[0].month - 1) // length + 1
        count = len(self.months) // length
        return tuple(Period.parse(f"{year}-{letter}{first + each}") for each in range(count))

"""What a desk's duties say: the weekly roster and the exceptions of single days (method §4)."""

from dataclasses import dataclass
from datetime import date

from survey.month import HALF_HOURS_A_DAY

HALL = "hall"
"""Kind of a desk that is a whole hall: it is nobody's duty and never attributes (method §4.2)."""

_WEEKDAYS = range(1, 8)


class NotADuty(ValueError):
    """A duty lies outside its day, or on a weekday that is none."""


@dataclass(frozen=True, slots=True)
class RosterLine:
    """A duty of every week: officer × desk × weekday × [first_slot, end_slot).

    Attributes
    ----------
    weekday
        1 (Monday) to 7.
    effective_from
        First day of the roster that this line is part of.
    first_slot, end_slot
        Half hours since midnight, 0 to 48; the end is not included.
    batch
        Number of the batch that recorded it; a later one goes before. 0 until recorded.
    """

    desk_id: int
    officer_id: int
    weekday: int
    effective_from: date
    first_slot: int
    end_slot: int
    batch: int = 0

    def __post_init__(self) -> None:
        """Refuse slots outside the day, and weekdays no week has.

        Raises
        ------
        NotADuty
            Saying which.
        """
        _require_slots(self.first_slot, self.end_slot)
        if self.weekday not in _WEEKDAYS:
            message = f"{self.weekday} is not a weekday"
            raise NotADuty(message)

    def covers(self, slot: int) -> bool:
        """Say whether a half hour of the day, 0 to 47, is part of it."""
        return self.first_slot <= slot < self.end_slot


@dataclass(frozen=True, slots=True)
class DayException:
    """A duty of one day that goes before the roster.

    Attributes
    ----------
    officer_id
        None if nobody serves.
    first_slot, end_slot, batch
        As in a :class:`RosterLine`.
    """

    desk_id: int
    officer_id: int | None
    day: date
    first_slot: int
    end_slot: int
    batch: int = 0

    def __post_init__(self) -> None:
        """Refuse slots outside the day.

        Raises
        ------
        NotADuty
            If they are.
        """
        _require_slots(self.first_slot, self.end_slot)

    def covers(self, slot: int) -> bool:
        """Say whether a half hour of the day, 0 to 47, is part of it."""
        return self.first_slot <= slot < self.end_slot


DutyLine = RosterLine | DayException


def _require_slots(first: int, end: int) -> None:
    if not 0 <= first < end <= HALF_HOURS_A_DAY:
        message = f"a duty cannot go from half hour {first} to {end} of a day"
        raise NotADuty(message)

"""Whom the duties of a desk name on one day, half hour by half hour."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from aggregation.duties.desk_claims import claims
from aggregation.duties.duty_lines import DutyLine
from aggregation.duties.marked_day import by_day
from survey.month import Month


@dataclass(frozen=True, slots=True)
class NamedSlots:
    """By half hour of the day, 0 to 47, who is named; None where it is said that nobody serves."""

    by_slot: Mapping[int, frozenset[int | None]]

    def officers(self, slots: Iterable[int]) -> set[int]:
        """Return everybody who is named in some half hours."""
        named = {id_ for slot in slots for id_ in self.by_slot.get(slot, ())}
        return {id_ for id_ in named if id_ is not None}

    def stretches(self, first: int, end: int) -> Iterator[tuple[range, frozenset[int | None]]]:
        """Yield half hours [first, end) in pieces in which nothing changes."""
        begins = first
        for slot in range(first, end):
            here = self.by_slot.get(slot, frozenset())
            if slot + 1 == end or self.by_slot.get(slot + 1, frozenset()) != here:
                yield range(begins, slot + 1), here
                begins = slot + 1


def named_slots(lines: Iterable[DutyLine], desk_id: int, day: date) -> NamedSlots:
    """Return whom a desk's duties name on a day."""
    return NamedSlots(
        {
            slot: claim.officers
            for claim in claims(lines, Month.of(day))
            if claim.desk_id == desk_id
            for claimed, first, end in by_day(claim.starts, claim.ends)
            if claimed == day
            for slot in range(first, end)
        }
    )

"""A closed month's frozen half hours, with a correction put over them (method §8.4).

What a correction does not name stays as the close froze it: later edits of desks, rosters or people
move nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from aggregation.duties.duty_lines import DayException
from aggregation.duties.roster import DeskStretch
from survey.month import HalfHour, midnight


def corrected(
    frozen: Iterable[DeskStretch], corrections: Sequence[DayException]
) -> list[DeskStretch]:
    """Return whose each desk half hour is after a correction.

    Parameters
    ----------
    corrections
        Of one batch: two officers for one half hour, or an officer and nobody, leave it to nobody.

    Examples
    --------
    Sari was frozen for 8.00 to 12.00; in truth Budi stood there from 11.00.

    >>> from datetime import date
    >>> eight = midnight(date(2026, 10, 5)) + 16
    >>> sari, budi = 1, 2
    >>> found = corrected(
    ...     [DeskStretch(3, HalfHour(eight), HalfHour(eight + 8), sari)],
    ...     [DayException(3, budi, date(2026, 10, 5), 22, 24)],
    ... )
    >>> [(each.starts - eight, each.ends - eight, each.officer_id) for each in found]
    [(0, 6, 1), (6, 8, 2)]
    """
    served = {
        (stretch.desk_id, half_hour): stretch.officer_id
        for stretch in frozen
        for half_hour in range(stretch.starts, stretch.ends)
    }
    said: defaultdict[tuple[int, int], set[int | None]] = defaultdict(set)
    for line in corrections:
        for slot in range(line.first_slot, line.end_slot):
            said[line.desk_id, midnight(line.day) + slot].add(line.officer_id)
    for place, officers in said.items():
        [officer] = officers if len(officers) == 1 else [None]
        if officer is None:
            served.pop(place, None)
        else:
            served[place] = officer
    return _joined(served)


def _joined(served: Mapping[tuple[int, int], int]) -> list[DeskStretch]:
    found: list[DeskStretch] = []
    for (desk_id, half_hour), officer_id in sorted(served.items()):
        at = HalfHour(half_hour)
        last = found[-1] if found else None
        after = HalfHour(half_hour + 1)
        if last and (last.desk_id, last.ends, last.officer_id) == (desk_id, at, officer_id):
            found[-1] = DeskStretch(desk_id, last.starts, after, officer_id)
        else:
            found.append(DeskStretch(desk_id, at, after, officer_id))
    return found

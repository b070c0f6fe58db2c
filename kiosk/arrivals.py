"""Running numbers of a tablet that arrived: kept as ranges, so that what lies between is a gap."""

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from kiosk.models import DeviceRange
from survey.models import table_of

Range = tuple[int, int]
"""From first to last, both within it."""

_RANGE = table_of(DeviceRange)
_TOUCHED = select(_RANGE.c.first, _RANGE.c.last).where(
    _RANGE.c.device_id == bindparam("device_id"),
    _RANGE.c.first <= bindparam("highest"),
    _RANGE.c.last >= bindparam("lowest"),
)
_DROP = delete(_RANGE).where(
    _RANGE.c.device_id == bindparam("key"), _RANGE.c.first == bindparam("begins")
)
_KEEP = {
    name: inserted.on_conflict_do_update(
        index_elements=["device_id", "first"], set_={"last": inserted.excluded.last}
    )
    for name, inserted in (
        ("sqlite", sqlite.insert(_RANGE)),
        ("postgresql", postgresql.insert(_RANGE)),
    )
}


def merged(ranges: Iterable[Range]) -> list[Range]:
    """Return ranges in order, those that touch or overlap joined.

    Examples
    --------
    >>> merged([(5, 5), (0, 2), (3, 3), (9, 9)])
    [(0, 3), (5, 5), (9, 9)]
    """
    joined: list[Range] = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined


def note_arrived(connection: Connection, device_id: UUID, numbers: Collection[int]) -> int:
    """Note that running numbers of a tablet arrived; return how many were not known before.

    The caller holds the tablet's row, so that no two do it at once.
    """
    if not numbers:
        return 0
    around = {"lowest": min(numbers) - 1, "highest": max(numbers) + 1}
    rows = connection.execute(_TOUCHED, {"device_id": device_id, **around})
    known = {(row.first, row.last) for row in rows}
    now = set(merged([*known, *((number, number) for number in numbers)]))
    begins = {first for first, _ in now}
    gone = [{"key": device_id, "begins": first} for first, _ in known if first not in begins]
    if gone:
        connection.execute(_DROP, gone)
    new = [{"device_id": device_id, "first": f, "last": last} for f, last in now - known]
    if new:
        connection.execute(_KEEP[connection.dialect.name], new)
    return _size(now) - _size(known)


def _size(ranges: Iterable[Range]) -> int:
    return sum(last - first + 1 for first, last in ranges)

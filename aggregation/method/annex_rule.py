"""Whose ratings a report may list one by one, beside all that were listed before (method §9, §11).

Whoever has several reports can subtract their annexes as he can subtract cells, and what is left
over are whole questionnaires. So no group of people that reports tell apart may be small.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

LEAST_FOR_ANNEX = 30
"""Full questionnaires below which no ratings of single respondents are listed (method §9)."""

People = Mapping[str, int]
"""By month, how many of its people a release holds: the first so many, as revisions only add."""


def annexes_allowed(releases: Sequence[People]) -> list[bool]:
    """Say of each of a year's releases, in the order they were made, if it may have an annex.

    Each is decided beside those before it that may: nothing that was listed is taken back.

    Examples
    --------
    >>> months = [{"2026-07": 200}, {"2026-08": 200}, {"2026-09": 12}]
    >>> annexes_allowed([*months, {"2026-07": 200, "2026-08": 200, "2026-09": 12}])
    [True, True, False, False]
    >>> annexes_allowed([{"2026-07": 200}, {"2026-07": 210}, {"2026-07": 230}])
    [True, False, True]
    """
    listed: list[People] = []
    found = []
    for each in releases:
        found.append(all(n >= LEAST_FOR_ANNEX for n in _told_apart([*listed, each])))
        if found[-1]:
            listed.append(each)
    return found


def _told_apart(listed: Sequence[People]) -> list[int]:
    """Return the sizes of the groups whose people are in the same of some lists.

    Adding and subtracting lists never splits such a group, so none smaller comes out.
    """
    groups: Counter[tuple[bool, ...]] = Counter()
    for month in {month for each in listed for month in each}:
        of_month = [each.get(month, 0) for each in listed]
        for before, after in pairwise(sorted({0, *of_month})):
            groups[tuple(n >= after for n in of_month)] += after - before
    return list(groups.values())

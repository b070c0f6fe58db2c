"""Counts of a running month are kept only where counting takes long, and only for a while."""

from collections.abc import Iterator
from datetime import date
from itertools import count

from sqlmodel import Session

from aggregation.months.running_month import RunningMonth
from aggregation.site.months.live_counts import KEPT_FOR, LiveCounts
from survey.month import Month

NOVEMBER, TODAY = Month(2026, 11), date(2026, 11, 9)


class Counter:
    """Counts one more each time it is asked, and takes its time."""

    def __init__(self, takes: float) -> None:
        self.now, self.takes = 0.0, takes
        self._counts: Iterator[int] = count(10, 10)

    def __call__(self, *_: object, **__: object) -> RunningMonth:
        self.now += self.takes
        return RunningMonth(NOVEMBER, next(self._counts), 0, None)

    def clock(self) -> float:
        return self.now


def looked(counts: LiveCounts, unit_id: int = 1, *, with_today: bool = True) -> int:
    return counts.of(Session(), unit_id, NOVEMBER, TODAY, with_today=with_today).responses


def test_what_is_quick_to_count_is_counted_for_everyone_who_looks() -> None:
    quick = Counter(takes=0.01)
    counts = LiveCounts(quick.clock, quick)
    assert [looked(counts) for _ in range(3)] == [10, 20, 30]


def test_what_takes_long_is_kept_for_a_hundred_times_as_long() -> None:
    slow = Counter(takes=0.5)
    counts = LiveCounts(slow.clock, slow)
    assert [looked(counts), looked(counts)] == [10, 10]
    slow.now += 0.5 * (KEPT_FOR - 2)
    assert looked(counts) == 10
    slow.now += 0.5
    assert looked(counts) == 20


def test_what_is_kept_is_kept_by_unit_and_by_who_may_see_today() -> None:
    slow = Counter(takes=0.5)
    counts = LiveCounts(slow.clock, slow)
    assert [looked(counts), looked(counts, 2), looked(counts, with_today=False)] == [10, 20, 30]
    assert [looked(counts), looked(counts, 2), looked(counts, with_today=False)] == [10, 20, 30]

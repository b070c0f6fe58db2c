"""Counts of running months, so that a large unit is not counted anew for everyone who looks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from time import monotonic

from flask import Flask, current_app
from sqlmodel import Session

from aggregation.months.running_month import RunningMonth, running_month
from survey.month import Month

WORTH_KEEPING = 0.4
"""Seconds that counting takes from which on its result is kept."""

KEPT_FOR = 100
"""How many times as long a count is kept as it took: one percent of a processor at most."""

_KEPT_AS = "live_counts"
_Key = tuple[int, Month, date, bool]


@dataclass
class LiveCounts:
    """What may be told of running months; what was quick to count is always counted anew.

    Attributes
    ----------
    clock
        Seconds that pass.
    """

    clock: Callable[[], float] = monotonic
    count: Callable[..., RunningMonth] = running_month
    _kept: dict[_Key, tuple[float, RunningMonth]] = field(default_factory=dict)

    def of(
        self, session: Session, unit_id: int, month: Month, today: date, *, with_today: bool
    ) -> RunningMonth:
        """Return what may be told of a unit's month: now, or a little while ago."""
        key, begun = (unit_id, month, today, with_today), self.clock()
        until, found = self._kept.get(key, (begun, None))
        if found is not None and begun < until:
            return found
        found = self.count(session, unit_id, month, today, with_today=with_today)
        took = self.clock() - begun
        self._kept = {each: kept for each, kept in self._kept.items() if begun < kept[0]}
        if took > WORTH_KEEPING:
            self._kept[key] = (begun + took * KEPT_FOR, found)
        return found


def keep_live_counts(app: Flask) -> None:
    """Let an application keep counts."""
    app.extensions[_KEPT_AS] = LiveCounts()


def live_counts() -> LiveCounts:
    """Return the counts that this application keeps."""
    kept: LiveCounts = current_app.extensions[_KEPT_AS]
    return kept

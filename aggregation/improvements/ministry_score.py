"""What the ministry scores of follow-up: how much is finished, and how fast (method §11).

Pure: actions with their states in, two classes out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import Protocol

from aggregation.improvements.register import State
from aggregation.months.period import Period

_LOW, _HIGH = Fraction(30, 100), Fraction(80, 100)
_MONTHS_A_YEAR = 12


class Finished(Enum):
    """Classes of the share of actions that are done."""

    NOTHING = "nothing"
    """Nothing is planned."""
    PLANNED = "planned"
    """Something is planned, nothing is done."""
    BELOW_30 = "below_30"
    FROM_30_TO_80 = "from_30_to_80"
    """Both borders belong to it."""
    ABOVE_80 = "above_80"
    ALL = "all"


SPEEDS = (1, 3, 6, 9, 12)
"""Classes of speed: within so many months."""


class Answer(Protocol):
    """An action as it is scored."""

    @property
    def period(self) -> Period:
        """The period that showed the need."""

    @property
    def state(self) -> State:
        """Where it stands."""

    @property
    def done_on(self) -> date | None:
        """The day it was done."""


@dataclass(frozen=True, slots=True)
class MinistryScore:
    """The two figures.

    Attributes
    ----------
    planned
        Actions that are scored: all but those that were dropped.
    done
        How many of them are done.
    finished
        The class of the share.
    months
        Calendar months within which more than half of the actions were done; None as long as no
        more than half are.
    within
        The class of speed, 1, 3, 6, 9 or 12 months; None if it took longer, or is not known.
    """

    planned: int
    done: int
    finished: Finished
    months: int | None
    within: int | None


def ministry_score(answers: Sequence[Answer]) -> MinistryScore:
    """Score actions as the ministry does.

    Parameters
    ----------
    answers
        Actions that belong together, usually all that answer the periods of one year.

    Notes
    -----
    An action that was dropped is left out of both figures, because a plan is never edited: a wrong
    one is dropped and planned anew, and would count twice.

    Speed counts calendar months from the end of the period that showed the need to the day the
    action was done: whatever is done before the end of the following month took 1, at most. Of
    several actions it is the (upper) median, with an action that is not done counted as slower
    than any that is. The slowest alone would let one plan of two years hide all others; the mean
    of those that are done would call an office fast that did one of ten.
    """
    scored = [each for each in answers if each.state is not State.DROPPED]
    taken = sorted(
        months_taken(each.period, each.done_on)
        for each in scored
        if each.state is State.DONE and each.done_on is not None
    )
    middle = len(scored) // 2
    months = taken[middle] if middle < len(taken) else None
    return MinistryScore(
        planned=len(scored),
        done=len(taken),
        finished=finished(len(taken), len(scored)),
        months=months,
        within=None if months is None else next((s for s in SPEEDS if months <= s), None),
    )


def finished(done: int, planned: int) -> Finished:
    """Return the class of a share.

    Examples
    --------
    >>> [finished(done, 10).value for done in (0, 2, 3, 8, 9, 10)]
    ['planned', 'below_30', 'from_30_to_80', 'from_30_to_80', 'above_80', 'all']
    """
    if not planned:
        return Finished.NOTHING
    if not done:
        return Finished.PLANNED
    if done == planned:
        return Finished.ALL
    share = Fraction(done, planned)
    if share < _LOW:
        return Finished.BELOW_30
    return Finished.FROM_30_TO_80 if share <= _HIGH else Finished.ABOVE_80


def months_taken(period: Period, done_on: date) -> int:
    """Return the calendar months from a period's last one to that of a day, 0 at least.

    Examples
    --------
    >>> quarter = Period.parse("2026-Q3")
    >>> [months_taken(quarter, date(2026, *day)) for day in ((9, 30), (10, 1), (10, 31), (11, 1))]
    [0, 1, 1, 2]
    """
    last = period.months[-1]
    months = (done_on.year - last.year) * _MONTHS_A_YEAR + done_on.month - last.month
    return max(0, months)

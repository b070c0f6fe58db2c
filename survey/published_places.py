"""Finding what an address of the public pages names: a unit, and one of its periods."""

from dataclasses import dataclass
from enum import Enum

from sqlmodel import Session

from survey.period_name import PeriodName
from survey.published import Issue, issues_of
from survey.units import Unit, UnknownUnit, known_unit, unit_with


class Missing(Enum):
    """Why there is nothing to show."""

    UNIT = "unit"
    """No unit has that code."""
    NOTHING = "nothing"
    """The unit has published nothing yet."""
    PERIOD = "period"
    """The period was never published."""
    WITHDRAWN = "withdrawn"
    """The period was published, and taken back."""


class NotPublished(LookupError):
    """There is nothing to show at an address.

    Attributes
    ----------
    others
        Periods of the unit that can be shown.
    """

    def __init__(
        self, why: Missing, unit: Unit | None = None, others: tuple[PeriodName, ...] = ()
    ) -> None:
        super().__init__(why.value)
        self.why = why
        self.unit = unit
        self.others = others


@dataclass(frozen=True, slots=True)
class Place:
    """A unit's issue, and the newest issues of its other periods, the newest period first."""

    unit: Unit
    issue: Issue
    issues: tuple[Issue, ...]


def place_of(session: Session, code: str, period: str | None) -> Place:
    """Return what a unit's code and a period name; the newest period if none is named.

    Raises
    ------
    NotPublished
        If there is no such thing.
    """
    unit = _unit(session, code)
    issues = issues_of(session, unit.id)
    standing = tuple(issue for issue in issues if issue.withdrawn_at is None)
    asked = [issue for issue in issues if issue.period.text == period]
    others = tuple(issue.period for issue in standing)
    if not issues:
        raise NotPublished(Missing.NOTHING, unit)
    if period is None:
        if not standing:
            raise NotPublished(Missing.WITHDRAWN, unit)
        return Place(unit, standing[0], standing)
    if not asked:
        raise NotPublished(Missing.PERIOD, unit, others)
    if asked[0].withdrawn_at is not None:
        raise NotPublished(Missing.WITHDRAWN, unit, others)
    return Place(unit, asked[0], standing)


def _unit(session: Session, code: str) -> Unit:
    """Return the unit of a code, which may be typed in small letters."""
    for each in (code, code.upper()):
        try:
            return known_unit(unit_with(session, each))
        except UnknownUnit:
            continue
    raise NotPublished(Missing.UNIT)

"""A unit's months from the first one on: which are closed, which can be, which have to wait."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select
from sqlmodel import Session, col

from aggregation.closings import Closing
from aggregation.months.month_close import earlier_months, has_responses
from aggregation.months.revisions import newest_of_each_month, revisions
from aggregation.rules.rule_book import RuleBook
from survey.models import Response
from survey.month import Month


class State(StrEnum):
    """Where a month stands."""

    RUNNING = "running"
    CLOSABLE = "closable"
    WAITS = "waits"
    """An earlier month has to be closed first."""
    OVERTAKEN = "overtaken"
    """A later month is closed; only a revision can add this one."""
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class ListedMonth:
    """A month of a unit.

    Attributes
    ----------
    empty
        Whether nobody rated the unit in it; only said of a month that is over and open.
    waits_for
        The month that has to be closed first.
    closing
        The revision that holds, if it is closed.
    """

    month: Month
    state: State
    empty: bool = False
    waits_for: Month | None = None
    closing: Closing | None = None


def listed_months(
    session: Session, unit_id: int, running: Month, rules: RuleBook
) -> list[ListedMonth]:
    """Return a unit's months, the running one first; before its first response there is none."""
    closings = newest_of_each_month(revisions(session, unit_id))
    span = first_month(session, unit_id, running), running
    return list(_states(session, unit_id, span, closings, rules))


def first_month(session: Session, unit_id: int, running: Month) -> Month:
    """Return the first month that a unit was rated or closed in; the running one if in none."""
    rated = select(func.min(col(Response.month))).where(col(Response.unit_id) == unit_id)
    closed = select(func.min(col(Closing.month))).where(col(Closing.unit_id) == unit_id)
    found = [session.execute(each).scalar() for each in (rated, closed)]
    months: list[Month] = [month for month in found if month is not None]
    return min([running, *months])


def _states(
    session: Session,
    unit_id: int,
    span: tuple[Month, Month],
    closings: dict[Month, Closing],
    rules: RuleBook,
) -> Iterator[ListedMonth]:
    first, month = span
    yield ListedMonth(month, State.RUNNING)
    while (month := month.shift(-1)) >= first:
        closing = closings.get(month)
        if closing is not None:
            yield ListedMonth(month, State.CLOSED, closing=closing)
            continue
        empty = not has_responses(session, unit_id, month)
        if closings and max(closings) > month:
            yield ListedMonth(month, State.OVERTAKEN, empty)
            continue
        waits_for = next(
            (
                each
                for each in earlier_months(month, rules)
                if each not in closings and has_responses(session, unit_id, each)
            ),
            None,
        )
        state = State.CLOSABLE if waits_for is None else State.WAITS
        yield ListedMonth(month, state, empty, waits_for)

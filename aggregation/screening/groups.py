"""Quarantined responses that came together: a reviewer decides them as one (method §7).

A group is what one desk got in one half hour by one channel. It is as fine as it has to be for the
rule that nobody decides about half hours of their own, and never finer.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Label, Select, and_, exists, func, select
from sqlmodel import Session, col

from aggregation.method.desk_hours import served_near, visits_near
from aggregation.screening.desk_facts import half_hours_of, served_spans, serving
from aggregation.screening.models import ReviewedResponse
from survey.models import Desk, Response
from survey.month import Month
from survey.screening import Signal
from survey.screening_models import Finding

WAITING: Label[int] = func.count(col(Response.id).distinct()).label("waiting")
"""How many of a group nobody has decided on."""


@dataclass(frozen=True, slots=True, order=True)
class GroupKey:
    """What a group is known by; without a half hour it came from a device whose clock was lost."""

    month: Month
    desk_id: int | None
    half_hour: int | None
    channel: str


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a reviewer may know of a group: nothing about values, and nobody's name.

    Attributes
    ----------
    reasons
        Why its responses are in quarantine, in the order of the signals.
    others
        How many more rated the desk in the same half hour.
    served
        Visits to the desk in the half hour and those beside it; None where the day has none.
    on_duty
        Whether the roster lets anybody serve then; None for a desk without one.
    """

    reasons: tuple[Signal, ...]
    others: int
    served: int | None
    on_duty: bool | None


def waiting_groups(unit_id: int) -> Select[*tuple[Any, ...]]:
    """Return the statement of a unit's groups that wait for a decision."""
    return (
        select(
            col(Response.month),
            col(Response.desk_id),
            col(Response.half_hour),
            col(Response.channel),
            col(Desk.code).label("desk_code"),
            col(Desk.name).label("desk"),
            col(Desk.public_key).label("desk_key"),
            WAITING,
        )
        .join(Finding, _its_response())
        .outerjoin(Desk, col(Desk.id) == col(Response.desk_id))
        .where(col(Finding.unit_id) == unit_id, ~is_reviewed())
        .group_by(
            col(Response.month),
            col(Response.desk_id),
            col(Response.half_hour),
            col(Response.channel),
            col(Desk.code),
            col(Desk.name),
            col(Desk.public_key),
        )
    )


def waiting_in(unit_id: int, key: GroupKey) -> Select[*tuple[Any, ...]]:
    """Return the statement of the ids of a group's responses that wait for a decision."""
    return (
        select(col(Response.id))
        .join(Finding, _its_response())
        .where(*in_group(unit_id, key), ~is_reviewed())
        .distinct()
    )


def in_group(unit_id: int, key: GroupKey) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of a response that belongs to a group."""
    return (
        col(Response.unit_id) == unit_id,
        col(Response.month) == key.month,
        _same(Response.desk_id, key.desk_id),
        _same(Response.half_hour, key.half_hour),
        col(Response.channel) == key.channel,
    )


def circumstances(
    session: Session, unit_id: int, waiting: Sequence[tuple[GroupKey, int]]
) -> dict[GroupKey, Circumstances]:
    """Return what may be known of groups, each given with how many of it wait."""
    found: dict[GroupKey, Circumstances] = {}
    for month in sorted({key.month for key, _ in waiting}):
        groups = [each for each in waiting if each[0].month == month]
        found |= _in_month(session, unit_id, month, groups)
    return found


def is_reviewed() -> ColumnElement[bool]:
    """Say of a finding in a statement that its response was decided on."""
    return exists().where(
        col(ReviewedResponse.unit_id) == col(Finding.unit_id),
        col(ReviewedResponse.month) == col(Finding.month),
        col(ReviewedResponse.response_id) == col(Finding.response_id),
    )


def _in_month(
    session: Session, unit_id: int, month: Month, waiting: Sequence[tuple[GroupKey, int]]
) -> dict[GroupKey, Circumstances]:
    served, visits = serving(session, unit_id, month), served_spans(session, unit_id, month)
    reasons = _reasons(session, unit_id, month)
    came = _came(session, unit_id, month, {key.half_hour for key, _ in waiting} - {None})
    found = {}
    for key, count in waiting:
        on_duty = half_hours_of(served, key.desk_id)
        at = key.half_hour
        found[key] = Circumstances(
            tuple(sorted(reasons[key], key=list(Signal).index)),
            max(0, came.get((key.desk_id, at), 0) - count),
            None if at is None else visits_near([at], visits.get(key.desk_id or 0, ()))[at],
            served_near(at, on_duty) if on_duty and at is not None else None,
        )
    return found


def _came(
    session: Session, unit_id: int, month: Month, half_hours: Collection[int | None]
) -> dict[tuple[int | None, int | None], int]:
    """Return how many rated each desk in these half hours."""
    rows = session.execute(
        select(col(Response.desk_id), col(Response.half_hour), func.count())
        .where(
            col(Response.unit_id) == unit_id,
            col(Response.month) == month,
            col(Response.half_hour).in_(half_hours),
        )
        .group_by(col(Response.desk_id), col(Response.half_hour))
    )
    return {(desk_id, half_hour): count for desk_id, half_hour, count in rows}


def _reasons(session: Session, unit_id: int, month: Month) -> defaultdict[GroupKey, set[Signal]]:
    rows = session.execute(
        select(
            col(Response.desk_id),
            col(Response.half_hour),
            col(Response.channel),
            col(Finding.reason),
        )
        .join(Finding, _its_response())
        .where(col(Finding.unit_id) == unit_id, col(Finding.month) == month, ~is_reviewed())
        .distinct()
    )
    found: defaultdict[GroupKey, set[Signal]] = defaultdict(set)
    for desk_id, half_hour, channel, reason in rows:
        found[GroupKey(month, desk_id, half_hour, channel)].add(Signal(reason))
    return found


def _its_response() -> ColumnElement[bool]:
    return and_(
        col(Finding.unit_id) == col(Response.unit_id),
        col(Finding.month) == col(Response.month),
        col(Finding.response_id) == col(Response.id),
    )


def _same(column: Any, value: int | None) -> ColumnElement[bool]:  # noqa: ANN401 - a model's field
    same: ColumnElement[bool] = col(column).is_(None) if value is None else col(column) == value
    return same

"""A change of days gone by as its page shows it: who, why, before and after, the decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from flask import abort
from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.access.accounts import names_of
from aggregation.changes.open_months import closed_months
from aggregation.duties.batch_change import DayChange, Officers, batch_changes
from aggregation.duties.duty_standing import Standing, standing
from aggregation.duties.recorded_duties import lines_of_batch
from aggregation.models import BatchDecision, DutyBatch
from aggregation.people.officer_names import officer_names
from aggregation.site.duties.shown_duties import hours
from aggregation.site.guard import me, unit, unit_today
from survey.language import worded
from survey.models import Desk

MOST_SHOWN = 200
"""Changed stretches that are shown; of a roster that began long ago there may be thousands."""

NOT_YOURS = worded("Anda yang mencatat perubahan ini. Orang lain yang memutuskannya.")
YOUR_HALF_HOURS = worded("Perubahan ini menyangkut jam tugas Anda. Orang lain yang memutuskannya.")
CLOSED = worded("Bulannya sudah ditutup; hanya revisi yang dapat memberlakukan perubahan ini.")


@dataclass(frozen=True, slots=True)
class ShownChange:
    """Half hours of a desk's day, and who serves in them before and after, by name.

    Nobody's name is None: an exception says that the desk is not served.
    """

    desk: str
    day: date
    hours: str
    before: Sequence[str | None]
    after: Sequence[str | None]


class Decided(NamedTuple):
    """What a second person decided, who, when and why."""

    approved: bool
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class WaitingChange:
    """A change that waits, or waited.

    Attributes
    ----------
    author, recorded_at, reason
        Who recorded it, when and why.
    changes
        The first of what it changes, as duties stand now.
    more
        How many changed stretches there are besides.
    obstacle
        Why whoever is asking cannot decide on it; None who can.
    decision
        What was decided, if anything was.
    """

    author: str
    recorded_at: datetime
    reason: str
    changes: Sequence[ShownChange]
    more: int
    obstacle: str | None
    decision: Decided | None


def batch_of_the_unit(session: Session, batch_id: UUID) -> DutyBatch:
    """Return the batch of the address; 404 if the unit has none that needs approval."""
    found = session.scalars(
        select(DutyBatch).where(
            col(DutyBatch.id) == batch_id,
            col(DutyBatch.unit_id) == unit().id,
            col(DutyBatch.needs_approval),
        )
    ).one_or_none()
    return found or abort(404)


def waiting_change(session: Session, batch_id: UUID) -> WaitingChange:
    """Return a change of the unit of the address as its page shows it."""
    batch = batch_of_the_unit(session, batch_id)
    decision = session.get(BatchDecision, batch_id)
    today = unit_today()
    changes = [] if decision else batch_changes(session, unit().id, batch_id, today)
    decided_by = decision.decided_by if decision else ""
    names = names_of(session, {batch.recorded_by, decided_by})
    return WaitingChange(
        names.get(batch.recorded_by, batch.recorded_by),
        batch.recorded_at,
        batch.reason,
        _shown(session, changes[:MOST_SHOWN]),
        max(0, len(changes) - MOST_SHOWN),
        None if decision else _obstacle(session, batch, changes, today),
        None if decision is None else _decided(decision, names),
    )


def _decided(decision: BatchDecision, names: Mapping[str, str]) -> Decided:
    name = names.get(decision.decided_by, decision.decided_by)
    return Decided(decision.approved, name, decision.decided_at, decision.reason)


def _obstacle(
    session: Session, batch: DutyBatch, changes: Sequence[DayChange], today: date
) -> str | None:
    """Return why whoever is asking cannot decide, before the form is filled in for nothing."""
    if batch.recorded_by == me().key:
        return NOT_YOURS
    closed = closed_months(session, unit().id)
    lines = lines_of_batch(session, unit().id, batch.id)
    if any(standing(line, closed, today) is Standing.CLOSED for line in lines):
        return CLOSED
    mine = me().officer_id
    if mine is not None and any(mine in each.before ^ each.after for each in changes):
        return YOUR_HALF_HOURS
    return None


def _shown(session: Session, changes: Sequence[DayChange]) -> list[ShownChange]:
    named = {id_ for each in changes for id_ in each.before | each.after if id_ is not None}
    names = officer_names(session, named)
    desks = session.execute(
        select(col(Desk.id), col(Desk.name)).where(
            col(Desk.id).in_({each.desk_id for each in changes})
        )
    )
    desk_names: dict[Any, str] = {row.id: row.name for row in desks}
    return [
        ShownChange(
            desk_names[each.desk_id],
            each.day,
            hours(each.first_slot, each.end_slot),
            _by_name(each.before, names),
            _by_name(each.after, names),
        )
        for each in changes
    ]


def _by_name(officers: Officers, names: Mapping[int, str]) -> list[str | None]:
    named = sorted(names[id_] for id_ in officers if id_ is not None)
    return [*named, None] if None in officers else list(named)

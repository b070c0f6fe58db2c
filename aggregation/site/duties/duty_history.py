"""The history of a unit's duties: who recorded what, when and why; nothing is ever overwritten."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from aggregation.access.models import Account
from aggregation.access.roles import Right
from aggregation.models import BatchDecision, Duty, DutyBatch
from aggregation.site.guard import needs, unit
from aggregation.site.listing import Listing, listed
from survey.database import reading
from survey.models import Desk
from survey.month import time_zone
from survey.site import here

duty_history = Blueprint("duty_history", __name__)

_NAMED_DESKS = 3
_DECIDER = aliased(Account)
_AUTHOR = func.coalesce(col(Account.name), col(DutyBatch.recorded_by))


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a batch recorded.

    Attributes
    ----------
    desks
        The names of its first desks.
    more
        How many desks there are besides.
    """

    roster_lines: int
    exceptions: int
    desks: tuple[str, ...]
    more: int


@duty_history.get("/unit/<code>/jadwal/riwayat")
@needs(Right.SEE_ROSTER, names_people=True)
def batches(code: str) -> str:  # noqa: ARG001 - the guard has looked it up
    """List the acts that recorded duties, the newest first."""
    with reading(here().engine) as session:
        found, recorded = listed_batches(session)
    return render_template(
        "aggregation/duties/history.html",
        listing=found,
        recorded=recorded,
        zone=time_zone(unit().time_zone),
    )


def listed_batches(
    session: Session, *which: ColumnElement[bool]
) -> tuple[Listing[Any], dict[UUID, Recorded]]:
    """Return the page that is asked for of the unit's batches, and what each recorded."""
    found = listed(
        session,
        _batches(unit().id).where(*which),
        sorts={
            "waktu": (col(DutyBatch.number),),
            "oleh": (_AUTHOR, col(DutyBatch.number)),
            "alasan": (col(DutyBatch.reason), col(DutyBatch.number)),
        },
        search_in=(_AUTHOR, col(DutyBatch.reason)),
        newest_first=True,
    )
    return found, _recorded(session, unit().id, [row.id for row in found.rows])


def _batches(unit_id: int) -> Any:  # noqa: ANN401 - a statement of ten columns
    with_duties = select(col(Duty.batch_id)).where(col(Duty.unit_id) == unit_id)
    return (
        select(
            col(DutyBatch.id),
            col(DutyBatch.number),
            col(DutyBatch.recorded_at),
            _AUTHOR.label("author"),
            col(DutyBatch.reason),
            col(DutyBatch.needs_approval),
            col(DutyBatch.checked_in),
            col(BatchDecision.approved),
            col(BatchDecision.reason).label("decided_because"),
            func.coalesce(col(_DECIDER.name), col(BatchDecision.decided_by)).label("decider"),
        )
        .outerjoin(Account, col(Account.key) == col(DutyBatch.recorded_by))
        .outerjoin(BatchDecision, col(BatchDecision.batch_id) == col(DutyBatch.id))
        .outerjoin(_DECIDER, col(_DECIDER.key) == col(BatchDecision.decided_by))
        .where(col(DutyBatch.unit_id) == unit_id, col(DutyBatch.id).in_(with_duties))
    )


def _recorded(session: Session, unit_id: int, batch_ids: Collection[UUID]) -> dict[UUID, Recorded]:
    rows = session.execute(
        select(
            col(Duty.batch_id),
            col(Desk.name),
            func.count(col(Duty.weekday)).label("weekly"),
            func.count(col(Duty.day)).label("single"),
        )
        .join(Desk, col(Desk.id) == col(Duty.desk_id))
        .where(col(Duty.unit_id) == unit_id, col(Duty.batch_id).in_(batch_ids))
        .group_by(col(Duty.batch_id), col(Desk.id), col(Desk.name))
        .order_by(col(Desk.id))
    ).all()
    return {id_: _summed([row for row in rows if row.batch_id == id_]) for id_ in batch_ids}


def _summed(rows: list[Any]) -> Recorded:
    return Recorded(
        sum(row.weekly for row in rows),
        sum(row.single for row in rows),
        tuple(row.name for row in rows[:_NAMED_DESKS]),
        max(0, len(rows) - _NAMED_DESKS),
    )

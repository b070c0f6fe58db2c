"""What a night does for each unit: release, and look round; every task by itself."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from aggregation.alerts.look_round import (
    DETECTORS,
    Changed,
    Detectors,
    Seen,
    is_settled,
    look,
    settle,
)
from aggregation.comments.batches import batches_of, waiting_in
from aggregation.comments.release import release_batch
from aggregation.months.release import release_missing
from survey.database import reading, writing
from survey.models import ServiceUnit
from survey.units import is_real

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Task:
    """Something a night does for each unit, in a transaction of its own.

    Attributes
    ----------
    do
        Does it for the unit of a key and returns a sentence; done twice in a night it is done once.
    """

    name: str
    do: Callable[[Engine, int, datetime], str]


def _release_months(engine: Engine, unit_id: int, at: datetime) -> str:
    """Release a month in each transaction: a tap waits for one at most."""
    months: list[str] = []
    while released := _release_a_month(engine, unit_id, at):
        months += released
    return f"angka {', '.join(months)} dirilis" if months else "angka sudah dirilis"


def _release_a_month(engine: Engine, unit_id: int, at: datetime) -> list[str]:
    with writing(engine) as session:
        return release_missing(session, unit_id, at, most=1)


def _release_comments(engine: Engine, unit_id: int, at: datetime) -> str:
    """Release batch by batch; masking takes a while and writing does not, so no tap waits."""
    with reading(engine) as session:
        waiting = waiting_in(session, unit_id, at)
    released = 0
    for batch in batches_of(waiting):
        with writing(engine) as session:
            released += release_batch(session, unit_id, batch, at)
    return f"{released} komentar dirilis" if released else "tidak ada komentar yang dirilis"


def _look(engine: Engine, unit_id: int, at: datetime) -> str:
    _, changed = look_and_settle(engine, unit_id, at, DETECTORS)
    return f"{len(changed.raised)} kabar baru, {changed.ended} selesai"


def look_and_settle(
    engine: Engine, unit_id: int, at: datetime, detectors: Detectors
) -> tuple[Seen, Changed]:
    """Look round a unit; looking takes a while and writing does not, so no tap waits for it."""
    with reading(engine) as session:
        unit = session.get_one(ServiceUnit, unit_id)
        seen = look(session, unit, at, detectors)
        if is_settled(session, unit, seen):
            return seen, Changed()
    with writing(engine) as session:
        return seen, settle(session, session.get_one(ServiceUnit, unit_id), seen, at)


TASKS = (Task("merilis angka", _release_months), Task("merilis komentar", _release_comments))
"""In their order; a night begins with them."""

LAST_TASKS = (Task("memeriksa keadaan", _look),)
"""What a night ends with: it sees what the parts before have found."""


def active_units(session: Session) -> list[ServiceUnit]:
    """Return the units that serve, by code."""
    active = select(ServiceUnit).where(col(ServiceUnit.active), is_real())
    return list(session.exec(active.order_by(col(ServiceUnit.code))))


def do_tasks(
    engine: Engine, unit: ServiceUnit, at: datetime, tasks: Sequence[Task]
) -> tuple[str, list[str]]:
    """Do tasks for a unit; one that fails stops no other.

    Returns
    -------
    tuple
        What was done, and a sentence for each task that failed.
    """
    done, failures = [], []
    for task in tasks:
        try:
            done.append(task.do(engine, unit.id or 0, at))
        except Exception as error:  # noqa: BLE001 - the other units have their night
            _LOG.exception("a task of the night failed")
            failures.append(f"{unit.code}: gagal {task.name} ({type(error).__name__}).")
    said = "; ".join(done) if done else "tidak ada yang selesai"
    return f"{unit.code}: {said}.", failures

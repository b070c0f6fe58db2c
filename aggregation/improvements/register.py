"""The follow-up register as it is read: each action with where it stands today (method §11)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from aggregation.improvements.models import (
    Horizon,
    Improvement,
    ImprovementFile,
    ImprovementStep,
    Progress,
)
from aggregation.months.period import Period
from survey.models import ServiceUnit
from survey.month import local_day, time_zone
from survey.questionnaire import Element


class State(StrEnum):
    """Where an action stands on a day."""

    PLANNED = "planned"
    RUNNING = "running"
    LATE = "late"
    """Neither done nor dropped, and its day has passed."""
    DONE = "done"
    DROPPED = "dropped"


OPEN = frozenset({State.PLANNED, State.RUNNING, State.LATE})


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """An action of the register on a day.

    Attributes
    ----------
    said
        What citizens said, in public words; may be empty.
    quarter, planned_for
        When it was to be done, as first planned.
    due_on, responsible
        As they are now.
    progress
        As it was told last.
    opened_on, done_on
        Days where the unit is; `done_on` is None unless it is done.
    told
        What the newest fact says; empty if it says nothing, or there is none.
    is_public
        Whether the public may read that.
    seen
        The newest fact; None if nothing was told since it was planned.
    files
        How many prove it.
    """

    id: UUID
    number: int
    period: Period
    element: Element | None
    said: str
    action: str
    horizon: Horizon
    quarter: Period
    planned_for: date
    due_on: date
    responsible: str
    opened_on: date
    state: State
    progress: Progress
    done_on: date | None
    told: str
    is_public: bool
    seen: UUID | None
    files: int

    @property
    def is_open(self) -> bool:
        """Whether it is neither done nor dropped."""
        return self.state in OPEN


def register(
    session: Session, unit_id: int, today: date, period: Period | None = None
) -> list[RegisterLine]:
    """Return a unit's actions by number, those of one period if it is given."""
    planned = select(Improvement).where(col(Improvement.unit_id) == unit_id)
    if period is not None:
        planned = planned.where(col(Improvement.period) == period.name)
    found = session.exec(planned.order_by(col(Improvement.number))).all()
    zone = session.exec(select(ServiceUnit.time_zone).where(col(ServiceUnit.id) == unit_id)).one()
    steps, files = _steps(session, unit_id), _files(session, unit_id)
    return [
        _line(
            each,
            steps.get(each.id, ()),
            local_day(each.opened_at, time_zone(zone)),
            today,
            files.get(each.id, 0),
        )
        for each in found
    ]


def register_line(
    session: Session, unit_id: int, improvement_id: UUID, today: date
) -> RegisterLine | None:
    """Return one action of a unit; None if the unit has none of that id."""
    lines = register(session, unit_id, today)
    return next((line for line in lines if line.id == improvement_id), None)


def counted(lines: Iterable[RegisterLine]) -> Counter[State]:
    """Count actions by where they stand."""
    return Counter(line.state for line in lines)


def state_on(progress: Progress, due_on: date, today: date) -> State:
    """Return where an action stands; the day it is due still counts as in time."""
    if progress in (Progress.PLANNED, Progress.RUNNING) and due_on < today:
        return State.LATE
    return State(progress.value)


def steps_of(session: Session, improvement_id: UUID) -> Sequence[ImprovementStep]:
    """Return what was told of an action, the oldest first."""
    return session.exec(
        select(ImprovementStep)
        .where(col(ImprovementStep.improvement_id) == improvement_id)
        .order_by(col(ImprovementStep.told_at))
    ).all()


def _steps(session: Session, unit_id: int) -> dict[UUID, list[ImprovementStep]]:
    found: dict[UUID, list[ImprovementStep]] = {}
    for step in session.exec(
        select(ImprovementStep)
        .join(Improvement, col(Improvement.id) == col(ImprovementStep.improvement_id))
        .where(col(Improvement.unit_id) == unit_id)
        .order_by(col(ImprovementStep.told_at))
    ):
        found.setdefault(step.improvement_id, []).append(step)
    return found


def _files(session: Session, unit_id: int) -> dict[UUID, int]:
    counts = (
        select(ImprovementFile.improvement_id, func.count())
        .join(Improvement, col(Improvement.id) == col(ImprovementFile.improvement_id))
        .where(col(Improvement.unit_id) == unit_id)
        .group_by(col(ImprovementFile.improvement_id))
    )
    return dict(session.exec(counts).all())


def _line(
    of: Improvement, steps: Sequence[ImprovementStep], opened_on: date, today: date, files: int
) -> RegisterLine:
    newest = steps[-1] if steps else None
    due_on = next((step.due_on for step in reversed(steps) if step.due_on), of.due_on)
    responsible = next((s.responsible for s in reversed(steps) if s.responsible), of.responsible)
    progress = Progress(newest.progress) if newest else Progress.PLANNED
    return RegisterLine(
        id=of.id,
        number=of.number,
        period=Period.parse(of.period),
        element=Element(of.element) if of.element else None,
        said=of.said,
        action=of.action,
        horizon=Horizon(of.horizon),
        quarter=Period.parse(of.quarter),
        planned_for=of.due_on,
        due_on=due_on,
        responsible=responsible,
        opened_on=opened_on,
        state=state_on(progress, due_on, today),
        progress=progress,
        done_on=newest.done_on if newest else None,
        told=newest.text if newest else "",
        is_public=newest.is_public if newest else False,
        seen=newest.id if newest else None,
        files=files,
    )

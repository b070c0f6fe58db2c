"""The check-ins of a day that still hold: who said at which desk that it is he who serves."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.duties.batch_force import holds
from aggregation.models import Duty, DutyBatch


@dataclass(frozen=True, slots=True)
class CheckIn:
    """Half hours [first_slot, end_slot) of a day that an officer took at a desk.

    Attributes
    ----------
    batch
        The number of the batch that recorded it.
    """

    batch: int
    desk_id: int
    day: date
    officer_id: int
    first_slot: int
    end_slot: int

    def overlaps(self, slots: range) -> bool:
        """Say whether any of some half hours is among them."""
        return self.first_slot < slots.stop and slots.start < self.end_slot


def check_ins_of(session: Session, unit_id: int, day: date) -> list[CheckIn]:
    """Return what holds of a unit's check-ins of a day, by desk and time.

    Half hours for which something newer was recorded, by a check-out for instance, are left out.
    """
    return check_ins_on(session, unit_id, [day])


def check_ins_on(session: Session, unit_id: int, days: Collection[date]) -> list[CheckIn]:
    """Return what holds of a unit's check-ins of some days, by desk, day and time."""
    rows = session.execute(
        select(
            col(DutyBatch.number),
            col(Duty.desk_id),
            col(Duty.day),
            col(Duty.officer_id),
            col(Duty.first_slot),
            col(Duty.end_slot),
            col(DutyBatch.checked_in),
        )
        .join(DutyBatch, col(DutyBatch.id) == col(Duty.batch_id))
        .where(col(Duty.unit_id) == unit_id, col(Duty.day).in_(days), holds())
        .order_by(col(Duty.desk_id), col(Duty.day), col(DutyBatch.number), col(Duty.first_slot))
    ).all()
    found = [
        piece
        for place, row in enumerate(rows)
        if row.checked_in
        for piece in _left_of(CheckIn(*row[:6]), [CheckIn(*each[:6]) for each in rows[place + 1 :]])
    ]
    return sorted(found, key=lambda each: (each.desk_id, each.day, each.first_slot))


def _left_of(check_in: CheckIn, newer: Sequence[CheckIn]) -> list[CheckIn]:
    """Return the half hours of a check-in that nothing newer says something of."""
    taken = {
        slot
        for each in newer
        if (each.desk_id, each.day) == (check_in.desk_id, check_in.day)
        and each.batch > check_in.batch
        for slot in range(each.first_slot, each.end_slot)
    }
    left = [s for s in range(check_in.first_slot, check_in.end_slot) if s not in taken]
    pieces: list[CheckIn] = []
    for slot in left:
        if pieces and pieces[-1].end_slot == slot:
            pieces[-1] = _from_to(check_in, pieces[-1].first_slot, slot + 1)
        else:
            pieces.append(_from_to(check_in, slot, slot + 1))
    return pieces


def _from_to(check_in: CheckIn, first: int, end: int) -> CheckIn:
    return CheckIn(check_in.batch, check_in.desk_id, check_in.day, check_in.officer_id, first, end)

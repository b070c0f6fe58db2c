"""Where officers belong in a month: unit, group of jobs, direct head, assessor (method §6, §8)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, select

from aggregation.models import Assignment, DutyBatch, Officer
from survey.month import Month


@dataclass(frozen=True, slots=True)
class AssignedOfficer:
    """An officer with the assignment that holds in a month.

    Attributes
    ----------
    key
        What addresses use; the NIP never leaves the staff side.
    employment
        PNS, PPPK or NON_ASN.
    starts_on, ends_on
        First and, if known, last day of the assignment.
    """

    officer_id: int
    key: str
    nip: str | None
    staff_number: str | None
    name: str
    employment: str
    job_group: str
    head_id: int | None
    assessor_id: int | None
    starts_on: date
    ends_on: date | None


def officers_of(session: Session, unit_id: int, month: Month) -> list[AssignedOfficer]:
    """Return who belongs to a unit on some day of a month, by name."""
    here = select(Assignment.officer_id).where(col(Assignment.unit_id) == unit_id)
    rows = session.exec(
        select(Assignment, Officer)
        .join(Officer, col(Officer.id) == col(Assignment.officer_id))
        .join(DutyBatch, col(DutyBatch.id) == col(Assignment.batch_id))
        .where(
            col(Assignment.officer_id).in_(here),
            col(Assignment.starts_on) < month.shift(1).first_day,
        )
        .order_by(col(DutyBatch.recorded_at), col(DutyBatch.number))
    ).all()
    people = {officer.id: officer for _, officer in rows}
    placements: defaultdict[int | None, list[Assignment]] = defaultdict(list)
    for assignment, officer in rows:
        placements[officer.id].append(assignment)
    held = {id_: last_place_in(placed, unit_id, month) for id_, placed in placements.items()}
    found = [_assigned(people[id_], place) for id_, place in held.items() if place is not None]
    return sorted(found, key=lambda officer: (officer.name, officer.officer_id))


def last_place_in(
    placements: Sequence[Assignment], unit_id: int, month: Month
) -> Assignment | None:
    """Return the last of a person's placements that holds on some day of a month in a unit.

    The one with the latest first day on or before a day holds on that day, of several with the
    same first day the last in the sequence; none after its last day, not even an earlier one.

    Examples
    --------
    Somebody moves from unit 1 to unit 2 on 15 October.

    >>> moves = [Assignment(unit_id=1, starts_on=date(2026, 1, 5)),
    ...          Assignment(unit_id=2, starts_on=date(2026, 10, 15))]
    >>> [last_place_in(moves, unit, Month(2026, 10)) is not None for unit in (1, 2)]
    [True, True]
    >>> [last_place_in(moves, unit, Month(2026, 11)) is not None for unit in (1, 2)]
    [False, True]
    """
    month_ends = month.shift(1).first_day - timedelta(days=1)
    in_order = sorted(placements, key=lambda placement: placement.starts_on)
    found = None
    followed = [place.starts_on - timedelta(days=1) for place in in_order[1:]]
    for placement, last in zip(in_order, [*followed, date.max], strict=False):
        ends = min(last, placement.ends_on or date.max, month_ends)
        begins = max(placement.starts_on, month.first_day)
        if placement.unit_id == unit_id and begins <= ends:
            found = placement
    return found


def _assigned(officer: Officer, place: Assignment) -> AssignedOfficer:
    return AssignedOfficer(
        officer_id=place.officer_id,
        key=officer.key,
        nip=officer.nip,
        staff_number=officer.staff_number,
        name=officer.name,
        employment=officer.employment,
        job_group=place.job_group,
        head_id=place.head_id,
        assessor_id=place.assessor_id,
        starts_on=place.starts_on,
        ends_on=place.ends_on,
    )

"""What is recorded of an officer, as the cells of a sheet's line that would say it again."""

from datetime import date

from sqlalchemy import case, or_, select
from sqlmodel import Session, col

from aggregation.models import Assignment, Officer
from aggregation.people.nip import printed
from aggregation.people.officer_lines import (
    ASSESSOR,
    ENDS,
    HEAD,
    JOB_GROUP,
    NAME,
    NIP,
    STAFF_NUMBER,
    STARTS,
    STATUS,
    STATUS_WORDS,
    number_of,
)
from aggregation.people.placements import belongings

MOST_SUGGESTED = 200


def known_cells(session: Session, unit_id: int, officer: Officer, today: date) -> dict[str, str]:
    """Return an officer's cells, by column: the place in the unit that began last, or begins next.

    An officer who was never assigned to the unit has no cells of a place.
    """
    cells = {
        NAME: officer.name,
        NIP: "" if officer.nip is None else printed(officer.nip),
        STAFF_NUMBER: officer.staff_number or "",
        STATUS: STATUS_WORDS[officer.employment],
    }
    known = {begun: b for (_, begun), b in belongings(session, unit_id, officer.id).items()}
    begun = max((day for day in known if day <= today), default=min(known, default=None))
    if begun is None:
        return cells
    place = known[begun]
    superiors = _numbers(session, {place.head_id, place.assessor_id})
    return {
        **cells,
        JOB_GROUP: place.job_group,
        HEAD: superiors.get(place.head_id, ""),
        ASSESSOR: superiors.get(place.assessor_id, ""),
        STARTS: str(begun),
        ENDS: "" if place.ends_on is None else str(place.ends_on),
    }


def suggested_superiors(session: Session, unit_id: int) -> list[tuple[str, str]]:
    """Return number and name of those who may be somebody's head, those who are one first."""
    of_unit = col(Assignment.unit_id) == unit_id
    superiors = (
        select(col(Assignment.head_id))
        .where(of_unit, col(Assignment.head_id).is_not(None))
        .union(
            select(col(Assignment.assessor_id)).where(
                of_unit, col(Assignment.assessor_id).is_not(None)
            )
        )
    )
    is_superior = col(Officer.id).in_(superiors)
    here = select(col(Assignment.officer_id)).where(of_unit)
    found = session.execute(
        select(Officer)
        .where(or_(is_superior, col(Officer.id).in_(here)))
        .order_by(case((is_superior, 0), else_=1), col(Officer.name), col(Officer.id))
        .limit(MOST_SUGGESTED)
    ).scalars()
    return [(number_of(officer.staff_number, officer.nip), officer.name) for officer in found]


def _numbers(session: Session, ids: set[int | None]) -> dict[int | None, str]:
    found = session.execute(select(Officer).where(col(Officer.id).in_(ids - {None}))).scalars()
    return {officer.id: number_of(officer.staff_number, officer.nip) for officer in found}

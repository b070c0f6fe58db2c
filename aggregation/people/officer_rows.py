"""A unit's officers as lines of the sheet that would record them again."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from aggregation.models import Assignment, DutyBatch, Officer
from aggregation.people.nip import printed
from aggregation.people.officer_lines import NON_ASN, STATUS_WORDS, number_of
from aggregation.people.unit_officers import begun_by

Cells = tuple[str, ...]
_Head, _Assessor = aliased(Officer), aliased(Officer)


def officer_rows(session: Session, unit_id: int, today: date) -> Iterator[Cells]:
    """Yield the cells of each placement that holds today or begins later, by name and first day.

    A placement that was replaced, has ended, or was left for another unit is left out.
    """
    now = begun_by(unit_id, today)
    holds = select(now.c.id).where(
        now.c.newest == 1, or_(now.c.ends_on.is_(None), now.c.ends_on >= today)
    )
    rows = session.execute(
        select(Assignment, Officer, _Head, _Assessor)
        .join(Officer, col(Officer.id) == col(Assignment.officer_id))
        .join(DutyBatch, col(DutyBatch.id) == col(Assignment.batch_id))
        .outerjoin(_Head, col(_Head.id) == col(Assignment.head_id))
        .outerjoin(_Assessor, col(_Assessor.id) == col(Assignment.assessor_id))
        .where(
            col(Assignment.unit_id) == unit_id,
            or_(col(Assignment.id).in_(holds), col(Assignment.starts_on) > today),
        )
        .order_by(col(Officer.name), col(Officer.id), col(DutyBatch.number))
    )
    newest = {(officer.id, place.starts_on): row for row in rows for place, officer, *_ in [row]}
    for (_, starts_on), (place, officer, head, assessor) in newest.items():
        yield (
            "" if officer.nip is None or officer.employment == NON_ASN else printed(officer.nip),
            officer.staff_number or "",
            officer.name,
            STATUS_WORDS[officer.employment],
            place.job_group,
            _number(head),
            _number(assessor),
            str(starts_on),
            "" if place.ends_on is None else str(place.ends_on),
        )


def _number(who: Officer | None) -> str:
    return "" if who is None else number_of(who.staff_number, who.nip)

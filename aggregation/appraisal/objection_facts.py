"""What a reviewer gets to see of the month that is objected to: never a score (method §7, §8.3)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlmodel import Session, col

from aggregation.appraisal.models import Objection
from aggregation.appraisal.monthly_scores import closing_at, coverage_of
from aggregation.closings import Closing, OfficerFigure, Tally
from aggregation.duties.marked_day import by_day
from aggregation.duties.waiting_changes import waiting_in
from aggregation.months.revisions import revisions
from aggregation.months.window import frozen_stretches
from survey.models import Desk


@dataclass(frozen=True, slots=True)
class ServedHours:
    """Half hours [first_slot, end_slot) of a day at a desk, as the close froze them."""

    desk: str
    first_slot: int
    end_slot: int


@dataclass(frozen=True, slots=True)
class ObjectionFacts:
    """The month of an objection without a single rating.

    Attributes
    ----------
    closing
        The revision that is objected to.
    days
        Whose hours the officer's were, by day.
    counted, late, quarantined, outage
        Responses of the month in the officer's half hours: those that entered figures, those that
        stood apart, and those of declared outages among the counted.
    unattributed
        Responses of the month at the same desks that are nobody's.
    coverage
        Responses ÷ visits in the window, four decimals; None where visits are not known.
    waiting
        Changes of duties in the month that nobody has approved yet, each in a few words.
    revisions
        Of the month, the first close included.
    """

    closing: Closing
    days: Mapping[date, Sequence[ServedHours]]
    counted: int
    late: int
    quarantined: int
    outage: int
    unattributed: int
    coverage: Decimal | None
    visits: int | None
    waiting: Sequence[str]
    revisions: Sequence[Closing]


def objection_facts(session: Session, objection: Objection, as_of: datetime) -> ObjectionFacts:
    """Return what there is to look at; counts, hours and reasons only."""
    unit_id, month = objection.unit_id, objection.month
    closing = closing_at(session, unit_id, month, as_of, objection.revision)
    figure = session.scalars(
        select(OfficerFigure).where(
            col(OfficerFigure.closing_id) == closing.id,
            col(OfficerFigure.officer_id) == objection.officer_id,
        )
    ).one()
    days, desk_ids = _days(session, closing, objection.officer_id)
    counts = _counts(session, closing, objection.officer_id)
    return ObjectionFacts(
        closing=closing,
        days=days,
        counted=counts["counted"],
        late=counts["late"],
        quarantined=counts["quarantined"],
        outage=counts["outage"],
        unattributed=_unattributed(session, closing, desk_ids),
        coverage=coverage_of(figure),
        visits=figure.visits,
        waiting=waiting_in(session, unit_id, month),
        revisions=revisions(session, unit_id, month, month, as_of),
    )


def _days(
    session: Session, closing: Closing, officer_id: int
) -> tuple[dict[date, list[ServedHours]], set[int]]:
    own = frozen_stretches(session, closing, officer_id)
    desk_ids = {each.desk_id for each in own}
    rows = session.execute(select(col(Desk.id), col(Desk.name)).where(col(Desk.id).in_(desk_ids)))
    names = {row.id: row.name for row in rows}
    days: defaultdict[date, list[ServedHours]] = defaultdict(list)
    for each in own:
        for day, first, end in by_day(each.starts, each.ends):
            days[day].append(ServedHours(names[each.desk_id], first, end))
    in_order = {
        day: sorted(days[day], key=lambda hours: (hours.first_slot, hours.desk))
        for day in sorted(days)
    }
    return in_order, desk_ids


def _counts(session: Session, closing: Closing, officer_id: int) -> dict[str, int]:
    found = dict.fromkeys(("counted", "late", "quarantined", "outage"), 0)
    rows = session.execute(
        select(
            col(Tally.late), col(Tally.quarantined), col(Tally.outage), func.sum(col(Tally.count))
        )
        .where(col(Tally.closing_id) == closing.id, col(Tally.officer_id) == officer_id)
        .group_by(col(Tally.late), col(Tally.quarantined), col(Tally.outage))
    )
    for late, quarantined, outage, count in rows:
        found["late" if late else "quarantined" if quarantined else "counted"] += int(count)
        if outage and not (late or quarantined):
            found["outage"] += int(count)
    return found


def _unattributed(session: Session, closing: Closing, desk_ids: set[int]) -> int:
    counted = select(func.coalesce(func.sum(col(Tally.count)), 0)).where(
        col(Tally.closing_id) == closing.id,
        col(Tally.officer_id).is_(None),
        col(Tally.desk_id).in_(desk_ids),
        col(Tally.late).is_(False),
        col(Tally.quarantined).is_(False),
    )
    return int(session.execute(counted).scalar_one())

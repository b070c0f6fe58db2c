"""What a month of a proof holds: its rows with their salts, its figures, what stood apart (§8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from aggregation.closings import Closing, OfficerFigure, Tally
from aggregation.models import Officer
from aggregation.months.figure_rows import PERSONAL, TABLES, stored_rows
from aggregation.months.sweep import is_late
from aggregation.months.whole_month import whole_month
from aggregation.months.window import codes_of
from aggregation.screening.models import ReviewedResponse, ScreeningReview
from aggregation.visits.outages import outages_in
from survey.leaf import leaf_entry
from survey.merkle import Scalar, leaf_digest
from survey.models import Followup, Response, table_of
from survey.screening_models import Finding

Entry = Mapping[str, Scalar]


@dataclass(frozen=True, slots=True)
class ProofMonth:
    """A closed month, as a proof shows it.

    Attributes
    ----------
    rows
        Leaf entries of the unit's responses and follow-ups, sorted by leaf.
    figures
        What `figure_rows.digest_of` hashes, each row as it is there: nobody's name or number.
    context
        What no row says and the figures rest on: which half hours were declared outages, which
        responses were held for review.
    """

    rows: Sequence[Entry]
    figures: Mapping[str, Any]
    context: Mapping[str, Any]


def proof_month(session: Session, closing: Closing, last_day: date, ago: int) -> ProofMonth:
    """Return what a proof shows of a closing.

    Parameters
    ----------
    last_day
        The day of the close; later rows are no part of it.
    ago
        How many months it lies before the one that is proved.
    """
    outages = outages_in(session, closing.unit_id, closing.month)
    context = {
        "month": str(closing.month),
        "ago": ago,
        "closing": str(closing.id),
        "elements": list(codes_of(closing)),
        "late_until": closing.late_until.isoformat() if closing.late_until else None,
        "outages": [[each.desk_id, each.starts, each.ends] for each in outages],
        "held": _held(session, closing, last_day),
    }
    return ProofMonth(_rows(session, closing, last_day), _figures(session, closing), context)


def officer_keys(session: Session, months: Sequence[ProofMonth]) -> dict[str, str]:
    """Return the random key of each officer whom figures speak of, by the id that they use."""
    name = str(OfficerFigure.__tablename__)
    ids = {row["officer_id"] for month in months for row in month.figures[name]}
    ids |= {row["officer_id"] for month in months for row in month.figures["frozen_duty"]}
    found = session.execute(
        select(col(Officer.id), col(Officer.key)).where(col(Officer.id).in_(ids))
    )
    return {str(officer_id): key for officer_id, key in sorted(map(tuple, found))}


def _rows(session: Session, closing: Closing, last_day: date) -> list[Entry]:
    entries: list[Entry] = []
    for kind, model in (("response", Response), ("followup", Followup)):
        table = table_of(model)
        of_month = (
            table.c.unit_id == closing.unit_id,
            table.c.month == closing.month,
            table.c.received_on <= last_day,
        )
        rows = session.execute(select(table).where(*of_month)).mappings()
        entries += [leaf_entry(kind, row) for row in rows]  # type: ignore[arg-type]
    return sorted(entries, key=leaf_digest)


def _figures(session: Session, closing: Closing) -> dict[str, Any]:
    rows = stored_rows(session, closing.id)
    return {
        "unit": closing.unit_id,
        "month": str(closing.month),
        "method": closing.method_version,
        **{
            str(table.__tablename__): [
                {name: value for name, value in row.items() if name not in PERSONAL}
                for row in rows[table]
            ]
            for table in TABLES
        },
    }


def _held(session: Session, closing: Closing, last_day: date) -> list[str]:
    """Return the responses that were in quarantine when the closing was counted.

    A revision that only follows another month's takes its counts over, so they are older than it.
    """
    counted = session.scalar(
        select(func.coalesce(func.sum(col(Tally.count)), 0)).where(
            col(Tally.closing_id) == closing.id, col(Tally.quarantined), ~col(Tally.late)
        )
    )
    moments = session.scalars(
        select(col(Closing.closed_at))
        .where(
            col(Closing.unit_id) == closing.unit_id,
            col(Closing.month) == closing.month,
            col(Closing.revision) <= closing.revision,
        )
        .order_by(col(Closing.revision).desc())
    )
    found = [_held_at(session, closing, last_day, moment) for moment in moments]
    return next(
        (list(held) for held in found if sum(not late for late in held.values()) == counted),
        list(found[0]),
    )


def _held_at(
    session: Session, closing: Closing, last_day: date, moment: datetime
) -> dict[str, bool]:
    """Return, by id, those that no review had admitted by a moment, and whether they came late."""
    admitted = (
        select(col(ReviewedResponse.response_id))
        .join(ScreeningReview, col(ScreeningReview.id) == col(ReviewedResponse.review_id))
        .where(
            col(ReviewedResponse.unit_id) == closing.unit_id,
            col(ReviewedResponse.month) == closing.month,
            col(ScreeningReview.admitted),
            col(ScreeningReview.decided_at) <= moment,
        )
    )
    held = (
        select(col(Response.id), is_late(closing.late_until))
        .where(
            col(Response.unit_id) == closing.unit_id,
            col(Response.month) == closing.month,
            col(Response.received_on) <= last_day,
            col(Response.id).in_(
                select(col(Finding.response_id)).where(
                    col(Finding.unit_id) == closing.unit_id, col(Finding.month) == closing.month
                )
            ),
            col(Response.id).not_in(admitted),
        )
        .order_by(col(Response.id))
    )
    with whole_month(session):
        return {str(response_id): bool(late) for response_id, late in session.execute(held)}

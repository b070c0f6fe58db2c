"""Closing a month: its figures are written once, and only a revision can follow (method §8)."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from sqlmodel import Session, col

from aggregation.method.officer_score import OfficerScore
from aggregation.method.rule import Rule
from aggregation.method.rule_text import canonical_json
from aggregation.models import (
    Closing,
    ElementTally,
    FrozenDuty,
    OfficerFigure,
    Tally,
    TotalTally,
)
from aggregation.months.draft import METHOD_VERSION, Draft, draft_month
from survey.database import hold_month
from survey.log import Act, record
from survey.merkle import Scalar
from survey.models import ClosedMonth, ServiceUnit
from survey.month import Month, local_day


class MonthNotOver(ValueError):
    """The month has not ended yet in the unit's own time zone."""


class AlreadyClosed(Exception):
    """The month is closed; only a revision can change a figure.

    Attributes
    ----------
    closing
        The first closing of the month.
    """

    def __init__(self, closing: Closing) -> None:
        """Carry the closing there is."""
        super().__init__(str(closing.month))
        self.closing = closing


def close_month(
    session: Session, unit_id: int, month: Month, *, closed_by: str, at: datetime, rule: Rule
) -> Closing:
    """Write a month's figures once: attribution, counts, scores, rule and method version.

    The month is held alone, so no response slips in between the count and the close.

    Raises
    ------
    MonthNotOver
        If the month has not ended in the unit's own zone.
    AlreadyClosed
        If it is closed; nothing is written then.
    """
    check_over(session, unit_id, month, at)
    hold_month(session, unit_id, month, alone=True)
    closed = first_closing(session, unit_id, month)
    if closed is not None:
        raise AlreadyClosed(closed)
    draft = draft_month(session, unit_id, month, rule)
    closing = _write_closing(session, draft, closed_by, at)
    for table, rows in _figures(draft, closing.id):
        if rows:
            session.connection().execute(insert(table), rows)
    facts: dict[str, Scalar] = {
        "month": str(month),
        "revision": closing.revision,
        "responses": closing.responses,
        "figures": closing.figures_digest.hex(),
    }
    record(session, Act("month.closed", "cli", f"closing {closing.id}", facts, unit_id), at)
    return closing


def check_over(session: Session, unit_id: int, month: Month, at: datetime) -> None:
    """Check that a month has ended where the unit is.

    Raises
    ------
    MonthNotOver
        If it has not.
    """
    zone = session.scalars(
        select(col(ServiceUnit.time_zone)).where(col(ServiceUnit.id) == unit_id)
    ).one()
    if Month.of(local_day(at, ZoneInfo(zone))) <= month:
        raise MonthNotOver(str(month))


def first_closing(session: Session, unit_id: int, month: Month) -> Closing | None:
    """Return revision 0 of a month, if it is closed."""
    return session.scalars(
        select(Closing).where(
            col(Closing.unit_id) == unit_id, col(Closing.month) == month, col(Closing.revision) == 0
        )
    ).one_or_none()


def _write_closing(session: Session, draft: Draft, closed_by: str, at: datetime) -> Closing:
    session.add(ClosedMonth(unit_id=draft.unit_id, month=draft.month, closed_at=at))
    session.flush()
    closing = Closing(
        id=uuid4(),
        unit_id=draft.unit_id,
        month=draft.month,
        revision=0,
        closed_at=at,
        closed_by=closed_by,
        rule_version=draft.rule.version,
        rule_document=canonical_json(draft.rule),
        method_version=METHOD_VERSION,
        responses=draft.tally.responses,
        figures_digest=draft.digest(),
    )
    session.add(closing)
    session.flush()
    return closing


def _figures(draft: Draft, closing_id: UUID) -> Iterator[tuple[type, list[dict[str, Any]]]]:
    """Yield the rows of each table that a closing fills."""
    of = {"closing_id": closing_id, "unit_id": draft.unit_id}
    yield (
        FrozenDuty,
        [
            {
                **of,
                "desk_id": stretch.desk_id,
                "starts": stretch.starts,
                "ends": stretch.ends,
                "officer_id": stretch.officer_id,
            }
            for stretch in draft.stretches
        ],
    )
    yield (
        Tally,
        [
            {
                **of,
                **cell._asdict(),
                "number": number,
                "outage": False,
                "combinations": json.dumps(counts, sort_keys=True),
                "count": sum(counts.values()),
            }
            for number, (cell, counts) in enumerate(draft.tally.combinations.items())
        ],
    )
    yield ElementTally, list(_element_rows(draft, of))
    yield TotalTally, list(_total_rows(draft, of))
    yield (
        OfficerFigure,
        [
            {**of, **_officer_row(draft, officer_id, score)}
            for officer_id, score in draft.scores.items()
        ],
    )


def _element_rows(draft: Draft, of: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for cell, counts in draft.tally.questionnaires.items():
        for (element, rating), count in counts.ratings.items():
            if count:
                answer = {"element": element.value, "rating": rating, "count": count}
                yield {**of, **cell._asdict(), "id": uuid4(), **answer}


def _total_rows(draft: Draft, of: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for cell, counts in draft.tally.questionnaires.items():
        for total, count in counts.totals.items():
            yield {**of, **cell._asdict(), "id": uuid4(), "total": total, "count": count}


def _officer_row(draft: Draft, officer_id: int, score: OfficerScore) -> dict[str, Any]:
    figures = score.figures
    return {
        "officer_id": officer_id,
        "basis": score.basis.value,
        "reason": score.reason.text if score.reason else "",
        "window_months": len(draft.window),
        "n": score.n,
        "n_month": draft.n_month(officer_id),
        "sum_x": str(figures.printed_sum) if figures else None,
        "index_raw": str(figures.raw_index) if figures else None,
        "interval_low": str(figures.interval.low) if figures else None,
        "interval_high": str(figures.interval.high) if figures else None,
    }

"""What a closing writes, row by row: the figures of a draft as the tables keep them."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Session, SQLModel, col, select

from aggregation.models import (
    ElementTally,
    FrozenDuty,
    Officer,
    OfficerFigure,
    Tally,
    TotalTally,
)
from aggregation.months.draft import Draft


def figure_rows(
    session: Session, draft: Draft, closing_id: UUID
) -> Iterator[tuple[type[SQLModel], list[dict[str, Any]]]]:
    """Yield the rows of each table that a closing fills, table by table."""
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
    people = session.exec(select(Officer).where(col(Officer.id).in_(draft.scores)))
    yield OfficerFigure, [{**of, **_officer_row(draft, officer)} for officer in people]


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


def _officer_row(draft: Draft, officer: Officer) -> dict[str, Any]:
    """Return an officer's figures, and who the officer is at the close.

    The same revision must read the same for ever, also after a name is corrected.
    """
    officer_id = officer.id or 0
    score = draft.scores[officer_id]
    figures = score.figures
    return {
        "officer_id": officer_id,
        "nip": officer.nip,
        "staff_number": officer.staff_number,
        "name": officer.name,
        "employment": officer.employment,
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

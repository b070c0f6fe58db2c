"""What a closing writes, row by row: the one spelling of its figures, and the digest of it.

The digest leaves out who the officers are: their names may be erased, the figures may not.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select
from sqlmodel import Session, SQLModel, col

from aggregation.closings import (
    ClosingRule,
    ElementTally,
    FrozenDuty,
    OfficerFigure,
    Tally,
    TotalTally,
)
from aggregation.duties.roster import DeskStretch
from aggregation.method.rule_text import canonical_json
from aggregation.models import Officer
from aggregation.months.officer_results import Baseline, OfficerResult
from aggregation.months.tally import MonthTally
from survey.models import table_of
from survey.month import Month

Row = dict[str, Any]
Rows = Mapping[type[SQLModel], Sequence[Row]]
"""By table, what a closing writes there, without the keys of the closing."""

PERSONAL = ("nip", "staff_number", "name", "employment")
"""Who an officer was at the close; may be erased, so no digest rests on it."""

TABLES: tuple[type[SQLModel], ...] = (
    FrozenDuty,
    Tally,
    ElementTally,
    TotalTally,
    ClosingRule,
    OfficerFigure,
)
_OWN_KEYS = {ElementTally: ("id",), TotalTally: ("id",), Tally: ("number",)}
"""Keys that only tell rows of a table apart; each closing makes its own."""


def figure_rows(
    stretches: Sequence[DeskStretch],
    tally: MonthTally,
    baselines: Mapping[str, Baseline],
    results: Mapping[int, OfficerResult],
    window_months: int,
) -> Rows:
    """Return the rows of each table that a closing fills."""
    return {
        FrozenDuty: [
            {
                "desk_id": stretch.desk_id,
                "starts": stretch.starts,
                "ends": stretch.ends,
                "officer_id": stretch.officer_id,
            }
            for stretch in stretches
        ],
        Tally: [
            {
                **cell._asdict(),
                "combinations": json.dumps(counts, sort_keys=True),
                "count": sum(counts.values()),
            }
            for cell, counts in tally.combinations.items()
        ],
        ElementTally: list(_element_rows(tally)),
        TotalTally: list(_total_rows(tally)),
        ClosingRule: [_rule_row(baseline) for baseline in baselines.values()],
        OfficerFigure: [
            officer_row(officer_id, result, window_months) for officer_id, result in results.items()
        ],
    }


def officer_row(
    officer_id: int, result: OfficerResult, window_months: int, computed_in: int = 0
) -> Row:
    """Return an officer's figures as they are printed."""
    score, worth = result.score, result.worth
    figures = score.figures
    return {
        "officer_id": officer_id,
        "basis": score.basis.value,
        "reason": score.reason.text if score.reason else "",
        "window_months": min(window_months, result.rule.window_months),
        "n": score.n,
        "n_month": result.n_month,
        "sum_x": _printed(figures and figures.printed_sum),
        "index_raw": _printed(figures and figures.raw_index),
        "interval_low": _printed(figures and figures.interval.low),
        "interval_high": _printed(figures and figures.interval.high),
        "wide_low": _printed(figures and figures.wide.low),
        "wide_high": _printed(figures and figures.wide.high),
        "rule_version": result.rule.version,
        "job_group": result.job_group,
        "computed_in": computed_in,
        "covered": result.covered,
        "visits": result.visits,
        "index_shrunk": _printed(worth and worth.index),
        "index_mix": _printed(worth and worth.mix),
        "index_other": _printed(worth and worth.other),
        "component_value": _printed(worth and worth.value),
        "contribution": _printed(worth and worth.contribution),
        "proposal": _printed(worth and worth.proposal),
    }


def number(printed: str | None) -> Decimal | None:
    """Return a figure as it was printed; None where there is none."""
    return None if printed is None else Decimal(printed)


def digest_of(unit_id: int, month: Month, method_version: str, rows: Rows) -> bytes:
    """Return the digest of a closing's figures: equal rows give the same, in any order."""
    content = {
        "unit": unit_id,
        "month": str(month),
        "method": method_version,
        **{
            str(table.__tablename__): sorted(_spelled(row) for row in rows[table])
            for table in TABLES
        },
    }
    spelled = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(spelled.encode()).digest()


def write_rows(session: Session, closing_id: UUID, unit_id: int, rows: Rows) -> None:
    """Write the rows of a closing; an officer's row without a name takes it from the person."""
    of = {"closing_id": closing_id, "unit_id": unit_id}
    people = _people(session, [row["officer_id"] for row in rows[OfficerFigure]])
    for table in TABLES:
        written = [{**of, **row, **_own_keys(table, n)} for n, row in enumerate(rows[table])]
        if table is OfficerFigure:
            written = [{**people[row["officer_id"]], **row} for row in written]
        if written:
            session.connection().execute(insert(table), written)


def stored_rows(session: Session, closing_id: UUID) -> Rows:
    """Return what a closing wrote, who the officers were included."""
    found: dict[type[SQLModel], list[Row]] = {}
    for table in TABLES:
        of_closing = table_of(table).c.closing_id == closing_id
        own = {"closing_id", "unit_id", *_OWN_KEYS.get(table, ())}
        found[table] = [
            {name: value for name, value in row.items() if name not in own}
            for row in session.execute(select(table_of(table)).where(of_closing)).mappings()
        ]
    return found


def _own_keys(table: type[SQLModel], number: int) -> Row:
    return {key: number if key == "number" else uuid4() for key in _OWN_KEYS.get(table, ())}


def _people(session: Session, officer_ids: Iterable[int]) -> dict[int, Row]:
    people = session.scalars(select(Officer).where(col(Officer.id).in_(set(officer_ids))))
    return {each.id or 0: {name: getattr(each, name) for name in PERSONAL} for each in people}


def _spelled(row: Row) -> str:
    kept = {name: value for name, value in row.items() if name not in PERSONAL}
    return json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def _printed(value: object) -> str | None:
    return None if value is None else str(value)


def _rule_row(baseline: Baseline) -> Row:
    means = {
        "" if service is None else str(service): str(mean)
        for service, mean in baseline.service_means.items()
    }
    return {
        "version": baseline.rule.version,
        "document": canonical_json(baseline.rule),
        "n": baseline.n,
        "mu": _printed(baseline.mu),
        "service_means": json.dumps(means, sort_keys=True),
    }


def _element_rows(tally: MonthTally) -> Iterator[Row]:
    for cell, counts in tally.questionnaires.items():
        for (element, rating), count in counts.ratings.items():
            if count:
                answer = {"element": element.value, "rating": rating, "count": count}
                yield {**cell._asdict(), **answer}


def _total_rows(tally: MonthTally) -> Iterator[Row]:
    for cell, counts in tally.questionnaires.items():
        for total, count in counts.totals.items():
            yield {**cell._asdict(), "total": total, "count": count}

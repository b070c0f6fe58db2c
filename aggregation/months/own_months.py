"""What closed months say of one officer, as the officer reads it (method §5, §9).

Closed months only, in the revision that holds; one month, one unit, one line. Nothing here knows
a colleague.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.method.combination import CombinationCounts, pool
from aggregation.method.evidence import Basis
from aggregation.method.interval import Interval
from aggregation.method.officer_score import Reader, may_read
from aggregation.method.rule import Rule
from aggregation.method.rule_text import rule_from_json
from aggregation.models import Closing, OfficerFigure, Tally
from aggregation.months.revisions import is_newest, newest_of_each_month, revisions
from survey.models import ServiceUnit
from survey.month import Month


@dataclass(frozen=True, slots=True)
class OwnFigures:
    """The numbers of a month that the officer may see.

    Attributes
    ----------
    sum_x
        Printed sum of the voices, four decimals.
    index
        Raw index, 25.00 to 100.00, two decimals.
    interval
        Its 95 % interval.
    """

    sum_x: Decimal
    index: Decimal
    interval: Interval


@dataclass(frozen=True, slots=True)
class OwnMonth:
    """A closed month of an officer in one unit.

    Attributes
    ----------
    n_month, n
        Responses of the month itself, and of the window that the figures rest on.
    window_months
        Closed months in the window.
    figures
        None unless there is enough evidence for the officer's own page.
    """

    unit_id: int
    unit: str
    month: Month
    revision: int
    basis: Basis
    rule: Rule
    window_months: int
    n_month: int
    n: int
    figures: OwnFigures | None


def own_months(session: Session, officer_id: int) -> list[OwnMonth]:
    """Return an officer's closed months, the newest first."""
    rows = session.execute(
        select(OfficerFigure, Closing, col(ServiceUnit.name))
        .join(Closing, col(Closing.id) == col(OfficerFigure.closing_id))
        .join(ServiceUnit, col(ServiceUnit.id) == col(Closing.unit_id))
        .where(col(OfficerFigure.officer_id) == officer_id, is_newest())
        .order_by(col(Closing.month).desc(), col(ServiceUnit.name), col(Closing.unit_id))
    )
    return [_own_month(figure, closing, unit) for figure, closing, unit in rows]


def window_counts(session: Session, officer_id: int, own: OwnMonth) -> CombinationCounts | None:
    """Return the combinations of answers that a month's figures were computed from.

    Returns
    -------
    dict or None
        None where an earlier month of the window was counted by other elements: what the officer
        sees then cannot be added up from what is stored.
    """
    first = own.month.shift(1 - own.rule.window_months)
    window = newest_of_each_month(revisions(session, own.unit_id, first, own.month))
    closings = list(window.values())
    if any(rule_from_json(closing.rule_document).codes != own.rule.codes for closing in closings):
        return None
    return pool(_stored(session, officer_id, closings, own.rule))


def _stored(
    session: Session, officer_id: int, closings: Sequence[Closing], rule: Rule
) -> list[CombinationCounts]:
    texts = session.scalars(
        select(col(Tally.combinations)).where(
            col(Tally.closing_id).in_([closing.id for closing in closings]),
            col(Tally.officer_id) == officer_id,
            col(Tally.late).is_(False),
            col(Tally.channel).in_(rule.channels),
        )
    )
    return [json.loads(text) for text in texts]


def _own_month(figure: OfficerFigure, closing: Closing, unit: str) -> OwnMonth:
    basis = Basis(figure.basis)
    return OwnMonth(
        closing.unit_id,
        unit,
        closing.month,
        closing.revision,
        basis,
        rule_from_json(closing.rule_document),
        figure.window_months,
        figure.n_month,
        figure.n,
        _figures(figure) if may_read(Reader.OFFICER, basis) else None,
    )


def _figures(figure: OfficerFigure) -> OwnFigures:
    sum_x, index = Decimal(figure.sum_x or 0), Decimal(figure.index_raw or 0)
    bounds = Interval(Decimal(figure.interval_low or 0), Decimal(figure.interval_high or 0))
    return OwnFigures(sum_x, index, bounds)

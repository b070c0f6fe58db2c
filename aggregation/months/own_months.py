"""What closed months say of one officer, as the officer reads it (method §5, §9).

Closed months only, in the revision that holds; one month, one unit, one line. Nothing here knows
a colleague.
"""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import and_, select
from sqlmodel import Session, col

from aggregation.closings import Closing, ClosingRule, OfficerFigure
from aggregation.method.evidence import Basis
from aggregation.method.interval import Interval
from aggregation.method.officer_score import Reader, may_read
from aggregation.method.rule import Rule
from aggregation.method.rule_text import rule_from_json
from aggregation.months.revisions import is_newest
from survey.models import ServiceUnit
from survey.month import Month


@dataclass(frozen=True, slots=True)
class OwnFigures:
    """The numbers of a month that the officer may see.

    Attributes
    ----------
    sum_x
        Printed sum of the voices, four decimals.
    raw
        Raw index, 25.00 to 100.00, two decimals.
    index
        The index that the component follows: the raw one, balanced with the unit's mean.
    interval
        The 95 % interval of the raw index.
    """

    sum_x: Decimal
    raw: Decimal
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

    closing_id: UUID
    unit_id: int
    unit_code: str
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
    its_rule = and_(
        col(ClosingRule.closing_id) == col(OfficerFigure.closing_id),
        col(ClosingRule.version) == col(OfficerFigure.rule_version),
    )
    rows = session.execute(
        select(OfficerFigure, Closing, col(ClosingRule.document), ServiceUnit)
        .join(Closing, col(Closing.id) == col(OfficerFigure.closing_id))
        .outerjoin(ClosingRule, its_rule)
        .join(ServiceUnit, col(ServiceUnit.id) == col(Closing.unit_id))
        .where(col(OfficerFigure.officer_id) == officer_id, is_newest())
        .order_by(col(Closing.month).desc(), col(ServiceUnit.name), col(Closing.unit_id))
    )
    return [
        _own_month(figure, closing, rule_from_json(document or closing.rule_document), unit)
        for figure, closing, document, unit in rows
    ]


def _own_month(figure: OfficerFigure, closing: Closing, rule: Rule, unit: ServiceUnit) -> OwnMonth:
    basis = Basis(figure.basis)
    return OwnMonth(
        closing.id,
        closing.unit_id,
        unit.code,
        unit.name,
        closing.month,
        closing.revision,
        basis,
        rule,
        figure.window_months,
        figure.n_month,
        figure.n,
        _figures(figure) if may_read(Reader.OFFICER, basis) else None,
    )


def _figures(figure: OfficerFigure) -> OwnFigures:
    sum_x, raw = Decimal(figure.sum_x or 0), Decimal(figure.index_raw or 0)
    # Closed before figures were balanced with anything: the raw index is all there is.
    index = raw if figure.index_shrunk is None else Decimal(figure.index_shrunk)
    bounds = Interval(Decimal(figure.interval_low or 0), Decimal(figure.interval_high or 0))
    return OwnFigures(sum_x, raw, index, bounds)

"""The document of a publication, made of released cells and nothing else (method §9, §11)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from sqlmodel import Session, col, select

from aggregation.method.change import Change
from aggregation.method.cuts import UNKNOWN, Cut
from aggregation.method.questionnaire_counts import QuestionnaireCounts
from aggregation.method.rounding import half_up
from aggregation.method.sample_size import required_sample
from aggregation.method.satisfaction_index import satisfaction_index
from aggregation.months.period import Period
from aggregation.months.released import Released, released_each
from aggregation.output.trend import LONGEST_TREND
from aggregation.output.unit_month import MEAN_DECIMALS, ElementLine, UnitMonth, unit_month
from aggregation.visits.visit_totals import visits_in
from survey.channel import Channel
from survey.models import Service
from survey.month import Month
from survey.profile import OPTIONS, ProfileField
from survey.published_document import (
    Before,
    CellFigure,
    ElementFigure,
    PublicCut,
    PublishedDocument,
    Sample,
    Told,
    TrendMonth,
)
from survey.questionnaire import ORDERS, Element, ElementOrder
from survey.units import Unit

_PROFILES = {
    PublicCut.SEX: tuple(OPTIONS[ProfileField.SEX]),
    PublicCut.EDUCATION: tuple(OPTIONS[ProfileField.EDUCATION]),
}
_SLOTS = tuple(f"{weekday}-{slot}" for weekday in range(1, 8) for slot in (1, 2))


def publication_document(
    session: Session, unit: Unit, period: Period, told: Sequence[Told] = ()
) -> PublishedDocument | None:
    """Return what the public may be told of a period.

    Parameters
    ----------
    told
        What citizens said and what came of it, in public words.

    Returns
    -------
    PublishedDocument or None
        None if the period is not released, or its whole is hidden.
    """
    months = _trend_months(period)
    earlier = period.before()
    compared = [period] if earlier is None else [period, earlier]
    found = released_each(session, unit.id, [*compared, *_as_periods(months)])
    now = found.get(period.name)
    if now is None or now.whole is None:
        return None
    before = found[earlier.name].whole if earlier and earlier.name in found else None
    figures = unit_month(now.whole, before, ORDERS[ElementOrder(unit.element_order)])
    if figures is None:
        return None
    services = _services(session, unit.id)
    return PublishedDocument(
        unit_code=unit.code,
        unit_name=unit.name,
        period=period.name,
        release=now.number,
        responses=now.responses,
        n=now.whole.n,
        index=figures.now.index.index,
        low=figures.now.interval.low,
        high=figures.now.interval.high,
        grade=figures.now.index.grade.letter,
        category=figures.now.index.grade.category,
        elements=tuple(_element(line, figures) for line in figures.lines),
        before=_before(earlier, figures),
        sample=_sample(session, unit.id, period),
        services=tuple(service.name for service in services if service.active),
        cuts=_cuts(now, services),
        trend=_trend(found, months),
        told=tuple(told),
    )


def _element(line: ElementLine, figures: UnitMonth) -> ElementFigure:
    figure = figures.now.index.elements[line.element]
    is_chance = line.change in (None, Change.STEADY)
    before = None if is_chance else line.before
    return ElementFigure(line.element, line.mean, figure.index, figure.grade.letter, before)


def _before(earlier: Period | None, figures: UnitMonth) -> Before | None:
    if earlier is None or figures.before is None:
        return None
    differs = figures.change is not Change.STEADY
    return Before(earlier.name, figures.before.index.index, differs)


def _sample(session: Session, unit_id: int, period: Period) -> Sample | None:
    """Return the required sample; None where a month's visits are not known."""
    visits = [visits_in(session, unit_id, month) for month in period.months]
    return Sample(sum(visits), required_sample(sum(visits))) if all(visits) else None


def _cuts(now: Released, services: Sequence[Service]) -> dict[PublicCut, tuple[CellFigure, ...]]:
    names = {str(service.id): service for service in services}
    orders = {
        PublicCut.SERVICE: tuple(names),
        PublicCut.CHANNEL: tuple(Channel),
        PublicCut.TIME: _SLOTS,
        **_PROFILES,
    }
    return {
        cut: tuple(
            _cell(names[cell].code if cell in names else cell, counts, names.get(cell))
            for cell, counts in _in_order(now.cuts[Cut(cut)], order)
        )
        for cut, order in orders.items()
        if now.cuts.get(Cut(cut))
    }


def _in_order(
    cells: Mapping[str, QuestionnaireCounts | None], order: Sequence[str]
) -> list[tuple[str, QuestionnaireCounts | None]]:
    """Return the cells in an order; what it does not know follows, and at the end `UNKNOWN`."""
    place = {cell: number for number, cell in enumerate(order)}
    known = sorted(cells, key=lambda cell: (cell == UNKNOWN, place.get(cell, len(place)), cell))
    return [(cell, cells[cell]) for cell in known]


def _cell(code: str, counts: QuestionnaireCounts | None, service: Service | None) -> CellFigure:
    name = service.name if service else ""
    if counts is None:
        return CellFigure(code, name)
    found = satisfaction_index(counts)
    if found is None:
        return CellFigure(code, name, 0)
    means = {e: _mean(counts, e) for e in Element}
    indices = {e: found.elements[e].index for e in Element}
    return CellFigure(code, name, found.n, found.index, found.grade.letter, means, indices)


def _mean(counts: QuestionnaireCounts, element: Element) -> Decimal:
    from_sum = counts.rating_sum(element)
    return half_up(Fraction(from_sum, counts.n), MEAN_DECIMALS)


def _trend_months(period: Period) -> list[Month]:
    last = period.months[-1]
    return [last.shift(-back) for back in range(LONGEST_TREND)][::-1]


def _as_periods(months: Sequence[Month]) -> list[Period]:
    return [Period(str(month), (month,)) for month in months]


def _trend(found: Mapping[str, Released], months: Sequence[Month]) -> tuple[TrendMonth, ...]:
    """Return the months from the first released one on; fewer than two show no way."""
    points = [_point(str(month), found.get(str(month))) for month in months]
    known = [place for place, point in enumerate(points) if point.index is not None]
    return tuple(points[known[0] :]) if len(known) > 1 else ()


def _point(month: str, of_month: Released | None) -> TrendMonth:
    whole = None if of_month is None else of_month.whole
    index = None if whole is None else satisfaction_index(whole)
    return TrendMonth(month) if index is None else TrendMonth(month, index.n, index.index)


def _services(session: Session, unit_id: int) -> Sequence[Service]:
    rows = select(Service).where(col(Service.unit_id) == unit_id)
    return session.exec(rows.order_by(col(Service.name), col(Service.id))).all()

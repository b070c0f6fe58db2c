"""The unit head's page: how a closed month was, what changed, and what the running one has so far.

Figures are those of closed months; of the month that runs only what method §9 lets be seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, abort, render_template, request
from sqlmodel import Session
from werkzeug import Response

from aggregation.access.roles import Right
from aggregation.method.change import Change
from aggregation.method.suppression import SMALLEST_CELL
from aggregation.method.trend_limits import LEAST_MONTHS
from aggregation.months.closed_months import (
    ClosedMonth,
    closed_months,
    questionnaires_of,
)
from aggregation.output.charts import BarLine, element_chart
from aggregation.output.grade_scale import grade_scale
from aggregation.output.sample_meter import sample_meter
from aggregation.output.unit_month import ElementLine, UnitMonth, unit_month
from aggregation.site.guard import needs
from aggregation.site.guard import unit as named_unit
from aggregation.site.months.unit_sections import (
    cut_sections,
    running_section,
    trend_moves,
    trend_section,
    waiting_month,
)
from aggregation.site.page_way import way_to
from aggregation.site.set_up.unit_list import units_page
from aggregation.site.tablets.red_lines import red_lines
from aggregation.visits.visit_totals import visits_in
from survey.database import reading
from survey.language import Language
from survey.month import Month
from survey.questionnaire import ITEMS, ORDERS, QUICK_ITEM, ElementOrder
from survey.site import here
from survey.spoken import spoken
from survey.units import Unit

dashboard = Blueprint("dashboard", __name__)

_ARROWS = {Change.RISE: "↑ ", Change.FALL: "↓ ", Change.STEADY: ""}


@dataclass(frozen=True, slots=True)
class ShownMonth:
    """The month on the page, as its head tells it."""

    month: Month
    revision: int
    closed_on: date
    responses: int
    late: int
    questionnaires: int


@dashboard.get("/")
@needs(Right.SEE_UNIT)
def units() -> str | Response:
    """Show the units of one's branch, or lead straight to what is to be done."""
    return units_page()


@dashboard.get("/unit/<code>")
@needs(Right.SEE_UNIT)
def unit(code: str) -> str:  # noqa: ARG001 - the guard has looked it up
    """Show a unit's closed month: the one that `bulan` names, or the newest."""
    with reading(here().engine) as session:
        page = _page(session, named_unit(), request.args.get("bulan"))
    return render_template(
        "aggregation/unit.html",
        changes=Change,
        items=ITEMS,
        faces=QUICK_ITEM.answers,
        smallest_cell=SMALLEST_CELL,
        least_months=LEAST_MONTHS,
        trend_moves=trend_moves,
        **page,
    )


def _page(session: Session, unit: Unit, asked: str | None) -> dict[str, Any]:
    """Return what the template needs to know of the month."""
    months = closed_months(session, unit.id)
    if not months and asked is None:
        waits = waiting_month(session, unit, months)
        red = red_lines(session, unit)
        return {"month": None, "waits": waits, **red, **running_section(session, unit)}
    place = _place(months, asked)
    closed, before = months[place], months[place + 1] if place + 1 < len(months) else None
    counts = questionnaires_of(session, closed.closing_id)
    earlier = None if before is None else questionnaires_of(session, before.closing_id)
    figures = unit_month(counts, earlier, ORDERS[ElementOrder(unit.element_order)])
    visits = visits_in(session, unit.id, closed.month)
    return {
        "month": _shown(closed, unit, counts.n),
        "months": [each.month for each in months],
        "before": None if before is None else before.month,
        "figures": figures,
        "sample": sample_meter(visits, counts.n, closed.responses),
        "way_to_visits": way_to("visits.all_visits", Right.KEEP_ROSTER),
        "waits": None if place else waiting_month(session, unit, months),
        **(_drawings(figures, closed.month, before) if figures else {}),
        **trend_section(session, months, closed.month),
        **cut_sections(session, unit, closed),
        **({} if place else red_lines(session, unit) | running_section(session, unit)),
    }


def _shown(closed: ClosedMonth, unit: Unit, questionnaires: int) -> ShownMonth:
    return ShownMonth(
        closed.month,
        closed.revision,
        unit.day_of(closed.closed_at),
        closed.responses,
        closed.late,
        questionnaires,
    )


def _place(months: Sequence[ClosedMonth], asked: str | None) -> int:
    """Return which of the months to show; 404 if it is none of them."""
    if asked is None:
        return 0
    written = [str(each.month) for each in months]
    return written.index(asked) if asked in written else abort(404)


def _drawings(figures: UnitMonth, month: Month, before: ClosedMonth | None) -> dict[str, Any]:
    language = spoken()
    lines = [_bar(line, language) for line in figures.lines]
    name_before = "" if before is None else language.month(before.month)
    index = figures.now.index.index
    return {
        "scale": grade_scale(index, figures.now.interval),
        "element_chart": element_chart(lines, language.month(month), name_before),
    }


def _bar(line: ElementLine, language: Language) -> BarLine:
    label = language.say(ITEMS[line.element].short)
    printed = language.figure(line.mean)
    if line.before is None or line.change is None or line.difference is None:
        return BarLine(label, line.mean, printed)
    return BarLine(
        label,
        line.mean,
        printed,
        line.before,
        language.figure(line.before),
        f"{_ARROWS[line.change]}{language.difference(line.difference)}",
        stands_out=line.change is not Change.STEADY,
    )

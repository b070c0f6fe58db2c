"""The unit head's page: how it goes, what changed, and what to do about it.

Figures are those of released periods, from the one fixed set of cuts; of the month that runs only
what method §9 lets be seen.
"""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template
from sqlmodel import Session
from werkzeug import Response as Answer

from aggregation.access.roles import Right
from aggregation.changes.open_months import closed_months
from aggregation.method.change import Change
from aggregation.method.suppression import SMALLEST_CELL
from aggregation.months.closed_months import closed_months as counted_months
from aggregation.months.period import Period
from aggregation.months.released_wholes import periods_of
from aggregation.output.csv_rows import csv_rows
from aggregation.output.dashboard.part import Part, joined, written
from aggregation.output.dashboard.period_page import PeriodPage, period_page
from aggregation.output.dashboard.roll_up import BranchUnit, branch, roll_up, roll_up_part
from aggregation.output.grade_scale import GradeScale, grade_scale
from aggregation.output.period_words import period_name
from aggregation.output.unit_month import Standing
from aggregation.site.guard import me, needs
from aggregation.site.guard import unit as named_unit
from aggregation.site.months.chosen_period import (
    NoPeriod,
    choices,
    chosen_period,
    moved_address,
)
from aggregation.site.months.running_panel import running_section, waiting_month
from aggregation.site.page_way import way_to
from aggregation.site.set_up.unit_list import units_page
from aggregation.site.tablets.red_lines import red_lines
from survey.database import reading
from survey.questionnaire import ITEMS
from survey.site import here
from survey.spoken import spoken
from survey.units import Unit

dashboard = Blueprint("dashboard", __name__)


@dashboard.get("/")
@needs(Right.SEE_UNIT)
def units() -> str | Answer:
    """Show the units of one's branch, or lead straight to what is to be done."""
    return units_page()


@dashboard.get("/unit/<code>")
@needs(Right.SEE_UNIT)
def unit(code: str) -> str | tuple[str, int] | Answer:
    """Show a unit's released period: the one that `periode` names, or the newest month."""
    with reading(here().engine) as session:
        units = _branch(session, named_unit())
        released = periods_of(session, [each.id for each in units])
        try:
            if moved := moved_address(code):
                return redirect(moved, 301)
            period = chosen_period(released)
        except NoPeriod:
            return _page("unit_no_period.html", choices=choices(released)), 404
        if period is None:
            return _page("unit_begins.html", **_now(session, named_unit()))
        return _shown(session, period, released, units)


@dashboard.get("/unit/<code>/data/<chart>.csv")
@needs(Right.SEE_UNIT)
def data(code: str, chart: str) -> Response:
    """Give a chart's table of a period as a file: the same rows as on the page."""
    with reading(here().engine) as session:
        units = _branch(session, named_unit())
        try:
            period = chosen_period(periods_of(session, [each.id for each in units]))
        except NoPeriod:
            abort(404)
        part = _part(session, units, period, chart) if period else None
    if part is None or period is None:
        abort(404)
    rows = csv_rows([column.label for column in part.table.columns], part.table.rows)
    name = f"{code}-{part.name}-{period.name}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(rows, mimetype="text/csv", headers=headers)


@dashboard.get("/unit/<code>/berjalan")
@needs(Right.SEE_UNIT)
def running(code: str) -> str:  # noqa: ARG001 - the guard has looked it up
    """Show the live panel alone; the page's script asks for it every minute."""
    with reading(here().engine) as session:
        return _page("unit_live.html", **running_section(session, named_unit()))


def _shown(
    session: Session, period: Period, released: list[Period], units: Sequence[BranchUnit]
) -> str | tuple[str, int]:
    unit, language = named_unit(), spoken()
    page = period_page(session, unit, period, language)
    whole_branch = roll_up(session, units, period, language) if len(units) > 1 else None
    common = {
        "period": period,
        "period_name": period_name(period, language),
        "choices": choices(released),
        "roll_up": whole_branch,
        "roll_up_part": whole_branch and roll_up_part(whole_branch, language),
        "written": lambda cell, form: written(cell, form, language),
        "months_named": lambda months: joined([language.month(each) for each in months], language),
    }
    if page is None and whole_branch and whole_branch.standing:
        return _page("unit_branch.html", scale=_scale(whole_branch.standing), **common)
    if page is None:
        closed = closed_months(session, unit.id)
        status = 200 if set(closed) & set(period.months) else 404
        return _page("unit_not_released.html", closed=closed, released=released, **common), status
    newest = period.months[-1] == max(each.months[-1] for each in released)
    facts = _facts(session, unit, page)
    now = _now(session, unit) if newest else {}
    return _page("unit.html", page=page, **facts, **common, **now)


def _page(template: str, **words: Any) -> str:  # noqa: ANN401 - what templates take
    return render_template(f"aggregation/{template}", smallest_cell=SMALLEST_CELL, **words)


def _facts(session: Session, unit: Unit, page: PeriodPage) -> dict[str, Any]:
    language = spoken()
    months = [each for each in counted_months(session, unit.id) if each.month in page.period.months]
    figures = page.figures
    return {
        "changes": Change,
        "items": ITEMS,
        "figures": figures,
        "scale": _scale(figures.now) if figures else None,
        "before": period_name(page.before, language) if page.before else None,
        "released_on": unit.day_of(page.released.released_at),
        "late": sum(each.late for each in months),
        "way_to_visits": way_to("visits.all_visits", Right.KEEP_ROSTER),
        "way_to_plan": way_to("improvements.planning.plan", Right.IMPROVE),
    }


def _scale(found: Standing) -> GradeScale:
    return grade_scale(found.index.index, found.interval)


def _now(session: Session, unit: Unit) -> dict[str, Any]:
    """Return what is of today: the month that runs, the one that waits, tablets that are red."""
    return {
        "waits": waiting_month(session, unit, closed_months(session, unit.id)),
        **red_lines(session, unit),
        **running_section(session, unit),
    }


def _branch(session: Session, unit: Unit) -> Sequence[BranchUnit]:
    """Return a unit and those below it, as far as the reader may see them."""
    scope = me().scope
    if unit.id not in scope.parents.values():
        return [BranchUnit(unit.id, unit.code, unit.name, 0)]
    return branch(session, unit.id, scope.units(Right.SEE_UNIT))


def _part(session: Session, units: Sequence[BranchUnit], period: Period, name: str) -> Part | None:
    language = spoken()
    if name == "gabungan" and len(units) > 1:
        return roll_up_part(roll_up(session, units, period, language), language)
    page = period_page(session, named_unit(), period, language)
    return page.parts.get(name) if page else None

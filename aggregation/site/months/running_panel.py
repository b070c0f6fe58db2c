"""The live panel of a unit: counts in tens, and faces of days that are over (method §9)."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from aggregation.access.roles import Role
from aggregation.method.suppression import SMALLEST_CELL
from aggregation.months.month_close import has_responses
from aggregation.months.running_month import RunningMonth
from aggregation.output.charts import BarLine, count_chart
from aggregation.site.guard import me, unit_today
from aggregation.site.months.live_counts import live_counts
from survey.language import worded
from survey.month import Month
from survey.questionnaire import QUICK_ITEM, RATINGS
from survey.spoken import spoken
from survey.units import Unit


def running_section(session: Session, unit: Unit) -> dict[str, Any]:
    """Return what may be told of the month that runs.

    An officer sees nothing about the current day (method §9): then only days that are over count.
    """
    today = unit_today()
    month = Month.of(today)
    with_today = not me().is_a(Role.OFFICER)
    found = live_counts().of(session, unit.id, month, today, with_today=with_today)
    shown = found if found.responses >= SMALLEST_CELL else None
    return {
        "running": shown,
        "running_name": month,
        "with_today": with_today,
        "faces": QUICK_ITEM.answers,
        **(_running_charts(shown) if shown else {}),
    }


def waiting_month(session: Session, unit: Unit, closed: Collection[Month]) -> Month | None:
    """Return the month that is over, rated, and not closed yet, if it is the last one."""
    last = Month.of(unit_today()).shift(-1)
    if last in closed:
        return None
    return last if has_responses(session, unit.id, last) else None


def _running_charts(running: RunningMonth) -> dict[str, Any]:
    language = spoken()
    counted = {
        language.say(worded("Tanggapan")): running.responses,
        language.say(worded("Kuesioner lengkap")): running.questionnaires,
    }
    charts = {"so_far_chart": _count_chart(counted)}
    if running.faces is not None:
        faces = {
            language.say(QUICK_ITEM.answers[rating - 1]): running.faces.counts[rating]
            for rating in reversed(RATINGS)
        }
        charts["faces_chart"] = _count_chart(faces)
    return charts


def _count_chart(counts: Mapping[str, int]) -> dict[str, Any]:
    language = spoken()
    lines = [
        BarLine(name, Decimal(count), language.number(count)) for name, count in counts.items()
    ]
    return count_chart(lines, language.say(worded("Tanggapan")))

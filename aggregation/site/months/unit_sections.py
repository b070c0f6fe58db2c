"""Parts of a unit's page, each computed here so that its template only says it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from aggregation.access.roles import Role
from aggregation.method.suppression import SMALLEST_CELL
from aggregation.months.closed_months import ClosedMonth, totals_of
from aggregation.months.month_close import has_responses
from aggregation.months.response_cuts import (
    UNKNOWN_WEEK,
    WEEKS,
    responses_by_channel,
    responses_by_week,
)
from aggregation.months.running_month import RunningMonth, running_month
from aggregation.output.charts import BarLine, count_chart
from aggregation.output.response_cut import ResponseCut, response_cut
from aggregation.output.trend import LONGEST_TREND, Trend, trend
from aggregation.output.trend_chart import TrendWords, trend_chart
from aggregation.site.guard import me, unit_today
from survey.channel import Channel
from survey.language import worded
from survey.month import Month
from survey.questionnaire import QUICK_ITEM, RATINGS
from survey.spoken import spoken
from survey.units import Unit

CHANNEL_NAMES: Mapping[str, str] = {
    Channel.KIOSK: worded("Tablet di loket"),
    Channel.KIOSK_QR: worded("Kode QR di tablet"),
    Channel.TICKET: worded("Karcis"),
    Channel.DESK_QR: worded("Poster QR"),
    Channel.PAPER: worded("Lembar kertas"),
}
_HIDDEN = "–"


@dataclass(frozen=True, slots=True)
class CutSection:
    """A cut of a month's responses: its chart, and the same as a table.

    Attributes
    ----------
    name
        What the parts of the section are called on the page.
    rows
        Label and printed count; None where it is hidden.
    largest
        The label of the largest cell, if there is one.
    """

    name: str
    rows: Sequence[tuple[str, str | None]]
    largest: str | None
    hides: bool
    chart: Mapping[str, Any]


def trend_section(session: Session, months: Sequence[ClosedMonth], last: Month) -> dict[str, Any]:
    """Return the trend that ends with a month, and its chart; nothing without two indices."""
    shown = {
        each.month: each.closing_id
        for each in months
        if last.shift(1 - LONGEST_TREND) <= each.month <= last
    }
    totals = totals_of(session, shown.values())
    found = trend({month: totals[closing_id] for month, closing_id in shown.items()}, last)
    if found is None:
        return {"trend": None}
    language = spoken()
    words = TrendWords(
        language.say(worded("Indeks Kepuasan Masyarakat")),
        language.say(worded("batas wajar")),
        tuple("" if p.index is None else language.figure(p.index) for p in found.points),
    )
    return {"trend": found, "trend_chart": trend_chart(found, words)}


def trend_moves(found: Trend) -> str:
    """Return which way the months beyond the limits lie: ``up``, ``down``, ``both`` or nothing."""
    centre = found.limits.centre if found.limits else Decimal(0)
    ways = {"up" if (p.index or Decimal(0)) > centre else "down" for p in found.outside}
    return "both" if len(ways) > 1 else next(iter(ways), "")


def cut_sections(session: Session, unit: Unit, closed: ClosedMonth) -> dict[str, Any]:
    """Return the closed month's responses by week and by channel, each by itself."""
    weeks = response_cut(responses_by_week(session, unit.id, closed.month), closed.responses)
    channels = response_cut(responses_by_channel(session, closed.closing_id), closed.responses)
    return {
        "weeks": weeks and _section("minggu", weeks, _week_names(closed.month)),
        "channels": channels and _section("kanal", channels, _channel_names()),
    }


def running_section(session: Session, unit: Unit) -> dict[str, Any]:
    """Return what may be told of the month that runs, and whether the one before waits.

    An officer sees nothing about the current day (method §9): then only days that are over count.
    """
    today = unit_today()
    month = Month.of(today)
    with_today = not me().is_a(Role.OFFICER)
    found = running_month(session, unit.id, month, today, with_today=with_today)
    shown = found if found.responses >= SMALLEST_CELL else None
    return {
        "running": shown,
        "running_name": month,
        "with_today": with_today,
        **(_running_charts(shown) if shown else {}),
    }


def waiting_month(session: Session, unit: Unit, months: Sequence[ClosedMonth]) -> Month | None:
    """Return the month that is over, rated, and not closed yet, if it is the last one."""
    last = Month.of(unit_today()).shift(-1)
    closed = bool(months) and months[0].month >= last
    return None if closed or not has_responses(session, unit.id, last) else last


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


def _section(name: str, cut: ResponseCut[Any], names: Mapping[Any, str]) -> CutSection:
    language = spoken()
    rows = [
        (names[cell], None if count is None else language.number(count))
        for cell, count in cut.cells.items()
    ]
    chart = _count_chart({names[cell]: count for cell, count in cut.cells.items()})
    largest = None if cut.largest is None else names[cut.largest]
    return CutSection(name, rows, largest, cut.hides, chart)


def _count_chart(counts: Mapping[str, int | None]) -> dict[str, Any]:
    language = spoken()
    lines = [
        BarLine(name, Decimal(count or 0), _HIDDEN if count is None else language.number(count))
        for name, count in counts.items()
    ]
    return count_chart(lines, language.say(worded("Tanggapan")))


def _week_names(month: Month) -> dict[int, str]:
    language = spoken()
    days = language.say(worded("Tanggal %(first)s–%(last)s"))
    last_day = max(month.days()).day
    ends = [first - 1 for first in list(WEEKS.values())[1:]] + [last_day]
    names = {
        week: days % {"first": first, "last": last}
        for (week, first), last in zip(WEEKS.items(), ends, strict=True)
    }
    return names | {UNKNOWN_WEEK: language.say(worded("Waktunya tidak diketahui"))}


def _channel_names() -> dict[str, str]:
    return {channel: spoken().say(name) for channel, name in CHANNEL_NAMES.items()}

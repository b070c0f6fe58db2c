"""A report's drawings as positions: the index on its scale, bars of the elements, the trend."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from aggregation.method.grades import GRADES_2017
from aggregation.output.grade_scale import grade_scale
from aggregation.output.period_words import period_name
from aggregation.output.report.report_blocks import (
    Bar,
    Bars,
    Border,
    GradeBand,
    Index,
    Point,
    Points,
)
from aggregation.output.report.report_words import WORDS
from aggregation.output.report.skm_report import ElementFigures, PastPeriod, SkmReport
from aggregation.output.unit_month import Standing
from survey.questionnaire import HIGHEST, LOWEST

_FULL = 100
_LOWEST_DRAWN = Decimal(60)
"""Where the trend's drawing begins if nothing lies below."""


def index_drawing(report: SkmReport) -> Index:
    """Draw the index with its interval on the scale of the grades."""
    index, interval = report.standing.index, report.standing.interval
    scale = grade_scale(index.index, interval)
    grade = f"Mutu {index.grade.letter} · {index.grade.category}"
    span = f"{WORDS.figure(interval.low)} sampai {WORDS.figure(interval.high)}"
    return Index(
        WORDS.figure(index.index),
        grade,
        f"Rentang kepercayaan 95%: {span}",
        f"IKM {WORDS.figure(index.index)}, {grade}, rentang {span}",
        [
            GradeBand(
                band.letter,
                float(band.left),
                float(band.width),
                "" if band.lowest is None else WORDS.figure(band.lowest),
            )
            for band in scale.bands
        ],
        float(scale.index_at),
        float(scale.interval_left),
        float(scale.interval_width),
    )


def element_bars(report: SkmReport) -> Bars:
    """Draw the means of the nine elements, with a mark where each was before."""
    before = None if report.before is None else period_name(report.before, WORDS)
    return Bars(
        "Nilai rata-rata per unsur (skala 1–4)",
        "; ".join(f"{each.name} {WORDS.figure(each.line.mean)}" for each in report.elements),
        [_bar(each) for each in report.elements],
        "" if before is None else f"Garis tegak: {before}",
    )


def trend_points(report: SkmReport) -> Points | None:
    """Draw the indices of the periods up to this one; None where there is only one."""
    standings = [(each, each.standing) for each in report.trend]
    known = [standing for _, standing in standings if standing is not None]
    if len(known) < 2:  # noqa: PLR2004 - one point shows no way
        return None
    lowest = min(_LOWEST_DRAWN, *(each.interval.low for each in known))
    return Points(
        "IKM dari periode ke periode, dengan rentang kepercayaan 95%",
        "; ".join(_told(each, standing) for each, standing in standings),
        [_point(each, standing, lowest) for each, standing in standings],
        _borders(lowest),
    )


def _bar(each: ElementFigures) -> Bar:
    line = each.line
    return Bar(
        f"{each.number} {each.name}",
        WORDS.figure(line.mean),
        _of_scale(line.mean),
        None if line.before is None else _of_scale(line.before),
        "" if line.difference is None else WORDS.difference(line.difference),
    )


def _of_scale(mean: Decimal) -> float:
    return float(_FULL * (Fraction(mean) - LOWEST) / (HIGHEST - LOWEST))


def _point(each: PastPeriod, standing: Standing | None, lowest: Decimal) -> Point:
    label = period_name(each.period, WORDS)
    if standing is None:
        return Point(label, "", None, None, None)
    interval, index = standing.interval, standing.index.index
    low, high = _height(interval.low, lowest), _height(interval.high, lowest)
    return Point(label, WORDS.figure(index), _height(index, lowest), low, high)


def _told(each: PastPeriod, standing: Standing | None) -> str:
    name = period_name(each.period, WORDS)
    return f"{name} {'–' if standing is None else WORDS.figure(standing.index.index)}"


def _height(index: Decimal, lowest: Decimal) -> float:
    return float(_FULL * Fraction(index - lowest) / Fraction(_FULL - lowest))


def _borders(lowest: Decimal) -> Sequence[Border]:
    return [
        Border(f"{grade.letter} {WORDS.figure(grade.lowest)}", _height(grade.lowest, lowest))
        for grade in GRADES_2017
        if grade.lowest > lowest
    ]

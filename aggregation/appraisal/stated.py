"""The parts of a statement, each from the stored facts of a close (method §5, §6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.appraisal.statement_window import StatementWindow
from aggregation.closings import OfficerFigure
from aggregation.method.answer_rows import AnswerRow, answer_rows, sums_by_divisor
from aggregation.method.combination import CombinationCounts, voices
from aggregation.method.component import Proposal
from aggregation.method.interval import Interval, Moments
from aggregation.method.officer_score import SUM_DECIMALS
from aggregation.method.rounding import half_up
from aggregation.method.rule import Rule
from aggregation.method.shrinkage import Pull, reliability
from aggregation.method.strengths import ElementCounts, element_counts, strengths
from aggregation.method.worked_formula import (
    Formula,
    Mixed,
    contribution_line,
    raw_line,
    shrunk_lines,
    sum_line,
    value_line,
    voice_line,
)
from aggregation.months.figure_rows import number
from aggregation.months.officer_results import Baseline, served, window_counts
from survey.models import Service


@dataclass(frozen=True, slots=True)
class StatedFigures:
    """The numbers of a statement, as the close printed them.

    Attributes
    ----------
    sum_x
        Σx, four decimals.
    raw, index
        The raw index 25·m, and the index 25·m* that the component follows.
    interval, wide
        95 % and 99 % interval of the raw index.
    mix
        The expected index of the officer's mix of services; None if not known.
    other
        The index with the rule's switch for outages turned; None if nobody answered in one.
    value, contribution, proposal
        Only of publishable figures.
    """

    sum_x: Decimal
    raw: Decimal
    index: Decimal | None
    interval: Interval
    wide: Interval | None
    mix: Decimal | None
    other: Decimal | None
    reliability: Decimal
    value: Decimal | None
    contribution: Decimal | None
    proposal: Proposal | None


@dataclass(frozen=True, slots=True)
class ServedService:
    """A service that the rule corrects for: how often it was served, and its mean in the unit.

    Attributes
    ----------
    name
        None where the service of a response is not known.
    """

    name: str | None
    mixed: Mixed


@dataclass(frozen=True, slots=True)
class Answers:
    """What citizens answered in the window; only said where the figures are publishable.

    Attributes
    ----------
    of_month
        The counts of the month itself; none where fewer than the rule's minimum answered in it.
    rows
        The combinations that Σx is added up from.
    """

    strengths: Sequence[ElementCounts]
    of_window: Sequence[ElementCounts]
    of_month: Sequence[ElementCounts]
    rows: Sequence[AnswerRow]


def stated_figures(figure: OfficerFigure, rule: Rule) -> StatedFigures | None:
    """Return an officer's numbers; None where nobody answered."""
    interval = _interval(figure.interval_low, figure.interval_high)
    if figure.sum_x is None or figure.index_raw is None or interval is None:
        return None
    return StatedFigures(
        Decimal(figure.sum_x),
        Decimal(figure.index_raw),
        number(figure.index_shrunk),
        interval,
        _interval(figure.wide_low, figure.wide_high),
        number(figure.index_mix),
        number(figure.index_other),
        reliability(figure.n, rule.shrinkage_k),
        number(figure.component_value),
        number(figure.contribution),
        Proposal(figure.proposal) if figure.proposal else None,
    )


def stated_answers(window: StatementWindow, figure: OfficerFigure, rule: Rule) -> Answers | None:
    """Return the answers behind the numbers.

    Returns
    -------
    Answers or None
        None where what is stored of them does not add up to the printed Σx and n: then nothing
        could be recomputed from it. A month that a later rule reads by other elements can be so.
    """
    counts = window_counts(window.own, rule)
    if not _fits(counts, figure, rule):
        return None
    of_window = element_counts(counts, rule)
    own = window_counts(window.own[:1], rule) if figure.n_month >= rule.minimum_n else None
    return Answers(
        strengths(of_window, rule),
        of_window,
        element_counts(own, rule) if own else (),
        answer_rows(counts, rule),
    )


def stated_mix(
    session: Session, window: StatementWindow, figure: OfficerFigure, by: Baseline
) -> list[ServedService]:
    """Return the services that the rule corrects for; none unless it does.

    They tell no answer of the officer's own citizens, so they are said with every index.
    """
    if not (by.rule.mix_applied and _fits(window_counts(window.own, by.rule), figure, by.rule)):
        return []
    return _served(session, window, by)


def worked_formulas(
    n: int,
    by: Baseline,
    figures: StatedFigures,
    answers: Answers | None,
    mix: Sequence[ServedService] = (),
) -> tuple[Formula, ...]:
    """Return the lines from the answers to the contribution, as far as they can be followed."""
    rule = by.rule
    lines: list[Formula] = []
    if answers:
        lines.append(voice_line(answers.rows[0].answers, rule))
        lines.append(sum_line(sums_by_divisor(answers.rows), figures.sum_x))
    lines.append(raw_line(figures.sum_x, n, figures.raw))
    corrected_unseen = rule.mix_applied and figures.mix is not None and not mix
    if figures.index is None or by.mu is None or corrected_unseen:
        return tuple(lines)
    pull = Pull(by.mu, rule.shrinkage_k)
    mixed = [each.mixed for each in mix]
    lines += shrunk_lines(figures.sum_x, n, pull, figures.index, mixed)
    if figures.value is not None and figures.contribution is not None:
        lines.append(value_line(figures.index, rule, figures.value))
        lines.append(contribution_line(figures.value, rule, figures.contribution))
    return tuple(lines)


def _fits(counts: CombinationCounts, figure: OfficerFigure, rule: Rule) -> bool:
    moments = Moments.of(voices(counts, rule))
    return (moments.n, str(half_up(moments.total, SUM_DECIMALS))) == (figure.n, figure.sum_x)


def _served(session: Session, window: StatementWindow, by: Baseline) -> list[ServedService]:
    times = served(window.own, by.rule)
    if not times.keys() <= by.service_means.keys():
        return []
    names: dict[int | None, str] = dict(
        session.execute(
            select(col(Service.id), col(Service.name)).where(col(Service.id).in_(times))
        ).all()
    )
    found = [
        ServedService(names.get(service), Mixed(count, by.service_means[service]))
        for service, count in times.items()
    ]
    return sorted(found, key=lambda each: (each.name is None, each.name))


def _interval(low: str | None, high: str | None) -> Interval | None:
    return None if low is None or high is None else Interval(Decimal(low), Decimal(high))

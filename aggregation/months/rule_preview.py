"""What another rule would have said of a closed month, beside the rule in force (method §6).

Counted from what the closings stored; nothing is written. A draft opens nobody's figures: numbers
are given only where the rule in force gives them, and only as far as its own thresholds reach.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from sqlmodel import Session, col, select

from aggregation.closings import Closing, OfficerFigure
from aggregation.method.component import Proposal
from aggregation.method.evidence import Basis, Reason, evidence
from aggregation.method.rule import Rule
from aggregation.months.draft import job_groups, results_of
from aggregation.months.officer_results import OfficerResult
from aggregation.months.revisions import earlier_closings
from aggregation.months.window import WindowMonth, closed_month, codes_of
from aggregation.people.officer_names import officer_names
from aggregation.rules.models import RuleDecision, ScoringRule
from aggregation.rules.rule_book import RuleBook, rules_in_force
from survey.month import Month

_A_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Side:
    """What one of the two rules says of an officer.

    Attributes
    ----------
    reason
        Why there are no numbers, if the rule itself withholds them.
    index, value, contribution, proposal
        None where they are withheld.
    """

    version: str
    n: int
    basis: Basis
    reason: Reason | None
    index: Decimal | None = None
    value: Decimal | None = None
    contribution: Decimal | None = None
    proposal: Proposal | None = None


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """An officer under both rules."""

    officer_id: int
    name: str
    job_group: str
    before: Side
    after: Side

    @property
    def is_compared(self) -> bool:
        """Whether both rules give numbers."""
        return self.before.index is not None and self.after.index is not None


@dataclass(frozen=True, slots=True)
class Preview:
    """A closed month under the rule in force and under another.

    Attributes
    ----------
    lines
        Whom the other rule would hold for, or move, by name; never by score.
    others
        How many officers of the month keep their rule and their figures.
    closed_window
        Closed months that the other rule's window found, of `window_months` that it asks for.
    recounted
        Months whose stored counts do not hold the elements of both rules, so that the responses
        were counted again.
    """

    month: Month
    lines: Sequence[PreviewLine]
    others: int
    window_months: int
    closed_window: int
    recounted: Sequence[Month]


def books_around(
    session: Session, unit_id: int, drafted: ScoringRule, at: datetime
) -> tuple[RuleBook, RuleBook]:
    """Return what holds in a unit, in a rule's first month, without the rule and with it."""
    decision = session.get(RuleDecision, drafted.id)
    before = min(at, decision.decided_at - _A_MOMENT) if decision else at
    month = drafted.effective_from
    return (
        rules_in_force(session, unit_id, month, before),
        rules_in_force(session, unit_id, month, before, as_if=drafted),
    )


def preview_rule(
    session: Session, closing: Closing, drafted: ScoringRule, books: tuple[RuleBook, RuleBook]
) -> Preview:
    """Return what a rule would have made of a closed month.

    Parameters
    ----------
    closing
        The newest revision of the month.
    books
        What holds without the rule and with it.
    """
    now, then = books
    codes = tuple(dict.fromkeys((*now.codes, *then.codes)))
    months = max(now.window_months, then.window_months)
    earlier = earlier_closings(session, closing.unit_id, closing.month, months)
    closings = [closing, *earlier]
    figures = _figures(session, closing)
    window = _with_who_had_duty([closed_month(session, each, codes) for each in closings], figures)
    groups = _groups(session, closing, figures, window)
    before, after = results_of(now, groups, window)[1], results_of(then, groups, window)[1]
    rule = then.rule_for(drafted.job_group)
    lines = _lines(session, before, after, rule)
    first = closing.month.shift(1 - rule.window_months)
    return Preview(
        closing.month,
        lines,
        len(groups) - len(lines),
        rule.window_months,
        sum(each.month >= first for each in closings),
        [each.month for each in closings if not set(codes_of(each)) >= set(codes)],
    )


def _figures(session: Session, closing: Closing) -> dict[int, OfficerFigure]:
    rows = session.exec(select(OfficerFigure).where(col(OfficerFigure.closing_id) == closing.id))
    return {row.officer_id: row for row in rows}


def _with_who_had_duty(
    window: Sequence[WindowMonth], figures: Mapping[int, OfficerFigure]
) -> list[WindowMonth]:
    """Add who had a duty but no half hour of one's own, as the close found it."""
    had = {id_ for id_, figure in figures.items() if figure.basis != Basis.NO_DUTY}
    return [replace(window[0], on_duty=window[0].on_duty | had), *window[1:]]


def _groups(
    session: Session,
    closing: Closing,
    figures: Mapping[int, OfficerFigure],
    window: Sequence[WindowMonth],
) -> dict[int, str]:
    """Return the groups of jobs that the close kept; closings before that kept none."""
    if closing.elements:
        return {id_: figure.job_group for id_, figure in figures.items()}
    served = {officer_id for each in window for officer_id in each.on_duty}
    return job_groups(session, closing.unit_id, closing.month, served | figures.keys())


def _lines(
    session: Session,
    before: Mapping[int, OfficerResult],
    after: Mapping[int, OfficerResult],
    rule: Rule,
) -> list[PreviewLine]:
    # Who keeps the own rule moves too when the mean of the others is taken without the rest.
    touched = [
        id_
        for id_, result in after.items()
        if result.rule.version == rule.version or result.worth != before[id_].worth
    ]
    names = officer_names(session, touched)
    lines = [
        PreviewLine(
            id_,
            names.get(id_, ""),
            after[id_].job_group,
            _side(before[id_], before[id_]),
            _side(after[id_], before[id_]),
        )
        for id_ in touched
    ]
    return sorted(lines, key=lambda line: (line.name.casefold(), line.officer_id))


def _side(result: OfficerResult, in_force: OfficerResult) -> Side:
    """Return what a rule says, numbers only where the rule in force would give them too."""
    score, worth = result.score, result.worth
    side = Side(result.rule.version, score.n, score.basis, score.reason)
    is_open = (
        in_force.score.basis is Basis.PUBLISHABLE
        and score.basis is Basis.PUBLISHABLE
        and _passes(result, in_force.rule)
    )
    if worth is None or not is_open:
        return side
    return replace(
        side,
        index=worth.index,
        value=worth.value,
        contribution=worth.contribution,
        proposal=worth.proposal,
    )


def _passes(result: OfficerResult, rule: Rule) -> bool:
    """Say whether figures are strong enough for a rule that they were not computed by."""
    figures = result.score.figures
    covered, visits = result.covered, result.visits
    basis, _ = evidence(
        result.score.n,
        figures.interval.half_width if figures else None,
        rule,
        coverage=Fraction(covered, visits) if visits and covered is not None else None,
    )
    return basis is Basis.PUBLISHABLE

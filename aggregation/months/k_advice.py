"""Which k a unit's closed months suggest, as advice to whoever drafts the next rule (method §5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlmodel import Session, col, select

from aggregation.closings import Closing, OfficerFigure
from aggregation.method.combination import voices
from aggregation.method.interval import Moments
from aggregation.method.rule import Rule
from aggregation.method.suggest_k import HistoryTooThin, SuggestedK, suggest_k
from aggregation.months.officer_results import own_counts, window_counts
from aggregation.months.revisions import newest_of_each_month, revisions
from aggregation.months.window import closed_month
from aggregation.rules.rule_book import EVERYBODY, RuleBook, rules_in_force
from survey.month import Month
from survey.units import local_today

MONTHS_LOOKED_AT = 12


@dataclass(frozen=True, slots=True)
class KAdvice:
    """What closed months say of the k of a rule.

    Attributes
    ----------
    rule
        The rule in force, under which the months were looked at.
    first, last
        The oldest and the newest closed month looked at.
    months
        How many closed months that is, 1 to 12.
    """

    rule: Rule
    first: Month
    last: Month
    months: int
    suggested: SuggestedK

    @property
    def fits(self) -> bool:
        """Whether the k in force lies within the suggested range."""
        return self.suggested.low <= self.rule.shrinkage_k <= self.suggested.high


def advise_k(session: Session, unit_id: int, at: datetime, job_group: str = EVERYBODY) -> KAdvice:
    """Estimate k from a unit's last twelve closed months, under the rule in force.

    Parameters
    ----------
    at
        The moment whose view is asked for: rule in force and newest revisions.
    job_group
        Whose rule it is about; officers whom another rule holds for are left out.

    Raises
    ------
    HistoryTooThin
        If the closed months cannot say; the sentence is for people.
    """
    rules = rules_in_force(session, unit_id, Month.of(local_today(session, unit_id, at)), at)
    rule = rules.rule_for(job_group)
    newest = newest_of_each_month(revisions(session, unit_id, as_of=at))
    closings = list(newest.values())[:MONTHS_LOOKED_AT]
    if not closings:
        message = "Belum ada bulan yang ditutup, jadi belum ada riwayat untuk saran k."
        raise HistoryTooThin(message)
    window = [closed_month(session, closing, rule.codes) for closing in closings]
    members = _held_to(session, closings, rules, rule)
    heard = [
        Moments.of(voices(window_counts(own, rule), rule))
        for own in own_counts(members, rule, window).values()
    ]
    suggested = suggest_k(heard, Fraction(rule.design_effect))
    return KAdvice(rule, closings[-1].month, closings[0].month, len(closings), suggested)


def _held_to(
    session: Session, closings: Sequence[Closing], rules: RuleBook, rule: Rule
) -> list[int]:
    """Return the officers of these closings that a rule holds for, by their newest group."""
    rows = session.execute(
        select(col(OfficerFigure.officer_id), col(OfficerFigure.job_group))
        .join(Closing, col(Closing.id) == col(OfficerFigure.closing_id))
        .where(col(Closing.id).in_([closing.id for closing in closings]))
        .order_by(col(Closing.month))
    )
    groups = dict(rows.all())
    return sorted(each for each, group in groups.items() if rules.rule_for(group) == rule)

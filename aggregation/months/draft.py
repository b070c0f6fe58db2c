"""Everything a close would write, computed and not yet written: the dry run is this value."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from aggregation.duties.recorded_duties import duties_of
from aggregation.duties.roster import DeskStretch, overlaps, who_served
from aggregation.method.officer_score import OfficerScore
from aggregation.method.rule import Rule
from aggregation.months.figure_rows import Rows, digest_of, figure_rows
from aggregation.months.officer_results import Baseline, OfficerResult, scores_under
from aggregation.months.revisions import earlier_closings
from aggregation.months.sweep import Counting
from aggregation.months.tally import MonthTally, count_month
from aggregation.months.window import WindowMonth, closed_month
from aggregation.people.assignments import officers_of
from aggregation.rules.rule_book import EVERYBODY, RuleBook
from aggregation.screening.screen_month import unscreened
from aggregation.visits.coverage_counts import visits_of_officers
from aggregation.visits.outages import outages_in
from survey.month import Month

METHOD_VERSION = "2"
"""Of the rules that `docs/method.md` writes down; figures say which they follow."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The figures of a month, as a close would freeze them.

    Attributes
    ----------
    rules
        In force for the month.
    codes
        What the combinations of the tally spell, in order.
    stretches
        Whose each desk's half hours are.
    tally
        The month's own counts.
    window
        The months that were pooled, this one first.
    results
        By officer id, what the window says.
    """

    unit_id: int
    month: Month
    rules: RuleBook
    codes: tuple[str, ...]
    stretches: Sequence[DeskStretch]
    tally: MonthTally
    window: Sequence[Month]
    results: Mapping[int, OfficerResult]
    rows: Rows = field(repr=False)

    @property
    def rule(self) -> Rule:
        """The rule for everybody whose group of jobs has none of its own."""
        return self.rules.general

    @property
    def scores(self) -> Mapping[int, OfficerScore]:
        """By officer id, the raw score."""
        return {officer_id: result.score for officer_id, result in self.results.items()}

    def digest(self) -> bytes:
        """Return the digest of all figures: the same rows, rules and duties give the same."""
        return digest_of(self.unit_id, self.month, METHOD_VERSION, self.rows)


def draft_month(
    session: Session, unit_id: int, month: Month, rules: RuleBook, at: datetime
) -> Draft:
    """Compute a month's figures from its rows, its duties and the closed months of its window.

    Parameters
    ----------
    at
        The moment of the draft. What visits and duties make suspicious by then stands apart, also
        where it has not been written down yet.
    """
    duties = duties_of(session, unit_id, month)
    stretches = who_served(duties, month)
    outages = outages_in(session, unit_id, month)
    held = {id_ for id_, _ in unscreened(session, unit_id, month, at)}
    by = Counting(rules.codes, stretches, outages, held=held)
    tally = count_month(session, unit_id, month, by)
    served = frozenset(stretch.officer_id for stretch in stretches)
    # Who stood in the roster beside somebody else had a duty, though no half hour of one's own.
    on_duty = served | {who for two in overlaps(duties, month) for who in two.officer_ids}
    visits = visits_of_officers(session, unit_id, month, stretches)
    this = WindowMonth(month, rules.codes, tally.combinations, visits, on_duty)
    earlier = earlier_closings(session, unit_id, month, rules.window_months)
    window = [this, *(closed_month(session, each, rules.codes) for each in earlier)]
    groups = job_groups(session, unit_id, month, _on_duty(window))
    baselines, results = results_of(rules, groups, window)
    rows = figure_rows(stretches, tally, baselines, results, len(window))
    months = [each.month for each in window]
    return Draft(unit_id, month, rules, rules.codes, stretches, tally, months, results, rows)


def job_groups(
    session: Session, unit_id: int, month: Month, beside: Collection[int]
) -> dict[int, str]:
    """Return the group of jobs of everybody who belongs to a unit's month.

    Parameters
    ----------
    beside
        Officers who served without belonging to the unit: they have no group.
    """
    assigned = {each.officer_id: each.job_group for each in officers_of(session, unit_id, month)}
    return dict.fromkeys(sorted(beside), EVERYBODY) | assigned


def results_of(
    rules: RuleBook, groups: Mapping[int, str], window: Sequence[WindowMonth]
) -> tuple[dict[str, Baseline], dict[int, OfficerResult]]:
    """Return what a window says of everybody, each under the rule of the own group of jobs."""
    baselines: dict[str, Baseline] = {}
    results: dict[int, OfficerResult] = {}
    by_version = {rule.version: rule for rule in rules.rules}
    for version, rule in by_version.items():
        members = {
            officer_id: group
            for officer_id, group in groups.items()
            if rules.rule_for(group).version == version
        }
        baselines[version], found = scores_under(rule, members, window)
        results |= found
    return baselines, dict(sorted(results.items()))


def _on_duty(window: Iterable[WindowMonth]) -> frozenset[int]:
    return frozenset(officer_id for month in window for officer_id in month.on_duty)

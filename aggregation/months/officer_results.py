"""What a window says of each officer under a rule: score, comparison, component (method §5, §6).

Pure: counts go in, results come out. A revision gives back the means of the close, so that
colleagues never move.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from aggregation.method.combination import CombinationCounts, pool, projected, voices
from aggregation.method.component import Proposal, component_value, contribution, proposal
from aggregation.method.evidence import Basis
from aggregation.method.interval import Moments
from aggregation.method.officer_score import OfficerScore, officer_score
from aggregation.method.rounding import half_up
from aggregation.method.rule import Rule
from aggregation.method.satisfaction_index import INDEX_DECIMALS, POINTS_PER_RATING
from aggregation.method.service_mix import ServiceMeans, expected_mean
from aggregation.method.shrinkage import Pull, printed_mean, shrunk_index
from aggregation.months.tally import Cell
from aggregation.months.window import WindowMonth

_NO_OFFSET = Decimal(0)


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the scores of a rule's officers are compared with; fixed at the close.

    Attributes
    ----------
    n
        Responses of the window attributed to the rule's officers.
    mu
        Their mean, four decimals; None without any.
    service_means
        The same by service.
    """

    rule: Rule
    n: int
    mu: Decimal | None
    service_means: ServiceMeans


@dataclass(frozen=True, slots=True)
class Worth:
    """The numbers that follow from an officer's figures.

    Attributes
    ----------
    index
        The shrunk index, 25.00 to 100.00.
    mix
        What the unit's citizens say of the same services, in points; None if not known.
    other
        The index with the rule's switch for outages turned; None where it would be the same rows.
    value, contribution, proposal
        Only of publishable figures.
    """

    index: Decimal
    mix: Decimal | None
    other: Decimal | None
    value: Decimal | None
    contribution: Decimal | None
    proposal: Proposal | None


@dataclass(frozen=True, slots=True)
class OfficerResult:
    """What a window says of one officer.

    Attributes
    ----------
    n_month
        Responses of the month itself.
    covered, visits
        Responses and visits of the months whose visits are known; None if of none.
    """

    job_group: str
    rule: Rule
    score: OfficerScore
    n_month: int
    covered: int | None
    visits: int | None
    worth: Worth | None


@dataclass(frozen=True, slots=True)
class OwnCounts:
    """One officer's combinations of a month under a rule, by service and outage."""

    month: WindowMonth
    cells: Mapping[tuple[int | None, bool], CombinationCounts]

    def counted(self, *, outages: bool) -> dict[str, int]:
        """Return the month's combinations, with or without those of outages."""
        return pool(counts for (_, out), counts in self.cells.items() if outages or not out)


def scores_under(
    rule: Rule,
    members: Mapping[int, str],
    window: Sequence[WindowMonth],
    stored: Baseline | None = None,
) -> tuple[Baseline, dict[int, OfficerResult]]:
    """Return what a window says of the officers that a rule holds for.

    Parameters
    ----------
    members
        Those officers, by id, with their group of jobs.
    window
        The month itself first, then the closed months before it; only those within the rule's
        own window are used.
    stored
        The means that were fixed at the close, for a revision; computed from all members if None.

    Notes
    -----
    The result depends neither on the order of the officers nor on that of the months before.
    """
    first = window[0].month.shift(1 - rule.window_months)
    inside = [each for each in window if each.month >= first]
    own = own_counts(members, rule, inside)
    baseline = stored or _baseline(rule, own.values())
    on_duty = {officer_id for each in inside for officer_id in each.on_duty}
    return baseline, {
        officer_id: _result(officer_id, group, own[officer_id], baseline, on_duty)
        for officer_id, group in sorted(members.items())
    }


def own_counts(
    officer_ids: Collection[int], rule: Rule, window: Sequence[WindowMonth]
) -> dict[int, list[OwnCounts]]:
    """Return officers' combinations that count for persons, month by month (method §4, §6)."""
    found: dict[int, list[OwnCounts]] = {officer_id: [] for officer_id in officer_ids}
    for month in window:
        cells: defaultdict[int, dict[tuple[int | None, bool], CombinationCounts]]
        cells = defaultdict(dict)
        for cell, counts in month.cells.items():
            if cell.officer_id in found and is_personal(cell, rule):
                own = cells[cell.officer_id]
                key = cell.service_id, cell.outage
                own[key] = pool([own.get(key, {}), projected(counts, month.codes, rule.codes)])
        for officer_id, months in found.items():
            months.append(OwnCounts(month, cells[officer_id]))
    return found


def is_personal(cell: Cell, rule: Rule) -> bool:
    """Say whether responses enter figures and came by a channel that counts for persons."""
    return cell.counts and cell.channel in rule.channels


def window_counts(own: Iterable[OwnCounts], rule: Rule) -> dict[str, int]:
    """Return the combinations that an officer's figures rest on, as the rule counts outages."""
    return pool(each.counted(outages=rule.outages_counted) for each in own)


def served(own: Iterable[OwnCounts], rule: Rule) -> Counter[int | None]:
    """Return how many of the responses that count speak of the officer, by service."""
    found: Counter[int | None] = Counter()
    for month in own:
        for (service, out), counts in month.cells.items():
            if rule.outages_counted or not out:
                found[service] += _moments(counts, rule).n
    return +found


def expected_mix(own: Iterable[OwnCounts], baseline: Baseline) -> Decimal | None:
    """Return the mean that the rule's citizens gave the same services; None if not known."""
    return expected_mean(served(own, baseline.rule), baseline.service_means)


def mix_offset(own: Iterable[OwnCounts], baseline: Baseline) -> Decimal:
    """Return what the mix of services takes off the mean, if the rule corrects for it."""
    if not baseline.rule.mix_applied or baseline.mu is None:
        return _NO_OFFSET
    mix = expected_mix(own, baseline)
    return _NO_OFFSET if mix is None else mix - baseline.mu


def _baseline(rule: Rule, everybody: Iterable[Sequence[OwnCounts]]) -> Baseline:
    by_service: dict[int | None, list[CombinationCounts]] = {}
    for own in everybody:
        for month in own:
            for (service, out), counts in month.cells.items():
                if rule.outages_counted or not out:
                    by_service.setdefault(service, []).append(counts)
    moments = {service: _moments(pool(counts), rule) for service, counts in by_service.items()}
    of_all = sum(moments.values(), start=Moments.of({}))
    means = {service: printed_mean(each) for service, each in moments.items()}
    known = {service: mean for service, mean in means.items() if mean is not None}
    return Baseline(rule, of_all.n, printed_mean(of_all), known)


def _result(
    officer_id: int,
    group: str,
    own: Sequence[OwnCounts],
    baseline: Baseline,
    on_duty: Collection[int],
) -> OfficerResult:
    rule = baseline.rule
    covered, visits = _coverage(officer_id, own, rule)
    score = officer_score(
        window_counts(own, rule),
        rule,
        on_duty=officer_id in on_duty,
        coverage=Fraction(covered, visits) if visits and covered is not None else None,
    )
    n_month = _moments(window_counts(own[:1], rule), rule).n
    worth = _worth(own, score, baseline)
    return OfficerResult(group, rule, score, n_month, covered, visits, worth)


def _coverage(
    officer_id: int, own: Sequence[OwnCounts], rule: Rule
) -> tuple[int | None, int | None]:
    """Return responses and visits of the months whose visits are known; nothing if of none."""
    known = [each for each in own if each.month.visits.get(officer_id)]
    if not known:
        return None, None
    covered = sum(_moments(window_counts([each], rule), rule).n for each in known)
    return covered, sum(each.month.visits[officer_id] for each in known)


def _worth(own: Sequence[OwnCounts], score: OfficerScore, baseline: Baseline) -> Worth | None:
    figures, mu, rule = score.figures, baseline.mu, baseline.rule
    if figures is None or mu is None:
        return None
    mix = expected_mix(own, baseline)
    pull = Pull(mu, rule.shrinkage_k, mix_offset(own, baseline))
    index = shrunk_index(figures.printed_sum, score.n, pull)
    value = component_value(index, rule) if score.basis is Basis.PUBLISHABLE else None
    return Worth(
        index,
        None if mix is None else half_up(POINTS_PER_RATING * Fraction(mix), INDEX_DECIMALS),
        _with_other_outages(own, rule, pull),
        value,
        None if value is None else contribution(value, rule),
        None if value is None else proposal(score, index, rule),
    )


def _with_other_outages(own: Sequence[OwnCounts], rule: Rule, pull: Pull) -> Decimal | None:
    """Return the index with the switch for outages turned; None if nobody answered in one."""
    if not any(out for each in own for _, out in each.cells):
        return None
    turned = replace(rule, outages_counted=not rule.outages_counted)
    score = officer_score(window_counts(own, turned), turned)
    if score.figures is None:
        return None
    return shrunk_index(score.figures.printed_sum, score.n, pull)


def _moments(counts: CombinationCounts, rule: Rule) -> Moments:
    return Moments.of(voices(counts, rule))

"""Everything a close would write, computed and not yet written: the dry run is this value."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.duties.recorded_duties import duties_of
from aggregation.duties.roster import DeskStretch, overlaps, who_served
from aggregation.method.combination import CombinationCounts, pool, voices
from aggregation.method.interval import Moments
from aggregation.method.officer_score import OfficerScore, officer_score
from aggregation.method.rule import Rule
from aggregation.method.rule_text import canonical_json, rule_from_json
from aggregation.models import Closing, FrozenDuty, Tally
from aggregation.months.revisions import newest_of_each_month, revisions
from aggregation.months.tally import Cell, MonthTally, count_month
from aggregation.people.assignments import officers_of
from survey.month import HalfHour, Month

METHOD_VERSION = "1"
"""Of the rules that `docs/method.md` writes down; figures say which they follow."""

ByOfficer = Mapping[int, CombinationCounts]


@dataclass(frozen=True, slots=True)
class Draft:
    """The figures of a month, as a close would freeze them.

    Attributes
    ----------
    stretches
        Whose each desk's half hours are.
    tally
        The month's own counts.
    own_counts
        By officer, the month's combinations from the channels that count for persons.
    window
        The months that were pooled, this one first.
    scores
        By officer id, what the window says.
    """

    unit_id: int
    month: Month
    rule: Rule
    stretches: Sequence[DeskStretch]
    tally: MonthTally
    own_counts: ByOfficer
    window: Sequence[Month]
    scores: Mapping[int, OfficerScore]

    def n_month(self, officer_id: int) -> int:
        """Return how many responses of the month itself speak of an officer."""
        return Moments.of(voices(self.own_counts.get(officer_id, {}), self.rule)).n

    def digest(self) -> bytes:
        """Return the digest of all figures: the same rows, rule and duties give the same."""
        content = {
            "unit": self.unit_id,
            "month": str(self.month),
            "method": METHOD_VERSION,
            "rule": canonical_json(self.rule),
            "duties": sorted([s.desk_id, s.starts, s.ends, s.officer_id] for s in self.stretches),
            "combinations": _sorted_counts(self.tally.combinations),
            "questionnaires": sorted(
                (
                    [
                        list(map(str, cell)),
                        sorted([str(e), r, n] for (e, r), n in counts.ratings.items() if n),
                        sorted(map(list, counts.totals.items())),
                    ]
                    for cell, counts in self.tally.questionnaires.items()
                ),
            ),
            "scores": [
                [officer_id, self.n_month(officer_id), *_sealed(score)]
                for officer_id, score in sorted(self.scores.items())
            ],
        }
        spelled = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(spelled.encode()).digest()


def draft_month(session: Session, unit_id: int, month: Month, rule: Rule) -> Draft:
    """Compute a month's figures from its rows, its duties and the closed months of its window."""
    duties = duties_of(session, unit_id, month)
    stretches = who_served(duties, month)
    tally = count_month(session, unit_id, month, rule, stretches)
    own = _for_persons(tally.combinations, rule)
    earlier = _earlier(session, unit_id, month, rule)
    on_duty = {stretch.officer_id for stretch in stretches}
    # Who stood in the roster beside somebody else had a duty, though no half hour of one's own.
    on_duty |= {officer for two in overlaps(duties, month) for officer in two.officer_ids}
    on_duty |= {officer for closed in earlier.values() for officer in closed.on_duty}
    officers = {officer.officer_id for officer in officers_of(session, unit_id, month)} | on_duty
    scores = {
        officer_id: officer_score(
            pool(
                [own.get(officer_id, {})]
                + [closed.counts.get(officer_id, {}) for closed in earlier.values()]
            ),
            rule,
            on_duty=officer_id in on_duty,
        )
        for officer_id in sorted(officers)
    }
    return Draft(unit_id, month, rule, stretches, tally, own, [month, *earlier], scores)


@dataclass(frozen=True, slots=True)
class _ClosedMonth:
    """What a closed month of the window adds."""

    counts: ByOfficer
    on_duty: frozenset[int]


def _earlier(session: Session, unit_id: int, month: Month, rule: Rule) -> dict[Month, _ClosedMonth]:
    """Return the closed months of the window, newest first, each in its newest revision."""
    first = month.shift(1 - rule.window_months)
    newest = newest_of_each_month(revisions(session, unit_id, first, month.shift(-1)))
    return {m: _closed_month(session, closing, rule) for m, closing in newest.items()}


def _closed_month(session: Session, closing: Closing, rule: Rule) -> _ClosedMonth:
    frozen = session.scalars(select(FrozenDuty).where(col(FrozenDuty.closing_id) == closing.id))
    stretches = [
        DeskStretch(row.desk_id, HalfHour(row.starts), HalfHour(row.ends), row.officer_id)
        for row in frozen
    ]
    # The rule of the month governs its whole window: where an earlier month was tallied by other
    # elements, its frozen half hours are counted anew.
    if rule_from_json(closing.rule_document).codes == rule.codes:
        cells: Mapping[Cell, CombinationCounts] = _stored(session, closing)
    else:
        tally = count_month(session, closing.unit_id, closing.month, rule, stretches)
        cells = tally.combinations
    return _ClosedMonth(_for_persons(cells, rule), frozenset(s.officer_id for s in stretches))


def _stored(session: Session, closing: Closing) -> dict[Cell, CombinationCounts]:
    rows = session.scalars(select(Tally).where(col(Tally.closing_id) == closing.id))
    return {
        Cell(row.officer_id, row.desk_id, row.service_id, row.channel, row.late): json.loads(
            row.combinations
        )
        for row in rows
    }


def _for_persons(cells: Mapping[Cell, CombinationCounts], rule: Rule) -> ByOfficer:
    """Return the combinations that count for persons, by officer (method §4, §6)."""
    found: dict[int, list[CombinationCounts]] = {}
    for cell, counts in cells.items():
        if cell.officer_id is not None and not cell.late and cell.channel in rule.channels:
            found.setdefault(cell.officer_id, []).append(counts)
    return {officer_id: pool(counts) for officer_id, counts in found.items()}


def _sealed(score: OfficerScore) -> list[object]:
    """Return what a closing keeps of a score: the interval too, which no script recomputes."""
    figures = score.figures
    if figures is None:
        return [score.basis.value, score.n]
    bounds = (figures.interval.low, figures.interval.high)
    numbers = (figures.printed_sum, figures.raw_index, *bounds)
    return [score.basis.value, score.n, *map(str, numbers)]


def _sorted_counts(cells: Mapping[Cell, CombinationCounts]) -> Iterable[object]:
    return sorted([list(map(str, cell)), sorted(counts.items())] for cell, counts in cells.items())

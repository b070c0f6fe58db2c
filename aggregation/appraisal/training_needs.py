"""Which elements a unit could train, by group of desks and closed quarter; it names nobody.

Desks that give the same services are one group. The only cut by desk that leaves the unit is the
one of a whole quarter: windows that overlap would give single months away by subtraction. Desks
that are too small are joined to one rest, whatever their group, so that no grouping, however it is
changed later, says more than the cut by desk does (method §9).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sqlmodel import Session

from aggregation.appraisal.desk_groups import DeskGroup, known_desks, released_groups
from aggregation.method.cuts import UNKNOWN, Cut
from aggregation.method.evidence import Basis
from aggregation.method.interval import Level, Moments, interval
from aggregation.method.naming import LEAST_RESPONSES, Heard, Name, named
from aggregation.method.questionnaire_counts import QuestionnaireCounts
from aggregation.method.rounding import half_up
from aggregation.method.rule import Rule
from aggregation.method.rule_text import rule_from_json
from aggregation.method.satisfaction_index import POINTS_PER_RATING
from aggregation.months.period import Period
from aggregation.months.released import released
from aggregation.months.revisions import newest_of_each_month, revisions
from survey.questionnaire import RATINGS, Element

MEAN_DECIMALS = 2
_MONTHS = 3


@dataclass(frozen=True, slots=True)
class NeedCell:
    """One element of one group of desks.

    Attributes
    ----------
    mean, low, high
        Mean rating, 1.00 to 4.00, and its 99 % interval.
    needs_attention
        Whether it lies below target by more than chance, everything in the table considered.
    """

    element: Element
    mean: Decimal
    low: Decimal
    high: Decimal
    needs_attention: bool


@dataclass(frozen=True, slots=True)
class GroupNeeds:
    """The nine elements of a group of desks.

    Attributes
    ----------
    n
        Full questionnaires, ten or more.
    """

    group: DeskGroup
    n: int
    cells: tuple[NeedCell, ...]


@dataclass(frozen=True, slots=True)
class TrainingNeeds:
    """What a closed quarter says.

    Attributes
    ----------
    groups
        In the order of desks; the rest last.
    target
        The rule's target as a mean rating, two decimals.
    least
        From how many questionnaires an element may be marked.
    """

    period: Period
    groups: tuple[GroupNeeds, ...]
    target: Decimal
    least: int

    @property
    def weak(self) -> list[tuple[int, NeedCell]]:
        """What needs attention: the place of its group, and the cell."""
        return [
            (place, cell)
            for place, each in enumerate(self.groups)
            for cell in each.cells
            if cell.needs_attention
        ]


def closed_quarters(session: Session, unit_id: int) -> list[Period]:
    """Return the quarters whose last month is closed, the newest first.

    No earlier month can be closed any more then, so the quarter is complete.
    """
    months = newest_of_each_month(revisions(session, unit_id))
    return [
        Period.parse(f"{month.year}-Q{month.month // _MONTHS}")
        for month in months
        if month.month % _MONTHS == 0
    ]


def training_needs(
    session: Session, unit_id: int, period: Period, order: Sequence[Element]
) -> TrainingNeeds | None:
    """Return the elements of each group of desks in a closed quarter, as it was released.

    Parameters
    ----------
    order
        The nine elements as the unit lists them.

    Returns
    -------
    TrainingNeeds or None
        None where the quarter may not be shown (method §9).
    """
    found = released(session, unit_id, period)
    if found is None or found.whole is None:
        return None
    cells = {
        None if cell == UNKNOWN else int(cell): counts
        for cell, counts in found.cuts.get(Cut.DESK, {}).items()
    }
    groups = released_groups(cells, found.whole, known_desks(session, unit_id))
    last = period.months[-1]
    closing = newest_of_each_month(revisions(session, unit_id, last, last))[last]
    return _needs(period, groups, rule_from_json(closing.rule_document), order)


def _needs(
    period: Period,
    groups: Mapping[DeskGroup, QuestionnaireCounts],
    rule: Rule,
    order: Sequence[Element],
) -> TrainingNeeds:
    weak = _weak(groups, rule)
    return TrainingNeeds(
        period,
        tuple(
            GroupNeeds(
                group,
                counts.n,
                tuple(
                    _cell(counts, element, rule, is_weak=(group, element) in weak)
                    for element in order
                ),
            )
            for group, counts in groups.items()
        ),
        half_up(Fraction(rule.target_index) / POINTS_PER_RATING, MEAN_DECIMALS),
        max(rule.proposal_n, LEAST_RESPONSES),
    )


def _weak(
    groups: Mapping[DeskGroup, QuestionnaireCounts], rule: Rule
) -> set[tuple[DeskGroup, Element]]:
    """Return the cells that lie below target, the whole table being looked at.

    An element of a group is judged as an officer is: from enough citizens, and by Holm's method
    over all that stand beside it (method §5).
    """
    heard = {
        (group, element): Heard(_voices(counts, element), Basis.PUBLISHABLE)
        for group, counts in groups.items()
        for element in Element
    }
    return {cell for cell, name in named(heard, rule).items() if name is Name.NEEDS_HELP}


def _cell(counts: QuestionnaireCounts, element: Element, rule: Rule, *, is_weak: bool) -> NeedCell:
    moments = Moments.of(_voices(counts, element))
    bounds = interval(moments, Level.P99, Fraction(rule.design_effect))
    return NeedCell(
        element,
        half_up(moments.total / moments.n, MEAN_DECIMALS),
        _in_ratings(bounds.low),
        _in_ratings(bounds.high),
        is_weak and bounds.high < rule.target_index,
    )


def _voices(counts: QuestionnaireCounts, element: Element) -> dict[Fraction, int]:
    given = {Fraction(r): counts.ratings.get((element, r), 0) for r in RATINGS}
    return {rating: count for rating, count in given.items() if count}


def _in_ratings(points: Decimal) -> Decimal:
    return half_up(Fraction(points) / POINTS_PER_RATING, MEAN_DECIMALS)

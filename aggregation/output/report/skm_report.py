"""The official report of a period as one frozen value: every figure that PDF and XLSX print.

Pure: what was released goes in, figures come out; the words around them are in `report_drafts`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from aggregation.improvements.register import State
from aggregation.method.annex_rule import LEAST_FOR_ANNEX
from aggregation.method.change import Change
from aggregation.method.cuts import Cut
from aggregation.method.questionnaire_counts import NO_QUESTIONNAIRES, QuestionnaireCounts
from aggregation.method.rounding import half_up
from aggregation.method.sample_size import required_sample
from aggregation.method.satisfaction_index import NRR_DECIMALS, ElementIndex, satisfaction_index
from aggregation.months.counted_sheets import Sheet
from aggregation.months.month_seal import MonthSeal
from aggregation.months.period import Period
from aggregation.output.unit_month import ElementLine, Standing, UnitMonth, standing
from survey.channel import Channel
from survey.month import Month
from survey.questionnaire import RATINGS, Element, ElementOrder
from survey.wording import Question

SHARE_DECIMALS = 1
_ELEMENTS = len(Element)


@dataclass(frozen=True, slots=True)
class ReportedUnit:
    """The unit as the report names it.

    Attributes
    ----------
    above
        The units above, the highest first.
    desks
        Where citizens are served, by the names of its open desks.
    questions
        The nine in the unit's order and wording.
    """

    id: int
    code: str
    name: str
    above: Sequence[str]
    accent: str | None
    order: ElementOrder
    desks: Sequence[str]
    questions: Sequence[Question]


@dataclass(frozen=True, slots=True)
class Sample:
    """The questionnaires against the sample that the people served require (method §3).

    Attributes
    ----------
    visits
        People served in the period; None unless they are known of each of its months.
    """

    n: int
    visits: int | None

    @property
    def required(self) -> int | None:
        """Full questionnaires that so many people need; None if they are not known."""
        return None if self.visits is None else required_sample(self.visits)

    @property
    def missing(self) -> int:
        """How many questionnaires there are too few."""
        return max(0, (self.required or 0) - self.n)


@dataclass(frozen=True, slots=True)
class Group:
    """A line of a table of respondents.

    Attributes
    ----------
    n
        None where it is hidden, as small cells and those that would give them away are.
    share
        Of all full questionnaires, in percent, one decimal.
    index, letter
        Of the group itself; None where nobody is in it, or it is hidden.
    """

    label: str
    n: int | None
    share: Decimal | None
    index: Decimal | None
    letter: str | None


@dataclass(frozen=True, slots=True)
class Respondents:
    """A table of respondents, by one cut; without groups it is withheld as a whole."""

    cut: Cut
    groups: Sequence[Group]

    @property
    def has_hidden(self) -> bool:
        """Whether a group is hidden."""
        return any(group.n is None for group in self.groups)


@dataclass(frozen=True, slots=True)
class ElementFigures:
    """An element's line of the table of the index.

    Attributes
    ----------
    number
        U1 to U9, in the unit's order.
    counts
        How often 1, 2, 3 and 4 were given.
    weighted
        The ninth of the mean, four decimals; printed tables label the weight 0,111.
    line
        The mean beside that of the period before.
    """

    number: str
    element: Element
    name: str
    counts: tuple[int, ...]
    figures: ElementIndex
    weighted: Decimal
    line: ElementLine


@dataclass(frozen=True, slots=True)
class PastPeriod:
    """A period of the trend; without counts it is not released, or hidden."""

    period: Period
    counts: QuestionnaireCounts | None

    @property
    def standing(self) -> Standing | None:
        """The index with its interval, if it may be shown."""
        return None if self.counts is None else standing(self.counts)


@dataclass(frozen=True, slots=True)
class Planned:
    """A line of the follow-up plan (RTL)."""

    element: Element | None
    action: str
    quarter: Period
    responsible: str
    state: State


@dataclass(frozen=True, slots=True)
class ReportedSeal:
    """A closing that the figures rest on, and its seal; None while it is not sealed."""

    month: Month
    revision: int
    seal: MonthSeal | None


@dataclass(frozen=True, slots=True)
class SkmReport:
    """Everything that a report tells of a period.

    Attributes
    ----------
    released_on
        The unit's own day of the release that all figures rest on.
    responses
        Taps without the nine elements included.
    channels
        The ways by which questionnaires came in.
    figures
        The index and the elements, beside those of the period before.
    before
        The period it is compared with, if that is released.
    trend
        Periods of the same length up to this one, the oldest first.
    plan, earlier_plan
        What answers this period, and what answered those of the twelve months before it.
    sheets
        The ratings of each respondent, shuffled; None below `LEAST_FOR_ANNEX`, or where earlier
        annexes of the year could be subtracted from them.
    seals
        By month.
    """

    unit: ReportedUnit
    period: Period
    release_id: UUID
    release_number: int
    released_on: date
    responses: int
    channels: Sequence[Channel]
    counts: QuestionnaireCounts
    figures: UnitMonth
    before: Period | None
    sample: Sample
    respondents: Sequence[Respondents]
    trend: Sequence[PastPeriod]
    plan: Sequence[Planned]
    earlier_plan: Sequence[Planned]
    sheets: Sequence[Sheet] | None
    seals: Sequence[ReportedSeal] = ()

    @property
    def standing(self) -> Standing:
        """The index of the period with its interval."""
        return self.figures.now

    @property
    def is_annex_withheld(self) -> bool:
        """Whether there is no annex though there are enough respondents for one."""
        return self.sheets is None and self.counts.n >= LEAST_FOR_ANNEX

    @property
    def seed(self) -> str:
        """What the order of the annex follows from."""
        return str(self.release_id)

    @property
    def elements(self) -> Sequence[ElementFigures]:
        """The nine elements in the unit's order."""
        return [
            ElementFigures(
                f"U{place}",
                line.element,
                item.short,
                tuple(self.counts.ratings.get((line.element, rating), 0) for rating in RATINGS),
                self.standing.index.elements[line.element],
                _ninth(self.counts.rating_sum(line.element), self.counts.n),
                line,
            )
            for place, (line, (item, _)) in enumerate(
                zip(self.figures.lines, self.unit.questions, strict=True), start=1
            )
        ]

    @property
    def weighted_mean(self) -> Decimal:
        """The sum of the nine weighted means, from the exact ratings, four decimals."""
        total = sum(total * count for total, count in self.counts.totals.items())
        return _ninth(total, self.counts.n)

    def moved(self, change: Change) -> Sequence[ElementFigures]:
        """Return the elements that rose or fell by more than chance."""
        return [each for each in self.elements if each.line.change is change]


def _ninth(rating_sum: int, n: int) -> Decimal:
    return half_up(Fraction(rating_sum, n * _ELEMENTS), NRR_DECIMALS)


def groups_of(
    cells: Mapping[str, QuestionnaireCounts | None], labels: Mapping[str, str], whole: int
) -> Sequence[Group]:
    """Return a table's lines: each cell that has a label, in the labels' order.

    A cell that is not named holds nobody.
    """
    return [
        _group(label, cells.get(cell, NO_QUESTIONNAIRES), whole) for cell, label in labels.items()
    ]


def _group(label: str, counts: QuestionnaireCounts | None, whole: int) -> Group:
    if counts is None:
        return Group(label, None, None, None, None)
    share = half_up(Fraction(100 * counts.n, whole), SHARE_DECIMALS)
    found = satisfaction_index(counts)
    if found is None:
        return Group(label, 0, share, None, None)
    return Group(label, counts.n, share, found.index, found.grade.letter)

"""Full questionnaires of a revision, counted by every cut of the fixed set (method §9).

What a closing kept gives whole, service, channel and desk. Weekdays, slots and profiles are
counted from the rows, by the same rule of which responses count; no figure rests on them.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import Label, Select, and_, case, func, select
from sqlmodel import Session

from aggregation.closings import Closing, ElementTally, TotalTally
from aggregation.method.cuts import EVERYBODY, PROFILE_CUTS, UNKNOWN, Cut
from aggregation.method.questionnaire_counts import NO_QUESTIONNAIRES, QuestionnaireCounts
from aggregation.months.sweep import is_late
from aggregation.months.whole_month import whole_month
from aggregation.screening.quarantine import is_quarantined
from survey.models import Followup, PrivateText, Response, table_of
from survey.month import HALF_HOURS_A_DAY
from survey.questionnaire import RATINGS, Element

LEGAL_SLOTS = {1: range(16, 24), 2: range(26, 34)}
"""Half hours of the day of 08.00–12.00 and 13.00–17.00, by the number of the slot (method §2)."""

CellCounts = Mapping[str, QuestionnaireCounts]
Joint = Mapping[Element, Mapping[tuple[int, int], int]]
"""By element: (rating of the quick question, rating of the element) → how many sheets."""

_RESPONSE, _FOLLOWUP, _TEXT = table_of(Response), table_of(Followup), table_of(PrivateText)
_RATED = [(element, rating) for element in Element for rating in RATINGS]
_ITS_TEXT = and_(
    _TEXT.c.unit_id == _RESPONSE.c.unit_id,
    _TEXT.c.month == _RESPONSE.c.month,
    _TEXT.c.response_id == _RESPONSE.c.id,
    _TEXT.c.field.in_([cut.value for cut in PROFILE_CUTS]),
)
_DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class CutCounts:
    """The counts of a revision by cut and cell; cells with nobody in them are missing.

    Attributes
    ----------
    joint
        Of sheets that answered the quick question too.
    """

    cuts: Mapping[Cut, CellCounts]
    joint: Joint


def count_cuts(session: Session, closing: Closing) -> CutCounts:
    """Count a revision by every cut.

    A cut that does not add up to the whole is left out: rows that were decided on since the
    closing, as happens where it is counted long after.
    """
    cuts = kept_cuts(session, closing)
    whole = cuts[Cut.WHOLE].get(EVERYBODY, NO_QUESTIONNAIRES)
    with whole_month(session):
        by_time, joint = _by_time(session, closing)
        cuts[Cut.TIME] = by_time
        cuts |= _by_profile(session, closing, whole)
    return CutCounts(
        {cut: cells for cut, cells in cuts.items() if _sum(cells) == whole},
        joint if _sum(by_time) == whole else {},
    )


def kept_cuts(session: Session, closing: Closing) -> dict[Cut, CellCounts]:
    """Return the counts that the closing kept: of the whole, services, channels and desks."""
    found: dict[Cut, defaultdict[str, _Cell]] = {
        cut: defaultdict(_Cell) for cut in (Cut.WHOLE, Cut.SERVICE, Cut.CHANNEL, Cut.DESK)
    }
    by = ("desk_id", "service_id", "channel")
    for kept, said in (
        (table_of(ElementTally), ("element", "rating")),
        (table_of(TotalTally), ("total",)),
    ):
        columns = [kept.c[name] for name in (*by, *said, "count")]
        for desk, service, channel, *answer, count in session.execute(
            select(*columns).where(kept.c.closing_id == closing.id)
        ):
            for cut, cell in (
                (Cut.WHOLE, EVERYBODY),
                (Cut.SERVICE, UNKNOWN if service is None else str(service)),
                (Cut.CHANNEL, channel),
                (Cut.DESK, UNKNOWN if desk is None else str(desk)),
            ):
                found[cut][cell].add(answer, count)
    return {
        cut: {cell: each.counts() for cell, each in cells.items()} for cut, cells in found.items()
    }


class _Cell:
    """A cell that is being added up."""

    def __init__(self) -> None:
        self.ratings: Counter[tuple[Element, int]] = Counter()
        self.totals: Counter[int] = Counter()

    def add(self, said: Sequence[Any], count: int) -> None:
        """Add a count: of an element and its rating, or of a sheet's total."""
        if len(said) == 1:
            self.totals[said[0]] += count
        else:
            self.ratings[Element(said[0]), said[1]] += count

    def add_sheets(self, total: int, count: int, ratings: Sequence[int]) -> None:
        """Add sheets of one total."""
        self.totals[total] += count
        for key, given in zip(_RATED, ratings, strict=True):
            self.ratings[key] += given

    def counts(self) -> QuestionnaireCounts:
        """Return what was added up."""
        return QuestionnaireCounts(self.ratings, self.totals)


def _by_time(session: Session, closing: Closing) -> tuple[CellCounts, Joint]:
    cells: defaultdict[str, _Cell] = defaultdict(_Cell)
    joint: dict[Element, Counter[tuple[int, int]]] = {element: Counter() for element in Element}
    since = _RESPONSE.c.half_hour - closing.month.half_hours().start
    day = since // HALF_HOURS_A_DAY % _DAYS_A_WEEK
    of_day = since % HALF_HOURS_A_DAY
    slot = case(
        *(
            (and_(of_day >= each.start, of_day < each.stop), number)
            for number, each in LEGAL_SLOTS.items()
        ),
        else_=0,
    )
    first = closing.month.first_day.isoweekday()
    for place, number, overall, total, count, *ratings in session.execute(
        _sheets(closing, day.label("day"), slot.label("slot"), _RESPONSE.c.overall.label("quick"))
    ):
        known = place is not None and number
        cell = f"{(place + first - 1) % _DAYS_A_WEEK + 1}-{number}" if known else UNKNOWN
        cells[cell].add_sheets(total, count, ratings)
        if overall is not None:
            for (element, rating), given in zip(_RATED, ratings, strict=True):
                joint[element][overall, rating] += given
    return {cell: each.counts() for cell, each in cells.items()}, joint


def _by_profile(
    session: Session, closing: Closing, whole: QuestionnaireCounts
) -> dict[Cut, CellCounts]:
    """Return the counts by each field of the profile; who did not say is what is left."""
    cells: dict[Cut, defaultdict[str, _Cell]] = {cut: defaultdict(_Cell) for cut in PROFILE_CUTS}
    by = (_TEXT.c.field.label("asked"), _TEXT.c.text.label("answer"))
    for field, answer, total, count, *ratings in session.execute(
        _sheets(closing, *by, with_text=True)
    ):
        cells[Cut(field)][answer].add_sheets(total, count, ratings)
    return {cut: _with_the_rest(_counted(each), whole) for cut, each in cells.items()}


def _counted(cells: Mapping[str, _Cell]) -> dict[str, QuestionnaireCounts]:
    return {cell: each.counts() for cell, each in cells.items()}


def _with_the_rest(cells: dict[str, QuestionnaireCounts], whole: QuestionnaireCounts) -> CellCounts:
    rest = whole - _sum(cells)
    return {**cells, UNKNOWN: rest} if rest.n else cells


def _sum(cells: CellCounts) -> QuestionnaireCounts:
    return sum(cells.values(), start=NO_QUESTIONNAIRES)


def _sheets(closing: Closing, *by: Label[Any], with_text: bool = False) -> Select[Any]:
    """Return the statement of the sheets that a revision counts, by some columns and by total."""
    answers = [_FOLLOWUP.c[element.lower()] for element in Element]
    its_followup = and_(
        _FOLLOWUP.c.unit_id == _RESPONSE.c.unit_id,
        _FOLLOWUP.c.month == _RESPONSE.c.month,
        _FOLLOWUP.c.response_id == _RESPONSE.c.id,
    )
    rows = _RESPONSE.join(_FOLLOWUP, its_followup)
    if with_text:
        rows = rows.join(_TEXT, _ITS_TEXT)
    total = reduce(add, answers).label("total")
    given = [
        func.sum(case((_FOLLOWUP.c[element.lower()] == rating, 1), else_=0))
        for element, rating in _RATED
    ]
    return (
        select(*by, total, func.count(), *given)
        .select_from(rows)
        .where(
            _RESPONSE.c.unit_id == closing.unit_id,
            _RESPONSE.c.month == closing.month,
            ~is_late(closing.late_until),
            ~is_quarantined(),
            total.element.is_not(None),
        )
        # By name: PostgreSQL takes an expression with parameters, spelled twice, for two.
        .group_by(*(each.name for each in by), "total")
    )

"""Releasing a closed period: written once, at the close of its last month (method §9).

What may be shown is decided once, from the numbers of people alone, beside everything that the
year has shown so far. A revision takes nothing back: a cut follows it where every cell that moves
has moved by ten people or more, and stays as it was released otherwise, because the difference of
two releases would show the few who were added.
"""

import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select
from sqlmodel import Session, col

from aggregation.changes.batch import hold_unit
from aggregation.closings import Closing
from aggregation.method.cuts import EVERYBODY, Cut
from aggregation.method.importance import importance
from aggregation.method.questionnaire_counts import NO_QUESTIONNAIRES, QuestionnaireCounts
from aggregation.method.release_rule import cells_that_may_be_shown, whole_may_be_shown
from aggregation.method.suppression import SMALLEST_CELL
from aggregation.months.cut_counts import CellCounts, CutCounts, count_cuts
from aggregation.months.models import CutCount, Release, ReleasedCell
from aggregation.months.period import Period
from aggregation.months.release_year import ReleaseYear, release_year
from aggregation.months.released import Released
from aggregation.months.revisions import newest_of_each_month, revisions
from survey.questionnaire import RATINGS, Element

_Cells = Mapping[str, QuestionnaireCounts | None]


@dataclass(frozen=True, slots=True)
class _Making:
    """What a release is made with."""

    session: Session
    closing: Closing
    year: ReleaseYear
    at: datetime


def release_closed(session: Session, closing: Closing, at: datetime) -> None:
    """Release what a closing lets be seen: its month, and the periods that end with it.

    A revision of a month that is released releases it anew, with every period that holds it, as
    far as that shows no fewer than ten people.
    """
    for each in _unreleased(session, closing.unit_id):
        if each.month < closing.month:
            _release(session, each, at)
    _release(session, closing, at)


def release_missing(
    session: Session, unit_id: int, at: datetime, *, most: int | None = None
) -> list[str]:
    """Release the closed months that are not yet, the oldest first; return their names.

    Months are released as they are closed; only those of an installation that closed them before
    it knew releases are left.

    Parameters
    ----------
    most
        So many months at most; a month is enough for a transaction that taps wait for.
    """
    hold_unit(session, unit_id)
    left = _unreleased(session, unit_id)[:most]
    for closing in left:
        _release(session, closing, at)
    return [str(closing.month) for closing in left]


def _unreleased(session: Session, unit_id: int) -> list[Closing]:
    done = set(session.scalars(select(col(Release.period)).where(col(Release.unit_id) == unit_id)))
    newest = newest_of_each_month(revisions(session, unit_id))
    return [closing for month, closing in sorted(newest.items()) if str(month) not in done]


def _release(session: Session, closing: Closing, at: datetime) -> None:
    counted = count_cuts(session, closing)
    year, newest = release_year(session, closing.unit_id, closing.month.year)
    by = _Making(session, closing, year, at)
    if str(closing.month) in newest:
        _release_anew(by, counted, newest)
        return
    _keep(session, closing, counted, counted.cuts)
    year.add_month(str(closing.month), dict.fromkeys(counted.cuts, closing.id))
    for period in Period.ending(closing.month):
        _write(by, period, _decided(year, period))


def _decided(year: ReleaseYear, period: Period) -> dict[Cut, _Cells]:
    """Decide what may be seen of a period, and note it in the year."""
    found: dict[Cut, _Cells] = {}
    for cut in Cut:
        counted = year.counted(period, cut)
        if counted is None:
            continue
        if cut is Cut.WHOLE:
            shown = {EVERYBODY} if whole_may_be_shown(year.board(), period.name) else frozenset()
            counted = counted or {EVERYBODY: NO_QUESTIONNAIRES}
        else:
            shown = cells_that_may_be_shown(year.board(), cut, period.name)
        year.show(period.name, cut, shown)
        if shown or cut is Cut.WHOLE:
            found[cut] = _masked(counted, shown)
    return found


def _masked(counted: CellCounts, shown: Collection[str]) -> dict[str, QuestionnaireCounts | None]:
    return {cell: counts if cell in shown else None for cell, counts in counted.items()}


def _release_anew(by: _Making, counted: CutCounts, newest: Mapping[str, Released]) -> None:
    closing, year = by.closing, by.year
    month = str(closing.month)
    itself = Period(month, (closing.month,))
    moved = {
        cut: cells
        for cut, cells in counted.cuts.items()
        if cut in year.bases[month] and _moved_enough(year.counted(itself, cut) or {}, cells)
    }
    # The sums of any two cuts then differ by nobody or by ten people and more.
    if Cut.WHOLE not in moved:
        return
    _keep(by.session, closing, counted, moved)
    year.add_month(month, {**year.bases[month], **dict.fromkeys(moved, closing.id)})
    for was in newest.values():
        if closing.month in was.period.months:
            cuts = {
                cut: _followed(year, was, cut) if cut in moved else cells
                for cut, cells in was.cuts.items()
            }
            _write(by, was.period, cuts, was.number + 1)


def _moved_enough(was: CellCounts, now: CellCounts) -> bool:
    """Say whether a cut moved, and none of its cells by fewer people than may be shown."""
    steps = [
        (was.get(cell, NO_QUESTIONNAIRES), now.get(cell, NO_QUESTIONNAIRES))
        for cell in was.keys() | now.keys()
    ]
    moved = [(before, after) for before, after in steps if before != after]
    return bool(moved) and all(
        abs(after.n - before.n) >= SMALLEST_CELL and after.n >= min(before.n, SMALLEST_CELL)
        for before, after in moved
    )


def _followed(year: ReleaseYear, was: Released, cut: Cut) -> _Cells:
    """Return a cut's cells anew: what was hidden stays so, and nothing else is."""
    cells = was.cuts[cut]
    hides = None in cells.values()
    return {
        cell: None if cells.get(cell, counts) is None or (cell not in cells and hides) else counts
        for cell, counts in (year.counted(was.period, cut) or {}).items()
    }


def _keep(
    session: Session, closing: Closing, counted: CutCounts, cuts: Mapping[Cut, CellCounts]
) -> None:
    rows = [
        {
            "closing_id": closing.id,
            "unit_id": closing.unit_id,
            "cut": cut.value,
            "cell": cell,
            "n": counts.n,
            "counts": _spelled(counts, counted if cut is Cut.WHOLE else None),
        }
        for cut, cells in cuts.items()
        for cell, counts in cells.items()
    ]
    if rows:
        session.execute(insert(CutCount), rows)


def _write(by: _Making, period: Period, cuts: Mapping[Cut, _Cells], number: int = 0) -> None:
    year = by.year
    months = year.months_of(period)
    basis = {
        cut.value: {m: str(year.bases[m][cut]) for m in months if cut in year.bases[m]}
        for cut in Cut
    }
    shows = cuts.get(Cut.WHOLE, {}).get(EVERYBODY) is not None
    release = Release(
        id=uuid4(),
        unit_id=by.closing.unit_id,
        period=period.name,
        number=number,
        released_at=by.at,
        responses=_responses(by.session, {year.bases[month][Cut.WHOLE] for month in months}),
        basis=json.dumps(basis, sort_keys=True),
        importance=json.dumps(_importance(year, period) if shows else {}, sort_keys=True),
    )
    by.session.add(release)
    by.session.flush()
    of = {"release_id": release.id, "unit_id": release.unit_id}
    rows: list[dict[str, Any]] = [
        {
            **of,
            "cut": cut.value,
            "cell": cell,
            "n": None if counts is None else counts.n,
            "counts": None if counts is None else _spelled(counts),
        }
        for cut, cells in cuts.items()
        for cell, counts in cells.items()
    ]
    by.session.execute(insert(ReleasedCell), rows)


def _responses(session: Session, closing_ids: Collection[UUID]) -> int:
    counted = select(func.sum(col(Closing.responses))).where(col(Closing.id).in_(closing_ids))
    return int(session.scalar(counted) or 0)


def _importance(year: ReleaseYear, period: Period) -> dict[str, str]:
    joint: dict[str, Counter[tuple[int, int]]] = {}
    for text in year.whole_texts(period):
        for element, pairs in json.loads(text).get("joint", {}).items():
            for spelled, count in pairs.items():
                pair = (int(spelled[0]), int(spelled[1]))
                joint.setdefault(element, Counter())[pair] += count
    found = {element: importance(pairs) for element, pairs in joint.items()}
    return {element: str(each) for element, each in found.items() if each is not None}


def _spelled(counts: QuestionnaireCounts, with_joint: CutCounts | None = None) -> str:
    ratings = {
        element.value: [counts.ratings.get((element, rating), 0) for rating in RATINGS]
        for element in Element
    }
    kept: dict[str, Any] = {
        "ratings": ratings,
        "totals": {str(total): count for total, count in sorted(counts.totals.items())},
    }
    if with_joint is not None:
        kept["joint"] = {
            element.value: {f"{one}{other}": n for (one, other), n in pairs.items() if n}
            for element, pairs in with_joint.joint.items()
        }
    return json.dumps(kept, sort_keys=True, separators=(",", ":"))

"""What was released of closed months, held against the counts that it rests on (method §8, §9)."""

import json
from collections.abc import Collection, Iterator, Mapping
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.closings import Closing
from aggregation.method.cuts import EVERYBODY, Cut
from aggregation.method.questionnaire_counts import NO_QUESTIONNAIRES, QuestionnaireCounts
from aggregation.months.cut_counts import kept_cuts
from aggregation.months.models import CutCount, Release, ReleasedCell
from aggregation.months.released import counts_from
from survey.difference import Difference, Kind

_KEPT = (Cut.WHOLE, Cut.SERVICE, Cut.CHANNEL, Cut.DESK)
_CUT = "Hitungan ini tidak sama dengan tabulasi bulannya."
_SHOWN = "Sel yang dirilis tidak sama dengan jumlah bulan-bulan yang menjadi dasarnya."
_RESPONSES = "Jumlah tanggapan yang dirilis tidak sama dengan bulan-bulan yang menjadi dasarnya."

_Cells = dict[str, QuestionnaireCounts]


def cut_differences(session: Session, closing: Closing) -> Iterator[Difference]:
    """Yield the cuts of a closing that its tallies do not give.

    Weekdays, slots and profiles are only held against the whole: profiles are erased in time.
    """
    stored, spoilt = _cuts(session, closing.id)
    yield from spoilt
    if not stored:
        return
    try:
        kept = kept_cuts(session, closing)
    except ValueError:
        yield Difference(Kind.CLOSING, f"closing {closing.id}", "Tabulasinya saling bertentangan.")
        return
    whole = kept[Cut.WHOLE].get(EVERYBODY, NO_QUESTIONNAIRES)
    for cut, cells in stored.items():
        if cut not in _KEPT:
            if sum(cells.values(), start=NO_QUESTIONNAIRES) != whole:
                yield Difference(Kind.CLOSING, f"cut_count {closing.id} {cut.value}", _CUT)
            continue
        for cell in sorted(cells.keys() | kept[cut].keys()):
            if cells.get(cell) != kept[cut].get(cell):
                subject = f"cut_count {closing.id} {cut.value} {cell}"
                yield Difference(Kind.CLOSING, subject, _CUT)


def release_differences(session: Session, closings: Mapping[UUID, Closing]) -> Iterator[Difference]:
    """Yield released cells that the counts of their basis do not give."""
    for release in session.scalars(select(Release)):
        basis = {
            Cut(cut): {UUID(each) for each in months.values()}
            for cut, months in json.loads(release.basis).items()
        }
        yield from _cells(session, release, basis)
        whole = basis.get(Cut.WHOLE, set())
        responses = sum(closings[each].responses for each in whole if each in closings)
        if responses != release.responses:
            yield Difference(Kind.CLOSING, f"release {release.id}", _RESPONSES)


def _cells(
    session: Session, release: Release, basis: Mapping[Cut, Collection[UUID]]
) -> Iterator[Difference]:
    pooled: dict[Cut, _Cells] = {}
    for closing_id in {each for ids in basis.values() for each in ids}:
        for cut, cells in _cuts(session, closing_id)[0].items():
            if closing_id in basis.get(cut, ()):
                of_cut = pooled.setdefault(cut, {})
                for cell, counts in cells.items():
                    of_cut[cell] = of_cut.get(cell, NO_QUESTIONNAIRES) + counts
    shown = select(ReleasedCell).where(
        col(ReleasedCell.release_id) == release.id, col(ReleasedCell.counts).is_not(None)
    )
    for each in session.scalars(shown):
        due = pooled.get(Cut(each.cut), {}).get(each.cell, NO_QUESTIONNAIRES)
        if _read(each.counts or "") != due or each.n != due.n:
            subject = f"released_cell {release.id} {each.cut} {each.cell}"
            yield Difference(Kind.CLOSING, subject, _SHOWN)


def _cuts(session: Session, closing_id: UUID) -> tuple[dict[Cut, _Cells], list[Difference]]:
    """Return the cuts that are stored of a closing, and those that contradict themselves."""
    found: dict[Cut, _Cells] = {}
    spoilt = []
    for row in session.scalars(select(CutCount).where(col(CutCount.closing_id) == closing_id)):
        counts = _read(row.counts)
        if counts is None or counts.n != row.n:
            subject = f"cut_count {closing_id} {row.cut} {row.cell}"
            spoilt.append(Difference(Kind.CLOSING, subject, _CUT))
        else:
            found.setdefault(Cut(row.cut), {})[row.cell] = counts
    return found, spoilt


def _read(text: str) -> QuestionnaireCounts | None:
    """Return counts; nothing where they contradict each other."""
    try:
        return counts_from(text)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None

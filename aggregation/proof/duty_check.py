"""The half hours that a closing froze, held against what half hours can be (method §4.3)."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from sqlmodel import Session

from aggregation.closings import Closing
from aggregation.months.window import frozen_stretches
from survey.difference import Difference, Kind
from survey.month import midnight

_OVERLAP = "Setengah jam di loket ini tertulis sebagai tugas dua kali."
_OUTSIDE = "Tugas ini tidak terletak dalam bulannya."


def duty_differences(session: Session, closing: Closing) -> Iterator[Difference]:
    """Yield half hours that two people hold at once, and those out of the month.

    Who held which half hour was written from a roster that may have changed since; so nothing else
    can be told from the row alone, and the seal holds them all together.
    """
    stretches = frozen_stretches(session, closing)
    first, last = closing.month.first_day, closing.month.shift(1).first_day
    begins, ends = midnight(first - timedelta(days=1)), midnight(last + timedelta(days=1))
    for each in stretches:
        if each.starts < begins or each.ends > ends:
            yield _said(closing, each.desk_id, each.starts, _OUTSIDE)
    for before, each in pairwise(stretches):
        if before.desk_id == each.desk_id and each.starts < before.ends:
            yield _said(closing, each.desk_id, each.starts, _OVERLAP)


def _said(closing: Closing, desk_id: int, starts: int, sentence: str) -> Difference:
    subject = f"frozen_duty {closing.id} desk={desk_id} starts={starts}"
    return Difference(Kind.CLOSING, subject, sentence)

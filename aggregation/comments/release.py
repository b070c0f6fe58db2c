"""Releasing comments: masked, five or more together, in random order (method §9).

An officer knows whom he served this morning, so a comment leaves its time behind. What is released
keeps a random key, the month, and the desk only where five of that desk and month come together.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlmodel import Session

from aggregation.changes.batch import hold_unit
from aggregation.comments.batches import SMALLEST_BATCH, MaskedWords, batches_of, waiting_in
from aggregation.comments.models import Comment, CommentBatch, CommentSource
from aggregation.comments.unread_words import UnreadWords, waiting_words
from survey.log import Act, record
from survey.month import Month
from survey.units import local_today

DeskMonth = tuple[int, Month]


def release_comments(session: Session, unit_id: int, at: datetime, *, actor: str = "cli") -> int:
    """Release what citizens wrote before a unit's last working day; return how many.

    Fewer than five wait for more. It masks while the transaction lasts: where citizens tap
    meanwhile, each batch is masked before and released by itself.

    Parameters
    ----------
    actor
        The key for the log.
    """
    hold_unit(session, unit_id)
    batches = batches_of(waiting_in(session, unit_id, at))
    return sum(release_batch(session, unit_id, batch, at, actor=actor) for batch in batches)


def release_batch(
    session: Session,
    unit_id: int,
    batch: Sequence[MaskedWords],
    at: datetime,
    *,
    actor: str = "cli",
) -> int:
    """Release of a batch what still waits, if that is five comments or more; return how many.

    Whoever calls it twice, or at the same time as somebody else, releases nothing twice: the unit
    is held, and each text is noted as released. What has come into quarantine since it was read
    waits for the reviewer.

    Parameters
    ----------
    actor
        The key for the log.
    """
    hold_unit(session, unit_id)
    today = local_today(session, unit_id, at)
    among = [each.source for each in batch]
    waiting = set(waiting_words(session, unit_id, today, among=among))
    ready = [each for each in batch if each.source in waiting]
    if len(ready) < SMALLEST_BATCH:
        return 0
    batch_id = _write(session, unit_id, today, ready)
    facts = {"comments": len(ready), "masked": sum(each.masked > 0 for each in ready)}
    record(session, Act("comments.released", actor, f"batch {batch_id}", facts, unit_id), at)
    return len(ready)


def named_desks(desks: Iterable[tuple[int | None, Month]]) -> frozenset[DeskMonth]:
    """Return which desks of a batch may be named: five comments of one month or more.

    Each comment shows its month, so those of a month that stay unnamed must be none or five at
    least: in an office of two desks, one comment without a desk beside five of the first desk
    would be known as the second's.

    Examples
    --------
    >>> first, second = (1, Month(2026, 10)), (2, Month(2026, 10))
    >>> named_desks([first] * 5) == {first}
    True
    >>> named_desks([first] * 5 + [second])
    frozenset()
    >>> named_desks([first] * 5 + [second] * 4 + [(None, Month(2026, 10))]) == {first}
    True
    """
    months: dict[Month, Counter[int | None]] = defaultdict(Counter)
    for desk_id, month in desks:
        months[month][desk_id] += 1
    return frozenset((desk, month) for month in months for desk in _named(months[month]))


def _named(counts: Counter[int | None]) -> list[int]:
    """Return which desks of one month may be named."""
    named = sorted(
        (desk for desk in counts if desk is not None and counts[desk] >= SMALLEST_BATCH),
        key=lambda desk: (counts[desk], desk),
        reverse=True,
    )
    unnamed = counts.total() - sum(counts[desk] for desk in named)
    while named and 0 < unnamed < SMALLEST_BATCH:
        unnamed += counts[named.pop()]
    return named


def _write(session: Session, unit_id: int, today: date, ready: Sequence[MaskedWords]) -> UUID:
    batch_id = uuid4()
    batch = {"id": batch_id, "unit_id": unit_id, "released_on": today, "size": len(ready)}
    named = named_desks(_desk_of(each.source) for each in ready)
    # Random keys in their own order: neither where rows lie nor how they are listed tells a time.
    keyed = sorted(((uuid4(), each) for each in ready), key=lambda pair: pair[0])
    session.execute(insert(CommentBatch), batch)
    session.execute(
        insert(Comment),
        [
            {
                "id": key,
                "unit_id": unit_id,
                "batch_id": batch_id,
                "month": each.source.month,
                "desk_id": each.source.desk_id if _desk_of(each.source) in named else None,
                "text": each.text,
                "masked": each.masked,
            }
            for key, each in keyed
        ],
    )
    session.execute(
        insert(CommentSource),
        [
            {
                "unit_id": unit_id,
                "month": each.source.month,
                "response_id": each.source.response_id,
                "comment_id": key,
            }
            for key, each in keyed
        ],
    )
    return batch_id


def _desk_of(words: UnreadWords) -> tuple[int | None, Month]:
    return words.desk_id, words.month

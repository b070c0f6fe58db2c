"""All that a closing wrote, in one digest for its seal (method §8).

The digest of its figures says what the figures are; this one also says who closed the month, why,
by which rule, and what was released then. Who the officers were stays out: it may be erased.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, SQLModel

from aggregation.closings import Closing, OfficerFigure
from aggregation.months.figure_rows import PERSONAL, TABLES
from aggregation.months.models import CutCount, Release, ReleasedCell
from survey.leaf import leaf_entry
from survey.merkle import leaf_digest, root_of
from survey.models import ClosedMonth, table_of

_OF_CLOSING: Sequence[type[SQLModel]] = (*TABLES, CutCount)


def kept_digest(session: Session, closing: Closing, salt: bytes) -> str:
    """Return the digest of the rows that a closing wrote, in hexadecimal.

    Parameters
    ----------
    salt
        The month's (`month_seals.month_salt`).
    """
    leaves = sorted(leaf_digest(leaf_entry(name, row)) for name, row in _rows(session, closing))
    return hashlib.sha256(salt + root_of(leaves)).hexdigest()


def _rows(session: Session, closing: Closing) -> Iterator[tuple[str, Mapping[Any, Any]]]:
    for model, where in _written(closing):
        table = table_of(model)
        erasable = PERSONAL if model is OfficerFigure else ()
        kept = [column for column in table.c if column.name not in erasable]
        for row in session.execute(select(*kept).where(*where)).mappings():
            yield table.name, row


def _written(closing: Closing) -> Iterator[tuple[type[SQLModel], Iterable[Any]]]:
    """Yield the tables and which of their rows a closing wrote."""
    month = table_of(ClosedMonth).c
    yield Closing, [table_of(Closing).c.id == closing.id]
    yield ClosedMonth, [month.unit_id == closing.unit_id, month.month == closing.month]
    for model in _OF_CLOSING:
        yield model, [table_of(model).c.closing_id == closing.id]
    release = table_of(Release)
    together = release.c.unit_id == closing.unit_id, release.c.released_at == closing.closed_at
    yield Release, together
    cell = table_of(ReleasedCell).c
    yield ReleasedCell, [cell.release_id.in_(select(release.c.id).where(*together))]

"""What an office tells the public: words that name or insult nobody (method §9)."""

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.masking.masking import NAMING, spans_in
from aggregation.masking.names import KnownNames
from aggregation.masking.readable import readable
from aggregation.models import Assignment, Officer


class NamesSomebody(ValueError):
    """Words for the public name or insult a person."""


def names_of_unit(session: Session, unit_id: int) -> KnownNames:
    """Return the names of everybody who was ever assigned to a unit."""
    here = select(col(Assignment.officer_id)).where(col(Assignment.unit_id) == unit_id)
    rows = session.execute(select(col(Officer.name)).where(col(Officer.id).in_(here)))
    return KnownNames.of(rows.scalars())


def require_nobody_named(session: Session, unit_id: int, words: str) -> None:
    """See that words for the public hold no name, no number of a person and no insult.

    Raises
    ------
    NamesSomebody
        If they do.
    """
    spans = spans_in(readable(words), names_of_unit(session, unit_id))
    if any(span.kind in NAMING for span in spans):
        raise NamesSomebody

"""The check of everything that is recorded against what was sealed (method §8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from survey.seal_check import Difference, Looked, differences_of_record
from survey.seal_text import Link


@dataclass(frozen=True, slots=True)
class Verified:
    """What a check of everything found.

    Attributes
    ----------
    rows
        How many rows were hashed and compared.
    differences
        Nothing where all is as it was sealed.
    notices
        What is no fault and yet asks for somebody's eye: a key that was lost and replaced.
    """

    rows: int
    differences: Sequence[Difference]
    notices: Sequence[str] = ()


def verify(engine: Engine, at: datetime, *, against: Sequence[Link] = ()) -> Verified:
    """Recompute everything, and name what is not as it was sealed.

    Parameters
    ----------
    against
        Seals that were published earlier.
    """
    looked = Looked()
    found = list(differences_of_record(engine, looked))
    return Verified(looked.rows, found)


def record_verification(session: Session, verified: Verified, at: datetime) -> None:
    """Keep what a check found, for the readiness page and the alerts."""
    raise NotImplementedError

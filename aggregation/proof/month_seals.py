"""Sealing closed months: their figures, and the days that they rest on (method §8)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine

from survey.signing import SealKey


def seal_months(engine: Engine, key: SealKey, at: datetime) -> list[UUID]:
    """Seal each closing whose day of closing is sealed and that has no seal yet; return their ids.

    Raises
    ------
    OtherKey
        If the chain expects another key.
    """
    raise NotImplementedError

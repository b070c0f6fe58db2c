"""The seal of a closing, as statements and reports print it (method §8)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from survey.seal_chain import link_on
from survey.seal_models import SealKind

WRITTEN_WITHIN = timedelta(hours=1)
"""A night's work keeps a seal so soon after the moment that the seal names."""


@dataclass(frozen=True, slots=True)
class MonthSeal:
    """The seal of a closing.

    Attributes
    ----------
    digest
        What the next seal names, in hexadecimal.
    """

    number: int
    digest: str
    sealed_at: datetime

    @property
    def path(self) -> str:
        """Where the public finds it on the public site."""
        return f"/segel/{self.number}"


def month_seal(session: Session, closing_id: UUID, as_of: datetime) -> MonthSeal | None:
    """Return the seal of a closing as it stood at a moment; none while it was not sealed.

    The same moment gives the same answer whenever it is asked, also while the seal is written.
    """
    link = link_on(session, SealKind.MONTH, str(closing_id))
    if link is None:
        return None
    sealed_at = datetime.fromisoformat(str(link.facts["sealed_at"]))
    if as_of < sealed_at + WRITTEN_WITHIN:
        return None
    return MonthSeal(link.number, link.digest, sealed_at)

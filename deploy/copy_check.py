"""Whether a copy holds what the database held, and whether that is what was sealed (method §8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func, select
from sqlmodel import Session

from aggregation.closings import Closing
from aggregation.proof.verify import Verified, verify
from deploy.migrate import is_current
from survey.database import reading
from survey.models import Followup, KnownResponse, LogEntry, Response, table_of
from survey.seal_models import Seal, SealedLeaf

Counts = Mapping[str, int]

_ONLY_GROW = tuple(
    table_of(model)
    for model in (KnownResponse, Response, Followup, LogEntry, Closing, Seal, SealedLeaf)
)


class WrongCopy(RuntimeError):
    """A copy is not what the database held."""


class OldSchema(RuntimeError):
    """The database does not have the newest schema."""


@dataclass(frozen=True, slots=True)
class Held:
    """How many rows a table had at least and at most while the copy was made."""

    least: Counts
    most: Counts


def counted(session: Session) -> Counts:
    """Return how many rows the record's tables have, by name; none of them ever loses any."""
    return {
        table.name: session.execute(select(func.count()).select_from(table)).scalar_one()
        for table in _ONLY_GROW
    }


def require_current(engine: Engine) -> None:
    """Refuse a database that the check cannot read.

    Raises
    ------
    OldSchema
        If its schema is not the newest one.
    """
    with reading(engine) as session:
        if not is_current(session.connection()):
            raise OldSchema


def check_copy(copy: Engine, held: Held, at: datetime) -> Verified:
    """Count a copy's rows, and recompute all that is sealed in it.

    Raises
    ------
    WrongCopy
        If rows are missing or too many, or its schema is another one.
    """
    with reading(copy) as session:
        if not is_current(session.connection()):
            message = "skemanya lain"
            raise WrongCopy(message)
        found = counted(session)
    wrong = [name for name in found if not held.least[name] <= found[name] <= held.most[name]]
    if wrong:
        message = f"jumlah baris tidak cocok di {', '.join(wrong)}"
        raise WrongCopy(message)
    return verify(copy, at)

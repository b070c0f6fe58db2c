"""The check of everything that is recorded against what was sealed (method §8)."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from uuid import uuid4

from sqlalchemy import Engine, insert
from sqlmodel import Session

from aggregation.proof.closing_check import closing_differences
from aggregation.proof.detail_check import detail_differences
from survey.chain_check import last_day_of, notices_of
from survey.database import reading, with_room
from survey.seal_chain import chain
from survey.seal_check import Difference, Looked, published_differences, record_differences
from survey.seal_models import Verification
from survey.seal_text import Link
from survey.sealing import last_full_day

_A_NIGHT_LATE = timedelta(days=1)
_KEPT = 100


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
    with reading(engine) as session, with_room(session):
        links = list(chain(session))
        found = [
            *record_differences(session, links, looked),
            *detail_differences(session, looked),
            *closing_differences(session, links),
            *published_differences(links, against),
        ]
        due = last_full_day(session, at)
    notices = [*notices_of(links), *_unsealed(last_day_of(links), due)]
    return Verified(looked.rows, found, notices)


def _unsealed(last: date | None, due: date) -> Iterator[str]:
    if last is not None and due - last > _A_NIGHT_LATE:
        yield f"Hari sesudah {last} belum disegel. Jalankan: nilai seal."


def record_verification(session: Session, verified: Verified, at: datetime) -> None:
    """Keep what a check found, for the readiness page and the alerts."""
    found = [asdict(each) for each in verified.differences[:_KEPT]]
    row = {
        "id": uuid4(),
        "finished_at": at,
        "rows": verified.rows,
        "differences": len(verified.differences),
        "findings": json.dumps(found, ensure_ascii=False),
    }
    session.execute(insert(Verification), row)

"""Made-up comments: what citizens wrote, as intake leaves it behind, and released ones."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from sqlalchemy import insert, select
from sqlmodel import Session, col

from aggregation.changes.batch import Cause
from aggregation.comments.models import Comment
from aggregation.comments.release import release_comments
from survey.models import Followup, KnownResponse, PrivateText, Response
from survey.month import Month
from tests.month_factories import OCTOBER, SmallOffice

MONDAY, TUESDAY, FRIDAY = date(2026, 10, 5), date(2026, 10, 6), date(2026, 10, 9)
TUESDAY_NIGHT = datetime(2026, 10, 6, 1, tzinfo=UTC)
"""08.00 on Tuesday 6 October 2026 in Jakarta."""

HEAD = Cause("kepala", "", datetime(2026, 10, 7, 2, tzinfo=UTC), "kepala")
FIVE = (
    "Pelayanan cepat dan ramah",
    "Antrean panjang sekali",
    "Kursi tunggu kurang",
    "Petugas sabar menjelaskan",
    "Toilet kurang bersih",
)


def wrote(
    session: Session,
    office: SmallOffice,
    *texts: str,
    on: date = MONDAY,
    desk: int | None = 0,
    month: Month = OCTOBER,
    late: bool = False,
    half_hour: int | None = None,
) -> list[UUID]:
    """Let citizens write these texts about a desk on a day; return their responses' ids."""
    ids = [uuid4() for _ in texts]
    for response_id, text in zip(ids, texts, strict=True):
        key = {"unit_id": office.unit_id, "month": month}
        seal = {"salt": bytes(16), "leaf": bytes(32)}
        session.execute(insert(KnownResponse), {**key, "id": response_id})
        tap = {
            "desk_id": None if desk is None else office.desks[desk],
            "channel": "kiosk",
            "half_hour": half_hour,
            "overall": 4,
            "late": late,
            "received_on": on,
            "receipt_digest": bytes(32),
        }
        session.execute(insert(Response), {**key, **seal, **tap, "id": response_id})
        more = {"response_id": response_id, "received_on": on}
        session.execute(insert(Followup), {**key, **seal, **more})
        words = {"response_id": response_id, "field": "COMMENT", "text": text, "salt": bytes(16)}
        session.execute(insert(PrivateText), {**key, **words})
    return ids


def released(
    session: Session,
    office: SmallOffice,
    texts: Sequence[str] = FIVE,
    *,
    at: datetime = TUESDAY_NIGHT,
    desk: int | None = 0,
) -> list[UUID]:
    """Let texts of Monday be released on Tuesday; return the comments' keys, by their text."""
    wrote(session, office, *texts, desk=desk)
    assert release_comments(session, office.unit_id, at) == len(texts)
    return keys_of(session, office)


def keys_of(session: Session, office: SmallOffice) -> list[UUID]:
    """Return the keys of an office's comments, by their text."""
    of_unit = select(Comment).where(col(Comment.unit_id) == office.unit_id)
    return [each.id for each in sorted(session.scalars(of_unit), key=lambda c: c.text or "")]


def texts_of(session: Session, office: SmallOffice) -> list[str]:
    """Return what an office's comments say, in order of the alphabet."""
    of_unit = select(col(Comment.text)).where(col(Comment.unit_id) == office.unit_id)
    found: Iterable[str | None] = session.scalars(of_unit)
    return sorted(text or "" for text in found)

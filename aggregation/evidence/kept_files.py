"""Files of a unit: kept once each, found by id within the unit only."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from aggregation.changes.batch import Cause, hold_unit
from aggregation.evidence.handed_in import CheckedFile
from aggregation.evidence.models import EvidenceFile, MediaType


class UnknownFile(LookupError):
    """The unit has no such file."""


@dataclass(frozen=True, slots=True)
class FileLine:
    """What a list tells of a file, without its content.

    Attributes
    ----------
    size
        In bytes.
    added_by
        The key of the account.
    """

    id: UUID
    name: str
    media_type: MediaType
    size: int
    added_at: datetime
    added_by: str


def keep_file(session: Session, unit_id: int, checked: CheckedFile, cause: Cause) -> UUID:
    """Keep a checked file for a unit and return its id; the same content is kept once."""
    hold_unit(session, unit_id)
    digest = hashlib.sha256(checked.body).digest()
    kept = session.exec(
        select(EvidenceFile.id).where(
            col(EvidenceFile.unit_id) == unit_id, col(EvidenceFile.digest) == digest
        )
    ).first()
    if kept is not None:
        return kept
    file = EvidenceFile(
        id=uuid4(),
        unit_id=unit_id,
        name=checked.name,
        media_type=checked.media_type,
        size=len(checked.body),
        digest=digest,
        body=checked.body,
        added_at=cause.at,
        added_by=cause.by,
    )
    session.add(file)
    session.flush()
    return file.id


def kept_file(session: Session, unit_id: int, file_id: UUID) -> EvidenceFile:
    """Return a file of a unit with its content.

    Raises
    ------
    UnknownFile
        If the unit has none of that id.
    """
    found = session.exec(
        select(EvidenceFile).where(
            col(EvidenceFile.id) == file_id, col(EvidenceFile.unit_id) == unit_id
        )
    ).one_or_none()
    if found is None:
        raise UnknownFile(file_id)
    return found


def file_lines(session: Session, unit_id: int, ids: Collection[UUID]) -> list[FileLine]:
    """Return what is told of some files of a unit, the oldest first; their content stays."""
    found = session.execute(
        columns(
            col(EvidenceFile.id),
            col(EvidenceFile.name),
            col(EvidenceFile.media_type),
            col(EvidenceFile.size),
            col(EvidenceFile.added_at),
            col(EvidenceFile.added_by),
        )
        .where(col(EvidenceFile.unit_id) == unit_id, col(EvidenceFile.id).in_(ids))
        .order_by(col(EvidenceFile.added_at), col(EvidenceFile.name))
    )
    return [FileLine(i, n, MediaType(t), size, at, by) for i, n, t, size, at, by in found]

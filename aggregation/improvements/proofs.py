"""Files that prove an action (method §11)."""

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import Session, col, select

from aggregation.changes.batch import Cause, hold_unit
from aggregation.evidence.handed_in import CheckedFile
from aggregation.evidence.kept_files import FileLine, UnknownFile, file_lines, keep_file, kept_file
from aggregation.evidence.models import EvidenceFile
from aggregation.improvements.models import ImprovementFile
from aggregation.improvements.progress import improvement_of
from survey.log import Act, record
from survey.merkle import Scalar

MOST_FILES = 20
"""Of one action."""


class TooManyFiles(ValueError):
    """The action would have more than twenty files."""


def add_proofs(
    session: Session,
    unit_id: int,
    improvement_id: UUID,
    files: Iterable[CheckedFile],
    cause: Cause,
) -> int:
    """Keep files as proofs of an action, and return how many are new to it.

    Raises
    ------
    UnknownImprovement
        If the unit has no such action.
    TooManyFiles
        If it would have more than `MOST_FILES`; none is kept then.
    """
    hold_unit(session, unit_id)
    number = improvement_of(session, unit_id, improvement_id).number
    known = _ids(session, improvement_id)
    kept = dict.fromkeys(keep_file(session, unit_id, each, cause) for each in files)
    new = [file_id for file_id in kept if file_id not in known]
    if len(known) + len(new) > MOST_FILES:
        raise TooManyFiles
    for file_id in new:
        session.add(ImprovementFile(improvement_id=improvement_id, file_id=file_id))
        facts: dict[str, Scalar] = {"number": number, "file": str(file_id)}
        subject = f"improvement {improvement_id}"
        act = Act("improvement.proven", cause.actor, subject, facts, unit_id)
        record(session, act, cause.at)
    session.flush()
    return len(new)


def proofs_of(session: Session, unit_id: int, improvement_id: UUID) -> list[FileLine]:
    """Return what is told of the files of an action, the oldest first."""
    return file_lines(session, unit_id, _ids(session, improvement_id))


def proof(session: Session, unit_id: int, improvement_id: UUID, file_id: UUID) -> EvidenceFile:
    """Return a file of an action with its content.

    Raises
    ------
    UnknownFile
        If the unit's action has none of that id.
    """
    if file_id not in _ids(session, improvement_id):
        raise UnknownFile(file_id)
    return kept_file(session, unit_id, file_id)


def _ids(session: Session, improvement_id: UUID) -> set[UUID]:
    found = select(ImprovementFile.file_id).where(
        col(ImprovementFile.improvement_id) == improvement_id
    )
    return set(session.exec(found))

"""Retention: what has been kept for its time is erased, and no seal is broken (method §9).

Closed figures, seals and the log stay for good, and so do masked comments: what names a citizen
or says how one wrote is gone from them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import monotonic, sleep

import click
from sqlalchemy import Engine, select
from sqlmodel import Session

from aggregation.comments.old_words import erase_words
from deploy.passing_marks import count_marks, forget_marks
from survey.command import Installation, pass_installation
from survey.database import reading, writing
from survey.log import Act, record
from survey.models import ServiceUnit
from survey.month import local_day, time_zone
from survey.old_texts import PROFILES, RAW_COMMENTS, Kept, OldText, erase_texts, old_texts

AT_ONCE = 500
"""Responses whose texts are erased in one transaction: a few milliseconds."""

_Erase = Callable[[Session, int, Sequence[OldText]], int]


@dataclass(frozen=True, slots=True)
class Purged:
    """What was erased.

    Attributes
    ----------
    comments
        Raw comments; the masked ones stay.
    profiles
        Responses whose profile fields went, all of a response at once.
    marks
        Marks of minutes and hours (`deploy.passing_marks`).
    """

    comments: int = 0
    profiles: int = 0
    marks: int = 0


@dataclass(frozen=True, slots=True)
class _Due:
    """Responses of a unit whose texts are erased, and what the act counts them as."""

    unit_id: int
    counted_as: str
    erase: _Erase
    old: Sequence[OldText]


def purge(engine: Engine, at: datetime, *, dry_run: bool = False) -> Purged:
    """Erase what has been kept for its time, and note how much of it; twice is once.

    Looking for it takes a while and holds nobody up; then it goes in batches, each with its act in
    one transaction, and between two of them others have as much time as a batch took.

    Parameters
    ----------
    dry_run
        Whether it is only counted.
    """
    with reading(engine) as session:
        due = [
            each
            for unit in session.scalars(select(ServiceUnit))
            for each in _due(session, unit, at)
        ]
        purged = Purged(marks=count_marks(session, at))
    for each in due:
        count = len(each.old) if dry_run else _erase(engine, each, at)
        purged = replace(purged, **{each.counted_as: getattr(purged, each.counted_as) + count})
    return purged if dry_run else replace(purged, marks=_forget(engine, at))


def _due(session: Session, unit: ServiceUnit, at: datetime) -> list[_Due]:
    unit_id, today = unit.id or 0, local_day(at, time_zone(unit.time_zone))
    return [
        _Due(unit_id, counted_as, erase, old_texts(session, unit_id, kept, today))
        for counted_as, kept, erase in _TERMS
    ]


def _profiles(session: Session, unit_id: int, old: Sequence[OldText]) -> int:
    return erase_texts(session, unit_id, PROFILES, old)


_TERMS: Sequence[tuple[str, Kept, _Erase]] = (
    ("comments", RAW_COMMENTS, erase_words),
    ("profiles", PROFILES, _profiles),
)


def _erase(engine: Engine, due: _Due, at: datetime) -> int:
    total = 0
    for first in range(0, len(due.old), AT_ONCE):
        begun = monotonic()
        with writing(engine) as session:
            count = due.erase(session, due.unit_id, due.old[first : first + AT_ONCE])
            if count:
                _note(session, {due.counted_as: count}, due.unit_id, at)
        total += count
        sleep(monotonic() - begun)
    return total


def _forget(engine: Engine, at: datetime) -> int:
    with writing(engine) as session:
        count = forget_marks(session, at)
        if count:
            _note(session, {"marks": count}, None, at)
    return count


def _note(session: Session, counts: dict[str, int], unit_id: int | None, at: datetime) -> None:
    subject = "installation" if unit_id is None else f"unit {unit_id}"
    record(session, Act("retention.purged", "cli", subject, counts, unit_id), at)


@click.command("purge", help="Hapus yang sudah lewat masa simpannya: komentar asli, profil, jejak.")
@click.option("--dry-run", is_flag=True, help="Hitung saja, jangan hapus.")
@pass_installation
def purge_now(installation: Installation, *, dry_run: bool) -> None:
    """Erase what has been kept for its time."""
    purged = purge(installation.engine, datetime.now(UTC), dry_run=dry_run)
    done = "Akan dihapus" if dry_run else "Dihapus"
    click.echo(
        f"{done}: {purged.comments} komentar asli (lewat 2 tahun), {purged.profiles} profil warga "
        f"(lewat 1 tahun), {purged.marks} catatan sementara."
    )

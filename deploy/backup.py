"""A backup: one file that has been restored and checked before it has its name (quality)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from aggregation.proof.verify import Verified
from deploy.copy_check import Held, check_copy, require_current
from deploy.done_marks import BACKUP, marked
from deploy.postgres_copy import dump, tried
from deploy.postgres_programs import ProgramFailed, programs_for
from deploy.sqlite_copy import copy_file, file_of, opened_file
from deploy.whole_file import FileThere, whole_file
from survey.command import Installation, pass_installation
from survey.settings import Settings

KEYS = (
    "PENTING: kunci TIDAK ada di dalam berkas ini. Simpan di tempat lain, terpisah dari backup:\n"
    "  - kunci rahasia: {secret}. Tanpa kunci ini poster loket, tanda terima, dan kode verifikasi "
    "lama tidak berlaku lagi.\n"
    "  - kunci segel: {seal}. Tanpa kunci ini rantai segel hanya dapat dilanjutkan dengan "
    "nilai seal --lost."
)
NOT_TRIED = (
    "PERHATIAN: backup ini TIDAK diuji. Belum terbukti bahwa berkas dapat dipulihkan, bahwa semua "
    "baris ada, dan bahwa isinya sesuai segel. Uji dengan nilai restore di basis data kosong."
)


class CopyFailed(RuntimeError):
    """The copy could not be written."""


class Differences(RuntimeError):
    """The database is not what was sealed; the text is how many rows."""


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A backup that has its name.

    Attributes
    ----------
    responses
        How many are in it.
    verified
        What the check of the restored copy found; None if it was not tried.
    """

    bytes: int
    responses: int
    verified: Verified | None


def backup(
    engine: Engine,
    file: Path,
    at: datetime,
    *,
    replace: bool = False,
    restore_test: bool = True,
    with_differences: bool = False,
) -> BackedUp:
    """Write a copy of the database, restore and check it, and only then give it its name.

    Citizens and staff go on meanwhile.

    Parameters
    ----------
    replace
        Whether a backup of that name gives way to this one.
    restore_test
        Whether it is restored and checked.
    with_differences
        Whether a database that is not what was sealed is kept all the same.

    Raises
    ------
    FileThere, OldSchema, CopyFailed, WrongCopy, Differences, NoProgram, MayNotTry, BackupRuns
        If there is no backup; what had the name before is as it was.
    """
    _refuse_own_file(engine, file)
    require_current(engine)
    with whole_file(file, replace=replace) as draft:
        held, checked = _copied(engine, draft, at, restore_test=restore_test)
        if checked and checked.differences and not with_differences:
            raise Differences(len(checked.differences))
        size = draft.stat().st_size
    return BackedUp(size, held.least["response"], checked)


def _copied(
    engine: Engine, draft: Path, at: datetime, *, restore_test: bool
) -> tuple[Held, Verified | None]:
    try:
        if engine.dialect.name == "sqlite":
            held = copy_file(engine, draft)
            restored = opened_file(draft)
        else:
            programs = programs_for(engine)
            held = dump(programs, draft)
            restored = tried(programs, draft)
    except (OperationalError, ProgramFailed) as error:
        raise CopyFailed(getattr(error, "orig", error)) from error
    if not restore_test:
        return held, None
    with restored as copy:
        return held, check_copy(copy, held, at)


def _refuse_own_file(engine: Engine, file: Path) -> None:
    if engine.dialect.name == "sqlite" and file.resolve() == file_of(engine).resolve():
        raise FileThere(file)


@click.command("backup", help="Salin basis data ke satu berkas, pulihkan, dan periksa.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Gantikan backup lama dengan nama itu.")
@click.option("--no-restore-test", is_flag=True, help="Jangan uji; isinya tidak terbukti utuh.")
@click.option(
    "--with-differences", is_flag=True, help="Simpan juga bila isinya berbeda dari segel."
)
@pass_installation
def back_up(
    installation: Installation,
    file: Path,
    *,
    replace: bool,
    no_restore_test: bool,
    with_differences: bool,
) -> None:
    """Back the database up."""
    with marked(installation.settings.marks_folder, BACKUP):
        done = backup(
            installation.engine,
            file,
            datetime.now(UTC),
            replace=replace,
            restore_test=not no_restore_test,
            with_differences=with_differences,
        )
    click.echo(f"Backup tersimpan: {file} ({done.bytes} byte, {done.responses} tanggapan).")
    click.echo(_shown(done.verified) if done.verified else NOT_TRIED)
    click.echo(KEYS.format(**_places(installation.settings)))


def _shown(verified: Verified) -> str:
    count = len(verified.differences)
    found = f"{count} berbeda dari segel. Jalankan: nilai verify" if count else "semua sesuai segel"
    return f"Sudah dipulihkan dan diperiksa: {verified.rows} baris, {found}."


def _places(settings: Settings) -> dict[str, str]:
    seal = settings.seal_key_file
    embedded = seal is not None and seal.made_here
    secret = str(seal.path.with_name("secret-key")) if seal and embedded else "NILAI_SECRET_KEY"
    return {"secret": secret, "seal": str(seal.path) if seal else "NILAI_SEAL_KEY_FILE"}

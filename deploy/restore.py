"""Restoring a backup: into an empty place only, checked before and verified afterwards."""

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import Engine, inspect, select
from sqlmodel import col

from aggregation.proof.verify import Verified, verify
from deploy.migrate import is_newest, refuse_newer, schema_of, use_write_ahead_log
from deploy.postgres_copy import MAGIC as DUMP
from deploy.postgres_copy import restore_into, schema_in
from deploy.postgres_programs import programs_for
from deploy.sqlite_copy import MAGIC as FILE
from deploy.sqlite_copy import file_of, opened_file
from deploy.whole_file import SIDECARS, whole_file
from survey.command import Installation, pass_installation
from survey.database import reading
from survey.models import Response
from survey.receipt import digest_of, receipt_for
from survey.seal_chain import last_link
from survey.seal_key import seal_key
from survey.seal_text import key_that_follows
from survey.settings import Settings

KINDS = {FILE: "sqlite", DUMP: "postgresql"}
WRONG_KEYS = {
    "secret": "PERHATIAN: kunci rahasia di sini bukan kunci semula. Poster, tanda terima, dan kode "
    "verifikasi lama tidak berlaku. Kembalikan kunci yang disimpan, lalu jalankan ulang.",
    "seal": "PERHATIAN: kunci segel di sini bukan kunci semula. Kembalikan kunci yang disimpan. "
    "Bila hilang, lanjutkan rantai dengan: nilai seal --lost.",
}


class NotABackup(ValueError):
    """The file is no backup."""


class OtherDatabase(ValueError):
    """The backup is of the other kind of database; the text is which."""


class PlaceTaken(RuntimeError):
    """There is something where the backup would go."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A backup that is in its place.

    Attributes
    ----------
    schema
        The number of its schema.
    verified
        What the check of everything found; None while the schema is an older one.
    """

    schema: str
    verified: Verified | None


def restore(engine: Engine, file: Path, at: datetime) -> Restored:
    """Put a backup into the empty place that an engine leads to, whole or not at all.

    Raises
    ------
    NotABackup, OtherDatabase, PlaceTaken, NewerDatabase, WrongCopy, NoProgram
        If it is refused; nothing has been changed then.
    """
    kind = kind_of(file)
    if kind != engine.dialect.name:
        raise OtherDatabase(kind)
    schema = _restore_file(engine, file) if kind == "sqlite" else _restore_dump(engine, file)
    return Restored(schema, verify(engine, at) if is_newest(schema) else None)


def kind_of(file: Path) -> str:
    """Return what kind of database a backup is of, as an engine names it.

    Raises
    ------
    NotABackup
        If it is none.
    """
    with file.open("rb") as opened:
        begins = opened.read(len(FILE))
    for magic, kind in KINDS.items():
        if begins.startswith(magic):
            return kind
    raise NotABackup(file)


def wrong_keys(engine: Engine, settings: Settings) -> list[str]:
    """Return which keys are not those that the record was made with: `secret`, `seal`."""
    with reading(engine) as session:
        last = last_link(session)
        tap = session.execute(
            select(col(Response.id), col(Response.receipt_digest)).limit(1)
        ).one_or_none()
    wrong = []
    key = settings.key("receipt")
    if tap and digest_of(receipt_for(tap.id, key), key) != tap.receipt_digest:
        wrong.append("secret")
    file = settings.seal_key_file
    here = seal_key(file).raw.hex() if file and file.path.exists() else None
    if key_that_follows(last) not in {None, here}:
        wrong.append("seal")
    return wrong


def _restore_file(engine: Engine, file: Path) -> str:
    place = file_of(engine)
    for suffix in ("", *SIDECARS):  # another file's log beside it would be played into it
        if place.with_name(place.name + suffix).exists():
            raise PlaceTaken(place.with_name(place.name + suffix))
    engine.dispose()
    with whole_file(place) as draft:
        shutil.copyfile(file, draft)
        with opened_file(draft) as copy, reading(copy) as session:
            schema = schema_of(session.connection())
        if schema is None:
            raise NotABackup(file)
        refuse_newer(schema)
        use_write_ahead_log(f"sqlite:///{draft}")
    return schema


def _restore_dump(engine: Engine, file: Path) -> str:
    if inspect(engine).get_table_names():
        raise PlaceTaken(engine.url.database)
    programs = programs_for(engine)
    schema = schema_in(programs, file)
    if not schema:
        raise NotABackup(file)
    refuse_newer(schema)
    restore_into(programs, file)
    return schema


@click.command("restore", help="Pulihkan backup ke basis data kosong, lalu periksa.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@pass_installation
def restore_now(installation: Installation, file: Path) -> None:
    """Restore a backup."""
    done = restore(installation.engine, file, datetime.now(UTC))
    click.echo(f"Backup dipulihkan: {file}, skema {done.schema}.")
    if done.verified is None:
        click.echo("Skemanya lama. Jalankan sekarang: nilai migrate, lalu: nilai verify.")
        return
    for key in wrong_keys(installation.engine, installation.settings):
        click.echo(WRONG_KEYS[key])
    found = done.verified.differences
    if found:
        lines = [f"{each.subject}: {each.sentence}" for each in found]
        count = f"Sudah dipulihkan, tetapi {len(found)} bagian berbeda dari segel:"
        raise click.ClickException("\n".join([count, *lines]))
    click.echo(f"{done.verified.rows} baris diperiksa, semua sesuai segel.")

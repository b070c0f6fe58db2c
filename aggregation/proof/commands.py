"""`nilai seal` and `nilai verify`: seal what is over, and check all that was sealed."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from aggregation.proof.month_seals import seal_months
from aggregation.proof.verify import Verified, record_verification, verify
from survey.command import Installation, pass_installation
from survey.database import writing
from survey.key_change import replace_lost_key, rotate_key
from survey.seal_key import seal_key
from survey.seal_list import read_list
from survey.sealing import seal_days
from survey.settings import KeyFile

FORMAT = "nilai-loket/verify/1"
_FOUND = 1
_FILE = click.Path(dir_okay=False, path_type=Path)
_ADVICE = (
    "Jangan mengubah basis data. Simpan hasil ini dan satu salinan basis data, bandingkan dengan "
    "cadangan terakhir, dan beri tahu pengelola server. Lihat docs/proof.md."
)


@click.command(help="Segel hari dan bulan yang sudah lewat; ganti kunci segel.")
@click.option(
    "--rotate",
    "new_key_file",
    type=_FILE,
    help="Umumkan kunci baru dari berkas ini, ditandatangani kunci lama; berkas dibuat bila belum "
    "ada.",
)
@click.option("--lost", is_flag=True, help="Kunci lama hilang: lanjutkan dengan kunci sekarang.")
@pass_installation
def seal(installation: Installation, *, new_key_file: Path | None, lost: bool) -> None:
    """Seal days, then months; announce another key where that is asked for."""
    if new_key_file and lost:
        message = "Pilih salah satu: --rotate bila kunci lama masih ada, --lost bila hilang."
        raise click.UsageError(message)
    at, engine = datetime.now(UTC), installation.engine
    key = seal_key(installation.settings.seal_key_file)
    if lost:
        replace_lost_key(engine, key, at)
        click.echo(
            f"Rantai berlanjut dengan kunci {key.id}. Umumkan sidik kunci itu: {key.raw.hex()}"
        )
    days, months = seal_days(engine, key, at), seal_months(engine, key, at)
    click.echo(f"{len(days)} hari dan {len(months)} bulan disegel.")
    if new_key_file:
        new = seal_key(KeyFile(new_key_file, made_here=not new_key_file.exists()))
        rotate_key(engine, key, new, at)
        click.echo(
            f"Kunci {new.id} menyegel mulai sekarang. Isi NILAI_SEAL_KEY_FILE dengan "
            f"{new_key_file}, lalu jalankan ulang. Umumkan sidik kunci itu: {new.raw.hex()}"
        )


@click.command(name="verify", help="Hitung ulang semua yang tercatat, sebut yang berbeda.")
@click.option("--json", "as_json", is_flag=True, help="Hasil untuk mesin; lihat docs/proof.md.")
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Segel yang pernah diumumkan: berkas dari /segel.json.",
)
@pass_installation
def check(installation: Installation, *, as_json: bool, against: Path | None) -> None:
    """Recompute everything; exit with 1 where something differs."""
    links = read_list(against.read_text("utf-8")) if against else ()
    at = datetime.now(UTC)
    verified = verify(installation.engine, at, against=links)
    with writing(installation.engine) as session:
        record_verification(session, verified, at)
    click.echo(as_document(verified, at) if as_json else _in_words(verified))
    if verified.differences:
        raise click.exceptions.Exit(_FOUND)


def as_document(verified: Verified, at: datetime) -> str:
    """Return what a check found as JSON (docs/proof.md)."""
    whole = {
        "format": FORMAT,
        "checked_at": at.astimezone(UTC).isoformat(timespec="seconds"),
        "rows": verified.rows,
        "differences": [asdict(each) for each in verified.differences],
        "notices": list(verified.notices),
    }
    return json.dumps(whole, indent=1, ensure_ascii=False)


def _in_words(verified: Verified) -> str:
    lines = [f"Perhatian: {each}" for each in verified.notices]
    lines += [f"{each.subject}: {each.sentence}" for each in verified.differences]
    count = len(verified.differences)
    if count:
        lines.append(f"{verified.rows} baris diperiksa, {count} perbedaan. {_ADVICE}")
    else:
        lines.append(f"{verified.rows} baris diperiksa. Semuanya seperti saat disegel.")
    return "\n".join(lines)


COMMANDS = (seal, check)

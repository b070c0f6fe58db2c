"""`nilai proof`: a month's proof for who inspects, with the one file that checks it."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import click

from aggregation.proof.proof_files import NoSuchRevision, NotSealedYet, Proof, proof_of
from survey.command import Installation, pass_installation
from survey.database import reading, writing
from survey.log import Act, record
from survey.merkle import Scalar
from survey.month import Month
from survey.month_argument import MonthArgument
from survey.seal_key import seal_key
from survey.units import unit_with

_HERE = Path(__file__)
SHIPPED: Mapping[str, Path] = {
    "verify.py": _HERE.with_name("verify_proof.py"),
    "README.md": _HERE.with_name("proof_readme.md"),
}
"""What goes beside the files of every proof."""


@click.command(help="Tulis bukti satu bulan, untuk Inspektorat; bukan untuk diumumkan.")
@click.argument("month", type=MonthArgument())
@click.option("--unit", "unit_code", required=True, help="Kode unit.")
@click.option("--revision", type=click.IntRange(min=0), help="Nomor revisi; biasanya yang terbaru.")
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder baru; hanya Anda yang dapat membacanya.",
)
@pass_installation
def proof(
    installation: Installation,
    *,
    month: Month,
    unit_code: str,
    revision: int | None,
    folder: Path,
) -> None:
    """Write the proof of a month; that it was made is an act of the log."""
    at = datetime.now(UTC)
    key = seal_key(installation.settings.seal_key_file)
    with reading(installation.engine) as session:
        unit = unit_with(session, unit_code)
        try:
            made = proof_of(session, unit, month, revision, key=key, at=at)
        except NoSuchRevision as error:
            message = f"Bulan {month} belum ditutup, atau tidak punya revisi itu."
            raise click.ClickException(message) from error
        except NotSealedYet as error:
            message = (
                f"Bulan {error} belum disegel; itu terjadi malam sesudah penutupan. "
                "Coba lagi besok, atau jalankan: nilai seal."
            )
            raise click.ClickException(message) from error
        facts: dict[str, Scalar] = {
            "month": str(month),
            "revision": made.revision,
            "digest": hashlib.sha256(made.files["proof.json"]).hexdigest(),
        }
        act = Act("proof.made", "cli", f"closing {made.closing_id}", facts, unit.id)
    _make_folder(folder)
    # First the log: rows with their salts leave the house, and that must never go unrecorded.
    with writing(installation.engine) as session:
        record(session, act, at)
    _write(folder, made)
    click.echo(f"Bukti {month} revisi {made.revision} ditulis ke {folder}.")
    click.echo(f"Periksa dengan: python3 -I {folder / 'verify.py'}")


def _make_folder(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        message = f"Folder {folder} tidak kosong. Pilih folder baru."
        raise click.ClickException(message)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)


def _write(folder: Path, made: Proof) -> None:
    shipped = {name: file.read_bytes() for name, file in SHIPPED.items()}
    for name, content in {**made.files, **shipped}.items():
        file = folder / name
        file.touch(mode=0o600)
        file.write_bytes(content)

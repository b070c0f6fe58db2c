"""Commands that set an office up: sheets in, a month's duties looked at, example sheets out."""

from datetime import UTC, datetime
from pathlib import Path

import click

from aggregation.changes.batch import Cause
from aggregation.changes.options import by_option, reason_option
from aggregation.duties.duty_check import check_duties
from aggregation.office.sheet_template import SheetKind, template_csv, template_xlsx
from aggregation.office.take_in import UnitNotNamed, take_in
from aggregation.paper.paper_import import PaperTerms
from aggregation.sheets.grid import LARGEST_FILE, SheetUnreadable
from aggregation.sheets.sheet_import import Outcome, SheetRefused
from survey.command import Installation, pass_installation
from survey.database import reading, writing
from survey.month import Month
from survey.month_argument import MonthArgument
from survey.questionnaire import ElementOrder
from survey.units import unit_with


@click.command("import")
@click.argument("kind", type=click.Choice([kind.value for kind in SheetKind]))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--unit", help="Kode unit; untuk lembar unit: induk bagi baris tanpa INDUK.")
@click.option("--dry-run", is_flag=True, help="Tampilkan saja apa yang akan berubah.")
@by_option("Siapa yang melakukan perubahan ini.")
@reason_option("Alasan, untuk baris tanpa ALASAN.")
@click.option(
    "--order",
    type=click.Choice([order.value for order in ElementOrder]),
    help="Untuk kuesioner kertas, arti U8 dan U9. body: pengaduan, sarana; annex: sarana, "
    "pengaduan. Tanpa pilihan ini: urutan kuesioner unit.",
)
@pass_installation
def import_sheet(
    installation: Installation,
    kind: str,
    file: Path,
    *,
    unit: str | None,
    dry_run: bool,
    by: str,
    reason: str,
    order: str | None,
) -> None:
    """Ambil isi lembar FILE (CSV atau XLSX): seluruhnya, atau tidak sama sekali.

    Contoh isiannya: nilai template KIND -o FILE.
    """
    try:
        with writing(installation.engine) as session:
            belongs = None if unit is None else unit_with(session, unit)
            cause = Cause(by, reason, datetime.now(UTC))
            paper = _paper_terms(installation, order) if kind == SheetKind.RESPONSES else None
            outcome = take_in(session, SheetKind(kind), _read(file), belongs, cause, paper=paper)
            if dry_run:
                session.rollback()
    except UnitNotNamed as error:
        message = "Tulis --unit KODE."
        raise click.UsageError(message) from error
    except (SheetRefused, SheetUnreadable) as refused:
        message = f"{file.name} ditolak; tidak ada yang disimpan.\n{refused}"
        raise click.ClickException(message) from refused
    _show(outcome, dry_run=dry_run)


def _paper_terms(installation: Installation, order: str | None) -> PaperTerms:
    return PaperTerms(installation.settings, ElementOrder(order) if order else None)


def _read(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(LARGEST_FILE + 1)


def _show(outcome: Outcome, *, dry_run: bool) -> None:
    for warning in outcome.warnings:
        click.echo(f"Peringatan: {warning}", err=True)
    for sign, sentences in (("+", outcome.added), ("~", outcome.changed)):
        for sentence in sentences:
            click.echo(f"{sign} {sentence}")
    done = "Akan disimpan" if dry_run else "Disimpan"
    click.echo(
        f"{done}: {outcome.new} baru, {len(outcome.changed)} berubah, {outcome.unchanged} tetap."
    )


@click.group("duties")
def duties() -> None:
    """Jadwal loket."""


@duties.command("check")
@click.argument("month", type=MonthArgument())
@click.option("--unit", required=True, help="Kode unit.")
@pass_installation
def check(installation: Installation, month: Month, unit: str) -> None:
    """Tunjukkan jam kosong dan tumpang tindih pada jadwal bulan MONTH.

    Tumpang tindih adalah kesalahan (kode keluar 1), karena tanggapannya tidak dihitung untuk
    siapa pun; jam kosong hanya diberitahukan.
    """
    with reading(installation.engine) as session:
        found = check_duties(session, unit_with(session, unit).id or 0, month)
    for title, lines in (
        ("Tumpang tindih", found.overlaps),
        ("Kosong", found.gaps),
        ("Dinyatakan kosong", found.declared),
        ("Tanpa jadwal sepanjang bulan", found.without_duty),
    ):
        for line in lines:
            click.echo(f"{title}: {line}")
    click.echo(
        f"{month}: {len(found.overlaps)} tumpang tindih, {len(found.gaps)} rentang kosong, "
        f"{len(found.declared)} dinyatakan kosong, {len(found.without_duty)} loket tanpa jadwal."
    )
    if found.overlaps:
        raise click.exceptions.Exit(1)


@click.command("template")
@click.argument("kind", type=click.Choice([kind.value for kind in SheetKind]))
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path))
def template(kind: str, output: Path) -> None:
    """Tulis contoh lembar: XLSX jika nama berkas berakhir .xlsx, selain itu CSV."""
    write = template_xlsx if output.suffix.lower() == ".xlsx" else template_csv
    output.write_bytes(write(SheetKind(kind)))
    click.echo(f"Contoh lembar {kind} ditulis ke {output}")


COMMANDS = (import_sheet, duties, template)
"""What the command line of the staff side offers from here."""

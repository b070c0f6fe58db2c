"""``nilai index``: the official index of a spreadsheet, without any database (interfaces)."""

import json
from pathlib import Path
from typing import IO, Any

import click

from aggregation.method.questionnaire_counts import QuestionnaireCounts
from aggregation.method.satisfaction_index import EQUAL, METHODS, satisfaction_index
from aggregation.output.index_report import IndexReport, as_object, as_text
from aggregation.sheets.grid import LARGEST_FILE, SheetUnreadable
from aggregation.sheets.questionnaire_sheet import QuestionnaireSheet, read_questionnaires
from survey.questionnaire import ElementOrder


class FileUnusable(click.ClickException):
    """The file gives no index; the command ends with 2 and one sentence."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the sentence alone."""
        click.echo(self.message, file=file, err=file is None)


@click.command("index")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--order",
    type=click.Choice([order.value for order in ElementOrder]),
    default=ElementOrder.BODY.value,
    show_default=True,
    help="Arti U8 dan U9: body pengaduan lalu sarana, annex sarana lalu pengaduan.",
)
@click.option(
    "--method",
    type=click.Choice(list(METHODS)),
    default=EQUAL.name,
    show_default=True,
    help="equal menurut peraturan; yang lain hanya untuk mencocokkan angka lama.",
)
@click.option("--population", type=click.IntRange(min=0), help="Jumlah pengguna layanan.")
@click.option("--json", "as_json", is_flag=True, help="Satu objek JSON untuk program.")
def index(file: Path, order: str, method: str, population: int | None, *, as_json: bool) -> None:
    """Hitung IKM resmi dari FILE (CSV atau XLSX) dengan kolom U1 sampai U9."""
    element_order = ElementOrder(order)
    sheet = _read(file, element_order)
    counts = QuestionnaireCounts.of(line.ratings for line in sheet.questionnaires)
    figures = satisfaction_index(counts, METHODS[method])
    if figures is None:
        raise FileUnusable(_nothing_complete(file, sheet))
    report = IndexReport(sheet.responses, sheet.set_aside, figures, element_order, population)
    click.echo(json.dumps(as_object(report), ensure_ascii=False) if as_json else as_text(report))


def _read(file: Path, order: ElementOrder) -> QuestionnaireSheet:
    try:
        with file.open("rb") as opened:
            return read_questionnaires(opened.read(LARGEST_FILE + 1), order)
    except OSError as error:
        message = f"{file}: berkas tidak dapat dibuka. Periksa nama dan izinnya."
        raise FileUnusable(message) from error
    except SheetUnreadable as error:
        message = f"{file}: {error}"
        raise FileUnusable(message) from error


def _nothing_complete(file: Path, sheet: QuestionnaireSheet) -> str:
    if not sheet.set_aside:
        return f"{file}: tidak ada baris di bawah judul kolom. Isi tabelnya, lalu coba lagi."
    first = sheet.set_aside[0]
    return f"{file}: tidak ada kuesioner lengkap; baris {first.line}: {first.reason}."

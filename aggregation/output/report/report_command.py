"""`nilai report`: the official report of a period, as it was issued or as a draft."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from sqlmodel import Session

from aggregation.months.counted_sheets import SheetsDisagree
from aggregation.months.period import NotAPeriod, Period
from aggregation.output.report.drafted_report import drafted_report
from aggregation.output.report.report_words import WORDS, listed
from aggregation.output.report.reported import NotReleased, TooFewQuestionnaires
from aggregation.publishing.issued_reports import Kind, issued_file, issued_reports
from survey.command import Installation, pass_installation
from survey.database import reading
from survey.units import known_unit, unit_with


class PeriodArgument(click.ParamType[Period]):
    """Reads a month, quarter, half-year or year; anything else ends the command."""

    name = "PERIOD"

    def convert(
        self,
        value: Any,  # noqa: ANN401
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Period:
        """Return the period."""
        try:
            return value if isinstance(value, Period) else Period.parse(value)
        except NotAPeriod:
            sentence = "bukan periode; tulis seperti 2026-10, 2026-Q3, 2026-S2, atau 2026."
            self.fail(f"“{value}” {sentence}", param, ctx)


@click.command(help="Tulis laporan SKM satu periode: yang terbit, atau konsepnya.")
@click.argument("period", type=PeriodArgument())
@click.option("--unit", "unit_code", required=True, help="Kode unit.")
@click.option("--format", "kind", type=click.Choice(["pdf", "xlsx"]), default="pdf")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True)
@pass_installation
def report(
    installation: Installation, *, period: Period, unit_code: str, kind: Kind, output: Path
) -> None:
    """Write the newest issued report of a period, byte for byte, or its draft."""
    with reading(installation.engine) as session:
        public_url = installation.settings.public_url
        written, told = _file(session, period, unit_code, kind, public_url)
    output.write_bytes(written)
    click.echo(told, err=True)


def _file(
    session: Session, period: Period, unit_code: str, kind: Kind, public_url: str
) -> tuple[bytes, str]:
    """Return the file, and what is said of it."""
    unit = known_unit(unit_with(session, unit_code))
    issued = issued_reports(session, unit.id, period.name)
    if issued:
        kept = issued_file(session, unit.id, issued[0].id, kind)
        late = " Angkanya telah direvisi; terbitkan laporan perbaikan." * issued[0].is_outdated
        return kept or b"", f"Laporan nomor {issued[0].reference}.{late}"
    try:
        drafted = drafted_report(session, unit, period, datetime.now(UTC), public_url)
    except NotReleased as error:
        raise click.ClickException(_not_released(error)) from error
    except TooFewQuestionnaires as error:
        message = (
            f"Kuesioner lengkap {period.name} terlalu sedikit; pakai periode yang lebih panjang."
        )
        raise click.ClickException(message) from error
    except SheetsDisagree as error:
        message = (
            f"Kuesioner {period.name} tidak sama dengan yang dirilis. Hubungi pengelola sistem."
        )
        raise click.ClickException(message) from error
    return drafted.file(kind), "Konsep; laporan ini belum diterbitkan."


def _not_released(error: NotReleased) -> str:
    if not error.missing:
        return f"Angka {error.period.name} belum dirilis."
    months = listed([WORDS.month(month) for month in error.missing])
    return f"Angka {error.period.name} belum ada: tutup dahulu {months}."

"""`nilai scores`: what HR gets of a closed month."""

from datetime import UTC, datetime
from pathlib import Path

import click

from aggregation.appraisal.monthly_scores import MonthNotClosed, UnknownRevision, monthly_scores
from aggregation.output.score_files import FORMATS
from survey.command import Installation, pass_installation
from survey.database import reading
from survey.month import Month
from survey.month_argument import MonthArgument
from survey.units import unit_with

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


class Moment(click.ParamType[datetime]):
    """A moment with its zone, such as 2026-11-09T08:00+07:00."""

    name = "TIME"

    def convert(
        self,
        value: str | datetime,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> datetime:
        """Read it, or end the command with the reason."""
        try:
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"“{value}” bukan waktu; tulis seperti 2026-11-09T08:00+07:00.", param, ctx)
        if moment.tzinfo is None:
            self.fail(f"“{value}” tanpa zona; tulis seperti 2026-11-09T08:00+07:00.", param, ctx)
        if not EARLIEST <= moment <= datetime.now(UTC):
            self.fail(f"“{value}” belum terjadi; pakai waktu yang sudah lewat.", param, ctx)
        return moment


@click.command(help="Tulis nilai satu bulan yang sudah ditutup, seperti yang diterima HR.")
@click.argument("month", type=MonthArgument())
@click.option("--unit", "unit_code", required=True, help="Kode unit.")
@click.option("--revision", type=click.IntRange(min=0), help="Yang terbaru bila tidak disebut.")
@click.option("--as-of", type=Moment(), help="Keadaan pada waktu itu; sekarang bila tidak disebut.")
@click.option("--format", "kind", type=click.Choice(list(FORMATS)), default="json")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path))
@pass_installation
def scores(
    installation: Installation,
    *,
    month: Month,
    unit_code: str,
    revision: int | None,
    as_of: datetime | None,
    kind: str,
    output: Path | None,
) -> None:
    """Write a closed month's scores: to a file, or to the screen's stream."""
    moment = as_of or datetime.now(UTC)
    with reading(installation.engine) as session:
        unit = unit_with(session, unit_code)
        try:
            found = monthly_scores(
                session,
                unit,
                month,
                as_of=moment,
                staff_url=installation.settings.staff_url,
                revision=revision,
            )
        except MonthNotClosed as error:
            message = f"Bulan {month} belum ditutup. Tutup dengan: nilai close {month} --unit "
            raise click.ClickException(message + unit_code) from error
        except UnknownRevision as error:
            message = f"Bulan {month} tidak punya revisi {revision}."
            raise click.ClickException(message) from error
    written = FORMATS[kind](found)
    if output is None:
        click.echo(written, nl=False)
    else:
        output.write_bytes(written)

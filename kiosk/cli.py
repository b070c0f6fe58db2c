"""Commands for what is printed: desk posters and one-visit slips."""

from datetime import UTC, datetime
from pathlib import Path

import click

from kiosk.desk_prints import print_posters, print_slips
from kiosk.posters import PosterKind
from survey.command import Installation, pass_installation
from survey.database import reading
from survey.desks import desk_named, desks_of
from survey.tickets import MOST_AT_ONCE
from survey.units import accent_for, unit_with

output = click.option(
    "-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path)
)


@click.command(help="Cetak poster QR loket sebagai PDF.")
@click.option("--unit", "unit_code", required=True, help="Kode unit.")
@click.option("--desk", "desk_code", help="Satu loket saja, menurut kodenya.")
@click.option("--kind", type=click.Choice([kind.value for kind in PosterKind]), default="a4")
@output
@pass_installation
def posters(
    installation: Installation, unit_code: str, desk_code: str | None, kind: str, output: Path
) -> None:
    """Print the QR posters of a unit's desks as PDF."""
    with reading(installation.engine) as session:
        unit = unit_with(session, unit_code)
        desks = desks_of(session, unit.id or 0, installation.settings.key("desk"), desk_code)
        accent = accent_for(session.connection(), unit.id or 0)
    made = print_posters(desks, PosterKind(kind), installation.settings, accent)
    output.write_bytes(made)
    click.echo(f"{len(desks)} loket dicetak ke {output}")


@click.command(help="Terbitkan karcis satu kunjungan bernomor dan cetak sebagai PDF.")
@click.option("--desk", "desk_code", required=True, help="Kode loket.")
@click.option("--count", default=20, show_default=True, type=click.IntRange(1, MOST_AT_ONCE))
@output
@pass_installation
def slips(installation: Installation, desk_code: str, count: int, output: Path) -> None:
    """Issue numbered one-visit slips for a desk and print them as PDF."""
    with reading(installation.engine) as session:
        desk = desk_named(session, desk_code, installation.settings.key("desk"))
    sheet = print_slips(
        installation.engine,
        desk,
        count,
        installation.settings,
        at=datetime.now(UTC),
        hand_over=output.write_bytes,
    )
    click.echo(f"Karcis {sheet.first} sampai {sheet.last} dicetak ke {output}")

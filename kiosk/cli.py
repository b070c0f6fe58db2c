"""Commands for what is printed: desk posters and one-visit slips."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from kiosk.posters import DeskPoster, PosterKind, Slip, poster_pdf, slips_pdf
from survey.command import Installation, pass_installation
from survey.database import reading, writing
from survey.desks import DeskClosed, RatedDesk, desk_named, desks_of
from survey.language import both_offer
from survey.log import Act, record
from survey.month import local_day
from survey.settings import Settings
from survey.spelling import grouped
from survey.tickets import MOST_AT_ONCE, issue_tickets
from survey.units import unit_with

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
    made = poster_pdf(
        [desk_poster(desk, installation.settings) for desk in desks], PosterKind(kind)
    )
    output.write_bytes(made)
    click.echo(f"{len(desks)} loket dicetak ke {output}")


@click.command(help="Terbitkan karcis satu kunjungan bernomor dan cetak sebagai PDF.")
@click.option("--desk", "desk_code", required=True, help="Kode loket.")
@click.option("--count", default=20, show_default=True, type=click.IntRange(1, MOST_AT_ONCE))
@output
@pass_installation
def slips(installation: Installation, desk_code: str, count: int, output: Path) -> None:
    """Issue numbered one-visit slips for a desk and print them as PDF."""
    now = datetime.now(UTC)
    with writing(installation.engine) as session:
        desk = desk_named(session, desk_code, installation.settings.key("desk"))
        if not desk.active:
            raise DeskClosed(desk.name)
        today = local_day(now, ZoneInfo(desk.time_zone))
        issued = issue_tickets(session, desk, count, today)
        facts = {"count": count, "first": issued[0].number, "last": issued[-1].number}
        record(session, Act("slips.issued", "cli", f"desk {desk.id}", facts, desk.unit_id), now)
        # Written before the commit: slips that nobody holds must not count as issued.
        links = [Slip(t.number, f"{installation.settings.public_url}/t/{t.token}") for t in issued]
        output.write_bytes(slips_pdf(desk.unit_name, desk.name, links))
    click.echo(f"Karcis {issued[0].number} sampai {issued[-1].number} dicetak ke {output}")


def desk_poster(desk: RatedDesk, settings: Settings) -> DeskPoster:
    """Return what a desk's poster shows."""
    return DeskPoster(
        unit_name=desk.unit_name,
        desk_name=desk.name,
        desk_about=desk.about,
        link=f"{settings.public_url}/l/{desk.code}",
        code=grouped(desk.code),
        languages=both_offer(settings.languages, desk.languages),
    )

"""`nilai tablets`: codes for new tablets, the tablets there are, and taking one out of use."""

from datetime import UTC, datetime
from uuid import UUID

import click

from kiosk import enrolments
from kiosk.devices import revoke
from kiosk.enrolments import issue_code
from kiosk.fleet import TabletState, fleet
from survey.command import Installation, pass_installation
from survey.database import reading, writing
from survey.desks import desk_named
from survey.units import unit_with

_ACTOR = "cli"


@click.group("tablets", help="Tablet di loket: kode pendaftaran, daftar, pencabutan.")
def tablets() -> None:
    """Tablets at desks: codes for new ones, a list, and taking one out of use."""


@tablets.command("enrol", help="Terbitkan kode sekali pakai untuk mendaftarkan tablet di loket.")
@click.argument("desk_code", metavar="DESK")
@pass_installation
def enrol(installation: Installation, desk_code: str) -> None:
    """Issue a one-time code that makes a tablet one of a desk's."""
    settings = installation.settings
    with writing(installation.engine) as session:
        desk = desk_named(session, desk_code, settings.key("desk"))
        key = settings.key(enrolments.PURPOSE)
        issued = issue_code(session, desk, datetime.now(UTC), actor=_ACTOR, key=key)
    click.echo(f"Loket   {desk.name}, {desk.unit_name}")
    click.echo(f"Buka    {settings.public_url}/kiosk/enrol")
    click.echo(f"Kode    {issued.code}")
    click.echo(f"PIN     {issued.pin}")
    click.echo(
        "Kode berlaku sekali, selama 10 menit. PIN untuk petugas pendamping; catat sekarang, "
        "keduanya tidak ditampilkan lagi.",
        err=True,
    )


@tablets.command("list", help="Tampilkan semua tablet dan keadaannya.")
@click.option("--unit", "unit_code", help="Satu unit saja, menurut kodenya.")
@pass_installation
def list_tablets(installation: Installation, unit_code: str | None) -> None:
    """List the tablets and how they are."""
    with reading(installation.engine) as session:
        unit_ids = None if unit_code is None else [unit_with(session, unit_code).id or 0]
        known = fleet(session, unit_ids, datetime.now(UTC))
    for each in known:
        facts = (each.unit_name, each.desk_name, _state(each))
        click.echo(f"{each.id}  {'  '.join(facts)}")
    if not known:
        click.echo("Belum ada tablet. Daftarkan dengan: nilai tablets enrol LOKET", err=True)


@tablets.command("revoke", help="Cabut tablet; kirimannya ditolak mulai sekarang.")
@click.argument("device_id", metavar="ID", type=click.UUID)
@pass_installation
def revoke_tablet(installation: Installation, device_id: UUID) -> None:
    """Let a tablet send nothing from now on."""
    with writing(installation.engine) as session:
        now = revoke(session, device_id, datetime.now(UTC), actor=_ACTOR)
    click.echo("Tablet dicabut." if now else "Tablet ini sudah dicabut sebelumnya.")


def _state(tablet: TabletState) -> str:
    if tablet.revoked_at is not None:
        return "dicabut"
    if tablet.replaced:
        return "didaftarkan ulang"
    if tablet.last_contact is None:
        return "belum pernah terhubung"
    told = [f"terhubung {tablet.last_contact:%Y-%m-%d %H:%M} UTC", f"menunggu {tablet.waiting}"]
    if tablet.set_aside:
        told.append(f"disisihkan {tablet.set_aside}")
    if tablet.missing:
        told.append(f"hilang {tablet.missing}")
    return ", ".join(told)

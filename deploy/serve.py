"""Commands that start an office: bring the schema up to date, load the demo, serve both sites."""

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

import click

from aggregation.access.accounts import nobody_may_set_up
from aggregation.access.one_time_link import Purpose, new_link
from aggregation.access.role_names import ROLE_NAMES
from aggregation.demo.accounts import DemoAccount, add_demo_accounts
from aggregation.demo.acts import add_demo_acts
from aggregation.demo.load import is_empty, load_demo
from aggregation.sign_on.settings import sign_on_from
from deploy.link import Made
from deploy.migrate import take_back, upgrade
from survey.command import Installation, pass_installation
from survey.database import reading, writing
from survey.desks import every_desk
from survey.settings import HOME

GUNICORN_SETTINGS = HOME / "deploy" / "gunicorn.conf.py"
MOST_DESKS_SHOWN = 12


@click.command(help="Bawa basis data ke skema terbaru.")
@click.option(
    "--back-to",
    metavar="SKEMA",
    help="Kembali ke skema lama, misalnya 0006. Isi yang hanya ada di skema baru hilang.",
)
@pass_installation
def migrate(installation: Installation, back_to: str | None) -> None:
    """Bring the database to the newest schema, or back to an older one."""
    if back_to is not None:
        take_back(installation.settings.database_url, back_to)
        click.echo(f"Basis data kembali ke skema {back_to}.")
        return
    upgrade(installation.settings.database_url)
    click.echo("Basis data sudah pada skema terbaru.")


@click.command(help="Isi basis data kosong dengan kantor contoh.")
@click.option("--months", default=12, show_default=True, type=click.IntRange(1, 36))
@click.option("--seed", default=1, show_default=True)
@pass_installation
def demo(installation: Installation, months: int, seed: int) -> None:
    """Load the demo office into an empty database: the same for the same seed and day."""
    upgrade(installation.settings.database_url)
    load_demo_office(installation, months, seed)


def load_demo_office(installation: Installation, months: int, seed: int) -> None:
    """Load the demo office and say what it holds."""
    at = datetime.now(UTC)
    with writing(installation.engine) as session:
        loaded = load_demo(session, months, seed, at, installation.settings)
        accounts = add_demo_accounts(session, at) if nobody_may_set_up(session) else []
        if accounts:
            add_demo_acts(session, installation.settings)
    click.echo(
        f"Kantor contoh: {loaded.responses} tanggapan dalam {months} bulan, "
        f"{loaded.closed} bulan ditutup.\n"
    )
    if accounts:
        _print_accounts(accounts)


def _print_accounts(accounts: Sequence[DemoAccount]) -> None:
    click.echo("Akun contoh. Catat kata sandinya sekarang: baru saja dibuat, dan tidak disimpan.")
    for account in accounts:
        click.echo(f"  {account.email:<26}{account.password}  {ROLE_NAMES[account.role]}")
    click.echo("  Operator, kepegawaian, dan pemeriksa memasang kode verifikasi saat masuk.")


@click.command(help="Jalankan kedua situs dalam satu proses, setelah memutakhirkan skema.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0: seluruh jaringan.")
@click.option("--demo", "with_demo", is_flag=True, help="Isi kantor contoh bila basis data kosong.")
def serve(port: int, host: str, *, with_demo: bool) -> None:
    """Serve both sites in one process, after bringing the database up to date."""
    os.environ.setdefault("NILAI_PUBLIC_URL", f"http://127.0.0.1:{port}")
    installation = Installation()
    sign_on_from(os.environ)  # what is wrong with it is told here, before anything is served
    upgrade(installation.settings.database_url)
    with reading(installation.engine) as session:
        empty = is_empty(session)
    if empty and with_demo:
        load_demo_office(installation, months=12, seed=1)
    _print_addresses(installation)
    installation.engine.dispose()
    gunicorn = [sys.executable, "-m", "gunicorn", "-c", str(GUNICORN_SETTINGS)]
    os.execv(sys.executable, [*gunicorn, "-b", f"{host}:{port}", "deploy.wsgi:application()"])  # noqa: S606


def _print_addresses(installation: Installation) -> None:
    with writing(installation.engine) as session:
        desks = every_desk(session, installation.settings.key("desk"))
        empty = nobody_may_set_up(session)
        token = new_link(session, Purpose.SET_UP, datetime.now(UTC)) if empty else ""
    click.echo(f"\nHalaman warga   {installation.settings.public_url}/")
    for desk in desks[:MOST_DESKS_SHOWN]:
        click.echo(f"  {desk.name:<14}{installation.settings.public_url}/l/{desk.code}")
    if len(desks) > MOST_DESKS_SHOWN:
        click.echo(f"  dan {len(desks) - MOST_DESKS_SHOWN} loket lainnya: nilai posters")
    if not desks:
        click.echo("  Belum ada loket. Siapkan di halaman pegawai.")
    click.echo(f"Tablet          {installation.settings.public_url}/kiosk/enrol")
    if empty:
        made = Made(Purpose.SET_UP, token)
        click.echo(f"Halaman pegawai {made.address(installation)}")
        click.echo("  Buka tautan ini untuk menjadi operator pertama.")
        click.echo(f"  Tautan berlaku sekali, selama {made.lasts}. Yang baru: nilai link\n")
    else:
        click.echo(f"Halaman pegawai {installation.settings.staff_url}/masuk")
        click.echo("  Tidak dapat masuk? Cetak tautan sekali pakai: nilai link EMAIL\n")
    sys.stdout.flush()

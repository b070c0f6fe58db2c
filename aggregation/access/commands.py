"""`nilai accounts`: who may sign in to the staff site, from the server's command line."""

from collections.abc import Iterable
from datetime import UTC, datetime

import click
from sqlmodel import Session, col

from aggregation.access.account_changes import Wanted, add, change
from aggregation.access.account_keeper import (
    AT_THE_SERVER,
    accounts_seen_by,
    keeper_at_the_server,
    roles_by_account,
)
from aggregation.access.account_switches import (
    invite,
    sign_everybody_out,
    switch_off,
    switch_on,
)
from aggregation.access.accounts import RoleIn
from aggregation.access.invitation import invitation_language, invitation_mail, invited
from aggregation.access.known_accounts import LONGEST_NAME, account_of_email, known_account
from aggregation.access.linked_officer import officer_with_number
from aggregation.access.models import Account
from aggregation.access.role_names import ROLE_NAMES
from aggregation.access.role_option import NamedRole, RoleOption
from aggregation.access.roles import Role
from aggregation.changes.batch import Cause
from aggregation.mail import NotSent, post_of
from survey.command import Installation, pass_installation
from survey.database import reading, writing
from survey.language import TRANSLATIONS, load_languages
from survey.set_up import units_by_code
from survey.settings import HOME

_TRANSLATIONS = HOME / "aggregation" / "translations"

_role_option = click.option(
    "--role",
    "named",
    multiple=True,
    required=True,
    type=RoleOption(),
    help="Peran, dan unit tempatnya berlaku beserta unit di bawahnya: unit_head@KODE. Tanpa unit: "
    "semua unit. Boleh beberapa kali.",
)
_officer_option = click.option(
    "--officer", default="", help="NIP atau nomor pegawai, bila akun ini milik seorang petugas."
)


@click.group("accounts")
def accounts() -> None:
    """Akun situs pegawai."""


@accounts.command("list")
@pass_installation
def list_accounts(installation: Installation) -> None:
    """Tampilkan semua akun beserta perannya."""
    with reading(installation.engine) as session:
        query = accounts_seen_by(keeper_at_the_server(session)).order_by(col(Account.email))
        rows = session.execute(query).all()
        roles = roles_by_account(session, [row.id for row in rows])
        codes = {unit.id: code for code, unit in units_by_code(session).items()}
    for row in rows:
        words = ", ".join(_words(each, codes) for each in roles[row.id])
        state = "" if row.active else "  (nonaktif)"
        click.echo(f"{row.email}  {row.name}  {words}{state}")
    if not rows:
        click.echo("Belum ada akun. Tambahkan dengan: nilai accounts add")


@accounts.command("add")
@click.argument("email")
@click.argument("name")
@_role_option
@_officer_option
@pass_installation
def add_account(
    installation: Installation, *, email: str, name: str, named: tuple[NamedRole, ...], officer: str
) -> None:
    """Tambah akun untuk EMAIL atas nama NAME, lalu cetak tautan undangannya."""
    with writing(installation.engine) as session:
        keeper = keeper_at_the_server(session)
        officer_id = officer_with_number(session, keeper, officer) if officer else None
        wanted = Wanted(_short(name), _found(session, named), officer_id)
        key = add(session, keeper, email, wanted, _cause()).key
    _invite(installation, key)


@accounts.command("invite")
@click.argument("email")
@pass_installation
def invite_account(installation: Installation, email: str) -> None:
    """Cetak tautan baru untuk membuat kata sandi; tautan sebelumnya tidak berlaku lagi."""
    with reading(installation.engine) as session:
        key = account_of_email(session, email)
    _invite(installation, key)


@accounts.command("switch-off")
@click.argument("email")
@pass_installation
def switch_account_off(installation: Installation, email: str) -> None:
    """Nonaktifkan akun: sesinya berakhir saat ini juga dan tautannya tidak berlaku lagi."""
    with writing(installation.engine) as session:
        key = account_of_email(session, email)
        switch_off(session, keeper_at_the_server(session), key, _cause())
    click.echo(f"Akun {email} dinonaktifkan.")


@accounts.command("switch-on")
@click.argument("email")
@pass_installation
def switch_account_on(installation: Installation, email: str) -> None:
    """Aktifkan lagi akun, dengan kata sandi yang sama."""
    with writing(installation.engine) as session:
        key = account_of_email(session, email)
        switch_on(session, keeper_at_the_server(session), key, _cause())
    click.echo(f"Akun {email} aktif lagi.")


@accounts.command("sign-out")
@click.argument("email", required=False)
@click.option("--all", "everybody", is_flag=True, help="Semua akun.")
@pass_installation
def sign_out(installation: Installation, *, email: str | None, everybody: bool) -> None:
    """Akhiri semua sesi dan tautan akun EMAIL, atau dengan --all milik semua akun."""
    if everybody == bool(email):
        message = "Sebutkan satu EMAIL, atau --all."
        raise click.UsageError(message)
    with writing(installation.engine) as session:
        keeper = keeper_at_the_server(session)
        key = account_of_email(session, email) if email else None
        ended = sign_everybody_out(session, keeper, _cause(), only=key)
    click.echo(f"{ended} sesi diakhiri.")


@accounts.command("roles")
@click.argument("email")
@_role_option
@_officer_option
@pass_installation
def set_account_roles(
    installation: Installation, *, email: str, named: tuple[NamedRole, ...], officer: str
) -> None:
    """Beri akun EMAIL tepat peran-peran ini; peran lain dicabut.

    Peran: operator, unit_head, assessor, hr, reviewer, officer, auditor.
    """
    with writing(installation.engine) as session:
        keeper = keeper_at_the_server(session)
        known = known_account(session, keeper, account_of_email(session, email))
        linked = known.account.officer_id
        officer_id = officer_with_number(session, keeper, officer) if officer else linked
        wanted = Wanted(known.account.name, _found(session, named), officer_id)
        change(session, keeper, known.account.key, wanted, _cause())
    click.echo(f"Peran akun {email} disimpan.")


def _invite(installation: Installation, key: str) -> None:
    with writing(installation.engine) as session:
        token = invite(session, keeper_at_the_server(session), key, _cause())
        guest = invited(session, key)
    settings = installation.settings
    address = f"{settings.staff_url}/masuk/{token}"
    languages = load_languages(settings.languages, (TRANSLATIONS, _TRANSLATIONS))
    language = languages[invitation_language(guest, settings.languages)]
    try:
        sent = post_of(settings).send(invitation_mail(guest, address, language))
    except NotSent as error:
        click.echo(f"Email ke {guest.email} tidak terkirim ({error}).", err=True)
        sent = False
    click.echo(address)
    told = f"Sudah dikirim ke {guest.email}." if sent else f"Serahkan kepada {guest.name}."
    click.echo(f"Tautan ini berlaku sekali, selama 72 jam. {told}", err=True)


def _found(session: Session, named: Iterable[NamedRole]) -> tuple[RoleIn, ...]:
    return tuple(dict.fromkeys(each.found(session) for each in named))


def _words(role: RoleIn, codes: dict[int | None, str]) -> str:
    words = ROLE_NAMES[Role(role.role)]
    return words if role.unit_id is None else f"{words} {codes[role.unit_id]}"


def _short(name: str) -> str:
    if not name.strip() or len(name) > LONGEST_NAME:
        message = f"Nama harus diisi, paling banyak {LONGEST_NAME} huruf."
        raise click.UsageError(message)
    return name.strip()


def _cause() -> Cause:
    return Cause(AT_THE_SERVER, "", datetime.now(UTC), AT_THE_SERVER)

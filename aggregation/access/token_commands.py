"""`nilai tokens`: tokens of programs, from the server's command line."""

from datetime import UTC, datetime
from uuid import UUID

import click
from sqlmodel import Session, col, select

from aggregation.access.accounts import Member, member
from aggregation.access.api_tokens import (
    LONGEST_NAME,
    MOST_DAYS,
    USUAL_DAYS,
    MoreThanOwn,
    Wanted,
    new_token,
    revoke,
)
from aggregation.access.models import Account, ApiToken
from aggregation.access.roles import RIGHTS, Grant, Role, Scope
from aggregation.access.token_list import known_token, tokens_in
from aggregation.access.token_scopes import TokenScope
from aggregation.changes.batch import Cause
from survey.command import Installation, pass_installation
from survey.database import reading, writing
from survey.units import unit_with

_ACTOR = "cli"


@click.group("tokens")
def tokens() -> None:
    """Token untuk program: HR dan mesin antrean."""


@tokens.command("list")
@pass_installation
def list_tokens(installation: Installation) -> None:
    """Tampilkan semua token; rahasianya tidak dapat ditampilkan lagi."""
    everything = Scope((Grant(RIGHTS[Role.OPERATOR]),), {})
    now = datetime.now(UTC)
    with reading(installation.engine) as session:
        query = tokens_in(everything).order_by(col(ApiToken.created_at), col(ApiToken.id))
        found = [known_token(row, now) for row in session.execute(query).all()]
    for each in found:
        facts = (f"{each.hint}…", each.state, each.expires_at.date(), " ".join(each.scopes))
        click.echo(f"{each.id}  {'  '.join(map(str, facts))}  {each.unit or '*'}  {each.name}")
    if not found:
        click.echo("Belum ada token. Buat dengan: nilai tokens add", err=True)


@tokens.command("add")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice([scope.value for scope in TokenScope]),
)
@click.option("--by", "email", required=True, help="Email akun yang bertanggung jawab; token tidak "
              "dapat berbuat lebih dari akun itu.")  # fmt: skip
@click.option("--unit", "unit_code", help="Unit ini dan semua di bawahnya. Tanpa ini: semua unit.")
@click.option("--days", default=USUAL_DAYS, show_default=True, type=click.IntRange(1, MOST_DAYS))
@pass_installation
def add_token(
    installation: Installation,
    *,
    name: str,
    scopes: tuple[str, ...],
    email: str,
    unit_code: str | None,
    days: int,
) -> None:
    """Buat token dan tampilkan sekali ini saja."""
    if not 0 < len(name) <= LONGEST_NAME:
        message = f"Nama paling panjang {LONGEST_NAME} huruf."
        raise click.ClickException(message)
    with writing(installation.engine) as session:
        unit_id = unit_with(session, unit_code).id if unit_code else None
        maker = _maker(session, email)
        wanted = Wanted(name, frozenset(map(TokenScope, scopes)), unit_id, days)
        try:
            made = new_token(session, maker, wanted, _now())
        except MoreThanOwn as refusal:
            message = f"Akun {email} sendiri tidak punya hak {refusal.scope} di situ."
            raise click.ClickException(message) from refusal
    click.echo(made.secret)
    click.echo("Simpan sekarang; token ini tidak ditampilkan lagi.", err=True)


@tokens.command("revoke")
@click.argument("token_id", type=click.UUID, required=False)
@click.option("--all", "everything", is_flag=True, help="Semua token.")
@pass_installation
def revoke_token(installation: Installation, *, token_id: UUID | None, everything: bool) -> None:
    """Cabut token, atau dengan --all semuanya; permintaan berikutnya ditolak."""
    if everything == bool(token_id):
        message = "Sebutkan satu id token, atau --all."
        raise click.UsageError(message)
    with writing(installation.engine) as session:
        if token_id is None:
            ids = session.scalars(select(ApiToken.id)).all()
            click.echo(f"{sum(revoke(session, each, _now()) for each in ids)} token dicabut.")
            return
        if not revoke(session, token_id, _now()):
            message = "Tidak ada token berlaku dengan id itu. Lihat: nilai tokens list"
            raise click.ClickException(message)
    click.echo("Token dicabut.")


def _maker(session: Session, email: str) -> Member:
    """Return the account that answers for a token; one that is switched off answers for nothing."""
    spelled = email.strip().lower()
    account = session.exec(select(Account).where(col(Account.email) == spelled)).one_or_none()
    if account is None:
        message = f"Tidak ada akun dengan email “{email}”. Lihat: nilai accounts list"
        raise click.ClickException(message)
    if not account.active:
        message = f"Akun {email} nonaktif; pakai akun yang aktif."
        raise click.ClickException(message)
    return member(session, account.id or 0)


def _now() -> Cause:
    return Cause(_ACTOR, "", datetime.now(UTC), _ACTOR)

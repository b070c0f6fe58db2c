"""The command that prints a one-time link: the way in when nothing else helps."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import click
from sqlmodel import Session

from aggregation.access.account_keeper import AT_THE_SERVER
from aggregation.access.accounts import nobody_may_set_up
from aggregation.access.known_accounts import UnknownAccount
from aggregation.access.one_time_link import VALID_FOR, Purpose, new_link
from aggregation.access.passwords import credentials_of
from aggregation.access.second_factor import take_away
from aggregation.access.staff_session import end_sessions_of
from survey.command import Installation, pass_installation
from survey.database import writing

_MINUTES_OF_HOURS = 120


class Made(NamedTuple):
    """A link that was made just now."""

    purpose: Purpose
    token: str

    @property
    def lasts(self) -> str:
        """How long it works, in words."""
        minutes = VALID_FOR[self.purpose] // timedelta(minutes=1)
        return f"{minutes} menit" if minutes < _MINUTES_OF_HOURS else f"{minutes // 60} jam"

    def address(self, installation: Installation) -> str:
        """Where it leads."""
        return f"{installation.settings.staff_url}/masuk/{self.token}"


@click.command(help="Cetak tautan masuk sekali pakai untuk situs pegawai.")
@click.argument("email", required=False)
@click.option(
    "--drop-code",
    is_flag=True,
    help="Ponsel dan kode pemulihan hilang: hapus kode verifikasi akun ini.",
)
@pass_installation
def link(installation: Installation, email: str | None, *, drop_code: bool) -> None:
    """Print a one-time link: for an account, or for becoming the first operator."""
    at = datetime.now(UTC)
    with writing(installation.engine) as session:
        if email is None and not nobody_may_set_up(session):
            message = "Sebutkan email akunnya: nilai link EMAIL"
            raise click.UsageError(message)
        if email is None:
            made = Made(Purpose.SET_UP, new_link(session, Purpose.SET_UP, at))
        else:
            made = _sign_in_link(session, email, at, drop_code=drop_code)
    click.echo(made.address(installation))
    click.echo(f"Tautan ini berlaku sekali, selama {made.lasts}.", err=True)


def _sign_in_link(session: Session, email: str, at: datetime, *, drop_code: bool) -> Made:
    who = credentials_of(session, email)
    if who is None:
        raise UnknownAccount(email)
    if drop_code:
        take_away(session, who.account_id, at, actor=AT_THE_SERVER)
        end_sessions_of(session, who.account_id, at)
    token = new_link(session, Purpose.SIGN_IN, at, account_id=who.account_id)
    return Made(Purpose.SIGN_IN, token)

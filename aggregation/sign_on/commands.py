"""`nilai accounts unlink`: for whoever got another account at the provider of identities."""

from datetime import UTC, datetime

import click

from aggregation.access.account_keeper import AT_THE_SERVER
from aggregation.access.known_accounts import account_of_email
from aggregation.changes.batch import Cause
from aggregation.sign_on.unlinking import unlink
from survey.command import Installation, pass_installation
from survey.database import writing


@click.command("unlink")
@click.argument("email")
@pass_installation
def unlink_account(installation: Installation, *, email: str) -> None:
    """Lepas tautan akun EMAIL dengan penyedia identitas; perannya dari sana ikut dicabut."""
    cause = Cause(AT_THE_SERVER, "", datetime.now(UTC), AT_THE_SERVER)
    with writing(installation.engine) as session:
        unlink(session, account_of_email(session, email), cause)
    click.echo(f"Tautan akun {email} dilepas. Yang masuk berikutnya dengan email itu ditautkan.")

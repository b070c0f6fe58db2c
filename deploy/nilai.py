"""The command `nilai`: every package's commands under one name."""

from typing import Any

import click

from aggregation.cli import COMMANDS as AGGREGATION
from deploy.migrate import NewerDatabase
from deploy.serve import demo, migrate, serve
from kiosk.cli import posters, slips
from survey.database import UnsafeDatabase
from survey.desks import UnknownDesk
from survey.settings import WrongSettings
from survey.units import UnknownUnit

_PLAIN = (WrongSettings, UnsafeDatabase, NewerDatabase)


class Nilai(click.Group):
    """The group that turns a named refusal into one plain sentence."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401
        """Run a command; refusals end it with exit code 1 and say what to do."""
        try:
            return super().invoke(ctx)
        except _PLAIN as error:
            raise click.ClickException(str(error)) from error
        except UnknownUnit as error:
            message = f"Tidak ada unit dengan kode “{error}”."
            raise click.ClickException(message) from error
        except UnknownDesk as error:
            message = (
                f"Tidak ada loket dengan kode “{error}”, atau lebih dari satu unit memakainya."
            )
            raise click.ClickException(message) from error


@click.group(cls=Nilai)
def main() -> None:
    """Nilai Loket: from a citizen's tap to the month's figures."""


for command in (serve, migrate, demo, posters, slips, *AGGREGATION):
    main.add_command(command)

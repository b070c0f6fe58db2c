"""What every command of `nilai` is handed: the settings and the database, opened on first use."""

import os
from functools import cached_property

import click
from sqlalchemy import Engine

from survey.database import open_engine
from survey.settings import Settings, settings_from


class Installation:
    """The installation a command works on.

    Nothing is read or opened before a command asks, so commands that need no database run
    without one.
    """

    def __init__(self, settings: Settings | None = None, engine: Engine | None = None) -> None:
        """Use given settings and engine, or those of the environment."""
        self._settings = settings
        self._engine = engine

    @cached_property
    def settings(self) -> Settings:
        """The settings; raises `WrongSettings`."""
        return self._settings or settings_from(os.environ)

    @cached_property
    def engine(self) -> Engine:
        """The engine of the database; raises `UnsafeDatabase`."""
        return self._engine or open_engine(self.settings.database_url)


pass_installation = click.make_pass_decorator(Installation, ensure=True)

"""PostgreSQL's own programs, which make and read its backups."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import make_conninfo
from sqlalchemy import Engine, text

from survey.database import reading

PACKAGED = ("/usr/lib/postgresql/{}/bin", "/usr/pgsql-{}/bin")
"""Where Debian's and Red Hat's packages put the programs of a version."""


class NoProgram(RuntimeError):
    """Neither beside the server's version nor on PATH is a program that is new enough."""


class ProgramFailed(RuntimeError):
    """A program ended with an error; the text is the last line that it wrote."""


@dataclass(frozen=True, slots=True)
class Programs:
    """The programs for a server, and how they reach it.

    Attributes
    ----------
    folder
        Where `pg_dump` and `pg_restore` lie.
    """

    folder: Path
    engine: Engine

    def run_on_database(self, program: str, *options: str, database: str | None = None) -> str:
        """Run one on the server's own database or another one of it; return what it says.

        Raises
        ------
        ProgramFailed
            If it fails.
        """
        address, password = _address(self.engine, database)
        # A password on the command line could be read by everybody on the machine.
        return self.run(program, f"--dbname={address}", *options, PGPASSWORD=password)

    def run(self, program: str, *options: str, **environment: str) -> str:
        """Run one on files alone; return what it says.

        Raises
        ------
        ProgramFailed
            If it fails.
        """
        done = subprocess.run(  # noqa: S603 - our own options, no shell
            [self.folder / program, *options],
            env={**os.environ, **environment, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            said = done.stderr.strip().splitlines() or [f"{program} {done.returncode}"]
            raise ProgramFailed(said[-1])
        return done.stdout


def programs_for(engine: Engine) -> Programs:
    """Find programs that are not older than the server.

    Raises
    ------
    NoProgram
        If there are none.
    """
    with reading(engine) as session:
        number: str = session.execute(text("SHOW server_version_num")).scalar_one()
    server = int(number) // 10000
    for folder in _folders(server):
        if _version(folder) >= server:
            return Programs(folder, engine)
    raise NoProgram(server)


def _folders(server: int) -> Iterator[Path]:
    yield from (Path(place.format(server)) for place in PACKAGED)
    found = shutil.which("pg_dump")
    if found:
        yield Path(found).parent


def _version(folder: Path) -> int:
    """Return the lower version of the two programs; 0 where one is missing."""
    versions = []
    for program in ("pg_dump", "pg_restore"):
        if not (folder / program).exists():
            return 0
        said = subprocess.run(  # noqa: S603
            [folder / program, "--version"], capture_output=True, text=True, check=False
        )
        found = re.search(r"\) (\d+)", said.stdout)
        versions.append(int(found.group(1)) if found else 0)
    return min(versions)


def _address(engine: Engine, database: str | None) -> tuple[str, str]:
    """Return where a database is, without the password, and the password."""
    # As the driver is told it: with several hosts an address is more than its parts.
    _, parts = engine.dialect.create_connect_args(engine.url)
    parts.pop("context", None)  # the driver's own, no part of an address
    password = str(parts.pop("password", os.environ.get("PGPASSWORD", "")))
    if database is not None:
        parts["dbname"] = database
    return make_conninfo("", **parts), password

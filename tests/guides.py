"""The guides' commands, run as they stand, in an empty root of a test's own.

Three things differ from a server: each path lies in that root, nginx listens on free ports of this
machine, and the programs of `tests.stand_ins` take the place of those that would change it.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

from survey.settings import HOME
from tests.certificates import write_certificate
from tests.debian import program
from tests.proxy import NAME, free_ports
from tests.stand_ins import CLUSTER, NGINX, PROGRAMS, ROOT

_PLACES = re.compile(
    r"(?<![\w.])(?<!(?<!=)-)/"  # of what follows a `-`, only a file that may be missing
    r"(?=(?:srv|media|etc/nilai|etc/nginx|etc/systemd/system|usr/local/sbin|run/nilai|run/nginx\.pid|var/lib/nilai|var/lib/nginx|var/backups/nilai|var/www)\b)"
)
_BLOCK = re.compile(r"^```sh ?([\w-]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FOLDERS = ("etc/nginx", "etc/systemd/system", "media", "run/nilai", "srv", "usr/local/sbin")
DATA = "/var/lib/postgresql/15/main"
"""Where Debian keeps a server's data."""

_FOLDERS_OF_DATA = ("var/backups", "var/lib/nginx")
_CLONED = ("Makefile", "pyproject.toml", "requirements.txt", "requirements-dev.txt", "deploy")


@dataclass(frozen=True)
class Root:
    """An empty server, as far as the guides see one.

    Attributes
    ----------
    database
        The folder of PostgreSQL's socket, and where its programs lie; empty without one.
    instead
        What stands for places and addresses that only this machine has.
    """

    folder: Path
    http: int
    https: int
    database: tuple[str, str] = ("", "")
    instead: Mapping[str, str] = field(default_factory=dict)

    def here(self, text: str) -> str:
        """Return a text whose paths lead into this root."""
        for said, meant in self.instead.items():
            text = text.replace(said, meant)
        return _PLACES.sub(f"{self.folder}/", text).replace("/run/postgresql", self.database[0])

    def follow(self, blocks: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run blocks of a guide in one shell, which ends at the first command that fails."""
        own = [self.folder / "bin", self.folder / "usr/local/sbin", self.database[1] or "/bin"]
        return subprocess.run(
            ["/bin/bash", "-eu", "-o", "pipefail", "-c", self.here("\n".join(blocks))],
            capture_output=True,
            check=False,
            text=True,
            cwd=self.folder,
            timeout=600,
            env={
                "PATH": os.pathsep.join([*map(str, own), "/usr/bin:/bin:/usr/sbin:/sbin"]),
                "PYTHONPATH": str(HOME),
                "PGHOST": self.database[0],
                ROOT: str(self.folder),
                CLUSTER: self.instead.get(DATA, ""),
                NGINX: str(program("nginx")),
            },
        )


def blocks_of(name: str, labels: Sequence[str] = ("",)) -> list[str]:
    """Return the commands of a guide, in their order: those that bear no label, or these."""
    text = (HOME / "docs" / f"{name}.md").read_text()
    return [block for label, block in _BLOCK.findall(text) if label in labels]


def labelled_blocks_of(name: str) -> list[tuple[str, str]]:
    """Return all commands of a guide with their labels, in their order."""
    return _BLOCK.findall((HOME / "docs" / f"{name}.md").read_text())


def labels_of(name: str) -> list[str]:
    """Return the labels of a guide's blocks."""
    text = (HOME / "docs" / f"{name}.md").read_text()
    assert text.count("```") == 2 * len(_BLOCK.findall(text)), "a block of another kind"
    return [label for label, _ in _BLOCK.findall(text)]


@contextmanager
def empty_root(
    socket: str = "", programs: str = "", instead: Mapping[str, str] | None = None
) -> Iterator[Root]:
    """Give a root with a copy of the program to clone and a certificate to install."""
    folder = Path(mkdtemp(prefix="nilai-guide-", dir="/tmp"))
    folder.chmod(0o755)
    made = Root(folder, *free_ports(), (socket, programs), instead or {})
    for each in (*_FOLDERS, *_FOLDERS_OF_DATA, "bin"):
        (folder / each).mkdir(parents=True)
    write_certificate(folder / "media", NAME)
    _lay_program(made)
    for name in PROGRAMS:
        script = folder / "bin" / name
        script.write_text(f'#!/bin/sh\nexec {sys.executable} -m tests.stand_ins {name} "$@"\n')
        script.chmod(0o755)
    try:
        yield made
    finally:
        shutil.rmtree(folder)


def _lay_program(made: Root) -> None:
    source = made.folder / "media" / "nilai-loket"
    source.mkdir()
    for name in _CLONED:
        copy = shutil.copytree if (HOME / name).is_dir() else shutil.copy
        copy(HOME / name, source / name)
    shipped = [path for path in (source / "deploy").rglob("*") if _is_shipped(path)]
    for path in shipped:
        text = made.here(path.read_text())
        text = text.replace("listen 80", f"listen 127.0.0.1:{made.http}")
        path.write_text(text.replace("listen 443", f"listen 127.0.0.1:{made.https}"))


def _is_shipped(path: Path) -> bool:
    """Tell whether a file holds places on a server."""
    named = {"systemd", "nginx"} & set(path.parts) and path.suffix not in {".html", ".css"}
    return path.is_file() and bool(named or path.name == "environment.example")

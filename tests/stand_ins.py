"""What the guides call and no test machine can have: checked, and done as far as it can be.

``python -m tests.stand_ins NAME WORDS…`` is what a guide's `systemctl`, `useradd` and so on become
(`tests.guides`). Each refuses what the real one would: a unit, a user, a folder that is none.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from tests.units import HOME, Lines, read

ROOT = "GUIDE_ROOT"
NGINX = "GUIDE_NGINX"
KNOWN_USERS = {"root", "postgres", "www-data"}
FOREIGN_UNITS = {"nginx.service"}
_TESTS_OWN = (ROOT, "PATH", "PGHOST")


def refuse(reason: str) -> NoReturn:
    """End as the real program would, which refuses this too."""
    print(reason, file=sys.stderr)  # noqa: T201 - it stands for a program
    raise SystemExit(1)


def root() -> Path:
    return Path(os.environ[ROOT])


def users() -> set[str]:
    made = root() / "users"
    return KNOWN_USERS | set(made.read_text().split() if made.exists() else ())


def require_user(name: str) -> None:
    for each in name.split(":"):
        if each not in users():
            refuse(f"no user {each}")


def run(*words: str | Path, **environment: str) -> None:
    done = subprocess.run(words, check=False, env={**os.environ, **environment})
    if done.returncode:
        refuse(f"{words[0]} ended with {done.returncode}")


# --- one for each program


def apt_get(words: Sequence[str]) -> None:
    """Nothing is installed; that it would be without a question is checked."""
    if list(words[:2]) != ["install", "--yes"] or not words[2:]:
        refuse("apt-get would ask")


def useradd(words: Sequence[str]) -> None:
    """The name is kept: others refuse a user that was not made."""
    if "--system" not in words or words[-1] in users():
        refuse(f"useradd: {words[-1]}")
    with (root() / "users").open("a") as made:
        made.write(f"{words[-1]}\n")


def chown(words: Sequence[str]) -> None:
    """The user has to be there, and the file."""
    require_user(words[0])
    for path in words[1:]:
        Path(path).stat()


def install(words: Sequence[str]) -> None:
    """The real one, but for whom the files belong to."""
    left = list(words)
    for flag in ("-o", "-g"):
        if flag in left:
            place = left.index(flag)
            require_user(left[place + 1])
            del left[place : place + 2]
    run("/usr/bin/install", *left)


def runuser(words: Sequence[str]) -> None:
    """As whoever runs the test; PostgreSQL is told the user's name, as the socket would."""
    flag, user, dashes, *command = words
    if (flag, dashes) != ("-u", "--"):
        refuse("runuser -u USER -- COMMAND")
    require_user(user)
    run(*command, PGUSER=user)


def git(words: Sequence[str]) -> None:
    """A copy of the folder that is named as the source."""
    clone, _quiet, branch, _version, source, place = words
    if (clone, branch) != ("clone", "--branch") or Path(place).exists():
        refuse(f"git {' '.join(words)}")
    run("/bin/cp", "-a", source, place)


def make(words: Sequence[str]) -> None:
    """The target has to be there; what it would make is this checkout's."""
    flag, folder, *targets = words
    run("/usr/bin/make", "--dry-run", "--silent", flag, folder, *targets)
    (Path(folder) / ".venv").symlink_to(HOME / ".venv")


def nginx(words: Sequence[str]) -> None:
    """The real one, on the configuration that was installed."""
    run(os.environ[NGINX], "-c", root() / "etc/nginx/nginx.conf", *words)


def curl(words: Sequence[str]) -> None:
    """Only what it would ask: no site of this name is reached from here."""
    if words[-1] != "https://nilai.example.go.id/readyz":
        refuse(f"curl: {words[-1]}")


def systemctl(words: Sequence[str]) -> None:
    """Each unit has to be installed; what runs once and ends is run, with its settings."""
    verb, *names = [word for word in words if word != "--now"]
    if verb not in {"daemon-reload", "start", "stop", "enable", "reload-or-restart"}:
        refuse(f"systemctl {verb}")
    for name in names:
        path = root() / "etc/systemd/system" / name
        if name not in FOREIGN_UNITS and not path.exists():
            refuse(f"Unit {name} not found.")
        if verb == "start" and path.suffix == ".service" and path.exists():
            _start(read(path.read_text()))


def _start(lines: Lines) -> None:
    said = dict(lines)
    require_user(said["User"])
    given = _settings([value for name, value in lines if name == "EnvironmentFile"])
    if said["Type"] != "oneshot":
        return
    for name, way in lines:
        if name == "ExecStart":
            kept = {each: os.environ[each] for each in _TESTS_OWN if each in os.environ}
            done = subprocess.run(
                ["/bin/bash", "-c", way.replace("%%", "%")],
                check=False,
                cwd=said["WorkingDirectory"],
                env={**kept, **given, "PGUSER": said["User"]},
            )
            if done.returncode:
                refuse(f"{way} ended with {done.returncode}")


def _settings(files: Sequence[str]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for file in files:
        path = Path(file.removeprefix("-"))
        if path.exists() or not file.startswith("-"):
            found.update(read(path.read_text()))
    return found


PROGRAMS: Mapping[str, Callable[[Sequence[str]], None]] = {
    "apt-get": apt_get,
    "chown": chown,
    "curl": curl,
    "git": git,
    "install": install,
    "make": make,
    "nginx": nginx,
    "runuser": runuser,
    "systemctl": systemctl,
    "useradd": useradd,
}

if __name__ == "__main__":
    PROGRAMS[sys.argv[1]](sys.argv[2:])

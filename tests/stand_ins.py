"""What the guides call and no test machine can have: checked, and done as far as it can be.

``python -m tests.stand_ins NAME WORDS…`` is what a guide's `systemctl`, `useradd` and so on become
(`tests.guides`). Each refuses what the real one would: a unit, a user, a folder that is none.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from tests.postgres import as_nobody
from tests.units import HOME, Lines, read

ROOT = "GUIDE_ROOT"
NGINX = "GUIDE_NGINX"
KNOWN_USERS = {"root", "postgres", "www-data"}
FOREIGN_UNITS = {"nginx.service", "postgresql.service"}
CLUSTER = "GUIDE_CLUSTER"
"""Where a machine's own PostgreSQL keeps its data; empty on a machine without one."""
VERBS = {"daemon-reload", "start", "stop", "restart", "enable", "disable", "reload-or-restart"}
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


def run(*words: str | Path, changed: Mapping[str, Any] | None = None, **environment: str) -> None:
    done = subprocess.run(words, check=False, env={**os.environ, **environment}, **(changed or {}))
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
        _give_to_postgresql(words[0], path)


def _give_to_postgresql(owner: str, path: str) -> None:
    """Let the tests' server read what is made its own: where tests run as root it is nobody's."""
    if owner.startswith("postgres") and as_nobody():
        shutil.chown(path, "nobody")


def install(words: Sequence[str]) -> None:
    """The real one, but for whom the files belong to."""
    left, owner = list(words), ""
    for flag in ("-o", "-g"):
        if flag in left:
            place = left.index(flag)
            require_user(left[place + 1])
            owner = owner or left[place + 1]
            del left[place : place + 2]
    run("/usr/bin/install", *left)
    _give_to_postgresql(owner, left[-1])


def runuser(words: Sequence[str]) -> None:
    """As whoever runs the test; PostgreSQL is told the user's name, as the socket would."""
    flag, user, dashes, *command = words
    if (flag, dashes) != ("-u", "--"):
        refuse("runuser -u USER -- COMMAND")
    require_user(user)
    changed = as_nobody() if user == "postgres" else {}
    run(*command, changed=changed, PGUSER=user)


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
    if verb not in VERBS:
        refuse(f"systemctl {verb}")
    for name in names:
        path = root() / "etc/systemd/system" / name
        if name not in FOREIGN_UNITS and not path.exists():
            refuse(f"Unit {name} not found.")
        if name == "postgresql.service":
            _lead_postgresql(verb)
        if verb == "start" and path.suffix == ".service" and path.exists():
            _start(read(path.read_text()))


def _lead_postgresql(verb: str) -> None:
    """Start or stop the machine's own server, with its socket where the test looks for it."""
    data = Path(os.environ[CLUSTER])
    running = (data / "postmaster.pid").exists()
    if verb in {"stop", "restart"} and running:
        _control(data, "stop", "--mode=fast")
    if verb in {"start", "restart"}:
        _control(data, "start", f"--log={data.parent / 'log'}", f"-o -k {data.parent}")


def _control(data: Path, verb: str, *options: str) -> None:
    words = ("pg_ctl", verb, "--wait", "--silent", f"--pgdata={data}", *options)
    with (data.parent / "output").open("w") as output:  # a pipe would stay open with the server
        done = subprocess.run(
            words,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=data.parent,
            **as_nobody(),
        )
    if done.returncode:
        refuse(f"{' '.join(words)}: {(data.parent / 'log').read_text()[-2000:]}")


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

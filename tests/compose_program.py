"""A program that reads compose files: found, or installed; without one the tests fail.

``python -m tests.compose_program`` does it beforehand, while no test's clock runs.
"""

import shutil
import subprocess
from functools import cache
from pathlib import Path

from tests.debian import install

WAYS = (("docker", "compose"), ("docker-compose",))


class NoCompose(RuntimeError):
    """The set of containers cannot be checked, so the suite cannot pass."""


class Refused(ValueError):
    """The program does not take a file; the text is what it says."""


@cache
def compose() -> tuple[str, ...]:
    """Return how the program is called, installing it if this machine has none."""
    if found := _found():
        return found
    install("docker-compose")
    if found := _found():
        return found
    message = "Install docker-compose (on Debian as root: apt-get install docker-compose)."
    raise NoCompose(message)


def configuration(folder: Path) -> str:
    """Return the compose file of a folder as the program understands it, everything filled in.

    Raises
    ------
    Refused
        If it is none, or something that it asks for is missing.
    """
    done = subprocess.run(
        [*compose(), "config"], check=False, capture_output=True, text=True, cwd=folder
    )
    if done.returncode:
        raise Refused(done.stderr)
    return done.stdout


def _found() -> tuple[str, ...] | None:
    for way in WAYS:
        if shutil.which(way[0]):
            version = subprocess.run([*way, "version"], check=False, capture_output=True)
            if version.returncode == 0:
                return way
    return None


if __name__ == "__main__":
    compose()

"""Secrets that stand in files: an environment is shown to whoever looks at the process."""

from collections.abc import Mapping
from pathlib import Path


class WrongSecretFile(ValueError):
    """A secret's file cannot be used; the text is one plain sentence that says what to do."""


def with_secrets(environment: Mapping[str, str], *names: str) -> Mapping[str, str]:
    """Return an environment in which every secret stands that has a file.

    Parameters
    ----------
    names
        The settings that hold a secret: the same name with _FILE names its file.

    Raises
    ------
    WrongSecretFile
        If a file cannot be read, or the secret is given twice.
    """
    files = {name: environment[f"{name}_FILE"] for name in names if f"{name}_FILE" in environment}
    for name in files:
        if name in environment:
            message = f"Set {name} or {name}_FILE, not both."
            raise WrongSecretFile(message)
    return {**environment, **{name: _read(name, file) for name, file in files.items()}}


def _read(name: str, file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        message = f"{name}_FILE must name a file that this user can read."
        raise WrongSecretFile(message) from error

"""Lists of words that lie beside the code: one word or phrase a line."""

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent


@cache
def listed(name: str) -> frozenset[str]:
    """Return the lines of ``<name>.txt``."""
    lines = (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").split("\n")
    return frozenset(line for line in lines if line)

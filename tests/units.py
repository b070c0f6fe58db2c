"""The shipped files of systemd, read as far as tests ask."""

from dataclasses import dataclass
from pathlib import Path

HOME = Path(__file__).parents[1]
SHIPPED = HOME / "deploy" / "systemd"
FORMS = ("one-office", "city")
"""The folders: one service for both sites, or one for each."""
ADDED = ("province",)
"""What is installed beside a city's files."""

Lines = list[tuple[str, str]]


@dataclass(frozen=True)
class Unit:
    """A file of systemd.

    Attributes
    ----------
    lines
        Every name and what it is set to, in order.
    """

    path: Path
    lines: Lines

    def all(self, name: str) -> list[str]:
        return [value for each, value in self.lines if each == name]

    def one(self, name: str) -> str:
        (value,) = self.all(name)
        return value

    @property
    def sandbox(self) -> Lines:
        """What stands between the two remarks that say so."""
        text = self.path.read_text().partition("# Sandbox")[2].partition("# End of the sandbox")[0]
        return read(text)


def read(text: str) -> Lines:
    """Return names and values; remarks and headings are left out."""
    pairs = [line.partition("=") for line in text.splitlines() if not line.startswith(("#", "["))]
    return [(name, value) for name, sign, value in pairs if sign]


def units(form: str, suffix: str = "*") -> list[Unit]:
    """Return the files of one form."""
    paths = sorted((SHIPPED / form).glob(f"*.{suffix}"))
    return [Unit(path, read(path.read_text())) for path in paths]


def unit(form: str, name: str) -> Unit:
    """Return one file."""
    return Unit(SHIPPED / form / name, read((SHIPPED / form / name).read_text()))

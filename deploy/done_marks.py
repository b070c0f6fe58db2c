"""Marks of what was done last and how long it took, a file each, for monitoring to read.

They are no record: whoever has them knows that a night was a night. A mark that cannot be written
holds nothing up.
"""

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

BACKUP = "backup"
NIGHT = ("release", "probe", "seal", "verify", "purge", "look", "digest")
"""Parts of a night, in their order."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Mark:
    """That something was done.

    Attributes
    ----------
    at
        When it ended, in seconds since 1970.
    seconds
        How long it took.
    """

    at: float
    seconds: float


@contextmanager
def marked(folder: Path | None, name: str, failures: Sequence[str] = ()) -> Iterator[None]:
    """Mark something as done, if it ends well.

    Parameters
    ----------
    folder
        Where marks lie; without one nothing is marked.
    failures
        What failed so far: where there is more afterwards, it did not end well.
    """
    began, before = perf_counter(), len(failures)
    yield
    if folder is not None and len(failures) == before:
        mark = Mark(datetime.now(UTC).timestamp(), perf_counter() - began)
        try:
            _write(folder, name, mark)
        except OSError:
            _LOG.exception("a mark for monitoring was not written")


def mark_of(folder: Path, name: str) -> Mark | None:
    """Return a mark; none where it was never made, or is no mark."""
    try:
        said = json.loads((folder / f"{name}.json").read_text(encoding="ascii"))
        return Mark(float(said["at"]), float(said["seconds"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(folder: Path, name: str, mark: Mark) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{name}.draft"
    draft.write_text(json.dumps({"at": mark.at, "seconds": mark.seconds}), encoding="ascii")
    # In a city who backs up is another user than the staff site, which tells that it was done.
    draft.chmod(0o644)
    draft.replace(folder / f"{name}.json")

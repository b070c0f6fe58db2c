"""A file that has its name only once it is whole: a kill or a power cut leaves no half one."""

import fcntl
import glob
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SIDECARS = ("-wal", "-shm", "-journal")
"""What SQLite lays beside a file that is open."""

_DRAFT = "nilai-draft"


class FileThere(FileExistsError):
    """There is a file of that name already."""


@contextmanager
def whole_file(target: Path, *, replace: bool = False) -> Iterator[Path]:
    """Give an empty draft beside a file, which only its owner reads; it gets the name at the end.

    It is renamed once it is on the disk. Where the block fails nothing is left; what a kill left
    behind is cleared by the next one who writes the same file.

    Raises
    ------
    FileThere
        If the name is taken and not to be replaced.
    """
    _refuse_taken(target, replace=replace)
    _clear_drafts(target)
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.{_DRAFT}")
    handle = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)  # it is being written
        yield draft
        os.fsync(handle)
        _refuse_taken(target, replace=replace)
        draft.replace(target)
        _sync_folder(target.parent)
    finally:
        _remove(draft)
        os.close(handle)


def _refuse_taken(target: Path, *, replace: bool) -> None:
    if os.path.lexists(target) and not (replace and target.is_file()):
        raise FileThere(target)


def _clear_drafts(target: Path) -> None:
    for draft in target.parent.glob(f".{glob.escape(target.name)}.*.{_DRAFT}"):
        with draft.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue  # another one is writing it
            _remove(draft)


def _remove(draft: Path) -> None:
    """Remove a draft and, before it, what SQLite may have laid beside it."""
    for suffix in (*SIDECARS, ""):
        draft.with_name(draft.name + suffix).unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

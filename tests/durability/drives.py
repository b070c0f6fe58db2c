"""A drive of a test's own: it can lose its power, run full, and be told from one that keeps.

There are two ext4 file systems, one in the other. The inner one is the machine's disk: databases
lie there. It lives in a file of the outer one, through a loop device, which passes a flush on as
an fsync of that file. So the outer one stands for the drive: what the inner one wrote without a
flush is in the outer one's memory only, as in the cache of a drive.

A cut shuts the outer file system down by the ioctl that the kernel's own tests of power cuts use
(EXT4_IOC_SHUTDOWN without writing the journal). What was not flushed is gone, and nothing that
comes later gets there. Then both are mounted anew, and both replay their journals.
"""

import errno
import fcntl
import os
import shutil
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Self

_MEMORY = Path("/dev/shm")
_SHUTDOWN = 0x8004587D
_WITHOUT_THE_JOURNAL = 2
_PROGRAMS = ("losetup", "mkfs.ext4", "mount", "umount")
_MAY_MOUNT = 1 << 21  # CAP_SYS_ADMIN
_PREFIX = "nilai-drive-"
_TRIES = 200
_MIB = 1 << 20
_numbers = count(1)


def why_no_drive() -> str:
    """Return why no drive can be made on this machine; empty if it can."""
    missing = [each for each in _PROGRAMS if shutil.which(each, path=_path()) is None]
    status = Path("/proc/self/status").read_text()
    capabilities = int(status.partition("CapEff:")[2].split()[0], 16)
    if missing:
        return f"{', '.join(missing)} missing"
    if not capabilities & _MAY_MOUNT:
        return "mounting takes root"
    if not Path("/dev/loop-control").exists():
        return "no loop devices"
    return "" if "ext4" in Path("/proc/filesystems").read_text() else "no ext4"


@dataclass
class Drive:
    """A mounted drive, taken down at the end whatever happened.

    Attributes
    ----------
    megabytes
        Its size; the file system's own needs go off.
    """

    megabytes: int = 64

    @property
    def root(self) -> Path:
        """The folder at which it is mounted."""
        return self._folder / "disk"

    def __enter__(self) -> Self:
        _take_down_abandoned()
        parent = _MEMORY if _MEMORY.is_dir() else Path("/tmp")
        self._folder = parent / f"{_PREFIX}{os.getpid()}-{next(_numbers)}"
        try:
            self._make()
        except BaseException:
            _take_down(self._folder)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        _take_down(self._folder)

    def cut(self) -> None:
        """Cut the power: nothing that was not flushed is left, and nothing arrives any more."""
        drive = os.open(self._folder / "drive", os.O_RDONLY)
        try:
            fcntl.ioctl(drive, _SHUTDOWN, struct.pack("I", _WITHOUT_THE_JOURNAL))
        finally:
            os.close(drive)

    def mount_anew(self) -> None:
        """Let both file systems replay their journals; everything on it must have been closed."""
        _unmount(self.root)
        _unmount(self._folder / "drive")
        self._mount()

    @contextmanager
    def full(self) -> Iterator[None]:
        """Leave no byte free for a while."""
        ballast = self.root / "ballast"
        with ballast.open("wb", buffering=0) as taken:
            size = self.megabytes * _MIB
            while size:
                if not _take(taken.fileno(), size):
                    size //= 2
        try:
            yield
        finally:
            ballast.unlink()

    def _make(self) -> None:
        for name in ("drive", "disk"):
            (self._folder / name).mkdir(parents=True)
        outer = self._folder / "outer.img"
        with outer.open("wb") as made:
            made.truncate((self.megabytes * 5 // 4 + 24) * _MIB)
        _format(outer)
        _mount(outer, self._folder / "drive")
        # Written to the end, so that later writes stay in place: they touch no journal there.
        inner = self._folder / "drive" / "disk.img"
        with inner.open("wb") as made:
            for _ in range(self.megabytes):
                made.write(bytes(_MIB))
        _format(inner)
        with inner.open("rb") as made:
            os.fsync(made.fileno())
        _mount(inner, self.root)

    def _mount(self) -> None:
        _mount(self._folder / "outer.img", self._folder / "drive")
        _mount(self._folder / "drive" / "disk.img", self.root)


def _take(file: int, size: int) -> bool:
    """Make a file so much longer; tell whether there was room."""
    try:
        os.posix_fallocate(file, os.fstat(file).st_size, size)
    except OSError as refused:
        if refused.errno != errno.ENOSPC:
            raise
        return False
    return True


def _format(image: Path) -> None:
    now = "lazy_itable_init=0,lazy_journal_init=0,nodiscard"
    _run("mkfs.ext4", "-q", "-F", "-m", "0", "-E", now, str(image))


def _mount(image: Path, folder: Path) -> None:
    _run("mount", "-o", "loop", str(image), str(folder))


def _unmount(folder: Path) -> None:
    """Unmount, which also gives the loop device back; a killed process may still be leaving."""
    for _ in range(_TRIES):
        try:
            _run("umount", str(folder))
        except RuntimeError:
            time.sleep(0.05)
        else:
            return
    _run("umount", str(folder))


def _take_down(folder: Path) -> None:
    for name in ("disk", "drive"):
        if (folder / name).is_mount():
            _unmount(folder / name)
    shutil.rmtree(folder, ignore_errors=True)


def _take_down_abandoned() -> None:
    """Take down the drives of runs that were killed before they could do it themselves."""
    for parent in (_MEMORY, Path("/tmp")):
        for folder in parent.glob(f"{_PREFIX}*"):
            pid = folder.name.removeprefix(_PREFIX).partition("-")[0]
            if pid.isdecimal() and not Path("/proc", pid).exists():
                for name in ("disk", "drive"):
                    if (folder / name).is_mount():  # what that run started may still hold it
                        _run("umount", "--lazy", str(folder / name))
                shutil.rmtree(folder, ignore_errors=True)


def _path() -> str:
    return f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"


def _run(*command: str) -> None:
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": _path(), "LC_ALL": "C"},
    )
    if done.returncode:
        message = f"{' '.join(command)}: {done.stderr.strip()}"
        raise RuntimeError(message)

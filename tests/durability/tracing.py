"""The order in which a process asks the kernel for things, as strace saw it."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

CALLS = "fsync,fdatasync,sync_file_range,sendto,sendmsg,write,writev,recvfrom,recvmsg,read"
_REQUEST = re.compile(r'(recvfrom|recvmsg|read)\(.*"POST /l/|<\.\.\. (recvfrom|recvmsg|read) '
                      r'resumed>.*"POST /l/')  # fmt: skip
_REPLY = re.compile(r'(sendto|sendmsg|write|writev)\(.*"HTTP/1\.[01] 201 ')
_ON_DISK = re.compile(r"((fsync|fdatasync)\(|<\.\.\. (fsync|fdatasync) resumed>).*= 0$")


class NoStrace(RuntimeError):
    """The order of writing cannot be seen, so the suite cannot pass."""


def strace(trace: Path) -> list[str]:
    """Return the command that runs another one and writes what it asks for to a file.

    Raises
    ------
    NoStrace
        If it is missing and cannot be installed.
    """
    return [*_following(trace), "-s", "40", "-e", f"trace={CALLS}"]


def failing(trace: Path, database: Path) -> list[str]:
    """Return the command that runs another one and lets its disk fail now and then.

    Each thread's fourth flush of the database or its log, and every fifth from there, ends with an
    I/O error; so does its eleventh write and every 211th from there: a rating takes about twenty.

    Raises
    ------
    NoStrace
        If it is missing and cannot be installed.
    """
    files = [option for name in ("", "-wal") for option in ("-P", f"{database}{name}")]
    flushes, writes = "inject=fsync,fdatasync:error=EIO:when=4+5", "inject=pwrite64:error=EIO"
    calls = "trace=fsync,fdatasync,pwrite64"
    return [*_following(trace), *files, "-e", calls, "-e", flushes, "-e", f"{writes}:when=11+211"]


def injected(trace: Path) -> int:
    """Return how many calls were made to fail."""
    return trace.read_text(errors="replace").count("(INJECTED)")


def _following(trace: Path) -> list[str]:
    if shutil.which("strace") is None and os.geteuid() == 0:
        for step in (["update"], ["install", "--yes", "--no-install-recommends", "strace"]):
            subprocess.run(["apt-get", "-qq", *step], check=False)
    found = shutil.which("strace")
    if found is None:
        message = "strace is missing; install it (on Debian as root: apt-get install strace)."
        raise NoStrace(message)
    return [found, "-f", "--seccomp-bpf", "-qq", "-o", str(trace)]


def flushes_before_replies(trace: Path) -> list[int]:
    """Return, for each 201, how often the disk had confirmed since its request had come."""
    return list(_flushes(trace.read_text(errors="replace").splitlines()))


def _flushes(lines: list[str]) -> Iterator[int]:
    flushes: int | None = None
    for line in lines:
        if _REQUEST.search(line):
            flushes = 0
        elif flushes is not None and _ON_DISK.search(line):
            flushes += 1
        elif flushes is not None and _REPLY.search(line):
            yield flushes
            flushes = None

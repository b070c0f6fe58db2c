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
    if shutil.which("strace") is None and os.geteuid() == 0:
        for step in (["update"], ["install", "--yes", "--no-install-recommends", "strace"]):
            subprocess.run(["apt-get", "-qq", *step], check=False)
    found = shutil.which("strace")
    if found is None:
        message = "strace is missing; install it (on Debian as root: apt-get install strace)."
        raise NoStrace(message)
    return [
        found,
        "-f",
        "--seccomp-bpf",
        "-qq",
        "-s",
        "40",
        "-e",
        f"trace={CALLS}",
        "-o",
        str(trace),
    ]


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

"""Timers for where no systemd runs: `python -m deploy.timers watch`, or `backup`.

Each task is a process of its own with a time by which it ends, so nothing that hangs holds up what
comes after it.
"""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from survey.month import time_zone

EVERY = timedelta(minutes=5)
TRIES = 3
"""How often a night's task that fails is tried; then it waits for the next night."""

ZONE = "Asia/Jakarta"
"""Where two o'clock comes last in Indonesia: it is past two everywhere then."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Task:
    """What `nilai` is asked to do, again and again.

    Attributes
    ----------
    words
        The command; `{weekday}` in it is 1 for Monday to 7 for Sunday.
    limit
        How long it may take; then it is ended.
    begins
        From when on in the night it is due, once; None if it is due every time.
    """

    words: tuple[str, ...]
    limit: timedelta
    begins: timedelta | None = None


TASKS: Mapping[str, Sequence[Task]] = {
    "watch": (
        Task(("look",), timedelta(minutes=4)),
        Task(("nightly",), timedelta(hours=6), timedelta(hours=2, minutes=10)),
    ),
    # Late enough that the night has sealed: then no seal is newer than the newest backup.
    "backup": (
        Task(
            ("backup", "/backup/nilai-{weekday}.backup", "--replace"),
            timedelta(hours=6),
            timedelta(hours=4),
        ),
    ),
}


class Timers:
    """Runs what is due; a night that was missed is made up for when it starts."""

    def __init__(self, tasks: Sequence[Task], program: Sequence[str]) -> None:
        """Prepare to run tasks with a program, usually `nilai`."""
        self._tasks = tasks
        self._program = program
        self._tried: dict[Task, tuple[date, int]] = {}

    def run_due(self, at: datetime) -> None:
        """Run each task that is due, one after the other."""
        for task in self._tasks:
            night = _night_of(task, at)
            if night is None:
                self._run(task, at)
                continue
            before, tries = self._tried.get(task, (None, 0))
            tries = tries if before == night else 0
            if tries < TRIES:
                well = self._run(task, at)
                self._tried[task] = (night, TRIES if well else tries + 1)

    def _run(self, task: Task, at: datetime) -> bool:
        """Run one, and tell whether it ended well and in time."""
        weekday = at.astimezone(time_zone(ZONE)).isoweekday()
        words = [word.format(weekday=weekday) for word in task.words]
        # What it has started ends with it, so it is the first of a group.
        with subprocess.Popen([*self._program, *words], start_new_session=True) as process:  # noqa: S603
            try:
                code = process.wait(task.limit.total_seconds())
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                code = process.wait()
        if code:
            _LOG.error("nilai %s ended with %s", words[0], code)
        return code == 0


def _night_of(task: Task, at: datetime) -> date | None:
    if task.begins is None:
        return None
    return (at.astimezone(time_zone(ZONE)) - task.begins).date()


def main() -> None:
    """Run the tasks that the command line names, for ever."""
    timers = Timers(TASKS[sys.argv[1]], [str(Path(sys.executable).with_name("nilai"))])
    while True:
        timers.run_due(datetime.now(UTC))
        time.sleep(EVERY.total_seconds())


if __name__ == "__main__":
    main()

"""Timers without systemd: what is due is run, once a night, and nothing holds up the rest."""

import fcntl
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.nilai import main
from deploy.timers import TASKS, TRIES, Task, Timers

HOUR = timedelta(hours=1)
LOOK = Task(("look",), HOUR)
NIGHT = Task(("nightly",), HOUR, timedelta(hours=2, minutes=10))
EVENING = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)  # seven o'clock in Jakarta
NEXT_NIGHT = datetime(2026, 11, 22, 19, 10, tzinfo=UTC)  # ten past two there, on the next day

WRITES = """
import sys
with open({told!r}, "a") as file:
    file.write(" ".join(sys.argv[1:]) + "\\n")
sys.exit({code})
"""
HANGS = """
import fcntl, subprocess, sys
with open({told!r}, "a") as file:
    file.write(" ".join(sys.argv[1:]) + "\\n")
if sys.argv[1] == "nightly":
    held = open({told!r} + ".held", "w")
    fcntl.flock(held, fcntl.LOCK_EX)
    sleep = [sys.executable, "-c", "import time; time.sleep(3600)"]
    subprocess.run(sleep, pass_fds=[held.fileno()])
"""

Made = Callable[..., tuple[Timers, Callable[[], list[str]]]]


@pytest.fixture
def timers(tmp_path: Path) -> Made:
    """Give timers over a real program, and what that program has been asked for."""
    told = tmp_path / "told"
    told.touch()

    def make(
        *tasks: Task, program: str = WRITES, code: int = 0
    ) -> tuple[Timers, Callable[[], list[str]]]:
        source = program.format(told=str(told), code=code)
        made = Timers(tasks, [sys.executable, "-c", source])
        return made, lambda: told.read_text().splitlines()

    return make


def test_a_round_is_run_each_time_and_a_night_once(timers: Made) -> None:
    made, told = timers(LOOK, NIGHT)
    for minutes in (0, 5, 10):
        made.run_due(EVENING + timedelta(minutes=minutes))
    assert told() == ["look", "nightly", "look", "look"]


def test_the_next_night_begins_when_it_is_past_two_everywhere(timers: Made) -> None:
    made, told = timers(NIGHT)
    for at in (EVENING, NEXT_NIGHT - timedelta(minutes=1), NEXT_NIGHT, NEXT_NIGHT + 3 * HOUR):
        made.run_due(at)
    assert told() == ["nightly", "nightly"]


def test_a_night_that_fails_is_tried_again_and_then_waits_for_the_next(timers: Made) -> None:
    made, told = timers(NIGHT, code=1)
    for minutes in range(0, 60, 5):
        made.run_due(EVENING + timedelta(minutes=minutes))
    assert len(told()) == TRIES
    made.run_due(NEXT_NIGHT)
    assert len(told()) == TRIES + 1


def test_what_hangs_is_ended_with_all_that_it_started(timers: Made, tmp_path: Path) -> None:
    hanging = Task(("nightly",), timedelta(seconds=4), timedelta(hours=2))
    made, told = timers(hanging, LOOK, program=HANGS)
    made.run_due(EVENING)
    assert told() == ["nightly", "look"]
    with (tmp_path / "told.held").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # is free as soon as nobody is left who sleeps


def test_a_backup_carries_the_weekday_of_jakarta(timers: Made) -> None:
    made, told = timers(*TASKS["backup"])
    made.run_due(NEXT_NIGHT)
    assert told() == ["backup /backup/nilai-1.backup --replace"]


def test_every_task_is_a_command_there_is() -> None:
    assert {task.words[0] for tasks in TASKS.values() for task in tasks} <= set(main.commands)

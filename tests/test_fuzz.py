"""Inputs that nobody meant, to every form, batch and sheet: no error of ours, nothing invalid kept.

The sample is another one in every run unless `CI` is set; the long form is always the same. An
input is known by its seed and number, so that one that broke something can be taken again.
"""

import os
import traceback
from collections.abc import Callable, Iterator
from random import Random
from typing import Protocol

import pytest
import time_machine
from flask import request
from sqlalchemy import Engine

from survey import answers
from survey.database import writing
from tests.access_world import AT
from tests.factories import make_service
from tests.fuzz_public import TAPS, Citizens, Tablets
from tests.fuzz_staff import Sheets, StaffForms
from tests.record_factories import NOON
from tests.running_marks import next_mark


class Target(Protocol):
    """Something that takes inputs, one by one."""

    def take(self, by: Random) -> Iterator[str]: ...

    def after(self) -> Iterator[str]: ...


TARGETS: dict[str, Callable[[Engine], Target]] = {
    "citizens": Citizens,
    "tablets": Tablets,
    "forms": StaffForms,
    "sheets": Sheets,
}
SAMPLE = {"citizens": 300, "tablets": 300, "forms": 150, "sheets": 60}
LONG = {"citizens": 45_000, "tablets": 30_000, "forms": 20_000, "sheets": 5_000}
SEED = "nilai" if "CI" in os.environ else os.urandom(4).hex()
NOVEMBER = AT.replace(month=11)


def faults(target: Target, count: int, seed: str) -> Iterator[str]:
    """Yield what is wrong with the answers to so many inputs, and with what they left behind."""
    for number in range(count):
        for fault in faults_of(target, Random(f"{seed}/{number}")):
            yield f"input {number} of {seed}: {fault}"
    yield from (f"after {count} of {seed}: {fault}" for fault in target.after())


def faults_of(target: Target, by: Random) -> list[str]:
    try:
        return list(target.take(by))
    except Exception:  # noqa: BLE001 - whatever an input brings down is what is looked for
        return [traceback.format_exc(limit=-4)]


def run(engine: Engine, make: Callable[[Engine], Target], count: int, seed: str) -> list[str]:
    # Citizens and tablets come at one moment; the staff's sessions go by in November.
    is_staff = isinstance(make, type) and issubclass(make, StaffForms)
    with time_machine.travel(NOVEMBER if is_staff else NOON, tick=is_staff):
        return list(faults(make(engine), count, seed))


@pytest.mark.parametrize("name", TARGETS)
def test_no_input_breaks_anything(sqlite_engine: Engine, name: str) -> None:
    assert run(sqlite_engine, TARGETS[name], SAMPLE[name], SEED) == []


@pytest.mark.soak
@pytest.mark.timeout(6 * 60 * 60)
@pytest.mark.parametrize("name", TARGETS)
def test_none_of_a_hundred_thousand_inputs_breaks_anything(
    sqlite_engine: Engine, name: str
) -> None:
    assert sum(LONG.values()) == 100_000
    assert run(sqlite_engine, TARGETS[name], LONG[name], "nilai") == []


# The negative controls.


def test_a_site_that_takes_any_rating_is_noticed(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "_rating_problems", lambda _: [])
    assert any("ck_" in each for each in run(sqlite_engine, Tablets, 200, "nilai"))


def test_a_site_that_keeps_endless_comments_is_noticed(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "LONGEST_COMMENT", 10**6)
    found = run(sqlite_engine, Citizens, 400, "nilai")
    assert any("invalid in private_text" in each for each in found), found


class Forgetful(Citizens):
    """A phone that makes another visit of the same when it sends again."""

    def _take(self, by: Random) -> Iterator[str]:
        state = by.getstate()
        for again in (False, True):
            by.setstate(state)
            suffix, body, kind = self._input(by)
            status = self.client.post(self.path + suffix, data=body, content_type=kind).status_code
            said = int(status == 201 and not again)
            yield from self.record.wrong(status, said, table=TAPS, again=again)


def test_what_is_stored_twice_is_noticed(sqlite_engine: Engine) -> None:
    assert any("stored twice" in each for each in run(sqlite_engine, Forgetful, 50, "nilai"))


class Careless(StaffForms):
    """A site that keeps something before it looks at a form, and has a page that breaks."""

    def _next_chapter(self) -> Iterator[str]:
        yield from super()._next_chapter()
        self.app.before_request_funcs.setdefault(None, []).append(self._keep)
        self.app.view_functions["help_pages.show"] = lambda **_: ("", 500)

    def _keep(self) -> None:
        if request.method == "POST":
            with writing(self.engine) as session:
                make_service(session, self.place.unit_id, next_mark())


class CarelessSheets(Careless, Sheets):
    """The same, of the pages that take sheets."""


@pytest.mark.parametrize(
    ("careless", "said"), [(Careless, "422 and kept"), (CarelessSheets, "what was only shown")]
)
def test_a_site_that_keeps_what_it_refuses_is_noticed(
    sqlite_engine: Engine, careless: type[Careless], said: str
) -> None:
    found = run(sqlite_engine, careless, 20, "nilai")
    assert any(said in each for each in found)
    assert any("help_pages.show answered 500 afterwards" in each for each in found)

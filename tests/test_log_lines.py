"""The door of the log: whatever goes wrong, no line holds what a citizen or a colleague typed."""

import errno
import json
import logging
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from io import StringIO

import pytest
from pydantic import BaseModel
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from survey.database import writing
from survey.log_lines import FACTS, LogLine
from survey.settings import HOME, WrongSettings
from tests.factories import make_unit

PLANTED = (
    "203.0.113.77",
    "2001:db8::77",
    "KenariPeramban/9",
    "3171234509870001",
    "081298765432",
    "budi.santoso@contoh.example",
    "Budi Santoso",
    "/l/K3NAR1",
)
ALL = " ".join(PLANTED)
SHORT = f"{PLANTED[3]} {PLANTED[6]}"
OURS, THEIRS = logging.getLogger("survey.pages"), logging.getLogger("gunicorn.error")


def written(formatter: logging.Formatter, tell: Callable[[logging.Logger], None], name: str) -> str:
    """Return what a logger of a name writes through a formatter."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logger = logging.Logger(name)  # noqa: LOG001 - of its own: the real ones stay as they are
    logger.addHandler(handler)
    tell(logger)
    return stream.getvalue()


def found_in(lines: str) -> list[str]:
    return [planted for planted in PLANTED if planted in lines]


class Typed(BaseModel):
    age: int


def breaks_a_constraint(_logger: logging.Logger, engine: Engine) -> None:
    with writing(engine) as session:
        unit = make_unit(session)
        insert = "INSERT INTO service (unit_id, code, name) VALUES (:unit, :code, :code)"
        for _ in range(2):
            session.execute(text(insert), {"unit": unit, "code": SHORT})


def raises(error: Exception) -> Callable[[logging.Logger], None]:
    def tell(logger: logging.Logger) -> None:
        try:
            fails(error, ALL)
        except Exception:
            logger.exception("unexpected error")

    return tell


def fails(error: Exception, _value_of_the_frame: str) -> None:
    raise error


def chained(logger: logging.Logger) -> None:
    try:
        try:
            Typed.model_validate({"age": ALL})
        except ValueError as cause:
            raise KeyError(ALL) from cause
    except KeyError:
        logger.exception("unexpected error")


FAILURES: dict[str, Callable[[logging.Logger], None]] = {
    "a value in a message": lambda logger: logger.error("a tap from %s failed", ALL),
    "a value in a mapping": lambda logger: logger.error("a tap from %(ip)s", {"ip": ALL}),
    "an exception as a message": lambda logger: logger.error(ValueError(ALL)),
    "an exception's text": raises(ValueError(ALL)),
    "an exception's note": raises(_noted := ValueError()),
    "a file's name": raises(OSError(errno.ENOSPC, "full", f"/srv/{ALL}")),
    "a chain of exceptions": chained,
    "text that is no text": raises(UnicodeDecodeError("utf-8", ALL.encode(), 0, 1, ALL)),
    "facts that are none": lambda logger: logger.error(
        "x", extra={"remote_addr": ALL, "path": ALL}
    ),
}
_noted.add_note(ALL)

GUNICORNS: dict[str, Callable[[logging.Logger], None]] = {
    "a request's address": lambda log: log.error("Error handling request %s", ALL),
    "a malformed request": lambda log: log.warning(
        f"Invalid request from ip={PLANTED[0]}: '{ALL}'"  # noqa: G004
    ),
    "a header's name": lambda log: log.warning(f"Invalid HTTP Header: {ALL}"),  # noqa: G004
}


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("name", ["survey.pages", "sqlalchemy.pool", "gunicorn.error"])
def test_a_line_holds_no_value(failure: str, name: str) -> None:
    line = written(LogLine(), FAILURES[failure], name)
    assert found_in(line) == []
    assert json.loads(line)["from"] == name


@pytest.mark.parametrize("failure", GUNICORNS)
def test_a_line_of_gunicorn_holds_no_value(failure: str) -> None:
    line = written(LogLine(), GUNICORNS[failure], "gunicorn.error")
    assert found_in(line) == []
    assert json.loads(line)["event"]


@pytest.mark.parametrize("failure", sorted(set(FAILURES) - {"facts that are none"}))
def test_a_formatter_that_leaves_values_in_is_noticed(failure: str) -> None:
    assert found_in(written(logging.Formatter(), FAILURES[failure], "survey.pages"))


def test_what_a_database_refuses_is_told_by_its_code(engine: Engine) -> None:
    def tell(logger: logging.Logger) -> None:
        try:
            breaks_a_constraint(logger, engine)
        except IntegrityError:
            logger.exception("unexpected error")

    line = written(LogLine(), tell, "public")
    assert found_in(line) == []
    raised = json.loads(line)["raised"]
    assert raised[0]["class"] == "IntegrityError"
    assert raised[0]["code"] in {"23502", "IntegrityError"}
    # The control: as Python writes it, PostgreSQL's own words repeat what it was given.
    if engine.dialect.name == "postgresql":
        assert found_in(written(logging.Formatter(), tell, "public"))


def test_an_exception_is_told_by_class_code_and_place() -> None:
    line = json.loads(written(LogLine(), FAILURES["a file's name"], "survey.pages"))
    [raised] = line["raised"]
    assert (raised["class"], raised["code"]) == ("OSError", "ENOSPC")
    assert raised["at"][-1].startswith("tests/test_log_lines.py:")


def test_what_was_written_for_operators_is_told_in_words() -> None:
    sentence = "NILAI_LANGUAGES may name id."
    line = json.loads(written(LogLine(), raises(WrongSettings(sentence)), "gunicorn.error"))
    assert line["raised"][0]["says"] == sentence


def test_a_line_says_what_it_was_given_by_name() -> None:
    facts = dict.fromkeys(FACTS, "x")
    line = json.loads(written(LogLine(), lambda log: log.error("told", extra=facts), "survey"))
    assert line == {**line, **facts, "event": "told", "level": "error"}


def test_a_line_is_one_line() -> None:
    line = written(LogLine(), lambda log: log.error("one\ntwo", extra={"error": "a\nb"}), "survey")
    assert line.count("\n") == 1


TELLS = """
import logging
from survey.log_lines import write_log_lines
from survey.request_counts import _LOG
write_log_lines()
_LOG.info("a request")
_LOG.error("a failed request")
"""


@pytest.mark.parametrize(
    ("on_terminal", "told"),
    [(True, ["a failed request"]), (False, ["a request", "a failed request"])],
)
def test_a_terminal_is_told_of_failures_only(on_terminal: bool, told: list[str]) -> None:
    theirs, ours = pty.openpty() if on_terminal else os.pipe()
    subprocess.run([sys.executable, "-c", TELLS], stderr=ours, cwd=HOME, check=True, timeout=120)
    lines = os.read(theirs, 65536).decode().splitlines()
    os.close(theirs)
    os.close(ours)
    assert [json.loads(line)["event"] for line in lines] == told


def test_wrong_settings_still_stop_the_server_with_their_sentence() -> None:
    environment = {"NILAI_LANGUAGES": "xx", "NILAI_SECRET_KEY": "s" * 48, "PATH": "/usr/bin:/bin"}
    given = ["-c", str(HOME / "deploy" / "gunicorn.conf.py"), "-b", "127.0.0.1:0"]
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn", *given, "deploy.public:application()"],
        env=environment, cwd=HOME, capture_output=True, check=False, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode != 0
    assert "NILAI_LANGUAGES may name" in done.stderr

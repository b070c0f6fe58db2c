"""The one door of the log: an event is one line of JSON, which names nobody.

A line is made of what is known to be harmless, not cleaned of what is known to be bad. A message
is its fixed text, without the values that belong into it; beside it stand the few facts named
below. Of an exception stand its class, its code and where it was raised. Its text does not, because
databases and parsers quote what they were given; only exceptions that were written for the operator
(`for_operators`) speak.
"""

import errno
import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TextIO

FACTS = ("site", "endpoint", "method", "status", "within", "request", "error", "failure")
"""What a line may say beside its message, handed over as `extra`."""

OURS = frozenset({"survey", "kiosk", "aggregation", "deploy", "public", "staff", "api"})
"""The first words of loggers whose messages are fixed texts."""

_MOST_FRAMES = 40
_UNTIL_A_VALUE = re.compile(r"[^:=('\"`<\[{0-9@]*")


class LogLine(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        at = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, object] = {
            "at": at.isoformat(timespec="seconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "event": _event(record),
        }
        line |= {name: getattr(record, name) for name in FACTS if hasattr(record, name)}
        if record.exc_info and record.exc_info[1] is not None:
            line["raised"] = [told(error) for error in _chain(record.exc_info[1])]
        return json.dumps(line, ensure_ascii=False)


def write_log_lines(stream: TextIO | None = None) -> None:
    """Let whatever no other handler takes leave by this door, warnings and worse.

    A line for each request is written for whoever keeps them: on a terminal, where somebody tries
    the product or looks for an error, it would hide the lines that matter.

    Parameters
    ----------
    stream
        Where lines go; the standard error, unless told otherwise.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(LogLine())
    handler.setLevel(logging.WARNING if handler.stream.isatty() else logging.NOTSET)
    logging.basicConfig(handlers=[handler], level=logging.WARNING)


def told(error: BaseException) -> Mapping[str, object]:
    """Return what may be told of an exception: class, code, and the way to where it was raised."""
    said: dict[str, object] = {"class": type(error).__name__}
    if code := _code(error):
        said["code"] = code
    if getattr(error, "for_operators", False):
        said["says"] = str(error)
    return said | {"at": list(_frames(error.__traceback__))}


def _event(record: logging.LogRecord) -> str:
    """Return the fixed part of a message.

    Libraries sometimes put values into the text themselves: of theirs only what stands before
    anything like a value is kept, unless the values came apart.
    """
    if not isinstance(record.msg, str):
        return type(record.msg).__name__
    if record.args or record.name.partition(".")[0] in OURS:
        return record.msg
    begins = _UNTIL_A_VALUE.match(record.msg)
    return begins[0].strip() if begins else ""


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _code(error: BaseException) -> str | None:
    cause = getattr(error, "orig", None) or error  # the driver's, where SQLAlchemy wraps it
    state = getattr(cause, "sqlstate", None)
    if isinstance(state, str):
        return state
    if isinstance(cause, OSError) and cause.errno is not None:
        return errno.errorcode.get(cause.errno)
    return type(cause).__name__ if cause is not error else None


def _frames(trace: TracebackType | None) -> Iterator[str]:
    for frame, line in list(traceback.walk_tb(trace))[-_MOST_FRAMES:]:
        where = "/".join(Path(frame.f_code.co_filename).parts[-2:])
        yield f"{where}:{line} {frame.f_code.co_name}"

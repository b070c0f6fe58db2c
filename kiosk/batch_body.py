"""What a tablet's batch says, read strictly: either whole, or refused before anything is stored.

An item that can be named by its id is judged alone, so that one spoilt item never blocks the rest.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from kiosk.wire import NotBinary, to_bytes
from survey.item import GREATEST_SEQUENCE, read_id, read_instant, read_sequence

LARGEST_BODY = 512 * 1024
"""Bytes of a batch."""
MOST_RESPONSES = 50
MOST_STAMPS = 2 * MOST_RESPONSES
LONGEST_ETAG = 64
_MOST_WAITING = 2**31 - 1
_VERSION = re.compile(r"[A-Za-z0-9._+-]{1,40}")


class BadRequest(ValueError):
    """The body is not what `docs/tablet.md` says; nothing of it was stored."""


@dataclass(frozen=True, slots=True)
class SentItem:
    """A response as it lies in a batch, still closed.

    Attributes
    ----------
    device
        The earlier enrolment that it was tapped under; None for the sender's own.
    after, before
        Numbers of the stamps that the tap lies between.
    sealed
        The sealed response; None if it was sent open, and is `told`.
    wrong
        Why it cannot be looked at any further, as a stable word.
    """

    id: UUID
    device: UUID | None = None
    sequence: int | None = None
    after: int | None = None
    before: int | None = None
    sealed: bytes | None = None
    told: Mapping[str, Any] = field(default_factory=dict)
    wrong: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What a tablet tells of itself, as `kiosk.models.DeviceReport` keeps it."""

    version: str
    waiting: int
    set_aside: int
    next_sequence: int
    persisted: bool | None
    used_bytes: int | None
    quota_bytes: int | None
    battery: int | None
    charging: bool | None


@dataclass(frozen=True, slots=True)
class Batch:
    """The body of a batch.

    Attributes
    ----------
    stamps
        By the tablet's own number.
    clock
        The tablet's time when it sent the batch, if told.
    config
        The etag of the config that the tablet has.
    """

    items: tuple[SentItem, ...]
    stamps: Mapping[int, str]
    clock: datetime | None
    report: Report | None
    config: str | None


def read_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object that a body holds.

    Raises
    ------
    BadRequest
        If it holds anything else.
    """
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadRequest from error
    return _object(told)


def read_batch(body: bytes) -> Batch:
    """Return what a body says.

    Raises
    ------
    BadRequest
        If anything but a single item is not as it should be.
    """
    told = read_object(body)
    responses, stamps = told.get("responses"), _object(told.get("stamps", {}))
    if not isinstance(responses, list) or len(responses) > MOST_RESPONSES:
        raise BadRequest
    if len(stamps) > MOST_STAMPS or not all(isinstance(stamp, str) for stamp in stamps.values()):
        raise BadRequest
    clock = read_instant(told["clock"]) if told.get("clock") is not None else None
    report = _report(_object(told["report"])) if told.get("report") is not None else None
    config = told.get("config")
    if clock is None and (report is not None or told.get("clock") is not None):
        raise BadRequest
    if config is not None and not (isinstance(config, str) and len(config) <= LONGEST_ETAG):
        raise BadRequest
    return Batch(
        items=tuple(_item(_object(each)) for each in responses),
        stamps={_stamp_number(number): stamp for number, stamp in stamps.items()},
        clock=clock,
        report=report,
        config=config,
    )


def _item(told: dict[str, Any]) -> SentItem:
    response_id = read_id(told.get("id"))
    if response_id is None:  # no answer could name it
        raise BadRequest
    sequence = read_sequence(told.get("sequence"))
    if "sealed" not in told:
        return SentItem(response_id, sequence=sequence, told=told)
    try:
        return SentItem(
            response_id,
            device=_named(told, "device", read_id, "not_an_id"),
            sequence=sequence,
            after=_named(told, "after", read_sequence, "not_a_number"),
            before=_named(told, "before", read_sequence, "not_a_number"),
            sealed=to_bytes(told["sealed"]),
            wrong="not_a_number" if sequence is None else None,
        )
    except NotBinary:
        return SentItem(response_id, sequence=sequence, wrong="cannot_open")
    except _Wrong as wrong:
        return SentItem(response_id, sequence=sequence, wrong=wrong.reason)


class _Wrong(ValueError):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _named(told: Mapping[str, Any], name: str, read: Any, reason: str) -> Any:  # noqa: ANN401
    """Return a member that may be missing or null."""
    if told.get(name) is None:
        return None
    value = read(told[name])
    if value is None:
        raise _Wrong(reason)
    return value


def _report(told: Mapping[str, Any]) -> Report:
    version = told.get("version")
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        raise BadRequest
    return Report(
        version=version,
        waiting=_count(told.get("waiting"), _MOST_WAITING),
        set_aside=_count(told.get("set_aside"), _MOST_WAITING),
        next_sequence=_count(told.get("next_sequence"), GREATEST_SEQUENCE + 1),
        persisted=_flag(told.get("persisted")),
        used_bytes=_count_if_told(told.get("used_bytes"), GREATEST_SEQUENCE),
        quota_bytes=_count_if_told(told.get("quota_bytes"), GREATEST_SEQUENCE),
        battery=_count_if_told(told.get("battery"), 100),
        charging=_flag(told.get("charging")),
    )


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadRequest
    return value


def _stamp_number(written: str) -> int:
    if not (written.isascii() and written.isdecimal() and len(written) <= len(str(2**53))):
        raise BadRequest
    return int(written)


def _count(value: object, most: int) -> int:
    if type(value) is not int or not 0 <= value <= most:
        raise BadRequest
    return value


def _count_if_told(value: object, most: int) -> int | None:
    return None if value is None else _count(value, most)


def _flag(value: object) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise BadRequest
    return value

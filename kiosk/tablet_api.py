"""What tablets ask of the server: enrolment, contact, batches (`docs/tablet.md`)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from threading import BoundedSemaphore, Lock
from typing import Any

from flask import Blueprint, Response, jsonify, request
from sqlmodel import Session
from werkzeug.exceptions import RequestEntityTooLarge

from kiosk import enrolments, rotating_code, seals, stamps
from kiosk.batch_body import LARGEST_BODY, BadRequest, read_object
from kiosk.batches import SignedBatch, StaleNonce, Taken, take_batch
from kiosk.devices import NONCE_PURPOSE, Revoked, UnknownDevice, find_device, nonce_of
from kiosk.enrolments import PIN_ROUNDS, Applicant, OtherDesk, Pin, use_code
from kiosk.models import Device
from kiosk.signatures import BadSignature, NotATabletKey, check_key, check_signature
from kiosk.stamps import Stamp, write_stamp
from kiosk.tablet_config import tablet_config
from kiosk.wire import NotBinary, to_bytes, to_instant, to_text
from survey.database import reading, writing
from survey.desks import RatedDesk, desk_by_id
from survey.errors import RETRY_AFTER, problem
from survey.item import read_id, read_instant
from survey.meter import TABLET_ITEMS, meter_of
from survey.site import here
from survey.spelling import typed

LONGEST_CODE = 40
SMALL_BATCH = 8 * 1024
"""Bytes up to which a batch never has to come again: a citizen may be waiting for the receipt."""
tablet_api = Blueprint("tablet_api", __name__, url_prefix="/api/kiosk/v1")


class UnknownCode(LookupError):
    """The code is wrong, used, expired, or was guessed at too often."""


class Busy(Exception):
    """Another large batch is being taken, and one more waits."""


_ROOM, _LARGE = BoundedSemaphore(2), Lock()


@tablet_api.post("/enrolments")
def enrol() -> tuple[Response, int]:
    """Make a tablet one of a desk's, by a one-time code."""
    now = datetime.now(UTC)
    applicant, clock = _read_applicant(request.get_data())
    key = here().settings.key(enrolments.PURPOSE)
    answer: dict[str, Any] | None = None
    with writing(here().engine) as session:
        enrolled = use_code(session, applicant, now, key=key)
        if enrolled is not None:
            answer = _welcome(session, *enrolled, offset=now - clock)
    if answer is None:  # a wrong try was counted, and stays counted
        raise UnknownCode
    return jsonify(answer), 201


@tablet_api.get("/contact")
def contact() -> Response:
    """Tell a tablet the time, and what its next batch signs; it changes nothing."""
    now, clock = datetime.now(UTC), read_instant(request.args.get("clock"))
    device_id = read_id(request.args.get("device"))
    if clock is None or device_id is None:
        raise BadRequest
    with reading(here().engine) as session:
        device = find_device(session, device_id)
        if device.revoked_at is not None:
            raise Revoked
        return jsonify(_in_touch(device, now, now - clock))


@tablet_api.post("/responses")
def take() -> tuple[Response, int]:
    """Take a batch of responses, and what the tablet reports of itself."""
    with _one_large_at_a_time():
        return _take()


def _take() -> tuple[Response, int]:
    request.max_content_length = LARGEST_BODY
    now = datetime.now(UTC)
    device_id = read_id(request.headers.get("Nilai-Device"))
    if device_id is None:
        raise UnknownDevice
    try:
        signature = to_bytes(request.headers.get("Nilai-Signature"))
    except NotBinary as error:
        raise BadSignature from error
    nonce = request.headers.get("Nilai-Nonce", "")
    sent = SignedBatch(device_id, nonce, signature, request.get_data())
    taken = take_batch(here().engine, sent, now, here().settings)
    meter = meter_of(here().engine)
    for result in taken.results:
        meter.add(TABLET_ITEMS, result.status)
    answer = {
        "results": [{**asdict(result), "id": str(result.id)} for result in taken.results],
        "nonce": taken.nonce,
        "time": to_instant(now),
        "stamp": taken.stamp,
        **_config_if_changed(taken),
    }
    return jsonify(answer), 201 if taken.results else 200


@contextmanager
def _one_large_at_a_time() -> Iterator[None]:
    """Take one large batch after the other, let one more wait, and send others away for a while.

    When the network is back, two hundred tablets send at once; citizens never wait behind them.
    """
    if request.content_length is not None and request.content_length <= SMALL_BATCH:
        yield
        return
    if not _ROOM.acquire(blocking=False):
        raise Busy
    try:
        with _LARGE:
            yield
    finally:
        _ROOM.release()


def _read_applicant(body: bytes) -> tuple[Applicant, datetime]:
    """Return who asks to be enrolled, and the time on its clock; the signature is checked.

    Raises
    ------
    BadRequest
        If the body does not say it, or was not signed by the key in it.
    """
    told = read_object(body)
    code, clock, previous = told.get("code"), read_instant(told.get("clock")), told.get("previous")
    previous_id = read_id(previous)
    if not isinstance(code, str) or clock is None or (previous is not None and not previous_id):
        raise BadRequest
    spelt = typed(code[:LONGEST_CODE])
    try:
        key, signature = to_bytes(told.get("key")), to_bytes(told.get("signature"))
        check_key(key)
        check_signature(key, f"nilai enrol 1\n{spelt}\n{told['key']}", signature)
    except (NotBinary, NotATabletKey, BadSignature, UnicodeEncodeError) as error:
        raise BadRequest from error
    return Applicant(spelt, key, previous_id), clock


def _welcome(session: Session, device: Device, pin: Pin, *, offset: timedelta) -> dict[str, Any]:
    settings = here().settings
    desk = desk_by_id(session.connection(), device.desk_id, settings.key("desk"))
    code_key = rotating_code.code_key(settings.key(rotating_code.PURPOSE), device.id)
    return {
        "device": str(device.id),
        "desk": desk.code,
        "seal_key": to_text(seals.seal_key(settings.key(seals.PURPOSE))),
        "code_key": to_text(code_key),
        "pin": {"salt": to_text(pin.salt), "hash": to_text(pin.hash), "rounds": PIN_ROUNDS},
        **_in_touch(device, device.enrolled_at, offset),
        "config": _config(session, desk),
    }


def _in_touch(device: Device, at: datetime, offset: timedelta) -> dict[str, str]:
    settings = here().settings
    return {
        "nonce": nonce_of(device.id, device.contacts, settings.key(NONCE_PURPOSE)),
        "time": to_instant(at),
        "stamp": write_stamp(Stamp(device.id, at, offset), settings.key(stamps.PURPOSE)),
    }


def _config(session: Session, desk: RatedDesk) -> dict[str, Any]:
    return tablet_config(session, desk, here().settings, here().languages)


def _config_if_changed(taken: Taken) -> dict[str, Any]:
    def look_up() -> dict[str, Any]:
        with reading(here().engine) as session:
            return _config(session, taken.desk)

    config = here().recent_configs.get(taken.desk.code, look_up)
    return {} if config["etag"] == taken.config else {"config": config}


@tablet_api.errorhandler(UnknownCode)
def _unknown_code(_error: UnknownCode) -> Response:
    return problem(404, "No such code, or no longer.", reason="unknown_code")


@tablet_api.errorhandler(OtherDesk)
def _other_desk(_error: OtherDesk) -> Response:
    return problem(409, "The tablet stood at another desk before.", reason="other_desk")


@tablet_api.errorhandler(BadRequest)
def _bad_request(_error: BadRequest) -> Response:
    return problem(422, "The body is not as it should be.", reason="bad_request")


@tablet_api.errorhandler(UnknownDevice)
def _unknown_device(_error: UnknownDevice) -> Response:
    return problem(404, "No such tablet.", reason="unknown_device")


@tablet_api.errorhandler(Revoked)
def _revoked(_error: Revoked) -> Response:
    return problem(403, "The tablet was revoked.", reason="revoked")


@tablet_api.errorhandler(BadSignature)
def _bad_signature(_error: BadSignature) -> Response:
    return problem(401, "The tablet did not sign this.", reason="bad_signature")


@tablet_api.errorhandler(StaleNonce)
def _stale_nonce(error: StaleNonce) -> Response:
    return problem(401, "Sign again.", reason="stale_nonce", nonce=error.nonce)


@tablet_api.errorhandler(Busy)
def _busy(_error: Busy) -> Response:
    answer = problem(503, "Others are sending; come again.", reason="busy")
    answer.headers["Retry-After"] = str(RETRY_AFTER)
    return answer


@tablet_api.errorhandler(RequestEntityTooLarge)
def _too_large(_error: RequestEntityTooLarge) -> Response:
    return problem(413, "At most 512 KiB at once.", reason="too_large")

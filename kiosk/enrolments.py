"""One-time codes that make a tablet one of a desk's: issued by an operator, used once (§10).

The first half of a code finds it and the second is guessed against it, so that five wrong tries
can be counted. Neither code nor PIN is kept, nor written into the log.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete
from sqlmodel import Session, col, select

from kiosk.models import Device, Enrolment
from survey.desks import DeskClosed, RatedDesk
from survey.log import Act, record
from survey.spelling import ALPHABET, grouped, random_letters

PURPOSE = "tablet enrolment"
"""What the settings' key is for that codes are kept under."""
LASTS = timedelta(minutes=10)
MOST_TRIES = 5
LENGTH = 8
PIN_DIGITS = 6
PIN_ROUNDS = 200_000
_SALT_BYTES = 16
_NAME = 4


class OtherDesk(Exception):
    """The tablet stood at another desk, and may still keep responses of it."""


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A code and the attendant's PIN, shown once.

    Attributes
    ----------
    code
        As it is printed: ``7K3M-Q9TX``.
    pin
        Six digits.
    """

    code: str
    pin: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Applicant:
    """A tablet that asks to be enrolled.

    Attributes
    ----------
    code
        In its one spelling (`survey.spelling.typed`).
    public_key
        As `kiosk.signatures.check_key` takes it.
    previous
        Its earlier enrolment, if it had one.
    """

    code: str
    public_key: bytes
    previous: UUID | None = None


@dataclass(frozen=True, slots=True)
class Pin:
    """What a tablet checks the attendant's PIN against, without a network."""

    salt: bytes
    hash: bytes


def issue_code(
    session: Session, desk: RatedDesk, at: datetime, *, actor: str, key: bytes
) -> IssuedCode:
    """Issue a code for a desk; others that were issued for it stay as they are.

    Parameters
    ----------
    key
        The settings' key for `PURPOSE`.

    Raises
    ------
    DeskClosed
        If the desk is closed.
    """
    if not desk.active:
        raise DeskClosed(desk.name)
    session.execute(delete(Enrolment).where(col(Enrolment.expires_at) <= at))
    code = _new_code(session)
    pin = f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}d}"
    salt = secrets.token_bytes(_SALT_BYTES)
    session.add(
        Enrolment(
            name=code[:_NAME],
            unit_id=desk.unit_id,
            desk_id=desk.id,
            digest=_digest(code, key),
            pin_salt=salt,
            pin_hash=pin_hash(pin, salt),
            expires_at=at + LASTS,
        )
    )
    record(session, Act("tablet.code_issued", actor, f"desk {desk.id}", {}, desk.unit_id), at)
    return IssuedCode(grouped(code), pin, at + LASTS)


def use_code(
    session: Session, applicant: Applicant, at: datetime, *, key: bytes
) -> tuple[Device, Pin] | None:
    """Enrol a tablet, or count a wrong try and return None: the caller commits in both cases.

    Parameters
    ----------
    key
        The settings' key for `PURPOSE`.

    Raises
    ------
    OtherDesk
        If the code is right and the tablet stood at another desk; the code stays good.
    """
    enrolment = _found(session, applicant.code, at, key)
    if enrolment is None:
        return None
    previous = session.get(Device, applicant.previous) if applicant.previous else None
    if previous is not None and previous.desk_id != enrolment.desk_id:
        raise OtherDesk
    device = Device(
        id=uuid4(),
        unit_id=enrolment.unit_id,
        desk_id=enrolment.desk_id,
        public_key=applicant.public_key,
        enrolled_at=at,
        succeeds=previous.id if previous else None,
    )
    session.add(device)
    session.flush()
    enrolment.device_id = device.id
    facts = {"device": str(device.id)}
    act = Act("tablet.enrolled", "tablet", f"desk {device.desk_id}", facts, device.unit_id)
    record(session, act, at)
    return device, Pin(enrolment.pin_salt, enrolment.pin_hash)


def spend_code(session: Session, code: str, at: datetime, *, key: bytes) -> int | None:
    """Use a code up for a browser that can keep nothing; return its desk, or None as `use_code`.

    Parameters
    ----------
    key
        The settings' key for `PURPOSE`.
    """
    enrolment = _found(session, code, at, key)
    if enrolment is None:
        return None
    desk_id, unit_id = enrolment.desk_id, enrolment.unit_id
    session.delete(enrolment)
    record(session, Act("tablet.opened_plain", "tablet", f"desk {desk_id}", {}, unit_id), at)
    return desk_id


def pin_hash(pin: str, salt: bytes) -> bytes:
    """Return what is kept of a PIN: 32 bytes that a browser computes too."""
    return hashlib.pbkdf2_hmac("sha256", pin.encode(), salt, PIN_ROUNDS)


def _found(session: Session, code: str, at: datetime, key: bytes) -> Enrolment | None:
    """Return the row that a code opens, held until the transaction ends; count a wrong try."""
    if len(code) != LENGTH or not set(code) <= set(ALPHABET):
        return None
    query = select(Enrolment).where(col(Enrolment.name) == code[:_NAME]).with_for_update()
    enrolment = session.exec(query).one_or_none()
    if (
        enrolment is None
        or enrolment.device_id is not None
        or enrolment.expires_at <= at
        or enrolment.wrong_tries >= MOST_TRIES
    ):
        return None
    if not hmac.compare_digest(enrolment.digest, _digest(code, key)):
        enrolment.wrong_tries += 1
        return None
    return enrolment


def _new_code(session: Session) -> str:
    """Return a code whose first half no other one has at present."""
    code = random_letters(LENGTH)
    while session.get(Enrolment, code[:_NAME]) is not None:
        code = random_letters(LENGTH)
    return code


def _digest(code: str, key: bytes) -> bytes:
    return hmac.digest(key, b"enrolment " + code.encode(), hashlib.sha256)

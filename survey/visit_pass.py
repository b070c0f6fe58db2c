"""A pass: what a scan of a tablet's code leads to; one visit, ten minutes (method §10).

A pass is a signed text that names the desk, the time of the scan and a random part. The id of the
response is derived from it, so a scan is one visit however often its page is opened, and nothing
has to be stored for it.
"""

import hashlib
import hmac
from calendar import timegm
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from survey.spelling import ALPHABET, random_letters, spell
from survey.visit_token import VisitToken

GOOD_FOR = timedelta(minutes=10)
PURPOSE = "pass"
"""What the settings' key is for that passes are signed with."""
_DESK, _TIME, _RANDOM, _SIGNATURE = 6, 7, 13, 13  # letters of five bits
LENGTH = _DESK + _TIME + _RANDOM + _SIGNATURE


class UnknownPass(LookupError):
    """The pass was not made here."""


class ScanAgain(Exception):
    """The code was scanned too long ago, or is no code of the desk's screen: scan it again."""


class VisitRated(Exception):
    """The visit of the pass is recorded already."""


@dataclass(frozen=True, slots=True)
class VisitPass:
    """What a pass says.

    Attributes
    ----------
    desk
        The six letters that name the desk (`Desk.public_key`).
    visit
        The id of its response, and when the code was scanned, to the second.
    """

    desk: str
    visit: VisitToken

    def check_fresh(self, at: datetime) -> None:
        """Check that a new visit may still be rated.

        Raises
        ------
        ScanAgain
            If the scan is more than ten minutes ago.
        """
        if at - self.visit.at > GOOD_FOR:
            raise ScanAgain


def new_pass(desk: str, at: datetime, key: bytes) -> str:
    """Return a new pass for a desk; no two are alike."""
    seconds = timegm(at.utctimetuple())
    said = desk + _number(seconds) + random_letters(_RANDOM)
    return said + _signature(said, key)


def read_pass(text: str, key: bytes) -> VisitPass:
    """Return what a pass in its one spelling says (`survey.spelling.typed`).

    Raises
    ------
    UnknownPass
        If it was not made here.
    """
    said, signature = text[:-_SIGNATURE], text[-_SIGNATURE:]
    if len(text) != LENGTH or not set(text) <= set(ALPHABET):
        raise UnknownPass
    if not hmac.compare_digest(signature.encode(), _signature(said, key).encode()):
        raise UnknownPass
    seconds = _read_number(said[_DESK : _DESK + _TIME])
    response_id = hmac.digest(key, b"response " + said.encode(), hashlib.sha256)[:16]
    visit = VisitToken(UUID(bytes=response_id, version=4), datetime.fromtimestamp(seconds, UTC))
    return VisitPass(said[:_DESK], visit)


def _signature(said: str, key: bytes) -> str:
    return spell(hmac.digest(key, b"pass " + said.encode(), hashlib.sha256), _SIGNATURE)


def _number(seconds: int) -> str:
    return spell((seconds << 5).to_bytes(5, "big"), _TIME)


def _read_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * len(ALPHABET) + ALPHABET.index(letter)
    return number

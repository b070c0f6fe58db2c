"""Citizens who open a desk's page and tap, and remember what they were told."""

import http.client
import re
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from time import sleep
from urllib.parse import urlencode
from uuid import UUID

from survey.settings import Settings
from survey.visit_token import RATE, read_token

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_RECEIPT = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b")
_TRY_AGAIN = 503
_TRIES = 400


class Unavailable(Exception):
    """The site said that nothing was recorded and to send the same again.

    Attributes
    ----------
    retry_after
        When, in seconds, as the header says; empty when it was not there.
    """

    def __init__(self, retry_after: str) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


_BROKEN = (OSError, http.client.HTTPException, Unavailable)


@dataclass(frozen=True)
class Receipted:
    """What a citizen was told: recorded (201) or known (200), with a receipt."""

    id: UUID
    receipt: str
    status: int


@dataclass
class Crowd:
    """Citizens at one desk, each tapping again and again until enough taps were acknowledged.

    A citizen whose connection breaks sends the same page again, as a browser's reload does.

    Attributes
    ----------
    refused
        The header Retry-After of each 503 so far.
    """

    settings: Settings
    port: int
    path: str
    wanted: int
    receipted: list[Receipted] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)
    _enough: Event = field(default_factory=Event)

    def tap(self, citizens: int, disturb: Callable[[], None], every: int) -> None:
        """Let citizens tap; disturb the site each time so many taps more were acknowledged."""
        threads = [Thread(target=self._tap_until_enough) for _ in range(citizens)]
        for thread in threads:
            thread.start()
        for goal in range(every, self.wanted, every):
            while len(self.receipted) < goal and any(thread.is_alive() for thread in threads):
                sleep(0.005)
            disturb()
        for thread in threads:
            thread.join()

    def tap_once(self, connection: http.client.HTTPConnection) -> Receipted:
        """Open the page and tap one face."""
        return self._send(connection, *self._open(connection))

    def _tap_until_enough(self) -> None:
        connection = connect(self.port)
        while not self._enough.is_set():
            try:
                response_id, body = self._open(connection)
            except _BROKEN:
                connection = self._reconnected(connection)
                continue
            for _ in range(_TRIES):
                try:
                    self._remember(self._send(connection, response_id, body))
                    break
                except Unavailable as busy:
                    self.refused.append(busy.retry_after)
                except _BROKEN:
                    connection = self._reconnected(connection)
        connection.close()

    def _remember(self, told: Receipted) -> None:
        with self._lock:
            if told.status not in {200, 201} or not told.receipt:
                self.unexpected.append(f"{told.status} {told.receipt}")
            self.receipted.append(told)
            if len(self.receipted) >= self.wanted:
                self._enough.set()

    def _open(self, connection: http.client.HTTPConnection) -> tuple[UUID, str]:
        connection.request("GET", self.path)
        hidden = dict(_HIDDEN.findall(_read(connection)[1]))
        token = read_token(hidden["token"], self.settings.key("token"), RATE, self.path)
        return token.id, urlencode({**hidden, "KESELURUHAN": "4"})

    def _send(
        self, connection: http.client.HTTPConnection, response_id: UUID, body: str
    ) -> Receipted:
        connection.request("POST", self.path, body, FORM)
        status, page = _read(connection)
        shown = _RECEIPT.search(page)
        return Receipted(response_id, shown[0] if shown else "", status)

    def _reconnected(self, broken: http.client.HTTPConnection) -> http.client.HTTPConnection:
        broken.close()
        for _ in range(_TRIES):
            with suppress(OSError):
                return connect(self.port)
            sleep(0.05)
        return connect(self.port)


def _read(connection: http.client.HTTPConnection) -> tuple[int, str]:
    answer = connection.getresponse()
    page = answer.read().decode()
    if answer.status == _TRY_AGAIN:
        sleep(0.05)
        raise Unavailable(answer.getheader("Retry-After", ""))
    return answer.status, page


def connect(port: int) -> http.client.HTTPConnection:
    """Return a kept-alive connection to the site."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.connect()
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection

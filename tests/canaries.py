"""Citizens who leave planted things wherever a request can carry them, and the search for them.

A canary is a text that occurs nowhere else. What a citizen writes into a comment is apart from all
others, because it is kept on purpose, for its time (method §9).
"""

import hashlib
import http.client
import json
import os
import re
import socket
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlencode

from sqlalchemy import Engine
from sqlmodel import Session

from survey.desks import RatedDesk
from survey.tickets import issue_tickets
from tests.durability.citizens import FORM, connect
from tests.factories import all_nine
from tests.record_factories import everything_in
from tests.tablet_factories import MadeTablet

HIDDEN = (
    "203.0.113.", "2001:db8:cafe:", "KenariPeramban", "3171999", "0812999", "NOMOR-KENARI",
    "rujukan-kenari", "xx-kenari", "kenari-jejak", "kue-kenari", "jalan-kenari", "medan-kenari",
)  # fmt: skip
"""The common part of everything that is planted outside comments: none of it may stay anywhere."""

SAID = ("3174888", "0813888")
"""The common part of the NIK and the phone number in comments."""

KINDS = ("poster", "slip", "tablet", "lost")
BATCH = "/api/kiosk/v1/responses"


@dataclass
class Citizens:
    """Citizens of one desk, each with canaries of their own.

    Attributes
    ----------
    slips
        Addresses of slips that are still to be used.
    addresses
        Where requests claimed to come from.
    rated
        How many ratings were acknowledged.
    """

    port: int
    path: str
    slips: list[str]
    tablet: MadeTablet
    addresses: list[str] = field(default_factory=list)
    rated: int = 0
    statuses: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._connection: http.client.HTTPConnection = connect(self.port)

    def go_home(self) -> None:
        """Close what is open."""
        self._connection.close()

    def visit(self, number: int) -> None:
        """Let one citizen rate, in one of the ways there are."""
        match KINDS[number % len(KINDS)]:
            case "tablet":
                self._touch(number)
            case "slip" if self.slips:
                self._rate(number, self.slips.pop())
            case "lost":
                self._get_lost(number)
                self._rate(number, self.path)
            case _:
                self._rate(number, self.path)

    def _rate(self, number: int, path: str) -> None:
        nik = f"nik=3171999{number:09d}&antrean=NOMOR-KENARI-{number}"
        page = self._ask(number, "GET", f"{path}?{nik}")
        form = hidden(page) | {"KESELURUHAN": str(1 + number % 4)}
        thanks = self._ask(number, "POST", path, urlencode(form), FORM)
        self.rated += self.statuses[-1] == http.HTTPStatus.CREATED
        more = hidden(thanks) | all_nine() | {"WAKTU": "3", "comment": comment(number)}
        self._ask(number, "POST", f"{path}/lanjut", urlencode(more | {"SEX": "P"}), FORM)

    def _touch(self, number: int) -> None:
        now = datetime.now(UTC)
        self.tablet.keep(1 + number % 4, at=now, comment=comment(number), profile={"AGE": "26-35"})
        body = self.tablet.body(at=now)
        answer = self._ask(number, "POST", BATCH, body, self.tablet.headers(body))
        self.rated += self.statuses[-1] == http.HTTPStatus.CREATED
        told = json.loads(answer)
        self.tablet.nonce = str(told["nonce"])
        self.tablet.stamped(str(told["stamp"]))
        self.tablet.kept.clear()

    def _get_lost(self, number: int) -> None:
        """Go wrong in all the ways that leave traces in other people's logs."""
        code = quote(f"jalan-kenari-{number}")
        self._ask(number, "GET", f"/l/{code}")
        self._ask(number, "GET", f"/t/NOMOR-KENARI-{number}")
        self._ask(number, "GET", f"/resi/{code}")
        self._ask(number, "DELETE", self.path)
        wrong = {"token": code, "medan-kenari": code, "KESELURUHAN": f"3171999{number:09d}"}
        self._ask(number, "POST", self.path, urlencode(wrong), FORM)
        self._ask(number, "POST", BATCH, b'{"medan-kenari": 1}', {"Nilai-Device": code})
        self._ask(number, "GET", f"/staff/masuk?email=kenari-jejak-{number}@contoh.example")
        for broken in (
            f"GET /jalan-kenari-{number} HTTP/9",
            f"GET / HTTP/1.1\r\nmedan-kenari {code}",
        ):
            with socket.create_connection(("127.0.0.1", self.port), timeout=30) as raw:
                raw.sendall(f"{broken}\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n".encode())
                raw.recv(1000)

    def _ask(
        self,
        number: int,
        method: str,
        path: str,
        body: str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> str:
        sent = planted(number) | dict(headers or {})
        self.addresses.append(sent["X-Forwarded-For"])
        self._connection.request(method, path, body, sent)
        answer = self._connection.getresponse()
        self.statuses.append(answer.status)
        return answer.read().decode()


def planted(number: int) -> dict[str, str]:
    """Return headers as a phone behind a proxy might send them, all of them telling."""
    seen = f"203.0.113.{number % 250}" if number % 2 else f"2001:db8:cafe::{number:x}"
    return {
        "X-Forwarded-For": seen,
        "X-Real-IP": seen,
        "Forwarded": f'for="{seen}"',
        "User-Agent": f"KenariPeramban/{number} (0812999{number:06d})",
        "Referer": f"https://rujukan-kenari-{number}.example/?nik=3171999{number:09d}",
        "Accept-Language": f"id, xx-kenari-{number};q=0.1",
        "X-Request-ID": f"kenari-jejak-{number}",
        "Traceparent": f"00-kenari-jejak-{number}-01",
        "Cookie": f"kue-kenari={number}",
    }


def comment(number: int) -> str:
    """Return a comment with a NIK and a phone number in it."""
    return f"Antrean lama. NIK saya 3174888{number:09d}, hubungi 0813888{number:05d}."


def slips_for(session: Session, desk: RatedDesk, count: int) -> list[str]:
    """Return the addresses of new slips."""
    today = datetime.now(UTC).date()
    return [f"/t/{slip.token}" for slip in issue_tickets(session, desk, count, today)]


def hidden(page: str) -> dict[str, str]:
    """Return the hidden fields of a page's first form."""
    form = page.partition("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))


def found_in_rows(engine: Engine, sought: Iterable[str]) -> set[tuple[str, str]]:
    """Return in which tables which canaries stand, text by text of every column."""
    wanted = list(sought)
    return {
        (table, canary)
        for table, rows in everything_in(engine).items()
        for row in rows
        for canary in wanted
        if canary in row
    }


def found_in_files(files: Iterable[Path], sought: Iterable[bytes]) -> set[tuple[str, bytes]]:
    """Return in which files which canaries stand, byte by byte."""
    wanted = list(sought)
    return {
        (file.name, canary)
        for file in files
        for content in [file.read_bytes()]
        for canary in wanted
        if canary in content
    }


def digests_of(texts: Iterable[str]) -> Iterator[bytes]:
    """Return the usual digests of texts: an address may be stored in disguise."""
    for text in texts:
        for name in ("md5", "sha1", "sha256", "blake2b"):
            digest = hashlib.new(name, text.encode()).digest()
            yield from (digest, digest.hex().encode())


def as_bytes(texts: Iterable[str]) -> list[bytes]:
    return [os.fsencode(text) for text in texts]

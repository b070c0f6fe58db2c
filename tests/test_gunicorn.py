"""The server that is shipped, on a port: it names nobody and takes no request with two ends."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.migrate import upgrade
from tests.durability.running import CONFIGURATION, RunningSite

WAITS = 60
"""Seconds for a slow machine to start and answer; a quick one needs two."""

ASK = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
TWO_ENDS = {
    "length and chunks": b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
    "a sign before the length": b"Content-Length: +4\r\n\r\nabcd",
    "a hidden encoding": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "an underlined header": b"Content_Length: 4\r\nContent-Length: x\r\n\r\nabcd",
}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("gunicorn")
    url = f"sqlite:///{folder}/nilai.db"
    upgrade(url)
    with serving(folder, url, CONFIGURATION) as site:
        yield site.port


def serving(folder: Path, url: str, configuration: Path) -> RunningSite:
    environment = {"NILAI_DATABASE_URL": url, "NILAI_SECRET_KEY": "s" * 48}
    return RunningSite(environment, configuration=configuration, log=folder / "gunicorn.log")


def said(port: int, request: bytes) -> bytes:
    """Return all that the server says to a request until it hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=WAITS) as line:
        line.sendall(request)
        answer = b""
        while more := line.recv(65536):
            answer += more
        return answer


def headers(answer: bytes) -> set[str]:
    lines = answer.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
    return {line.partition(":")[0].lower() for line in lines}


def test_the_server_does_not_name_itself(port: int) -> None:
    for path in (b"/healthz", b"/", b"/no-such-page"):
        answer = said(port, ASK.replace(b"/healthz", path))
        assert {"content-security-policy", "date"} <= headers(answer)
        assert not headers(answer) & {"server", "x-powered-by", "via"}
        assert b"gunicorn" not in answer.lower()


def test_a_server_that_names_itself_is_noticed(tmp_path: Path) -> None:
    url, plain = f"sqlite:///{tmp_path}/nilai.db", tmp_path / "plain.conf.py"
    upgrade(url)
    plain.write_text("workers = 1\ncontrol_socket_disable = True\n")
    with serving(tmp_path, url, plain) as site:
        assert "server" in headers(said(site.port, ASK))


@pytest.mark.parametrize("way", sorted(TWO_ENDS))
def test_a_request_with_two_ends_is_refused(port: int, way: str) -> None:
    start = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    smuggled = b"GET /smuggled HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    answer = said(port, start + TWO_ENDS[way] + smuggled)
    assert answer.split(b" ")[1][:1] in {b"4", b"5"}
    assert answer.count(b"HTTP/1.1 ") == 1

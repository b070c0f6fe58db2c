"""The server that is shipped, on a port: it names nobody and takes no request with two ends."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from deploy.migrate import upgrade
from tests.durability.running import CONFIGURATION, RunningSite

WAITS = 60
"""Seconds for a slow machine to start and answer; a quick one needs two."""

SHARE, MORE = 32, 40
"""How many connections a process takes on PostgreSQL, and some more than that."""

CALM = 15
"""So many readings one after the other, a tenth of a second apart, say that no more is taken."""

ESTABLISHED = "01"

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


def line_to(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=WAITS)


def said(port: int, request: bytes) -> bytes:
    """Return all that the server says to a request until it hangs up."""
    with line_to(port) as line:
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


def until_opened(environ: WSGIEnvironment, start: StartResponse) -> list[bytes]:
    """Keep whoever asks waiting until there is a file."""
    while not Path(environ["HTTP_GATE"]).exists():
        time.sleep(0.01)
    start("200 OK", [])
    return [b"open"]


@pytest.mark.parametrize(
    ("options", "taken"), [("", SHARE), (f"--worker-connections {MORE}", MORE)]
)
def test_a_busy_process_takes_its_share_and_leaves_the_others_at_the_socket(
    tmp_path: Path, options: str, taken: int
) -> None:
    """Whoever was taken goes with a process that dies; the next one finds whoever was left."""
    gate = tmp_path / "open"
    ask = ASK.replace(b"Host", f"Gate: {gate}\r\nHost".encode())
    environment = {
        "NILAI_DATABASE_URL": "postgresql://nowhere",
        "GUNICORN_CMD_ARGS": f"--workers 1 {options}",
    }
    with ExitStack() as held, RunningSite(environment, f"{__name__}:until_opened") as site:
        callers = [held.enter_context(line_to(site.port)) for _ in range(MORE)]
        for caller in callers:
            caller.sendall(ask)
        wait_until_taken(site, taken)
        site.kill_a_worker()
        gate.touch()
        assert sum(is_answered(caller) for caller in callers) == MORE - taken


def wait_until_taken(site: RunningSite, taken: int) -> None:
    """Wait until the one process holds so many connections, and would have taken one more."""
    readings = [0]
    while len(readings) < WAITS * 10:
        time.sleep(0.1)
        readings.append(connections_of(site))
        if min(readings[-CALM:]) >= taken:
            return
    pytest.fail(f"{readings[-1]} of {taken} taken")


def connections_of(site: RunningSite) -> int:
    """Return how many connections were taken; one that waits at the socket has no inode yet."""
    rows = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    here = f"0100007F:{site.port:04X}"
    of_site = (row for row in map(str.split, rows) if (row[1], row[3]) == (here, ESTABLISHED))
    return sum(row[9] != "0" for row in of_site)


def is_answered(caller: socket.socket) -> bool:
    try:
        return caller.recv(65536).startswith(b"HTTP/1.1 200")
    except ConnectionResetError:
        return False

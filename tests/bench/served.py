"""A site served by gunicorn for a benchmark: started, asked, its CPU time read, ended."""

import http.client
import re
import socket
from collections.abc import Mapping
from urllib.parse import urlencode

from tests.bench.costs import cpu_of
from tests.durability.running import RunningSite

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


class Served(RunningSite):
    """A site that tells what it cost."""

    def connect(self) -> http.client.HTTPConnection:
        """Return a kept-alive connection to it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def cpu_seconds(self) -> float:
        """Return the CPU time of the leader and its workers so far."""
        return sum(cpu_of(pid) for pid in self.pids())


def served(application: str, environment: Mapping[str, str], nice: int = 0) -> Served:
    """Serve an application factory with the shipped gunicorn settings on a free port.

    Parameters
    ----------
    nice
        By how much it leaves the processor to others (0 to 19).
    """
    return Served(environment, application, nice=nice)


def rate(connection: http.client.HTTPConnection, path: str) -> None:
    """Open a desk's page and tap, as a phone does."""
    connection.request("GET", path)
    tap(connection, path, hidden_fields(connection.getresponse().read().decode()))


def tap(connection: http.client.HTTPConnection, path: str, fields: Mapping[str, str]) -> None:
    """Tap on a page that was opened before."""
    connection.request("POST", path, urlencode({**fields, "KESELURUHAN": "4"}), FORM)
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 201, answer.status


def hidden_fields(page: str) -> dict[str, str]:
    """Return the hidden fields of a page's form."""
    return dict(_HIDDEN.findall(page))

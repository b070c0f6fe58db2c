"""Figures for monitoring, on a port that only this machine can reach.

Every worker tries to have the port; the one that has it answers for all. When it ends, another
takes its place.
"""

import logging
import socketserver
import threading
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from socket import AF_INET, AF_INET6

from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector, CollectorRegistry
from sqlalchemy import Engine

from deploy.figures import Figures, Gauges
from deploy.migrate import is_current
from survey.settings import Settings

PATH = "/metrics"
AGAIN_AFTER = 1.0
"""Seconds until a worker asks once more whether the port is free."""

STOPS_WITHIN = 5.0
_LOG = logging.getLogger(__name__)


class Exporter:
    """Serves figures until it is stopped."""

    def __init__(self, address: tuple[str, int], collector: Collector) -> None:
        """Prepare to serve what is collected anew each time somebody asks."""
        registry = CollectorRegistry()
        registry.register(collector)
        self._address = address
        self._read = lambda: generate_latest(registry)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="exporter", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, and give the port back."""
        self._stopping.set()
        self._thread.join(STOPS_WITHIN)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                server = _Server(self._address, self._read)
            except OSError:  # another worker has it
                self._stopping.wait(AGAIN_AFTER)
                continue
            with server:
                while not self._stopping.is_set():
                    server.handle_request()


def exporters(settings: Settings, engine: Engine, gauges: Sequence[Gauges]) -> Sequence[Exporter]:
    """Return what serves an installation's figures; nothing where that is not asked for."""
    if settings.metrics is None:
        return ()
    return (Exporter(settings.metrics, Figures(settings, engine, is_current, gauges)),)


class _Server(HTTPServer):
    timeout = 0.5

    def __init__(self, address: tuple[str, int], read: Callable[[], bytes]) -> None:
        self.read = read
        self.address_family = AF_INET6 if ip_address(address[0]).version == 6 else AF_INET  # noqa: PLR2004
        super().__init__(address, _Answer)

    def server_bind(self) -> None:
        """Take the port; the base class would ask a name server for this machine's name."""
        socketserver.TCPServer.server_bind(self)

    def handle_error(self, _request: object, _client: object) -> None:
        _LOG.exception("figures were asked for and not given")


class _Answer(BaseHTTPRequestHandler):
    timeout = 5
    server: _Server

    def do_GET(self) -> None:
        found = self.path.partition("?")[0] == PATH
        body = self.server.read() if found else b""
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", CONTENT_TYPE_LATEST)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def version_string(self) -> str:
        return "nilai"

    def log_message(self, *_: object) -> None:
        """Say nothing: a line for each time somebody asks helps nobody."""

"""A site on a port of this machine, for a browser to open."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server


class _Silent(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[BaseWSGIServer]:
    """Give a running server; its port is known before the `app` that it is given."""
    server = make_server(
        "127.0.0.1",
        0,
        lambda _environ, _start: [],
        threaded=True,
        request_handler=_Silent,
        ssl_context=tls,
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        # Also when a test fails within: a server that goes on keeps the run from ending.
        server.shutdown()
        thread.join()
        server.server_close()

"""How gunicorn serves: one process with threads on SQLite, several on PostgreSQL."""

import multiprocessing
import os
from typing import Any

from gunicorn.http.wsgi import Response

_ON_POSTGRESQL = os.environ.get("NILAI_DATABASE_URL", "sqlite").startswith("postgresql")

worker_class = "gthread"
# SQLite has one writer at a time: more processes would only wait for each other.
workers = 2 * multiprocessing.cpu_count() + 1 if _ON_POSTGRESQL else 1
threads = 4 if _ON_POSTGRESQL else 8
timeout = 60
graceful_timeout = 30
keepalive = 5
backlog = 512
# A second instance on the machine would take over the socket of the first.
control_socket_disable = True
# No access log: addresses and times of citizens are not kept (method §9).
accesslog = None
errorlog = "-"
# A warning would name the address of a client whose request was malformed.
loglevel = "error"
# No header may say where the site is mounted; gunicorn takes SCRIPT_NAME from a local proxy.
forwarder_headers = ""

_usual_headers = Response.default_headers


def _without_the_servers_name(response: Response) -> list[str]:
    """Return an answer's first lines without the one that names the program; no setting does it."""
    return [line for line in _usual_headers(response) if not line.startswith("Server:")]


Response.default_headers = _without_the_servers_name


def post_worker_init(worker: object) -> None:
    """Start what a site brings along, once the worker serves it."""
    if watch := _watch_of(worker):
        watch.start()


def worker_exit(_server: object, worker: object) -> None:
    """Stop it with the worker; one that never served has none."""
    if watch := _watch_of(worker):
        watch.stop()


def _watch_of(worker: object) -> Any:  # noqa: ANN401 - the public site knows no watch
    return getattr(getattr(worker, "wsgi", None), "watch", None)

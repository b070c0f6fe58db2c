"""How gunicorn serves: one process with threads on SQLite, several on PostgreSQL."""

import multiprocessing
import os
from typing import Any

from gunicorn.http.wsgi import Response

from deploy.shared_rows import SharedRows

_ON_POSTGRESQL = os.environ.get("NILAI_DATABASE_URL", "sqlite").startswith("postgresql")

worker_class = "gthread"
# SQLite has one writer at a time: more processes would only wait for each other.
workers = 2 * multiprocessing.cpu_count() + 1 if _ON_POSTGRESQL else 1
threads = 4 if _ON_POSTGRESQL else 8
# Among several processes, whoever waits is left at the socket, where the next free one finds him.
worker_connections = 8 * threads if _ON_POSTGRESQL else 1000
timeout = 60
graceful_timeout = 30
keepalive = 5
backlog = 512
# A second instance on the machine would take over the socket of the first.
control_socket_disable = True
# No access log: addresses and times of citizens are not kept (method §9).
accesslog = None
errorlog = "-"
logger_class = "deploy.gunicorn_log.DiscreetLog"
# A warning tells of a client whose request was malformed: anybody could fill the disk with them.
loglevel = "error"
# No header may say where the site is mounted; gunicorn takes SCRIPT_NAME from a local proxy.
forwarder_headers = ""

_usual_headers = Response.default_headers


def _without_the_servers_name(response: Response) -> list[str]:
    """Return an answer's first lines without the one that names the program; no setting does it."""
    return [line for line in _usual_headers(response) if not line.startswith("Server:")]


Response.default_headers = _without_the_servers_name

_COUNTS = SharedRows(2 * workers + 2)  # while workers are replaced there are more of them


def pre_fork(server: Any, worker: Any) -> None:  # noqa: ANN401 - gunicorn ships no types
    """Give a new worker a row of counts that no other one writes."""
    worker.nilai_row = _COUNTS.free(each.nilai_row for each in server.WORKERS.values())


def post_worker_init(worker: Any) -> None:  # noqa: ANN401
    """Start what a site brings along, once the worker serves it."""
    if start := getattr(worker.wsgi, "start", None):
        start(_COUNTS.rows, worker.nilai_row)


def worker_exit(_server: object, worker: object) -> None:
    """Stop it with the worker; one that never served has none."""
    if stop := getattr(getattr(worker, "wsgi", None), "stop", None):
        stop()

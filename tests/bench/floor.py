"""The floor that a durable rating is measured against: a bare form and one durable insert.

Flask and gunicorn as they come, a static page, and one row committed to SQLite with the same
durability (WAL, synchronous=FULL): nothing can be leaner and still keep a rating.
"""

import os
import threading

from flask import Flask, request
from pysqlite3 import dbapi2 as sqlite

PAGE = (
    "<!doctype html><html lang=id><title>Nilai</title><form method=post>"
    + "".join(f"<button name=rating value={n}>{n}</button>" for n in (1, 2, 3, 4))
    + "</form></html>"
)
_local = threading.local()


def _connection() -> sqlite.Connection:
    if not hasattr(_local, "connection"):
        _local.connection = sqlite.connect(os.environ["FLOOR_DATABASE"], isolation_level=None)
        _local.connection.execute("PRAGMA journal_mode=WAL")
        _local.connection.execute("PRAGMA synchronous=FULL")
        _local.connection.execute("CREATE TABLE IF NOT EXISTS rating (value INTEGER NOT NULL)")
    return _local.connection


def application() -> Flask:
    """Return the bare site."""
    app = Flask(__name__)

    @app.get("/")
    def form() -> str:
        return PAGE

    @app.post("/")
    def rate() -> tuple[str, int]:
        value = (int(request.form["rating"]),)
        _connection().execute("INSERT INTO rating (value) VALUES (?)", value)
        return "ok", 201

    return app

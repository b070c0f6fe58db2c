"""Sites that break a promise, so that the tests of that promise can be seen to fail."""

import os
from collections.abc import Callable, Iterable
from io import BytesIO
from queue import SimpleQueue
from threading import Thread
from time import sleep
from typing import Any
from urllib.parse import parse_qs

from flask import Flask, Response
from sqlalchemy import event

from kiosk.app import public_site
from survey.database import open_engine
from survey.receipt import receipt_for
from survey.settings import settings_from
from survey.visit_token import RATE, read_token

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
PAUSE = 0.2
"""Seconds between two rounds of commits, as a site that gathers them would have."""


def replies_before_commit() -> Wsgi:
    """Return a site that says 201 at once and stores what was sent a little later."""
    settings = settings_from(os.environ)
    site = public_site(settings, open_engine(settings.database_url), lambda _: True)
    waiting: SimpleQueue[tuple[dict[str, Any], bytes]] = SimpleQueue()

    def store() -> None:
        while True:
            sleep(PAUSE)
            while not waiting.empty():
                environ, body = waiting.get()
                Response.from_app(site, {**environ, "wsgi.input": BytesIO(body)}, buffered=True)

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "POST":
            return site(environ, start_response)
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        waiting.put((environ, body))
        token = read_token(
            parse_qs(body.decode())["token"][0], settings.key("token"), RATE, environ["PATH_INFO"]
        )
        reply = receipt_for(token.id, settings.key("receipt")).encode()
        start_response("201 CREATED", [("Content-Length", str(len(reply)))])
        return [reply]

    Thread(target=store, daemon=True).start()
    return answer


def does_not_wait_for_the_disk() -> Flask:
    """Return a site whose commits are not on the disk yet when it answers."""
    settings = settings_from(os.environ)
    engine = open_engine(settings.database_url)
    event.listen(engine, "connect", lambda db, _: db.execute("PRAGMA synchronous=NORMAL"))
    return public_site(settings, engine, lambda _: True)


def does_not_wait_for_others() -> Flask:
    """Return a site that gives up at once when another one writes."""
    settings = settings_from(os.environ)
    engine = open_engine(settings.database_url)
    event.listen(engine, "connect", lambda db, _: db.execute("PRAGMA busy_timeout=0"))
    return public_site(settings, engine, lambda _: True)


def does_not_wait_for_postgresql() -> Flask:
    """Return a site whose commits PostgreSQL acknowledges before they are on the disk."""
    settings = settings_from(os.environ)
    engine = open_engine(settings.database_url)

    def hurry(connection: Any, _record: object) -> None:  # noqa: ANN401
        connection.execute("SET synchronous_commit = off")
        connection.commit()

    event.listen(engine, "connect", hurry)
    return public_site(settings, engine, lambda _: True)

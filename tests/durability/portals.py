"""What may stand between a tablet and its server: portals of guest networks, and newer apps."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from flask import Flask
from werkzeug.wrappers import Request, Response

from tests.served import serving

API = "/api/kiosk/"
RECEIPT = "ABCD-EFGH"
Answer = Callable[[Request], Response | None]
"""Answers in the server's stead; None lets the request through."""
StartResponse = Callable[..., Any]


class Between:
    """Stands before a site: lets requests through, or answers the tablet's in its stead.

    Attributes
    ----------
    answer
        What answers the requests of the tablet's queue.
    rewrite
        What the tablet's scripts and pages are changed by on their way.
    asked
        Method and path of each request of the queue.
    """

    def __init__(self, site: Flask) -> None:
        self.site = site
        self.answer: Answer = let_through
        self.rewrite: Callable[[str, str], str] = lambda _path, text: text
        self.real_path: Callable[[str], str] = lambda path: path
        self.asked: list[tuple[str, str]] = []

    def __call__(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        if request.path.startswith(API):
            self.asked.append((request.method, request.path.removeprefix(API)))
            body = request.get_data()
            instead = self.answer(request)
            environ["wsgi.input"] = BytesIO(body)
            return (instead or self.site)(environ, start)
        if not request.path.startswith(("/kiosk/", "/static/tablet.")):
            return self.site(environ, start)
        environ["PATH_INFO"] = self.real_path(request.path)
        environ.pop("HTTP_ACCEPT_ENCODING", None)
        whole = Response.from_app(self.site, environ, buffered=True)
        whole.set_data(self.rewrite(request.path, whole.get_data(as_text=True)))
        return whole(environ, start)


@contextmanager
def served(between: Between) -> Iterator[str]:
    with serving() as server:
        server.app = between
        yield f"http://127.0.0.1:{server.port}"


def let_through(_request: Request) -> None:
    """Answer nothing: the server does."""


def no_network(_request: Request) -> Response:
    """Answer as a proxy whose server is gone."""
    return Response("Bad gateway", 502)


def right_looking(request: Request, status: int = 200) -> Response:
    """Answer what the server would, were it the server."""
    if request.method == "GET":
        told: dict[str, Any] = {"nonce": "AAAA", "time": "2026-10-05T03:12:44Z", "stamp": "AAAA"}
    else:
        items = request.get_json()["responses"]
        results = [
            {"id": each["id"], "status": "recorded", "receipt": RECEIPT, "reason": None}
            for each in items
        ]
        told = {"results": results, "nonce": "A", "time": "2026-10-05T03:12:44Z", "stamp": "A"}
    return Response(json.dumps(told), status, mimetype="application/json")


def cut_off(request: Request) -> Response:
    """Begin the right answer, and stop in its middle."""
    whole = right_looking(request, 201).get_data()
    return Response(whole[: len(whole) // 2], 201, mimetype="application/json")


def of_another(request: Request) -> Response:
    """Acknowledge an id that nobody sent."""
    whole = right_looking(request, 201).get_data(as_text=True)
    return Response(re.sub(r'"id": "[0-9a-f]{8}', '"id": "00000000', whole), 201)


def without_receipt(request: Request) -> Response:
    """Acknowledge without a receipt."""
    whole = right_looking(request, 201).get_data(as_text=True)
    return Response(whole.replace(f'"{RECEIPT}"', "null"), 201)


PORTALS: dict[str, Answer] = {
    "a page of HTML": lambda _: Response("<h1>Selamat datang di Wi-Fi</h1>", 200),
    "a page of HTML as 201": lambda _: Response("<h1>Selamat datang di Wi-Fi</h1>", 201),
    "a redirect": lambda _: Response("", 302, {"Location": "/resi/"}),
    "nothing": lambda _: Response("", 204),
    "half of the answer": cut_off,
    "the right answer, but 200": right_looking,
    "another's answer": of_another,
    "no receipt": without_receipt,
    "a bad gateway": no_network,
}


def only_posts(answer: Answer) -> Answer:
    """Let contacts through and answer the batches, so that the tablet gets as far as it can."""
    return lambda request: answer(request) if request.method == "POST" else None

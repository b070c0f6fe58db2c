"""An application that tells what reached it: what a proxy passes on, as gunicorn understands it."""

import json
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment


def application() -> object:
    """Return it, from nothing."""

    def told(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        said = {name: value for name, value in environ.items() if isinstance(value, str)}
        said["read"] = str(len(environ["wsgi.input"].read()))
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(said).encode()]

    return told

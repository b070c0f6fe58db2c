"""Requests whose text no database can keep."""

from flask import Flask, request
from werkzeug.exceptions import BadRequest

_NUL = "\0"


class NulInText(BadRequest):
    """An address or a form holds a zero byte, which PostgreSQL cannot keep in a text."""


def refuse_nul(app: Flask) -> None:
    """Refuse such a request as a bad one, before any view looks something up by it."""

    @app.before_request
    def _check() -> None:
        sent = [request.path, *request.args, *request.args.values()]
        sent += [text for pair in request.form.items(multi=True) for text in pair]
        if any(_NUL in text for text in sent):
            raise NulInText

"""Answers that anybody may keep for a few minutes: they are the same for all who ask alike."""

from flask import Response, request

KEPT = "public, max-age=300"
"""A publication that is withdrawn is gone from every cache five minutes later."""


def kept(body: str | bytes, mimetype: str = "text/html", *, in_languages: bool = True) -> Response:
    """Return an answer with its ETag, or 304 to whoever has it already.

    Parameters
    ----------
    in_languages
        Whether it is in the language that the browser likes best.
    """
    answer = Response(body, mimetype=mimetype)
    answer.headers["Cache-Control"] = KEPT
    if in_languages:
        answer.headers["Vary"] = "Accept-Language"
    answer.add_etag()
    answer.make_conditional(request)
    return answer

"""What the contract says of every operation alike: its scope, and how it may refuse."""

from typing import Any

from flask import Response, request
from flask_openapi3.models.info import Info
from pydantic import BaseModel

from aggregation.access.token_scopes import TokenScope
from survey.errors import PROBLEM

BEARER = "token"
PER_PAGE = 200
"""Rows of one page of a long answer."""

INFO = Info(
    title="Nilai Loket",
    version="1",
    description=(
        "What a closed month says, for the programs of HR, and visits, from the queue machine. "
        "Numbers that are rounded are strings, so that 87.10 stays 87.10."
    ),
)
SECURITY_SCHEMES: dict[str, Any] = {
    BEARER: {
        "type": "http",
        "scheme": "bearer",
        "description": "A token that was made on the staff site, in the header Authorization.",
    }
}

_REFUSALS = {
    400: "The request cannot be read.",
    401: "There is no token that holds.",
    403: "The token's scopes do not include this.",
    404: "There is no such thing within the token's branch.",
    405: "The address knows other methods; see Allow.",
    406: "Answers are application/json.",
    422: "Some values are wrong; errors says which.",
    429: "Too many requests in a minute.",
    500: "A fault of ours.",
    503: "The site cannot serve this now; see Retry-After.",
}
_OF_BODIES = {413: "The body is too large.", 415: "Send application/json."}


def told(
    scope: TokenScope,
    summary: str,
    description: str,
    answer: type[BaseModel],
    *,
    takes_body: bool = False,
) -> dict[str, Any]:
    """Return what the contract says of an operation.

    Parameters
    ----------
    answer
        What comes with status 200.
    takes_body
        Whether it is given something, rather than asked.
    """
    refusals = _REFUSALS | _OF_BODIES if takes_body else _REFUSALS
    responses: dict[str, Any] = {"200": answer}
    if not takes_body:
        responses["304"] = {"description": "Nothing changed since the ETag that was sent."}
    return {
        "summary": summary,
        "description": description,
        "security": [{BEARER: [scope.value]}],
        "responses": responses | {str(code): _refusal(text) for code, text in refusals.items()},
    }


def sent(answer: BaseModel, seen: str | None = None) -> Response:
    """Send an answer with its ETag, or 304 to whoever has it already.

    Parameters
    ----------
    seen
        What stands for the answer, if it is more than its own bytes.
    """
    response = Response(answer.model_dump_json(by_alias=True), mimetype="application/json")
    if seen is None:
        response.add_etag()
    else:
        response.set_etag(seen, weak=True)
    response.make_conditional(request)
    return response


def _refusal(text: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": text, "content": {PROBLEM: {"schema": schema}}}

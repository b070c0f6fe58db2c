"""The contract itself: as OpenAPI for programs, and as one page for the people who write them.

The page is made here from the contract: it loads no script and nothing from elsewhere.
"""

from dataclasses import dataclass
from typing import Any, cast

from flask import Blueprint, Response, current_app, json, render_template
from flask_openapi3.openapi import OpenAPI

from aggregation.site.guard import open_to_anybody

documentation = Blueprint("documentation", __name__)

_SCHEMAS = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class Named:
    """A parameter, a field or an answer, with what is said of it."""

    name: str
    kind: str
    required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation as the page shows it."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    scope: str
    parameters: list[Named]
    body: str | None
    answers: list[Named]


@documentation.get("/openapi.json")
@open_to_anybody
def contract() -> Response:
    """Send the contract."""
    return Response(json.dumps(_contract(), sort_keys=False), mimetype="application/json")


@documentation.get("/docs")
@open_to_anybody
def page() -> str:
    """Show the contract."""
    said = _contract()
    schemas = said["components"]["schemas"]
    return render_template(
        "aggregation/api_docs.html",
        info=said["info"],
        server=said["servers"][0]["url"],
        operations=_operations(said),
        models=[(name, _fields(schema), schema) for name, schema in sorted(schemas.items())],
    )


def _contract() -> dict[str, Any]:
    said: dict[str, Any] = cast("OpenAPI", current_app).api_doc
    return said


def _operations(said: dict[str, Any]) -> list[Operation]:
    return [
        Operation(
            id=each["operationId"],
            method=method.upper(),
            path=path,
            summary=each["summary"],
            description=each["description"],
            scope=" ".join(next(iter(each["security"][0].values()))),
            parameters=[
                Named(
                    p["name"],
                    _kind(p["schema"]),
                    p.get("required", False),
                    p.get("description") or p["schema"].get("description", ""),
                )
                for p in each.get("parameters", ())
            ],
            body=_content(each.get("requestBody", {})) or None,
            answers=[
                Named(code, _content(answer), required=False, description=answer["description"])
                for code, answer in each["responses"].items()
            ],
        )
        for path, methods in said["paths"].items()
        for method, each in methods.items()
    ]


def _fields(schema: dict[str, Any]) -> list[Named]:
    required = schema.get("required", ())
    return [
        Named(name, _kind(each), name in required, each.get("description", ""))
        for name, each in schema.get("properties", {}).items()
    ]


def _content(part: dict[str, Any]) -> str:
    return ", ".join(_kind(each["schema"]) for each in part.get("content", {}).values())


def _kind(schema: dict[str, Any]) -> str:
    """Say in a word or two what a value is."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(_SCHEMAS)
    if "anyOf" in schema:
        # A number that is written as text is taken as either; it is sent as text.
        kinds = [_kind(each) for each in schema["anyOf"] if each.get("type") != "number"]
        return " | ".join(dict.fromkeys(kinds))
    if schema.get("type") == "array":
        return f"{_kind(schema['items'])}[]"
    if "enum" in schema:
        return " | ".join(map(json.dumps, schema["enum"]))
    return str(schema.get("format") or schema.get("type", "object"))

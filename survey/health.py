"""Is the site alive, and is it ready? For whoever watches over the server, not for people."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Blueprint, Flask, Response, current_app, jsonify
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from survey.database import UnsafeDatabase
from survey.site import here
from survey.verification import warnings_of

SchemaCheck = Callable[[Connection], bool]
"""Tells whether a database has the schema that this program was written for."""

health = Blueprint("health", __name__)
_CHECK = "schema_check"


def watch(app: Flask, is_current: SchemaCheck) -> None:
    """Give an application its two addresses."""
    app.extensions[_CHECK] = is_current
    app.register_blueprint(health)


@health.get("/healthz")
def alive() -> Response:
    """Answer as long as the process can answer at all."""
    return jsonify(status="alive")


@health.get("/readyz")
def ready() -> tuple[Response, int]:
    """Answer 200 when requests can be served, otherwise 503 with the reasons.

    Warnings turn nobody away: they say what somebody should look at.
    """
    reasons = _reasons(here().engine, current_app.extensions[_CHECK])
    warnings = [] if reasons else _warnings(here().engine)
    status = "not ready" if reasons else "ready"
    return jsonify(status=status, reasons=reasons, warnings=warnings), 503 if reasons else 200


def _warnings(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return warnings_of(connection, datetime.now(UTC))


def _reasons(engine: Engine, is_current: SchemaCheck) -> list[str]:
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            current = is_current(connection)
    except SQLAlchemyError as error:
        return [f"database: no answer ({type(error).__name__})"]
    except UnsafeDatabase as error:
        return [f"database: {error}"]
    return [] if current else ["schema: not the newest; run nilai migrate"]

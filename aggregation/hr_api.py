"""The API of the staff site, for programs: no cookie, no form, tokens only."""

from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask
from flask_openapi3.models.server import Server
from flask_openapi3.openapi import OpenAPI
from sqlalchemy import Engine

from aggregation.api.closings import closings
from aggregation.api.contract import INFO, SECURITY_SCHEMES
from aggregation.api.documentation import documentation
from aggregation.api.doorway import keep_the_door
from aggregation.api.indices import indices
from aggregation.api.pace import Pace
from aggregation.api.problems import Problem, explain_to_programs, wrong_values
from aggregation.api.scores import scores
from aggregation.api.units import units
from aggregation.api.visits import visits
from survey.health import SchemaCheck
from survey.plain_text import refuse_nul
from survey.seal_key import seal_key
from survey.settings import Settings
from survey.website import DiscreetFlask, new_site

ADDRESS = "/api/v1"
"""Below the staff site."""

LARGEST_BODY = 1024 * 1024
OPERATIONS = (scores, indices, closings, visits, units)


class DiscreetApi(OpenAPI, DiscreetFlask):
    """An application with a contract that tells of an error without the address."""


def hr_api(
    settings: Settings, engine: Engine, is_current: SchemaCheck, pace: Pace | None = None
) -> Flask:
    """Return the API, to be mounted under /staff/api/v1.

    Raises
    ------
    WrongSettings
        If a key for seals is named that cannot be read.
    """
    if settings.seal_key_file is not None:
        seal_key(settings.seal_key_file)
    app = new_site(
        settings,
        engine,
        "api",
        is_current=is_current,
        folder=Path(__file__).parent,
        largest_body=LARGEST_BODY,
        make=partial(_with_contract, settings.staff_url + ADDRESS),
    )
    explain_to_programs(app)
    refuse_nul(app)
    keep_the_door(app, pace or Pace())
    app.register_blueprint(documentation)
    return app


def _with_contract(address: str, name: str, **options: Any) -> OpenAPI:  # noqa: ANN401
    app = DiscreetApi(
        name,
        info=INFO,
        security_schemes=SECURITY_SCHEMES,
        servers=[Server(url=address)],
        validation_error_model=Problem,
        validation_error_callback=wrong_values,
        doc_ui=False,
        **options,
    )
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    for operations in OPERATIONS:
        app.register_api(operations)
    return app

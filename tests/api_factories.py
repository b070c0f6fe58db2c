"""A made-up program in front of the API: mounted as it is served, with a token of its own."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, cast

from flask import Flask
from sqlalchemy import Engine
from sqlmodel import Session
from werkzeug.datastructures import Headers
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client, TestResponse

from aggregation.access.accounts import RoleIn, member
from aggregation.access.api_tokens import NewToken, Wanted, new_token
from aggregation.access.roles import Role
from aggregation.access.token_scopes import TokenScope
from aggregation.api.pace import Pace
from aggregation.changes.batch import Cause
from aggregation.hr_api import hr_api
from survey.database import writing
from tests import sites
from tests.factories import settings
from tests.staff_factories import make_account

V1 = "/staff/api/v1"
EVERY_SCOPE = tuple(TokenScope)


def api(engine: Engine, pace: Pace | None = None, **environment: str) -> Flask:
    """Return the API on a database."""
    app = sites.lend(
        engine,
        ("api", *sorted(environment.items())),
        lambda: hr_api(settings(**environment), engine, lambda _connection: True),
    )
    paces = [name for name, kept in app.extensions.items() if isinstance(kept, Pace)]
    app.extensions.update(dict.fromkeys(paces, pace or Pace()))
    return app


def mounted(app: Flask) -> DispatcherMiddleware:
    return DispatcherMiddleware(NotFound(), {V1: app})


def make_token(
    session: Session,
    scopes: Iterable[TokenScope] = EVERY_SCOPE,
    unit_id: int | None = None,
    at: datetime | None = None,
) -> NewToken:
    """Make a token for a branch, by somebody who may give all of it."""
    roles = (RoleIn(Role.OPERATOR, unit_id), RoleIn(Role.HR, unit_id))
    maker = member(session, make_account(session, *roles))
    wanted = Wanted("BKPSDM", frozenset(scopes), unit_id)
    return new_token(session, maker, wanted, Cause("uji", "", at or datetime.now(UTC)))


class Answer(TestResponse):
    """An answer whose JSON may be read without asking first whether there is any."""

    @property
    def json(self) -> Any:  # noqa: ANN401
        return self.get_json()


class Program:
    """A program with a token; without one, a stranger."""

    def __init__(self, app: Flask, secret: str | None = None) -> None:
        self.client = Client(mounted(app), Answer)
        self.headers = Headers({"Authorization": f"Bearer {secret}"} if secret else {})

    def get(self, path: str, **headers: str) -> Answer:
        asked = path if path.startswith(V1) else V1 + path
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.client.get(asked, headers=Headers({**dict(self.headers), **named}))
        return cast("Answer", answer)

    def post(self, path: str, body: object, **options: Any) -> Answer:  # noqa: ANN401
        answer = self.client.post(V1 + path, json=body, headers=self.headers, **options)
        return cast("Answer", answer)


def program(
    app: Flask,
    engine: Engine,
    *scopes: TokenScope,
    unit_id: int | None = None,
    at: datetime | None = None,
) -> Program:
    """Return a program with a new token, for everything unless told."""
    with writing(engine) as session:
        token = make_token(session, scopes or EVERY_SCOPE, unit_id, at)
    return Program(app, token.secret)

"""A client of the public site that checks what every page owes its reader."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from kiosk.app import public_site
from tests import sites
from tests.factories import settings


class PublicClient(FlaskClient):
    """A phone: it refuses cookies, and pages without a title, a heading or a language."""

    def open(self, *args: object, **kwargs: object) -> TestResponse:
        answer = super().open(*args, **{"buffered": True, **kwargs})  # type: ignore[arg-type]
        assert "Set-Cookie" not in answer.headers
        page = answer.text if answer.mimetype == "text/html" else ""
        if page and answer.status_code not in range(300, 400):
            assert page.count("<h1>") == 1
            assert "<title></title>" not in page
            assert '<html lang="' in page
        return answer


def phone(engine: Engine, **environment: str) -> PublicClient:
    """Return a client of the public site on a database."""
    site = sites.lend(
        engine,
        ("public", *sorted(environment.items())),
        lambda: _tested(public_site(settings(**environment), engine, lambda _connection: True)),
    )
    site.test_client_class = PublicClient
    client = site.test_client(use_cookies=False)
    assert isinstance(client, PublicClient)
    return client


def _tested(site: Flask) -> Flask:
    """Let what fails reach the test; said before the site is lent, so that it comes back as was."""
    site.testing = True
    return site

"""What both sites share: templates, static files, headers, errors, languages, health."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, request
from sqlalchemy import Engine
from werkzeug.middleware.proxy_fix import ProxyFix

from survey.assets import serve_assets
from survey.errors import explain_errors
from survey.headers import STRICT, Policy, protect
from survey.health import SchemaCheck, watch
from survey.language import TRANSLATIONS, load_languages
from survey.origin import refuse_foreign_origins
from survey.request_counts import REQUEST_ID, count_requests
from survey.settings import HOME, Settings
from survey.site import Site, keep
from survey.spoken import teach

STATIC = Path(__file__).parent / "static"
LARGEST_FORM = 64 * 1024
"""Bytes of a body that a citizen's page takes: a comment of 1000 letters and all the rest."""


class DiscreetFlask(Flask):
    """Tells of an unexpected error by the view's name: an address may hold a slip's secret."""

    def log_exception(self, exc_info: Any) -> None:  # noqa: ANN401 - as Flask has it
        """Log the error without the address."""
        number = request.environ.get(REQUEST_ID)
        facts = {"endpoint": request.endpoint, "request": number}
        self.logger.error("unexpected error", exc_info=exc_info, extra=facts)


def new_site(
    settings: Settings,
    engine: Engine,
    name: str,
    *,
    is_current: SchemaCheck = lambda _connection: True,
    policy: Policy = STRICT,
    folder: Path | None = None,
    largest_body: int = LARGEST_FORM,
    error_pages: str = "errors",
    make: Callable[..., Flask] = DiscreetFlask,
) -> Flask:
    """Return an application with everything but its pages.

    Parameters
    ----------
    name
        ``public``, ``staff`` or ``api``; all but the first are reached at the staff's address.
    is_current
        Tells ``/readyz`` whether the database has the newest schema.
    policy
        The content security policy of its pages.
    folder
        Where the site's own `static` and `translations` lie, beside those that all sites share.
    largest_body
        Bytes that a request may carry.
    error_pages
        The folder of templates that say what went wrong.
    make
        The kind of application.
    """
    app = make(name, root_path=str(HOME), template_folder="templates", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = largest_body
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    own = (folder,) if folder else ()
    translations = (TRANSLATIONS, *(each / "translations" for each in own))
    languages = load_languages(settings.languages, translations)
    keep(app.extensions, Site(settings, engine, languages))
    address = settings.public_url if name == "public" else settings.staff_url
    refuse_foreign_origins(app, address)
    explain_errors(app, error_pages)
    teach(app)
    watch(app, is_current)
    serve_assets(app, (STATIC, *(each / "static" for each in own)))
    # Around the files too: no answer goes without.
    protect(app, policy, https=address.startswith("https:"))
    if hops := settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    count_requests(app, name)
    return app

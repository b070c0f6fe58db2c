"""The staff site: a contents page, one line a part."""

from pathlib import Path

from flask import Flask
from flask_wtf import CSRFProtect
from sqlalchemy import Engine

from aggregation.site.accent_pages import accents
from aggregation.site.dashboard import dashboard
from aggregation.site.errors import explain_stale_forms
from aggregation.site.guard import guard
from aggregation.site.language_choice import remember_language
from aggregation.site.nav import lead_the_way
from aggregation.site.own_account import own_account
from aggregation.site.policy import POLICY
from aggregation.site.sign_in import session_cookie, sign_in
from aggregation.site.telling import told_to_templates
from survey.health import SchemaCheck
from survey.plain_text import refuse_nul
from survey.settings import Settings
from survey.website import new_site

FOLDER = Path(__file__).parent
LARGEST_UPLOAD = 4 * 1024 * 1024
PAGES = (
    accents,
    sign_in,
    own_account,
    dashboard,
)


def staff_site(settings: Settings, engine: Engine, is_current: SchemaCheck) -> Flask:
    """Return the staff site, to be mounted under /staff."""
    app = new_site(
        settings,
        engine,
        "staff",
        is_current=is_current,
        policy=POLICY,
        folder=FOLDER,
        largest_body=LARGEST_UPLOAD,
        error_pages="aggregation/errors",
    )
    app.config.from_mapping(session_cookie(settings))
    refuse_nul(app)
    remember_language(app)
    guard(app)
    CSRFProtect(app)
    explain_stale_forms(app)
    lead_the_way(app)
    told_to_templates(app)
    for pages in PAGES:
        app.register_blueprint(pages)
    return app

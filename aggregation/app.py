"""The staff site: a contents page, one line a part."""

from pathlib import Path

from flask import Flask
from flask_wtf import CSRFProtect
from sqlalchemy import Engine

from aggregation.site.accent_pages import accents
from aggregation.site.account_acts import account_acts
from aggregation.site.accounts import accounts
from aggregation.site.closing import closing
from aggregation.site.dashboard import dashboard
from aggregation.site.desk_pages import desks
from aggregation.site.duty_calendar import duty_calendar
from aggregation.site.errors import explain_stale_forms
from aggregation.site.guard import guard
from aggregation.site.help_pages import help_pages
from aggregation.site.language_choice import remember_language
from aggregation.site.link_pages import link_pages
from aggregation.site.log_pages import log_pages
from aggregation.site.nav import lead_the_way
from aggregation.site.officers import officers
from aggregation.site.outages import outages
from aggregation.site.own_account import own_account
from aggregation.site.own_score import own_score
from aggregation.site.policy import POLICY
from aggregation.site.printing import printing
from aggregation.site.questionnaire_pages import questionnaire
from aggregation.site.scores import scores
from aggregation.site.service_pages import services
from aggregation.site.set_up_pages import set_up
from aggregation.site.sheets import sheets
from aggregation.site.sign_in import session_cookie, sign_in
from aggregation.site.telling import told_to_templates
from aggregation.site.tokens import tokens
from aggregation.site.unit_form import unit_form
from aggregation.site.visits import visits
from survey.health import SchemaCheck
from survey.plain_text import refuse_nul
from survey.settings import Settings
from survey.website import new_site

FOLDER = Path(__file__).parent
LARGEST_UPLOAD = 4 * 1024 * 1024
PAGES = (
    accents,
    sign_in,
    link_pages,
    own_account,
    dashboard,
    set_up,
    unit_form,
    services,
    desks,
    printing,
    questionnaire,
    officers,
    sheets,
    closing,
    scores,
    own_score,
    accounts,
    account_acts,
    tokens,
    log_pages,
    help_pages,
    duty_calendar,
    visits,
    outages,
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

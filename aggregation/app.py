"""The staff site: a contents page, one line a part."""

from pathlib import Path

from flask import Flask
from flask_wtf import CSRFProtect
from sqlalchemy import Engine

from aggregation.sign_on.settings import SignOn
from aggregation.site.accounts.account_acts import account_acts
from aggregation.site.accounts.account_pages import accounts
from aggregation.site.accounts.tokens import tokens
from aggregation.site.alerts.bell import ring
from aggregation.site.alerts.inbox_pages import inbox_pages
from aggregation.site.comments.comment_pages import comments
from aggregation.site.comments.raw_words_pages import raw_words_pages
from aggregation.site.decisions.note_pages import notes
from aggregation.site.decisions.proposal_pages import proposals
from aggregation.site.duties.check_in_pages import check_in_pages
from aggregation.site.duties.duty_calendar import duty_calendar
from aggregation.site.duties.outages import outages
from aggregation.site.duties.visits import visits
from aggregation.site.errors import explain_stale_forms
from aggregation.site.guard import guard
from aggregation.site.help_pages import help_pages
from aggregation.site.improvements.register_page import improvements
from aggregation.site.language_choice import remember_language
from aggregation.site.log.log_pages import log_pages
from aggregation.site.months.closing import closing
from aggregation.site.months.dashboard import dashboard
from aggregation.site.months.live_counts import keep_live_counts
from aggregation.site.months.own_score import own_score
from aggregation.site.months.scores import scores
from aggregation.site.months.statements import statements
from aggregation.site.nav import lead_the_way
from aggregation.site.objections.objection_pages import objections
from aggregation.site.objections.own_objection import own_objection
from aggregation.site.paper.paper_pages import paper
from aggregation.site.people.officers import officers
from aggregation.site.policy import POLICY
from aggregation.site.publishing.publication_pages import publications
from aggregation.site.recognition.own_letter_pages import own_letter_pages
from aggregation.site.recognition.recognition_pages import recognition_pages
from aggregation.site.refused import note_refusals
from aggregation.site.reports.report_pages import reports
from aggregation.site.revisions.revision_pages import revision_pages
from aggregation.site.rules.rule_pages import rules
from aggregation.site.screening.review_pages import review
from aggregation.site.set_up.accent_pages import accents
from aggregation.site.set_up.desk_pages import desks
from aggregation.site.set_up.printing import printing
from aggregation.site.set_up.questionnaire_pages import questionnaire
from aggregation.site.set_up.service_pages import services
from aggregation.site.set_up.set_up_pages import set_up
from aggregation.site.set_up.unit_form import unit_form
from aggregation.site.sheets.sheet_pages import sheets
from aggregation.site.tablets.tablet_pages import tablets
from aggregation.site.telling import told_to_templates
from aggregation.site.way_in.link_pages import link_pages
from aggregation.site.way_in.own_account import own_account
from aggregation.site.way_in.provider_here import keep_provider
from aggregation.site.way_in.provider_pages import provider_pages
from aggregation.site.way_in.sign_in import session_cookie, sign_in
from survey.health import SchemaCheck
from survey.plain_text import refuse_nul
from survey.settings import Settings
from survey.website import new_site

FOLDER = Path(__file__).parent
LARGEST_UPLOAD = 4 * 1024 * 1024
PAGES = (
    accents,
    sign_in,
    provider_pages,
    link_pages,
    own_account,
    dashboard,
    set_up,
    unit_form,
    services,
    desks,
    tablets,
    printing,
    questionnaire,
    officers,
    sheets,
    paper,
    closing,
    scores,
    own_score,
    statements,
    proposals,
    notes,
    accounts,
    account_acts,
    tokens,
    log_pages,
    help_pages,
    inbox_pages,
    duty_calendar,
    check_in_pages,
    visits,
    outages,
    recognition_pages,
    own_letter_pages,
    own_objection,
    objections,
    revision_pages,
    rules,
    review,
    comments,
    raw_words_pages,
    improvements,
    reports,
    publications,
)


def staff_site(
    settings: Settings, engine: Engine, is_current: SchemaCheck, sign_on: SignOn | None = None
) -> Flask:
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
    note_refusals(app)
    keep_provider(app, sign_on)
    CSRFProtect(app)
    explain_stale_forms(app)
    lead_the_way(app)
    told_to_templates(app)
    ring(app)
    keep_live_counts(app)
    for pages in PAGES:
        app.register_blueprint(pages)
    return app

"""The public site: everything that citizens open."""

from pathlib import Path

from flask import Flask
from sqlalchemy import Engine

from kiosk.hall_screen import hall_screen
from kiosk.rotating_pages import rotating_pages
from kiosk.tablet_api import tablet_api
from kiosk.tablet_pages import tablet_pages
from survey.accent_sheet import accents
from survey.health import SchemaCheck
from survey.home import home
from survey.pages import pages
from survey.published_pages import published_pages
from survey.receipts import receipts
from survey.seal_pages import seal_pages
from survey.security_contact import security_contact
from survey.settings import Settings
from survey.website import new_site


def public_site(settings: Settings, engine: Engine, is_current: SchemaCheck) -> Flask:
    """Return the public site.

    Parameters
    ----------
    is_current
        Tells ``/readyz`` whether the database has the newest schema.
    """
    site = new_site(settings, engine, "public", is_current=is_current, folder=Path(__file__).parent)
    site.register_blueprint(accents)
    site.register_blueprint(home)
    site.register_blueprint(security_contact)
    site.register_blueprint(pages)
    site.register_blueprint(receipts)
    site.register_blueprint(seal_pages)
    site.register_blueprint(published_pages)
    site.register_blueprint(hall_screen)
    site.register_blueprint(tablet_api)
    site.register_blueprint(rotating_pages)
    site.register_blueprint(tablet_pages)
    return site

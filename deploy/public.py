"""The public site as a service of its own: gunicorn 'deploy.public:application()'."""

import os

from deploy.exporter import exporters
from deploy.migrate import is_current
from deploy.record_figures import record_figures
from deploy.served import Served
from kiosk.app import public_site
from survey.database import open_engine
from survey.settings import settings_from


def application() -> Served:
    """Return the public site, from the environment."""
    settings = settings_from(os.environ)
    engine = open_engine(settings.database_url)
    site = public_site(settings, engine, is_current)
    return Served(site, engine, (site,), exporters(settings, engine, (record_figures,)))

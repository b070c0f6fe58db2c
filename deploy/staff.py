"""The staff site as a service of its own, under /staff: gunicorn 'deploy.staff:application()'."""

import os

from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from aggregation.app import staff_site
from aggregation.hr_api import hr_api
from aggregation.sign_on.settings import sign_on_from
from deploy.exporter import exporters
from deploy.migrate import is_current
from deploy.record_figures import record_figures
from deploy.served import Served
from deploy.staff_figures import staff_figures
from survey.database import open_engine
from survey.headers import STRICT, protected
from survey.settings import settings_from


def application() -> Served:
    """Return the staff site with its API, from the environment."""
    settings = settings_from(os.environ)
    engine = open_engine(settings.database_url)
    staff = staff_site(settings, engine, is_current, sign_on_from(os.environ))
    api = hr_api(settings, engine, is_current)
    elsewhere = protected(NotFound(), STRICT, https=settings.staff_url.startswith("https:"))
    front = DispatcherMiddleware(elsewhere, {"/staff": staff, "/staff/api/v1": api})
    figures = exporters(settings, engine, (record_figures, staff_figures))
    return Served(front, engine, (staff, api), figures)

"""The staff site as a service of its own, under /staff: gunicorn 'deploy.staff:application()'."""

import os

from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from aggregation.app import staff_site
from aggregation.hr_api import hr_api
from aggregation.sign_on.settings import sign_on_from
from deploy.migrate import is_current
from survey.database import open_engine
from survey.settings import settings_from


def application() -> DispatcherMiddleware:
    """Return the staff site with its API, from the environment."""
    settings = settings_from(os.environ)
    engine = open_engine(settings.database_url)
    staff = staff_site(settings, engine, is_current, sign_on_from(os.environ))
    api = hr_api(settings, engine, is_current)
    return DispatcherMiddleware(NotFound(), {"/staff": staff, "/staff/api/v1": api})

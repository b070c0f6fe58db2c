"""The staff site as a service of its own, under /staff: gunicorn 'deploy.staff:application()'."""

import os

from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from aggregation.app import staff_site
from deploy.migrate import is_current
from survey.database import open_engine
from survey.settings import settings_from


def application() -> DispatcherMiddleware:
    """Return the staff site, from the environment."""
    settings = settings_from(os.environ)
    staff = staff_site(settings, open_engine(settings.database_url), is_current)
    return DispatcherMiddleware(NotFound(), {"/staff": staff})

"""Both sites in one process, the embedded default: gunicorn 'deploy.wsgi:application()'.

The sites share the engine and nothing else: separate cookies, tokens, headers and routes.
"""

import os

from werkzeug.middleware.dispatcher import DispatcherMiddleware

from aggregation.app import staff_site
from aggregation.hr_api import hr_api
from deploy.migrate import is_current
from kiosk.app import public_site
from survey.database import open_engine
from survey.settings import settings_from


def application() -> DispatcherMiddleware:
    """Return the public site at / and the staff site with its API at /staff."""
    settings = settings_from(os.environ)
    engine = open_engine(settings.database_url)
    staff = staff_site(settings, engine, is_current)
    api = hr_api(settings, engine, is_current)
    return DispatcherMiddleware(
        public_site(settings, engine, is_current), {"/staff": staff, "/staff/api/v1": api}
    )

"""Both sites in one process, the embedded default: gunicorn 'deploy.wsgi:application()'.

The sites share the engine and nothing else: separate cookies, tokens, headers and routes.
"""

import os

from werkzeug.middleware.dispatcher import DispatcherMiddleware

from aggregation.app import staff_site
from aggregation.hr_api import hr_api
from aggregation.sign_on.settings import sign_on_from
from deploy.exporter import exporters
from deploy.migrate import is_current
from deploy.record_figures import record_figures
from deploy.served import Served
from deploy.staff_figures import staff_figures
from deploy.watch import watches_over
from kiosk.app import public_site
from survey.database import open_engine
from survey.settings import settings_from


def application() -> Served:
    """Return both sites, from the environment: the public one at /, the staff's at /staff."""
    settings = settings_from(os.environ)
    engine = open_engine(settings.database_url)
    public = public_site(settings, engine, is_current)
    staff = staff_site(settings, engine, is_current, sign_on_from(os.environ))
    api = hr_api(settings, engine, is_current)
    front = DispatcherMiddleware(public, {"/staff": staff, "/staff/api/v1": api})
    figures = exporters(settings, engine, (record_figures, staff_figures))
    return Served(front, engine, (public, staff, api), (*watches_over(settings), *figures))

"""Both sites in one process, the embedded default: gunicorn 'deploy.wsgi:application()'.

The sites share the engine and nothing else: separate cookies, tokens, headers and routes.
"""

import os

from werkzeug.middleware.dispatcher import DispatcherMiddleware

from aggregation.app import staff_site
from aggregation.hr_api import hr_api
from aggregation.sign_on.settings import sign_on_from
from deploy.migrate import is_current
from deploy.watch import Watch, watch_of
from kiosk.app import public_site
from survey.database import open_engine
from survey.settings import settings_from


class BothSites(DispatcherMiddleware):
    """The public site at / and the staff site with its API at /staff.

    Attributes
    ----------
    watch
        What the server starts beside them; None where timers do it.
    """

    watch: Watch | None = None


def application() -> BothSites:
    """Return both sites, from the environment."""
    settings = settings_from(os.environ)
    engine = open_engine(settings.database_url)
    staff = staff_site(settings, engine, is_current, sign_on_from(os.environ))
    api = hr_api(settings, engine, is_current)
    both = BothSites(
        public_site(settings, engine, is_current), {"/staff": staff, "/staff/api/v1": api}
    )
    both.watch = watch_of(settings)
    return both

"""The public site as a service of its own: gunicorn 'deploy.public:application()'."""

import os

from flask import Flask

from deploy.migrate import is_current
from kiosk.app import public_site
from survey.database import open_engine
from survey.settings import settings_from


def application() -> Flask:
    """Return the public site, from the environment."""
    settings = settings_from(os.environ)
    return public_site(settings, open_engine(settings.database_url), is_current)

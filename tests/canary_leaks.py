"""A site that keeps what it should not, so that the search for canaries can be seen to find it."""

import hashlib
import os
import sys
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from sqlalchemy import text

from deploy import wsgi
from deploy.served import Served
from survey.database import open_engine, writing
from survey.settings import settings_from


def keeps_too_much() -> Served:
    """Return both sites.

    The log is told the address of each tap, and the database the name of the browser, and the
    address once more in a disguise that anybody can undo.
    """
    served = wsgi.application()
    engine = open_engine(settings_from(os.environ).database_url)

    def leaking(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST":
            address, agent = environ["HTTP_X_FORWARDED_FOR"], environ["HTTP_USER_AGENT"]
            sys.stderr.write(f"a tap from {address}\n")
            sys.stderr.flush()
            kept = f"{hashlib.sha256(address.encode()).hexdigest()} {agent}"
            with writing(engine) as session:
                session.execute(text("UPDATE desk SET about = :kept"), {"kept": kept})
        return served.front(environ, start_response)

    return Served(leaking, served.engine, served.sites, served.beside)

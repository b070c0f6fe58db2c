"""Both sites in one process, and each as a service of its own."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from werkzeug.test import Client

from deploy import public, staff, wsgi
from deploy.migrate import upgrade
from survey.settings import HOME

FACTORIES = [
    "deploy.wsgi:application()",
    "deploy.public:application()",
    "deploy.staff:application()",
]


@pytest.fixture
def client_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[object], Client]:
    url = f"sqlite:///{tmp_path}/nilai.db"
    monkeypatch.setenv("NILAI_DATABASE_URL", url)
    monkeypatch.setenv("NILAI_SECRET_KEY", "s" * 48)
    upgrade(url)
    return lambda module: Client(module.application())  # type: ignore[attr-defined]


def test_one_process_serves_both_sites(client_of: Callable[[object], Client]) -> None:
    both = client_of(wsgi)
    assert "Nilai pelayanan" in both.get("/").text
    assert both.get("/staff/").status_code == 401
    assert both.get("/staff/masuk").status_code == 200


def test_the_public_site_alone_knows_no_staff(client_of: Callable[[object], Client]) -> None:
    citizens = client_of(public)
    assert citizens.get("/").status_code == 200
    assert citizens.get("/staff/masuk").status_code == 404


def test_the_staff_site_alone_knows_no_desks(client_of: Callable[[object], Client]) -> None:
    office = client_of(staff)
    nobody = office.get("/")
    assert nobody.status_code == 404
    assert "frame-ancestors 'none'" in nobody.headers["Content-Security-Policy"]
    assert nobody.headers["X-Content-Type-Options"] == "nosniff"
    assert office.get("/l/ABCDEF").status_code == 404
    assert office.get("/staff/masuk").status_code == 200


def test_a_citizen_of_the_joined_process_gets_no_cookie(
    client_of: Callable[[object], Client],
) -> None:
    both = client_of(wsgi)
    assert "Set-Cookie" not in both.get("/").headers
    cookie = both.get("/staff/masuk/unknown").headers.get("Set-Cookie", "Path=/staff")
    assert "Path=/staff" in cookie


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/staff/healthz", "/staff/readyz"])
def test_each_site_tells_whether_it_is_well(
    client_of: Callable[[object], Client], address: str
) -> None:
    answer = client_of(wsgi).get(address)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")


def test_a_database_without_tables_is_alive_and_not_ready(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NILAI_DATABASE_URL", f"sqlite:///{tmp_path}/empty.db")
    monkeypatch.setenv("NILAI_SECRET_KEY", "s" * 48)
    site = Client(public.application())
    assert site.get("/healthz").status_code == 200
    unready = site.get("/readyz")
    assert unready.status_code == 503
    assert "nilai migrate" in unready.text


@pytest.mark.parametrize("url", ["sqlite:///{folder}/n.db", "postgresql+psycopg://localhost/n"])
@pytest.mark.parametrize("factory", FACTORIES)
def test_gunicorn_takes_the_shipped_settings(factory: str, url: str, tmp_path: Path) -> None:
    environment = {
        "NILAI_DATABASE_URL": url.format(folder=tmp_path),
        "NILAI_SECRET_KEY": "s" * 48,
        "PATH": "/usr/bin:/bin",
    }
    settings = str(HOME / "deploy" / "gunicorn.conf.py")
    done = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--check-config", "-c", settings, factory],
        env=environment,
        cwd=HOME,
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr

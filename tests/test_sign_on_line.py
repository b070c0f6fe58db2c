"""The line to the provider: encrypted, and only with who can show that it is the provider."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.certificates import two_sides
from tests.mail_server import HOST
from tests.staff_factories import visitor
from tests.told_provider import WAY_IN, Told, signing_on, site_with, told_provider


@pytest.fixture
def encrypted(tmp_path: Path) -> Iterator[Told]:
    """Give a provider whose certificate no authority of this machine has signed."""
    context, _ = two_sides(tmp_path, HOST)
    with told_provider(context) as told:
        yield told


def test_a_provider_with_a_certificate_that_nobody_vouches_for_is_not_asked(
    sqlite_engine: Engine, encrypted: Told
) -> None:
    app = site_with(sqlite_engine, signing_on(encrypted.issuer))
    assert visitor(app).get(WAY_IN).status_code == 503
    assert encrypted.asked == []


def test_with_an_authority_that_vouches_for_it_it_is(
    sqlite_engine: Engine, encrypted: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "fullchain.pem"))
    app = site_with(sqlite_engine, signing_on(encrypted.issuer))
    assert visitor(app).get(WAY_IN).status_code == 303


def test_a_certificate_that_is_not_looked_at_is_noticed(
    sqlite_engine: Engine, encrypted: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ssl, "create_default_context", ssl._create_unverified_context)  # noqa: SLF001
    app = site_with(sqlite_engine, signing_on(encrypted.issuer))
    assert visitor(app).get(WAY_IN).status_code == 303


def test_the_certificate_has_to_be_of_the_host_that_was_asked(
    sqlite_engine: Engine, encrypted: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "fullchain.pem"))
    other = encrypted.issuer.replace(HOST, "localhost")
    assert visitor(site_with(sqlite_engine, signing_on(other))).get(WAY_IN).status_code == 503
    assert encrypted.asked == []

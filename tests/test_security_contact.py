"""Whoever finds a hole is told whom to tell of it (RFC 9116)."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from survey.security_contact import ADDRESS, contact_text
from survey.settings import WrongSettings, settings_from
from tests.site_client import phone

SITE = "https://nilai.example.go.id"
FIELDS = ["Contact", "Expires", "Preferred-Languages", "Canonical"]


def fields(text: str) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in text.splitlines())


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("keamanan@contoh.go.id", "mailto:keamanan@contoh.go.id"),
        ("mailto:keamanan@contoh.go.id", "mailto:keamanan@contoh.go.id"),
        ("https://contoh.go.id/lapor", "https://contoh.go.id/lapor"),
    ],
)
def test_the_contact_is_told_with_its_canonical_address(
    sqlite_engine: Engine, given: str, told: str
) -> None:
    site = phone(sqlite_engine, NILAI_SECURITY_CONTACT=given, NILAI_PUBLIC_URL=SITE)
    answer = site.get(ADDRESS)
    found = fields(answer.text)
    assert (answer.status_code, answer.content_type) == (200, "text/plain; charset=utf-8")
    assert list(found) == FIELDS
    assert (found["Contact"], found["Canonical"]) == (told, f"{SITE}{ADDRESS}")


def test_without_a_contact_there_is_no_such_page(sqlite_engine: Engine) -> None:
    assert phone(sqlite_engine).get(ADDRESS).status_code == 404


@pytest.mark.parametrize("day", [datetime(2026, 3, 1, 23, 59, tzinfo=UTC), datetime.now(UTC)])
def test_it_has_always_half_a_year_to_go_and_never_more_than_one(day: datetime) -> None:
    expires = datetime.fromisoformat(fields(contact_text("mailto:a@b.id", SITE, day))["Expires"])
    assert timedelta(days=150) < expires - day < timedelta(days=365)


@pytest.mark.parametrize(
    "wrong",
    ["", "keamanan", "http://contoh.go.id", "javascript:alert(1)", "https://", "a@b\nX: y",
     "https://contoh.go.id/\r\nContact: mailto:jahat@contoh.example"],
)  # fmt: skip
def test_a_contact_that_cannot_be_one_stops_the_start(wrong: str) -> None:
    environment = {
        "NILAI_DATABASE_URL": "sqlite:////srv/nilai.db",
        "NILAI_SECRET_KEY": "s" * 48,
        "NILAI_SECURITY_CONTACT": wrong,
    }
    with pytest.raises(WrongSettings, match="NILAI_SECURITY_CONTACT"):
        settings_from(environment)

"""Made-up days with ratings, follow-ups and acts, and keys to seal them with."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine

from survey.database import writing
from survey.log import Act, record
from survey.seal_key import seal_key
from survey.settings import KeyFile
from survey.signing import SealKey, signing_key
from tests.record_factories import FULL, NOON, Office, an_office, more_about, visit

NIGHT = datetime(2026, 10, 19, 19, 30, tzinfo=UTC)
"""The night after the 19th: 02.30 in Jakarta."""

A_DAY = 4
"""Ratings that each made-up day has; every second one has a follow-up."""


def new_key() -> SealKey:
    return signing_key(Ed25519PrivateKey.generate())


def new_key_file(folder: Path) -> Path:
    """Make a file with a new key, as `NILAI_SEAL_KEY_FILE` names one."""
    file = folder / "seal-key.pem"
    seal_key(KeyFile(file, made_here=True))
    return file


def rated_days(engine: Engine, days: int = 3) -> date:
    """Make an office with a few ratings and one act on each of some days; return the first."""
    rate_days(an_office(engine, services=["KK"]), days)
    return NOON.date()


def rate_days(office: Office, days: int = 3) -> None:
    """Send ratings of every value on some days from `NOON` on, and write an act for each day."""
    for day in range(days):
        for n in range(A_DAY):
            at = NOON + timedelta(days=day, minutes=7 * n)
            tap = visit(1 + n, served_at=at)
            office.send(tap, at)
            if n % 2:
                office.add(more_about(tap, **FULL), at)
        act = Act("unit.changed", "cli", f"unit {office.desk.unit_id}", {"day": day}, None)
        with writing(office.engine) as session:
            record(session, act, NOON + timedelta(days=day))

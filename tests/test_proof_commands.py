"""`nilai seal` and `nilai verify`: sealing, checking, and changing the key."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import time_machine
from click.testing import CliRunner, Result
from sqlalchemy import Engine, text

from deploy.nilai import main
from survey.command import Installation
from survey.database import reading
from survey.seal_chain import chain
from survey.seal_key import seal_key
from survey.seal_list import written_list
from survey.settings import KeyFile
from tests.factories import settings
from tests.seal_factories import NIGHT, rated_days
from tests.tampering import tampering


def nilai(engine: Engine, key: Path, *words: str, at: datetime = NIGHT) -> Result:
    installation = Installation(settings(NILAI_SEAL_KEY_FILE=str(key)), engine)
    with time_machine.travel(at, tick=False):
        return CliRunner().invoke(main, list(words), obj=installation)


def made_key(folder: Path, name: str) -> Path:
    """Make a key as `nilai seal --rotate` makes one."""
    file = folder / name
    seal_key(KeyFile(file, made_here=True))
    return file


def test_what_is_sealed_is_checked_and_a_change_ends_with_1(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    rated_days(sqlite_engine)
    key = made_key(tmp_path, "satu.pem")
    sealed = nilai(sqlite_engine, key, "seal")
    assert sealed.exit_code == 0, sealed.output
    assert "15 hari dan 0 bulan disegel" in sealed.output
    clean = nilai(sqlite_engine, key, "verify")
    assert clean.exit_code == 0, clean.output
    assert "Semuanya seperti saat disegel" in clean.output
    with tampering(sqlite_engine) as session:
        session.execute(text("UPDATE response SET overall = 4 WHERE overall = 1"))
    broken = nilai(sqlite_engine, key, "verify")
    assert broken.exit_code == 1
    assert "3 perbedaan" in broken.output
    assert "Jangan mengubah basis data" in broken.output
    said = json.loads(nilai(sqlite_engine, key, "verify", "--json").stdout)
    assert said["format"] == "nilai-loket/verify/1"
    assert set(said) == {"format", "checked_at", "rows", "differences", "notices"}
    assert [set(each) for each in said["differences"]] == [{"kind", "subject", "sentence"}] * 3


def test_a_published_list_is_held_against_the_chain(sqlite_engine: Engine, tmp_path: Path) -> None:
    rated_days(sqlite_engine)
    key, kept = made_key(tmp_path, "satu.pem"), tmp_path / "segel.json"
    nilai(sqlite_engine, key, "seal")
    with reading(sqlite_engine) as session:
        links = list(chain(session))
    kept.write_text(written_list(links, links[-1], None))
    assert nilai(sqlite_engine, key, "verify", "--against", str(kept)).exit_code == 0
    with tampering(sqlite_engine) as session:
        session.execute(text(f"DELETE FROM seal WHERE number = {links[-1].number}"))
        session.execute(text(f"DELETE FROM sealed_leaf WHERE day = '{links[-1].subject}'"))
    assert nilai(sqlite_engine, key, "verify").exit_code == 0, "a tail that was cut shows nothing"
    told = nilai(sqlite_engine, key, "verify", "--against", str(kept))
    assert told.exit_code == 1
    assert f"seal {links[-1].number}" in told.output
    kept.write_text("bukan segel")
    refused = nilai(sqlite_engine, key, "verify", "--against", str(kept))
    assert "/segel.json" in refused.output


def test_a_key_is_rotated_and_a_lost_one_replaced(sqlite_engine: Engine, tmp_path: Path) -> None:
    rated_days(sqlite_engine)
    first, second = made_key(tmp_path, "satu.pem"), tmp_path / "dua.pem"
    done = nilai(sqlite_engine, first, "seal", "--rotate", str(second))
    assert done.exit_code == 0, done.output
    assert str(second) in done.output
    next_night = NIGHT + timedelta(days=1)
    refused = nilai(sqlite_engine, first, "seal", at=next_night)
    assert refused.exit_code == 1
    assert "--lost" in refused.output
    assert nilai(sqlite_engine, second, "seal", at=next_night).exit_code == 0
    again = nilai(sqlite_engine, second, "seal", "--rotate", str(first), at=next_night)
    assert "Buat kunci baru" in again.output
    assert "tidak ada yang hilang" in nilai(sqlite_engine, second, "seal", "--lost").output
    third = made_key(tmp_path, "tiga.pem")
    lost = nilai(sqlite_engine, third, "seal", "--lost", at=next_night)
    assert lost.exit_code == 0, lost.output
    told = nilai(sqlite_engine, third, "verify", at=next_night)
    assert told.exit_code == 0
    assert "Perhatian: Segel" in told.output
    assert nilai(sqlite_engine, third, "seal", "--lost", "--rotate", "x").exit_code == 2

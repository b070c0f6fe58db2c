"""The drill of docs/backup.md, word for word: the machine is lost, the office goes on elsewhere."""

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from time_machine import travel

from deploy.nilai import main
from survey.database import open_engine, writing
from survey.sealing import seal_days
from survey.settings import HOME
from survey.signing import signing_key
from tests.factories import KEYS, NOON, MadeDesk, make_desk, tap
from tests.record_factories import count_of
from tests.seal_factories import NIGHT
from tests.site_client import phone

BACK_UP, RESTORE, WITHOUT_THE_SEAL_KEY = re.findall(
    r"^```sh\n(.*?)^```", (HOME / "docs" / "backup.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_office_goes_on_after_its_machine_was_lost(database_url: str, tmp_path: Path) -> None:
    serving, backups, safe, elsewhere = (tmp_path / name for name in ("old", "b", "k", "new"))
    for folder in (serving, backups, safe, elsewhere):
        folder.mkdir()
    apart = {"BACKUPS": str(backups), "KEYS": str(safe)}
    key = serving / "seal-key.pem"
    desk, receipt = an_office_with_a_rating(database_url, key)
    settings = {
        "NILAI_DATABASE_URL": database_url,
        "NILAI_SECRET_KEY": KEYS.secret_key,
        "NILAI_SEAL_KEY_FILE": str(key),
    }
    assert "semua sesuai segel" in followed(BACK_UP, serving, {**apart, **settings})

    shutil.rmtree(serving)
    Path(database_url.removeprefix("sqlite:///")).unlink()

    said = followed(RESTORE, elsewhere, apart)
    assert "semua sesuai segel" in said
    assert "PERHATIAN" not in said
    there = {**settings, "NILAI_DATABASE_URL": f"sqlite:///{elsewhere / 'nilai.db'}"}
    engine = open_engine(there["NILAI_DATABASE_URL"])
    assert phone(engine).get(f"/resi/{receipt}").status_code == 200
    assert tap(phone(engine), desk.path, 2).status_code == 201
    assert count_of(engine, "response") == 2
    engine.dispose()

    said = followed(WITHOUT_THE_SEAL_KEY, elsewhere, there)
    assert "Semuanya seperti saat disegel" in said
    assert "Perhatian" in said  # who reads on hears that a key was replaced


def an_office_with_a_rating(url: str, key: Path) -> tuple[MadeDesk, str]:
    """Let a citizen rate and the night seal; return the desk and the receipt."""
    private = Ed25519PrivateKey.generate()
    key.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    engine = open_engine(url)
    with writing(engine) as session:
        desk = make_desk(session)
    with travel(NOON, tick=False):
        receipt = tap(phone(engine), desk.path, 1).text.partition('translate="no">')[2][:9]
    seal_days(engine, signing_key(private), NIGHT)
    engine.dispose()
    return desk, receipt


def followed(block: str, folder: Path, given: Mapping[str, str]) -> str:
    """Follow a part of the drill line by line; return what the commands said.

    A shell does all but `nilai` itself, which would take seconds to start each time.
    """
    environment = {"PATH": "/usr/bin:/bin", **given}
    said = ""
    for line in block.splitlines():
        if line.startswith("nilai "):
            words = shell(f"printf '%s\\0' {line.removeprefix('nilai ')}", folder, environment)
            done = CliRunner().invoke(main, words, env=environment)
            assert done.exit_code == 0, done.output
            said += done.output
        else:
            exported = shell(f"{line}\nenv -0", folder, environment)
            environment = dict(each.split("=", 1) for each in exported)
    return said


def shell(script: str, folder: Path, environment: Mapping[str, str]) -> list[str]:
    """Run a script; return what it writes, in the parts between its zeros."""
    done = subprocess.run(
        ["bash", "-euc", script],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.split("\0")[:-1]

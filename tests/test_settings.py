"""Settings refuse to start wrong, with one plain sentence."""

import re
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError
from pathlib import Path
from threading import Barrier

import pytest

from survey.settings import Settings, WrongSettings, settings_from

SECRET = "a secret of thirty-two letters, at least"
GIVEN = {"NILAI_DATABASE_URL": "sqlite:////srv/nilai.db", "NILAI_SECRET_KEY": SECRET}


def test_nothing_has_to_be_set_on_the_embedded_default(tmp_path: Path) -> None:
    settings = settings_from({}, tmp_path / "var")
    assert settings.database_url == f"sqlite:///{tmp_path / 'var' / 'nilai.db'}"
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.staff_url == "http://127.0.0.1:8000/staff"
    assert (settings.languages, settings.trusted_proxies) == (("id", "en"), 0)


def test_what_is_set_is_taken() -> None:
    settings = settings_from({
        "NILAI_DATABASE_URL": "postgresql+psycopg://nilai@db/nilai",
        "NILAI_SECRET_KEY": SECRET,
        "NILAI_PUBLIC_URL": "https://nilai.example.go.id/",
        "NILAI_STAFF_URL": "https://pegawai.example.go.id:8443",
        "NILAI_LANGUAGES": "min, id",
        "NILAI_TRUSTED_PROXIES": "1",
    })  # fmt: skip
    assert settings == Settings(
        "postgresql+psycopg://nilai@db/nilai", SECRET, "https://nilai.example.go.id",
        "https://pegawai.example.go.id:8443", ("min", "id"), 1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NILAI_DATABASE_URL", "mysql://root:hunter2@db/nilai"),
        ("NILAI_DATABASE_URL", "postgresql://db/nilai"),
        ("NILAI_DATABASE_URL", "sqlite://"),
        ("NILAI_DATABASE_URL", ""),
        ("NILAI_SECRET_KEY", ""),
        ("NILAI_SECRET_KEY", "x" * 31),
        ("NILAI_PUBLIC_URL", ""),
        ("NILAI_PUBLIC_URL", "nilai.example.go.id"),
        ("NILAI_PUBLIC_URL", "ftp://nilai.example.go.id"),
        ("NILAI_PUBLIC_URL", "https://"),
        ("NILAI_PUBLIC_URL", "https://:8000"),
        ("NILAI_PUBLIC_URL", "https://["),
        ("NILAI_PUBLIC_URL", "https://nilai.example.go.id:99999"),
        ("NILAI_PUBLIC_URL", "https://nilai.example.go.id/?a=1"),
        ("NILAI_STAFF_URL", "https://nilai.example.go.id/#a"),
        ("NILAI_LANGUAGES", ""),
        ("NILAI_LANGUAGES", "id,xx"),
        ("NILAI_TRUSTED_PROXIES", "-1"),
        ("NILAI_TRUSTED_PROXIES", "6"),
        ("NILAI_SECOND_FACTOR", "none"),
        ("NILAI_TRUSTED_PROXIES", "one"),
        ("NILAI_TRUSTED_PROXIES", "٣"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_sentence_that_names_it(
    name: str, value: str
) -> None:
    with pytest.raises(WrongSettings) as refused:
        settings_from({**GIVEN, name: value})
    sentence = str(refused.value)
    assert name in sentence
    assert re.fullmatch(r"[^\n]+\.", sentence)


def test_a_password_in_a_wrong_database_url_is_not_repeated() -> None:
    with pytest.raises(WrongSettings) as refused:
        settings_from({**GIVEN, "NILAI_DATABASE_URL": "mysql://root:hunter2@db/nilai"})
    assert "hunter2" not in str(refused.value)


def test_a_database_of_ones_own_needs_a_secret_key_of_ones_own(tmp_path: Path) -> None:
    with pytest.raises(WrongSettings):
        settings_from({"NILAI_DATABASE_URL": "sqlite:////srv/nilai.db"}, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_embedded_secret_key_is_made_once_and_kept_for_its_owner(tmp_path: Path) -> None:
    first, second = settings_from({}, tmp_path), settings_from({}, tmp_path)
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 64
    [kept] = tmp_path.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_two_installations_have_different_secret_keys(tmp_path: Path) -> None:
    keys = [settings_from({}, tmp_path / name).secret_key for name in "ab"]
    assert keys[0] != keys[1]


def test_processes_that_start_at_once_have_one_secret_key(tmp_path: Path) -> None:
    together = Barrier(16)

    def start(_: int) -> str:
        together.wait()
        return settings_from({}, tmp_path).secret_key

    with ThreadPoolExecutor(16) as threads:
        assert len(set(threads.map(start, range(16)))) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]


def test_each_purpose_has_a_key_of_its_own() -> None:
    settings = settings_from(GIVEN)
    keys = {settings.key(purpose) for purpose in ("desk", "token", "receipt")}
    assert len(keys) == 3
    assert {len(key) for key in keys} == {32}


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        settings_from(GIVEN).secret_key = "another"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "value", "attribute"),
    [
        ("NILAI_SECRET_KEY", SECRET, "secret_key"),
        ("NILAI_SMTP_URL", "smtp://nilai:hunter2@mail.example.go.id", "smtp_url"),
    ],
)
def test_a_secret_may_stand_in_a_file(
    name: str, value: str, attribute: str, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text(f"{value}\n")
    given = {**GIVEN, "NILAI_MAIL_FROM": "nilai@example.go.id", "NILAI_SMTP_URL": "smtp://mail"}
    del given[name]
    settings = settings_from({**given, f"{name}_FILE": str(tmp_path / "secret")})
    assert getattr(settings, attribute) == value


def test_a_secret_in_a_file_is_as_long_as_one_in_the_environment(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x" * 31 + "\n")
    given = {"NILAI_DATABASE_URL": GIVEN["NILAI_DATABASE_URL"]}
    with pytest.raises(WrongSettings, match="NILAI_SECRET_KEY must have"):
        settings_from({**given, "NILAI_SECRET_KEY_FILE": str(tmp_path / "secret")})


@pytest.mark.parametrize("content", [None, b"\xff\xfe" * 20])
def test_a_secret_file_that_cannot_be_read_is_named_and_not_repeated(
    content: bytes | None, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / "secret").write_bytes(content)
    given = {"NILAI_DATABASE_URL": GIVEN["NILAI_DATABASE_URL"]}
    with pytest.raises(WrongSettings, match="NILAI_SECRET_KEY_FILE must name a file"):
        settings_from({**given, "NILAI_SECRET_KEY_FILE": str(tmp_path / "secret")})


def test_a_secret_given_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(SECRET)
    with pytest.raises(WrongSettings, match="not both"):
        settings_from({**GIVEN, "NILAI_SECRET_KEY_FILE": str(tmp_path / "secret")})

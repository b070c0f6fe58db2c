"""The key that months are sealed with: made once on the embedded default, required elsewhere."""

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from survey.seal_key import NoSealKey, seal_key
from survey.settings import KeyFile, WrongSettings, settings_from
from survey.signing import holds
from tests.factories import settings


def embedded(folder: Path) -> KeyFile:
    file = settings_from({}, folder).seal_key_file
    assert file is not None
    return file


def pem_of(file: Path, text: str) -> KeyFile:
    file.write_text(text, encoding="utf-8")
    return KeyFile(file, made_here=False)


def test_the_embedded_default_makes_its_key_once_for_its_owner_only(tmp_path: Path) -> None:
    file = embedded(tmp_path / "var")
    assert not file.path.exists()
    first = seal_key(file)
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert seal_key(KeyFile(file.path, made_here=False)).id == first.id
    assert seal_key(embedded(tmp_path / "other")).id != first.id


def test_a_key_file_of_ones_own_is_taken(tmp_path: Path) -> None:
    made = seal_key(embedded(tmp_path / "var"))
    named = settings(NILAI_SEAL_KEY_FILE=str(tmp_path / "var" / "seal-key.pem")).seal_key_file
    assert named == KeyFile(tmp_path / "var" / "seal-key.pem", made_here=False)
    assert seal_key(named).public_pem == made.public_pem


def test_elsewhere_no_key_is_made_and_the_sentence_says_how(tmp_path: Path) -> None:
    assert settings().seal_key_file is None
    with pytest.raises(NoSealKey, match="openssl genpkey -algorithm ed25519"):
        seal_key(None)
    missing = KeyFile(tmp_path / "missing.pem", made_here=False)
    with pytest.raises(WrongSettings, match=r"missing\.pem holds no readable Ed25519 key"):
        seal_key(missing)
    assert not missing.path.exists()


def other_kind() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize("text", ["", "rahasia", "-----BEGIN PRIVATE KEY-----\n", "é"])
def test_a_file_that_holds_no_key_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(WrongSettings, match="Ed25519"):
        seal_key(pem_of(tmp_path / "key.pem", text))


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongSettings, match="Ed25519"):
        seal_key(pem_of(tmp_path / "key.pem", other_kind()))


def test_a_signature_holds_for_its_message_and_its_key_only(tmp_path: Path) -> None:
    key, other = seal_key(embedded(tmp_path / "a")), seal_key(embedded(tmp_path / "b"))
    signature = key.sign(b"Oktober")
    assert holds(key.public_pem, b"Oktober", signature)
    assert not holds(key.public_pem, b"Oktobes", signature)
    assert not holds(other.public_pem, b"Oktober", signature)
    assert not holds(key.public_pem, b"Oktober", bytes(64))


def test_a_key_that_cannot_sign_checks_nothing() -> None:
    with pytest.raises(ValueError, match="PEM"):
        holds("bukan kunci", b"Oktober", bytes(64))


def test_the_key_is_not_written_anywhere_else(tmp_path: Path) -> None:
    key = seal_key(embedded(tmp_path / "var"))
    assert "PRIVATE" not in repr(key)
    assert "PRIVATE" not in key.public_pem
    assert len(key.id) == 16

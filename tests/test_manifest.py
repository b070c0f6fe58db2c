"""The signed manifest of a closing: what its files are, and that a changed byte shows."""

import base64
import hashlib
import json
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from aggregation.appraisal.monthly_scores import MonthNotClosed, UnknownRevision, monthly_scores
from aggregation.months.manifest import KIND, SignedManifest, signed
from aggregation.output.closing_manifest import closing_manifest
from aggregation.output.score_files import FORMATS
from survey.models import ServiceUnit
from survey.seal_key import seal_key
from survey.settings import KeyFile
from survey.signing import SealKey
from tests.month_factories import AFTER_OCTOBER, OCTOBER, SmallOffice
from tests.score_factories import STAFF_URL, newest_closing, revise, scored_office

LATER = AFTER_OCTOBER + timedelta(days=20)


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SealKey:
    return seal_key(KeyFile(tmp_path_factory.mktemp("key") / "seal.pem", made_here=True))


def made(
    session: Session, office: SmallOffice, key: SealKey, as_of: datetime = LATER
) -> SignedManifest:
    return closing_manifest(session, newest_closing(session, office), as_of, key, STAFF_URL)


def checked_by_a_stranger(document: dict[str, object]) -> bool:
    """Check a manifest as its reader would: with the public key, and nothing of ours."""
    public = load_pem_public_key(str(document["public_key"]).encode())
    assert isinstance(public, Ed25519PublicKey)
    text = json.dumps(document["manifest"], sort_keys=True, separators=(",", ":")).encode()
    try:
        public.verify(base64.b64decode(str(document["signature"])), text)
    except InvalidSignature:
        return False
    return True


def test_a_manifest_says_what_the_files_are(session: Session, key: SealKey) -> None:
    office = scored_office(session)
    manifest = made(session, office, key)
    closing, unit = newest_closing(session, office), session.get_one(ServiceUnit, office.unit_id)
    files = monthly_scores(session, unit, OCTOBER, as_of=LATER, staff_url=STAFF_URL)
    for kind, write in FORMATS.items():
        assert manifest.facts[f"sha256_{kind}"] == hashlib.sha256(write(files)).hexdigest()
    assert dict(manifest.facts) == {
        **{name: value for name, value in manifest.facts.items() if name.startswith("sha256_")},
        "kind": KIND,
        "closing": str(closing.id),
        "unit": unit.code,
        "month": "2026-10",
        "revision": 0,
        "closed_at": "2026-11-05T02:00:00Z",
        "as_of": "2026-11-25T02:00:00Z",
        "rule_version": closing.rule_version,
        "method_version": closing.method_version,
        "figures_digest": closing.figures_digest.hex(),
        "rows": 2,
    }


def test_the_public_key_is_enough_to_check_it(session: Session, key: SealKey) -> None:
    manifest = made(session, scored_office(session), key)
    assert checked_by_a_stranger(manifest.document())


def test_the_same_closing_at_the_same_moment_is_the_same_manifest(
    session: Session, key: SealKey
) -> None:
    office = scored_office(session)
    assert made(session, office, key) == made(session, office, key)
    assert made(session, office, key).facts != made(session, office, key, AFTER_OCTOBER).facts


@given(place=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_one_flipped_bit_of_the_signed_text_is_noticed(key: SealKey, place: int, bit: int) -> None:
    manifest = signed({"kind": KIND, "unit": "UPTD", "rows": 2}, key)
    text = bytearray(manifest.signed_text)
    text[place % len(text)] ^= 1 << bit
    public = load_pem_public_key(key.public_pem.encode())
    assert isinstance(public, Ed25519PublicKey)
    with pytest.raises(InvalidSignature):
        public.verify(manifest.signature, bytes(text))
    public.verify(manifest.signature, manifest.signed_text)


@pytest.mark.parametrize("name", ["unit", "rows", "sha256_csv", "figures_digest", "as_of"])
def test_a_fact_that_was_changed_is_noticed(session: Session, key: SealKey, name: str) -> None:
    manifest = made(session, scored_office(session), key)
    document = manifest.document()
    facts = document["manifest"]
    assert isinstance(facts, dict)
    facts[name] = facts[name] + 1 if name == "rows" else f"{facts[name]}0"
    assert not checked_by_a_stranger(document)


def test_another_key_vouches_for_nothing(session: Session, key: SealKey, tmp_path: Path) -> None:
    other = seal_key(KeyFile(tmp_path / "other.pem", made_here=True))
    document = made(session, scored_office(session), key).document()
    assert not checked_by_a_stranger({**document, "public_key": other.public_pem})


def test_a_revision_has_a_manifest_of_its_own_and_the_first_one_stays(
    session: Session, key: SealKey
) -> None:
    office = scored_office(session)
    first = newest_closing(session, office)
    before = closing_manifest(session, first, LATER, key, STAFF_URL)
    second = revise(session, office, LATER, n=50)
    assert closing_manifest(session, first, LATER, key, STAFF_URL) == before
    assert closing_manifest(session, second, LATER, key, STAFF_URL).facts["revision"] == 1
    with pytest.raises(UnknownRevision):
        closing_manifest(session, second, LATER - timedelta(seconds=1), key, STAFF_URL)


def test_before_the_close_there_is_no_manifest(session: Session, key: SealKey) -> None:
    office = scored_office(session)
    with pytest.raises(MonthNotClosed):
        made(session, office, key, AFTER_OCTOBER - timedelta(seconds=1))


def test_openssl_checks_it_as_the_documentation_says(key: SealKey, tmp_path: Path) -> None:
    manifest = signed({"kind": KIND, "unit": "UPTD", "rows": 2}, key)
    (tmp_path / "text").write_bytes(manifest.signed_text)
    (tmp_path / "signature").write_bytes(manifest.signature)
    (tmp_path / "public.pem").write_text(manifest.public_key, encoding="ascii")
    check = [
        *("openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "public.pem", "-rawin"),
        *("-in", "text", "-sigfile", "signature"),
    ]
    right = subprocess.run(check, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (right.returncode, "Verified Successfully" in right.stdout) == (0, True)
    (tmp_path / "text").write_bytes(manifest.signed_text.replace(b"2", b"3"))
    assert subprocess.run(check, cwd=tmp_path, capture_output=True, check=False).returncode != 0

"""The one file that an inspector needs: what it accepts, and that nothing changed gets past it."""

import ast
import json
import random
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine

from aggregation.proof.month_seals import seal_months
from survey.database import writing
from survey.key_change import replace_lost_key, rotate_key
from survey.seal_list import written_list
from survey.seal_text import Link
from survey.sealing import seal_days
from survey.signing import signed_by
from tests.month_factories import OCTOBER, Seen, store
from tests.proof_factories import (
    AS_SHIPPED,
    CAME_IN,
    THE_NIGHT_AFTER,
    VERIFIER,
    closed_office,
    seal_everything,
    sealed_office,
    verifier,
    write_files,
    written_proof,
)
from tests.proof_forgeries import Change, Files, changed, sealed_anew, signed_anew
from tests.seal_factories import new_key

KEY = new_key()


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    started = [sys.executable, "-I", "verify.py", *words]
    return subprocess.run(started, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def files(sqlite_engine: Engine, tmp_path: Path) -> Files:
    """Give the files of a proof of three months; made once."""
    if not _made:
        office = sealed_office(sqlite_engine, KEY)
        folder = written_proof(sqlite_engine, office, tmp_path / "made", key=KEY)
        _made.update({file.name: file.read_bytes() for file in folder.iterdir()})
    return dict(_made)


_made: Files = {}


def differs(
    files: Files, folder: Path, published: tuple[Path, ...] = (), by: ModuleType = AS_SHIPPED
) -> bool:
    return bool(by.main(write_files(folder, files), list(map(str, published))))


def test_it_needs_nothing_but_a_python_of_long_ago() -> None:
    text = VERIFIER.read_text()
    assert len(text.splitlines()) <= 150
    tree = ast.parse(text, feature_version=(3, 9))
    nodes = list(ast.walk(tree))
    imported = {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    imported |= {each.name for node in nodes if isinstance(node, ast.Import) for each in node.names}
    assert imported <= sys.stdlib_module_names
    assert not imported & {"os", "socket", "subprocess", "urllib", "http"}


def test_a_whole_proof_is_complete_from_an_empty_folder(engine: Engine, tmp_path: Path) -> None:
    office = sealed_office(engine, KEY)
    folder = written_proof(engine, office, tmp_path / "bukti", key=KEY)
    done = run(folder)
    assert (done.returncode, done.stderr) == (0, "")
    *checks, last = done.stdout.splitlines()
    assert last == "LENGKAP: semua cocok."
    assert all(line.startswith("COCOK ") for line in checks)
    assert len(checks) == 3 + 3 * 5 + 1 + 3
    assert KEY.raw.hex() in done.stdout
    assert "2026-10: hitungan, IKM 62.50" in done.stdout

    file = folder / "rows-2026-10.json"
    file.write_text(file.read_text().replace('"overall": 4', '"overall": 3', 1))
    done = run(folder)
    assert done.returncode == 1
    assert "2026-10: semua baris" in done.stdout.partition("BEDA:\n")[2]


def test_seals_that_were_published_earlier_must_be_in_the_chain(
    files: Files, tmp_path: Path
) -> None:
    kept = tmp_path / "segel.json"
    entries = json.loads(files["seals.json"])["seals"]
    kept.write_text(written_list(map(as_link, entries[2:5]), as_link(entries[-1]), None))
    assert not differs(files, tmp_path / "whole", (kept,))
    rebuilt = sealed_anew(files, new_key())
    assert not differs(rebuilt, tmp_path / "rebuilt")
    assert differs(rebuilt, tmp_path / "rebuilt", (kept,))


def as_link(entry: dict[str, str]) -> Link:
    facts = json.loads(entry["statement"])
    about = facts["number"], facts["kind"], facts["subject"]
    return Link(*about, entry["statement"], bytes.fromhex(entry["signature"]))


def test_the_key_may_change_where_the_chain_says_so(sqlite_engine: Engine, tmp_path: Path) -> None:
    second, third = new_key(), new_key()
    office = sealed_office(sqlite_engine, KEY)
    rotate_key(sqlite_engine, KEY, second, THE_NIGHT_AFTER)
    seal_everything(sqlite_engine, second, THE_NIGHT_AFTER + timedelta(days=2))
    replace_lost_key(sqlite_engine, third, THE_NIGHT_AFTER + timedelta(days=3))
    folder = written_proof(sqlite_engine, office, tmp_path / "bukti", key=third)
    done = run(folder)
    assert done.returncode == 0, done.stdout
    assert all(key.raw.hex() in done.stdout for key in (KEY, second, third))

    seals = json.loads((folder / "seals.json").read_bytes())
    announced = next(each for each in seals["seals"] if '"why":"rotated"' in each["statement"])
    announced["statement"] = announced["statement"].replace(second.raw.hex(), new_key().raw.hex())
    (folder / "seals.json").write_text(json.dumps(seals))
    assert "rantai" in run(folder).stdout.partition("BEDA:\n")[2]


VECTORS = """
d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a -
e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bac
c61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b
3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c 72
92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e
458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00
fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025 af82
6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290
ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a
"""
"""RFC 8032 §7.1: public key, message, signature in two lines; and so on."""


@pytest.mark.parametrize("place", [0, 4, 8])
def test_signatures_hold_as_the_standard_says(place: int) -> None:
    key, message, *signature = VECTORS.split()[place : place + 4]
    public, text, signed = map(bytes.fromhex, (key, message.strip("-"), "".join(signature)))
    assert AS_SHIPPED.signed(public, text, signed)
    assert not AS_SHIPPED.signed(public, text + b"!", signed)
    larger = int.from_bytes(signed[32:], "little") + AS_SHIPPED.L
    assert not AS_SHIPPED.signed(public, text, signed[:32] + larger.to_bytes(32, "little"))


def test_signatures_hold_where_a_library_says_so() -> None:
    draw = random.Random(8032)
    for _ in range(12):
        private = Ed25519PrivateKey.from_private_bytes(draw.randbytes(32))
        public = private.public_key().public_bytes_raw()
        text = draw.randbytes(draw.randrange(90))
        signature = private.sign(text)
        assert AS_SHIPPED.signed(public, text, signature)
        for part in range(3):
            parts = [public, text or b"x", signature]
            parts[part] = flipped(parts[part], draw)
            assert AS_SHIPPED.signed(*parts) is signed_by(parts[0].hex(), parts[1], parts[2])


def flipped(text: bytes, draw: random.Random) -> bytes:
    place = draw.randrange(len(text))
    return text[:place] + bytes([text[place] ^ 1 << draw.randrange(8)]) + text[place + 1 :]


def test_one_flipped_bit_in_any_file_fails_it(files: Files, tmp_path: Path) -> None:
    draw = random.Random(20261105)
    assert not differs(files, tmp_path)
    for name in sorted(name for name in files if name.endswith(".json")):
        for _ in range(30):
            (tmp_path / name).write_bytes(flipped(files[name], draw))
            assert noticed(tmp_path), name
        (tmp_path / name).write_bytes(files[name])
    assert not differs(files, tmp_path)


def test_one_flipped_bit_fails_it_also_when_the_key_signs_it_anew(
    files: Files, tmp_path: Path
) -> None:
    """What seals bind needs no signature of the proof; only blanks and spelling may change."""
    draw = random.Random(20261106)
    sealed = [name for name in files if name.startswith(("rows", "figures", "leaves"))]
    for name in sorted(sealed):
        for _ in range(15):
            flip = flipped(files[name], draw)
            if not same(flip, files[name]):
                write_files(tmp_path, signed_anew({**files, name: flip}, KEY))
                assert noticed(tmp_path), name
        (tmp_path / name).write_bytes(files[name])


def noticed(folder: Path) -> bool:
    """Say whether there is a difference; the first one is enough."""
    try:
        return any(found for _, found in AS_SHIPPED.checks(folder, []))
    except (ValueError, LookupError, TypeError, AttributeError, OSError):
        return True  # what cannot be read differs, too: `main` says so


def same(one: bytes, other: bytes) -> bool:
    """Say whether texts mean the same: hexadecimal digits have two spellings."""
    try:
        return bool(json.loads(one.lower()) == json.loads(other.lower()))
    except ValueError:
        return False


def row_of(said: dict[str, Any], **facts: object) -> dict[str, Any]:
    rows = said["rows-2026-10"]
    return next(row for row in rows if facts.items() <= row.items())


def remove_row(said: dict[str, Any]) -> None:
    said["rows-2026-10"].remove(row_of(said, late=True))


def add_row(said: dict[str, Any]) -> None:
    said["rows-2026-10"].append({**row_of(said, late=True), "id": "00"})


def reorder_rows(said: dict[str, Any]) -> None:
    said["rows-2026-10"].reverse()


def swap_days(said: dict[str, Any]) -> None:
    leaves = said["leaves"]
    leaves["2026-10-30"], leaves["2026-10-31"] = leaves["2026-10-31"], leaves["2026-10-30"]


def cut_the_chain(said: dict[str, Any]) -> None:
    del said["seals"]["seals"][2]


def move_a_half_hour(said: dict[str, Any]) -> None:
    row_of(said, kind="response", channel="kiosk", late=False)["half_hour"] += 1


def change_who_served(said: dict[str, Any]) -> None:
    duty, other = said["figures-2026-10"]["frozen_duty"][:2]
    duty["officer_id"] = 9 if duty["officer_id"] == other["officer_id"] else other["officer_id"]


def change_an_earlier_month(said: dict[str, Any]) -> None:
    row_of({"rows-2026-10": said["rows-2026-08"]}, kind="response", overall=4)["overall"] = 3


@pytest.mark.parametrize(
    "change",
    [
        remove_row,
        add_row,
        reorder_rows,
        swap_days,
        cut_the_chain,
        move_a_half_hour,
        change_who_served,
        change_an_earlier_month,
    ],
)
def test_it_finds_what_the_key_signed_anew(files: Files, tmp_path: Path, change: Change) -> None:
    assert differs(changed(files, change), tmp_path / "plain")
    assert differs(signed_anew(changed(files, change), KEY), tmp_path / "signed")


def test_another_key_cannot_sign_the_files(files: Files, tmp_path: Path) -> None:
    assert differs(signed_anew(files, new_key()), tmp_path)


# Each check is needed: somebody with the key can do something that it alone notices.


def rename_an_officer(said: dict[str, Any]) -> None:
    officers = said["context"]["officers"]
    officers[min(officers)] = "somebody"


def redate_a_seal(said: dict[str, Any]) -> None:
    seal = said["seals"]["seals"][1]
    seal["statement"] = re.sub('"sealed_at":"2026', '"sealed_at":"2025', seal["statement"])


def replace_a_neighbour(said: dict[str, Any]) -> None:
    own = {
        sha256(b"\0" + json.dumps(row, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
        for name in said
        if name.startswith("rows")
        for row in said[name]
    }
    day = said["leaves"]["2026-10-31"]
    [other, *_] = set(day) - own
    day[day.index(other)] = sha256(b"else").hexdigest()
    day.sort()


def change_an_interval(said: dict[str, Any]) -> None:
    figure = said["figures-2026-10"]["officer_figure"][0]
    figure["wide_low"] = "31.00"


def forget_rows(said: dict[str, Any]) -> None:
    forget(said, "rows_root")


def forget_days(said: dict[str, Any]) -> None:
    forget(said, "days_root")


def forget(said: dict[str, Any], name: str) -> None:
    for seal in said["seals"]["seals"]:
        seal["statement"] = re.sub(rf'"{name}":"\w+"', f'"{name}":"{"0" * 64}"', seal["statement"])


def raise_the_desk(said: dict[str, Any]) -> None:
    tally = next(row for row in said["figures-2026-10"]["tally"] if row["channel"] == "desk_qr")
    tally["combinations"] = tally["combinations"].replace("2", "4")


def count_more_for_the_mean(said: dict[str, Any]) -> None:
    said["figures-2026-10"]["closing_rule"][0]["n"] += 1


def raise_an_officer(said: dict[str, Any]) -> None:
    said["figures-2026-10"]["officer_figure"][0]["contribution"] = "9.99"


def as_it_is(files: Files, change: Change) -> Files:
    return changed(files, change)


def signed_over(files: Files, change: Change) -> Files:
    return signed_anew(changed(files, change), KEY)


def sealed_over(files: Files, change: Change) -> Files:
    return sealed_anew(files, KEY, change)


NEEDED: dict[str, tuple[Callable[[Files, Change], Files], Change]] = {
    "berkas": (as_it_is, rename_an_officer),
    "rantai": (signed_over, redate_a_seal),
    "pohon hari": (signed_over, replace_a_neighbour),
    "semua baris": (sealed_over, forget_rows),
    "semua hari": (sealed_over, forget_days),
    "sidik angka": (signed_over, change_an_interval),
    "hitungan": (sealed_over, raise_the_desk),
    "mu ": (sealed_over, count_more_for_the_mean),
    "petugas": (sealed_over, raise_an_officer),
}


@pytest.mark.parametrize("label", NEEDED)
def test_each_check_is_needed(label: str, files: Files, tmp_path: Path) -> None:
    forge, change = NEEDED[label]
    forged = forge(files, change)
    assert differs(forged, tmp_path)
    assert not differs(forged, tmp_path, by=verifier(without(label)))


def test_the_place_in_the_day_is_needed(sqlite_engine: Engine, tmp_path: Path) -> None:
    """A row slipped in after its day was sealed stands in the month's seal, not in the day's."""
    office = closed_office(sqlite_engine)
    seal_days(sqlite_engine, KEY, THE_NIGHT_AFTER)
    with writing(sqlite_engine) as session:
        store(session, office, [Seen(None, late=True, received_on=CAME_IN[OCTOBER])])
    seal_months(sqlite_engine, KEY, THE_NIGHT_AFTER)
    folder = written_proof(sqlite_engine, office, tmp_path / "bukti", key=KEY)
    assert AS_SHIPPED.main(folder, [])
    assert not verifier(without("tempat baris")).main(folder, [])


def test_earlier_seals_are_needed(files: Files, tmp_path: Path) -> None:
    kept = tmp_path / "segel.txt"
    kept.write_bytes(files["seals.json"])
    rebuilt = sealed_anew(files, new_key())
    assert not differs(rebuilt, tmp_path / "b", (kept,), by=verifier(without("segel yang terbit")))


def without(label: str) -> str:
    """Return the verifier's text with one check taken out."""
    text = VERIFIER.read_text()
    [check] = [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Yield)
        and label in (ast.get_source_segment(text, node) or "").partition(",")[0]
    ]
    lines = text.splitlines()
    indent = " " * check.col_offset
    lines[check.lineno - 1 : check.end_lineno] = [f"{indent}pass"]
    return "\n".join(lines)

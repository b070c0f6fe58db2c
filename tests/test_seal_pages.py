"""The public's pages of seals: the chain, each seal, the key, and the list that anybody keeps."""

import base64
import hashlib
import re
import subprocess
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine

from survey.database import reading, writing
from survey.headers import STRICT, security_headers
from survey.merkle import Scalar
from survey.month import Month
from survey.published_seals import (
    day_links,
    key_links,
    links_from,
    month_links,
    sealed_months,
)
from survey.seal_chain import append, chain
from survey.seal_list import NotASealList, read_list
from survey.seal_models import SealKind
from survey.seal_text import LOST, ROTATED, Link, faults_of
from survey.sealing import seal_days
from survey.signing import SealKey, key_id, signed_by
from tests.seal_factories import NIGHT, new_key, rated_days
from tests.site_client import PublicClient, phone
from tests.tampering import tampering
from tests.test_published_pages import THIRTY_KILOBYTES, plain, weight

FIGURES = "ab" * 32


@pytest.fixture
def client(sqlite_engine: Engine) -> PublicClient:
    return phone(sqlite_engine)


def sealed(engine: Engine, days: int = 3) -> SealKey:
    """Seal some days with ratings and those up to `NIGHT`; return the key."""
    rated_days(engine, days)
    key = new_key()
    seal_days(engine, key, NIGHT)
    return key


def of_a_month(unit: str, month: str = "2026-10", revision: int = 0) -> dict[str, Scalar]:
    return {
        "unit": unit, "month": month, "revision": revision, "figures": FIGURES,
        "days_root": "cd" * 32, "rows_root": "ef" * 32, "sealed_at": "2026-11-03T19:30:00Z",
    }  # fmt: skip


def seal_month(engine: Engine, key: SealKey, unit: str, month: str = "2026-10") -> int:
    with writing(engine) as session:
        facts = of_a_month(unit, month)
        return append(session, key, SealKind.MONTH, str(uuid4()), facts).number


def change_key(engine: Engine, old: SealKey, new: SealKey, why: str) -> int:
    facts: dict[str, Scalar] = {"next_key": new.raw.hex(), "why": why}
    with writing(engine) as session:
        return append(session, old, SealKind.KEY, new.id, facts).number


def every_page(engine: Engine) -> list[str]:
    key = sealed(engine)
    month = seal_month(engine, key, "KOTA")
    change = change_key(engine, key, new_key(), ROTATED)
    return ["/segel", "/segel/0", f"/segel/{month}", f"/segel/{change}"]


def test_before_the_first_night_the_page_says_what_will_be_there(client: PublicClient) -> None:
    page = client.get("/segel")
    assert page.status_code == 200
    assert "Belum ada yang disegel." in page.text
    assert client.get("/segel/kunci.pem").status_code == 404
    assert client.get("/segel/0").status_code == 404
    assert client.get("/segel.json").get_json() == {
        "format": "nilai-loket/seals/1", "newest": None, "next": None, "seals": [],
    }  # fmt: skip


def test_the_page_shows_each_day_with_its_count_root_and_digest(
    sqlite_engine: Engine, client: PublicClient
) -> None:
    sealed(sqlite_engine)
    page = client.get("/segel").text
    with reading(sqlite_engine) as session:
        links = list(chain(session))
    assert len(links) == 15
    for link in links:
        assert f"<code>{link.facts['root']}</code></td><td><code>{link.digest}</code>" in page
    assert page.index("19 Oktober 2026") < page.index("5 Oktober 2026")
    assert '5 Oktober 2026</a></th><td class="r">0</td><td class="r">7</td>' in page


def test_the_days_are_paged_by_month_and_another_month_than_there_is_shows_the_newest(
    sqlite_engine: Engine, client: PublicClient
) -> None:
    rated_days(sqlite_engine, 1)
    seal_days(sqlite_engine, new_key(), NIGHT + timedelta(days=20))
    assert "8 November 2026" in client.get("/segel").text
    october = client.get("/segel?bulan=2026-10").text
    assert "31 Oktober 2026" in october
    assert "1 November 2026" not in october
    assert '?bulan=2026-10&amp;lang=en"' in october
    for other in ("2026-09", "2026-13", "'", "9" * 5000):
        assert "8 November 2026" in client.get("/segel", query_string={"bulan": other}).text


def test_what_units_closed_in_a_month_is_listed_with_its_days_ten_on_a_page(
    sqlite_engine: Engine, client: PublicClient
) -> None:
    key = sealed(sqlite_engine)
    numbers = [seal_month(sqlite_engine, key, f"UNIT-{n:02}") for n in range(12)]
    seal_days(sqlite_engine, key, NIGHT + timedelta(days=20))
    seal_month(sqlite_engine, key, "CLOSED-LATER")
    first = client.get("/segel?bulan=2026-10").text
    assert first.count("UNIT-") == 10
    assert f"/segel/{numbers[0]}?" in first
    assert FIGURES in first
    assert "halaman=2" in first
    second = client.get("/segel?bulan=2026-10&halaman=2").text
    assert second.count("UNIT-") == 2
    assert "halaman=3" not in second
    assert "CLOSED-LATER" not in first + second
    assert "CLOSED-LATER" in client.get("/segel").text
    assert client.get("/segel?halaman=" + "9" * 5000).status_code == 200


def test_a_seal_says_what_it_states_and_how_it_hangs_on_its_predecessor(
    sqlite_engine: Engine, client: PublicClient
) -> None:
    sealed(sqlite_engine)
    page = client.get("/segel/1")
    with reading(sqlite_engine) as session:
        first, second, *_ = chain(session)
    assert "Tanda tangan sah dan sambungannya cocok." in page.text
    assert page.text.count(first.digest) == 3  # the predecessor's, what is named, in the statement
    assert second.statement.replace('"', "&#34;") in page.text
    assert base64.b64encode(second.signature).decode() in page.text
    assert client.get("/segel/0").text.count("rantai mulai di sini") == 1
    assert client.get("/segel/999").status_code == 404
    assert client.get("/segel/" + "9" * 30).status_code == 404


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE seal SET signature = zeroblob(64) WHERE number = 1", "Tanda tangan tidak sah."),
        ("UPDATE seal SET signature = zeroblob(64) WHERE number = 0", "tidak menyambung"),
        ("DELETE FROM seal WHERE number = 0", "tidak menyambung"),
    ],
)
def test_a_seal_that_was_tampered_with_is_not_called_valid(
    sqlite_engine: Engine, client: PublicClient, change: str, said: str
) -> None:
    sealed(sqlite_engine)
    with tampering(sqlite_engine) as session:
        session.connection().exec_driver_sql(change)
    page = client.get("/segel/1").text
    assert said in page
    assert "Tanda tangan sah" not in page


def test_the_files_of_a_seal_pass_openssl_and_one_flipped_byte_does_not(
    sqlite_engine: Engine, client: PublicClient, tmp_path: Path
) -> None:
    sealed(sqlite_engine)
    page = client.get("/segel/1")
    for part in re.findall(r'href="(/segel/1/[^"]+)"', page.text):
        answer = client.get(part)
        name = answer.headers["Content-Disposition"].partition('filename="')[2].rstrip('"')
        (tmp_path / name).write_bytes(answer.data)
    verify, digest = re.findall(r"<code>((?:openssl|cat) [^<]+)</code>", page.text)
    assert ran(verify, tmp_path) == "Signature Verified Successfully"
    assert (
        ran(digest, tmp_path).split()[0]
        == client.get("/segel.json")
        .get_json()["seals"][2]["statement"]
        .partition('"previous":"')[2]
        .partition('"')[0]
    )
    statement = tmp_path / "segel-1-pernyataan.txt"
    statement.write_text(statement.read_text().replace('"number":1', '"number":2'))
    assert ran(verify, tmp_path) != "Signature Verified Successfully"


def ran(command: str, folder: Path) -> str:
    """Run a command of the page as it stands there, in a folder of our own."""
    done = subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True)  # noqa: PLW1510
    return done.stdout.strip()


def test_the_key_is_shown_in_groups_and_given_as_pem(
    sqlite_engine: Engine, client: PublicClient
) -> None:
    key = sealed(sqlite_engine)
    page = client.get("/segel").text
    fingerprint = hashlib.sha256(key.raw).hexdigest()
    groups = re.findall(r"<code>([0-9a-f]{4})</code>", page)
    assert "".join(groups) == fingerprint
    assert fingerprint.startswith(key_id(key.raw))
    assert f"<code>{key.raw.hex()}</code>" in page
    assert base64.b64encode(key.raw).decode() in page
    assert client.get("/segel/kunci.pem").text == key.public_pem


@pytest.mark.parametrize(("why", "said"), [(ROTATED, "kunci diganti"), (LOST, "kunci lama hilang")])
def test_a_change_of_key_is_marked_and_the_new_key_shown(
    sqlite_engine: Engine, client: PublicClient, why: str, said: str
) -> None:
    old, new = sealed(sqlite_engine), new_key()
    number = change_key(sqlite_engine, old, new, why)
    page = client.get("/segel").text
    assert re.search(rf'href="/segel/{number}\?lang=id">segel nomor {number}</a>: {said}', page)
    assert client.get("/segel/kunci.pem").text == new.public_pem
    assert client.get("/segel/0/kunci").text == old.public_pem
    assert new.raw.hex() in client.get(f"/segel/{number}").text


def test_the_list_for_programs_gives_the_whole_chain_in_parts_that_can_be_read_back(
    sqlite_engine: Engine, client: PublicClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = sealed(sqlite_engine)
    monkeypatch.setattr("survey.seal_pages.IN_A_FILE", 4)
    kept: list[Link] = []
    following: int | None = 0
    while following is not None:
        answer = client.get(f"/segel.json?from={following}")
        following = answer.get_json()["next"]
        kept += read_list(answer.text)
    with reading(sqlite_engine) as session:
        links = list(chain(session))
    assert sorted(set(kept), key=lambda link: link.number) == links
    assert list(faults_of(links)) == []
    newest = client.get("/segel.json").get_json()
    assert [each["number"] for each in newest["seals"]] == [11, 12, 13, 14]
    assert newest["newest"] == newest["seals"][-1]
    last = newest["newest"]
    signature = base64.b64decode(last["signature"])
    assert signed_by(key.raw.hex(), last["statement"].encode(), signature)


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"seals": [{"number": "1"}]}', "null", "7"])
def test_what_is_no_list_of_seals_is_refused(text: str) -> None:
    with pytest.raises(NotASealList):
        read_list(text)


def test_every_page_may_be_kept_and_is_not_sent_twice(
    sqlite_engine: Engine, client: PublicClient
) -> None:
    files = ["/segel.json", "/segel/kunci.pem", "/segel/0/pernyataan"]
    for path in [*every_page(sqlite_engine), *files]:
        first = client.get(path)
        assert first.headers["Cache-Control"] == "public, max-age=300", path
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b""), path


def test_no_page_runs_a_script_and_each_is_light(
    sqlite_engine: Engine, client: PublicClient
) -> None:
    key = sealed(sqlite_engine)
    seal_days(sqlite_engine, key, NIGHT + timedelta(days=12))
    for n in range(12):
        seal_month(sqlite_engine, key, f"UNIT-{n:02}")
    pages = ["/segel?bulan=2026-10", "/segel/0"]
    for path in pages:
        answer = client.get(path)
        expected = security_headers(STRICT)
        assert {name: answer.headers[name] for name in expected} == expected
        assert "<script" not in answer.text
    heavy = {path: weight(client, path) for path in pages}
    assert {path: size for path, size in heavy.items() if size > THIRTY_KILOBYTES} == {}


def test_the_pages_read_well_in_english(sqlite_engine: Engine, client: PublicClient) -> None:
    for path in every_page(sqlite_engine):
        page = plain(client.get(path, query_string={"lang": "en"}))
        assert "Seal" in page
        assert "egel " not in page


def test_the_chain_is_read_alike_on_every_database(engine: Engine) -> None:
    key = sealed(engine)
    number = seal_month(engine, key, "KOTA_1")
    other = new_key()
    change = change_key(engine, key, other, ROTATED)
    october = Month(2026, 10)
    with reading(engine) as session:
        assert sealed_months(session) == [october]
        assert [link.number for link in day_links(session, october)] == list(range(14, -1, -1))
        assert [link.number for link in month_links(session, october, 0, 10)] == [number]
        assert month_links(session, october, 1, 10) == []
        assert [link.number for link in key_links(session)] == [change]
        assert [link.number for link in links_from(session, 3, 2)] == [3, 4]
    seal_days(engine, other, NIGHT + timedelta(days=20))
    seal_month(engine, other, "KOTA_1")
    with reading(engine) as session:
        assert [link.number for link in month_links(session, october, 0, 10)] == [number]
        assert month_links(session, Month(2026, 9), 0, 10) == []

"""What a receipt's page tells: received, on which day, and its place in a seal; nothing else."""

import hashlib
import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import Engine, update
from sqlmodel import col
from time_machine import travel

from survey.database import reading, writing
from survey.models import Response
from survey.receipt import digest_of, receipt_for
from survey.seal_chain import last_sealed_day
from survey.sealing import seal_days
from survey.signing import signed_by
from tests.factories import KEYS, NOON, make_desk, tap
from tests.page_words import met_on
from tests.record_factories import an_office, visit
from tests.seal_factories import NIGHT, new_key
from tests.site_client import PublicClient, phone
from tests.tampering import tampering

RECEIPT_KEY = KEYS.key("receipt")


@pytest.fixture
def receipt(engine: Engine) -> str:
    """Give the receipt of a citizen who was very dissatisfied on 5 October 2026."""
    with writing(engine) as session:
        desk = make_desk(session)
    with travel(NOON, tick=False):
        return tap(phone(engine), desk.path, 1).text.partition('translate="no">')[2][:9]


@pytest.fixture
def client(engine: Engine) -> PublicClient:
    return phone(engine)


def rated(engine: Engine, *values: int) -> list[str]:
    """Send ratings on 5 October at one desk; return their receipts."""
    office = an_office(engine, services=["KK"])
    taps = [visit(value, served_at=NOON) for value in values]
    return [office.send(each, NOON).receipt or "" for each in taps]


def root_by_hand(leaf: str, place: int, size: int, path: list[str]) -> str:
    """Follow an audit path as RFC 6962 §2.1.1 says it, with nothing of the product."""
    digest, last = bytes.fromhex(leaf), size - 1
    siblings = [bytes.fromhex(each) for each in path]
    while last:
        if place % 2:
            digest = hashlib.sha256(b"\x01" + siblings.pop(0) + digest).digest()
        elif place < last:
            digest = hashlib.sha256(b"\x01" + digest + siblings.pop(0)).digest()
        place, last = place // 2, last // 2
    assert siblings == []
    return digest.hex()


def test_a_receipt_tells_the_day_and_nothing_else(client: PublicClient, receipt: str) -> None:
    with travel(NOON, tick=False):
        page = client.get(f"/resi/{receipt}")
    assert "Diterima pada 5 Oktober 2026." in page.text
    assert "Disegel malam ini." in page.text
    assert "Loket 3" not in page.text
    assert "Disdukcapil" not in page.text
    assert "uas" not in met_on(page)


def test_while_its_day_waits_for_its_seal_a_receipt_says_so(
    client: PublicClient, receipt: str
) -> None:
    with travel(NOON + timedelta(days=2), tick=False):
        page = client.get(f"/resi/{receipt}").text
    assert "Belum disegel. Buka lagi halaman ini besok." in page
    data = client.get(f"/resi/{receipt}.json").get_json()
    assert data == {
        "received_on": "2026-10-05", "seal": None,
        "leaf": None, "place": None, "size": None, "path": None,
    }  # fmt: skip


def test_once_its_day_is_sealed_a_receipt_leads_to_the_seal(engine: Engine) -> None:
    receipts, key = rated(engine, 1, 2, 3, 4, 4), new_key()
    seal_days(engine, key, NIGHT)
    client = phone(engine)
    for receipt in receipts:
        page = client.get(f"/resi/{receipt}")
        assert "Diterima pada 5 Oktober 2026, disegel." in page.text
        data = client.get(f"/resi/{receipt}.json").get_json()
        shown = re.findall(r"<code>([0-9a-f]{64})</code>", page.text)
        root = json.loads(data["seal"]["statement"])["root"]
        assert shown == [data["leaf"], *data["path"], root]
        assert f'href="/segel/{data["seal"]["number"]}?lang=id"' in page.text
        assert root_by_hand(data["leaf"], data["place"], data["size"], data["path"]) == root
        assert client.get(f"/segel/{data['seal']['number']}").text.count(root) == 2


def test_a_path_from_another_leaf_or_place_leads_elsewhere(sqlite_engine: Engine) -> None:
    receipts = rated(sqlite_engine, 1, 2, 3, 4, 4)
    seal_days(sqlite_engine, new_key(), NIGHT)
    data = phone(sqlite_engine).get(f"/resi/{receipts[0]}.json").get_json()
    root = json.loads(data["seal"]["statement"])["root"]
    flipped = f"{int(data['leaf'][0], 16) ^ 1:x}{data['leaf'][1:]}"
    assert root_by_hand(flipped, data["place"], data["size"], data["path"]) != root


def test_the_seal_of_a_receipt_is_signed_as_it_is_given(sqlite_engine: Engine) -> None:
    (receipt,), key = rated(sqlite_engine, 4), new_key()
    seal_days(sqlite_engine, key, NIGHT)
    client = phone(sqlite_engine)
    data = client.get(f"/resi/{receipt}.json").get_json()
    listed = client.get("/segel.json?from=0").get_json()["seals"]
    assert data["seal"] in listed
    assert (data["place"], data["size"], data["path"]) == (0, 1, [])
    link = data["seal"]["statement"].encode()
    signature = client.get(f"/segel/{data['seal']['number']}/tandatangan").data
    assert signed_by(key.raw.hex(), link, signature)


def test_a_rating_changed_after_its_seal_has_no_path_any_more(sqlite_engine: Engine) -> None:
    receipt, *_ = rated(sqlite_engine, 1, 2)
    seal_days(sqlite_engine, new_key(), NIGHT)
    with tampering(sqlite_engine) as session:
        changed = {"overall": 4, "leaf": hashlib.sha256(b"another").digest()}
        digest = digest_of(receipt, RECEIPT_KEY)
        session.execute(
            update(Response).where(col(Response.receipt_digest) == digest).values(changed)
        )
    page = phone(sqlite_engine).get(f"/resi/{receipt}").text
    assert "disegel." not in page
    assert "Laporkan kode ini" in page
    assert phone(sqlite_engine).get(f"/resi/{receipt}.json").get_json()["path"] is None


def test_a_one_and_a_four_give_the_same_page_but_for_code_and_digests(
    sqlite_engine: Engine,
) -> None:
    one, four = rated(sqlite_engine, 1, 4)
    seal_days(sqlite_engine, new_key(), NIGHT)
    client = phone(sqlite_engine)

    def told(address: str) -> str:
        text = client.get(address).text
        text = re.sub(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", "CODE", text)
        return re.sub(r"\b[0-9a-f]{64}\b", "DIGEST", text)

    def without_place(text: str) -> str:
        return re.sub(r"\b[01](?= dari 2 catatan)|(?<=\"place\": )[01]", "PLACE", text)

    for suffix in ("", ".json", "?lang=en"):
        first, second = (client.get(f"/resi/{code}{suffix}").data for code in (one, four))
        assert len(first) == len(second)
        pages = (without_place(told(f"/resi/{code}{suffix}")) for code in (one, four))
        assert len({page.replace("0 of 2", "P").replace("1 of 2", "P") for page in pages}) == 1


def test_two_responses_that_share_a_receipt_show_the_earlier_day(sqlite_engine: Engine) -> None:
    office = an_office(sqlite_engine, services=["KK"])
    first, second = visit(1, served_at=NOON), visit(4, served_at=NOON + timedelta(days=1))
    office.send(second, NOON + timedelta(days=1))
    office.send(first, NOON)
    receipt = receipt_for(first.id, RECEIPT_KEY)
    with tampering(sqlite_engine) as session:  # what 40 bits may bring about by themselves
        session.execute(update(Response).values(receipt_digest=digest_of(receipt, RECEIPT_KEY)))
    seal_days(sqlite_engine, new_key(), NIGHT)
    data = phone(sqlite_engine).get(f"/resi/{receipt}.json").get_json()
    assert data["received_on"] == "2026-10-05"
    assert data["seal"]["subject"] == "2026-10-05"
    with reading(sqlite_engine) as session:
        assert last_sealed_day(session) is not None


def test_a_receipt_may_be_typed_in_small_letters_without_its_dash(
    client: PublicClient, receipt: str
) -> None:
    typed = receipt.lower().replace("-", "").replace("0", "o").replace("1", "l")
    answer = client.get("/resi/", query_string={"kode": typed})
    assert (answer.status_code, answer.location) == (303, f"/resi/{receipt}?lang=id")
    assert "Received on 5 October 2026." in client.get(f"/resi/{typed}?lang=en").text


@pytest.mark.parametrize("code", ["7K3M-Q9TX", "U", "7K3M-Q9TU", "%00", "ä" * 8])
def test_an_unknown_receipt_is_not_found_and_says_what_to_check(
    client: PublicClient, code: str
) -> None:
    answer = client.get(f"/resi/{code}")
    assert answer.status_code == 404
    assert "delapan huruf dan angka" in answer.text
    assert client.get(f"/resi/{code}.json").status_code == 404


def test_whoever_guesses_waits_while_the_neighbour_reads_on(sqlite_engine: Engine) -> None:
    (receipt,) = rated(sqlite_engine, 4)
    client = phone(sqlite_engine, NILAI_LANGUAGES="id")  # a site of its own
    guesser, neighbour = {"REMOTE_ADDR": "203.0.113.7"}, {"REMOTE_ADDR": "203.0.113.8"}
    with travel(NOON, tick=False):
        statuses = [
            client.get(f"/resi/{n:08}", environ_base=guesser).status_code for n in range(130)
        ]
        assert statuses == [404] * 120 + [429] * 10
        for suffix in ("", ".json"):
            answer = client.get(f"/resi/{receipt}{suffix}", environ_base=guesser)
            assert (answer.status_code, answer.headers["Retry-After"]) == (429, "6")
        assert "Tunggu 6 detik" in client.get("/resi/U", environ_base=guesser).text
        assert client.get(f"/resi/{receipt}", environ_base=neighbour).status_code == 200
    with travel(NOON + timedelta(seconds=6), tick=False):
        assert client.get(f"/resi/{receipt}", environ_base=guesser).status_code == 200


def test_what_is_no_receipt_is_shown_again(client: PublicClient) -> None:
    answer = client.get("/resi/", query_string={"kode": "7K3M"})
    assert answer.status_code == 422
    assert 'value="7K3M"' in answer.text

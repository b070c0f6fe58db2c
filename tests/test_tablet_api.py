"""The three addresses of tablets: enrolment, contact, batches (`docs/tablet.md`)."""

from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from kiosk.devices import revoke
from kiosk.enrolments import PIN_ROUNDS
from kiosk.rotating_code import PURPOSE as CODE
from kiosk.rotating_code import code_key
from kiosk.wire import to_bytes, to_instant, to_text
from survey.database import writing
from tests.factories import KEYS
from tests.record_factories import NOON, Office, an_office, count_of, neighbour_of
from tests.site_client import PublicClient, phone
from tests.tablet_factories import (
    MadeTablet,
    enrolled,
    enrolment_body,
    headers_of,
    issued,
    new_key,
    public,
    tablet_from,
)

ENROL, CONTACT, RESPONSES = (
    f"/api/kiosk/v1/{name}" for name in ("enrolments", "contact", "responses")
)
DAY = timedelta(days=1)


@pytest.fixture
def office(sqlite_engine: Engine) -> Office:
    return an_office(sqlite_engine)


@pytest.fixture
def site(sqlite_engine: Engine) -> PublicClient:
    return phone(sqlite_engine)


@pytest.fixture
def tablet(office: Office) -> MadeTablet:
    return enrolled(office.engine, office.desk.id)


def post(
    site: PublicClient,
    tablet: MadeTablet,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> TestResponse:
    body = tablet.body() if body is None else body
    with time_machine.travel(NOON, tick=False):
        return send(site, tablet, body, headers)


def send(
    site: PublicClient, tablet: MadeTablet, body: bytes, headers: dict[str, str] | None = None
) -> TestResponse:
    return site.post(RESPONSES, data=body, headers=tablet.headers(body) | (headers or {}))


def enrol(site: PublicClient, told: dict[str, Any]) -> TestResponse:
    with time_machine.travel(NOON, tick=False):
        return site.post(ENROL, json=told)


def contact(site: PublicClient, **told: str) -> TestResponse:
    with time_machine.travel(NOON, tick=False):
        return site.get(CONTACT, query_string={"clock": to_instant(NOON), **told})


def refusal(answer: TestResponse) -> tuple[int, str | None]:
    assert answer.mimetype == "application/problem+json"
    told = answer.get_json()
    assert told["status"] == answer.status_code
    return answer.status_code, told.get("reason")


def test_a_code_makes_a_tablet_of_the_desk_that_sends(office: Office, site: PublicClient) -> None:
    key, code = new_key(), issued(office.engine, office.desk.id).code
    answer = enrol(site, enrolment_body(code, key))
    assert answer.status_code == 201
    tablet = tablet_from(answer.get_json(), key)
    sent = tablet.keep(3)
    answer = post(site, tablet)
    assert answer.status_code == 201
    [result] = answer.get_json()["results"]
    assert (result["id"], result["status"], result["reason"]) == (sent["id"], "recorded", None)
    assert result["receipt"]
    [stored] = office.responses
    assert (stored["overall"], stored["channel"]) == (3, "kiosk")


def test_an_enrolment_tells_everything_that_a_tablet_needs(
    office: Office, site: PublicClient
) -> None:
    code = issued(office.engine, office.desk.id).code
    told = enrol(site, enrolment_body(code, new_key())).get_json()
    assert told["desk"] == office.desk.code
    assert told["config"]["desk"]["code"] == office.desk.code
    assert len(to_bytes(told["seal_key"])) == 65
    assert to_bytes(told["code_key"]) == code_key(KEYS.key(CODE), UUID(told["device"]))
    assert told["pin"]["rounds"] == PIN_ROUNDS
    assert [len(to_bytes(told["pin"][part])) for part in ("salt", "hash")] == [16, 32]
    assert told["time"] == "2026-10-05T05:12:44.000Z"


def test_a_wrong_try_stays_counted_although_it_is_refused(
    office: Office, site: PublicClient
) -> None:
    code, key = issued(office.engine, office.desk.id).code, new_key()
    wrong = code[:-1] + ("2" if code[-1] == "1" else "1")
    for _ in range(5):
        assert refusal(enrol(site, enrolment_body(wrong, key))) == (404, "unknown_code")
    assert refusal(enrol(site, enrolment_body(code, key))) == (404, "unknown_code")


def test_a_tablet_of_another_desk_hears_why(office: Office, site: PublicClient) -> None:
    elsewhere = enrolled(office.engine, neighbour_of(office).desk.id)
    code = issued(office.engine, office.desk.id).code
    told = enrolment_body(code, new_key(), previous=str(elsewhere.device))
    assert refusal(enrol(site, told)) == (409, "other_desk")


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": None}, {"code": 7}, {"key": None}, {"key": "%"}, {"key": ""}, {"clock": None},
        {"clock": "noon"}, {"previous": "earlier"}, {"previous": 7}, {"signature": None},
        {"signature": ""}, {"signature": "A" * 86}, {"code": "\ud800"}, {"code": "7K3MQ9TY"},
    ],
    ids=repr,
)  # fmt: skip
def test_an_enrolment_that_is_not_as_it_should_be_is_refused(
    office: Office, site: PublicClient, wrong: dict[str, Any]
) -> None:
    told = enrolment_body("7K3M-Q9TX", new_key())
    assert refusal(enrol(site, told | wrong)) == (422, "bad_request")
    assert count_of(office.engine, "device") == 0


def test_a_key_on_another_curve_is_refused(office: Office, site: PublicClient) -> None:
    code = issued(office.engine, office.desk.id).code
    other = to_text(public(generate_private_key(SECP384R1())))
    told = enrolment_body(code, new_key()) | {"key": other}
    assert refusal(enrol(site, told)) == (422, "bad_request")


@pytest.mark.parametrize("body", [b"", b"[]", b"x", b"\xff", b"[" * 60_000])
def test_a_body_that_is_no_object_is_refused(
    office: Office, site: PublicClient, tablet: MadeTablet, body: bytes
) -> None:
    assert refusal(site.post(ENROL, data=body)) == (422, "bad_request")
    assert refusal(post(site, tablet, body)) == (422, "bad_request")
    assert office.responses == []


def test_a_contact_gives_what_the_next_batch_signs(
    office: Office, site: PublicClient, tablet: MadeTablet
) -> None:
    told = contact(site, device=str(tablet.device)).get_json()
    assert set(told) == {"nonce", "time", "stamp"}
    assert (told["nonce"], told["stamp"]) == (tablet.nonce, tablet.stamps[0])
    assert contact(site, device=str(tablet.device)).get_json() == told
    assert count_of(office.engine, "device_report") == 0


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"device": "x"}, (422, "bad_request")),
        ({}, (422, "bad_request")),
        ({"device": str(UUID(int=0)), "clock": "now"}, (422, "bad_request")),
        ({"device": str(UUID(int=0))}, (404, "unknown_device")),
    ],
    ids=repr,
)
def test_a_contact_that_makes_no_sense_is_refused(
    site: PublicClient, told: dict[str, str], reason: tuple[int, str]
) -> None:
    assert refusal(contact(site, **told)) == reason


def test_a_revoked_tablet_hears_it_everywhere(
    office: Office, site: PublicClient, tablet: MadeTablet
) -> None:
    with writing(office.engine) as session:
        revoke(session, tablet.device, NOON, actor="cli")
    assert refusal(contact(site, device=str(tablet.device))) == (403, "revoked")
    assert refusal(post(site, tablet)) == (403, "revoked")


def test_a_stale_nonce_comes_with_the_one_that_is_due(
    office: Office, site: PublicClient, tablet: MadeTablet
) -> None:
    due, tablet.nonce = tablet.nonce, "of yesterday"
    tablet.keep()
    answer = post(site, tablet)
    assert refusal(answer) == (401, "stale_nonce")
    assert answer.get_json()["nonce"] == due
    assert office.responses == []


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Nilai-Device": "x"}, (404, "unknown_device")),
        ({"Nilai-Device": str(UUID(int=7))}, (404, "unknown_device")),
        ({"Nilai-Nonce": ""}, (401, "stale_nonce")),
        ({"Nilai-Nonce": "é"}, (401, "stale_nonce")),
        ({"Nilai-Signature": ""}, (401, "bad_signature")),
        ({"Nilai-Signature": "é"}, (401, "bad_signature")),
    ],
    ids=repr,
)
def test_headers_that_make_no_sense_are_refused(
    site: PublicClient, tablet: MadeTablet, headers: dict[str, str], reason: tuple[int, str]
) -> None:
    assert refusal(post(site, tablet, headers=headers)) == reason


def test_without_headers_nothing_is_taken(site: PublicClient, tablet: MadeTablet) -> None:
    assert refusal(site.post(RESPONSES, data=tablet.body())) == (404, "unknown_device")


def test_a_batch_may_have_512_kilobytes(site: PublicClient, tablet: MadeTablet) -> None:
    body = tablet.body([])
    whole = body + b" " * (512 * 1024 - len(body))
    assert post(site, tablet, whole).status_code == 200
    assert refusal(post(site, tablet, whole + b" ")) == (413, "too_large")


def test_of_large_batches_one_is_taken_and_one_waits_so_that_citizens_need_not(
    office: Office, site: PublicClient
) -> None:
    """Whoever holds the database holds up whoever is let in: the third one is sent away at once."""
    tablets = [enrolled(office.engine, office.desk.id) for _ in range(4)]
    small = tablets.pop()
    small.keep()

    # Whoever is let in waits for the database for some seconds only: nothing slow may happen then.
    phones = [phone(office.engine) for _ in range(4)]
    bodies = [tablet.body([]) + b" " * 9000 for tablet in tablets]
    with time_machine.travel(NOON, tick=False), ThreadPoolExecutor(4) as threads:
        with writing(office.engine):
            sent = [
                threads.submit(send, *each)
                for each in zip(phones[1:], tablets, bodies, strict=True)
            ]
            [away], inside = wait(sent, timeout=60, return_when=FIRST_COMPLETED)
            assert refusal(away.result()) == (503, "busy")
            assert away.result().headers["Retry-After"] == "5"
            waits = threads.submit(send, phones[0], small, small.body())
        assert [each.result().status_code for each in inside] == [200, 200]
        assert waits.result().status_code == 201
    last = enrolled(office.engine, office.desk.id)
    assert post(site, last, last.body([]) + b" " * 9000).status_code == 200


def test_a_batch_of_another_sites_page_is_refused(
    office: Office, site: PublicClient, tablet: MadeTablet
) -> None:
    tablet.keep()
    for foreign in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert refusal(post(site, tablet, headers=foreign))[0] == 403
    assert office.responses == []
    assert post(site, tablet, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 201


def test_being_there_without_a_response_answers_200(site: PublicClient, tablet: MadeTablet) -> None:
    answer = post(site, tablet)
    assert (answer.status_code, answer.get_json()["results"]) == (200, [])
    assert answer.get_json()["nonce"] != tablet.nonce


def test_the_config_comes_with_the_answer_only_where_it_changed(
    site: PublicClient, tablet: MadeTablet
) -> None:
    first = post(site, tablet).get_json()
    tablet.nonce = first["nonce"]
    second = post(site, tablet, tablet.body(config=first["config"]["etag"])).get_json()
    assert "config" not in second
    tablet.nonce = second["nonce"]
    assert "config" in post(site, tablet, tablet.body(config="old")).get_json()


def test_the_database_away_is_503_and_nothing_is_taken(
    office: Office, site: PublicClient, tablet: MadeTablet
) -> None:
    office.change("ALTER TABLE response RENAME TO gone")
    tablet.keep()
    answer = post(site, tablet)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    office.change("ALTER TABLE gone RENAME TO response")
    assert post(site, tablet).status_code == 201


def test_what_a_stranger_signs_is_refused(site: PublicClient, tablet: MadeTablet) -> None:
    forged = tablet.signed(tablet.body())
    tablet.key = new_key()
    body = forged.body
    answer = site.post(RESPONSES, data=body, headers=headers_of(tablet.signed(body)))
    assert refusal(answer) == (401, "bad_signature")
    assert public(tablet.key) not in body

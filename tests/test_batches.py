"""Batches of tablets: taken whole, each item judged alone, nothing lost, nothing doubled (§10)."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, event

from kiosk.batch_body import BadRequest
from kiosk.batches import SignedBatch, StaleNonce, take_batch
from kiosk.devices import Revoked, UnknownDevice, revoke
from kiosk.signatures import BadSignature
from survey.database import open_engine, writing
from tests.factories import KEYS
from tests.record_factories import NOON, Office, an_office, count_of, rows_of
from tests.tablet_factories import MadeTablet, enrolled, outcomes

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def office(sqlite_engine: Engine) -> Office:
    return an_office(sqlite_engine, services=("KTP-EL",))


@pytest.fixture
def tablet(office: Office) -> MadeTablet:
    return enrolled(office.engine, office.desk.id)


def url_of(office: Office) -> str:
    return office.engine.url.render_as_string(hide_password=False)


def test_what_a_tablet_kept_is_stored_and_answered_in_order(engine: Engine) -> None:
    office = an_office(engine)
    tablet = enrolled(engine, office.desk.id)
    kept = [tablet.keep(rating, at=NOON + rating * HOUR) for rating in (1, 2, 3, 4)]
    taken = tablet.send(engine, at=NOON + DAY)
    assert [str(result.id) for result in taken.results] == [item["id"] for item in kept]
    assert outcomes(taken) == ["recorded"] * 4
    stored = {str(row["id"]): row for row in office.responses}
    assert [stored[item["id"]]["overall"] for item in kept] == [1, 2, 3, 4]
    assert {row["channel"] for row in office.responses} == {"kiosk"}
    assert {row["desk_id"] for row in office.responses} == {office.desk.id}
    assert rows_of(engine, "device_range") == [{"device_id": tablet.device, "first": 0, "last": 3}]


def test_the_same_items_once_more_get_the_same_receipts(office: Office, tablet: MadeTablet) -> None:
    items = [tablet.keep(4, at=NOON + n * HOUR) for n in range(3)]
    first = tablet.send(office.engine, items, at=NOON + DAY)
    again = tablet.send(office.engine, items, at=NOON + 40 * DAY)
    assert outcomes(again) == ["known"] * 3
    assert [r.receipt for r in again.results] == [r.receipt for r in first.results]
    assert len(office.responses) == 3


def test_64_threads_with_one_batch_store_it_once(engine: Engine) -> None:
    office = an_office(engine)
    tablet = enrolled(engine, office.desk.id)
    for n in range(5):
        tablet.keep(4, at=NOON + n * HOUR)
    sent, together = tablet.signed(tablet.body(at=NOON + DAY)), Barrier(64)

    def one(_: int) -> str:
        together.wait()
        try:
            return " ".join(outcomes(take_batch(engine, sent, NOON + DAY, KEYS)))
        except StaleNonce:
            return "stale"

    with ThreadPoolExecutor(64) as threads:
        told = Counter(threads.map(one, range(64)))
    assert told == {" ".join(["recorded"] * 5): 1, "stale": 63}
    assert len(office.responses) == 5


def test_a_batch_whose_answer_was_lost_is_signed_again_and_known(
    office: Office, tablet: MadeTablet
) -> None:
    items, old = [tablet.keep()], tablet.nonce
    first = tablet.send(office.engine, items)
    tablet.nonce = old  # the answer never came
    with pytest.raises(StaleNonce) as refused:
        tablet.send(office.engine, items)
    assert refused.value.nonce == first.nonce
    tablet.nonce = refused.value.nonce
    assert outcomes(tablet.send(office.engine, items)) == ["known"]


def test_a_copied_batch_is_worthless(office: Office, tablet: MadeTablet) -> None:
    tablet.keep()
    copied = tablet.signed(tablet.body())
    take_batch(office.engine, copied, NOON, KEYS)
    with pytest.raises(StaleNonce):
        take_batch(office.engine, copied, NOON, KEYS)
    assert len(office.responses) == 1


def test_what_another_tablet_signed_is_refused(office: Office, tablet: MadeTablet) -> None:
    other = enrolled(office.engine, office.desk.id)
    tablet.keep()
    forged = SignedBatch(
        tablet.device, tablet.nonce, other.signed(tablet.body()).signature, tablet.body()
    )
    with pytest.raises(BadSignature):
        take_batch(office.engine, forged, NOON, KEYS)
    assert office.responses == []


@pytest.mark.parametrize("signature", [b"", b"\0" * 64, b"\xff" * 64, b"s" * 63])
def test_what_nobody_signed_is_refused(
    office: Office, tablet: MadeTablet, signature: bytes
) -> None:
    unsigned = SignedBatch(tablet.device, tablet.nonce, signature, tablet.body())
    with pytest.raises(BadSignature):
        take_batch(office.engine, unsigned, NOON, KEYS)


def test_a_tablet_that_nobody_knows_is_refused(office: Office, tablet: MadeTablet) -> None:
    tablet.device = uuid4()
    with pytest.raises(UnknownDevice):
        tablet.send(office.engine)


def test_a_revoked_tablet_is_refused_at_once(office: Office, tablet: MadeTablet) -> None:
    tablet.keep()
    with writing(office.engine) as session:
        revoke(session, tablet.device, NOON, actor="cli")
    with pytest.raises(Revoked):
        tablet.send(office.engine)
    assert office.responses == []


@pytest.mark.parametrize("meanwhile", ["revoked", "sent"])
def test_what_happened_while_the_batch_was_read_holds_already(
    office: Office, tablet: MadeTablet, meanwhile: str
) -> None:
    """The row is asked again once it is held: here something happens between the two."""
    tablet.keep()
    sent, elsewhere, begun = tablet.signed(tablet.body()), open_engine(url_of(office)), []

    def before_the_second_transaction(*_connection: object) -> None:
        begun.append(1)
        if len(begun) != 2:
            return
        if meanwhile == "sent":
            take_batch(elsewhere, sent, NOON, KEYS)
            return
        with writing(elsewhere) as session:
            revoke(session, tablet.device, NOON, actor="cli")

    event.listen(office.engine, "checkout", before_the_second_transaction)
    with pytest.raises(Revoked if meanwhile == "revoked" else StaleNonce):
        take_batch(office.engine, sent, NOON, KEYS)
    elsewhere.dispose()
    assert len(office.responses) == (meanwhile == "sent")


def test_a_refused_item_keeps_nothing_from_being_stored(office: Office, tablet: MadeTablet) -> None:
    good = [tablet.keep(at=NOON - 3 * HOUR), tablet.keep(at=NOON - 2 * HOUR)]
    spoilt = [
        tablet.put(tablet.item(9)),
        tablet.put(tablet.item(None)),
        tablet.put(tablet.item(service="TIDAK-ADA")),
        tablet.put(tablet.item(extra=1)),
        {**tablet.keep(), "sealed": good[0]["sealed"]},
        {**tablet.keep(), "sealed": "%"},
        {**tablet.keep(), "sealed": None},
        {**tablet.keep(), "after": "0"},
        {**tablet.keep(), "device": str(uuid4())},
        {**tablet.keep(), "device": 7},
        {**tablet.keep(2), "id": good[0]["id"]},
    ]
    taken = tablet.send(office.engine, [good[0], *spoilt, good[1]])
    assert outcomes(taken) == [
        "recorded", "not_1_to_4", "nothing_answered", "unknown_service", "unknown", "cannot_open",
        "cannot_open", "cannot_open", "not_a_number", "foreign_device", "not_an_id", "cannot_open",
        "recorded",
    ]  # fmt: skip
    assert len(office.responses) == 2


def test_an_id_with_other_content_is_refused_and_what_came_first_stays(
    office: Office, tablet: MadeTablet
) -> None:
    first = tablet.item(4)
    tablet.send(office.engine, [tablet.put(first)])
    other = tablet.item(1, id=first["id"])
    assert outcomes(tablet.send(office.engine, [tablet.put(other)])) == ["id_reused"]
    assert [row["overall"] for row in office.responses] == [4]


def test_a_service_that_was_given_up_since_is_still_taken(
    office: Office, tablet: MadeTablet
) -> None:
    tablet.put(tablet.item(service="AKTA"))
    office.change("UPDATE service SET active = false")
    office.change("UPDATE desk SET active = false")
    assert outcomes(tablet.send(office.engine)) == ["recorded"]


def test_all_that_a_citizen_added_comes_along(office: Office, tablet: MadeTablet) -> None:
    told = tablet.item(4, comment="Cepat", profile={"SEX": "P"}, answered_in=40)
    told["ratings"] |= {"WAKTU": 3, "BIAYA": 4}
    tablet.put(told)
    tablet.send(office.engine)
    [followup] = office.followups
    assert (followup["waktu"], followup["biaya"], followup["prosedur"]) == (3, 4, None)
    assert {row["text"] for row in rows_of(office.engine, "private_text")} == {"Cepat", "P"}


def test_a_response_may_come_in_the_open(office: Office, tablet: MadeTablet) -> None:
    taken = tablet.send(office.engine, [tablet.item(4), tablet.item(9), {"id": str(uuid4())}])
    assert outcomes(taken) == ["recorded", "not_1_to_4", "missing"]


@pytest.mark.parametrize(
    "told",
    [
        {"responses": None}, {"responses": {}}, {"responses": [None]}, {"responses": [[]]},
        {"responses": [{"id": 7}]}, {"responses": [{}] * 51}, {"stamps": []}, {"stamps": {"0": 1}},
        {"stamps": {"x": "s"}}, {"stamps": {"-1": "s"}}, {"stamps": None}, {"clock": 1},
        {"clock": "now"}, {"clock": None}, {"report": []}, {"report": {}}, {"report": 1},
        {"config": 1}, {"config": "x" * 65},
        *({"report": {name: value}} for name in ("waiting", "set_aside", "next_sequence")
          for value in (None, -1, "1", 1.0, True, 2**64)),
        *({"report": {name: value}} for name in ("used_bytes", "quota_bytes", "battery")
          for value in (-1, "1", 1.5, True, 2**64)),
        *({"report": {name: 1}} for name in ("persisted", "charging")),
        *({"report": {"version": value}} for value in (None, 1, "", "x" * 41, "a\0b")),
    ],
    ids=repr,
)  # fmt: skip
def test_a_batch_that_is_not_as_it_should_be_stores_nothing(
    office: Office, tablet: MadeTablet, told: dict[str, Any]
) -> None:
    tablet.keep()
    if isinstance(told.get("report"), dict) and told["report"]:
        told = {"report": tablet.report(**told["report"])}
    with pytest.raises(BadRequest):
        tablet.send(office.engine, **told)
    assert office.responses == []
    assert count_of(office.engine, "device_report") == 0


@pytest.mark.parametrize(
    "body", [b"", b"x", b"[]", b"7", b"null", b"\xff", b"[" * 100_000, b'{"responses":[' * 9000]
)
def test_a_body_that_is_no_object_stores_nothing(
    office: Office, tablet: MadeTablet, body: bytes
) -> None:
    with pytest.raises(BadRequest):
        take_batch(office.engine, tablet.signed(body), NOON, KEYS)


def test_what_a_later_app_tells_beyond_is_left_alone(office: Office, tablet: MadeTablet) -> None:
    tablet.keep()
    assert outcomes(tablet.send(office.engine, weather="fine")) == ["recorded"]

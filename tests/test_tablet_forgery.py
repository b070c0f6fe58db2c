"""Ten thousand forgeries of what tablets send and are given: not one is taken.

Signatures, nonces, seals, stamps and codes are tried one by one, each changed in a single bit or
drawn at random, straight against what checks them.
"""

import hashlib
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import Engine

from kiosk import enrolments, seals
from kiosk.batches import SignedBatch, StaleNonce, take_batch
from kiosk.devices import UnknownDevice
from kiosk.enrolments import Applicant, use_code
from kiosk.seals import CannotOpen, bound_to, open_sealed
from kiosk.signatures import BadSignature, NotATabletKey, check_key, check_signature
from kiosk.stamps import PURPOSE as STAMP
from kiosk.stamps import ForgedStamp, Stamp, read_stamp, write_stamp
from kiosk.wire import to_bytes, to_text
from survey.database import writing
from survey.spelling import ALPHABET, random_letters, typed
from tests.factories import KEYS
from tests.record_factories import NOON, Office, an_office
from tests.tablet_factories import MadeTablet, enrolled, issued, new_key, public, sealed, signature

SEAL = KEYS.key(seals.PURPOSE)
DEVICE, RESPONSE = UUID(int=1), UUID(int=2)


@pytest.fixture
def office(sqlite_engine: Engine) -> Office:
    return an_office(sqlite_engine)


@pytest.fixture
def tablet(office: Office) -> MadeTablet:
    return enrolled(office.engine, office.desk.id)


def changed(data: bytes, by: random.Random) -> bytes:
    """Return bytes that differ: in one bit, by one byte more or less, or altogether."""
    match by.randrange(8):
        case 0:
            return data[:-1]
        case 1:
            return data + bytes([by.randrange(256)])
        case 2:
            return by.randbytes(len(data))
        case _:
            place = by.randrange(len(data))
            return data[:place] + bytes([data[place] ^ 1 << by.randrange(8)]) + data[place + 1 :]


def forgeries(data: bytes, count: int) -> Iterator[bytes]:
    by = random.Random(7)
    while count:
        forged = changed(data, by)
        if forged != data:
            count -= 1
            yield forged


def taken(check: Callable[[], object], *refusals: type[Exception]) -> bool:
    with suppress(*refusals):
        check()
        return True
    return False


def test_no_forged_signature_is_taken(tablet: MadeTablet) -> None:
    key, sent = public(tablet.key), tablet.signed(tablet.body())
    check_signature(key, sent.signed_text, sent.signature)  # a control: the true one is
    assert not any(
        taken(lambda f=forged: check_signature(key, sent.signed_text, f), BadSignature)  # type: ignore[misc]
        for forged in forgeries(sent.signature, 2500)
    )


def test_no_change_of_body_nonce_or_device_keeps_a_signature_good(tablet: MadeTablet) -> None:
    tablet.keep()
    key, sent = public(tablet.key), tablet.signed(tablet.body())
    others = [
        *(replace(sent, body=body) for body in forgeries(sent.body, 1500)),
        *(replace(sent, nonce=to_text(n)) for n in forgeries(to_bytes(sent.nonce), 500)),
        *(replace(sent, device=UUID(bytes=d[:16].ljust(16))) for d in forgeries(DEVICE.bytes, 500)),
    ]
    assert not any(
        taken(lambda o=other: check_signature(key, o.signed_text, sent.signature), BadSignature)  # type: ignore[misc]
        for other in others
    )


def test_a_signature_that_leaves_the_body_out_would_be_noticed(tablet: MadeTablet) -> None:
    """A control: what is not signed can be changed."""
    sent = tablet.signed(tablet.body())

    def without_the_body(batch: SignedBatch) -> str:
        return batch.signed_text.rpartition("\n")[0]

    careless = signature(tablet.key, without_the_body(sent))
    assert all(
        taken(lambda t=text: check_signature(public(tablet.key), t, careless), BadSignature)  # type: ignore[misc]
        for text in {without_the_body(replace(sent, body=b)) for b in forgeries(sent.body, 9)}
    )


def test_no_forged_seal_is_opened() -> None:
    told = {"id": str(RESPONSE), "sequence": 7}
    true = sealed(told, DEVICE, seals.seal_key(SEAL))
    bound = bound_to(DEVICE, RESPONSE, 7)
    assert open_sealed(true, bound, SEAL)  # a control: the true one is
    assert not any(
        taken(lambda f=forged: open_sealed(f, bound, SEAL), CannotOpen)  # type: ignore[misc]
        for forged in forgeries(true, 2000)
    )


def test_no_seal_is_opened_for_another_response() -> None:
    true = sealed({"id": str(RESPONSE), "sequence": 7}, DEVICE, seals.seal_key(SEAL))
    for bound in (
        bound_to(DEVICE, RESPONSE, 8), bound_to(DEVICE, DEVICE, 7), bound_to(RESPONSE, RESPONSE, 7)
    ):  # fmt: skip
        assert not taken(lambda b=bound: open_sealed(true, b, SEAL), CannotOpen)  # type: ignore[misc]
    with pytest.raises(CannotOpen):
        open_sealed(true, bound_to(DEVICE, RESPONSE, 7), b"another installation's key " * 2)


def test_no_forged_stamp_is_read() -> None:
    key = KEYS.key(STAMP)
    true = write_stamp(Stamp(DEVICE, NOON, None), key)
    assert read_stamp(true, key) == Stamp(DEVICE, NOON, None)
    assert not any(
        taken(lambda f=forged: read_stamp(to_text(f), key), ForgedStamp)  # type: ignore[misc]
        for forged in forgeries(to_bytes(true), 1500)
    )


def test_no_guessed_code_enrols_a_tablet(office: Office) -> None:
    """Half of the guesses know the code's first half, and end after five."""
    code = typed(issued(office.engine, office.desk.id).code)
    guesses = {code[:4] + random_letters(4) for _ in range(1000)}
    guesses |= {random_letters(8) for _ in range(1000)}
    key, device = KEYS.key(enrolments.PURPOSE), public(new_key())
    with writing(office.engine) as session:
        assert not any(
            use_code(session, Applicant(guess, device), NOON, key=key) for guess in guesses - {code}
        )
        assert use_code(session, Applicant(code, device), NOON, key=key) is None


def test_forged_batches_store_nothing(office: Office, tablet: MadeTablet) -> None:
    tablet.keep()
    sent = tablet.signed(tablet.body())
    others = [
        *(replace(sent, body=body) for body in forgeries(sent.body, 40)),
        *(replace(sent, signature=forged) for forged in forgeries(sent.signature, 40)),
        *(replace(sent, nonce=to_text(n)) for n in forgeries(to_bytes(sent.nonce), 40)),
        *(replace(sent, device=UUID(bytes=d[:16].ljust(16))) for d in forgeries(DEVICE.bytes, 40)),
    ]
    refusals = BadSignature, StaleNonce, UnknownDevice
    assert not any(
        taken(lambda o=other: take_batch(office.engine, o, NOON, KEYS), *refusals)  # type: ignore[misc]
        for other in others
    )
    assert office.responses == []
    assert take_batch(office.engine, sent, NOON, KEYS).results[0].status == "recorded"


def test_an_item_changed_by_whoever_signs_is_refused_alone(
    office: Office, tablet: MadeTablet
) -> None:
    """The sealed content is not for the tablet's own app to change either."""
    item = tablet.keep()
    spoilt = [{**item, "sealed": to_text(each)} for each in forgeries(to_bytes(item["sealed"]), 45)]
    told = tablet.send(office.engine, spoilt)
    assert {result.reason for result in told.results} == {"cannot_open"}
    assert office.responses == []


@pytest.mark.parametrize(
    "key",
    [b"", b"key", public(new_key())[:-1], public(new_key()) + b"\0", b"\x30" * 91, b"x" * 1000],
    ids=["empty", "words", "cut", "longer", "nested", "long"],
)
def test_what_is_no_key_on_p256_is_refused(key: bytes) -> None:
    with pytest.raises(NotATabletKey):
        check_key(key)


def test_alphabet_and_hash_are_what_the_contract_says() -> None:
    body = b"{}"
    sent = SignedBatch(DEVICE, "nonce", b"", body)
    digest = hashlib.sha256(body).hexdigest()
    assert sent.signed_text == f"nilai batch 1\n{DEVICE}\nnonce\n{digest}"
    assert set("ILOU").isdisjoint(ALPHABET)

"""A receipt proves that something was received, and nothing else (method §8)."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.receipt import NotAReceipt, digest_of, read_receipt, receipt_for

KEY = b"k" * 32
ID = UUID("0b6f9c1e-5d0a-4f6e-9a57-3f1f6f6f0a11")


def test_a_receipt_stays_the_same_for_ever() -> None:
    """This code is on paper: a change of the rule would make every printed receipt void."""
    assert receipt_for(ID, KEY) == "JKEY-FB1G"


@given(response_id=st.uuids())
def test_a_receipt_reads_back_however_it_is_typed(response_id: UUID) -> None:
    receipt = receipt_for(response_id, KEY)
    assert read_receipt(receipt) == receipt
    assert read_receipt(receipt.lower().replace("-", "")) == receipt


def test_another_key_or_another_response_gives_another_receipt() -> None:
    receipts = {receipt_for(ID, KEY), receipt_for(ID, b"j" * 32), receipt_for(uuid4(), KEY)}
    assert len(receipts) == 3


def test_what_is_stored_depends_on_receipt_and_key() -> None:
    ours = digest_of("7K3M-Q9TX", KEY)
    assert len(ours) == 32
    assert len({ours, digest_of("7K3M-Q9TX", b"j"), digest_of("7K3M-Q9TY", KEY)}) == 3


@pytest.mark.parametrize(
    "text",
    ["", "7K3M-Q9T", "7K3M-Q9TXX", "7K3M-Q9TU", "7K3M_Q9TX", "7K3M\tQ9TX",
     "\u0667K3M-Q9TX", "\0" * 8,
     "\ud800" * 8, "' OR 1=1"],
)  # fmt: skip
def test_what_cannot_be_a_receipt_is_refused(text: str) -> None:
    with pytest.raises(NotAReceipt):
        read_receipt(text)


@given(text=st.text(st.characters(exclude_categories=()), max_size=12))
def test_any_text_is_a_receipt_or_refused(text: str) -> None:
    try:
        read = read_receipt(text)
    except NotAReceipt:
        return
    assert read_receipt(read) == read

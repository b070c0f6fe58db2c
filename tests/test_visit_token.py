"""A page's hidden token says which response, opened when, and is good on its page only."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from survey.visit_token import (
    MORE,
    RATE,
    ForeignToken,
    VisitToken,
    new_token,
    read_token,
    write_token,
)

KEY = b"k" * 32
PAGE = "/l/7K3MQ9TX7K3M"
NOW = datetime(2026, 10, 5, 3, 12, 44, tzinfo=UTC)
LAST_INSTANT = datetime(2899, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
"""A floating-point number of its seconds would be rounded up."""

instants = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@example(response_id=UUID(int=1), at=LAST_INSTANT)
@given(response_id=st.uuids(), at=instants)
def test_a_token_says_which_response_and_when_to_the_second(
    response_id: UUID, at: datetime
) -> None:
    read = read_token(write_token(VisitToken(response_id, at), KEY, RATE, PAGE), KEY, RATE, PAGE)
    assert read.id == response_id
    assert timedelta(0) <= at - read.at < timedelta(seconds=1)


def test_each_page_has_an_id_of_its_own() -> None:
    ids = [new_token(NOW).id for _ in range(1000)]
    assert len(set(ids)) == 1000
    assert all(response_id.version == 4 for response_id in ids)


@pytest.mark.parametrize(
    ("key", "purpose", "page"),
    [(b"j" * 32, RATE, PAGE), (KEY, MORE, PAGE), (KEY, RATE, "/l/7K3MQ9TX7K3N"), (KEY, "", "")],
)
def test_a_token_is_worthless_elsewhere(key: bytes, purpose: str, page: str) -> None:
    token = write_token(new_token(NOW), KEY, RATE, PAGE)
    with pytest.raises(ForeignToken):
        read_token(token, key, purpose, page)


def test_one_changed_letter_makes_a_token_foreign() -> None:
    token = write_token(new_token(NOW), KEY, RATE, PAGE)
    payload, dot, signature = token.rpartition(".")
    for place, letter in enumerate(payload):
        other = "A" if letter != "A" else "B"
        with pytest.raises(ForeignToken):
            read_token(
                payload[:place] + other + payload[place + 1 :] + dot + signature, KEY, RATE, PAGE
            )


@given(text=st.text(st.characters(exclude_categories=()), max_size=80))
def test_any_other_text_is_foreign(text: str) -> None:
    with pytest.raises(ForeignToken):
        read_token(text, KEY, RATE, PAGE)

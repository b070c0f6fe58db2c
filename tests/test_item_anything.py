"""Whatever JSON a tablet sends is recorded once or refused by name; nothing else ever happens."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from survey.answers import InvalidAnswers
from survey.item import TabletItem, read_item
from survey.questionnaire import OVERALL, Element
from survey.services import UnknownService
from survey.submission import Acceptance, IdReused, NothingAnswered, Status, Submission
from tests.record_factories import Office, an_office, count_of

ONE_FOR_ALL = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
NAMED = (InvalidAnswers, NothingAnswered, IdReused, UnknownService)
ID = "0b6f9c1e-5d0a-4f6e-9a57-3f1f6f6f0a11"
FIELDS = ["id", "sequence", "served_at", "service", "language", "ratings", "comment", "profile"]
CODES = [OVERALL, *map(str, Element)]

letters = st.text(st.characters(exclude_categories=()), max_size=8)
scalars = (
    st.none() | st.booleans() | st.integers() | st.integers(-(10**400), 10**400) | st.floats()
    | letters | st.sampled_from([0, 1, 4, 5, 4.0, "4", ID, "KESELURUHAN", "id", "\0", "\ud800"])
)  # fmt: skip
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(letters, inner, max_size=3)
)
codes = st.sampled_from(CODES)
nearly_right: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "id": st.sampled_from([ID.replace("0b", f"{n:02x}") for n in range(40)])
        | st.uuids().map(str),
        "sequence": st.integers(0, 2**53 - 1),
        "served_at": st.datetimes(datetime(1970, 1, 2), datetime(2099, 12, 30)).map(  # noqa: DTZ001
            lambda at: at.isoformat(timespec="milliseconds") + "Z"
        ),
        "service": st.sampled_from([None, "KK", "KIA"]),
        "language": st.sampled_from(["id", "en"]),
        "ratings": st.dictionaries(codes, st.integers(1, 4), min_size=1),
        "comment": st.none() | letters,
        "profile": st.fixed_dictionaries({}, optional={"SEX": st.sampled_from(["L", "P"])}),
    }
)
one_field_replaced = st.tuples(nearly_right, st.sampled_from(FIELDS), anything).map(
    lambda drawn: drawn[0] | {drawn[1]: drawn[2]}
)
one_rating_replaced = st.tuples(nearly_right, codes | letters, anything).map(
    lambda drawn: drawn[0] | {"ratings": drawn[0]["ratings"] | {drawn[1]: drawn[2]}}
)
one_field_too_many = st.tuples(nearly_right, letters, anything).map(
    lambda drawn: drawn[0] | {drawn[1]: drawn[2]}
)
bodies = nearly_right | one_field_replaced | one_rating_replaced | one_field_too_many | anything


def looks_right(data: Any) -> bool:  # noqa: ANN401 - any JSON value
    """Judge a body again, in other words than the product's: only of bodies it took."""
    spelled = json.loads(json.dumps(data, allow_nan=False))
    return (
        set(spelled) <= set(FIELDS)
        and str(UUID(spelled["id"])) == spelled["id"]
        and spelled["language"] in {"id", "en", "min", "ace"}
        and repr(spelled["sequence"]).isdecimal()
        and 1970 <= int(spelled["served_at"][:4]) <= 2099
        and all(repr(rating) in "1234" for rating in spelled["ratings"].values())
        and set(spelled["ratings"]) <= set(CODES)
        and spelled.get("service") in {None, "KK", "KIA", "AKTA", "PINDAH"}
    )  # fmt: skip


@given(data=nearly_right)
def test_a_body_that_is_right_is_read(data: object) -> None:
    assert isinstance(read_item(data), TabletItem)


@pytest.fixture
def office(sqlite_engine: Engine) -> Office:
    return an_office(sqlite_engine, services=["KK", "KIA"])


def hand_in(office: Office, data: object) -> Acceptance:
    item = read_item(data)
    return office.send(Submission(item.id, item.served_at, item.answers))


# One office takes them all, so that ids come again and nothing is cleaned up in between.
@settings(max_examples=2500, suppress_health_check=ONE_FOR_ALL)
@given(data=bodies)
def test_whatever_a_tablet_sends_is_recorded_once_or_refused_by_name(
    office: Office, data: object
) -> None:
    before = count_of(office.engine, "response")
    try:
        accepted = hand_in(office, data)
    except NAMED:
        assert count_of(office.engine, "response") == before
        return
    assert looks_right(data)
    assert hand_in(office, data) == Acceptance(Status.KNOWN, accepted.receipt)
    recorded = accepted.status is Status.RECORDED
    assert count_of(office.engine, "response") == before + recorded


def test_the_judge_of_this_test_would_notice_a_rating_of_five() -> None:
    assert not looks_right({"id": ID, "sequence": 1, "served_at": "2026-10-05T03:12:44Z",
                            "language": "id", "ratings": {OVERALL: 5}})  # fmt: skip

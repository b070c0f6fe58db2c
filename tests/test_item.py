"""One response as a tablet sends it: a response, or a list of what is wrong with it."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from survey.answers import InvalidAnswers
from survey.item import read_item

ID = "0b6f9c1e-5d0a-4f6e-9a57-3f1f6f6f0a11"
ITEM: dict[str, Any] = {
    "id": ID,
    "sequence": 1041,
    "served_at": "2026-10-05T03:12:44Z",
    "service": "KTP-EL",
    "language": "id",
    "ratings": {"KESELURUHAN": 4, "PERILAKU": 4},
    "comment": None,
    "profile": {},
}


def problems_of(data: object) -> set[tuple[str, str]]:
    with pytest.raises(InvalidAnswers) as refused:
        read_item(data)
    return {(problem.field, problem.reason) for problem in refused.value.problems}


def test_the_published_shape_is_read() -> None:
    item = read_item(ITEM)
    assert item.id == UUID(ID)
    assert item.sequence == 1041
    assert item.served_at == datetime(2026, 10, 5, 3, 12, 44, tzinfo=UTC)
    assert item.language == "id"
    assert item.answers.ratings == {"KESELURUHAN": 4, "PERILAKU": 4}
    assert item.answers.service == "KTP-EL"


def test_what_may_be_blank_may_be_left_out() -> None:
    blank = {k: v for k, v in ITEM.items() if k not in {"service", "comment", "profile"}}
    assert read_item(blank).answers.service is None


@pytest.mark.parametrize("name", ["id", "sequence", "served_at", "language", "ratings"])
def test_what_is_needed_is_missed_by_name(name: str) -> None:
    assert problems_of({k: v for k, v in ITEM.items() if k != name}) == {(name, "missing")}


@pytest.mark.parametrize("data", [None, True, 7, "text", [], [ITEM], 1.5])
def test_what_is_no_object_is_refused(data: object) -> None:
    assert problems_of(data) == {("item", "not_an_object")}


def test_a_field_nobody_knows_is_refused() -> None:
    assert problems_of({**ITEM, "officer": "Budi"}) == {("officer", "unknown")}


def test_every_problem_is_told_at_once() -> None:
    wrong = {"id": 7, "sequence": -1, "served_at": "now", "language": "xx", "ratings": {"X": 1}}
    assert problems_of({**wrong, "comment": 3, "more": 1}) == {
        ("id", "not_an_id"),
        ("sequence", "not_a_number"),
        ("served_at", "not_a_time"),
        ("language", "unknown"),
        ("X", "unknown"),
        ("comment", "not_text"),
        ("more", "unknown"),
    }


@pytest.mark.parametrize(
    "value",
    [0, 5, -1, 2**64, True, 4.0, 2.5, float("nan"), float("inf"), "4", "٤", None, [4], {"v": 4}],
    ids=repr,
)
def test_a_rating_is_one_of_four_whole_numbers(value: object) -> None:
    sent = {**ITEM, "ratings": {"KESELURUHAN": 4, "WAKTU": value}}
    assert problems_of(sent) == {("WAKTU", "not_1_to_4")}


@pytest.mark.parametrize("code", ["waktu", "U3", "", "WAKTU ", "W\ud800", "KESELURUHAN\0"])
def test_an_element_is_known_by_its_code_only(code: str) -> None:
    assert problems_of({**ITEM, "ratings": {code: 4}}) == {(code, "unknown")}


@pytest.mark.parametrize(
    "value",
    [
        ID.upper(), ID.replace("-", ""), f"{{{ID}}}", f"urn:uuid:{ID}", ID + "\n", ID[:-1] + "٣",
        ID[:-1], ID + "0", "", 5, None, "\ud800" * 36,
    ],
)  # fmt: skip
def test_an_id_has_one_spelling(value: object) -> None:
    assert problems_of({**ITEM, "id": value}) == {("id", "not_an_id")}


@pytest.mark.parametrize(
    "value",
    [
        "2026-10-05T03:12:44", "2026-10-05", "20261005T031244Z", "2026-W41-1T03:12:44Z",
        "2026-10-05 03:12:44Z", "2026-02-30T03:12:44Z", "2026-10-05T24:12:44Z",
        "2026-10-05T03:61:44Z", "2026-10-05T03:12:44+25:00", "2026-10-05T03:12:44z",
        "٢٠٢٦-10-05T03:12:44Z", "0001-01-01T00:00:00+14:00", "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59-14:00", "1969-12-31T23:59:59Z", "2100-01-01T00:00:00Z",
        1759633964, 1759633964.5, None, True, "", "2026-10-05T03:12:44Z\n",
    ],
)  # fmt: skip
def test_a_time_of_service_is_an_instant_that_a_tablet_can_show(value: object) -> None:
    assert problems_of({**ITEM, "served_at": value}) == {("served_at", "not_a_time")}


@pytest.mark.parametrize(
    "value",
    [
        "2026-10-05T03:12:44.123Z", "2026-10-05T10:12:44+07:00", "2026-10-04T23:42:44-03:30",
        "1970-01-01T00:00:00Z", "2099-12-31T23:59:59.999999Z", "2025-10-05T03:12:44Z",
    ],
)  # fmt: skip
def test_a_clock_that_was_reset_or_shifted_is_read(value: str) -> None:
    assert read_item({**ITEM, "served_at": value}).served_at == datetime.fromisoformat(value)


@pytest.mark.parametrize("value", [-1, 2**53, 10**400, True, 1.0, "1", None, float("nan")])
def test_a_sequence_is_a_number_that_a_browser_can_count(value: object) -> None:
    assert problems_of({**ITEM, "sequence": value}) == {("sequence", "not_a_number")}


@pytest.mark.parametrize("name", ["ratings", "profile"])
@pytest.mark.parametrize("value", [None, [], "x", 1, [["KESELURUHAN", 4]]])
def test_ratings_and_profile_are_objects(name: str, value: object) -> None:
    assert problems_of({**ITEM, name: value}) == {(name, "not_an_object")}


@pytest.mark.parametrize("length", [1001, 4001, 1_000_000])
def test_a_comment_has_at_most_a_thousand_letters(length: int) -> None:
    assert problems_of({**ITEM, "comment": "x" * length}) == {("comment", "too_long")}


def test_lone_surrogates_and_nul_leave_a_comment() -> None:
    assert read_item({**ITEM, "comment": "ce\ud800p\0at"}).answers.comment == "cepat"


@pytest.mark.parametrize("field", [*ITEM, "unknown"])
def test_a_value_nested_without_end_is_refused(field: str) -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert {name for name, _ in problems_of({**ITEM, field: deep})} == {field}
    while deep:  # taken apart by hand: Python would do it by recursion
        deep = deep.pop()

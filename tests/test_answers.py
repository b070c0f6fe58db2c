"""Answers are checked values, or a list of what is wrong with them."""

import unicodedata
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.answers import InvalidAnswers, check_answers, rating_of
from survey.profile import OPTIONS, ProfileField
from survey.questionnaire import OVERALL, Element

CODES = [OVERALL, *map(str, Element)]
ratings = st.dictionaries(st.sampled_from(CODES), st.integers(1, 4))
letters = st.characters(exclude_categories=())
anything = st.none() | st.booleans() | st.integers() | st.floats() | st.text(letters, max_size=6)


def problems_of(*answers: Any, **more: Any) -> set[tuple[str, str]]:  # noqa: ANN401
    with pytest.raises(InvalidAnswers) as refused:
        check_answers(*answers, **more)
    return {(problem.field, problem.reason) for problem in refused.value.problems}


@given(given_ratings=ratings)
def test_ratings_from_one_to_four_are_taken_as_they_are(given_ratings: dict[str, int]) -> None:
    answers = check_answers(given_ratings)
    assert answers.ratings == given_ratings
    assert answers.overall == given_ratings.get(OVERALL)
    assert answers.elements == {c: r for c, r in given_ratings.items() if c != OVERALL}


@given(code=st.sampled_from(CODES), value=anything)
def test_any_other_value_is_no_rating(code: str, value: object) -> None:
    if type(value) is int and value in {1, 2, 3, 4}:
        assert check_answers({code: value}).ratings == {code: value}
    else:
        assert problems_of({code: value}) == {(code, "not_1_to_4")}


@given(code=st.text(letters, max_size=12).filter(lambda code: code not in CODES))
def test_any_other_code_is_no_item(code: str) -> None:
    assert problems_of({code: 4}) == {(code, "unknown")}


def test_every_problem_is_told_not_only_the_first() -> None:
    assert problems_of(
        {"WAKTU": 5, "BIAYA": True, "HARGA": 1}, "ktp", 7, {"SEX": "X", "NIK": "1"}
    ) == {
        ("WAKTU", "not_1_to_4"),
        ("BIAYA", "not_1_to_4"),
        ("HARGA", "unknown"),
        ("service", "unknown"),
        ("comment", "not_text"),
        ("SEX", "unknown"),
        ("NIK", "unknown"),
    }


def test_absent_is_absent_and_never_zero() -> None:
    nothing = check_answers({})
    assert (nothing.overall, nothing.elements, nothing.comment) == (None, {}, None)
    assert not nothing.beyond_the_tap


def test_anything_but_the_tap_and_the_service_belongs_to_the_followup() -> None:
    assert not check_answers({OVERALL: 4}, "KK").beyond_the_tap
    assert check_answers({"WAKTU": 1}).beyond_the_tap
    assert check_answers({}, None, "Cepat").beyond_the_tap
    assert check_answers({}, None, None, {"SEX": "L"}).beyond_the_tap


@pytest.mark.parametrize("code", ["KTP-EL", "KK", "A", "9", "AKTA_LAHIR.2", "A" * 40])
def test_a_service_code_is_taken(code: str) -> None:
    assert check_answers({}, code).service == code


@pytest.mark.parametrize(
    "code", ["", "ktp", "-KK", "KK ", "KK\n", "K K", "A" * 41, "A" * 100, "É", "٣", "K\0", "\ud800",
             7, True, ["KK"], b"KK"],
)  # fmt: skip
def test_what_cannot_be_a_service_code_is_refused(code: object) -> None:
    assert problems_of({}, code) == {("service", "unknown")}


@pytest.mark.parametrize("field", list(ProfileField))
def test_each_option_of_the_profile_is_taken_and_no_other(field: ProfileField) -> None:
    for code in OPTIONS[field]:
        assert check_answers({}, profile={field.value: code}).profile == {field: code}
    for wrong in ("", "X", None, 1, ["L"], "l", "L "):
        assert problems_of({}, profile={field.value: wrong}) == {(field.value, "unknown")}


# --- comments


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("  Cepat  ", "Cepat"),
        ("satu\r\ndua\rtiga\n", "satu\ndua\ntiga"),
        ("a\0b\x1bc\x85d", "abcd"),
        ("a\tb", "a\tb"),
        ("a\ud800b\ufffe\uffff", "ab"),
        ("cafe\u0301", "caf\u00e9"),
        ("👍🏽 bagus", "👍🏽 bagus"),
        ("الخدمة جيدة", "الخدمة جيدة"),
        ("<b>'; DROP TABLE response;--", "<b>'; DROP TABLE response;--"),
    ],
)
def test_a_comment_is_kept_in_a_form_that_any_database_can_hold(sent: str, kept: str) -> None:
    assert check_answers({}, comment=sent).comment == kept


@pytest.mark.parametrize("blank", [None, "", " \r\n\t ", "\0", "\u3000", "\ud800"])
def test_a_blank_comment_is_none(blank: str | None) -> None:
    assert check_answers({}, comment=blank).comment is None


def test_a_comment_is_counted_after_line_ends_became_one_letter() -> None:
    assert len(check_answers({}, comment="\r\n".join(["x"] * 500) + "x").comment or "") == 1000
    assert problems_of({}, comment="x" * 1001) == {("comment", "too_long")}


@pytest.mark.parametrize("comment", [7, True, ["x"], {"x": 1}, b"x", 1.5])
def test_a_comment_is_text(comment: object) -> None:
    assert problems_of({}, comment=comment) == {("comment", "not_text")}


@given(text=st.text(letters, max_size=50))
def test_a_kept_comment_is_kept_as_it_is_when_it_is_sent_again(text: str) -> None:
    kept = check_answers({}, comment=text).comment
    assert check_answers({}, comment=kept).comment == kept


@given(text=st.text(letters, max_size=50))
def test_a_kept_comment_can_be_written_anywhere(text: str) -> None:
    kept = check_answers({}, comment=text).comment or ""
    assert kept.encode().decode() == kept
    assert unicodedata.is_normalized("NFC", kept)
    assert not any(unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\t" for c in kept)


@given(
    given_ratings=st.dictionaries(st.text(letters, max_size=12) | st.sampled_from(CODES), anything),
    service=anything,
    comment=anything,
    profile=st.dictionaries(st.sampled_from([*ProfileField, "NIK"]).map(str), anything),
)
def test_anything_at_all_is_answers_or_problems(
    given_ratings: dict[str, object], service: object, comment: object, profile: dict[str, object]
) -> None:
    try:
        answers = check_answers(given_ratings, service, comment, MappingProxyType(profile))
    except InvalidAnswers:
        return
    assert set(answers.ratings.values()) <= {1, 2, 3, 4}
    assert set(answers.ratings) <= set(CODES)


# --- one rating of a form


@pytest.mark.parametrize("text", ["1", "2", "3", "4"])
def test_a_form_sends_a_rating_as_one_digit(text: str) -> None:
    assert str(rating_of(text)) == text


@pytest.mark.parametrize("text", ["", "0", "5", "04", "+4", "4 ", "4.0", "٤", "\uff14", "²", "on"])
def test_anything_else_in_a_form_is_no_rating(text: str) -> None:
    assert rating_of(text) is None

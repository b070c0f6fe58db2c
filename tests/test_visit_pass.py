"""A pass says which desk, which visit and when, and cannot be made elsewhere (method §10)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from survey.spelling import ALPHABET
from survey.visit_pass import GOOD_FOR, LENGTH, ScanAgain, UnknownPass, new_pass, read_pass

KEY = b"k" * 32
DESK = "7K3MQ9"
NOW = datetime(2026, 10, 5, 3, 12, 44, tzinfo=UTC)
KNOWN = "7K3MQ91NC65DC0000000000000Y6A75K1GFAVNQ"
LAST_INSTANT = datetime(2899, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
"""A floating-point number of its seconds would be rounded up."""

instants = st.datetimes(datetime(2020, 1, 1), datetime(2900, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@example(desk=DESK, at=LAST_INSTANT)
@given(desk=st.text(ALPHABET, min_size=6, max_size=6), at=instants)
def test_a_pass_says_which_desk_and_when_to_the_second(desk: str, at: datetime) -> None:
    read = read_pass(new_pass(desk, at, KEY), KEY)
    assert read.desk == desk
    assert timedelta(0) <= at - read.visit.at < timedelta(seconds=1)


def test_a_pass_is_read_the_same_for_ever() -> None:
    """Whoever holds one may add to a visit for a day, across an update."""
    read = read_pass(KNOWN, KEY)
    assert (read.desk, read.visit.at) == (DESK, NOW)
    assert str(read.visit.id) == "31f6293e-8b0e-4518-9c0f-30416afb87f8"


def test_each_scan_is_a_visit_of_its_own_and_each_pass_is_one_visit() -> None:
    passes = [new_pass(DESK, NOW, KEY) for _ in range(1000)]
    ids = [read_pass(text, KEY).visit.id for text in passes]
    assert len(set(ids)) == 1000
    assert ids == [read_pass(text, KEY).visit.id for text in passes]
    assert all(each.version == 4 for each in ids)


def test_the_id_of_a_visit_cannot_be_reckoned_without_the_key() -> None:
    """Else whoever reads an address could tell whose row is whose."""
    text = new_pass(DESK, NOW, KEY)
    assert read_pass(text, KEY).visit.id.hex not in text.lower()


def test_a_pass_is_written_in_letters_that_people_can_read_out() -> None:
    text = new_pass(DESK, NOW, KEY)
    assert len(text) == LENGTH
    assert set(text) <= set(ALPHABET)


@pytest.mark.parametrize(
    ("passed", "fresh"),
    [
        (timedelta(0), True),
        (GOOD_FOR, True),
        (GOOD_FOR + timedelta(seconds=1), False),
        (timedelta(days=400), False),
        (timedelta(seconds=-30), True),  # a clock that was set back
    ],
)
def test_a_pass_is_good_for_ten_minutes(passed: timedelta, fresh: bool) -> None:
    scanned = read_pass(new_pass(DESK, NOW, KEY), KEY)
    if fresh:
        scanned.check_fresh(NOW + passed)
    else:
        with pytest.raises(ScanAgain):
            scanned.check_fresh(NOW + passed)


def test_a_pass_of_another_installation_is_unknown() -> None:
    with pytest.raises(UnknownPass):
        read_pass(new_pass(DESK, NOW, KEY), b"j" * 32)


@given(text=st.text(st.characters(exclude_categories=()), max_size=60))
def test_any_other_text_is_unknown(text: str) -> None:
    with pytest.raises(UnknownPass):
        read_pass(text, KEY)

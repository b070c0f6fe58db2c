"""What the taps of one tablet say at intake: blind to values, by the tablet's own clock (§7)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from survey.questionnaire import Element
from survey.screening import Signal
from tests.record_factories import NOON, Office, an_office, rows_of
from tests.tablet_factories import MadeTablet, enrolled

DAY = timedelta(days=1)
NINE = tuple(element.value for element in Element)


@pytest.fixture
def office(sqlite_engine: Engine) -> Office:
    return an_office(sqlite_engine)


@pytest.fixture
def tablet(office: Office) -> MadeTablet:
    return enrolled(office.engine, office.desk.id)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def kept_at(tablet: MadeTablet, seconds: Iterable[float], rating: int = 4) -> list[dict[str, Any]]:
    return [tablet.keep(rating, at=after(second)) for second in seconds]


def findings(office: Office) -> dict[str, set[str]]:
    """Return the reasons by the id of the response."""
    found: dict[str, set[str]] = {}
    for row in rows_of(office.engine, "finding"):
        found.setdefault(str(row["response_id"]), set()).add(row["reason"])
    return found


def test_of_thirty_taps_in_a_minute_hardly_one_counts(office: Office, tablet: MadeTablet) -> None:
    kept_at(tablet, range(0, 60, 2))
    tablet.send(office.engine, at=NOON + DAY)
    assert len(office.responses) == 30
    assert 30 - len(findings(office)) <= 12


def test_a_family_of_three_counts(office: Office, tablet: MadeTablet) -> None:
    kept_at(tablet, [0, 15, 30])
    tablet.send(office.engine, at=NOON + DAY)
    assert findings(office) == {}


@pytest.mark.parametrize(("apart", "fast"), [(4.9, True), (5, False), (0, True)])
def test_less_than_five_seconds_after_the_one_before_is_childs_play(
    office: Office, tablet: MadeTablet, apart: float, fast: bool
) -> None:
    _, second = kept_at(tablet, [0, apart])
    tablet.send(office.engine, at=NOON + DAY)
    assert findings(office) == ({second["id"]: {Signal.FAST_TAPS}} if fast else {})


def test_the_tap_before_may_have_come_with_an_earlier_batch(
    office: Office, tablet: MadeTablet
) -> None:
    kept_at(tablet, [0])
    tablet.send(office.engine, at=after(1))
    [second] = kept_at(tablet, [3])
    tablet.send(office.engine, at=after(4))
    assert findings(office) == {second["id"]: {Signal.FAST_TAPS}}


def test_the_order_within_a_batch_does_not_matter(office: Office, tablet: MadeTablet) -> None:
    items = kept_at(tablet, [0, 3, 60])
    tablet.send(office.engine, items[::-1], at=NOON + DAY)
    assert findings(office) == {items[1]["id"]: {Signal.FAST_TAPS}}


def test_only_the_tap_right_before_counts(office: Office, tablet: MadeTablet) -> None:
    first, missing, third = kept_at(tablet, [0, 60, 3])
    tablet.send(office.engine, [first, third], at=NOON + DAY)
    assert findings(office) == {}
    _ = missing


def test_a_clock_that_went_backwards_says_nothing(office: Office, tablet: MadeTablet) -> None:
    kept_at(tablet, [600, 0])
    tablet.send(office.engine, at=NOON + DAY)
    assert findings(office) == {}


@pytest.mark.parametrize("behind", [timedelta(days=400), -timedelta(days=3)])
def test_a_wrong_clock_changes_nothing(office: Office, behind: timedelta) -> None:
    tablet = enrolled(office.engine, office.desk.id, behind=behind)
    _, fast, _ = kept_at(tablet, [0, 3, 60])
    tablet.send(office.engine, at=NOON + DAY)
    assert findings(office) == {fast["id"]: {Signal.FAST_TAPS}}


def test_two_tablets_of_a_desk_are_two(office: Office, tablet: MadeTablet) -> None:
    other = enrolled(office.engine, office.desk.id)
    for each, second in ((tablet, 0), (other, 2), (tablet, 60), (other, 62)):
        each.keep(at=after(second))
    for each in (tablet, other):
        each.send(office.engine, at=NOON + DAY)
    assert findings(office) == {}


def test_an_earlier_enrolments_taps_are_compared_among_themselves(
    office: Office, tablet: MadeTablet
) -> None:
    old = [{**item, "device": str(tablet.device)} for item in kept_at(tablet, [0, 3])]
    again = enrolled(office.engine, office.desk.id, at=NOON, previous=tablet.device)
    again.next_sequence = 2
    new = again.keep(at=after(6))
    again.send(office.engine, [*old, new], at=NOON + DAY)
    assert findings(office) == {old[1]["id"]: {Signal.FAST_TAPS}}


@pytest.mark.parametrize(("seconds", "noted"), [(9, True), (10, False), (None, False)])
def test_nine_equal_answers_in_under_ten_seconds_were_not_read(
    office: Office, tablet: MadeTablet, seconds: int | None, noted: bool
) -> None:
    told = tablet.item(4, answered_in=seconds)
    told["ratings"] |= dict.fromkeys(NINE, 3)
    tablet.put(told)
    tablet.send(office.engine)
    assert findings(office) == ({told["id"]: {Signal.STRAIGHT_LINE}} if noted else {})


def quarantined(office: Office, *, turned: bool) -> set[int]:
    """Return the running numbers of a mixed day that are looked at before they count."""
    numbers = a_mixed_day(office, turned=turned)
    return {numbers[each] for each in findings(office) if each in numbers}


def rated_one(office: Office, *, turned: bool) -> set[int]:
    numbers = a_mixed_day(office, turned=turned)
    rated = {str(row["id"]): row["overall"] for row in office.responses}
    return {number for response_id, number in numbers.items() if rated[response_id] == 1}


def a_mixed_day(office: Office, *, turned: bool) -> dict[str, int]:
    """Let a tablet send sixty responses; return their running numbers by id."""
    tablet = enrolled(office.engine, office.desk.id)
    numbers: dict[str, int] = {}
    for n in range(60):
        rating = n % 4 + 1
        told = tablet.item(at=after(n * 300 if n % 3 else n * 300 - 298), answered_in=n % 20)
        answers = dict.fromkeys(NINE, rating) if n % 2 else {NINE[0]: rating}
        told["ratings"] = {
            code: 5 - value if turned else value
            for code, value in {"KESELURUHAN": rating, **answers}.items()
        }
        tablet.put(told)
        numbers[told["id"]] = n
    while tablet.kept:
        tablet.send(office.engine, at=NOON + DAY)
    return numbers


def test_turning_every_value_over_leaves_the_same_ones_set_aside(sqlite_engine: Engine) -> None:
    happy, sad = an_office(sqlite_engine), an_office(sqlite_engine)
    assert quarantined(happy, turned=False) == quarantined(sad, turned=True) != set()


def test_a_screening_that_looks_at_values_would_be_noticed(sqlite_engine: Engine) -> None:
    """A control: whoever set every 1 aside would set others aside once values are turned over."""
    happy, sad = an_office(sqlite_engine), an_office(sqlite_engine)
    ones = [rated_one(happy, turned=False), rated_one(sad, turned=True)]
    assert ones[0] != ones[1]

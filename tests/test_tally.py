import dataclasses
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, inspect
from sqlmodel import Session

from aggregation.duties.recorded_duties import duties_of
from aggregation.duties.roster import who_served
from aggregation.method.rule import DEFAULT_RULE, Rule, Weighted
from aggregation.months.sweep import Counting
from aggregation.months.tally import MonthTally, count_month
from survey.channel import Channel
from survey.database import writing
from survey.questionnaire import OVERALL, RATINGS, Element
from tests.month_factories import (
    MONDAY_AT_9,
    NINE,
    OCTOBER,
    SEPTEMBER,
    Clerk,
    Fault,
    Seen,
    Shift,
    SmallOffice,
    at,
    clerk_for,
    small_office,
    store,
)

ONE_FOR_ALL = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
ALL_FOURS = dict.fromkeys(NINE, 4)
TWO_AT_ONCE = (Shift(0, 0, 1, 16, 24), Shift(0, 1, 1, 20, 24), Shift(1, 1, 2, 16, 30))
SHIFTS = st.builds(
    lambda desk, officer, weekday, first, length: Shift(
        desk, officer, weekday, first, min(first + length, 34)
    ),
    st.integers(0, 2),
    st.integers(0, 1),
    st.integers(1, 2),
    st.integers(16, 30),
    st.integers(1, 8),
)
VISITS = st.builds(
    Seen,
    half_hour=st.none() | st.builds(at, st.integers(5, 6), st.integers(7, 17)),
    desk=st.none() | st.integers(0, 2),
    channel=st.sampled_from([channel.value for channel in Channel]),
    overall=st.none() | st.sampled_from(RATINGS),
    service=st.none() | st.integers(0, 1),
    later_service=st.none() | st.integers(0, 1),
    nine=st.dictionaries(st.sampled_from(NINE), st.sampled_from(RATINGS))
    | st.fixed_dictionaries({name: st.sampled_from(RATINGS) for name in NINE}),
    late=st.booleans(),
)
TELLING = (
    Seen(MONDAY_AT_9, nine=ALL_FOURS),
    Seen(MONDAY_AT_9, later_service=1),
    Seen(MONDAY_AT_9, late=True, nine=ALL_FOURS),
    Seen(at(5, 11), overall=2),
    Seen(at(5, 15), overall=1),
    Seen(MONDAY_AT_9, channel="desk_qr", overall=1),
    Seen(MONDAY_AT_9, nine={name: 3 for name in NINE if name != "biaya"}),
)


def tallied(session: Session, office: SmallOffice, rule: Rule = DEFAULT_RULE) -> MonthTally:
    stretches = who_served(duties_of(session, office.unit_id, OCTOBER), OCTOBER)
    return count_month(session, office.unit_id, OCTOBER, Counting(rule.codes, stretches))


def combinations_in(tally: MonthTally) -> Counter[tuple[Any, ...]]:
    return Counter(
        {
            (*cell, combination): count
            for cell, counts in tally.combinations.items()
            for combination, count in counts.items()
        }
    )


def ratings_in(tally: MonthTally) -> Counter[tuple[Any, ...]]:
    """Count each rating of each element, and each sheet's total, by desk, service and channel."""
    found: Counter[tuple[Any, ...]] = Counter()
    for cell, counts in tally.questionnaires.items():
        found.update({(*cell, str(key[0]), key[1]): n for key, n in counts.ratings.items()})
        found.update({(*cell, "total", total): n for total, n in counts.totals.items()})
    return found


def ratings_by_hand(clerk: Clerk) -> Counter[tuple[Any, ...]]:
    found: Counter[tuple[Any, ...]] = Counter()
    for (desk, service, channel, *nine), n in clerk.sheets().items():
        for element, rating in zip(Element, nine, strict=True):
            found[desk, service, channel, element.value, rating] += n
        found[desk, service, channel, "total", sum(nine)] += n
    return found


def agree(tally: MonthTally, clerk: Clerk) -> bool:
    return combinations_in(tally) == clerk.combinations() and ratings_in(tally) == ratings_by_hand(
        clerk
    )


def one_cell(session: Session, office: SmallOffice, *visits: Seen) -> tuple[int | None, bool]:
    """Store visits that fall into one cell; return its officer and whether it is late."""
    store(session, office, visits)
    [cell] = tallied(session, office).combinations
    return cell.officer_id, cell.late


@settings(suppress_health_check=ONE_FOR_ALL, max_examples=40)
@given(st.lists(SHIFTS, max_size=5), st.lists(VISITS, max_size=25))
def test_any_small_office_is_counted_as_by_hand(
    engine: Engine, shifts: Iterable[Shift], visits: Iterable[Seen]
) -> None:
    with writing(engine) as session:
        office = small_office(session, list(shifts))
        store(session, office, visits)
        assert agree(tallied(session, office), clerk_for(session, office, OCTOBER))
        session.rollback()


@pytest.mark.parametrize(
    "fault", [fault for fault in Fault if fault is not Fault.ANY_CHANNEL_COUNTS_FOR_PERSONS]
)
def test_the_comparison_notices_a_clerk_who(session: Session, fault: Fault) -> None:
    office = small_office(session, TWO_AT_ONCE)
    store(session, office, TELLING)
    tally = tallied(session, office)
    assert agree(tally, clerk_for(session, office, OCTOBER))
    assert not agree(tally, clerk_for(session, office, OCTOBER, fault=fault))


def test_a_half_hour_with_one_officer_is_that_officers(session: Session) -> None:
    office = small_office(session)
    assert one_cell(session, office, Seen(MONDAY_AT_9)) == (office.officers[0], False)


@pytest.mark.parametrize(
    "visit",
    [
        Seen(at(5, 12)),  # the duty has ended
        Seen(at(6, 9)),  # nobody serves on Tuesday
        Seen(MONDAY_AT_9, desk=2),  # another desk
        Seen(None),  # half hour unknown
        Seen(MONDAY_AT_9, desk=None),  # desk unknown
    ],
)
def test_without_exactly_one_duty_it_is_nobodys(session: Session, visit: Seen) -> None:
    office = small_office(session)
    assert one_cell(session, office, visit) == (None, False)
    assert tallied(session, office).unattributed == 1


def test_a_half_hour_with_two_officers_is_nobodys(session: Session) -> None:
    office = small_office(session, TWO_AT_ONCE)
    assert one_cell(session, office, Seen(at(5, 11))) == (None, False)


def test_a_hall_never_attributes(session: Session) -> None:
    office = small_office(session, hall=0)
    assert one_cell(session, office, Seen(MONDAY_AT_9)) == (None, False)


def test_late_responses_stand_apart_and_bring_no_questionnaire(session: Session) -> None:
    office = small_office(session)
    store(session, office, [Seen(MONDAY_AT_9), Seen(MONDAY_AT_9, late=True, nine=ALL_FOURS)])
    tally = tallied(session, office)
    assert (tally.responses, tally.late) == (1, 1)
    assert not tally.questionnaires


def test_the_service_of_the_tap_goes_before_that_of_the_followup(session: Session) -> None:
    office = small_office(session)
    store(session, office, [Seen(MONDAY_AT_9, service=0, later_service=1)])
    [cell] = tallied(session, office).combinations
    assert cell.service_id == office.services[0]


def test_other_months_and_units_are_not_counted(session: Session) -> None:
    office, other = small_office(session), small_office(session)
    store(session, office, [Seen(at(7, 9, SEPTEMBER))], SEPTEMBER)
    store(session, other, [Seen(MONDAY_AT_9)])
    assert not tallied(session, office).combinations


def test_a_rule_of_all_ten_items_is_spelled_in_its_own_order(session: Session) -> None:
    office = small_office(session)
    nine = dict(zip(NINE, (1, 2, 3, 4, 1, 2, 3, 4, 1), strict=True))
    store(session, office, [Seen(MONDAY_AT_9, overall=4, nine=nine), Seen(MONDAY_AT_9, overall=4)])
    backwards = [*reversed(Element)]
    rule = dataclasses.replace(
        DEFAULT_RULE,
        elements=(Weighted(OVERALL, 1), *(Weighted(element.value, 1) for element in backwards)),
    )
    [(_, counts)] = tallied(session, office, rule).combinations.items()
    assert counts == {"4143214321": 1, "4---------": 1}


def test_an_empty_month_has_an_empty_tally(session: Session) -> None:
    assert tallied(session, small_office(session)) == MonthTally({}, {})


def test_counting_leaves_no_table_behind(engine: Engine) -> None:
    with writing(engine) as session:
        tables = set(inspect(session.connection()).get_table_names())
        office = small_office(session)
        store(session, office, [Seen(MONDAY_AT_9)])
        assert tallied(session, office) == tallied(session, office)
        assert set(inspect(session.connection()).get_table_names()) == tables


def test_cells_come_in_the_same_order_from_every_database(session: Session) -> None:
    office = small_office(session, TWO_AT_ONCE)
    store(session, office, [*TELLING, Seen(None, desk=None, service=0), Seen(MONDAY_AT_9, desk=2)])
    cells = list(tallied(session, office).combinations)
    assert cells == sorted(cells, key=lambda cell: [(part is not None, part) for part in cell])

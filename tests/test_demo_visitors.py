from collections import defaultdict
from itertools import islice

import pytest

from aggregation.demo.office import DESKS, OFFICERS, SERVICES, on_duty, opening
from aggregation.demo.visitors import (
    RUSH,
    Visit,
    mean_rating,
    previous_months,
    visits_of,
    working_days,
)
from survey.month import HALF_HOURS_A_DAY, Month, starts
from survey.questionnaire import OVERALL, Element

OCTOBER = Month(2026, 10)


def slot(visit: Visit) -> int:
    return visit.half_hour % HALF_HOURS_A_DAY


def test_the_same_seed_draws_the_same_visits() -> None:
    assert list(islice(visits_of(OCTOBER, 7), 50)) == list(islice(visits_of(OCTOBER, 7), 50))


def test_another_seed_draws_other_visits() -> None:
    assert list(islice(visits_of(OCTOBER, 7), 50)) != list(islice(visits_of(OCTOBER, 8), 50))


def test_nobody_comes_on_a_public_holiday_or_at_the_weekend() -> None:
    august = {day.day for day in working_days(Month(2026, 8))}
    assert 17 not in august
    assert not august & {1, 2, 8, 9}


def test_every_visit_lies_in_its_month_and_in_opening_hours() -> None:
    for visit in visits_of(OCTOBER, 1):
        at = starts(visit.half_hour)
        open_slots = [s for first, end in opening(at.isoweekday()) for s in range(first, end)]
        assert Month.of(at) == OCTOBER
        assert slot(visit) in open_slots


def test_the_desk_gives_the_service_it_is_visited_for() -> None:
    assert all(v.service.code in v.desk.services for v in visits_of(OCTOBER, 1))


def test_every_officer_is_seen_at_more_than_one_desk() -> None:
    desks = defaultdict(set)
    for visit in visits_of(OCTOBER, 1):
        desks[visit.officer].add(visit.desk)
    assert set(desks) == set(OFFICERS)
    assert all(len(seen) > 1 for seen in desks.values())


def test_nobody_serves_two_desks_at_once() -> None:
    for weekday in range(1, 6):
        for stretch in range(2):
            serving = [on_duty(i, weekday, stretch) for i in range(len(DESKS))]
            assert len(set(serving)) == len(DESKS)


@pytest.mark.parametrize("item", [OVERALL, Element.WAKTU, Element.BIAYA])
def test_drawn_ratings_average_to_the_known_truth(item: str) -> None:
    drawn, truth = 0, 0.0
    count = 0
    for month in previous_months(OCTOBER.shift(1).first_day, 6):
        for visit in visits_of(month, 3):
            rating = visit.overall if item == OVERALL else visit.elements.get(item)
            if rating is not None:
                drawn += rating
                truth += mean_rating(item, visit.officer, visit.service, slot(visit))
                count += 1
    assert drawn / count == pytest.approx(truth / count, abs=4 * 0.75 / count**0.5)


def test_a_crowded_half_hour_lowers_the_truth_for_everybody() -> None:
    busy = next(iter(RUSH))
    for officer in OFFICERS:
        for service in SERVICES:
            quiet = mean_rating(OVERALL, officer, service, 16)
            assert mean_rating(OVERALL, officer, service, busy) < quiet


def test_the_months_before_a_day_are_whole_and_in_order() -> None:
    assert [str(m) for m in previous_months(OCTOBER.first_day, 3)] == [
        "2026-07",
        "2026-08",
        "2026-09",
    ]

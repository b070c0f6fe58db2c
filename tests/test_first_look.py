"""What intake notes about suspicious responses: stored all the same, once each (method §7)."""

from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, text

from survey.channel import Channel
from survey.database import recording, writing
from survey.first_look import forget_taps
from survey.questionnaire import Element
from survey.screening import Signal
from tests.record_factories import (
    NOON,
    Office,
    an_office,
    count_of,
    more_about,
    neighbour_of,
    rows_of,
    visit,
)

NINE_LIKED: dict[str, Any] = {element.value: 4 for element in Element}


@pytest.fixture
def office(engine: Engine) -> Office:
    return an_office(engine)


def after(seconds: int) -> datetime:
    return NOON + timedelta(seconds=seconds)


def tap_at(
    office: Office, seconds: Iterable[int], rating: int = 4, channel: Channel = Channel.DESK_QR
) -> list[Any]:
    """Let phones rate a desk, so many seconds after noon; return the ids."""
    sent = [visit(rating, served_at=after(second)) for second in seconds]
    for one in sent:
        office.send(one, at=one.served_at + timedelta(seconds=3), channel=channel)
    return [one.id for one in sent]


def findings(office: Office) -> Counter[str]:
    return Counter(row["reason"] for row in rows_of(office.engine, "finding"))


def test_an_ordinary_morning_leaves_no_finding(office: Office) -> None:
    tap_at(office, [0, 15, 30, 200, 320, 500, 590])
    assert findings(office) == {}
    assert len(office.responses) == 7


@pytest.mark.parametrize("rating", [1, 4])
def test_of_a_burst_all_are_noted_also_the_first(office: Office, rating: int) -> None:
    before = tap_at(office, [-3600], rating)
    burst = tap_at(office, range(0, 200, 25), rating)
    noted = {row["response_id"] for row in rows_of(office.engine, "finding")}
    assert noted == set(burst)
    assert not noted & set(before)
    assert len(office.responses) == 9


def test_a_burst_that_goes_on_is_noted_once_for_each(office: Office) -> None:
    tap_at(office, range(0, 300, 20))
    assert findings(office) == {Signal.BURST: 15}


def test_sending_again_makes_no_burst(office: Office) -> None:
    sent = visit()
    for second in range(20):
        office.send(sent, at=after(second), channel=Channel.DESK_QR)
    assert count_of(office.engine, "recent_tap") == 1
    assert findings(office) == {}


def test_sixty_citizens_at_ten_desks_in_ten_minutes_are_all_accepted_and_none_is_set_aside(
    office: Office,
) -> None:
    desks = [office, *(neighbour_of(office) for _ in range(9))]
    for n in range(60):
        tap_at(desks[n % 10], [n * 10])
    assert len(office.responses) == 60
    assert findings(office) == {}


def test_in_a_hall_eight_in_ten_minutes_are_no_burst(office: Office) -> None:
    office.change("UPDATE desk SET kind = 'hall' WHERE id = :id", id=office.desk.id)
    tap_at(office.as_it_is_now(), range(0, 300, 20))
    assert findings(office) == {}


def test_slips_are_counted_too(office: Office) -> None:
    for n in range(8):
        office.send(visit(), at=after(n * 9), channel=Channel.TICKET, ticket=office.slip())
    assert findings(office) == {Signal.BURST: 8}


def kept_for_hours(office: Office, seconds: Iterable[int], *, half_hour_known: bool = True) -> None:
    """Let a tablet send, all at once and hours later, what it kept."""
    for second in seconds:
        kept = replace(visit(4, served_at=after(second)), half_hour_known=half_hour_known)
        office.send(kept, at=after(6 * 3600), channel=Channel.KIOSK)


def test_what_a_tablet_kept_is_judged_by_when_it_was_tapped(office: Office) -> None:
    kept_for_hours(office, range(0, 3600, 120))
    assert findings(office) == {}


def test_a_burst_at_a_tablet_is_noted_however_late_it_comes_in(office: Office) -> None:
    kept_for_hours(office, [-3600, *range(0, 240, 30), 3600])
    assert findings(office) == {Signal.BURST: 8}


def test_a_tablet_that_lost_its_time_makes_no_burst(office: Office) -> None:
    kept_for_hours(office, range(0, 300, 20), half_hour_known=False)
    assert findings(office) == {}


def test_sheets_are_not_tapped(office: Office) -> None:
    tap_at(office, range(0, 300, 20), channel=Channel.PAPER)
    assert findings(office) == {}


def test_the_next_tap_anywhere_takes_away_when_others_came(office: Office) -> None:
    tap_at(office, [0, 60])
    tap_at(neighbour_of(office), [3600])
    [left] = rows_of(office.engine, "recent_tap")
    assert left["at"] == after(3600).replace(second=0)


def test_times_can_be_forgotten_without_a_tap(office: Office) -> None:
    tap_at(office, [0])
    with recording(office.engine) as connection:
        forget_taps(connection, after(3600))
    assert count_of(office.engine, "recent_tap") == 0


def test_of_a_time_only_the_minute_is_kept(office: Office) -> None:
    tap_at(office, [0])
    [kept] = rows_of(office.engine, "recent_tap")
    assert (kept["at"].second, kept["at"].microsecond) == (0, 0)


def test_many_at_once_are_a_burst_of_all_of_them(office: Office) -> None:
    together = Barrier(16)

    def one(_: int) -> None:
        together.wait()
        office.send(visit(), channel=Channel.DESK_QR)

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(one, range(16)))
    assert findings(office) == {Signal.BURST: 16}
    assert len(office.responses) == 16


def test_a_screening_that_fails_loses_no_rating(office: Office) -> None:
    office.change("ALTER TABLE recent_tap RENAME TO gone")
    tap_at(office, [0, 60])
    assert len(office.responses) == 2


@pytest.mark.parametrize("rating", [1, 4])
def test_nine_equal_answers_at_once_are_noted(office: Office, rating: int) -> None:
    liked: dict[str, Any] = dict.fromkeys(NINE_LIKED, rating)
    office.send(visit(None, **liked), at=after(6), channel=Channel.DESK_QR)
    assert findings(office) == {Signal.STRAIGHT_LINE: 1}


def test_nine_equal_answers_that_took_their_time_are_a_citizens(office: Office) -> None:
    office.send(visit(None, **NINE_LIKED), at=after(40), channel=Channel.DESK_QR)
    assert findings(office) == {}


@pytest.mark.parametrize(("seconds", "noted"), [(4, 1), (30, 0)])
def test_the_nine_after_a_tap_are_timed_from_the_tap(
    office: Office, seconds: int, noted: int
) -> None:
    tap = visit()
    office.send(tap, channel=Channel.DESK_QR)
    office.add(more_about(tap, **NINE_LIKED), at=after(seconds))
    assert findings(office) == ({Signal.STRAIGHT_LINE: 1} if noted else {})
    assert len(office.followups) == 1


def test_two_reasons_are_both_kept(office: Office) -> None:
    for n in range(8):
        office.send(visit(None, **NINE_LIKED), at=after(n), channel=Channel.DESK_QR)
    assert findings(office) == {Signal.BURST: 8, Signal.STRAIGHT_LINE: 8}


def test_without_the_lock_two_at_once_would_each_see_seven(office: Office) -> None:
    """A control: counting in two open transactions misses what neither has committed."""
    if office.engine.dialect.name == "sqlite":
        return  # one writer at a time: there is nothing to miss
    tap_at(office, range(0, 180, 30))
    counted = "SELECT count(*) FROM recent_tap WHERE desk_id = :desk"
    copied = (
        "SELECT desk_id, at, gen_random_uuid(), kept_until, unit_id, month FROM recent_tap LIMIT 1"
    )
    with writing(office.engine) as one, writing(office.engine) as other:
        seen = []
        for session in (one, other):
            session.execute(text(f"INSERT INTO recent_tap {copied}"))
            seen.append(session.execute(text(counted), {"desk": office.desk.id}).scalar_one())
    assert seen == [7, 7]

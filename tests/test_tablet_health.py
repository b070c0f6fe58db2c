"""The state of a tablet: which signs ask for an act, and how bad each of them is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.method.tablet_health import (
    Light,
    Report,
    Sign,
    Tablet,
    light_of,
    signs_of,
    usual_version,
)

NOW = datetime(2026, 10, 5, 3, 0, tzinfo=UTC)
OPENED = NOW - timedelta(hours=2)
WELL = Tablet(NOW, Report(version="a1"), serving_since=OPENED, usual_version="a1")


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def told(**changes: object) -> Tablet:
    return replace(WELL, report=replace(WELL.report, **changes))  # type: ignore[arg-type]


def light(tablet: Tablet) -> Light:
    return light_of(signs_of(tablet, NOW))


def test_a_tablet_that_is_there_and_keeps_nothing_back_is_green() -> None:
    assert signs_of(WELL, NOW) == []
    assert light(WELL) is Light.GREEN


@pytest.mark.parametrize(
    ("minutes", "sign"),
    [(5, None), (5.1, Sign.QUIET), (15, Sign.QUIET), (15.1, Sign.SILENT), (90, Sign.SILENT)],
)
def test_silence_counts_while_its_desk_serves(minutes: float, sign: Sign | None) -> None:
    found = signs_of(replace(WELL, in_touch_at=ago(minutes=minutes)), NOW)
    assert found == ([sign] if sign else [])


def test_silence_is_nobody_s_fault_while_the_desk_rests() -> None:
    resting = replace(WELL, in_touch_at=ago(days=3), serving_since=None)
    assert signs_of(resting, NOW) == []


def test_silence_of_the_night_is_not_held_against_a_tablet_that_just_opened() -> None:
    just_opened = replace(WELL, in_touch_at=ago(hours=17), serving_since=ago(minutes=4))
    assert signs_of(just_opened, NOW) == []
    assert light(replace(just_opened, serving_since=ago(minutes=16))) is Light.RED


@pytest.mark.parametrize(
    ("tablet", "sign"),
    [
        (replace(WELL, missing=1), Sign.GAPS),
        (told(set_aside=1), Sign.SET_ASIDE),
        (replace(told(waiting=1), revoked=True), Sign.REVOKED_WAITING),
        (told(waiting=51), Sign.MANY_WAITING),
        (replace(told(waiting=1), in_touch_at=ago(hours=8), serving_since=None), Sign.STRANDED),
        (told(persisted=False), Sign.NOT_KEPT),
        (told(used_bytes=81, quota_bytes=100), Sign.NEARLY_FULL),
        (told(battery=19), Sign.BATTERY),
        (told(battery=19, charging=False), Sign.BATTERY),
        (told(clock_offset=121), Sign.CLOCK),
        (told(clock_offset=-121), Sign.CLOCK),
        (told(version="b7"), Sign.OTHER_VERSION),
    ],
)
def test_each_sign_stands_alone_and_is_as_bad_as_it_is(tablet: Tablet, sign: Sign) -> None:
    assert signs_of(tablet, NOW) == [sign]
    lost = {Sign.GAPS, Sign.SET_ASIDE, Sign.REVOKED_WAITING}
    assert light(tablet) is (Light.RED if sign in lost else Light.AMBER)


@pytest.mark.parametrize(
    "tablet",
    [
        told(waiting=50),
        told(persisted=None),
        told(used_bytes=80, quota_bytes=100),
        told(used_bytes=1, quota_bytes=0),
        told(used_bytes=1),
        told(battery=20),
        told(battery=5, charging=True),
        told(clock_offset=120),
        told(clock_offset=-120),
        told(version=""),
    ],
)
def test_what_is_within_bounds_or_not_told_is_no_sign(tablet: Tablet) -> None:
    assert signs_of(tablet, NOW) == []


def test_of_a_revoked_tablet_only_what_it_may_have_lost_counts() -> None:
    gone = replace(
        told(battery=1, persisted=False, set_aside=2, version="b7"),
        revoked=True,
        missing=2,
        in_touch_at=ago(days=9),
    )
    assert signs_of(gone, NOW) == [Sign.GAPS]


reports = st.builds(
    Report,
    waiting=st.integers(0, 200),
    set_aside=st.integers(0, 2),
    clock_offset=st.integers(-10_000, 10_000),
    version=st.sampled_from(["", "a1", "b7"]),
    persisted=st.none() | st.booleans(),
    used_bytes=st.none() | st.integers(0, 100),
    quota_bytes=st.none() | st.integers(0, 100),
    battery=st.none() | st.integers(0, 100),
    charging=st.none() | st.booleans(),
)
tablets = st.builds(
    Tablet,
    in_touch_at=st.timedeltas(timedelta(), timedelta(days=30)).map(NOW.__sub__),
    report=reports,
    serving_since=st.none() | st.just(OPENED),
    missing=st.integers(0, 3),
    revoked=st.booleans(),
    usual_version=st.sampled_from(["a1", ""]),
)


@given(tablets)
def test_the_worst_sign_comes_first_and_gives_the_light(tablet: Tablet) -> None:
    lights = [sign.light for sign in signs_of(tablet, NOW)]
    assert lights == sorted(lights, reverse=True)
    assert light(tablet) == max(lights, default=Light.GREEN)


@given(tablets, st.timedeltas(timedelta(), timedelta(days=2)))
def test_longer_silence_is_never_better(tablet: Tablet, more: timedelta) -> None:
    earlier = replace(tablet, in_touch_at=tablet.in_touch_at - more)
    assert light(earlier) >= light(tablet)


def test_the_version_of_most_is_the_usual_one() -> None:
    assert usual_version(["b7", "a1", "a1"]) == "a1"
    assert usual_version(["", ""]) == ""

"""The chain of seals: any change of it shows, and so does a key that nobody announced (§8)."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey.merkle import Scalar, canonical
from survey.seal_text import LOST, ROTATED, Link, faults_of, key_that_follows, next_link
from survey.signing import SealKey
from tests.seal_factories import new_key

FIRST, SECOND, STRANGER = new_key(), new_key(), new_key()
LENGTH = 8
CHANGE_OF_KEY = 4
places = st.integers(0, LENGTH - 1)


def day(last: Link | None, key: SealKey, n: int) -> Link:
    """Return the seal of the n-th day."""
    facts: dict[str, Scalar] = {"root": f"{n:064x}", "count": n}
    return next_link(last, "day", f"2026-10-{n + 1:02}", facts, key)


def announced(last: Link | None, by: SealKey, key: SealKey, why: str = ROTATED) -> Link:
    return next_link(last, "key", key.id, {"next_key": key.raw.hex(), "why": why}, by)


@cache
def whole() -> Sequence[Link]:
    """Return a chain of days in which the key changes once, as it should."""
    links: list[Link] = []
    for n in range(LENGTH):
        last = links[-1] if links else None
        if n == CHANGE_OF_KEY:
            links.append(announced(last, FIRST, SECOND))
        else:
            links.append(day(last, FIRST if n < CHANGE_OF_KEY else SECOND, n))
    return tuple(links)


def faults(links: Sequence[Link]) -> list[int]:
    return [fault.number for fault in faults_of(links)]


def saying(link: Link, facts: Any) -> Link:  # noqa: ANN401 - whatever JSON can say
    """Return a link whose statement says something else; its signature is the old one."""
    return replace(link, statement=canonical(facts).decode())


def resigned(link: Link, key: SealKey, **said: Scalar) -> Link:
    """Return a link that says something else and is signed anew."""
    statement = canonical({**link.facts, **said})
    return replace(link, statement=statement.decode(), signature=key.sign(statement))


def test_a_whole_chain_has_no_fault() -> None:
    assert faults(whole()) == []
    assert faults([]) == []


@given(place=places, bit=st.integers(0, 511))
def test_no_bit_of_a_signature_can_be_changed(place: int, bit: int) -> None:
    links = list(whole())
    signature = (int.from_bytes(links[place].signature) ^ 1 << bit).to_bytes(64)
    links[place] = replace(links[place], signature=signature)
    assert place in faults(links)


@given(place=places, at=st.integers(0, 1000), sign=st.characters(codec="utf-8"))
def test_no_sign_of_a_statement_can_be_changed(place: int, at: int, sign: str) -> None:
    links = list(whole())
    was = links[place].statement
    at %= len(was)
    statement = was[:at] + sign + was[at + 1 :]
    links[place] = replace(links[place], statement=statement)
    assert (place in faults(links)) is (statement != was)


@given(place=places, facts=st.data())
def test_no_fact_can_be_changed_dropped_or_added(place: int, facts: st.DataObject) -> None:
    links = list(whole())
    said = dict(links[place].facts)
    name = facts.draw(st.sampled_from([*said, "new"]))
    value = facts.draw(st.none() | st.booleans() | st.integers() | st.text(max_size=8))
    dropped = facts.draw(st.booleans()) and name in said
    changed = {key: val for key, val in said.items() if key != name}
    if not dropped:
        changed[name] = value
    links[place] = saying(links[place], changed)
    assert (place in faults(links)) is (canonical(changed) != canonical(said))


@pytest.mark.parametrize(
    "statement",
    [
        "",
        "null",
        "[]",
        "{",
        "{}",
        "NaN",
        '"seal"',
        "\ud800",
        "[" * 100_000,
        '{"a":NaN}',
        "1" * 5000,
    ],
)
def test_a_statement_that_is_none_is_a_fault_and_stops_nobody(statement: str) -> None:
    links = list(whole())
    links[2] = replace(links[2], statement=statement)
    assert {2, 3} <= {*faults(links)}


@pytest.mark.parametrize("fact", ["number", "previous", "kind", "subject", "key", "next_key"])
@pytest.mark.parametrize("value", [None, 7, "", {"of": []}])
def test_a_signed_statement_without_what_it_must_say_is_a_fault(fact: str, value: Any) -> None:  # noqa: ANN401
    links = list(whole())
    at = CHANGE_OF_KEY
    said = dict(links[at].facts)
    if value is None:
        del said[fact]
    else:
        said[fact] = value
    statement = canonical(said)
    links[at] = replace(links[at], statement=statement.decode(), signature=FIRST.sign(statement))
    assert at in faults(links) or at + 1 in faults(links)


@pytest.mark.parametrize("place", range(LENGTH))
def test_a_row_says_what_its_statement_says(place: int) -> None:
    was = whole()[place]
    for other in (
        replace(was, number=99),
        replace(was, kind="month"),
        replace(was, subject="2027-01-01"),
    ):
        assert faults([*whole()[:place], other, *whole()[place + 1 :]])


@given(order=st.permutations(range(LENGTH)))
def test_seals_have_one_order(order: Sequence[int]) -> None:
    assert bool(faults([whole()[n] for n in order])) is (list(order) != sorted(order))


@given(kept=st.sets(places, min_size=1))
def test_no_seal_can_be_left_out_but_the_last_ones(kept: set[int]) -> None:
    links = [whole()[n] for n in sorted(kept)]
    assert bool(faults(links)) is (sorted(kept) != list(range(len(kept))))


@given(place=st.integers(0, LENGTH), given=places)
def test_no_seal_can_stand_twice(place: int, given: int) -> None:
    links = list(whole())
    links.insert(place, links[given])
    assert faults(links)


@settings(max_examples=20)
@given(place=places)
def test_whoever_has_the_key_and_signs_one_seal_anew_breaks_those_after_it(place: int) -> None:
    links = list(whole())
    key = FIRST if place <= CHANGE_OF_KEY else SECOND
    links[place] = resigned(links[place], key, count=77)
    assert faults(links) == ([place + 1] if place + 1 < LENGTH else [])


@settings(max_examples=20)
@given(place=st.integers(1, LENGTH - 1))
def test_a_key_that_nobody_announced_signs_nothing(place: int) -> None:
    links = [*whole()[:place], day(whole()[place - 1], STRANGER, place)]
    assert faults(links) == [place]


def test_the_key_that_was_announced_signs_from_then_on() -> None:
    links = [day(None, FIRST, 0)]
    links.append(announced(links[-1], FIRST, SECOND))
    assert key_that_follows(links[-1]) == SECOND.raw.hex()
    assert faults([*links, day(links[-1], SECOND, 2)]) == []
    assert faults([*links, day(links[-1], FIRST, 2)]) == [2]


def test_a_key_cannot_announce_itself() -> None:
    links = [day(None, FIRST, 0)]
    links.append(announced(links[-1], STRANGER, STRANGER))
    assert faults(links) == [1]


def test_after_a_loss_another_key_goes_on_and_everybody_sees_it() -> None:
    links = [day(None, FIRST, 0)]
    links.append(announced(links[-1], SECOND, SECOND, LOST))
    links.append(day(links[-1], SECOND, 2))
    assert faults(links) == []
    assert links[1].facts["why"] == LOST


@pytest.mark.parametrize(
    "broken",
    [
        lambda links: [*links[:3], replace(links[3], signature=links[2].signature), *links[4:]],
        lambda links: [*links[:2], *links[3:]],
        lambda links: [*links[:3], resigned(links[3], STRANGER), *links[4:]],
        lambda links: [*links[:3], saying(links[3], [json.loads(links[3].statement)]), *links[4:]],
    ],
    ids=["signature", "gap", "key", "form"],
)
def test_each_way_to_break_a_chain_has_its_own_reason(
    broken: Callable[[Sequence[Link]], Sequence[Link]],
) -> None:
    assert list(faults_of(broken(whole())))

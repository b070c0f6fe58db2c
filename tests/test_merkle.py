"""Leaves and the digests inside them (method §8)."""

import hashlib
import json

from hypothesis import given
from hypothesis import strategies as st

from survey.merkle import Scalar, canonical, joined_digest, leaf_digest, salted_digest

scalars = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=20)
entries = st.dictionaries(st.text(max_size=10), scalars, max_size=6)


def test_a_leaf_is_the_digest_of_a_zero_byte_and_the_one_spelling() -> None:
    spelled = b'{"overall":4,"place":"Loket 3 \\u2013 KTP"}'
    entry: dict[str, Scalar] = {"place": "Loket 3 – KTP", "overall": 4}
    assert canonical(entry) == spelled
    assert leaf_digest(entry) == hashlib.sha256(b"\0" + spelled).digest()


@given(entry=entries)
def test_an_entry_has_one_spelling_whatever_its_order(entry: dict[str, Scalar]) -> None:
    turned = dict(reversed(entry.items()))
    assert canonical(turned) == canonical(entry)
    assert json.loads(canonical(entry)) == entry


@given(one=entries, other=entries)
def test_different_entries_have_different_leaves(
    one: dict[str, Scalar], other: dict[str, Scalar]
) -> None:
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (leaf_digest(one) == leaf_digest(other)) is same


def test_true_is_not_one_and_absent_is_not_zero() -> None:
    values: list[Scalar] = [True, 1, "1", None, 0, False, ""]
    assert len({leaf_digest({"v": value}) for value in values}) == len(values)


def test_a_text_stands_in_a_leaf_by_its_salted_digest() -> None:
    spelled = b'{"field":"SEX","text":"P"}'
    assert salted_digest(b"s" * 16, "SEX", "P") == hashlib.sha256(b"s" * 16 + spelled).digest()


def test_several_digests_are_joined_in_order_and_none_is_none() -> None:
    assert joined_digest([]) is None
    assert joined_digest([b"a" * 32]) == hashlib.sha256(b"a" * 32).digest()
    assert joined_digest([b"a", b"b"]) != joined_digest([b"b", b"a"])

"""Leaves, trees and the digests inside them (method §8, RFC 6962)."""

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.merkle import (
    Scalar,
    canonical,
    joined_digest,
    leaf_digest,
    path_of,
    root_from,
    root_of,
    rows_of,
    salted_digest,
)

LEAVES = [
    hashlib.sha256(b"\x00" + bytes.fromhex(entry)).digest()
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
"""The eight leaves that implementations of Certificate Transparency are tried with."""

ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
"""The published roots of the first 0, 1, … 8 of them."""

PATHS: dict[tuple[int, int], list[str]] = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
"""The published paths, by the leaf's place from 0 on and the size of the tree."""

MOST = 300
MANY = [hashlib.sha256(b"\x00leaf %d" % n).digest() for n in range(MOST + 1)]

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


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_the_published_trees_have_their_published_roots(size: int) -> None:
    assert root_of(LEAVES[:size]) == bytes.fromhex(ROOTS[size])


@pytest.mark.parametrize(("place", "size"), PATHS)
def test_the_published_paths_are_found_and_lead_to_the_root(place: int, size: int) -> None:
    path = [bytes.fromhex(digest) for digest in PATHS[place, size]]
    assert path_of(rows_of(LEAVES[:size]), place) == tuple(path)
    assert root_from(LEAVES[place], place, size, path) == bytes.fromhex(ROOTS[size])


def test_up_to_300_leaves_root_and_paths_are_those_of_the_definition() -> None:
    for size in range(MOST + 1):
        root, rows = _root(0, size), rows_of(MANY[:size])
        assert root_of(MANY[:size]) == root
        for place in range(size):
            path = _path(place, 0, size)
            assert path_of(rows, place) == tuple(path)
            assert root_from(MANY[place], place, size, path) == root


def test_no_other_leaf_place_size_or_path_leads_to_the_root() -> None:
    chosen = Random(6962)
    pairs = [(place, size) for size in range(1, 20) for place in range(size)]
    pairs += [(chosen.randrange(size), size) for size in chosen.choices(range(20, MOST), k=250)]
    tried = 0
    for place, size in pairs:
        root = _root(0, size)
        for leaf, at, of, path in _wrong(place, size, chosen):
            tried += 1
            assert root_from(leaf, at, of, path) != root, (place, size, at, of)
    assert tried > 3000


@pytest.mark.parametrize(("place", "size"), [(0, 0), (-1, 3), (3, 3), (4, 3)])
def test_there_is_no_path_to_a_leaf_that_is_not_there(place: int, size: int) -> None:
    with pytest.raises(IndexError):
        path_of(rows_of(MANY[:size]), place)
    assert root_from(MANY[0], place, size, []) is None


def _wrong(place: int, size: int, chosen: Random) -> Iterator[tuple[bytes, int, int, list[bytes]]]:
    """Yield what differs from a leaf's true path in one thing.

    A size that is off by a few can spell the same path (of leaf 0 in trees of 3 and of 4): a seal
    names the size beside the root. Half and double never do.
    """
    leaf, path = MANY[place], _path(place, 0, size)
    yield MANY[MOST], place, size, path
    yield _flipped(leaf, chosen), place, size, path
    for other in {place - 1, place + 1, place ^ 2, size} - {place}:
        yield leaf, other, size, path
    yield leaf, place, size * 2, path
    yield leaf, place, size // 2, path
    yield leaf, place, size, [*path, MANY[MOST]]
    yield leaf, place, size, [MANY[MOST], *path]
    if path:
        yield leaf, place, size, path[:-1]
        yield leaf, place, size, path[1:]
        at = chosen.randrange(len(path))
        yield leaf, place, size, [*path[:at], _flipped(path[at], chosen), *path[at + 1 :]]
    if len(path) > 1:
        yield leaf, place, size, [path[1], path[0], *path[2:]]
        yield leaf, place, size, path[::-1]


def _flipped(digest: bytes, chosen: Random) -> bytes:
    return (int.from_bytes(digest) ^ 1 << chosen.randrange(256)).to_bytes(32)


def _split(start: int, end: int) -> int:
    """Return where RFC 6962 §2.1 divides: at the largest power of two below the number."""
    return start + (1 << (end - start - 1).bit_length() - 1)


@cache
def _root(start: int, end: int) -> bytes:
    """Return MTH(D[start:end]), word for word as RFC 6962 §2.1 defines it."""
    if end == start:
        return hashlib.sha256().digest()
    if end - start == 1:
        return MANY[start]
    middle = _split(start, end)
    return hashlib.sha256(b"\x01" + _root(start, middle) + _root(middle, end)).digest()


def _path(place: int, start: int, end: int) -> list[bytes]:
    """Return PATH(m, D[start:end]), word for word as RFC 6962 §2.1.1 defines it."""
    if end - start == 1:
        return []
    middle = _split(start, end)
    if place < middle - start:
        return [*_path(place, start, middle), _root(middle, end)]
    return [*_path(place - (middle - start), middle, end), _root(start, middle)]

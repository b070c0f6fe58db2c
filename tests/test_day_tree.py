"""The place of a leaf in its day, held against the tree's own definition."""

import hashlib

import pytest

from survey.day_tree import DayTrees, Inclusion
from survey.merkle import path_of, root_from, root_of, rows_of


def leaves_of(size: int, seed: int = 0) -> list[bytes]:
    return sorted(hashlib.sha256(f"{seed} {n}".encode()).digest() for n in range(size))


def found(trees: DayTrees, leaves: list[bytes], leaf: bytes) -> Inclusion | None:
    return trees.inclusion(root_of(leaves).hex(), leaf, lambda: leaves)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 64, 65])
def test_each_leaf_s_path_leads_to_the_root(size: int) -> None:
    leaves, trees = leaves_of(size), DayTrees()
    for place, leaf in enumerate(leaves):
        way = found(trees, leaves, leaf)
        assert way == Inclusion(leaf, place, size, path_of(rows_of(leaves), place))
        assert root_from(leaf, place, size, way.path) == root_of(leaves)


def test_a_leaf_that_is_not_of_the_day_has_no_path() -> None:
    leaves, trees = leaves_of(5), DayTrees()
    for other in (bytes(32), b"\xff" * 32, hashlib.sha256(b"other").digest()):
        assert found(trees, leaves, other) is None


def test_leaves_that_lead_to_another_root_than_was_sealed_have_no_path() -> None:
    leaves, trees = leaves_of(5), DayTrees()
    root = root_of(leaves).hex()
    assert trees.inclusion(root, leaves[0], lambda: leaves[:4]) is None
    assert trees.inclusion(root, leaves[0], list) is None
    assert trees.inclusion(root, leaves[0], lambda: leaves) is not None


def test_a_day_is_read_once_and_the_oldest_is_given_up_when_there_are_too_many() -> None:
    trees = DayTrees(most_leaves=10)
    read: list[int] = []

    def ask(seed: int) -> None:
        leaves = leaves_of(4, seed)

        def of_the_day() -> list[bytes]:
            read.append(seed)
            return leaves

        trees.inclusion(root_of(leaves).hex(), leaves[0], of_the_day)

    for seed in (1, 1, 2, 1, 3, 1, 2):
        ask(seed)
    assert read == [1, 2, 3, 2]

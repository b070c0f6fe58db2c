"""What grows with every citizen lies by unit, so that units can be parted (docs/nation.md)."""

import pytest
from sqlalchemy import ForeignKeyConstraint, Table
from sqlmodel import SQLModel

import aggregation.app  # noqa: F401 - with it all tables are known

BY_UNIT = {
    "response", "followup", "private_text", "finding", "reviewed_response", "comment_source",
    "visit",
}  # fmt: skip
"""Rows of one unit each, whose key begins with it."""

BESIDE = {"known_response": ["id"], "sealed_leaf": ["day", "leaf"]}
"""What a nation in one database would have to key anew: they know no unit."""


def table(name: str) -> Table:
    return SQLModel.metadata.tables[name]


def key_of(name: str) -> list[str]:
    return [column.name for column in table(name).primary_key.columns]


@pytest.mark.parametrize("name", sorted(BY_UNIT))
def test_its_key_begins_with_the_unit(name: str) -> None:
    assert key_of(name)[0] == "unit_id"


def references() -> list[tuple[str, ForeignKeyConstraint]]:
    return [
        (name, each)
        for name in sorted(BY_UNIT)
        for each in table(name).foreign_key_constraints
        if each.referred_table.name in BY_UNIT
    ]


def test_no_reference_among_them_leaves_the_unit() -> None:
    assert len(references()) >= 4
    for name, each in references():
        pairs = {(one.parent.name, one.column.name) for one in each.elements}
        assert ("unit_id", "unit_id") in pairs, name


def test_whatever_refers_to_a_response_is_one_of_them() -> None:
    referring = {
        each.name
        for each in SQLModel.metadata.tables.values()
        for key in each.foreign_key_constraints
        if key.referred_table.name in BY_UNIT
    }
    assert referring <= BY_UNIT


def test_two_tables_that_grow_as_fast_know_no_unit() -> None:
    assert {name: key_of(name) for name in BESIDE} == BESIDE

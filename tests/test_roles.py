import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.access.roles import RIGHTS, WITH_SECOND_FACTOR, Grant, Right, Role, Scope

# 1 is the city; 2 and 3 are offices of it; 4 is a branch of 2; 5 is another city.
TREE = {1: None, 2: 1, 3: 1, 4: 2, 5: None}


def scope(*grants: Grant) -> Scope:
    return Scope(grants, TREE)


def seeing(unit_id: int | None) -> Grant:
    return Grant(frozenset({Right.SEE_UNIT}), unit_id)


def test_a_right_holds_in_the_unit_and_all_below_it() -> None:
    assert scope(seeing(2)).units(Right.SEE_UNIT) == {2, 4}


def test_a_right_for_the_whole_tree_holds_in_units_to_come_too() -> None:
    everywhere = scope(seeing(None))
    assert everywhere.units(Right.SEE_UNIT) == set(TREE)
    assert everywhere.may_everywhere(Right.SEE_UNIT)
    assert not scope(seeing(1), seeing(5)).may_everywhere(Right.SEE_UNIT)


def test_a_right_in_one_branch_lends_nothing_to_another() -> None:
    mixed = scope(Grant(RIGHTS[Role.OPERATOR], 2), Grant(RIGHTS[Role.HR], 3))
    assert mixed.may(Right.SET_UP, 4)
    assert not mixed.may(Right.SET_UP, 3)
    assert not mixed.may(Right.SEE_SCORES, 2)


def test_a_unit_that_there_is_not_is_nobodys() -> None:
    assert not scope(seeing(None)).may(Right.SEE_UNIT, 99)
    assert not scope(seeing(None)).knows(99)


def test_what_lies_beyond_the_branch_is_not_known() -> None:
    assert [unit_id for unit_id in TREE if scope(seeing(2)).knows(unit_id)] == [2, 4]


def test_without_roles_nothing_is_allowed() -> None:
    nobody = scope()
    assert not any(nobody.may_somewhere(right) for right in Right)
    assert not any(nobody.knows(unit_id) for unit_id in TREE)


def test_units_that_are_each_others_parents_end_the_search() -> None:
    # The table forbids only a unit's being its own parent; a ring must not hang a page.
    assert not Scope((seeing(9),), {1: 2, 2: 1}).may(Right.SEE_UNIT, 1)


@given(
    st.dictionaries(st.integers(1, 8), st.one_of(st.none(), st.integers(1, 8)), min_size=1),
    st.lists(st.tuples(st.sampled_from(Role), st.one_of(st.none(), st.integers(1, 8)))),
    st.sampled_from(Right),
)
def test_whoever_may_in_a_unit_may_in_all_below_it(
    parents: dict[int, int | None], roles: list[tuple[Role, int | None]], right: Right
) -> None:
    found = Scope(tuple(Grant(RIGHTS[role], unit_id) for role, unit_id in roles), parents)
    for unit_id, parent in parents.items():
        if parent is not None and found.may(right, parent):
            assert found.may(right, unit_id)


def test_every_role_has_its_rights_written_down() -> None:
    assert set(RIGHTS) == set(Role)


@pytest.mark.parametrize(
    ("right", "roles"),
    [
        (Right.SET_UP, {Role.OPERATOR}),
        (Right.MANAGE_ACCOUNTS, {Role.OPERATOR}),
        (Right.CLOSE_MONTH, {Role.HR, Role.UNIT_HEAD}),
        (Right.SEE_SCORES, {Role.HR, Role.ASSESSOR, Role.AUDITOR}),
        (Right.SEE_OWN_SCORE, {Role.OFFICER}),
        (Right.READ_LOG, {Role.OPERATOR, Role.REVIEWER, Role.AUDITOR}),
        (Right.RECORD_VISITS, set()),
    ],
)
def test_who_may_do_it(right: Right, roles: set[Role]) -> None:
    assert {role for role, rights in RIGHTS.items() if right in rights} == roles


def test_a_reviewer_never_sees_a_score() -> None:
    assert Right.SEE_SCORES not in RIGHTS[Role.REVIEWER]


def test_an_auditor_changes_nothing() -> None:
    reads = {Right.SEE_UNIT, Right.SEE_ROSTER, Right.SEE_SCORES, Right.READ_LOG}
    assert RIGHTS[Role.AUDITOR] == reads


def test_whoever_can_change_what_others_may_do_signs_in_with_two_factors() -> None:
    mighty = {Right.MANAGE_ACCOUNTS, Right.MANAGE_TOKENS}
    assert {role for role, rights in RIGHTS.items() if rights & mighty} <= WITH_SECOND_FACTOR

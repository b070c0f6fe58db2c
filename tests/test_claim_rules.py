"""Rules of claims: what a file gives, and which files are refused as a whole."""

from typing import Any

import pytest

from aggregation.access.roles import Role
from aggregation.sign_on.claim_rules import SaidRole, WrongClaimRules, claim_rules
from tests.told_provider import RULES

HEAD = SaidRole(Role.UNIT_HEAD, "KOTA")
ONE = 'claim = "groups"\n[[roles]]\nvalue = "a"\nrole = "hr"\nunit = "*"\n'


@pytest.mark.parametrize(
    ("groups", "roles"),
    [
        (["kepala-kota"], (HEAD,)),
        ("kepala-kota", (HEAD,)),
        (["sdm", "kepala-kota", "sdm"], (SaidRole(Role.HR, None), HEAD)),
        (["Kepala-Kota", "kepala-kota "], ()),
        ([7, None, {"kepala-kota": 1}], ()),
        ({"kepala-kota": True}, ()),
        (None, ()),
    ],
)
def test_exact_values_of_the_claim_give_roles_and_nothing_else_does(
    groups: Any,  # noqa: ANN401 - whatever a provider may say
    roles: tuple[SaidRole, ...],
) -> None:
    assert claim_rules(RULES).roles_by({"groups": groups, "roles": ["ti"]}) == roles


def test_a_claim_may_lie_within_another() -> None:
    rules = claim_rules(ONE.replace('"groups"', '["realm_access", "roles"]'))
    assert rules.roles_by({"realm_access": {"roles": ["a"]}}) == (SaidRole(Role.HR, None),)
    assert rules.roles_by({"realm_access": ["a"], "roles": ["a"]}) == ()


def test_one_value_may_give_several_roles() -> None:
    rules = claim_rules(ONE + '[[roles]]\nvalue = "a"\nrole = "auditor"\nunit = "KOTA"\n')
    assert [str(role) for role in rules.roles_by({"groups": ["a"]})] == ["hr@*", "auditor@KOTA"]


@pytest.mark.parametrize("method", ["otp", "mfa", "hwk"])
def test_a_method_of_two_factors_is_one(method: str) -> None:
    assert claim_rules(ONE).second_factor_given({"amr": ["pwd", method]})


@pytest.mark.parametrize(
    "claims", [{}, {"amr": ["pwd"]}, {"amr": "otp"}, {"acr": "gold"}, {"amr": [["otp"]]}]
)
def test_nothing_else_is_a_second_factor(claims: dict[str, object]) -> None:
    assert not claim_rules(ONE).second_factor_given(claims)


def test_a_level_counts_where_the_file_names_it() -> None:
    assert claim_rules('second_factor = ["gold"]\n' + ONE).second_factor_given({"acr": "gold"})


WRONG = {
    "claim =": "no TOML",
    "": "at least one",
    'claim = "groups"': "at least one",
    'claim = "groups"\nroles = []': "at least one",
    'claim = "groups"\nroles = ["hr"]': "needs value, role and unit",
    ONE.replace('claim = "groups"', ""): "needs claim",
    ONE.replace('"groups"', '""'): "needs claim",
    ONE.replace('"groups"', "7"): "claim must be a list",
    ONE.replace('unit = "*"', ""): "needs value, role and unit",
    ONE.replace('unit = "*"', 'unit = ""'): "needs value, role and unit",
    ONE.replace('"a"', "1"): "needs value, role and unit",
    ONE.replace('"hr"', '"boss"'): "“boss” is no role",
    ONE.replace("unit =", "units ="): "knows no “units”",
    "default = 'hr'\n" + ONE: "knows no “default”",
    "second_factor = 'gold'\n" + ONE: "second_factor must be a list",
    ONE + ONE.partition("\n")[2]: "gives hr@* twice",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_file_that_cannot_be_meant_is_refused(text: str) -> None:
    with pytest.raises(WrongClaimRules) as refused:
        claim_rules(text)
    assert WRONG[text] in str(refused.value)

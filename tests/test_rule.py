import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.method.rule import DEFAULT_RULE, Corner, Rule, RuleUnusable, Weighted
from aggregation.method.rule_text import canonical_json, rule_from_json
from survey.questionnaire import OVERALL, Element

CODES = [OVERALL, *(element.value for element in Element)]
HUNDREDTHS = st.integers(2500, 10_000).map(lambda hundredths: Decimal(hundredths) / 100)
UP_TO_120 = (Corner(Decimal(25), Decimal(0)), Corner(Decimal(100), Decimal(120)))


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    codes = draw(st.lists(st.sampled_from(CODES), min_size=1, unique=True))
    target, excellence = sorted([draw(HUNDREDTHS), draw(HUNDREDTHS)])
    return Rule(
        version=draw(st.text(min_size=1).filter(str.strip)),
        elements=tuple(Weighted(code, draw(st.integers(1, 9))) for code in codes),
        minimum_coverage=draw(st.none() | st.decimals(0, 1, places=3)),
        target_index=target,
        excellence_index=excellence,
        conversion=draw(st.sampled_from([DEFAULT_RULE.conversion, UP_TO_120])),
        share_percent=draw(st.decimals(0, 100, places=1)),
        mix_applied=draw(st.booleans()),
        design_effect=draw(st.decimals(1, 2, places=2)),
    )


def changed(**values: object) -> str:
    return json.dumps(json.loads(canonical_json(DEFAULT_RULE)) | values)


def test_the_default_rule_is_the_one_of_the_method() -> None:
    assert canonical_json(DEFAULT_RULE) == (
        '{"channels":["kiosk","kiosk_qr","ticket"],"conversion":[["25","25"],["100","100"]],'
        '"design_effect":"1","elements":[["KESELURUHAN",4],["PERILAKU",3],["KOMPETENSI",2],'
        '["WAKTU",1]],"excellence_index":"88.31","minimum_coverage":null,"minimum_n":10,'
        '"mix_applied":false,"objection_days":7,"outages_counted":true,"proposal_n":50,'
        '"publishable_half_width":"7.5","publishable_n":30,"share_percent":"10",'
        '"shrinkage_k":30,"target_index":"76.61","version":"1","window_months":3}'
    )


@given(rules())
def test_a_rule_survives_its_text(rule: Rule) -> None:
    text = canonical_json(rule)
    assert rule_from_json(text) == rule
    assert canonical_json(rule_from_json(text)) == text


def test_equal_rules_have_equal_texts_however_their_numbers_were_typed() -> None:
    typed = Rule(publishable_half_width=Decimal("7.500"), share_percent=Decimal("1E+1"))
    assert typed == DEFAULT_RULE
    assert canonical_json(typed) == canonical_json(DEFAULT_RULE)


@pytest.mark.parametrize(
    "wrong",
    [
        {"version": " "},
        {"elements": ()},
        {"elements": (Weighted("KESELURUHAN", 4), Weighted("KESELURUHAN", 1))},
        {"elements": (Weighted("RAMAH", 1),)},
        {"elements": (Weighted("WAKTU", 0),)},
        {"channels": ()},
        {"channels": ("kiosk", "paper")},
        {"channels": ("kiosk", "kiosk")},
        {"window_months": 0},
        {"shrinkage_k": -1},
        {"minimum_n": 0},
        {"publishable_n": 9},
        {"publishable_half_width": Decimal(0)},
        {"minimum_coverage": Decimal("1.1")},
        {"target_index": Decimal(24)},
        {"target_index": Decimal("NaN")},
        {"excellence_index": Decimal("76.60")},
        {"conversion": ()},
        {"conversion": (Corner(Decimal(25), Decimal(25)),)},
        {"conversion": (Corner(Decimal(25), Decimal(9)), Corner(Decimal(100), Decimal(8)))},
        {"conversion": (Corner(Decimal(25), Decimal(0)), Corner(Decimal(100), Decimal("NaN")))},
        {"share_percent": Decimal(101)},
        {"share_percent": Decimal("Infinity")},
        {"objection_days": -1},
        {"design_effect": Decimal("2.01")},
        {"design_effect": 1.5},
    ],
)
def test_a_rule_that_contradicts_the_method_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(RuleUnusable, match=next(iter(wrong))):
        Rule(**wrong)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "null",
        changed(surprise=1),
        changed(share_percent=10),
        changed(share_percent="ten"),
        changed(version=1),
        changed(elements=[["WAKTU"]]),
        changed(elements=[[["WAKTU"], 1]]),
        changed(elements="WAKTU"),
        changed(conversion=[["25", "25", "25"]]),
        changed(window_months=True),
        changed(mix_applied="no"),
    ],
)
def test_a_text_that_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(RuleUnusable):
        rule_from_json(text)

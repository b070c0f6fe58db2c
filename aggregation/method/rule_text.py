"""The rule's canonical text: the bytes that are approved, kept and sealed (method §6)."""

import json
from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal, InvalidOperation
from typing import Any

from aggregation.method.rule import DECIMAL_FIELDS, Corner, Rule, RuleUnusable, Weighted


def canonical_json(rule: Rule) -> str:
    """Write a rule as text that is equal, byte for byte, for equal rules.

    Decimals are strings without trailing zeros, so that no reader meets a float.
    """
    values = {field.name: _plain(getattr(rule, field.name)) for field in fields(rule)}
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def rule_from_json(text: str) -> Rule:
    """Read a rule that :func:`canonical_json` wrote.

    Raises
    ------
    RuleUnusable
        If a field is missing, unknown, of the wrong kind or out of range.
    """
    try:
        values = json.loads(text)
        if set(values) != {field.name for field in fields(Rule)}:
            message = "a rule holds exactly the fields of method §6"
            raise RuleUnusable(message)
        return Rule(**_typed(values))
    except (ValueError, TypeError, AttributeError, InvalidOperation) as error:
        message = f"the text is not a rule: {error}"
        raise RuleUnusable(message) from error


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        whole, _, decimals = f"{value:f}".partition(".")
        return f"{whole}.{decimals.rstrip('0')}".rstrip(".")
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value


def _typed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Turn plain JSON values into those of the fields; a decimal written as a number fails."""
    coverage = values["minimum_coverage"]
    return {
        **values,
        **{name: _decimal(values[name]) for name in DECIMAL_FIELDS},
        "minimum_coverage": None if coverage is None else _decimal(coverage),
        "elements": tuple(Weighted(*pair) for pair in values["elements"]),
        "channels": tuple(values["channels"]),
        "conversion": tuple(Corner(*map(_decimal, pair)) for pair in values["conversion"]),
    }


def _decimal(written: object) -> Decimal:
    if not isinstance(written, str):
        message = f"a decimal is written as a string, not {written}"
        raise TypeError(message)
    return Decimal(written)

"""A frozen value as JSON can write it."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass


def plain_value(value: object) -> object:
    """Return a value made of dataclasses, mappings and lists as objects, lists and scalars.

    What JSON has no word for is written as text, keys included; a pair as both of its words.

    Examples
    --------
    >>> from decimal import Decimal
    >>> plain_value({("WAKTU", 4): [Decimal("3.40"), None]})
    {'WAKTU 4': ['3.40', None]}
    """
    if is_dataclass(value):
        return {field.name: plain_value(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {_key(key): plain_value(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain_value(each) for each in value]
    return value if isinstance(value, int | float | str | None) else str(value)


def _key(key: object) -> str:
    return " ".join(map(str, key)) if isinstance(key, tuple) else str(key)

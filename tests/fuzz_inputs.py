"""Inputs that nobody meant: texts, forms, JSON and sheets, each known by its seed and number."""

import json
from collections.abc import Mapping, Sequence
from random import Random

ODD = (
    "", " ", "0", "-1", "5", "4.0", "1e0", "true", "null", "NaN", "9" * 20, "1" * 400,
    "\N{FULLWIDTH DIGIT FOUR}", "\u0664", " 1", "1 ", "a\0b", "a\r\nb", "\t", "\u202eSari",
    "\ufeff", "'; DROP TABLE response; --", "<script>alert(1)</script>", "{{7*7}}", "${x}", "%s%n",
    "=1+1", "../../etc/passwd", "🙂", "é" * 999, "x" * 1001, "y z " * 300,
    "z\r\n" * 700, "2026-02-30", "0001-01-01",
    "9999-12-31", "2026-13", "24.00", "08.15", "YA", "TIDAK", "KESELURUHAN", "\ud7ff", "\uffff",
    "\\", "[]", "{}",
)  # fmt: skip
_NUMBERS = (0, 1, 4, 5, -1, 2**31, 2**53, 10**40, 0.5, 4.0, float("inf"), float("nan"))
_RANGES = ((32, 126), (0, 31), (0xA0, 0x2FF), (0x600, 0x6FF), (0x2000, 0x206F), (0x1F600, 0x1F64F))
_DEEPEST = 3


def a_text(by: Random) -> str:
    """Draw something odd, or a short text of any letters."""
    if by.random() < 0.6:
        return by.choice(ODD)
    first, last = by.choice(_RANGES)
    return "".join(chr(by.randint(first, last)) for _ in range(by.randrange(30)))


def a_form(by: Random, right: Mapping[str, str]) -> list[tuple[str, str]]:
    """Draw a form that is right but for up to three fields: other, missing, doubled or new."""
    fields = list(right.items())
    for _ in range(by.choice((0, 1, 1, 2, 3))):
        place = by.randrange(len(fields)) if fields else 0
        match by.randrange(6) if fields else 5:
            case 0:
                del fields[place]
            case 1:
                fields.append(fields[place])
            case 2 | 3 | 4:
                fields[place] = (fields[place][0], a_text(by))
            case _:
                fields.append((by.choice([*right, "nik", "id", "unit_id"]), a_text(by)))
    return fields


def as_sent(fields: Sequence[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """Return fields as a browser would spell them, which knows no half letters."""
    return [(name.encode(errors="replace"), text.encode(errors="replace")) for name, text in fields]


def a_value(by: Random, depth: int = 0) -> object:
    """Draw any value that JSON, or Python's wider one, can spell."""
    match by.randrange(6 if depth < _DEEPEST else 4):
        case 0:
            return by.choice((None, True, False))
        case 1:
            return by.choice(_NUMBERS)
        case 2 | 3:
            return a_text(by)
        case 4:
            return [a_value(by, depth + 1) for _ in range(by.randrange(4))]
        case _:
            return {a_text(by): a_value(by, depth + 1) for _ in range(by.randrange(4))}


def changed(by: Random, value: object) -> object:
    """Draw a JSON value that differs in one place, however deep."""
    if isinstance(value, dict) and value and by.random() < 0.9:
        name = by.choice(list(value))
        match by.randrange(8):
            case 0:
                return {each: inner for each, inner in value.items() if each != name}
            case 1:
                return {**value, a_text(by): a_value(by)}
            case _:
                return {**value, name: changed(by, value[name])}
    if isinstance(value, list) and value and by.random() < 0.8:
        place = by.randrange(len(value))
        return [*value[:place], changed(by, value[place]), *value[place + 1 :]]
    return a_value(by)


def some_bytes(by: Random, right: bytes) -> bytes:
    """Draw a body: cut, with some bits turned, longer, or nothing but noise."""
    match by.randrange(5):
        case 0:
            return right[: by.randrange(len(right) + 1)]
        case 1:
            return by.randbytes(by.randrange(200))
        case 2:
            return right + by.randbytes(by.randrange(1, 20))
        case _:
            turned = bytearray(right)
            for _ in range(by.randrange(1, 6)):
                turned[by.randrange(len(turned))] ^= 1 << by.randrange(8)
            return bytes(turned)


def a_table(by: Random, table: Sequence[Sequence[str]]) -> list[list[str]]:
    """Draw a sheet like an example, with cells, lines or columns that are otherwise."""
    drawn = [list(line) for line in table]
    for _ in range(by.choice((0, 1, 2, 5))):
        line = by.choice(drawn)
        place = by.randrange(len(line)) if line else 0
        match by.randrange(8):
            case 0:
                drawn.insert(by.randrange(len(drawn) + 1), list(line))
            case 1 if line:
                del line[place]
            case 2:
                line.insert(place, a_text(by))
            case _ if line:
                line[place] = a_text(by)
    return drawn


def spelled(value: object) -> bytes:
    """Return JSON as a careless program would write it: with NaN, and any letter."""
    return json.dumps(value).encode()

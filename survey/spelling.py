"""Codes that people read and type: one alphabet, one spelling, printed in groups of four."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, so nothing on a poster can be read in two ways."""

_BITS = 5
_GROUP = 4
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": ""})


def spell(data: bytes, length: int) -> str:
    """Return the first bits of `data` as `length` letters."""
    number = int.from_bytes(data, "big") >> (len(data) * 8 - length * _BITS)
    return "".join(ALPHABET[number >> _BITS * (length - 1 - i) & 31] for i in range(length))


def random_letters(length: int) -> str:
    """Return so many letters, each with five bits nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def typed(text: str) -> str:
    """Return a typed code in its one spelling.

    Small letters, blanks and dashes are forgiven, O is read as 0, I and L as 1.
    """
    return text.upper().translate(_READ_AS)


def grouped(code: str) -> str:
    """Return a code as it is printed: XXXX-XXXX."""
    return "-".join(code[i : i + _GROUP] for i in range(0, len(code), _GROUP))

"""Running numbers as text that no test can take for a figure or a word of its own.

Which number the next unit or officer gets depends on the tests that ran before, in the same
process. Spelled in decimal digits it holds any figure one day: "Petugas 1046" held the 104 that a
page was not to show. So names and codes are spelled in ten letters that make neither a word nor an
abbreviation, all of one width, so that what was made later comes later in every order.
"""

from itertools import count

LETTERS = "BDFGHJQVXZ"
_SPELLED = str.maketrans("0123456789", LETTERS)
_WIDTH = 5
_numbers = count(1)


def next_mark() -> str:
    """Return five letters that come after all that were given before."""
    return mark_of(next(_numbers))


def mark_of(number: int) -> str:
    """Spell a number below 100 000.

    >>> mark_of(0), mark_of(1046)
    ('BBBBB', 'BDBHQ')
    """
    assert number < 10**_WIDTH, "the next one would be wider, and come too early"
    return f"{number:0{_WIDTH}}".translate(_SPELLED)


def nip_of(mark: str) -> str:
    """Return 18 digits for a mark, in the order of the marks: zeros and sixes only.

    They stand on pages that a test reads for figures; no figure of a test is made of these two.

    >>> nip_of("BBBBF"), nip_of("BBBBG")
    ('000000000000000060', '000000000000000066')
    """
    number = int(mark.translate(str.maketrans(LETTERS, "0123456789")))
    return f"{number:018b}".replace("1", "6")

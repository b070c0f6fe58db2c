"""Cells of CSV that a spreadsheet program would run as a formula, and how they are kept from it.

An apostrophe before the cell makes it text; the reader takes exactly that apostrophe off again.
"""

import re

_RUNS = re.compile(r"'*[=+\-@\t\r\n]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n]")


def harmless_cell(text: str) -> str:
    """Return a cell of CSV that no spreadsheet program takes for a formula.

    Examples
    --------
    >>> harmless_cell("=1+1"), harmless_cell("Sari"), harmless_cell("'=1+1")
    ("'=1+1", 'Sari', "''=1+1")
    """
    return f"'{text}" if _RUNS.match(text) else text


def plain_cell(text: str) -> str:
    """Return what a cell of CSV says, without the apostrophe that keeps it from being run.

    Examples
    --------
    >>> [plain_cell(harmless_cell(text)) for text in ("=1+1", "'=1+1", "'t Hooft")]
    ['=1+1', "'=1+1", "'t Hooft"]
    """
    return text[1:] if _GUARDED.match(text) else text

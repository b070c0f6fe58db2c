"""Which of the things that a page offers its address names."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from flask import abort

_Thing = TypeVar("_Thing")


def chosen(
    offered: Iterable[_Thing], asked: str | None, name: Callable[[_Thing], str] = str
) -> _Thing | None:
    """Return what is asked for by its name, or the first; None without any, 404 for any other."""
    known = {name(each): each for each in offered}
    if asked is None:
        return next(iter(known.values()), None)
    return known[asked] if asked in known else abort(404)

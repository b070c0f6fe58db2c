"""Options of commands that change something: who does it, and why."""

from collections.abc import Callable
from typing import Any

import click

from aggregation.changes.batch import LONGEST_AUTHOR, LONGEST_REASON

_Check = Callable[[click.Context, click.Parameter, str], str]
_Option = Callable[[Callable[..., Any]], Callable[..., Any]]


def by_option(help_text: str) -> _Option:
    """Return the option `--by`, the author as the batch or the closing keeps it."""
    return click.option(
        "--by", default="cli", callback=_short(LONGEST_AUTHOR), show_default=True, help=help_text
    )


def reason_option(help_text: str) -> _Option:
    """Return the option `--reason`, as the batch keeps it."""
    return click.option("--reason", default="", callback=_short(LONGEST_REASON), help=help_text)


def _short(longest: int) -> _Check:
    """Return a check that an option fits its column."""

    def check(_context: click.Context, _option: click.Parameter, value: str) -> str:
        if len(value) > longest:
            message = f"paling banyak {longest} huruf"
            raise click.BadParameter(message)
        return value

    return check

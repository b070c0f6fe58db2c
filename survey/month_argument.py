"""A month as an argument of commands."""

from typing import Any

import click

from survey.month import Month, NotAMonth

YEARS = range(2000, 2100)
"""Of any month that a command may name; others are slips of the pen."""


class MonthArgument(click.ParamType[Month]):
    """Reads YYYY-MM; anything else ends the command with one sentence."""

    name = "YYYY-MM"

    def convert(
        self,
        value: Any,  # noqa: ANN401
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Month:
        """Return the month."""
        month = value if isinstance(value, Month) else _read(value)
        if month is None or month.year not in YEARS:
            self.fail(f"“{value}” bukan bulan; tulis seperti 2026-10.", param, ctx)
        return month


def _read(text: str) -> Month | None:
    try:
        return Month.parse(text)
    except NotAMonth:
        return None

"""A month as an argument of commands."""

from typing import Any

import click

from survey.month import Month, NotAMonth


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
        try:
            return value if isinstance(value, Month) else Month.parse(value)
        except NotAMonth:
            self.fail(f"“{value}” bukan bulan; tulis seperti 2026-10.", param, ctx)

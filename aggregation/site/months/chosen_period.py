"""Which period a unit's page shows: the one that its address names, or the newest."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request, url_for

from aggregation.months.period import NotAPeriod, Period
from aggregation.output.period_words import KINDS, period_name
from survey.month import Month, NotAMonth
from survey.spoken import ASKED, spoken

LONGEST = 7
"""Letters of a period, and of a month."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One kind of period in the list to choose from.

    Attributes
    ----------
    periods
        Name in the address and on the page, the newest first.
    """

    kind: str
    periods: Sequence[tuple[str, str]]


class NoPeriod(LookupError):
    """The address names something that is no period."""


def chosen_period(released: Sequence[Period]) -> Period | None:
    """Return the period that is asked for, else the newest, a month before a quarter, if any.

    Raises
    ------
    NoPeriod
        If the address names something else.
    """
    asked = request.args.get("periode")
    if asked is None:
        return max(released, key=lambda each: (each.months[-1], -len(each.months)), default=None)
    try:
        return Period.parse(asked[: LONGEST + 1])
    except NotAPeriod as error:
        raise NoPeriod from error


def moved_address(code: str) -> str | None:
    """Return where a page that was kept with `bulan` is now; None if the address has none.

    Raises
    ------
    NoPeriod
        If it names no month.
    """
    asked = request.args.get("bulan")
    if asked is None or "periode" in request.args:
        return None
    try:
        month = Month.parse(asked[: LONGEST + 1])
    except NotAMonth as error:
        raise NoPeriod from error
    # A language that is not asked for is None, and left out of the address.
    words = {"code": code, "periode": str(month), ASKED: request.args.get(ASKED)}
    return url_for("dashboard.unit", **words)  # type: ignore[arg-type]


def choices(released: Sequence[Period]) -> list[Choice]:
    """Return the released periods to choose from: months first, years last."""
    language = spoken()
    found = []
    for length, kind in KINDS.items():
        of_kind = [period for period in released if len(period.months) == length]
        of_kind.sort(key=lambda period: period.months[0], reverse=True)
        if of_kind:
            named = [(period.name, period_name(period, language)) for period in of_kind]
            found.append(Choice(language.say(kind), named))
    return found

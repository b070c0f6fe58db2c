"""What programs write into a request, read once and the same everywhere."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field, PlainValidator, WithJsonSchema

from aggregation.months.period import Period
from survey.month import Month
from survey.month_argument import YEARS
from survey.period_name import PATTERN as PERIOD

_MONTH = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"
_MOMENT = "2026-11-09T08:00:00+07:00"


def _month(text: object) -> Month:
    month = Month.parse(str(text))
    if month.year not in YEARS:
        message = f"the year must lie between {YEARS[0]} and {YEARS[-1]}"
        raise ValueError(message)
    return month


def _moment(text: object) -> datetime:
    message = f"write a moment with its zone, like {_MOMENT}"
    if not isinstance(text, str):
        raise ValueError(message)  # noqa: TRY004 - pydantic takes no TypeError for an answer
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(message) from error
    if moment.tzinfo is None:
        raise ValueError(message)
    if moment.year not in YEARS:
        message = f"the year must lie between {YEARS[0]} and {YEARS[-1]}"
        raise ValueError(message)
    return moment.astimezone(UTC)


def _past(text: object) -> datetime:
    moment = _moment(text)
    if moment > datetime.now(UTC):
        message = "this moment is still to come; ask for one that has passed"
        raise ValueError(message)
    return moment


UnitCode = Annotated[
    str,
    Field(
        min_length=1,
        max_length=40,
        pattern=r"^[^\x00-\x1f\x7f]+$",
        description="Code of a unit.",
        json_schema_extra={"example": "DISDUKCAPIL"},
    ),
]
MonthText = Annotated[
    Month,
    PlainValidator(_month),
    WithJsonSchema({"type": "string", "pattern": _MONTH, "example": "2026-10"}),
]
PeriodText = Annotated[
    Period,
    PlainValidator(lambda text: Period.parse(str(text))),
    WithJsonSchema({"type": "string", "pattern": PERIOD, "example": "2026-Q3"}),
]
Moment = Annotated[
    datetime,
    PlainValidator(_moment),
    WithJsonSchema({"type": "string", "format": "date-time", "example": _MOMENT}),
]
PastMoment = Annotated[
    datetime,
    PlainValidator(_past),
    WithJsonSchema({"type": "string", "format": "date-time", "example": _MOMENT}),
]
Cursor = Annotated[
    str,
    Field(
        min_length=1,
        max_length=40,
        pattern=r"^[^\x00-\x1f\x7f]+$",
        description="Where a page begins; taken from `next` of the page before, never made up.",
    ),
]

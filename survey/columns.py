"""Column types that keep a value's meaning in both databases."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Integer
from sqlalchemy.types import TypeDecorator

from survey.month import Month


class NaiveTime(ValueError):
    """A time without a zone was about to be stored."""


class UTCDateTime(TypeDecorator[datetime]):
    """An aware instant, stored in UTC; naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware time into UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"{value!r} has no time zone"
            raise NaiveTime(message)
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401
        """Give the time back aware."""
        if value is None:
            return None
        instant: datetime = value.replace(tzinfo=UTC) if value.tzinfo is None else value
        _ = dialect
        return instant.astimezone(UTC)


class MonthColumn(TypeDecorator[Month]):
    """A month, stored as the integer YYYYMM."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Month | None, dialect: Dialect) -> int | None:
        """Store the number of the month."""
        _ = dialect
        return None if value is None else value.number

    def process_result_value(self, value: Any, dialect: Dialect) -> Month | None:  # noqa: ANN401
        """Read the month from its number."""
        _ = dialect
        return None if value is None else Month.from_number(value)

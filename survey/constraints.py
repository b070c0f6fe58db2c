"""Rules that the database itself holds, each under a name that says it."""

from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlmodel import SQLModel

# Here, because names are given when a table is declared, whichever package comes first.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

RANDOM_ORDER = {"sqlite_with_rowid": False}
"""No table is stored in order of arrival: SQLite keeps these in the order of a random key."""


def rating_rule(column: str) -> CheckConstraint:
    """Return the rule that a rating is 1, 2, 3 or 4, or absent (method §1).

    Named one by one: SQLite would keep 2.5 between 1 and 4.
    """
    return CheckConstraint(f"{column} IN (1, 2, 3, 4)", name=f"{column}_is_1_to_4")


def digest_rule(column: str) -> CheckConstraint:
    """Return the rule that a digest has 32 bytes."""
    return CheckConstraint(f"length({column}) = 32", name=f"{column}_has_32_bytes")


def month_rule() -> CheckConstraint:
    """Return the rule that a month's number is one."""
    return CheckConstraint("month > 100 AND month % 100 BETWEEN 1 AND 12", name="month_is_yyyymm")


def one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    """Return the rule that a text is one of a list's values."""
    allowed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({allowed})", name=f"{column}_is_known")


def salt_rule() -> CheckConstraint:
    """Return the rule that a salt has 16 bytes."""
    return CheckConstraint("length(salt) = 16", name="salt_has_16_bytes")

"""Rules that the tables of a closing hold, each under a name that says it."""

from sqlalchemy import CheckConstraint, ForeignKeyConstraint

from survey.channel import Channel
from survey.constraints import one_of


def of_its_closing() -> ForeignKeyConstraint:
    """Return the rule that a figure belongs to a closing, and to the closing's unit."""
    return ForeignKeyConstraint(["closing_id", "unit_id"], ["closing.id", "closing.unit_id"])


def count_rules() -> tuple[ForeignKeyConstraint, CheckConstraint, CheckConstraint]:
    """Return the rules of every tally."""
    some = CheckConstraint("count > 0", name="counts_are_positive")
    return of_its_closing(), one_of("channel", Channel), some

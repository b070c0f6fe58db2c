"""Periods that are made of smaller ones."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pool:
    """A month, or a period that is made of smaller ones.

    Attributes
    ----------
    name
        The month or period.
    parts
        What it is made of, from beginning to end; nothing for a month.
    """

    name: str
    parts: Sequence["Pool"] = ()

    def months(self) -> list[str]:
        """Return the months of the period, in order."""
        return [month for part in self.parts for month in part.months()] or [self.name]

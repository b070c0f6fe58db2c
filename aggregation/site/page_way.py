"""A link to another page of the unit, for those who may open it."""

from flask import url_for

from aggregation.access.roles import Right
from aggregation.site.guard import may, unit


def way_to(endpoint: str, right: Right) -> str | None:
    """Return the address of a page of the unit that is asked for; None if it is not open."""
    return url_for(endpoint, code=unit().code) if may(right) else None

"""A link to another page of the unit, where there is such a page and one may open it."""

from flask import current_app, url_for

from aggregation.access.roles import Right
from aggregation.site.guard import may, unit


def way_to(endpoint: str, right: Right) -> str | None:
    """Return the address of a page of the unit that is asked for; None if it is not open."""
    if endpoint not in current_app.view_functions or not may(right):
        return None
    return url_for(endpoint, code=unit().code)

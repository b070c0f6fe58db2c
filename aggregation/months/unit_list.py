"""Units as their list shows them: in the tree, with the newest month that is closed."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from aggregation.closings import Closing
from survey.models import ServiceUnit
from survey.units import is_real

NEWEST = (
    select(func.max(Closing.month))
    .where(col(Closing.unit_id) == col(ServiceUnit.id))
    .correlate(ServiceUnit)
    .scalar_subquery()
)
"""A unit's newest closed month."""


def units_to_list(unit_ids: Collection[int] | None) -> Select[Any]:
    """Return the statement of units: code, name, active, parent, newest.

    Parameters
    ----------
    unit_ids
        Those that may be seen, None for all; a parent that may not be seen is not named.
    """
    parent = aliased(ServiceUnit)
    stands_below = col(parent.id) == col(ServiceUnit.parent_id)
    if unit_ids is not None:
        stands_below &= col(parent.id).in_(unit_ids)
    columns = select(
        col(ServiceUnit.code),
        col(ServiceUnit.name),
        col(ServiceUnit.active),
        col(parent.name).label("parent"),
        NEWEST.label("newest"),
    )
    statement = columns.outerjoin(parent, stands_below).where(is_real())
    return statement if unit_ids is None else statement.where(col(ServiceUnit.id).in_(unit_ids))

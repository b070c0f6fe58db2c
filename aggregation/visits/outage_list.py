"""Outages as a list shows them: those that stand and those that were withdrawn."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from aggregation.models import DutyBatch
from aggregation.visits.models import Outage
from survey.models import Desk

DECLARED = aliased(DutyBatch)
"""The batch that declared an outage."""

WITHDRAWN = aliased(DutyBatch)
"""The batch that withdrew it, if one did."""


def outages_of(unit_id: int, *, standing: bool | None = None) -> Select[*tuple[Any, ...]]:
    """Return the statement of a unit's outages.

    Parameters
    ----------
    standing
        Only those that stand, or only those that were withdrawn; None for both.
    """
    found: Select[*tuple[Any, ...]] = (
        select(
            col(Outage.id),
            col(Outage.starts),
            col(Outage.ends),
            col(Outage.reason),
            col(Desk.name).label("desk"),
            col(DECLARED.recorded_by).label("declared_by"),
            col(DECLARED.recorded_at).label("declared_at"),
            col(WITHDRAWN.recorded_by).label("withdrawn_by"),
            col(WITHDRAWN.reason).label("withdrawn_because"),
        )
        .join(DECLARED, col(DECLARED.id) == col(Outage.batch_id))
        .outerjoin(WITHDRAWN, col(WITHDRAWN.id) == col(Outage.withdrawn_by))
        .outerjoin(Desk, col(Desk.id) == col(Outage.desk_id))
        .where(col(Outage.unit_id) == unit_id)
    )
    if standing is None:
        return found
    withdrawn = col(Outage.withdrawn_by)
    return found.where(withdrawn.is_(None) if standing else withdrawn.is_not(None))

"""Refusals in the log: who was turned away, without letting anybody fill it.

Strangers and programs can be turned away as often as they like. So of one kind only so many are
kept in an hour: of one account, and of all together.
"""

from datetime import datetime, timedelta

from sqlalchemy import case, func, select
from sqlmodel import Session, col

from survey.log import Act, record
from survey.models import LogEntry

MOST_OF_ONE = 20
MOST_IN_ALL = 200
STRANGER = "stranger"
"""What the log calls whoever typed an address that no account has; the address is not kept."""

_WITHIN = timedelta(hours=1)


def record_refusal(session: Session, act: Act, at: datetime) -> bool:
    """Keep a refusal in the log, unless the last hour holds enough of them.

    Returns
    -------
    bool
        Whether it was kept.
    """
    same = case((col(LogEntry.actor) == act.actor, 1), else_=0)
    in_all, of_one = session.execute(
        select(func.count(), func.coalesce(func.sum(same), 0)).where(
            col(LogEntry.act) == act.name, col(LogEntry.recorded_at) > at - _WITHIN
        )
    ).one()
    if in_all >= MOST_IN_ALL or of_one >= MOST_OF_ONE:
        return False
    record(session, act, at)
    return True

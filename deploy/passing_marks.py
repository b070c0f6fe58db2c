"""Marks that are of use for minutes or hours: taken away by the night after (method §9).

A night comes every 24 hours, so what is older than a day then is gone within two.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlmodel import Session, SQLModel, col

from aggregation.access.models import FailedSignIn, OneTimeLink, StaffSession
from kiosk.models import Device, Enrolment
from survey.screening_models import RecentTap

OLD = timedelta(hours=24)
"""With a night between two looks, 48 hours at the most: method §9 of rate-limit digests, and no
exact time is kept of a citizen's visit."""

LINK_IS_EXPLAINED = timedelta(days=30)
"""So long whoever opens an expired link is told that it is too late, not that there is none."""

_MARKS: Mapping[type[SQLModel], Callable[[datetime], ColumnElement[bool]]] = {
    RecentTap: lambda at: col(RecentTap.kept_until) <= at,
    FailedSignIn: lambda at: col(FailedSignIn.last_at) <= at - OLD,
    Enrolment: lambda at: col(Enrolment.expires_at) <= at,
    OneTimeLink: lambda at: col(OneTimeLink.expires_at) <= at - LINK_IS_EXPLAINED,
    StaffSession: lambda at: col(StaffSession.seen_at) <= at - OLD,  # it ended by itself long ago
}


def count_marks(session: Session, at: datetime) -> int:
    """Return how many marks are old."""
    rows = (select(func.count()).select_from(t).where(is_old(at)) for t, is_old in _MARKS.items())
    devices = select(func.count()).select_from(Device).where(_has_old_tap(at))
    counted: list[int] = [session.execute(each).scalar_one() for each in (*rows, devices)]
    return sum(counted)


def forget_marks(session: Session, at: datetime) -> int:
    """Take old marks away; return how many."""
    connection = session.connection()
    gone = sum(
        connection.execute(delete(table).where(is_old(at))).rowcount
        for table, is_old in _MARKS.items()
    )
    newest = {"last_sequence": None, "last_tapped_at": None}
    return gone + connection.execute(update(Device).where(_has_old_tap(at)).values(newest)).rowcount


def _has_old_tap(at: datetime) -> ColumnElement[bool]:
    """Say that a tablet's newest tap compares with no other; its clock may be ahead for years."""
    tapped_at = col(Device.last_tapped_at)
    return or_(tapped_at <= at - OLD, tapped_at >= at + OLD)

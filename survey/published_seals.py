"""The chain of seals as the public reads it: month by month, and one by one (method §8)."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, UnaryExpression, func, select
from sqlmodel import Session, col

from survey.models import ServiceUnit
from survey.month import Month
from survey.seal_models import Seal, SealKind
from survey.seal_text import Link

_ROW = (
    col(Seal.number),
    col(Seal.kind),
    col(Seal.subject),
    col(Seal.statement),
    col(Seal.signature),
)


def link_at(session: Session, number: int) -> Link | None:
    """Return the seal of a number."""
    return next(iter(_links(session, col(Seal.number) == number)), None)


def links_from(session: Session, number: int, most: int) -> Sequence[Link]:
    """Return seals from a number on, at most so many."""
    return _links(session, col(Seal.number) >= number, most=most)


def sealed_months(session: Session) -> Sequence[Month]:
    """Return the months that have a sealed day, the newest first."""
    days = select(func.min(col(Seal.subject)), func.max(col(Seal.subject)))
    first, last = session.execute(days.where(col(Seal.kind) == SealKind.DAY)).one()
    if first is None:
        return []
    oldest, month = (Month.of(date.fromisoformat(each)) for each in (first, last))
    months = [month]
    while months[-1] != oldest:
        months.append(months[-1].shift(-1))
    return months


def day_links(session: Session, month: Month) -> Sequence[Link]:
    """Return the seals of a month's days, the newest first."""
    newest_first = col(Seal.number).desc()
    return _links(session, *_days_of(month), order=newest_first)


def month_links(session: Session, month: Month, skip: int, most: int) -> Sequence[Link]:
    """Return the seals of what units closed in a month, in the order of the chain.

    A closing is sealed behind its day, so they stand between the days of one month and the next.
    """
    first, following = (
        session.execute(select(func.min(col(Seal.number))).where(*_days_of(each))).scalar()
        for each in (month, month.shift(1))
    )
    if first is None:
        return []
    until = [] if following is None else [col(Seal.number) < following]
    closings = col(Seal.kind) == SealKind.MONTH
    return _links(session, closings, col(Seal.number) > first, *until, skip=skip, most=most)


def key_links(session: Session) -> Sequence[Link]:
    """Return the seals that name another key."""
    return _links(session, col(Seal.kind) == SealKind.KEY)


def unit_names(session: Session, links: Sequence[Link]) -> dict[str, str]:
    """Return the names of the units that seals of months name, by code."""
    codes = {str(link.facts.get("unit")) for link in links if link.kind == SealKind.MONTH}
    rows = select(col(ServiceUnit.code), col(ServiceUnit.name)).where(
        col(ServiceUnit.code).in_(codes)
    )
    return {row.code: row.name for row in session.execute(rows)} if codes else {}


def _days_of(month: Month) -> tuple[ColumnElement[bool], ...]:
    days = col(Seal.subject).between(f"{month}-01", f"{month}-31")
    return col(Seal.kind) == SealKind.DAY, days


def _links(
    session: Session,
    *where: ColumnElement[bool],
    order: UnaryExpression[int] | None = None,
    skip: int = 0,
    most: int | None = None,
) -> Sequence[Link]:
    by = col(Seal.number).asc() if order is None else order
    rows = select(*_ROW).where(*where).order_by(by).offset(skip).limit(most)
    return [Link(*row) for row in session.execute(rows)]

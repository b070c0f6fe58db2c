"""Which roles somebody holds for a unit: in its own branch, in one above it, or everywhere."""

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlmodel import Session, col

from aggregation.access.models import Account, AccountRole
from aggregation.access.roles import Parents, Role


def roles_held(session: Session, unit_id: int, parents: Parents) -> frozenset[Role]:
    """Return the roles that somebody whose account is in use holds for a unit."""
    held = (
        select(col(AccountRole.role))
        .join(Account, col(Account.id) == col(AccountRole.account_id))
        .where(
            col(Account.active),
            or_(
                col(AccountRole.unit_id).is_(None),
                col(AccountRole.unit_id).in_(_way_up(unit_id, parents)),
            ),
        )
        .distinct()
    )
    return frozenset(Role(role) for role in session.scalars(held))


def _way_up(unit_id: int, parents: Parents) -> Collection[int]:
    seen: list[int] = []
    at: int | None = unit_id
    while at is not None and at not in seen:
        seen.append(at)
        at = parents.get(at)
    return seen

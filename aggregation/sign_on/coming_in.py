"""Whoever signed on at the provider finds the account, gets one, or learns why not."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.access.account_log import account_facts, record_account_edit
from aggregation.access.accounts import RoleIn, add_account, roles_of
from aggregation.access.known_accounts import Known, hold_operators
from aggregation.access.models import Account, OidcIdentity
from aggregation.access.roles import Role
from aggregation.sign_on.arrival import Arrival
from aggregation.sign_on.given_roles import (
    found_roles,
    give_roles,
    kept_in_mind,
    note_left_out,
    provider_at,
)


class Refusal(StrEnum):
    """Why somebody whom the provider knows does not come in."""

    NO_EMAIL = "no_email"
    """The provider has not made sure of an address, and there is no account yet."""
    OTHER_ACCOUNT = "other_account"
    """The account of that address is already somebody else's at the provider."""
    SWITCHED_OFF = "switched_off"
    NO_ROLE = "no_role"
    """Neither the provider nor anybody here gave a role."""


def come_in(session: Session, who: Arrival, at: datetime) -> int | Refusal:
    """Return the account of somebody who signed on, with the roles that are due now.

    A refusal is returned, not raised: what was taken away on the way to it stays taken away.
    """
    hold_operators(session)
    identity = session.get(OidcIdentity, (who.issuer, who.subject))
    if identity is None:
        linked = _linked(session, who, at)
        if isinstance(linked, Refusal):
            return linked
        identity = linked
    account = session.get_one(Account, identity.account_id)
    if not account.active:
        return Refusal.SWITCHED_OFF
    wanted, left_out = found_roles(session, who.roles, is_officer=account.officer_id is not None)
    cause = provider_at(at)
    has = give_roles(session, identity, wanted, cause)
    note_left_out(session, account, left_out, cause)
    return identity.account_id if has else Refusal.NO_ROLE


def _linked(session: Session, who: Arrival, at: datetime) -> OidcIdentity | Refusal:
    """Link somebody new to the account of the same address, or to a new one."""
    if who.email is None:
        return Refusal.NO_EMAIL
    account = session.scalars(select(Account).where(col(Account.email) == who.email)).first()
    if account is None:
        return _added(session, who, who.email, at)
    if not account.active:
        return Refusal.SWITCHED_OFF
    taken = select(OidcIdentity).where(
        col(OidcIdentity.account_id) == account.id, col(OidcIdentity.issuer) == who.issuer
    )
    if session.scalars(taken).first() is not None:
        return Refusal.OTHER_ACCOUNT
    return _link(session, who, Known(account, roles_of(session, account.id or 0)), at)


def _added(session: Session, who: Arrival, email: str, at: datetime) -> OidcIdentity | Refusal:
    """Make an account for somebody whom the claims give a role; it has no password."""
    found, _ = found_roles(session, who.roles, is_officer=False)
    if not found:
        return Refusal.NO_ROLE
    roles = _in_order(found)
    known = Known(add_account(session, email, who.name, at, roles), roles)
    after = account_facts(session, known)
    record_account_edit(session, "account.added", known, provider_at(at), before={}, after=after)
    identity = _link(session, who, known, at)
    identity.roles = kept_in_mind(roles)
    return identity


def _link(session: Session, who: Arrival, known: Known, at: datetime) -> OidcIdentity:
    identity = OidcIdentity(
        issuer=who.issuer, subject=who.subject, account_id=known.id, linked_at=at
    )
    session.add(identity)
    session.flush()
    after = {"provider": who.issuer, "subject": who.subject}
    record_account_edit(session, "account.linked", known, provider_at(at), before={}, after=after)
    return identity


def _in_order(roles: frozenset[RoleIn]) -> tuple[RoleIn, ...]:
    order = list(Role)
    return tuple(sorted(roles, key=lambda each: (order.index(each.role), each.unit_id or 0)))

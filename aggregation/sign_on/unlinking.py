"""Letting an account go that the wrong person has at the provider, or nobody any more."""

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.access.account_log import record_account_edit
from aggregation.access.accounts import roles_of
from aggregation.access.known_accounts import Known
from aggregation.access.models import Account, OidcIdentity
from aggregation.access.staff_session import end_sessions_of
from aggregation.changes.batch import Cause
from aggregation.sign_on.given_roles import give_roles


class NotLinked(LookupError):
    """The account belongs to nobody at the provider."""


def unlink(session: Session, key: str, cause: Cause) -> None:
    """Unlink an account: what the provider gave goes, sessions end, the next to come is linked.

    Raises
    ------
    NotLinked
        If there is nothing to unlink.
    """
    account = session.scalars(select(Account).where(col(Account.key) == key)).one()
    linked = select(OidcIdentity).where(col(OidcIdentity.account_id) == account.id)
    identities = session.scalars(linked).all()
    if not identities:
        raise NotLinked(account.email)
    for identity in identities:
        give_roles(session, identity, frozenset(), cause)
        session.delete(identity)
        known = Known(account, roles_of(session, identity.account_id))
        was = {"provider": identity.issuer, "subject": identity.subject}
        gone = dict.fromkeys(was)
        record_account_edit(session, "account.unlinked", known, cause, before=was, after=gone)
    end_sessions_of(session, account.id or 0, cause.at)
    session.flush()

"""The first operator of an installation: made by a link, and only while nobody could do it."""

from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session

from aggregation.access.accounts import RoleIn, add_account, nobody_may_set_up
from aggregation.access.one_time_link import LinkUnknown, Purpose, spend_link
from aggregation.access.passwords import credentials_by_id, set_password
from aggregation.access.roles import Role

_ONE_AT_A_TIME = 6_101_774_301_993_355_281
"""Any number that nothing else holds."""


class AlreadySetUp(Exception):
    """There is an operator; whoever needs an account asks him."""


def make_first_operator(
    session: Session, token: str, email: str, name: str, *, password_hash: str, at: datetime
) -> int:
    """Spend the set-up link and return the key of the operator's account it makes.

    Raises
    ------
    LinkUnknown, LinkSpent, LinkExpired
        If the link does not work, or is for something else.
    AlreadySetUp
        If an operator was made meanwhile; the link stays as it was.
    EmailInUse
        If somebody else signs in with that address.
    """
    if session.get_bind().dialect.name == "postgresql":
        # Two links pressed at once make one operator; SQLite has one writer at a time anyway.
        session.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _ONE_AT_A_TIME})
    if not nobody_may_set_up(session):
        raise AlreadySetUp
    if spend_link(session, token, at).purpose is not Purpose.SET_UP:
        raise LinkUnknown
    account = add_account(session, email, name, at, [RoleIn(Role.OPERATOR)])
    made = credentials_by_id(session, account.id or 0)
    assert made is not None  # noqa: S101 - it was made in this transaction
    set_password(session, made, password_hash, at)
    return made.account_id

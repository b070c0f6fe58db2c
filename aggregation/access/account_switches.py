"""Who may come in: inviting an account's owner, switching accounts off and on."""

from sqlalchemy import update
from sqlmodel import Session, col

from aggregation.access.account_keeper import Keeper, accounts_seen_by
from aggregation.access.account_log import record_account_edit
from aggregation.access.known_accounts import Known, held_account, held_other, hold_operators
from aggregation.access.models import Account
from aggregation.access.one_time_link import Purpose, new_link, void_links_of
from aggregation.access.second_factor import take_away
from aggregation.access.staff_session import end_sessions_of, sessions_of
from aggregation.changes.batch import Cause


class LastOperator(Exception):
    """Nobody else could set the whole installation up."""


class SwitchedOff(Exception):
    """An account that is switched off is not invited."""


def switch_off(session: Session, keeper: Keeper, key: str, cause: Cause) -> None:
    """Let an account in no more: its sessions end at once, its links are void.

    Raises
    ------
    UnknownAccount, OutOfReach, OwnAccount, LastOperator
        If it may not be.
    """
    operators = hold_operators(session)
    known = held_other(session, keeper, key)
    if operators == {known.id}:
        raise LastOperator
    _switch(session, known, cause, active=False)
    end_sessions_of(session, known.id, cause.at)
    void_links_of(session, known.id, cause.at)


def sign_everybody_out(
    session: Session, keeper: Keeper, cause: Cause, *, only: str | None = None
) -> int:
    """End all sessions and void all links within reach: who was in has to sign in again.

    Parameters
    ----------
    only
        The key of the one account whose sessions end.

    Returns
    -------
    int
        How many sessions were running.

    Raises
    ------
    UnknownAccount, OutOfReach
        If the one account may not be touched.
    """
    keys = [only] if only else [row.key for row in session.execute(accounts_seen_by(keeper))]
    ended = 0
    for known in [held_account(session, keeper, key) for key in keys]:
        count = len(sessions_of(session, known.id, cause.at))
        end_sessions_of(session, known.id, cause.at)
        void_links_of(session, known.id, cause.at)
        told = {"sessions": count}
        record_account_edit(session, "account.signed_out", known, cause, before={}, after=told)
        ended += count
    return ended


def switch_on(session: Session, keeper: Keeper, key: str, cause: Cause) -> None:
    """Let an account in again, with the password it had.

    Raises
    ------
    UnknownAccount, OutOfReach, OwnAccount
        If it may not be.
    """
    _switch(session, held_other(session, keeper, key), cause, active=True)


def invite(session: Session, keeper: Keeper, key: str, cause: Cause) -> str:
    """Make the link with which an account's owner chooses a password; earlier links are void.

    Returns
    -------
    str
        The link's token, kept nowhere.

    Raises
    ------
    UnknownAccount, OutOfReach, OwnAccount, SwitchedOff
        If it may not be.
    """
    known = held_other(session, keeper, key)
    if not known.account.active:
        raise SwitchedOff
    void_links_of(session, known.id, cause.at)
    token = new_link(session, Purpose.INVITATION, cause.at, account_id=known.id, actor=cause.actor)
    record_account_edit(
        session, "account.invited", known, cause, before={}, after={"email": known.account.email}
    )
    return token


def want_digest(session: Session, account_id: int, *, wanted: bool) -> None:
    """Let alerts come by mail to an account's owner, who asks for it, or no more."""
    session.execute(update(Account).where(col(Account.id) == account_id).values(digest=wanted))


def wants_digest(session: Session, account_id: int) -> bool:
    """Say whether alerts come by mail to an account's owner."""
    return session.get_one(Account, account_id).digest


def take_second_factor_away(session: Session, keeper: Keeper, key: str, cause: Cause) -> None:
    """Let an owner who lost the phone set a new second factor up; the sessions end.

    Raises
    ------
    UnknownAccount, OutOfReach, OwnAccount
        If it may not be.
    """
    known = held_other(session, keeper, key)
    before = {"second_factor": known.account.totp_since is not None}
    take_away(session, known.id, cause.at, actor=cause.actor)
    end_sessions_of(session, known.id, cause.at)
    record_account_edit(
        session,
        "account.second_factor_removed",
        known,
        cause,
        before=before,
        after={"second_factor": False},
    )


def _switch(session: Session, known: Known, cause: Cause, *, active: bool) -> None:
    before = {"active": known.account.active}
    known.account.active = active
    session.flush()
    name = "account.switched_on" if active else "account.switched_off"
    record_account_edit(session, name, known, cause, before=before, after={"active": active})

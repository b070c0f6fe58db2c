"""Roles that the provider gives an account, beside those that people gave it (decision 0038)."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from aggregation.access.account_keeper import AT_THE_PROVIDER, common_unit, reaches_further
from aggregation.access.account_log import account_facts, record_account_edit
from aggregation.access.accounts import RoleIn, roles_of, set_roles, unit_parents
from aggregation.access.known_accounts import Known, hold_operators, sets_the_whole_up
from aggregation.access.models import Account, OidcIdentity
from aggregation.access.one_time_link import void_links_of
from aggregation.access.roles import Role
from aggregation.access.staff_session import end_sessions_of
from aggregation.changes.batch import Cause
from aggregation.sign_on.claim_rules import SaidRole
from survey.log import Act, record
from survey.units import UnknownUnit, unit_with


def provider_at(at: datetime) -> Cause:
    """Return the provider as the cause of a change."""
    return Cause(AT_THE_PROVIDER, "", at, AT_THE_PROVIDER)


def found_roles(
    session: Session, said: Iterable[SaidRole], *, is_officer: bool
) -> tuple[frozenset[RoleIn], tuple[SaidRole, ...]]:
    """Return the roles that can be given, and those that cannot.

    A unit has to be there; and the role of an officer says nothing without an officer.
    """
    found, left_out = set(), []
    for each in said:
        try:
            unit_id = None if each.unit is None else unit_with(session, each.unit).id
        except UnknownUnit:
            left_out.append(each)
            continue
        if each.role is Role.OFFICER and not is_officer:
            left_out.append(each)
        else:
            found.add(RoleIn(each.role, unit_id))
    return frozenset(found), tuple(left_out)


def give_roles(
    session: Session, identity: OidcIdentity, wanted: frozenset[RoleIn], cause: Cause
) -> frozenset[RoleIn]:
    """Let an account have what the provider gives now; return all the roles it has then.

    What the provider gave before and gives no more is taken away, and the account's sessions end.
    What people gave stays. The last who can set the installation up keeps that role.
    """
    operators = hold_operators(session)
    account = session.get_one(Account, identity.account_id)
    session.refresh(account, with_for_update={"key_share": True})
    had = frozenset(roles_of(session, identity.account_id))
    by_people = had - _kept(identity.roles)
    has = by_people | wanted
    if operators == {identity.account_id} and not any(map(sets_the_whole_up, has)):
        last = frozenset(filter(sets_the_whole_up, had))
        has |= last
        _note_left_out(session, account, "account.role_kept", map(_spelled, last), cause)
    identity.roles = kept_in_mind(has - by_people)
    if has != had:
        _change(session, Known(account, tuple(had)), tuple(has), cause)
    if had - has:
        end_sessions_of(session, identity.account_id, cause.at)
    session.flush()
    return has


def note_left_out(
    session: Session, account: Account, left_out: Iterable[SaidRole], cause: Cause
) -> None:
    """Append to the log which roles the provider's claims meant, and could not give."""
    _note_left_out(session, account, "account.role_left_out", map(str, left_out), cause)


def _note_left_out(
    session: Session, account: Account, name: str, roles: Iterable[str], cause: Cause
) -> None:
    facts = {"roles": ", ".join(sorted(roles))}
    unit_id = common_unit(unit_parents(session), roles_of(session, account.id or 0))
    if facts["roles"]:
        subject = f"account {account.key}"
        record(session, Act(name, cause.actor, subject, facts, unit_id), cause.at)


def _change(session: Session, was: Known, has: tuple[RoleIn, ...], cause: Cause) -> None:
    before = account_facts(session, was)
    set_roles(session, was.id, has)
    if reaches_further(session, was.roles, has):
        # Whoever was handed the link of a small account does not come in as a larger one.
        void_links_of(session, was.id, cause.at)
    after = account_facts(session, Known(was.account, has))
    every = Known(was.account, (*was.roles, *has))
    record_account_edit(session, "account.changed", every, cause, before=before, after=after)


def kept_in_mind(roles: Iterable[RoleIn]) -> str:
    """Return roles as an identity keeps them in mind."""
    return ", ".join(sorted(map(_spelled, roles)))


def _spelled(role: RoleIn) -> str:
    return f"{role.role}@{role.unit_id or '*'}"


def _kept(text: str) -> frozenset[RoleIn]:
    """Return the roles that an identity keeps in mind."""
    pairs = (each.split("@") for each in text.split(", ") if each)
    return frozenset(RoleIn(Role(role), None if u == "*" else int(u)) for role, u in pairs)

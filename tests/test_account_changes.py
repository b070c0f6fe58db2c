"""Accounts are changed within one's branch, never one's own, and somebody can always set up."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from sqlalchemy import Engine, insert, select
from sqlmodel import Session, col

from aggregation.access.account_changes import NoOfficer, NoRole, Wanted, add, change
from aggregation.access.account_keeper import (
    Keeper,
    accounts_seen_by,
    keeper_at_the_server,
    keeper_of,
)
from aggregation.access.account_switches import (
    LastOperator,
    SwitchedOff,
    invite,
    switch_off,
    switch_on,
    take_second_factor_away,
)
from aggregation.access.accounts import EmailInUse, OfficerInUse, RoleIn, member, roles_of
from aggregation.access.known_accounts import (
    NotAnEmail,
    OutOfReach,
    OwnAccount,
    UnknownAccount,
    known_account,
    spelled_email,
)
from aggregation.access.linked_officer import UnknownOfficer, officer_with_number
from aggregation.access.models import Account, RecoveryCode
from aggregation.access.one_time_link import LinkSpent, check_link
from aggregation.access.roles import Right, Role
from aggregation.access.staff_session import open_session, running
from aggregation.changes.batch import Cause
from aggregation.models import Assignment, DutyBatch, LogDetail, Officer
from survey.database import reading, writing
from survey.models import LogEntry, ServiceUnit
from tests.staff_factories import make_account

AT = datetime(2026, 11, 3, 5, 0, tzinfo=UTC)
CAUSE = Cause("Wati", "", AT, "WATI")
NIP = "199002282021212001"


@dataclass
class City:
    """A city with two dinas, and its operators: of all, of the first dinas."""

    city: int
    dinas: int
    other: int
    everything: Keeper
    branch: Keeper

    def account(self, session: Session, *roles: RoleIn, **facts: object) -> str:
        return key_of(session, make_account(session, *roles, **facts))  # type: ignore[arg-type]


def key_of(session: Session, account_id: int) -> str:
    return session.scalars(select(col(Account.key)).where(col(Account.id) == account_id)).one()


def unit(session: Session, code: str, parent_id: int | None = None) -> int:
    row = ServiceUnit(code=code, name=code.title(), time_zone="Asia/Jakarta", parent_id=parent_id)
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def a_city(session: Session) -> City:
    city = unit(session, "KOTA")
    dinas, other = unit(session, "DINAS", city), unit(session, "LAIN", city)
    operators = [
        keeper_of(member(session, make_account(session, RoleIn(Role.OPERATOR, place))))
        for place in (None, dinas)
    ]
    return City(city, dinas, other, *operators)


@pytest.fixture
def city(session: Session) -> City:
    return a_city(session)


def an_officer(session: Session, unit_id: int, number: str = NIP, starts: int = 1) -> int:
    officer = Officer(key=uuid4().hex[:12], nip=number, name="Sari", employment="PPPK")
    session.add(officer)
    session.flush()
    move(session, officer.id or 0, unit_id, starts)
    return officer.id or 0


def move(session: Session, officer_id: int, unit_id: int, starts: int) -> None:
    batch = {"id": uuid4(), "unit_id": unit_id, "number": starts, "recorded_at": AT}
    session.execute(insert(DutyBatch), {**batch, "recorded_by": "Wati"})
    row = {"id": uuid4(), "officer_id": officer_id, "unit_id": unit_id, "batch_id": batch["id"]}
    session.execute(insert(Assignment), {**row, "starts_on": date(2026, starts, 1)})


def kept(session: Session, act: str) -> tuple[int | None, dict[str, object]]:
    """Return the unit and the detail of the only entry of an act."""
    entry, text = session.execute(
        select(LogEntry, col(LogDetail.text))
        .join(LogDetail, col(LogDetail.entry_id) == col(LogEntry.id))
        .where(col(LogEntry.act) == act)
    ).one()
    assert entry.actor == "WATI"
    return entry.unit_id, json.loads(text)


def test_an_added_account_may_do_what_was_granted_and_the_log_says_so(
    session: Session, city: City
) -> None:
    roles = (RoleIn(Role.HR, city.dinas), RoleIn(Role.UNIT_HEAD, city.dinas))
    wanted = Wanted("Dewi", roles)
    account = add(session, city.branch, " Dewi@Contoh.example ", wanted, CAUSE)
    added = member(session, account.id or 0)
    assert (added.name, added.email) == ("Dewi", "dewi@contoh.example")
    assert added.scope.may(Right.SEE_SCORES, city.dinas)
    assert not added.scope.may(Right.SEE_SCORES, city.other)
    unit_id, detail = kept(session, "account.added")
    assert unit_id == city.dinas
    assert detail["roles.after"] == "hr@DINAS, unit_head@DINAS"


@pytest.mark.parametrize(
    "email",
    ["", "dewi", "dewi@contoh", "a b@contoh.example", "a@b.c\nBcc: x@y.z", "x" * 250 + "@a.id"],
)
def test_an_address_that_mail_cannot_reach_is_refused(email: str) -> None:
    with pytest.raises(NotAnEmail):
        spelled_email(email)


def test_two_accounts_have_two_addresses_and_two_officers(session: Session, city: City) -> None:
    officer = an_officer(session, city.dinas)
    role = (RoleIn(Role.OFFICER, city.dinas),)
    add(session, city.branch, "a@contoh.example", Wanted("A", role, officer), CAUSE)
    with pytest.raises(EmailInUse):
        add(session, city.branch, "A@contoh.example", Wanted("B", role, officer), CAUSE)
    with pytest.raises(OfficerInUse):
        add(session, city.branch, "b@contoh.example", Wanted("B", role, officer), CAUSE)
    other = city.account(session, RoleIn(Role.UNIT_HEAD, city.dinas))
    with pytest.raises(OfficerInUse):
        change(session, city.branch, other, Wanted("C", role, officer), CAUSE)


def test_an_account_has_a_role_and_an_officers_role_has_an_officer(
    session: Session, city: City
) -> None:
    with pytest.raises(NoRole):
        add(session, city.branch, "a@contoh.example", Wanted("A", ()), CAUSE)
    wanted = Wanted("A", (RoleIn(Role.OFFICER, city.dinas),))
    with pytest.raises(NoOfficer):
        add(session, city.branch, "a@contoh.example", wanted, CAUSE)


def test_a_change_keeps_before_and_after(session: Session, city: City) -> None:
    key = city.account(session, RoleIn(Role.HR, city.dinas), name="Rina")
    wanted = Wanted("Rina W.", (RoleIn(Role.UNIT_HEAD, city.dinas),))
    assert change(session, city.branch, key, wanted, CAUSE)
    assert not change(session, city.branch, key, wanted, CAUSE)
    _, detail = kept(session, "account.changed")
    assert detail == {
        "reason": "",
        "name.before": "Rina",
        "name.after": "Rina W.",
        "roles.before": "hr@DINAS",
        "roles.after": "unit_head@DINAS",
    }


def grants_beyond(session: Session, city: City, place: int | None) -> bool:
    """Say whether the operator of the first dinas gets to grant a role somewhere."""
    with session.begin_nested() as attempt:
        try:
            wanted = Wanted("A", (RoleIn(Role.HR, city.dinas), RoleIn(Role.HR, place)))
            add(session, city.branch, f"{uuid4().hex}@contoh.example", wanted, CAUSE)
        except OutOfReach:
            return False
        finally:
            attempt.rollback()
    return True


def opens_what_is_beyond(session: Session, city: City) -> list[str]:
    """Return the acts that the operator of the first dinas may do to others' accounts."""
    beyond = city.account(session, RoleIn(Role.HR, city.other))
    mixed = city.account(session, RoleIn(Role.HR, city.dinas), RoleIn(Role.HR, city.other))
    wanted = Wanted("X", (RoleIn(Role.HR, city.dinas),))
    acts: dict[str, Callable[[str], object]] = {
        "look": lambda key: known_account(session, city.branch, key),
        "change": lambda key: change(session, city.branch, key, wanted, CAUSE),
        "switch_off": lambda key: switch_off(session, city.branch, key, CAUSE),
        "switch_on": lambda key: switch_on(session, city.branch, key, CAUSE),
        "invite": lambda key: invite(session, city.branch, key, CAUSE),
        "second_factor": lambda key: take_second_factor_away(session, city.branch, key, CAUSE),
    }
    done = []
    for name, act in acts.items():
        for whose, key in (("beyond", beyond), ("mixed", mixed)):
            try:
                act(key)
                done.append(f"{name} {whose}")
            except (UnknownAccount, OutOfReach):
                pass
    return done


def test_nothing_is_granted_beyond_ones_branch(session: Session, city: City) -> None:
    assert grants_beyond(session, city, city.dinas)
    assert not any(grants_beyond(session, city, place) for place in (city.other, city.city, None))


def test_an_account_beyond_is_not_there_and_one_partly_beyond_is_only_shown(
    session: Session, city: City
) -> None:
    assert opens_what_is_beyond(session, city) == ["look mixed"]


@pytest.mark.parametrize("check", ["may_grant", "sees", "reaches"])
def test_a_check_of_the_branch_that_is_gone_is_noticed(
    session: Session, city: City, monkeypatch: pytest.MonkeyPatch, check: str
) -> None:
    monkeypatch.setattr(Keeper, check, lambda *_: True)
    noticed = grants_beyond(session, city, city.other)
    assert noticed or opens_what_is_beyond(session, city) != ["look mixed"]


def test_a_list_holds_the_accounts_of_ones_branch(session: Session, city: City) -> None:
    key = city.account(session, RoleIn(Role.HR, city.dinas))
    mixed = city.account(session, RoleIn(Role.UNIT_HEAD, city.dinas), RoleIn(Role.HR, city.other))
    city.account(session, RoleIn(Role.HR, city.other))
    city.account(session, RoleIn(Role.HR))
    seen = {row.key for row in session.execute(accounts_seen_by(city.branch, role=Role.HR))}
    assert seen == {key}
    everyone = {row.key for row in session.execute(accounts_seen_by(city.branch))}
    assert everyone == {key, mixed, key_of(session, city.branch.account_id or 0)}
    assert len(session.execute(accounts_seen_by(city.everything)).all()) == 6


def test_nobody_grants_himself_anything_nor_locks_himself_out(session: Session, city: City) -> None:
    own = key_of(session, city.branch.account_id or 0)
    roles = roles_of(session, city.branch.account_id or 0)
    officer = an_officer(session, city.dinas)
    for wanted in (Wanted("I", (*roles, RoleIn(Role.HR, city.dinas))), Wanted("I", roles, officer)):
        with pytest.raises(OwnAccount):
            change(session, city.branch, own, wanted, CAUSE)
    for act in (switch_off, switch_on, invite, take_second_factor_away):
        with pytest.raises(OwnAccount):
            act(session, city.branch, own, CAUSE)
    assert change(session, city.branch, own, Wanted("Nama baru", roles), CAUSE)


def test_the_last_operator_of_the_whole_tree_stays(session: Session, city: City) -> None:
    server, last = keeper_at_the_server(session), key_of(session, city.everything.account_id or 0)
    demoted = Wanted("A", (RoleIn(Role.OPERATOR, city.city),))
    with pytest.raises(LastOperator):
        switch_off(session, server, last, CAUSE)
    with pytest.raises(LastOperator):
        change(session, server, last, demoted, CAUSE)
    second = city.account(session, RoleIn(Role.OPERATOR))
    change(session, server, last, demoted, CAUSE)
    with pytest.raises(LastOperator):
        switch_off(session, server, second, CAUSE)


def test_an_operator_who_is_switched_off_does_not_count_as_the_last(
    session: Session, city: City
) -> None:
    server, second = keeper_at_the_server(session), city.account(session, RoleIn(Role.OPERATOR))
    switch_off(session, server, second, CAUSE)
    with pytest.raises(LastOperator):
        switch_off(session, server, key_of(session, city.everything.account_id or 0), CAUSE)


def test_two_operators_who_switch_each_other_off_at_once_leave_one(engine: Engine) -> None:
    with writing(engine) as session:
        city = a_city(session)
        second_id = make_account(session, RoleIn(Role.OPERATOR))
        keys = [key_of(session, each) for each in (city.everything.account_id or 0, second_id)]
        second = keeper_of(member(session, second_id))
    together, refused = Barrier(2), []

    def act(keeper: Keeper, whom: str) -> None:
        together.wait()
        try:
            with writing(engine) as session:
                switch_off(session, keeper, whom, CAUSE)
        except LastOperator:
            refused.append(whom)

    threads = [
        Thread(target=act, args=pair) for pair in ((city.everything, keys[1]), (second, keys[0]))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(engine) as session:
        active = select(col(Account.key)).where(col(Account.key).in_(keys), col(Account.active))
        assert (len(session.execute(active).all()), len(refused)) == (1, 1)


def test_switching_off_ends_sessions_and_links_at_once(session: Session, city: City) -> None:
    account_id = make_account(session, RoleIn(Role.HR, city.dinas))
    key, cookie = key_of(session, account_id), open_session(session, account_id, AT)
    token = invite(session, city.branch, key, CAUSE)
    switch_off(session, city.branch, key, CAUSE)
    assert running(session, cookie, AT) is None
    with pytest.raises(LinkSpent):
        check_link(session, token, AT)
    with pytest.raises(SwitchedOff):
        invite(session, city.branch, key, CAUSE)
    switch_on(session, city.branch, key, CAUSE)
    assert running(session, cookie, AT) is None
    assert check_link(session, invite(session, city.branch, key, CAUSE), AT).account_id


def test_a_new_invitation_voids_the_one_before(session: Session, city: City) -> None:
    key = city.account(session, RoleIn(Role.HR, city.dinas))
    first, second = (invite(session, city.branch, key, CAUSE) for _ in range(2))
    with pytest.raises(LinkSpent):
        check_link(session, first, AT)
    assert check_link(session, second, AT).account_id is not None


@pytest.mark.parametrize(
    ("place", "still_opens"), [("dinas", True), ("other", False), ("city", False), (None, False)]
)
def test_a_link_made_in_a_branch_opens_nothing_beyond_it(
    session: Session, city: City, place: str | None, *, still_opens: bool
) -> None:
    key = city.account(session, RoleIn(Role.AUDITOR, city.dinas))
    token = invite(session, city.branch, key, CAUSE)
    more = RoleIn(Role.HR, None if place is None else getattr(city, place))
    wanted = Wanted("Rina Contoh", (RoleIn(Role.AUDITOR, city.dinas), more))
    change(session, city.everything, key, wanted, CAUSE)
    if still_opens:
        assert check_link(session, token, AT).account_id is not None
        return
    with pytest.raises(LinkSpent):
        check_link(session, token, AT)


def test_a_lost_phone_loses_its_second_factor_and_its_sessions(
    session: Session, city: City
) -> None:
    account_id = make_account(session, RoleIn(Role.HR, city.dinas))
    code = {"digest": bytes(32), "account_id": account_id}
    session.execute(insert(RecoveryCode), code)
    cookie = open_session(session, account_id, AT, verified=True)
    take_second_factor_away(session, city.branch, key_of(session, account_id), CAUSE)
    assert not member(session, account_id).has_second_factor
    assert session.execute(select(RecoveryCode)).first() is None
    assert running(session, cookie, AT) is None
    _, detail = kept(session, "account.second_factor_removed")
    assert (detail["second_factor.before"], detail["second_factor.after"]) == (True, False)


def test_who_came_from_elsewhere_is_linked_by_those_who_reach_both(
    session: Session, city: City
) -> None:
    """A sheet claims anybody whose NIP is known; his months elsewhere stay closed all the same."""
    officer = an_officer(session, city.other)
    move(session, officer, city.dinas, 2)
    with pytest.raises(UnknownOfficer):
        officer_with_number(session, city.branch, NIP)
    assert officer_with_number(session, city.everything, NIP) == officer


def test_an_officer_is_found_by_number_where_he_belongs(session: Session, city: City) -> None:
    officer = an_officer(session, city.dinas)
    assert officer_with_number(session, city.branch, "19900228 202121 2 001") == officer
    move(session, officer, city.other, 2)
    with pytest.raises(UnknownOfficer):
        officer_with_number(session, city.branch, NIP)
    assert officer_with_number(session, city.everything, NIP) == officer


def test_a_number_that_nobody_has_finds_nobody_not_one_without_a_nip(
    session: Session, city: City
) -> None:
    session.add(Officer(key="BUDI", staff_number="HL-021", name="Budi", employment="NON_ASN"))
    session.flush()
    assert officer_with_number(session, city.everything, " HL-021 ")
    with pytest.raises(UnknownOfficer):
        officer_with_number(session, city.everything, "HL-404")

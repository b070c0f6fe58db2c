"""Six digits, each good once; ten recovery codes, each good once; nothing of it readable."""

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlmodel import Session, col

from aggregation.access.accounts import RoleIn, member
from aggregation.access.models import Account, RecoveryCode
from aggregation.access.recovery_codes import HOW_MANY, codes_left, make_codes
from aggregation.access.roles import WITH_SECOND_FACTOR, Role
from aggregation.access.second_factor import (
    STEP_SECONDS,
    RoleAsksForIt,
    WrongCode,
    address_of,
    give_code,
    locked,
    new_secret,
    remove,
    renew_codes,
    set_up,
    step_of,
    take_away,
    unlocked,
)
from survey.database import writing
from survey.models import LogEntry
from survey.spelling import ALPHABET, typed
from tests.sign_in_factories import CODE_KEY, all_at_once, code_at, give_app
from tests.staff_factories import make_account

NOON = datetime(2026, 11, 3, 5, 0, tzinfo=UTC)
STEP = timedelta(seconds=STEP_SECONDS)
SECRET = new_secret()
Give = Callable[[Session, int, str, bytes, datetime], object]


def opens(session: Session, account_id: int, code: str, at: datetime = NOON) -> bool:
    try:
        give_code(session, account_id, code, CODE_KEY, at)
    except WrongCode:
        return False
    return True


@given(st.datetimes(datetime(2026, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_code_holds_for_its_half_minute_and_one_to_each_side(at: datetime) -> None:
    code = code_at(SECRET, at)
    here = int(at.timestamp()) // STEP_SECONDS
    assert [step_of(SECRET, code, at + n * STEP) for n in (-1, 0, 1)] == [here] * 3


def test_a_code_of_another_time_is_none() -> None:
    code = code_at(SECRET, NOON)
    assert [step_of(SECRET, code, NOON + n * STEP) for n in (-3, -2, 2, 3)] == [None] * 4


@pytest.mark.parametrize(
    "code", ["", "12345", "1234567", "12345x", "١٢٣٤٥٦", "½23456", "-12345", "a" * 5000]
)
def test_what_is_no_code_is_none(code: str) -> None:
    assert step_of(SECRET, code, NOON) is None


def test_a_code_may_be_typed_in_two_groups(session: Session) -> None:
    account_id = make_account(session)
    secret, _ = give_app(session, account_id, NOON)
    code = code_at(secret, NOON)
    assert opens(session, account_id, f" {code[:3]} {code[3:]} ")


def test_the_app_is_told_whose_code_it_is() -> None:
    address = address_of(SECRET, "rina@contoh.example")
    assert address.startswith("otpauth://totp/Nilai%20Loket:rina%40contoh.example?")
    assert f"secret={SECRET}" in address


def test_a_code_is_good_once(session: Session) -> None:
    account_id = make_account(session)
    secret, _ = give_app(session, account_id, NOON)
    code = code_at(secret, NOON)
    assert opens(session, account_id, code)
    assert not opens(session, account_id, code)
    assert not opens(session, account_id, code, NOON + STEP)
    assert opens(session, account_id, code_at(secret, NOON, 1), NOON + STEP)


def test_a_code_older_than_the_last_one_used_is_worth_nothing(session: Session) -> None:
    account_id = make_account(session)
    secret, _ = give_app(session, account_id, NOON)
    assert opens(session, account_id, code_at(secret, NOON, 1))
    assert not opens(session, account_id, code_at(secret, NOON))


def test_the_code_that_set_the_app_up_does_not_sign_in(session: Session) -> None:
    account_id, code = make_account(session), code_at(SECRET, NOON)
    set_up(session, account_id, SECRET, code, key=CODE_KEY, at=NOON)
    assert not opens(session, account_id, code)


def test_an_app_that_shows_something_else_is_not_set_up(session: Session) -> None:
    account_id = make_account(session)
    with pytest.raises(WrongCode):
        set_up(session, account_id, SECRET, "000000", key=CODE_KEY, at=NOON - 9 * STEP)
    assert not member(session, account_id).has_second_factor


def test_one_accounts_code_is_not_anothers(session: Session) -> None:
    mine, other = make_account(session), make_account(session)
    secret, codes = give_app(session, mine, NOON)
    give_app(session, other, NOON)
    assert not opens(session, other, code_at(secret, NOON))
    assert not opens(session, other, codes[0])


def test_without_a_second_factor_no_code_is_right(session: Session) -> None:
    assert not opens(session, make_account(session), "000000")


def given_by_many(engine: Engine, give: Give) -> list[object]:
    with writing(engine) as session:
        account_id = make_account(session)
        secret, _ = give_app(session, account_id, NOON)

    def one() -> object:
        with writing(engine) as session:
            return give(session, account_id, code_at(secret, NOON), CODE_KEY, NOON)

    return all_at_once(64, one)


def test_of_sixty_four_with_one_code_one_gets_in(engine: Engine) -> None:
    outcomes = given_by_many(engine, give_code)
    assert (outcomes.count(None), outcomes.count(WrongCode)) == (1, 63)


def test_a_step_that_may_be_used_twice_is_noticed(engine: Engine) -> None:
    def careless(session: Session, account_id: int, code: str, key: bytes, at: datetime) -> object:
        kept = session.scalars(
            select(col(Account.totp_secret)).where(col(Account.id) == account_id)
        ).one()
        assert step_of(unlocked(kept or b"", key) or "", code, at) is not None
        return None

    assert given_by_many(engine, careless).count(None) > 1


def test_a_recovery_code_stands_in_once(session: Session) -> None:
    account_id = make_account(session)
    _, codes = give_app(session, account_id, NOON)
    assert len(set(codes)) == HOW_MANY
    for left, code in enumerate(reversed(codes)):
        assert codes_left(session, account_id) == HOW_MANY - left
        assert opens(session, account_id, code)
        assert not opens(session, account_id, code)


def test_a_recovery_code_is_read_however_it_is_typed(session: Session) -> None:
    account_id = make_account(session)
    _, codes = give_app(session, account_id, NOON)
    assert opens(session, account_id, codes[0].lower().replace("-", " "))


def test_new_recovery_codes_end_the_old_ones(session: Session) -> None:
    account_id = make_account(session)
    _, old = give_app(session, account_id, NOON)
    new = renew_codes(session, account_id, CODE_KEY, NOON)
    assert not opens(session, account_id, old[0])
    assert opens(session, account_id, new[0])


def test_a_copy_of_the_database_makes_no_codes(session: Session) -> None:
    account_id = make_account(session)
    secret, codes = give_app(session, account_id, NOON)
    kept = session.scalars(select(col(Account.totp_secret)).where(col(Account.id) == account_id))
    locked_secret = kept.one() or b""
    assert secret.encode() not in locked_secret
    assert unlocked(locked_secret, CODE_KEY) == secret
    assert unlocked(locked_secret, bytes(32)) is None
    digests = b"".join(session.scalars(select(col(RecoveryCode.digest))))
    assert not any(code.replace("-", "").encode() in digests for code in codes)
    facts = [entry.facts + entry.subject for entry in session.scalars(select(LogEntry))]
    assert not any(secret in text or code in text for text in facts for code in codes)


@pytest.mark.parametrize(
    "kept", [b"", b"x", locked("S", bytes(32))], ids=["empty", "short", "another key"]
)
def test_a_secret_that_cannot_be_read_opens_nothing(session: Session, kept: bytes) -> None:
    account = session.get_one(Account, make_account(session))
    account.totp_secret, account.totp_since = kept, NOON
    session.flush()
    assert not opens(session, account.id or 0, "000000")


@pytest.mark.parametrize("role", sorted(WITH_SECOND_FACTOR))
def test_a_role_that_asks_for_it_keeps_it(session: Session, role: Role) -> None:
    account_id = make_account(session, RoleIn(role))
    with pytest.raises(RoleAsksForIt):
        remove(session, account_id, NOON)
    assert member(session, account_id).has_second_factor


def test_others_may_go_without_it_again(session: Session) -> None:
    account_id = make_account(session, RoleIn(Role.UNIT_HEAD))
    secret, codes = give_app(session, account_id, NOON)
    remove(session, account_id, NOON)
    assert not member(session, account_id).has_second_factor
    assert not opens(session, account_id, code_at(secret, NOON))
    assert not opens(session, account_id, codes[0])


def test_one_taken_away_by_somebody_else_is_logged_as_theirs(session: Session) -> None:
    account_id = make_account(session, RoleIn(Role.OPERATOR))
    take_away(session, account_id, NOON, actor="cli")
    entry = session.scalars(select(LogEntry)).one()
    who = member(session, account_id)
    assert (entry.act, entry.actor, entry.subject) == ("second_factor.removed", "cli", who.key)
    assert not who.has_second_factor


def test_a_recovery_code_has_at_least_112_bits(session: Session) -> None:
    account_id = make_account(session)
    codes = [typed(code) for _ in range(20) for code in make_codes(session, account_id, CODE_KEY)]
    letters = {letter for code in codes for letter in code}
    assert letters <= set(ALPHABET)
    assert min(map(len, codes)) * math.log2(len(ALPHABET)) >= 112
    assert len(set(codes)) == len(codes)
    assert len(letters) == len(ALPHABET)  # 4800 draws miss none, unless some are never drawn

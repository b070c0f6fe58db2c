import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlmodel import Session, col

from aggregation.access.models import OneTimeLink
from aggregation.access.one_time_link import (
    VALID_FOR,
    LinkExpired,
    LinkSpent,
    LinkUnknown,
    Purpose,
    check_link,
    new_link,
    spend_link,
    void_links_of,
)
from survey.database import reading, writing
from survey.models import LogEntry
from tests.sign_in_factories import all_at_once
from tests.staff_factories import make_account

NOON = datetime(2026, 11, 3, 5, 0, tzinfo=UTC)
A_MINUTE = timedelta(minutes=1)
AT_ONCE = 32


def new(session: Session, purpose: Purpose = Purpose.SIGN_IN) -> str:
    return new_link(session, purpose, NOON, account_id=make_account(session))


@pytest.mark.parametrize(
    ("purpose", "lasts"),
    [
        (Purpose.SIGN_IN, timedelta(minutes=10)),
        (Purpose.INVITATION, timedelta(hours=72)),
        (Purpose.SET_UP, timedelta(hours=24)),
    ],
)
def test_a_link_lasts_as_long_as_its_purpose_needs(
    session: Session, purpose: Purpose, lasts: timedelta
) -> None:
    token = new(session, purpose)
    assert check_link(session, token, NOON + lasts - A_MINUTE).purpose is purpose
    with pytest.raises(LinkExpired):
        check_link(session, token, NOON + lasts)


def test_a_link_opens_the_account_it_was_made_for(session: Session) -> None:
    mine, other = make_account(session), make_account(session)
    token = new_link(session, Purpose.SIGN_IN, NOON, account_id=mine)
    assert spend_link(session, token, NOON).account_id == mine != other


def test_links_of_an_account_are_void_together_and_others_stay(session: Session) -> None:
    mine, other = make_account(session), make_account(session)
    tokens = [new_link(session, Purpose.INVITATION, NOON, account_id=mine) for _ in range(2)]
    kept = new_link(session, Purpose.INVITATION, NOON, account_id=other)
    void_links_of(session, mine, NOON)
    for token in tokens:
        with pytest.raises(LinkSpent):
            check_link(session, token, NOON)
    check_link(session, kept, NOON)


def test_a_link_opens_the_site_once(session: Session) -> None:
    token = new(session)
    spend_link(session, token, NOON + A_MINUTE)
    with pytest.raises(LinkSpent):
        spend_link(session, token, NOON + 2 * A_MINUTE)


def test_looking_at_a_link_does_not_spend_it(session: Session) -> None:
    token = new(session)
    for _ in range(3):
        check_link(session, token, NOON)
    spend_link(session, token, NOON)


def test_a_link_works_until_the_tenth_minute_ends(session: Session) -> None:
    token = new(session)
    check_link(session, token, NOON + VALID_FOR[Purpose.SIGN_IN] - timedelta(seconds=1))
    with pytest.raises(LinkExpired):
        check_link(session, token, NOON + VALID_FOR[Purpose.SIGN_IN])
    with pytest.raises(LinkExpired):
        spend_link(session, token, NOON + VALID_FOR[Purpose.SIGN_IN])


def test_a_spent_link_says_spent_even_after_its_time(session: Session) -> None:
    token = new(session)
    spend_link(session, token, NOON)
    with pytest.raises(LinkSpent):
        check_link(session, token, NOON + 2 * VALID_FOR[Purpose.SIGN_IN])


@pytest.mark.parametrize("token", ["", "x", "😀", "a" * 5000])
def test_a_link_that_was_never_made_is_unknown(session: Session, token: str) -> None:
    with pytest.raises(LinkUnknown):
        check_link(session, token, NOON)
    with pytest.raises(LinkUnknown):
        spend_link(session, token, NOON)


def test_the_database_keeps_the_digest_and_not_the_token(session: Session) -> None:
    token = new(session)
    link = session.execute(select(OneTimeLink)).scalar_one()
    assert link.digest == hashlib.sha256(token.encode()).digest()
    written = [e.subject + e.facts + e.actor for e in session.execute(select(LogEntry)).scalars()]
    assert written
    assert not any(token in text for text in written)


def test_two_links_never_share_a_token_and_nobody_can_guess_one(session: Session) -> None:
    tokens = {new(session) for _ in range(50)}
    assert len(tokens) == 50
    assert min(map(len, tokens)) * 6 >= 128  # urlsafe base64: six bits a sign


def test_of_many_who_press_at_the_same_time_one_gets_in(engine: Engine) -> None:
    outcomes = pressed_by_many(engine, spend_link)
    assert outcomes.count(LinkSpent) == AT_ONCE - 1
    with reading(engine) as session:
        spent = select(LogEntry).where(col(LogEntry.act) == "link.spent")
        assert len(session.execute(spent).all()) == 1


def test_a_link_that_lets_several_in_is_noticed(engine: Engine) -> None:
    assert LinkSpent not in pressed_by_many(engine, check_link)


def pressed_by_many(
    engine: Engine, spend: Callable[[Session, str, datetime], object]
) -> list[object]:
    with writing(engine) as session:
        token = new(session)

    def press() -> object:
        with writing(engine) as session:
            return spend(session, token, NOON)

    return all_at_once(AT_ONCE, press)

import hashlib
import threading
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
    check_link,
    new_link,
    spend_link,
)
from survey.database import reading, writing
from survey.models import LogEntry

NOON = datetime(2026, 11, 3, 5, 0, tzinfo=UTC)
A_MINUTE = timedelta(minutes=1)


def test_a_link_opens_the_site_once(session: Session) -> None:
    token = new_link(session, NOON)
    spend_link(session, token, NOON + A_MINUTE)
    with pytest.raises(LinkSpent):
        spend_link(session, token, NOON + 2 * A_MINUTE)


def test_looking_at_a_link_does_not_spend_it(session: Session) -> None:
    token = new_link(session, NOON)
    for _ in range(3):
        check_link(session, token, NOON)
    spend_link(session, token, NOON)


def test_a_link_works_until_the_fifteenth_minute_ends(session: Session) -> None:
    token = new_link(session, NOON)
    check_link(session, token, NOON + VALID_FOR - timedelta(seconds=1))
    with pytest.raises(LinkExpired):
        check_link(session, token, NOON + VALID_FOR)
    with pytest.raises(LinkExpired):
        spend_link(session, token, NOON + VALID_FOR)


def test_a_spent_link_says_spent_even_after_its_time(session: Session) -> None:
    token = new_link(session, NOON)
    spend_link(session, token, NOON)
    with pytest.raises(LinkSpent):
        check_link(session, token, NOON + 2 * VALID_FOR)


@pytest.mark.parametrize("token", ["", "x", "😀", "a" * 5000])
def test_a_link_that_was_never_made_is_unknown(session: Session, token: str) -> None:
    with pytest.raises(LinkUnknown):
        check_link(session, token, NOON)
    with pytest.raises(LinkUnknown):
        spend_link(session, token, NOON)


def test_the_database_keeps_the_digest_and_not_the_token(session: Session) -> None:
    token = new_link(session, NOON)
    link = session.execute(select(OneTimeLink)).scalar_one()
    assert link.digest == hashlib.sha256(token.encode()).digest()
    written = [e.subject + e.facts + e.actor for e in session.execute(select(LogEntry)).scalars()]
    assert written
    assert not any(token in text for text in written)


def test_two_links_never_share_a_token_and_nobody_can_guess_one(session: Session) -> None:
    tokens = {new_link(session, NOON) for _ in range(50)}
    assert len(tokens) == 50
    assert min(map(len, tokens)) * 6 >= 128  # urlsafe base64: six bits a sign


def test_of_many_who_press_at_the_same_time_one_gets_in(engine: Engine) -> None:
    with writing(engine) as session:
        token = new_link(session, NOON)
    outcomes = _pressed_by_many(engine, token)
    assert sorted(outcomes) == ["in", *["spent"] * 7]
    with reading(engine) as session:
        spent = select(LogEntry).where(col(LogEntry.act) == "link.spent")
        assert len(session.execute(spent).all()) == 1


def _pressed_by_many(engine: Engine, token: str) -> list[str]:
    outcomes: list[str] = []
    gate = threading.Barrier(8)

    def press() -> None:
        gate.wait()
        try:
            with writing(engine) as session:
                spend_link(session, token, NOON)
        except LinkSpent:
            outcomes.append("spent")
        else:
            outcomes.append("in")

    presses = [threading.Thread(target=press) for _ in range(8)]
    for thread in presses:
        thread.start()
    for thread in presses:
        thread.join()
    return outcomes

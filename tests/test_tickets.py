"""Slips are numbered, random, kept as digests and spent once (method §10)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from survey.database import writing
from survey.spelling import ALPHABET
from survey.tickets import (
    TicketSpent,
    TooManySlips,
    UnknownTicket,
    find_ticket,
    issue_tickets,
    spend_ticket,
    ticket_digest,
)
from tests.factories import KEYS, make_desk, rated_desk

KEY = KEYS.key("desk")
TODAY = date(2026, 10, 5)


def test_slips_are_numbered_on_from_the_desks_last_one(session: Session) -> None:
    desk, other = (rated_desk(session, make_desk(session)) for _ in range(2))
    assert [slip.number for slip in issue_tickets(session, desk, 2, TODAY)] == [1, 2]
    assert [slip.number for slip in issue_tickets(session, other, 1, TODAY)] == [1]
    assert [slip.number for slip in issue_tickets(session, desk, 2, TODAY)] == [3, 4]


def test_a_token_carries_at_least_128_bits(session: Session) -> None:
    desk = rated_desk(session, make_desk(session))
    tokens = [slip.token for slip in issue_tickets(session, desk, 200, TODAY)]
    assert len(set(tokens)) == 200
    assert {len(token) for token in tokens} == {26}
    assert set("".join(tokens)) == set(ALPHABET)


def test_a_slip_leads_to_its_desk(session: Session) -> None:
    desk = rated_desk(session, make_desk(session))
    [slip] = issue_tickets(session, desk, 1, TODAY)
    assert find_ticket(session.connection(), slip.token, KEY) == (desk, False)


def test_a_spent_slip_says_so(session: Session) -> None:
    desk = rated_desk(session, make_desk(session))
    [slip] = issue_tickets(session, desk, 1, TODAY)
    spend_ticket(session.connection(), ticket_digest(slip.token), desk.id, TODAY)
    assert find_ticket(session.connection(), slip.token, KEY) == (desk, True)
    with pytest.raises(TicketSpent):
        spend_ticket(session.connection(), ticket_digest(slip.token), desk.id, TODAY)


@pytest.mark.parametrize(
    "token",
    ["", "0" * 26, "0" * 25, "0" * 27, "U" * 26, "\0" * 26, "\ud800" * 26, "ß" * 13, "٣" * 26],
)
def test_what_is_no_slip_is_refused(session: Session, token: str) -> None:
    with pytest.raises(UnknownTicket):
        find_ticket(session.connection(), token, KEY)


@pytest.mark.parametrize("count", [0, -1, 2001, 10**9])
def test_one_run_prints_from_one_to_two_thousand_slips(session: Session, count: int) -> None:
    with pytest.raises(TooManySlips):
        issue_tickets(session, rated_desk(session, make_desk(session)), count, TODAY)


def test_two_thousand_slips_fit_in_one_run(session: Session) -> None:
    desk = rated_desk(session, make_desk(session))
    assert issue_tickets(session, desk, 2000, TODAY)[-1].number == 2000


def test_two_who_print_slips_at_once_take_different_numbers(engine: Engine) -> None:
    with writing(engine) as session:
        desk = rated_desk(session, make_desk(session))

    def print_ten(_: int) -> list[int]:
        with writing(engine) as session:
            return [slip.number for slip in issue_tickets(session, desk, 10, TODAY)]

    with ThreadPoolExecutor(4) as printers:
        numbers = [number for issued in printers.map(print_ten, range(4)) for number in issued]
    assert sorted(numbers) == list(range(1, 41))

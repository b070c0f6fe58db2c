"""A slip vouches for one visit at its desk and is spent with it (method §10)."""

import pytest
from sqlalchemy import Engine

from survey.channel import Channel
from survey.desks import DeskClosed
from survey.services import UnknownService
from survey.submission import Acceptance, IdReused, Status, WrongProof
from survey.tickets import TicketSpent
from tests.record_factories import NOON, Office, an_office, neighbour_of, rows_of, visit


@pytest.fixture
def office(engine: Engine) -> Office:
    return an_office(engine, services=["KK", "KIA"])


def spent(office: Office) -> list[bool]:
    return [row["spent_on"] is not None for row in rows_of(office.engine, "ticket")]


def test_a_slip_is_spent_with_its_response(office: Office) -> None:
    slip = office.slip()
    office.send(visit(), channel=Channel.TICKET, ticket=slip)
    assert [row["spent_on"] for row in rows_of(office.engine, "ticket")] == [NOON.date()]
    assert [row["channel"] for row in office.responses] == ["ticket"]


def test_a_spent_slip_takes_no_second_response(office: Office) -> None:
    slip = office.slip()
    office.send(visit(), channel=Channel.TICKET, ticket=slip)
    with pytest.raises(TicketSpent):
        office.send(visit(), channel=Channel.TICKET, ticket=slip)
    assert len(office.responses) == len(rows_of(office.engine, "known_response")) == 1


def test_a_resend_with_its_spent_slip_is_known(office: Office) -> None:
    slip, sent = office.slip(), visit()
    first = office.send(sent, channel=Channel.TICKET, ticket=slip)
    again = office.send(sent, channel=Channel.TICKET, ticket=slip)
    assert again == Acceptance(Status.KNOWN, first.receipt)


def test_a_known_id_with_other_content_spends_no_slip(office: Office) -> None:
    sent = visit(4)
    office.send(sent)
    slip = office.slip()
    with pytest.raises(IdReused):
        office.send(visit(1, response_id=sent.id), channel=Channel.TICKET, ticket=slip)
    assert spent(office) == [False]


def test_a_refused_response_leaves_its_slip_unspent(office: Office) -> None:
    slip = office.slip()
    with pytest.raises(UnknownService):
        office.send(visit(service="SIM"), channel=Channel.TICKET, ticket=slip)
    office.change("UPDATE desk SET active = false")
    with pytest.raises(DeskClosed):
        office.as_it_is_now().send(visit(), channel=Channel.TICKET, ticket=slip)
    assert spent(office) == [False]


def test_a_slip_that_was_never_issued_is_refused(office: Office) -> None:
    with pytest.raises(TicketSpent):
        office.send(visit(), channel=Channel.TICKET, ticket=b"\0" * 32)


def test_a_slip_of_another_desk_is_refused_and_stays_unspent(office: Office) -> None:
    slip = neighbour_of(office).slip()
    with pytest.raises(TicketSpent):
        office.send(visit(), channel=Channel.TICKET, ticket=slip)
    assert spent(office) == [False]


def test_the_ticket_channel_needs_a_slip_and_no_other_channel_has_one(office: Office) -> None:
    with pytest.raises(WrongProof):
        office.send(visit(), channel=Channel.TICKET)
    with pytest.raises(WrongProof):
        office.send(visit(), channel=Channel.DESK_QR, ticket=office.slip())


def test_nothing_links_a_slip_to_its_response(office: Office) -> None:
    office.send(visit(), channel=Channel.TICKET, ticket=office.slip())
    (ticket,), (response,) = rows_of(office.engine, "ticket"), office.responses
    shared = {"unit_id", "desk_id"}
    assert {*ticket} & {*response} == shared
    assert ticket["digest"] not in response.values()

"""Many senders at once: one id is one row, one slip is one row, a close misses nobody (§8)."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from sqlalchemy import Engine, func, insert, select
from sqlmodel import col

from survey.channel import Channel
from survey.database import hold_month, recording, writing
from survey.intake import accept_response
from survey.models import ClosedMonth, Response, table_of
from survey.submission import IdReused, VisitProof
from survey.tickets import TicketSpent
from tests.record_factories import (
    NOON,
    OCTOBER,
    RECEIPT_KEY,
    Office,
    an_office,
    more_about,
    rows_of,
    visit,
)

pytestmark = pytest.mark.every_database

SENDERS = 64


@pytest.fixture
def office(engine: Engine) -> Office:
    return an_office(engine)


def all_at_once(send: Callable[[int], str]) -> Counter[str]:
    """Count what so many threads get that start together."""
    together = Barrier(SENDERS)

    def one(number: int) -> str:
        together.wait()
        return send(number)

    with ThreadPoolExecutor(SENDERS) as threads:
        return Counter(threads.map(one, range(SENDERS)))


def test_64_senders_of_one_response_are_one_row_and_get_one_receipt(office: Office) -> None:
    sent = visit(4, WAKTU=2, comment="Cepat")
    receipts = all_at_once(lambda _: office.send(sent).receipt)
    assert list(receipts.values()) == [SENDERS]
    assert len(office.responses) == len(office.followups) == 1


def test_of_64_senders_of_one_response_one_is_told_that_it_was_recorded(office: Office) -> None:
    sent = visit()
    assert all_at_once(lambda _: office.send(sent).status) == {"recorded": 1, "known": 63}


def test_of_64_senders_with_one_id_and_two_faces_one_face_wins(office: Office) -> None:
    sad, happy = visit(1), visit(4)
    happy = visit(4, response_id=sad.id)

    def send(number: int) -> str:
        try:
            return office.send(sad if number % 2 else happy).receipt
        except IdReused:
            return "refused"

    answers = all_at_once(send)
    assert sorted(answers.values()) == [32, 32]
    assert answers["refused"] == 32
    assert len(office.responses) == 1


def test_64_visitors_with_one_slip_are_one_row(office: Office) -> None:
    slip = office.slip()

    def send(_: int) -> str:
        try:
            return office.send(visit(), channel=Channel.TICKET, ticket=slip).status
        except TicketSpent:
            return "spent"

    assert all_at_once(send) == {"recorded": 1, "spent": 63}
    assert len(office.responses) == len(rows_of(office.engine, "known_response")) == 1


def test_64_senders_of_one_slip_and_one_response_all_get_the_receipt(office: Office) -> None:
    slip, sent = office.slip(), visit()
    receipts = all_at_once(lambda _: office.send(sent, channel=Channel.TICKET, ticket=slip).receipt)
    assert list(receipts.values()) == [SENDERS]
    assert len(office.responses) == 1


def test_64_senders_of_one_followup_are_one_row(office: Office) -> None:
    tap = visit()
    office.send(tap, channel=Channel.DESK_QR)
    more = more_about(tap, WAKTU=3, comment="Cepat", profile={"SEX": "P"})
    assert all_at_once(lambda _: office.add(more).status) == {"recorded": 1, "known": 63}
    assert len(office.followups) == 1
    assert len(rows_of(office.engine, "private_text")) == 2


def test_of_64_different_followups_one_is_recorded(office: Office) -> None:
    tap = visit()
    office.send(tap, channel=Channel.DESK_QR)

    def send(number: int) -> str:
        try:
            return office.add(more_about(tap, comment=f"Pendapat {number}")).status
        except IdReused:
            return "refused"

    assert all_at_once(send) == {"recorded": 1, "refused": 63}
    assert len(rows_of(office.engine, "private_text")) == 1


def close_while_a_response_arrives(office: Office, *, held: bool) -> int:
    """Return how many responses a close counts that begins while one is not yet committed."""
    arriving, closed = Event(), Event()
    has_to_wait = held or office.engine.dialect.name == "sqlite"

    def record() -> None:
        proof = VisitProof(office.desk, Channel.KIOSK)
        with recording(office.engine) as connection:
            accept_response(connection, proof, visit(), received_at=NOON, receipt_key=RECEIPT_KEY)
            arriving.set()
            closed.wait(timeout=1 if has_to_wait else 60)

    def close() -> int:
        arriving.wait()
        with writing(office.engine) as session:
            if held:
                hold_month(session.connection(), office.desk.unit_id, OCTOBER, alone=True)
            counted: int = session.execute(
                select(func.count()).select_from(Response).where(col(Response.late).is_(False))
            ).scalar_one()
            row = {"unit_id": office.desk.unit_id, "month": OCTOBER, "closed_at": NOON}
            session.execute(insert(table_of(ClosedMonth)), row)
        closed.set()
        return counted

    with ThreadPoolExecutor(2) as threads:
        threads.submit(record)
        return threads.submit(close).result()


def test_a_close_waits_for_the_responses_that_are_arriving(office: Office) -> None:
    counted = close_while_a_response_arrives(office, held=True)
    assert counted == len([row for row in office.responses if not row["late"]]) == 1


def test_a_close_that_does_not_hold_the_month_would_miss_one_on_postgresql(office: Office) -> None:
    counted = close_while_a_response_arrives(office, held=False)
    one_writer_at_a_time = office.engine.dialect.name == "sqlite"
    assert counted == int(one_writer_at_a_time)
    assert [row["late"] for row in office.responses] == [False]


def test_a_close_among_many_arrivals_misses_nobody(office: Office) -> None:
    counts: list[int] = []

    def send(number: int) -> str:
        if number != SENDERS // 2:
            office.send(visit())
            return "sent"
        with writing(office.engine) as session:
            hold_month(session.connection(), office.desk.unit_id, OCTOBER, alone=True)
            counts.append(
                session.execute(
                    select(func.count()).select_from(Response).where(col(Response.late).is_(False))
                ).scalar_one()
            )
            row = {"unit_id": office.desk.unit_id, "month": OCTOBER, "closed_at": NOON}
            session.execute(insert(table_of(ClosedMonth)), row)
        return "closed"

    assert all_at_once(send) == {"sent": 63, "closed": 1}
    assert counts == [len([row for row in office.responses if not row["late"]])]


def test_an_intake_that_waited_for_a_close_sees_it(office: Office) -> None:
    """Also where the database's default would show a transaction only what was before it."""
    if office.engine.dialect.name == "postgresql":
        name = office.engine.url.database
        office.change(f"ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'")
        office.engine.dispose()
    holding, arriving = Event(), Event()

    def close() -> None:
        with writing(office.engine) as session:
            hold_month(session.connection(), office.desk.unit_id, OCTOBER, alone=True)
            holding.set()
            arriving.wait(timeout=1)
            row = {"unit_id": office.desk.unit_id, "month": OCTOBER, "closed_at": NOON}
            session.execute(insert(table_of(ClosedMonth)), row)

    def record() -> None:
        holding.wait()
        office.send(visit())
        arriving.set()

    with ThreadPoolExecutor(2) as threads:
        for done in (threads.submit(close), threads.submit(record)):
            done.result()
    assert [row["late"] for row in office.responses] == [True]

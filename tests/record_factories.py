"""Made-up offices and visits for tests of the record; every call makes new ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, func, insert, inspect, select, text
from sqlmodel import SQLModel

from survey.answers import check_answers
from survey.channel import Channel
from survey.database import reading, recording, writing
from survey.desks import RatedDesk, desk_by_id
from survey.followups import accept_followup
from survey.intake import accept_response
from survey.models import ClosedMonth, table_of
from survey.month import Month
from survey.submission import Acceptance, Submission, VisitProof
from survey.tickets import issue_tickets, ticket_digest
from tests.factories import KEYS, make_desk, make_service, make_unit, rated_desk

DESK_KEY, RECEIPT_KEY = KEYS.key("desk"), KEYS.key("receipt")
NOON = datetime(2026, 10, 5, 5, 12, 44, tzinfo=UTC)
"""An ordinary moment in October: 12.12 in Jakarta."""

OCTOBER = Month(2026, 10)
NINE = {
    "PERSYARATAN": 4, "PROSEDUR": 3, "WAKTU": 2, "BIAYA": 1, "PRODUK": 4,
    "KOMPETENSI": 3, "PERILAKU": 2, "PENGADUAN": 1, "SARANA": 4,
}  # fmt: skip
FULL: dict[str, Any] = {
    "service": "KK",
    "comment": "Cepat",
    "profile": {"SEX": "P", "AGE": "26-35"},
    **NINE,
}


@dataclass(frozen=True)
class Office:
    """A unit with one desk, and the ways to send it something, each in its own transaction."""

    engine: Engine
    desk: RatedDesk

    def send(
        self,
        submission: Submission,
        at: datetime = NOON,
        channel: Channel = Channel.KIOSK,
        ticket: bytes | None = None,
    ) -> Acceptance:
        proof = VisitProof(self.desk, channel, ticket)
        with recording(self.engine) as connection:
            return accept_response(
                connection, proof, submission, received_at=at, receipt_key=RECEIPT_KEY
            )

    def add(self, followup: Submission, at: datetime = NOON) -> Acceptance:
        with recording(self.engine) as connection:
            return accept_followup(
                connection, self.desk, followup, received_at=at, receipt_key=RECEIPT_KEY
            )

    def close(self, month: Month = OCTOBER) -> None:
        row = {"unit_id": self.desk.unit_id, "month": month, "closed_at": NOON}
        with writing(self.engine) as session:
            session.execute(insert(table_of(ClosedMonth)), row)

    def slip(self) -> bytes:
        with writing(self.engine) as session:
            return ticket_digest(issue_tickets(session, self.desk, 1, NOON.date())[0].token)

    def change(self, statement: str, **values: object) -> None:
        with writing(self.engine) as session:
            session.execute(text(statement), values)

    def as_it_is_now(self) -> "Office":
        with reading(self.engine) as session:
            return replace(self, desk=desk_by_id(session.connection(), self.desk.id, DESK_KEY))

    @property
    def responses(self) -> list[dict[str, Any]]:
        return rows_of(self.engine, "response")

    @property
    def followups(self) -> list[dict[str, Any]]:
        return rows_of(self.engine, "followup")


def an_office(
    engine: Engine, *, services: Sequence[str] = (), zone: str = "Asia/Jakarta"
) -> Office:
    """Return a new unit with one desk that gives these services; the unit gives two others too."""
    with writing(engine) as session:
        unit_id = make_unit(session, time_zone=zone)
        desk = make_desk(session, unit_id, services=services)
        for code in ("AKTA", "PINDAH"):
            make_service(session, unit_id, code)
        return Office(engine, rated_desk(session, desk))


def neighbour_of(office: Office) -> Office:
    """Return the same unit with another desk."""
    with writing(office.engine) as session:
        other = make_desk(session, office.desk.unit_id, services=())
        return replace(office, desk=rated_desk(session, other))


def visit(
    overall: int | None = 4,
    *,
    served_at: datetime = NOON,
    response_id: UUID | None = None,
    service: str | None = None,
    comment: str | None = None,
    profile: Mapping[str, str] | None = None,
    **elements: int,
) -> Submission:
    """Return what one citizen sends: a tap, and whatever else is given."""
    ratings = elements if overall is None else {"KESELURUHAN": overall, **elements}
    answers = check_answers(ratings, service, comment, profile or {})
    return Submission(response_id or uuid4(), served_at, answers)


def more_about(tap: Submission, **given: Any) -> Submission:  # noqa: ANN401 - handed on to visit()
    """Return a follow-up of a tap."""
    return visit(None, response_id=tap.id, served_at=tap.served_at, **given)


def rows_of(engine: Engine, table: str) -> list[dict[str, Any]]:
    """Return the rows of a table by column, in an order of their own."""
    with reading(engine) as session:
        found = session.execute(select(SQLModel.metadata.tables[table])).mappings()
        rows = [dict(row) for row in found]
    return sorted(rows, key=repr)


def count_of(engine: Engine, table: str) -> int:
    """Return how many rows a table has."""
    counting = select(func.count()).select_from(SQLModel.metadata.tables[table])
    with reading(engine) as session:
        counted: int = session.execute(counting).scalar_one()
    return counted


def everything_in(engine: Engine) -> dict[str, list[str]]:
    """Return all rows of all tables as the database itself spells them, for before and after."""
    with reading(engine) as session:
        connection = session.connection()
        return {
            name: sorted(
                repr([_plain(value) for value in row])
                for row in connection.execute(text(f'SELECT * FROM "{name}"'))
            )
            for name in inspect(connection).get_table_names()
        }


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value


def day(text: str) -> date:
    """Return a day written YYYY-MM-DD."""
    return date.fromisoformat(text)

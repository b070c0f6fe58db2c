"""Eight attacks with full rights on the database, in a careless and in ever more careful forms.

Whoever attacks holds no key of the office unless an attack says so; the careful forms bring a key
of their own.
"""

import enum
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Table, delete, func, insert, select, update
from sqlmodel import Session, col

from aggregation.closings import Closing, FrozenDuty, OfficerFigure, Tally
from aggregation.months.figure_rows import digest_of, stored_rows
from aggregation.proof.month_seals import figures_seal, month_salt
from survey.leaf import leaf_entry, sealed
from survey.merkle import Scalar, canonical, leaf_digest, root_of
from survey.models import Followup, LogEntry, PrivateText, Response, table_of
from survey.month import Month
from survey.seal_models import LeafKind, Seal, SealedLeaf
from survey.sealing import day_of
from survey.signing import SealKey
from tests.tamper_world import SealedOffice

Row = dict[str, Any]
SEAL, LEAVES, RESPONSE = table_of(Seal), table_of(SealedLeaf), table_of(Response)
TABLES = {
    LeafKind.RESPONSE: (RESPONSE, RESPONSE.c.id, "received_on"),
    LeafKind.FOLLOWUP: (table_of(Followup), table_of(Followup).c.response_id, "received_on"),
    LeafKind.LOG: (table_of(LogEntry), table_of(LogEntry).c.id, "recorded_at"),
}


class Care(enum.IntEnum):
    """How far an attacker goes; each goes as far as those before it."""

    ROW = enum.auto()
    """Only the row."""
    LEAF = enum.auto()
    """The row's leaf too; of a closing its digest."""
    LIST = enum.auto()
    """The kept leaf of the day too."""
    SEAL = enum.auto()
    """Root and counts in the seal too, signed with a key of one's own."""


_OF_CLOSINGS = (
    "seal",
    "sealed_leaf",
    "released_cell",
    "release",
    "cut_count",
    "officer_figure",
    "total_tally",
    "element_tally",
    "tally",
    "frozen_duty",
    "closing_rule",
    "revision_decision",
    "revision_request",
    "closing",
    "closed_month",
)


@dataclass(frozen=True)
class Done:
    """What an attack did, by the names that a check gives.

    Attributes
    ----------
    row
        The row it was about.
    among
        What holds the row together with others, and is named where the row itself cannot be: the
        day it was sealed in, or its closing.
    seal
        The seal over that.
    """

    row: str
    among: str
    seal: str

    def named_in(self, care: Care) -> str:
        """Return what must be named, however well the attacker covers his tracks."""
        known = {Care.ROW: self.row, Care.SEAL: self.seal}
        if self.row.startswith("response"):
            known[Care.LEAF] = self.row
        return known.get(care, self.among)


Attack = Callable[[Session, SealedOffice, Care, SealKey], Done]


def change_a_rating(session: Session, world: SealedOffice, care: Care, key: SealKey) -> Done:
    row = a_rating(session, world, overall=4)
    change(session, row, {"overall": 1})
    return mended(session, row, care, key)


def delete_a_response(session: Session, world: SealedOffice, care: Care, key: SealKey) -> Done:
    row = a_rating(session, world, overall=2)
    for table in (table_of(PrivateText), table_of(Followup)):
        session.execute(delete(table).where(table.c.response_id == row["id"]))
    session.execute(delete(RESPONSE).where(RESPONSE.c.id == row["id"]))
    session.execute(delete(_known()).where(_known().c.id == row["id"]))
    _mend_day(session, day_of(row["received_on"]), care, key)
    return _done(session, row)


def insert_a_response(session: Session, world: SealedOffice, care: Care, key: SealKey) -> Done:
    row = {**a_rating(session, world, overall=4), "id": uuid4()}
    session.execute(insert(_known()), {name: row[name] for name in ("id", "unit_id", "month")})
    if care >= Care.LEAF:
        row = sealed("response", {k: v for k, v in row.items() if k not in {"salt", "leaf"}})
    session.execute(insert(RESPONSE), row)
    return mended(session, row, care, key)


def swap_two_rows(session: Session, world: SealedOffice, care: Care, key: SealKey) -> Done:
    one, other = a_rating(session, world, overall=4), a_rating(session, world, overall=3)
    kept = {"unit_id", "month", "id", "received_on"}
    for row, content in ((one, other), (other, one)):
        change(session, row, {k: v for k, v in content.items() if k not in kept})
    mended(session, other, care, key)
    return mended(session, one, care, key)


def shift_a_half_hour(session: Session, world: SealedOffice, care: Care, key: SealKey) -> Done:
    row = a_rating(session, world, overall=2)
    change(session, row, {"half_hour": row["half_hour"] + 8})
    return mended(session, row, care, key)


def change_a_frozen_duty(session: Session, world: SealedOffice, care: Care, key: SealKey) -> Done:
    duty, closing = table_of(FrozenDuty), first_closing(session, world)
    was, now = world.office.officers
    of_officer = (duty.c.closing_id == closing.id) & (duty.c.officer_id == was)
    starts = session.scalar(select(func.max(duty.c.starts)).where(of_officer))
    one = of_officer & (duty.c.starts == starts)
    session.execute(update(duty).where(one).values(officer_id=now))
    # The counts that no longer go by the duties are named, not the half hours themselves.
    return _mend_closing(session, closing, care, key, f"tally {closing.id} officer={now}")


def change_a_tally(session: Session, world: SealedOffice, care: Care, key: SealKey) -> Done:
    tally, closing = table_of(Tally), first_closing(session, world)
    was, now = world.office.officers
    of_officer = (tally.c.closing_id == closing.id) & (tally.c.officer_id == was)
    session.execute(update(tally).where(of_officer).values(officer_id=now))
    return _mend_closing(session, closing, care, key, f"tally {closing.id}")


def change_a_figure(session: Session, world: SealedOffice, care: Care, key: SealKey) -> Done:
    figure, closing = table_of(OfficerFigure), first_closing(session, world)
    officer = world.office.officers[0]
    of_officer = (figure.c.closing_id == closing.id) & (figure.c.officer_id == officer)
    session.execute(update(figure).where(of_officer).values(index_raw="99.99"))
    return _mend_closing(session, closing, care, key, f"officer_figure {closing.id} {officer}")


ATTACKS: Mapping[str, Attack] = {
    "a rating changed": change_a_rating,
    "a response deleted": delete_a_response,
    "a response inserted": insert_a_response,
    "two rows swapped": swap_two_rows,
    "a half hour shifted": shift_a_half_hour,
    "an attribution changed in the duties": change_a_frozen_duty,
    "an attribution changed in the counts": change_a_tally,
    "an officer's figure changed": change_a_figure,
}
"""All but the two that only a published seal shows."""


def a_rating(session: Session, world: SealedOffice, overall: int) -> Row:
    """Return a rating of the unit's September, the same each time it is asked for."""
    of_month = (RESPONSE.c.unit_id == world.office.unit_id) & (RESPONSE.c.month == Month(2026, 9))
    chosen = (
        select(RESPONSE)
        .where(of_month, RESPONSE.c.overall == overall)
        .order_by(RESPONSE.c.half_hour.desc(), RESPONSE.c.id)
    )
    return dict(session.execute(chosen).mappings().first() or {})


def first_closing(session: Session, world: SealedOffice) -> Closing:
    """Return the closing of the unit's September."""
    of_month = col(Closing.unit_id) == world.office.unit_id, col(Closing.month) == Month(2026, 9)
    return session.scalars(select(Closing).where(*of_month)).one()


def change(session: Session, row: Row, values: Row) -> None:
    session.execute(update(RESPONSE).where(RESPONSE.c.id == row["id"]).values(values))


def mended(session: Session, row: Row, care: Care, key: SealKey) -> Done:
    """Make leaf, list and seal fit a response, as far as the attacker cares."""
    now = session.execute(select(RESPONSE).where(RESPONSE.c.id == row["id"])).mappings().one()
    if care >= Care.LEAF:
        change(session, row, {"leaf": leaf_digest(leaf_entry("response", dict(now)))})
    _mend_day(session, day_of(row["received_on"]), care, key)
    return _done(session, row)


def _mend_day(session: Session, day: date, care: Care, key: SealKey) -> None:
    if care < Care.LIST:
        return
    session.execute(delete(LEAVES).where(LEAVES.c.day == day))
    rows = [
        {"day": day, "leaf": leaf, "kind": kind, "row_id": id_}
        for kind, (table, id_column, when) in TABLES.items()
        for leaf, id_, at in session.execute(select(table.c.leaf, id_column, table.c[when]))
        if day_of(at) == day
    ]
    session.execute(insert(LEAVES), rows)
    if care >= Care.SEAL:
        root = root_of(sorted(row["leaf"] for row in rows)).hex()
        resign(session, key, day.isoformat(), {"root": root, "count": len(rows)})


def _mend_closing(session: Session, closing: Closing, care: Care, key: SealKey, name: str) -> Done:
    if care >= Care.LEAF:
        digest_anew(session, closing)
        if care >= Care.SEAL:
            session.refresh(closing)
            figures = figures_seal(closing, month_salt(_salts(session, closing)))
            resign(session, key, str(closing.id), {"figures": figures})
    seal = number_of(session, str(closing.id))
    return Done(name, f"closing {closing.id}", f"seal {seal}")


def _salts(session: Session, closing: Closing) -> list[bytes]:
    return [
        salt
        for table in (Response, Followup)
        for salt in session.scalars(
            select(col(table.salt)).where(
                col(table.unit_id) == closing.unit_id, col(table.month) == closing.month
            )
        )
    ]


def digest_anew(session: Session, closing: Closing) -> bytes:
    """Let the digest of a closing's figures fit them."""
    rows, table = stored_rows(session, closing.id), table_of(Closing)
    digest = digest_of(closing.unit_id, closing.month, closing.method_version, rows)
    of_id = table.c.id == closing.id
    session.execute(update(table).where(of_id).values(figures_digest=digest))
    return digest


def resign(session: Session, key: SealKey, subject: str, facts: Mapping[str, Scalar]) -> None:
    """Let a seal say something else, and sign it with a key of one's own."""
    [was] = session.scalars(select(SEAL.c.statement).where(SEAL.c.subject == subject))
    said = canonical({**json.loads(was), **facts, "key": key.raw.hex()})
    values = {"statement": said.decode(), "signature": key.sign(said)}
    session.execute(update(SEAL).where(SEAL.c.subject == subject).values(values))


def _done(session: Session, row: Row) -> Done:
    day = day_of(row["received_on"]).isoformat()
    return Done(f"response {row['id']}", f"day {day}", f"seal {number_of(session, day)}")


def _known() -> Table:
    return RESPONSE.metadata.tables["known_response"]


def number_of(session: Session, subject: str) -> int:
    """Return the number of the seal over a day or a closing."""
    found = session.scalars(select(SEAL.c.number).where(SEAL.c.subject == subject))
    return int(found.one())


def cut_the_tail(session: Session, first: date) -> list[UUID]:
    """Cut off all that was recorded from a day on, with its seals; return the responses."""
    gone: list[UUID] = []
    number = number_of(session, first.isoformat())
    session.execute(delete(SEAL).where(SEAL.c.number >= number))
    session.execute(delete(LEAVES).where(LEAVES.c.day >= first))
    for kind, (table, id_column, when) in TABLES.items():
        rows = session.execute(select(id_column, table.c[when])).all()
        ids = [id_ for id_, at in rows if day_of(at) >= first]
        if kind is LeafKind.RESPONSE:
            gone = ids
        session.execute(delete(table).where(id_column.in_(ids)))
        if kind is LeafKind.LOG:
            detail = RESPONSE.metadata.tables["log_detail"]
            session.execute(delete(detail).where(detail.c.entry_id.in_(ids)))
    texts = table_of(PrivateText)
    session.execute(delete(texts).where(texts.c.response_id.in_(gone)))
    session.execute(delete(_known()).where(_known().c.id.in_(gone)))
    return gone


def undo_the_closings(session: Session) -> None:
    """Take away the closings, all that hangs on them, their acts and every seal."""
    for name in _OF_CLOSINGS:
        session.execute(delete(RESPONSE.metadata.tables[name]))
    log, detail = table_of(LogEntry), RESPONSE.metadata.tables["log_detail"]
    acts = log.c.act.like("month.%") | log.c.act.like("revision.%")
    session.execute(delete(detail).where(detail.c.entry_id.in_(select(log.c.id).where(acts))))
    session.execute(delete(log).where(acts))

"""No part of the check is idle: for each there is an attack that only this part finds (method §8).

Most of them need an attacker who has stolen the key and seals everything anew, so that no seal
gives him away; what is written must then still fit together.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, insert, select, update
from sqlmodel import Session, SQLModel

import aggregation.proof.closing_check
import aggregation.proof.verify
import survey.seal_check
from aggregation.proof.verify import verify
from survey.leaf import leaf_entry
from survey.merkle import leaf_digest
from survey.models import LogEntry, PrivateText, table_of
from survey.month import Month
from survey.seal_text import Link
from tests.tamper_attacks import (
    LEAVES,
    RESPONSE,
    SEAL,
    Row,
    a_rating,
    change,
    digest_anew,
    first_closing,
)
from tests.tamper_rights import every_right
from tests.tamper_world import (
    END_OF_OCTOBER,
    END_OF_SEPTEMBER,
    LAST_DAY,
    NIGHTFALL,
    TONIGHT,
    SealedOffice,
    night,
    sealed_office,
)

LOG = table_of(LogEntry)
Attack = Callable[[Session, SealedOffice], None]


def break_a_signature(session: Session, _: SealedOffice) -> None:
    [signature] = session.scalars(select(SEAL.c.signature).where(SEAL.c.number == 5))
    broken = bytes([signature[0] ^ 1]) + signature[1:]
    session.execute(update(SEAL).where(SEAL.c.number == 5).values(signature=broken))


def forget_an_act(session: Session, _: SealedOffice) -> None:
    [id_] = session.scalars(
        select(LOG.c.id).where(LOG.c.act == "unit.changed").order_by(LOG.c.recorded_at).limit(1)
    )
    session.execute(delete(LOG).where(LOG.c.id == id_))
    session.execute(delete(LEAVES).where(LEAVES.c.row_id == id_))


def change_an_open_month(session: Session, _: SealedOffice) -> None:
    of_day = RESPONSE.c.received_on == LAST_DAY
    session.execute(update(RESPONSE).where(of_day, RESPONSE.c.overall == 1).values(overall=4))


def rewrite_a_comment(session: Session, _: SealedOffice) -> None:
    texts = table_of(PrivateText)
    session.execute(update(texts).where(texts.c.field == "COMMENT").values(text="Bagus"))


def register_somebody_unknown(session: Session, world: SealedOffice) -> None:
    known = SQLModel.metadata.tables["known_response"]
    row = {"id": uuid4(), "unit_id": world.office.unit_id, "month": Month(2026, 9)}
    session.execute(insert(known), row)


def forget_a_closed_month(session: Session, world: SealedOffice) -> None:
    closed = SQLModel.metadata.tables["closed_month"]
    of_unit = closed.c.unit_id == world.office.unit_id
    session.execute(delete(closed).where(of_unit, closed.c.month == Month(2026, 9)))


def forget_a_revision(session: Session, _: SealedOffice) -> None:
    closing = SQLModel.metadata.tables["closing"]
    [id_] = session.scalars(select(closing.c.id).where(closing.c.revision == 1))
    for table in SQLModel.metadata.tables.values():
        if "closing_id" in table.c:
            session.execute(delete(table).where(table.c.closing_id == id_))
    session.execute(delete(closing).where(closing.c.id == id_))


def reword_the_act_of_a_close(session: Session, world: SealedOffice) -> None:
    reword(session, world, responses=7)


def give_another_reason(session: Session, world: SealedOffice) -> None:
    edit(session, "closing", {"id": first_closing(session, world).id}, reason="Lain")


def write_another_digest(session: Session, world: SealedOffice) -> None:
    closing = first_closing(session, world)
    edit(session, "closing", {"id": closing.id}, figures_digest=bytes(32))
    reword(session, world, figures=bytes(32).hex())


def put_a_duty_out_of_its_month(session: Session, world: SealedOffice) -> None:
    closing_id = first_closing(session, world).id
    duty = SQLModel.metadata.tables["frozen_duty"]
    chosen = select(duty).where(duty.c.closing_id == closing_id).limit(1)
    row = dict(session.execute(chosen).mappings().one())
    session.execute(insert(duty), {**row, "starts": 1, "ends": 2})
    fit(session, world)


def change_a_rating_alone(session: Session, world: SealedOffice) -> None:
    row = a_rating(session, world, overall=4)
    change(session, row, {"overall": 1})
    leaf = leaf_digest(leaf_entry("response", {**row, "overall": 1}))
    change(session, row, {"leaf": leaf})


def change_a_figure_alone(session: Session, world: SealedOffice) -> None:
    figure = {"closing_id": first_closing(session, world).id}
    edit(session, "officer_figure", figure, reason="Lain", basis="publishable", n_month=77)
    fit(session, world)


def change_a_cut(session: Session, world: SealedOffice) -> None:
    cut = SQLModel.metadata.tables["cut_count"]
    of_cut = select(cut).where(
        cut.c.closing_id == first_closing(session, world).id, cut.c.cut == "SERVICE"
    )
    row = session.execute(of_cut.limit(1)).mappings().one()
    where = {name: row[name] for name in ("closing_id", "cut", "cell")}
    edit(session, "cut_count", where, n=row["n"] + 1)


def release_other_numbers(session: Session, world: SealedOffice) -> None:
    edit(session, "release", {"unit_id": world.office.unit_id}, responses=99)


RECORD, CLOSINGS = survey.seal_check, aggregation.proof.closing_check
CHECKS: Mapping[str, tuple[object, Attack, bool]] = {
    "chain_differences": (RECORD, break_a_signature, False),
    "day_differences": (RECORD, forget_an_act, False),
    "row_differences": (RECORD, change_an_open_month, False),
    "text_differences": (RECORD, rewrite_a_comment, False),
    "register_differences": (RECORD, register_somebody_unknown, False),
    "_missing": (CLOSINGS, forget_a_revision, True),
    "_closed_months": (CLOSINGS, forget_a_closed_month, True),
    "_against_log": (CLOSINGS, reword_the_act_of_a_close, True),
    "_against_seal": (CLOSINGS, give_another_reason, False),
    "_against_digest": (CLOSINGS, write_another_digest, True),
    "duty_differences": (CLOSINGS, put_a_duty_out_of_its_month, True),
    "recount_differences": (CLOSINGS, change_a_rating_alone, True),
    "figure_differences": (CLOSINGS, change_a_figure_alone, True),
    "cut_differences": (CLOSINGS, change_a_cut, True),
    "release_differences": (CLOSINGS, release_other_numbers, True),
}
"""By check: where it is called, the attack that it alone finds, and if all is sealed anew."""


@pytest.mark.parametrize("check", CHECKS)
def test_a_check_that_is_left_out_misses_its_attack(
    sqlite_engine: Any,  # noqa: ANN401
    monkeypatch: pytest.MonkeyPatch,
    check: str,
) -> None:
    where, attack, resealed = CHECKS[check]
    world = sealed_office(sqlite_engine)
    with every_right(sqlite_engine) as session:
        attack(session, world)
        if resealed:
            session.execute(delete(LEAVES))
            session.execute(delete(SEAL))
    if resealed:
        for moment in (END_OF_SEPTEMBER, END_OF_OCTOBER):
            night(sqlite_engine, world.key, moment + NIGHTFALL)
        night(sqlite_engine, world.key, TONIGHT)
    assert verify(sqlite_engine, TONIGHT).differences
    monkeypatch.setattr(where, check, _nothing)
    assert verify(sqlite_engine, TONIGHT).differences == []


def edit(session: Session, name: str, where: Row, **values: object) -> None:
    """Change rows of a table."""
    table = SQLModel.metadata.tables[name]
    at = (table.c[column] == value for column, value in where.items())
    session.execute(update(table).where(*at).values(values))


def reword(session: Session, world: SealedOffice, **said: object) -> None:
    """Let the act of the first close say something else, and mend its leaf."""
    of_close = LOG.c.subject == f"closing {first_closing(session, world).id}"
    row = dict(session.execute(select(LOG).where(of_close)).mappings().one())
    row["facts"] = json.dumps({**json.loads(row["facts"]), **said}, sort_keys=True)
    leaf = leaf_digest(leaf_entry("log", row))
    session.execute(update(LOG).where(of_close).values(facts=row["facts"], leaf=leaf))


def fit(session: Session, world: SealedOffice) -> None:
    """Let digest and act of the first close fit the figures."""
    digest = digest_anew(session, first_closing(session, world))
    reword(session, world, figures=digest.hex())


def _nothing(*_: object) -> Iterator[Link]:
    return iter(())

"""The record held against its seals: nothing where nothing was touched, the row where one was."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from shutil import copyfile

import pytest
from sqlalchemy import Engine, select, text
from sqlmodel import SQLModel

from aggregation.proof.verify import Verified, verify
from survey.chain_check import chain_differences
from survey.database import reading, writing
from survey.key_change import replace_lost_key, rotate_key
from survey.leaf import leaf_entry
from survey.merkle import leaf_digest
from survey.models import Followup, LogEntry, Response, table_of
from survey.row_check import _rows
from survey.row_spelling import SPELLINGS
from survey.seal_chain import chain
from survey.seal_text import Link
from survey.sealing import seal_days
from tests.record_factories import NOON, an_office, visit
from tests.seal_factories import NIGHT, new_key, rate_days, rated_days
from tests.tampering import tampering

pytestmark = pytest.mark.every_database

_TABLES: Mapping[str, type[SQLModel]] = {
    "response": Response,
    "followup": Followup,
    "log": LogEntry,
}


def sealed_record(engine: Engine) -> None:
    rated_days(engine)
    seal_days(engine, new_key(), NIGHT)


def found(engine: Engine) -> set[tuple[str, str]]:
    """Return kinds and subjects, without the ids."""
    differences = verify(engine, NIGHT).differences
    return {(each.kind, each.subject.split()[0]) for each in differences}


def links_of(engine: Engine) -> list[Link]:
    with reading(engine) as session:
        return list(chain(session))


def test_what_nobody_touched_is_as_it_was_sealed(engine: Engine) -> None:
    rated_days(engine)
    assert verify(engine, NIGHT).differences == []
    seal_days(engine, new_key(), NIGHT)
    assert verify(engine, NIGHT) == Verified(_rows_in(engine), [], [])


def test_rows_are_spelled_as_their_leaves_are(engine: Engine) -> None:
    office = an_office(engine, services=["KK"])
    rate_days(office, days=1)
    office.send(visit(None, comment="“Ramah” \\ 100 %\n", PERILAKU=4))
    with reading(engine) as session:
        for spelling in SPELLINGS:
            spelled = {
                row[spelling.columns.index(spelling.id)]: spelling.leaf(
                    row[: len(spelling.columns)]
                )
                for row in _rows(session, spelling)
            }
            table = table_of(_TABLES[spelling.kind])
            assert set(table.columns.keys()) == {*spelling.columns, "leaf"}
            rows = session.execute(select(table)).mappings().all()
            assert spelled == {
                str(row[spelling.id]): leaf_digest(leaf_entry(spelling.kind, dict(row)))
                for row in rows
            }
            assert len(rows) > 0


def test_each_change_is_named(sqlite_engine: Engine) -> None:
    sealed_record(sqlite_engine)
    file = Path(sqlite_engine.url.database or "")
    sqlite_engine.dispose()
    as_it_was = copyfile(file, file.with_suffix(".was"))
    one = "WHERE response_id = (SELECT min(response_id) FROM followup)"
    for statement, named in (
        ("UPDATE private_text SET text = 'Lambat' WHERE field = 'COMMENT'", ("changed", "private")),
        (f"DELETE FROM private_text {one} AND field = 'SEX'", ("changed", "private")),
        (f"UPDATE followup SET comment_digest = NULL {one}", ("added", "private")),
        ("UPDATE known_response SET month = 202609", ("changed", "response")),
        ("UPDATE log_entry SET actor = 'x'", ("changed", "log")),
        ("UPDATE log_entry SET recorded_at = 'kemarin'", ("changed", "log")),
        ("UPDATE response SET salt = zeroblob(16), late = 7", ("changed", "response")),
        ("UPDATE sealed_leaf SET kind = 'log'", ("removed", "log")),
        ("DELETE FROM sealed_leaf", ("day", "day")),
        ("DELETE FROM seal WHERE number = 1", ("chain", "seal")),
        ("UPDATE seal SET statement = 'x' WHERE number = 1", ("chain", "seal")),
        ("UPDATE seal SET signature = zeroblob(64) WHERE number = 1", ("chain", "seal")),
    ):
        with tampering(sqlite_engine) as session:
            session.execute(text(statement))
        assert any(
            (kind, subject[:7]) == (named[0], named[1][:7])
            for kind, subject in found(sqlite_engine)
        ), (statement, found(sqlite_engine))
        sqlite_engine.dispose()
        copyfile(as_it_was, file)
    assert found(sqlite_engine) == set()


def test_a_row_that_is_gone_is_named_though_a_row_of_another_day_shows_its_leaf(
    engine: Engine,
) -> None:
    sealed_record(engine)
    log = table_of(LogEntry)
    with tampering(engine) as session:
        first, *_, last = session.execute(select(log).order_by(log.c.recorded_at)).all()
        assert first.recorded_at.date() != last.recorded_at.date()
        session.execute(log.delete().where(log.c.id == first.id))
        session.execute(log.update().where(log.c.id == last.id).values(leaf=first.leaf))
    named = {(each.kind, each.subject) for each in verify(engine, NIGHT).differences}
    assert named == {("removed", f"log {first.id}"), ("changed", f"log {last.id}")}


def test_texts_may_be_erased_and_later_days_go_on(engine: Engine) -> None:
    sealed_record(engine)
    with writing(engine) as session:
        session.execute(text("DELETE FROM private_text WHERE field = 'COMMENT'"))
    office = an_office(engine)
    office.send(visit(3, served_at=NIGHT), NIGHT)
    assert found(engine) == set()
    office.send(visit(3), NOON)
    assert found(engine) == {("added", "response")}, "a day that is sealed gets no more rows"


def test_a_published_seal_must_stay_in_the_chain(engine: Engine) -> None:
    sealed_record(engine)
    links = links_of(engine)
    assert verify(engine, NIGHT, against=links).differences == []
    beyond = Link(len(links), "day", "2026-12-01", "{}", bytes(64))
    other = Link(1, "day", links[1].subject, links[1].statement, bytes(64))
    differences = verify(engine, NIGHT, against=[other, beyond]).differences
    assert [(each.kind, each.subject) for each in differences] == [
        ("published", "seal 1"),
        ("published", f"seal {len(links)}"),
    ]


def test_a_day_that_was_left_out_is_missed() -> None:
    days = [Link(n, "day", f"2026-10-{day:02}", "{}", b"") for n, day in enumerate((1, 2, 4))]
    said = [each.sentence for each in chain_differences(days)]
    assert "Segel hari sebelum 2026-10-04 tidak ada." in said


def test_a_rotated_key_goes_on_and_a_lost_one_is_told_of(engine: Engine) -> None:
    rated_days(engine)
    first, second, third = new_key(), new_key(), new_key()
    seal_days(engine, first, NIGHT - timedelta(days=5))
    rotate_key(engine, first, second, NIGHT)
    seal_days(engine, second, NIGHT - timedelta(days=2))
    assert verify(engine, NIGHT - timedelta(days=2)) == Verified(_rows_in(engine), [], [])
    replace_lost_key(engine, third, NIGHT)
    seal_days(engine, third, NIGHT)
    verified = verify(engine, NIGHT)
    assert verified.differences == []
    [notice] = verified.notices
    assert third.id in notice


def _rows_in(engine: Engine) -> int:
    with reading(engine) as session:
        return sum(
            int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
            for table in ("response", "followup", "log_entry", "private_text")
        )

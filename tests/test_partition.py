"""Responses by month on PostgreSQL: laid out with what is there, and nobody notices (nation.md)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from aggregation.proof.verify import verify
from deploy import parted_table
from deploy.backup import backup
from deploy.copy_check import OldSchema
from deploy.nilai import main
from deploy.parted_table import TABLES
from deploy.partition import LaterRows, NoParts, NotTheOwner, partition
from deploy.restore import restore
from survey.command import Installation
from survey.database import reading
from survey.month import Month
from survey.submission import Status
from tests.database_roles import PUBLIC, STAFF, on_postgresql, roles_in
from tests.databases import Shelf
from tests.factories import settings
from tests.month_factories import AUGUST, OCTOBER, SEPTEMBER
from tests.postgres import binaries
from tests.proof_factories import THE_NIGHT_AFTER, closed_office, seal_everything
from tests.record_factories import FULL, NOON, Office, an_office, everything_in, more_about, visit
from tests.seal_factories import new_key

pytestmark = pytest.mark.every_database

NOVEMBER, DECEMBER = OCTOBER.shift(1), OCTOBER.shift(2)


def where_rows_lie(engine: Engine, table: str = "response") -> dict[str, int]:
    """Return how many rows each part holds that holds any."""
    with reading(engine) as session:
        rows = session.execute(
            text(f"SELECT tableoid::regclass::text, count(*) FROM {table} GROUP BY 1")
        )
        return {str(part): int(count) for part, count in rows}


def parts(engine: Engine, table: str = "response") -> set[str]:
    with reading(engine) as session:
        found = session.execute(
            text(
                "SELECT inhrelid::regclass::text FROM pg_inherits "
                f"WHERE inhparent = '{table}'::regclass"
            )
        )
        return {part for (part,) in found}


def rate(office: Office, month: Month) -> None:
    """Tap on the fifth of a month, and answer more."""
    at = datetime(month.year, month.month, 5, 5, tzinfo=UTC)
    tap = visit(served_at=at)
    office.send(tap, at)
    office.add(more_about(tap, **{**FULL, "service": None}), at)


def laws(engine: Engine) -> dict[str, set[str]]:
    """Return what the tables owe: columns, keys, checks, references from others, rights."""
    asked = {
        "columns": "SELECT attname || ' ' || format_type(atttypid, atttypmod) || attnotnull "
        "FROM pg_attribute WHERE attrelid = '{0}'::regclass AND attnum > 0 AND NOT attisdropped",
        "constraints": "SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE conrelid = '{0}'::regclass AND contype <> 'n' AND conparentid = 0",
        "referring": "SELECT conrelid::regclass || ' ' || conname || pg_get_constraintdef(oid) "
        "FROM pg_constraint WHERE confrelid = '{0}'::regclass AND conparentid = 0 "
        "AND contype = 'f'",
        "indexes": "SELECT indexrelid::regclass::text FROM pg_index "
        "WHERE indrelid = '{0}'::regclass",
        "triggers": "SELECT replace(pg_get_triggerdef(oid), ' ONLY', '') FROM pg_trigger "
        "WHERE tgrelid = '{0}'::regclass AND NOT tgisinternal",
        "rights": "SELECT grantee::regrole || ' ' || privilege_type FROM pg_class, "
        "aclexplode(relacl) WHERE oid = '{0}'::regclass",
    }
    with reading(engine) as session:
        return {
            f"{table} {what}": set(session.execute(text(query.format(table))).scalars())
            for table in TABLES
            for what, query in asked.items()
        }


@pytest.fixture
def office(new_engine: Engine) -> Office:
    return an_office(new_engine)


# --- what is laid out


@on_postgresql
def test_what_was_there_stays_where_it_is_and_each_month_after_it_has_a_part(
    office: Office,
) -> None:
    for month in (SEPTEMBER, OCTOBER):
        rate(office, month)
    before = everything_in(office.engine)
    done = partition(office.engine, OCTOBER, ahead=2)
    assert (done.first, done.made, done.in_rest) == (NOVEMBER, [NOVEMBER, DECEMBER], [])
    assert {
        name: rows for name, rows in everything_in(office.engine).items() if name in before
    } == {**before}
    for table in TABLES:
        assert where_rows_lie(office.engine, table) == {f"{table}_before": 2}
        ends = ("before", "rest", "2026_11", "2026_12")
        assert parts(office.engine, table) == {f"{table}_{end}" for end in ends}


@on_postgresql
def test_a_rating_lies_in_the_part_of_its_month_and_without_one_in_the_rest(
    office: Office,
) -> None:
    partition(office.engine, OCTOBER, ahead=1)
    for month in (SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER):
        rate(office, month)
    for table in TABLES:
        assert where_rows_lie(office.engine, table) == {
            f"{table}_{end}": 1 for end in ("before", "2026_10", "2026_11", "rest")
        }


@on_postgresql
def test_the_tables_owe_what_they_owed(database_url: str, new_engine: Engine) -> None:
    with roles_in(database_url):
        before = laws(new_engine)
        partition(new_engine, OCTOBER)
        assert laws(new_engine) == before
        assert all(before[f"{table} {what}"] for table in TABLES for what in ("rights", "triggers"))


@on_postgresql
def test_a_law_that_was_left_out_would_be_noticed(office: Office) -> None:
    before = laws(office.engine)
    partition(office.engine, OCTOBER)
    office.change("DROP TRIGGER response_is_never_changed ON response")
    assert laws(office.engine) != before


@on_postgresql
def test_each_role_may_do_to_a_table_what_it_might_and_nothing_to_a_part(
    database_url: str, new_engine: Engine
) -> None:
    with roles_in(database_url) as roles:
        office = an_office(new_engine)
        partition(new_engine, OCTOBER)
        for who in (PUBLIC, STAFF):
            with roles.engine(who) as engine:
                rate(Office(engine, office.desk), OCTOBER)
                assert sum(where_rows_lie(engine).values()) >= 1
                with pytest.raises(ProgrammingError, match="permission denied"):
                    where_rows_lie(engine, "response_2026_10")


# --- what holds as before


@on_postgresql
def test_what_is_recorded_is_written_once_in_every_part(office: Office) -> None:
    rate(office, SEPTEMBER)
    partition(office.engine, OCTOBER, since=OCTOBER, ahead=1)
    rate(office, OCTOBER)
    for table in ("response", "response_2026_10", "response_before", "response_rest", "followup"):
        for change in ("UPDATE {} SET month = month", "DELETE FROM {}", "TRUNCATE {} CASCADE"):
            if table.endswith("rest") and "TRUNCATE" not in change:
                continue  # nothing there that could be changed
            with pytest.raises(DBAPIError, match="is written once"):
                office.change(change.format(table))


@on_postgresql
def test_the_same_tap_is_one_row_and_another_one_under_its_id_is_refused(office: Office) -> None:
    at = NOON - timedelta(days=30)
    early, late = visit(served_at=at), visit()
    office.send(early, at)
    partition(office.engine, OCTOBER)
    office.send(late)
    again = [office.send(early, at), office.send(late)]
    assert [each.status for each in again] == [Status.KNOWN, Status.KNOWN]
    assert len(office.responses) == 2


@on_postgresql
def test_no_follow_up_stands_without_its_tap(office: Office) -> None:
    rate(office, SEPTEMBER)
    partition(office.engine, OCTOBER)
    moved = "INSERT INTO followup SELECT unit_id, 202610, gen_random_uuid(), {} FROM followup"
    with reading(office.engine) as session:
        columns = session.execute(
            text(
                "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute "
                "WHERE attrelid = 'followup'::regclass AND attnum > 3"
            )
        ).scalar_one()
    with pytest.raises(IntegrityError, match="fk_followup"):
        office.change(moved.format(columns))


@on_postgresql
def test_what_was_sealed_before_is_proved_afterwards_and_what_comes_is_sealed_too(
    new_engine: Engine,
) -> None:
    key = new_key()
    closed_office(new_engine)
    seal_everything(new_engine, key)
    partition(new_engine, OCTOBER)
    rate(an_office(new_engine), NOVEMBER)
    rate(an_office(new_engine), DECEMBER)
    seal_everything(new_engine, key, THE_NIGHT_AFTER + timedelta(days=40))
    found = verify(new_engine, THE_NIGHT_AFTER + timedelta(days=40))
    assert found.differences == []
    assert found.rows > 100
    assert set(where_rows_lie(new_engine)) == {
        "response_before",
        "response_2026_11",
        "response_2026_12",
    }


@pytest.mark.parametrize("shelf", [*binaries()], indirect=True)
def test_a_month_closes_alike_in_parts_and_in_one(shelf: Shelf) -> None:
    with shelf.lent() as plain, shelf.lent() as parted:
        partition(parted, AUGUST, since=AUGUST)
        for engine in (plain, parted):
            closed_office(engine)
        assert len(where_rows_lie(parted)) == 3
        assert figures(plain) == figures(parted)


def figures(engine: Engine) -> list[tuple[object, ...]]:
    """Return what was counted of each officer, whatever he is called."""
    with reading(engine) as session:
        rows = session.execute(
            text(
                "SELECT n, sum_x, basis, index_raw, component_value FROM officer_figure "
                "ORDER BY 1, 2, 3, 4, 5"
            )
        )
        found = [tuple(row) for row in rows]
    assert found
    return found


@on_postgresql
def test_a_month_is_read_from_its_part_alone(office: Office) -> None:
    partition(office.engine, SEPTEMBER, since=SEPTEMBER, ahead=3)
    rate(office, OCTOBER)
    of_month = planned(office.engine, "WHERE unit_id = 1 AND month = 202610")
    assert "response_2026_10" in of_month
    assert "response_2026_09" not in of_month
    assert "response_2026_09" in planned(office.engine, "WHERE unit_id = 1")  # the control


def planned(engine: Engine, condition: str) -> str:
    with reading(engine) as session:
        lines = session.execute(text(f"EXPLAIN SELECT overall FROM response {condition}"))
        return "\n".join(lines.scalars())


@on_postgresql
def test_a_backup_keeps_the_parts(
    office: Office,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", f"{binaries()['postgres']}:/usr/bin:/bin")
    rate(office, SEPTEMBER)
    partition(office.engine, OCTOBER)
    rate(office, OCTOBER)
    done = backup(office.engine, tmp_path / "copy", NOON)
    assert done.responses == 2
    assert done.verified is not None
    office.change("DROP SCHEMA public CASCADE")
    office.change("CREATE SCHEMA public")
    restore(office.engine, tmp_path / "copy", NOON)
    assert where_rows_lie(office.engine) == {"response_before": 1, "response_2026_10": 1}


# --- again, and when it cannot be


@on_postgresql
def test_twice_is_once_and_a_later_month_gets_its_part(office: Office) -> None:
    partition(office.engine, OCTOBER, ahead=1)
    assert partition(office.engine, OCTOBER, ahead=1).made == []
    rate(office, DECEMBER.shift(1))  # nobody made its part in time
    done = partition(office.engine, NOVEMBER, ahead=3)
    assert done.made == [DECEMBER, DECEMBER.shift(2)]
    assert done.in_rest == [DECEMBER.shift(1)]
    assert where_rows_lie(office.engine) == {"response_rest": 1}


@on_postgresql
def test_rows_are_not_moved(office: Office) -> None:
    rate(office, OCTOBER)
    before = everything_in(office.engine)
    with pytest.raises(LaterRows, match="2026-10"):
        partition(office.engine, OCTOBER, since=SEPTEMBER)
    assert parts(office.engine) == set()
    assert everything_in(office.engine) == before


@on_postgresql
def test_who_does_not_own_the_tables_changes_nothing(database_url: str) -> None:
    with roles_in(database_url) as roles, roles.engine(STAFF) as engine:
        with pytest.raises(NotTheOwner):
            partition(engine, OCTOBER)
        assert parts(engine) == set()


@on_postgresql
def test_an_old_schema_is_refused(office: Office) -> None:
    office.change("UPDATE alembic_version SET version_num = '0001'")
    with pytest.raises(OldSchema):
        partition(office.engine, OCTOBER)


@on_postgresql
def test_what_fails_in_the_middle_changes_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    rate(office, SEPTEMBER)
    before, law = everything_in(office.engine), laws(office.engine)
    add: Callable[..., None] = parted_table.add

    def fails_in_the_end(*given: object) -> None:
        add(*given)
        if given[-1] == DECEMBER:
            raise InterruptedError

    monkeypatch.setattr(parted_table, "add", fails_in_the_end)
    with pytest.raises(InterruptedError):
        partition(office.engine, OCTOBER)
    assert everything_in(office.engine) == before
    assert laws(office.engine) == law


def test_the_embedded_database_has_no_parts(sqlite_engine: Engine) -> None:
    with pytest.raises(NoParts):
        partition(sqlite_engine, OCTOBER)


@on_postgresql
def test_the_command_says_what_it_did(new_engine: Engine) -> None:
    here = Installation(settings(), new_engine)
    said = CliRunner().invoke(main, ["partition", "--since", "2026-01", "--ahead", "1"], obj=here)
    assert said.exit_code == 0, said.output
    assert "tertata per bulan mulai 2026-01" in said.output
    wrong = CliRunner().invoke(main, ["partition", "--since", "2026-13"], obj=here)
    assert wrong.exit_code == 2

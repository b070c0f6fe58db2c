"""The database itself refuses what the rules forbid, each under the name of its rule."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import (
    CheckConstraint,
    Connection,
    Date,
    DateTime,
    Engine,
    ForeignKeyConstraint,
    LargeBinary,
    String,
    Time,
    UniqueConstraint,
    Uuid,
    insert,
    inspect,
    literal_column,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

import aggregation.access.models
import aggregation.alerts.models
import aggregation.appraisal.models
import aggregation.closings
import aggregation.comments.models
import aggregation.evidence.models
import aggregation.improvements.models
import aggregation.models
import aggregation.months.models
import aggregation.publishing.models
import aggregation.rules.models
import aggregation.screening.models
import aggregation.visits.models
import kiosk.models
import survey.models
import survey.publication_models
import survey.screening_models
from tests.good_rows import GOOD, TABLES, another, store_all
from tests.tampering import take_triggers_away

pytestmark = pytest.mark.every_database

SPELLING = postgresql.dialect().identifier_preparer  # type: ignore[no-untyped-call]
MODELS = (
    survey.models,
    kiosk.models,
    aggregation.models,
    aggregation.visits.models,
    aggregation.access.models,
    aggregation.closings,
    aggregation.rules.models,
    aggregation.screening.models,
    aggregation.appraisal.models,
    aggregation.months.models,
    aggregation.comments.models,
    aggregation.evidence.models,
    aggregation.improvements.models,
    aggregation.publishing.models,
    aggregation.alerts.models,
    survey.publication_models,
)
OTHER_ID = UUID(int=7)
NINE = "persyaratan prosedur waktu biaya produk kompetensi perilaku pengaduan sarana".split()  # noqa: SIM905

# Each rule of a table, and what breaks it: the changes to the good row.
BROKEN: list[tuple[str, str, dict[str, Any]]] = [
    ("service_unit", "unit_is_not_its_own_parent", {"parent_id": 1}),
    ("service_unit", "element_order_is_known", {"element_order": "alphabet"}),
    ("service_unit", "accent_is_a_colour", {"accent": "maroon"}),
    ("desk", "kind_is_known", {"kind": "window"}),
    ("desk", "opens_with_is_known", {"opens_with": "song"}),
    ("ticket", "numbers_begin_at_1", {"number": 0}),
    ("finding", "reason_is_known", {"reason": "low_ratings"}),
    ("ticket", "digest_has_32_bytes", {"digest": b"d" * 31}),
    *((table, "month_is_yyyymm", {"month": literal_column(str(number))})
      for table in ("closed_month", "known_response", "response")
      for number in (202613, 202600, 12, 0, -202610)),
    ("response", "channel_is_known", {"channel": "email"}),
    *(("response", "overall_is_1_to_4", {"overall": value}) for value in (0, 5, -1)),
    ("response", "receipt_digest_has_32_bytes", {"receipt_digest": b""}),
    ("response", "leaf_has_32_bytes", {"leaf": b"l" * 33}),
    ("response", "salt_has_16_bytes", {"salt": b"s" * 15}),
    *(("followup", f"{element}_is_1_to_4", {element: value})
      for element in NINE for value in (0, 5)),
    ("followup", "comment_digest_has_32_bytes", {"comment_digest": b"c"}),
    ("followup", "profile_digest_has_32_bytes", {"profile_digest": b"p"}),
    ("followup", "leaf_has_32_bytes", {"leaf": b"l"}),
    ("followup", "salt_has_16_bytes", {"salt": b""}),
    ("private_text", "field_is_known", {"field": "NIK"}),
    ("private_text", "salt_has_16_bytes", {"salt": b"s"}),
    ("device", "contacts_are_counted", {"contacts": -1}),
    ("device", "newest_tap_is_whole", {"last_tapped_at": None}),
    ("device_range", "range_runs_upwards", {"last": -1}),
    ("device_report", "queues_are_counted", {"waiting": -1}),
    ("device_report", "queues_are_counted", {"set_aside": -1}),
    ("device_report", "sequence_begins_at_0", {"next_sequence": -1}),
    ("device_report", "battery_is_percent", {"battery": 101}),
    ("enrolment", "tries_are_counted", {"wrong_tries": -1}),
    ("enrolment", "pin_salt_has_16_bytes", {"pin_salt": b"s"}),
    ("enrolment", "pin_hash_has_32_bytes", {"pin_hash": b"h"}),
    ("enrolment", "digest_has_32_bytes", {"digest": b"d"}),
    ("publication", "issues_begin_at_1", {"issue": 0}),
    ("publication", "digest_has_32_bytes", {"digest": b"d"}),
    ("published_card", "card_format_is_known", {"card_format": "gif"}),
    ("log_entry", "detail_digest_has_32_bytes", {"detail_digest": b"d"}),
    ("log_entry", "leaf_has_32_bytes", {"leaf": b"l"}),
    ("log_entry", "salt_has_16_bytes", {"salt": b"s"}),
]  # fmt: skip


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """Give a database in which every table has its good row."""
    with engine.connect() as opened:
        store_all(opened)
        yield opened
        opened.rollback()


def rules(kind: type[Any]) -> list[Any]:
    return [
        rule
        for table in TABLES.values()
        for rule in sorted(table.constraints, key=lambda rule: str(rule.name))
        if isinstance(rule, kind)
    ]


def name_of(rule: Any) -> str:  # noqa: ANN401 - any constraint
    """Return a rule's name as the house's convention makes it."""
    return SPELLING.format_constraint(rule) or ""


def broken_rule(error: IntegrityError) -> str:
    """Return what the database says was broken: the name of a rule or of a column."""
    diagnosis = getattr(error.orig, "diag", None)
    if diagnosis is None:
        return str(error.orig)
    return str(diagnosis.constraint_name or diagnosis.column_name)


def refusal(connection: Connection, statement: Any) -> str:  # noqa: ANN401 - an insert or update
    with pytest.raises(IntegrityError) as refused, connection.begin_nested():
        connection.execute(statement)
    return broken_rule(refused.value)


def test_every_check_has_a_value_that_breaks_it() -> None:
    known = {f"ck_{table}_{rule}" for table, rule, _ in BROKEN}
    assert known == {name_of(rule) for rule in rules(CheckConstraint)}


def test_every_table_of_the_record_has_a_good_row_with_every_column() -> None:
    modules = {
        name: value
        for each in (
            survey.models,
            survey.screening_models,
            survey.publication_models,
            kiosk.models,
        )
        for name, value in vars(each).items()
    }
    models = [m for m in modules.values() if hasattr(m, "__table__")]
    assert {model.__tablename__ for model in models} == set(GOOD)
    assert {name: set(row) for name, row in GOOD.items()} == {
        name: {column.name for column in table.columns} for name, table in TABLES.items()
    }


def test_a_value_that_breaks_a_rule_is_refused_under_its_name(connection: Connection) -> None:
    for table, rule, changes in BROKEN:
        broken = insert(TABLES[table]).values({**GOOD[table], **changes})
        assert f"ck_{table}_{rule}" in refusal(connection, broken), (table, changes)


def test_a_key_stands_once(connection: Connection) -> None:
    for key in [*rules(UniqueConstraint), *(table.primary_key for table in TABLES.values())]:
        names = [column.name for column in key.columns]
        row = another(key.table, alike=names)
        if key is not key.table.primary_key and all(
            row[column.name] == GOOD[key.table.name][column.name]
            for column in key.table.primary_key.columns
        ):
            continue  # (unit_id, id) of a table whose key is id: it stands for other tables' sake
        said = refusal(connection, insert(key.table).values(row))
        columns = ", ".join(f"{key.table.name}.{name}" for name in names)
        assert said in {name_of(key), f"UNIQUE constraint failed: {columns}"}, name_of(key)


def test_a_row_refers_to_rows_that_are_there(connection: Connection) -> None:
    take_triggers_away(connection)  # or they would refuse first
    for reference in rules(ForeignKeyConstraint):
        table, changed = reference.table, reference.columns.keys()[-1]
        missing = {changed: OTHER_ID if isinstance(table.c[changed].type, Uuid) else 999}
        in_key = changed in table.primary_key.columns
        row = dict(GOOD[table.name]) if in_key else another(table, alike=())
        own_key = any(not column.foreign_keys for column in table.primary_key.columns)
        changing = insert(table) if in_key or own_key else update(table)
        said = refusal(connection, changing.values({**row, **missing}))
        names = {
            name_of(other)
            for other in rules(ForeignKeyConstraint)
            if other.table is table and changed in other.columns
        }
        assert said in {*names, "FOREIGN KEY constraint failed"}, name_of(reference)


def test_what_must_be_there_is_there(connection: Connection) -> None:
    for table in TABLES.values():
        for column in table.columns:
            if not column.nullable and column is not table.autoincrement_column:
                row = {**GOOD[table.name], column.name: literal_column("NULL")}
                said = refusal(connection, insert(table).values(row))
                assert said in {column.name, f"NOT NULL constraint failed: {column}"}, column


def test_sqlite_keeps_no_half_rating(sqlite_engine: Engine) -> None:
    with sqlite_engine.connect() as connection:
        store_all(connection)
        for table, column in [("response", "overall"), *(("followup", e) for e in NINE)]:
            row = {**GOOD[table], column: literal_column("2.5")}
            half = insert(TABLES[table]).values(row)
            assert f"ck_{table}_{column}_is_1_to_4" in refusal(connection, half)


def test_a_desk_and_a_service_of_a_response_are_of_its_own_unit(connection: Connection) -> None:
    take_triggers_away(connection)
    for name in ("service_unit", "service", "desk"):
        row = another(TABLES[name], alike=())
        if name != "service_unit":
            row["unit_id"] = 2
        connection.execute(insert(TABLES[name]).values(row))
    for changed in ("desk_id", "service_id"):
        foreign = update(TABLES["response"]).values({changed: 2})
        said = refusal(connection, foreign)
        assert said in {f"fk_response_unit_id_{changed}", "FOREIGN KEY constraint failed"}


# --- models and migrations


def test_models_and_migrations_agree(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_the_migrated_checks_have_the_models_names_and_words(sqlite_engine: Engine) -> None:
    found = inspect(sqlite_engine)
    migrated = {
        (check["name"], check["sqltext"])
        for table in SQLModel.metadata.tables
        for check in found.get_check_constraints(table)
    }
    written = {
        (name_of(rule), str(rule.sqltext))
        for table in SQLModel.metadata.tables.values()
        for rule in table.constraints
        if isinstance(rule, CheckConstraint)
    }
    assert migrated == written


def test_the_migrated_keys_have_the_models_names(engine: Engine) -> None:
    found = inspect(engine)
    for table in SQLModel.metadata.tables.values():
        migrated = {
            found.get_pk_constraint(table.name)["name"],
            *(key["name"] for key in found.get_unique_constraints(table.name)),
            *(key["name"] for key in found.get_foreign_keys(table.name)),
        }
        keys = [rule for rule in table.constraints if not isinstance(rule, CheckConstraint)]
        assert migrated == {name_of(key) for key in keys}


# --- what the record cannot hold


def test_the_record_has_these_columns_and_no_other() -> None:
    """A new column of these tables is a decision about citizens: think before adding it here."""
    assert {name: " ".join(TABLES[name].columns.keys()) for name in (
        "known_response", "response", "followup", "private_text", "ticket", "finding",
        "recent_tap",
    )} == {
        "known_response": "id unit_id month",
        "response": "unit_id month id desk_id channel service_id half_hour overall late "
        "received_on receipt_digest salt leaf",
        "followup": f"unit_id month response_id service_id {' '.join(NINE)} received_on "
        "comment_digest profile_digest salt leaf",
        "private_text": "unit_id month response_id field text salt",
        "ticket": "digest unit_id desk_id number issued_on spent_on",
        "finding": "unit_id month response_id reason found_on",
        # The one exact time, for minutes: whoever taps next takes it away (method §7).
        "recent_tap": "desk_id at response_id kept_until unit_id month",
    }  # fmt: skip


@pytest.mark.parametrize("table", ["known_response", "response", "followup", "ticket"])
def test_no_column_of_the_record_can_hold_an_exact_time_an_address_or_a_name(table: str) -> None:
    for column in TABLES[table].columns:
        kind = column.type
        assert not isinstance(kind, Time)
        assert not isinstance(kind, DateTime) or isinstance(kind, Date)
        if isinstance(kind, String):
            assert kind.length is not None
            assert kind.length <= 8, f"{column} could hold an address"
        if isinstance(kind, LargeBinary):
            assert re.fullmatch(r"(\w+_)?digest|salt|leaf", column.name)


def test_nothing_in_the_record_refers_to_a_person() -> None:
    for table in TABLES.values():
        assert {key.column.table.name for key in table.foreign_keys} <= set(TABLES)

"""`nilai tablets`: a code for a desk, the tablets there are, taking one out of use."""

import re
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from deploy.nilai import main
from survey.command import Installation
from tests.factories import settings
from tests.record_factories import NOON, Office, an_office, rows_of
from tests.tablet_factories import enrolled


@pytest.fixture
def office(sqlite_engine: Engine) -> Office:
    return an_office(sqlite_engine)


def nilai(office: Office, *words: str) -> Result:
    installation = Installation(settings(), office.engine)
    return CliRunner().invoke(main, ["tablets", *words], obj=installation)


def test_a_code_is_printed_with_its_pin_and_where_to_type_it(office: Office) -> None:
    told = nilai(office, "enrol", office.desk.code)
    assert told.exit_code == 0
    assert re.search(r"^Kode    [0-9A-Z]{4}-[0-9A-Z]{4}$", told.output, re.MULTILINE)
    assert re.search(r"^PIN     [0-9]{6}$", told.output, re.MULTILINE)
    assert "/kiosk/enrol" in told.output
    assert office.desk.name in told.output
    [entry] = rows_of(office.engine, "log_entry")
    assert (entry["act"], entry["actor"]) == ("tablet.code_issued", "cli")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("enrol", "TIDAK-ADA"), "TIDAK-ADA"),
        (("revoke", str(UUID(int=7))), "nilai tablets list"),
    ],
)
def test_what_is_not_there_is_named(office: Office, words: list[str], sentence: str) -> None:
    refused = nilai(office, *words)
    assert refused.exit_code == 1
    assert sentence in refused.output
    assert len(refused.output.splitlines()) == 1


def test_a_closed_desk_gets_no_code(office: Office) -> None:
    office.change("UPDATE desk SET active = false")
    refused = nilai(office, "enrol", office.desk.code)
    assert refused.exit_code == 1
    assert f"{office.desk.name} sudah ditutup." in refused.output


def test_an_office_without_tablets_hears_how_to_begin(office: Office) -> None:
    told = nilai(office, "list")
    assert told.exit_code == 0
    assert "nilai tablets enrol" in told.output


def test_the_list_says_how_each_tablet_is(office: Office) -> None:
    silent, busy, again = (enrolled(office.engine, office.desk.id) for _ in range(3))
    later = enrolled(office.engine, office.desk.id, previous=again.device)
    busy.put(busy.item(9))
    busy.send(office.engine)
    busy.next_sequence += 2
    busy.keep()
    busy.send(office.engine, [], at=NOON, report=busy.report(set_aside=1))
    nilai(office, "revoke", str(later.device))
    lines = {line[:36]: line[38:] for line in nilai(office, "list").output.splitlines()}
    assert set(lines) == {str(each.device) for each in (silent, busy, again, later)}
    assert lines[str(silent.device)].endswith("belum pernah terhubung")
    assert lines[str(busy.device)].endswith(
        "terhubung 2026-10-05 05:12 UTC, menunggu 1, disisihkan 1, hilang 2"
    )
    assert lines[str(again.device)].endswith("didaftarkan ulang")
    assert lines[str(later.device)].endswith("dicabut")


def test_of_one_unit_only_its_tablets_are_listed(office: Office) -> None:
    tablet = enrolled(office.engine, office.desk.id)
    enrolled(office.engine, an_office(office.engine).desk.id)
    told = nilai(office, "list", "--unit", office.desk.unit_code)
    assert [line[:36] for line in told.output.splitlines()] == [str(tablet.device)]


def test_a_tablet_is_revoked_once(office: Office) -> None:
    device = str(enrolled(office.engine, office.desk.id).device)
    assert nilai(office, "revoke", device).output == "Tablet dicabut.\n"
    assert nilai(office, "revoke", device).output == "Tablet ini sudah dicabut sebelumnya.\n"
    assert [row["act"] for row in rows_of(office.engine, "log_entry")] == ["tablet.revoked"]

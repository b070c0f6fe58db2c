"""An officer changed on a page goes by the rules of a line of the sheet."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from aggregation.changes.batch import Cause
from aggregation.models import Officer
from aggregation.office.sheet_template import SheetKind
from aggregation.people.officer_changes import (
    NotServing,
    SavedOfficer,
    officer_of,
    save_officer,
    stop_serving,
)
from aggregation.people.officer_lines import (
    ASSESSOR,
    ENDS,
    HEAD,
    JOB_GROUP,
    NAME,
    NIP,
    STAFF_NUMBER,
    STARTS,
    STATUS,
)
from aggregation.people.unit_officers import (
    COMING,
    ELSEWHERE,
    ENDED,
    SERVING,
    history_of,
    unit_officers,
)
from aggregation.sheets.sheet_import import SheetRefused
from survey.database import reading, writing
from survey.month import Month
from survey.units import unit_with
from tests.office_factories import (
    HEAD_NIP,
    NOON,
    OCTOBER,
    SARI_NIP,
    UNIT,
    an_office,
    complaints,
    take,
)
from tests.record_factories import everything_in, rows_of
from tests.test_officers import HEADER, OTHER_UNIT, by_name

TODAY = date(2026, 10, 5)
DEWI = {
    NAME: "Dewi",
    NIP: "19880404 201503 2 001",
    STAFF_NUMBER: "",
    STATUS: "PNS",
    JOB_GROUP: "Operator",
    HEAD: HEAD_NIP,
    ASSESSOR: "",
    STARTS: "2026-10-01",
    ENDS: "",
}
BUDI = {
    **DEWI,
    NAME: "Budi",
    NIP: "",
    STAFF_NUMBER: "HL-021",
    STATUS: "NON ASN",
    JOB_GROUP: "Tenaga loket",
    STARTS: "2026-01-02",
}


def known(session: Session, name: str) -> Officer:
    return session.exec(select(Officer).where(col(Officer.name) == name)).one()


def save(
    engine: Engine, cells: dict[str, str], name: str | None = None, unit: str = UNIT
) -> SavedOfficer:
    with writing(engine) as session:
        who = None if name is None else known(session, name)
        unit_id = unit_with(session, unit).id or 0
        return save_officer(session, unit_id, cells, Cause("u", "SK 7", NOON, "u"), who)


def refused(
    engine: Engine, cells: dict[str, str], name: str | None = None, unit: str = UNIT
) -> dict[str, str]:
    """Return what the cells are refused for, by column, having seen that nothing was kept."""
    before = everything_in(engine)
    with pytest.raises(SheetRefused) as found:
        save(engine, cells, name, unit)
    assert everything_in(engine) == before
    return {complaint.column: complaint.text for complaint in found.value.complaints}


def stop(engine: Engine, name: str, last_day: date) -> None:
    with writing(engine) as session:
        unit_id = unit_with(session, UNIT).id or 0
        cause = Cause("u", "Pensiun", NOON, "u")
        stop_serving(session, unit_id, known(session, name), last_day, cause)


def states(engine: Engine, day: date = TODAY, unit: str = UNIT) -> dict[str, str]:
    with reading(engine) as session:
        rows = session.execute(unit_officers(unit_with(session, unit).id or 0, day)).all()
    return {row.name: row.state for row in rows}


def test_an_added_officer_belongs_where_a_sheet_would_have_put_them(engine: Engine) -> None:
    an_office(engine)
    saved = save(engine, DEWI)
    dewi, head = by_name(engine)["Dewi"], by_name(engine)["Ahmad"]
    assert (saved.is_changed, saved.key) == (True, dewi.key)
    assert (dewi.nip, dewi.job_group, dewi.head_id, dewi.starts_on) == (
        "198804042015032001", "Operator", head.officer_id, date(2026, 10, 1),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({NIP: "19880404 201503 2 00"}, NIP),
        ({NIP: "1.98E+17"}, NIP),
        ({NIP: ""}, NIP),
        ({NIP: "", STATUS: "NON ASN"}, STAFF_NUMBER),
        ({STATUS: "NON ASN"}, STATUS),
        ({STATUS: ""}, STATUS),
        ({NAME: ""}, NAME),
        ({NAME: "x" * 201}, NAME),
        ({STARTS: ""}, STARTS),
        ({STARTS: "kapan"}, STARTS),
        ({ENDS: "2026-09-30"}, ENDS),
        ({HEAD: "HL-999"}, HEAD),
        ({ASSESSOR: DEWI[NIP]}, ASSESSOR),
        ({JOB_GROUP: "x" * 81}, JOB_GROUP),
        ({STAFF_NUMBER: "1371010101900001"}, STAFF_NUMBER),
    ],
)
def test_page_and_sheet_refuse_the_same_in_the_same_words(
    sqlite_engine: Engine, changes: dict[str, str], column: str
) -> None:
    an_office(sqlite_engine)
    cells = {**DEWI, **changes}
    on_the_page = refused(sqlite_engine, cells)
    assert list(on_the_page) == [column]
    order = [NIP, STAFF_NUMBER, NAME, STATUS, JOB_GROUP, HEAD, ASSESSOR, STARTS, ENDS]
    line = ";".join(cells[name] for name in order)
    assert complaints(sqlite_engine, SheetKind.OFFICERS, HEADER + line) == [
        f"Baris 2, kolom {column}: {on_the_page[column]}."
    ]


def test_all_that_is_wrong_is_said_at_once(sqlite_engine: Engine) -> None:
    an_office(sqlite_engine)
    assert set(refused(sqlite_engine, {**DEWI, NAME: "", STARTS: "", NIP: "1"})) == {
        NAME, STARTS, NIP,
    }  # fmt: skip


def test_what_looks_mistaken_in_a_nip_is_saved_and_told(sqlite_engine: Engine) -> None:
    an_office(sqlite_engine)
    (warning,) = save(sqlite_engine, {**DEWI, NIP: "198802302015032001"}).warnings
    assert (warning.column, warning.text[:13]) == (NIP, "tanggal lahir")


def test_a_number_in_use_is_nobody_elses(engine: Engine) -> None:
    an_office(engine)
    taken = "sudah dipakai petugas lain; periksa nomornya"
    assert refused(engine, {**DEWI, NIP: SARI_NIP}) == {NIP: taken}
    assert refused(engine, {**BUDI, NIP: SARI_NIP, STATUS: "PPPK"}, "Budi") == {NIP: taken}
    assert refused(engine, {**DEWI, STAFF_NUMBER: "HL-021"}) == {STAFF_NUMBER: taken}


def test_somebody_of_another_unit_is_the_same_person_here(engine: Engine) -> None:
    an_office(engine)
    take(engine, SheetKind.UNITS, OTHER_UNIT, None)
    before = by_name(engine)["Sari"]
    cells = {**DEWI, NAME: "Sari", NIP: SARI_NIP, STATUS: "PPPK", STARTS: "2026-10-05"}
    save(engine, cells, unit="LAIN")
    after = by_name(engine, OCTOBER, "LAIN")["Sari"]
    assert after.officer_id == before.officer_id
    assert states(engine)["Sari"] == ELSEWHERE
    assert states(engine, unit="LAIN") == {"Sari": SERVING}


def test_a_mistyped_nip_is_mended_without_a_staff_number(engine: Engine) -> None:
    an_office(engine)
    before = save(engine, DEWI)
    saved = save(engine, {**DEWI, NIP: "198804042015032002"}, "Dewi")
    assert (saved.key, by_name(engine)["Dewi"].nip) == (before.key, "198804042015032002")
    assert [warning.column for warning in saved.warnings] == [NIP]


def test_saving_what_is_known_writes_nothing(engine: Engine) -> None:
    an_office(engine)
    save(engine, DEWI)
    before = everything_in(engine)
    assert not save(engine, DEWI, "Dewi").is_changed
    assert not save(engine, DEWI).is_changed
    assert everything_in(engine) == before


def test_a_new_place_is_appended_and_the_old_one_stays(engine: Engine) -> None:
    an_office(engine)
    save(engine, {**BUDI, JOB_GROUP: "Arsip", STARTS: "2026-11-02"}, "Budi")
    groups = [by_name(engine, month)["Budi"].job_group for month in (OCTOBER, Month(2026, 11))]
    assert groups == ["Tenaga loket", "Arsip"]


def test_a_correction_of_the_same_day_goes_before_and_both_stay_readable(engine: Engine) -> None:
    unit_id = an_office(engine)
    save(engine, {**BUDI, JOB_GROUP: "Arsip"}, "Budi")
    assert by_name(engine)["Budi"].job_group == "Arsip"
    with reading(engine) as session:
        history = history_of(session, unit_id, known(session, "Budi").id or 0)
    assert [(each.job_group, each.is_replaced) for each in history] == [
        ("Arsip", False), ("Tenaga loket", True),
    ]  # fmt: skip


def test_who_stops_serving_is_kept_and_serves_until_the_day(engine: Engine) -> None:
    an_office(engine)
    stop(engine, "Budi", TODAY)
    assert states(engine, TODAY)["Budi"] == SERVING
    assert states(engine, date(2026, 10, 6))["Budi"] == ENDED
    assert "Budi" in by_name(engine, OCTOBER)
    assert "Budi" not in by_name(engine, Month(2026, 11))
    assert len(rows_of(engine, "officer")) == 3


@pytest.mark.parametrize("last_day", [date(2026, 1, 1), date(2025, 12, 31)])
def test_nobody_stops_before_they_began(engine: Engine, last_day: date) -> None:
    an_office(engine)
    with pytest.raises(NotServing):
        stop(engine, "Budi", last_day)


def test_nobody_stops_twice_and_a_last_day_may_come_earlier(engine: Engine) -> None:
    an_office(engine)
    stop(engine, "Budi", date(2026, 10, 30))
    with pytest.raises(NotServing):
        stop(engine, "Budi", date(2026, 11, 30))
    stop(engine, "Budi", date(2026, 10, 9))
    assert states(engine, date(2026, 10, 10))["Budi"] == ENDED


def test_who_begins_later_is_coming(engine: Engine) -> None:
    an_office(engine)
    save(engine, {**DEWI, STARTS: "2026-12-01"})
    assert states(engine)["Dewi"] == COMING


def test_the_list_agrees_with_the_month_on_who_belongs(engine: Engine) -> None:
    """The statement of the list, and the rule in plain Python, after the same moves."""
    an_office(engine)
    take(engine, SheetKind.UNITS, OTHER_UNIT, None)
    moved = {**DEWI, NAME: "Sari", NIP: SARI_NIP, STATUS: "PPPK", STARTS: "2026-09-15"}
    save(engine, moved, unit="LAIN")
    stop(engine, "Budi", date(2026, 8, 31))
    save(engine, DEWI)
    for unit in (UNIT, "LAIN"):
        serving = {name for name, state in states(engine, unit=unit).items() if state == SERVING}
        assert serving == set(by_name(engine, OCTOBER, unit))


def test_an_officer_is_found_in_their_own_unit_only(engine: Engine) -> None:
    unit_id = an_office(engine)
    take(engine, SheetKind.UNITS, OTHER_UNIT, None)
    with reading(engine) as session:
        key = known(session, "Sari").key
        other = unit_with(session, "LAIN").id or 0
        found: list[Any] = [officer_of(session, unit, key) for unit in (unit_id, other)]
        assert [each is None for each in found] == [False, True]
        assert officer_of(session, unit_id, "x" * 12) is None


def test_the_log_keeps_before_and_after_and_no_nip(engine: Engine) -> None:
    an_office(engine)
    save(engine, DEWI)
    save(engine, {**DEWI, NAME: "Dewi, S.E.", NIP: "198804042015032002"}, "Dewi")
    log, detail = str(rows_of(engine, "log_entry")), str(rows_of(engine, "log_detail"))
    assert all(act in log for act in ("officer.added", "officer.changed", "officer.placed"))
    assert '"name.before": "Dewi"' in detail
    assert '"name.after": "Dewi, S.E."' in detail
    assert '"nip.after": "diganti"' in detail
    assert "Dewi" not in log
    assert "19880404" not in log + detail

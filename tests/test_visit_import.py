"""Sheets of visits: each visit once, bad lines named, large files in a few statements."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from aggregation.office.sheet_template import SheetKind, template_csv
from aggregation.sheets.sheet_import import Outcome
from tests.duty_factories import MONDAY, RosteredOffice, half_hour, rostered
from tests.office_factories import close, complaints, take
from tests.record_factories import everything_in, rows_of
from tests.statements import statements

HEADER = "NOMOR ANTREAN;TANGGAL;JAM;LOKET;LAYANAN\n"
TWO = HEADER + "A001;2026-10-05;08.07;L1;KTP-EL\nA002;5/10/2026;08:31:59;l2;\n"
EARLIER = HEADER + "A001;2026-09-30;08.07;L1;\n"


def bring(office: RosteredOffice, text: str | bytes) -> Outcome:
    return take(office.engine, SheetKind.VISITS, text)


def lines_of(*lines: str) -> str:
    return HEADER + "\n".join(lines)


def many(lines: int) -> str:
    days = [date(2026, 9, 1) + timedelta(n) for n in range(20)]
    return HEADER + "".join(
        f"A{n:05};{days[n % 20]};{8 + n % 7:02}.{n % 60:02};L{n % 2 + 1};KTP-EL\n"
        for n in range(lines)
    )


def test_a_sheet_of_visits_is_taken_in_by_half_hours(engine: Engine) -> None:
    office = rostered(engine, "")
    outcome = bring(office, TWO)
    assert outcome.added == ("2026-10-05 L1: 1 kunjungan", "2026-10-05 L2: 1 kunjungan")
    rows = {row["number"]: row for row in rows_of(engine, "visit")}
    assert rows["A001"]["half_hour"] == half_hour(MONDAY, 8)
    assert rows["A002"]["half_hour"] == half_hour(MONDAY, 8, 30)
    assert rows["A001"]["service_id"] == office.services["KTP-EL"]
    assert rows["A002"]["service_id"] is None


def test_the_same_file_twice_changes_nothing(engine: Engine) -> None:
    office = rostered(engine, "")
    bring(office, TWO)
    before = everything_in(engine)
    assert bring(office, TWO) == Outcome(unchanged=2)
    assert everything_in(engine) == before


def test_a_known_number_with_other_content_is_changed(engine: Engine) -> None:
    office = rostered(engine, "")
    bring(office, TWO)
    outcome = bring(office, TWO.replace("08.07;L1", "09.07;L2"))
    assert outcome == Outcome(changed=("2026-10-05 L2: 1 kunjungan",), unchanged=1)
    rows = {row["number"]: row for row in rows_of(engine, "visit")}
    assert rows["A001"]["desk_id"] == office.desks["L2"]
    facts = [r["facts"] for r in rows_of(engine, "log_entry") if r["act"] == "visits.recorded"]
    assert sorted(facts) == ['{"changed": 0, "new": 2}', '{"changed": 1, "new": 0}']


def test_each_bad_line_is_named_and_none_is_kept(engine: Engine) -> None:
    rostered(engine, "")
    sheet = lines_of(
        "A001;2026-10-05;08.07;L9;",
        "A002;2026-10-05;08.07;L1;PASPOR",
        "A003;2026-10-05;25.00;L1;",
        "A004;2026-10-06;08.00;L1;",
        "1371052802900001;2026-10-05;08.00;L1;",
        ";2026-10-05;08.00;L1;",
        "A007;2026-10-05;08.00;L1;",
        "A007;2026-10-05;09.00;L1;",
    )
    no_number = "bukan nomor antrean; paling banyak 20 tanda, dan bukan NIK"
    assert complaints(engine, SheetKind.VISITS, sheet) == [
        "Baris 2, kolom LOKET: L9 bukan loket unit ini; periksa kodenya di daftar loket.",
        "Baris 3, kolom LAYANAN: PASPOR bukan layanan unit ini; periksa kodenya, atau kosongkan.",
        "Baris 4, kolom JAM: “25.00” bukan waktu; tulis jam dan menit seperti 08.07 atau 13.42.",
        "Baris 5, kolom TANGGAL: 2026-10-06 belum tiba; isi tanggal kunjungan yang sudah dilayani.",
        f"Baris 6, kolom NOMOR ANTREAN: “deretan angka” {no_number}.",
        "Baris 7, kolom NOMOR ANTREAN: kosong; kolom ini harus diisi.",
        "Baris 9, kolom NOMOR ANTREAN: A007 sudah ada di baris 8 dengan isi lain; sisakan satu.",
    ]


def test_a_line_that_says_the_same_twice_is_one_visit(sqlite_engine: Engine) -> None:
    office = rostered(sqlite_engine, "")
    outcome = bring(office, TWO + "A001;2026-10-05;08.29;L1;KTP-EL\n")
    assert outcome.unchanged == 1
    assert len(rows_of(sqlite_engine, "visit")) == 2


def test_a_closed_month_takes_no_visit_that_it_does_not_know(engine: Engine) -> None:
    office = rostered(engine, "")
    bring(office, TWO)
    close(engine, office.unit.id)
    assert bring(office, TWO).unchanged == 2
    more = TWO.replace("08.07", "09.07") + "A003;2026-10-05;08.00;L1;\n"
    said = "bulan 2026-10 sudah ditutup, jumlah kunjungannya tetap; hapus baris"
    assert complaints(engine, SheetKind.VISITS, more) == [
        f"Baris {line}, kolom TANGGAL: {said}." for line in (2, 4)
    ]
    assert bring(office, EARLIER).added


def test_columns_may_be_called_otherwise_and_services_left_out(sqlite_engine: Engine) -> None:
    office = rostered(sqlite_engine, "")
    sheet = "Kode Loket;Waktu;No Antrian;Tanggal\nL1;08:07;A001;2026-10-05\n"
    assert len(bring(office, sheet).added) == 1


def test_the_example_can_be_taken_in(sqlite_engine: Engine) -> None:
    office = rostered(sqlite_engine, "")
    assert bring(office, template_csv(SheetKind.VISITS)).added == (
        "2026-01-07 L1: 2 kunjungan",
        "2026-01-07 L2: 1 kunjungan",
    )


@pytest.mark.parametrize("text", [many(200), many(20_000)], ids=["few", "many"])
def test_a_large_file_takes_as_many_statements_as_a_small_one(
    sqlite_engine: Engine, text: str
) -> None:
    office = rostered(sqlite_engine, "")
    with statements(sqlite_engine) as seen:
        bring(office, text)
    assert len(rows_of(sqlite_engine, "visit")) == text.count("\n") - 1
    assert len(seen) <= 16

import doctest
from datetime import date
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from aggregation.models import Assignment
from aggregation.office.sheet_template import SheetKind
from aggregation.people import assignments
from aggregation.people.assignments import AssignedOfficer, last_place_in, officers_of
from survey.database import reading
from survey.month import Month
from survey.units import unit_with
from tests.office_factories import (
    HEAD_NIP,
    OCTOBER,
    OFFICERS,
    SARI_NIP,
    UNIT,
    an_office,
    complaints,
    take,
)
from tests.record_factories import rows_of

HEADER = "NIP;NOMOR PEGAWAI;NAMA;STATUS;KELOMPOK JABATAN;NIP ATASAN;NIP PENILAI;MULAI;SELESAI\n"
OTHER_UNIT = "KODE;NAMA;ZONA WAKTU\nLAIN;Kantor lain;WIB"


def by_name(engine: Engine, month: Month = OCTOBER, unit: str = UNIT) -> dict[str, AssignedOfficer]:
    with reading(engine) as session:
        found = officers_of(session, unit_with(session, unit).id or 0, month)
    return {officer.name: officer for officer in found}


def test_officers_come_with_unit_job_group_head_and_assessor(engine: Engine) -> None:
    an_office(engine)
    officers = by_name(engine)
    head, sari, budi = officers["Ahmad"], officers["Sari"], officers["Budi"]
    assert (sari.nip, sari.employment, sari.job_group) == (SARI_NIP, "PPPK", "Operator")
    assert (sari.head_id, sari.assessor_id) == (head.officer_id, head.officer_id)
    assert (budi.nip, budi.staff_number, budi.employment) == (None, "HL-021", "NON_ASN")
    assert len({officer.key for officer in officers.values()} - {"", None}) == 3


def test_a_sheet_of_officers_taken_in_twice_changes_nothing(engine: Engine) -> None:
    an_office(engine)
    before = [rows_of(engine, table) for table in ("officer", "assignment", "duty_batch")]
    again = take(engine, SheetKind.OFFICERS, OFFICERS)
    assert (again.added, again.changed, again.unchanged) == ((), (), 3)
    assert before == [rows_of(engine, table) for table in ("officer", "assignment", "duty_batch")]


def test_a_name_is_corrected_and_the_key_stays(engine: Engine) -> None:
    an_office(engine)
    before = by_name(engine)["Sari"]
    sheet = f"{HEADER}{SARI_NIP};;Sari Contoh, S.E.;PPPK;Operator;{HEAD_NIP};{HEAD_NIP};2026-01-02;"
    assert take(engine, SheetKind.OFFICERS, sheet).changed == (
        "Sari Contoh, S.E. (semula Sari): data diri diperbaiki",
    )
    after = by_name(engine)["Sari Contoh, S.E."]
    assert (after.officer_id, after.key) == (before.officer_id, before.key)


def test_a_new_assignment_is_appended_and_the_old_one_stays(engine: Engine) -> None:
    an_office(engine)
    sheet = f"{HEADER};HL-021;Budi;NON ASN;Arsip;{HEAD_NIP};;2026-10-12;2026-12-31"
    assert take(engine, SheetKind.OFFICERS, sheet).changed == ("Budi: penempatan mulai 2026-10-12",)
    groups = [by_name(engine, month)["Budi"].job_group for month in (Month(2026, 9), OCTOBER)]
    assert groups == ["Tenaga loket", "Arsip"]
    assert "Budi" not in by_name(engine, Month(2027, 1))
    assert len(rows_of(engine, "assignment")) == 4


def test_who_moves_belongs_to_both_units_in_the_month_of_the_move(engine: Engine) -> None:
    an_office(engine)
    take(engine, SheetKind.UNITS, OTHER_UNIT, None)
    sheet = f"{HEADER}{SARI_NIP};;Sari;PPPK;Arsip;;;2026-10-12;"
    take(engine, SheetKind.OFFICERS, sheet, "LAIN")
    assert ["Sari" in by_name(engine, OCTOBER, unit) for unit in (UNIT, "LAIN")] == [True, True]
    november = Month(2026, 11)
    assert ["Sari" in by_name(engine, november, unit) for unit in (UNIT, "LAIN")] == [False, True]


def test_no_unit_learns_or_changes_the_name_of_another_units_officer(engine: Engine) -> None:
    an_office(engine)
    take(engine, SheetKind.UNITS, OTHER_UNIT, None)
    sheet = f"{HEADER}{SARI_NIP};;Wati;PPPK;Arsip;;;2026-10-12;"
    (found,) = complaints(engine, SheetKind.OFFICERS, sheet, "LAIN")
    assert found == (
        "Baris 2, kolom NIP: dipakai petugas unit lain dengan nama lain; periksa NIP dan namanya."
    )
    assert "Sari" in by_name(engine)


def test_who_becomes_a_civil_servant_keeps_the_person(engine: Engine) -> None:
    an_office(engine)
    before = by_name(engine)["Budi"]
    sheet = f"{HEADER}199505152024211007;HL-021;Budi;PPPK;Operator;;;2026-11-02;"
    take(engine, SheetKind.OFFICERS, sheet)
    after = by_name(engine, Month(2026, 11))["Budi"]
    assert (after.officer_id, after.nip, after.employment) == (
        before.officer_id, "199505152024211007", "PPPK",
    )  # fmt: skip


MISTYPED, RIGHT = "199505152024211007", "199505152024211008"


def with_a_mistyped_nip(engine: Engine) -> str:
    """Set up an office with somebody whose NIP is wrong; return the line that mends it."""
    an_office(engine)
    line = "{};HL-030;Joko;PPPK;;;;2026-01-02;"
    take(engine, SheetKind.OFFICERS, HEADER + line.format(MISTYPED))
    return HEADER + line.format(RIGHT)


def test_a_mistyped_nip_is_mended_by_way_of_the_staff_number(engine: Engine) -> None:
    mended = with_a_mistyped_nip(engine)
    before = by_name(engine)["Joko"]
    outcome = take(engine, SheetKind.OFFICERS, mended)
    after = by_name(engine)["Joko"]
    assert (after.officer_id, after.key, after.nip) == (before.officer_id, before.key, RIGHT)
    assert outcome.changed == ("Joko: data diri diperbaiki",)
    assert [str(warning) for warning in outcome.warnings] == [
        "Baris 2, kolom NIP: menggantikan NIP lama petugas HL-030; pastikan orangnya sama."
    ]
    assert take(engine, SheetKind.OFFICERS, mended).warnings == ()


@pytest.mark.parametrize(
    ("mended", "complaint"),
    [
        (("Joko", "Tono"), "Baris 2, kolom NOMOR PEGAWAI: HL-030 milik petugas dengan NIP dan"),
        ((RIGHT, SARI_NIP), "Baris 2, kolom NIP: NIP dan NOMOR PEGAWAI di baris ini milik dua"),
    ],
)
def test_another_name_or_a_known_nip_mends_nothing(
    engine: Engine, mended: tuple[str, str], complaint: str
) -> None:
    sheet = with_a_mistyped_nip(engine).replace(*mended)
    (found,) = complaints(engine, SheetKind.OFFICERS, sheet)
    assert found.startswith(complaint)


def test_no_other_unit_mends_a_nip(engine: Engine) -> None:
    sheet = with_a_mistyped_nip(engine)
    take(engine, SheetKind.UNITS, OTHER_UNIT, None)
    (found,) = complaints(engine, SheetKind.OFFICERS, sheet, "LAIN")
    assert found.startswith("Baris 2, kolom NOMOR PEGAWAI: HL-030 sudah dipakai unit lain")


def test_one_sheet_gives_a_person_one_nip(engine: Engine) -> None:
    sheet = with_a_mistyped_nip(engine)
    old = f"{MISTYPED};HL-030;Joko;PPPK;;;;2026-11-02;"
    (found,) = complaints(engine, SheetKind.OFFICERS, f"{sheet}\n{old}")
    assert found == "Baris 3, kolom NIP: NIP orang ini lain dari baris 2; samakan keduanya."


def test_one_column_may_hold_nip_or_staff_number(engine: Engine) -> None:
    an_office(engine)
    sheet = f"""
        NIP/NOMOR PEGAWAI;NAMA;STATUS;MULAI
        {SARI_NIP};Sari;PPPK;2026-11-02
        HL-021;Budi;Non-ASN;2026-11-02
    """
    assert len(take(engine, SheetKind.OFFICERS, sheet).changed) == 2
    assert len(rows_of(engine, "officer")) == 3


def test_a_staff_number_of_another_office_is_somebody_else(engine: Engine) -> None:
    an_office(engine)
    take(engine, SheetKind.UNITS, OTHER_UNIT, None)
    sheet = f"{HEADER};HL-021;Joko;NON ASN;;;;2026-01-02;"
    found = complaints(engine, SheetKind.OFFICERS, sheet, "LAIN")
    assert found[0].startswith("Baris 2, kolom NOMOR PEGAWAI: HL-021 sudah dipakai unit lain")


def test_a_nip_with_a_mistake_is_stored_and_warned_of(engine: Engine) -> None:
    an_office(engine)
    sheet = f"{HEADER}19800231 200501 1 008;;Joko;PNS;;;;2026-01-02;"
    warnings = take(engine, SheetKind.OFFICERS, sheet).warnings
    assert [str(w) for w in warnings] == [
        "Baris 2, kolom NIP: tanggal lahir di dalamnya tidak ada di kalender."
    ]
    assert by_name(engine)["Joko"].nip == "198002312005011008"


def test_a_pppk_number_given_as_pns_is_warned_of(sqlite_engine: Engine) -> None:
    an_office(sqlite_engine)
    sheet = f"{HEADER}199505152024211007;;Joko;PNS;;;;2026-01-02;"
    warnings = take(sqlite_engine, SheetKind.OFFICERS, sheet).warnings
    assert "bentuknya PPPK, sedangkan STATUS menulis PNS" in str(warnings[0])


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        (
            "19800101200501100;;Joko;PNS;;;;2026-01-02;",
            "Baris 2, kolom NIP: harus 18 angka",
        ),
        ("1.98001E+17;;Joko;PNS;;;;2026-01-02;", "Baris 2, kolom NIP: terbaca sebagai angka"),
        ("19800101200501100O;;Joko;PNS;;;;2026-01-02;", "Baris 2, kolom NIP: hanya boleh berisi"),
        (";;Joko;PNS;;;;2026-01-02;", "Baris 2, kolom NIP: kosong; PNS memerlukan NIP"),
        (";;Joko;NON ASN;;;;2026-01-02;", "Baris 2, kolom NOMOR PEGAWAI: kosong; NON ASN"),
        (";1371010101900001;Joko;NON ASN;;;;2026-01-02;", "Baris 2, kolom NOMOR PEGAWAI: tampak"),
        (";HL#9;Joko;NON ASN;;;;2026-01-02;", "Baris 2, kolom NOMOR PEGAWAI: bukan nomor pegawai"),
        (f"{SARI_NIP};;Sari;NON ASN;;;;2026-11-02;", "Baris 2, kolom STATUS: NON ASN tidak"),
        (f"{SARI_NIP};;Sari;HONORER;;;;2026-11-02;", "Baris 2, kolom STATUS: “HONORER” tidak"),
        (f"{SARI_NIP};;;PPPK;;;;2026-11-02;", "Baris 2, kolom NAMA: kosong"),
        (f"{SARI_NIP};;{'x' * 201};PPPK;;;;2026-11-02;", "Baris 2, kolom NAMA: terlalu panjang"),
        (f"{SARI_NIP};;Sari;PPPK;;;;;", "Baris 2, kolom MULAI: kosong"),
        (f"{SARI_NIP};;Sari;PPPK;;;;0006-10-05;", "Baris 2, kolom MULAI: tahun 0006 tidak mungkin"),
        (
            f"{SARI_NIP};;Sari;PPPK;;;;2026-11-02;2026-11-01",
            "Baris 2, kolom SELESAI: 2026-11-01",
        ),
        (f"{SARI_NIP};;Sari;PPPK;;HL-999;;2026-11-02;", "Baris 2, kolom NIP ATASAN: tidak dikenal"),
        (
            f"{SARI_NIP};;Sari;PPPK;;{SARI_NIP};;2026-11-02;",
            "Baris 2, kolom NIP ATASAN: petugas",
        ),
        (
            f"{SARI_NIP};;Sari;PPPK;;;123456789012;2026-11-02;",
            "Baris 2, kolom NIP PENILAI: harus",
        ),
        (
            f"{SARI_NIP};HL-021;Sari;PPPK;;;;2026-11-02;",
            "Baris 2, kolom NIP: NIP dan NOMOR",
        ),
        (
            f"{SARI_NIP};;Sari;PPPK;;;;2026-11-02;\n{SARI_NIP};;Sari;PPPK;;;;2026-11-02;",
            "Baris 3, kolom MULAI: orang dan tanggal yang sama ada di baris 2",
        ),
        (
            f"{SARI_NIP};;Sari;PPPK;;;;2026-11-02;\n{SARI_NIP};;Sri;PPPK;;;;2026-12-01;",
            "Baris 3, kolom NAMA: nama atau status orang ini lain dari baris 2",
        ),
    ],
)
def test_a_bad_line_of_officers_is_named_with_line_and_column(
    sqlite_engine: Engine, lines: str, complaint: str
) -> None:
    an_office(sqlite_engine)
    found = complaints(sqlite_engine, SheetKind.OFFICERS, HEADER + lines)
    assert [text[: len(complaint)] for text in found] == [complaint]


def test_all_bad_lines_are_named_at_once(sqlite_engine: Engine) -> None:
    an_office(sqlite_engine)
    lines = [f";{number};Joko;NON ASN;;;;kapan;" for number in ("A-1", "A-2", "A-3")]
    found = complaints(sqlite_engine, SheetKind.OFFICERS, HEADER + "\n".join(lines))
    assert [text.split(":")[0] for text in found] == [f"Baris {n}, kolom MULAI" for n in (2, 3, 4)]


def test_no_number_of_a_person_reaches_the_log_or_a_sentence(engine: Engine) -> None:
    an_office(engine)
    bad = f"{HEADER}{SARI_NIP}9;;Sari;PPPK;;{SARI_NIP}7;{HEAD_NIP};2026-11-02;"
    told = complaints(engine, SheetKind.OFFICERS, bad)
    log = rows_of(engine, "log_entry") + rows_of(engine, "log_detail")
    for number in (SARI_NIP, HEAD_NIP, "19900228"):
        assert number not in str(told) + str(log)


def test_names_lie_in_the_erasable_detail_only(engine: Engine) -> None:
    an_office(engine)
    assert "Sari" not in str(rows_of(engine, "log_entry"))
    assert "Sari" in str(rows_of(engine, "log_detail"))


DAYS = st.dates(date(2026, 8, 1), date(2026, 12, 31))
PLACES = st.builds(
    lambda unit, days, ends: Assignment(
        id=uuid4(),
        batch_id=uuid4(),
        officer_id=1,
        unit_id=unit,
        starts_on=min(days),
        ends_on=max(days) if ends else None,
    ),
    st.integers(1, 2), st.tuples(DAYS, DAYS), st.booleans(),
)  # fmt: skip


def holds_on(places: list[Assignment], day: date) -> Assignment | None:
    """The rule again, for one day: the newest that has begun, unless it has ended."""
    begun = [place for place in places if place.starts_on <= day]
    newest = max((place.starts_on for place in begun), default=None)
    last = [place for place in begun if place.starts_on == newest][-1:]
    return next((p for p in last if p.ends_on is None or day <= p.ends_on), None)


@given(st.lists(PLACES, max_size=6), st.integers(1, 2))
def test_the_place_of_a_month_is_that_of_its_last_day_in_the_unit(
    places: list[Assignment], unit: int
) -> None:
    by_day = [holds_on(places, day) for day in OCTOBER.days()]
    here = [place for place in by_day if place is not None and place.unit_id == unit]
    assert last_place_in(places, unit, OCTOBER) is (here[-1] if here else None)


def test_worked_examples_of_assignments_hold() -> None:
    assert doctest.testmod(assignments).failed == 0

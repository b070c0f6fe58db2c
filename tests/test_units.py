import json

import pytest
from sqlalchemy import Engine

from aggregation.office.sheet_template import SheetKind
from survey.database import reading, writing
from survey.desks import find_desk, services_of, signed_code
from survey.models import KnownResponse
from survey.services import DISDUKCAPIL, add_services, services_by_code
from survey.set_up import TimeZoneInUse, add_unit, desks_by_code, move_clock
from survey.units import unit_with
from tests.office_factories import DESKS, OCTOBER, an_office, by_code, complaints, take
from tests.record_factories import DESK_KEY, rows_of, visit
from tests.record_factories import an_office as a_rated_office

TREE = """
    KODE;NAMA;INDUK;ZONA WAKTU;URUTAN UNSUR;JAWABAN BIAYA
    DUKCAPIL;Disdukcapil;KOTA;WIB;LAMPIRAN;Sangat mahal / Cukup mahal / Murah / Gratis
    KOTA;Kota Contoh;;Asia/Jakarta;;
"""


def test_units_may_stand_in_any_order_and_form_a_tree(engine: Engine) -> None:
    assert len(take(engine, SheetKind.UNITS, TREE, None).added) == 2
    units = by_code(engine, "service_unit")
    assert units["DUKCAPIL"]["parent_id"] == units["KOTA"]["id"]
    assert units["DUKCAPIL"]["element_order"] == "annex"
    assert json.loads(units["DUKCAPIL"]["biaya_answers"])[3] == "Gratis"


def test_a_sheet_of_units_taken_in_twice_changes_nothing(engine: Engine) -> None:
    take(engine, SheetKind.UNITS, TREE, None)
    again = take(engine, SheetKind.UNITS, TREE, None)
    assert (again.added, again.changed, again.unchanged) == ((), (), 2)


def test_an_empty_cell_keeps_what_is_known(sqlite_engine: Engine) -> None:
    take(sqlite_engine, SheetKind.UNITS, TREE, None)
    renamed = "KODE;NAMA\nDUKCAPIL;Dinas Dukcapil"
    assert take(sqlite_engine, SheetKind.UNITS, renamed, None).changed == (
        "DUKCAPIL: Dinas Dukcapil",
    )
    unit = by_code(sqlite_engine, "service_unit")["DUKCAPIL"]
    assert (unit["name"], unit["element_order"]) == ("Dinas Dukcapil", "annex")
    assert unit["parent_id"] is not None


def test_new_units_stand_below_the_one_named_on_the_command_line(sqlite_engine: Engine) -> None:
    take(sqlite_engine, SheetKind.UNITS, "KODE;NAMA;ZONA WAKTU\nKOTA;Kota;WITA", None)
    take(sqlite_engine, SheetKind.UNITS, "KODE;NAMA;ZONA WAKTU\nUPTD;UPTD Barat;WIT", "KOTA")
    units = by_code(sqlite_engine, "service_unit")
    assert units["UPTD"]["parent_id"] == units["KOTA"]["id"]
    assert units["KOTA"]["time_zone"] == "Asia/Makassar"
    assert units["UPTD"]["time_zone"] == "Asia/Jayapura"


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ("A;;;WIB;;", "Baris 2, kolom NAMA: kosong; kolom ini harus diisi."),
        (";Unit;;WIB;;", "Baris 2, kolom KODE: kosong; kolom ini harus diisi."),
        ("A B;Unit;;WIB;;", "Baris 2, kolom KODE: “A B” bukan kode"),
        (f"{'A' * 41};Unit;;WIB;;", "Baris 2, kolom KODE: terlalu panjang (41 huruf)"),
        ("A;Unit;;Jakarta;;", "Baris 2, kolom ZONA WAKTU: “Jakarta” bukan zona waktu"),
        ("A;Unit;;;;", "Baris 2, kolom ZONA WAKTU: kosong; unit baru memerlukan zona waktu"),
        ("A;Unit;X;WIB;;", "Baris 2, kolom INDUK: tidak ada unit X"),
        ("A;Unit;A;WIB;;", "Baris 2, kolom INDUK: unit ini menjadi bawahan dirinya sendiri"),
        ("A;Unit;;WIB;abjad;", "Baris 2, kolom URUTAN UNSUR: “abjad” tidak dikenal"),
        ("A;Unit;;WIB;;Mahal / Murah", "Baris 2, kolom JAWABAN BIAYA: harus empat jawaban"),
        ("A;Unit;;WIB;;a / b / c / ", "Baris 2, kolom JAWABAN BIAYA: harus empat jawaban"),
        ("A;U;;WIB;;\nA;V;;WIB;;", "Baris 3, kolom KODE: A sudah ada di baris 2"),
        ("A;U;;WIB;;;lebih", "Baris 2: berisi lebih banyak sel daripada judul kolom"),
    ],
)
def test_a_bad_line_of_units_is_named_with_line_and_column(
    sqlite_engine: Engine, lines: str, complaint: str
) -> None:
    sheet = f"KODE;NAMA;INDUK;ZONA WAKTU;URUTAN UNSUR;JAWABAN BIAYA\n{lines}"
    found = complaints(sqlite_engine, SheetKind.UNITS, sheet, None)
    assert len(found) == 1
    assert found[0].startswith(complaint)


def test_a_circle_of_units_is_refused_on_each_of_its_lines(sqlite_engine: Engine) -> None:
    circle = "KODE;NAMA;INDUK;ZONA WAKTU\nA;A;C;WIB\nB;B;A;WIB\nC;C;B;WIB"
    assert len(complaints(sqlite_engine, SheetKind.UNITS, circle, None)) == 3


def test_the_time_zone_may_be_corrected_until_somebody_responds(engine: Engine) -> None:
    with writing(engine) as session:
        unit_id = add_unit(session, "A", "Unit", "Asia/Jakarta")
    take(engine, SheetKind.UNITS, "KODE;NAMA;ZONA WAKTU\nA;Unit;WITA", None)
    with writing(engine) as session:
        session.add(KnownResponse(id=visit().id, unit_id=unit_id, month=OCTOBER))
    found = complaints(engine, SheetKind.UNITS, "KODE;NAMA;ZONA WAKTU\nA;Unit;WIT", None)
    assert found[0].startswith("Baris 2, kolom ZONA WAKTU: tidak dapat diganti dari Asia/Makassar")
    with writing(engine) as session, pytest.raises(TimeZoneInUse):
        move_clock(session, unit_with(session, "A"), "Asia/Jakarta")


def test_an_office_of_civil_registration_begins_with_ten_services(engine: Engine) -> None:
    with writing(engine) as session:
        unit_id = add_unit(session, "A", "Unit", "Asia/Jakarta")
        assert len(add_services(session, unit_id, DISDUKCAPIL)) == 10
        assert list(services_by_code(session, unit_id))[:2] == ["KTP-EL", "KK"]


def test_services_are_added_renamed_and_closed(engine: Engine) -> None:
    an_office(engine)
    sheet = "KODE;NAMA;AKTIF\nKTP-EL;KTP-el;\nKK;Kartu keluarga;tidak\nKIA;Kartu anak;ya"
    outcome = take(engine, SheetKind.SERVICES, sheet)
    assert outcome.added == ("KIA: Kartu anak",)
    assert outcome.changed == ("KTP-EL: KTP-el", "KK: Kartu keluarga")
    active = {code: row["active"] for code, row in by_code(engine, "service").items()}
    assert active == {"KTP-EL": True, "KK": False, "KIA": True}


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ("KK;KK;barangkali", "Baris 2, kolom AKTIF: “barangkali” tidak dikenal; pakai YA, TIDAK"),
        ("KK;KK;\nKK;KK;", "Baris 3, kolom KODE: KK sudah ada di baris 2"),
        (f"KK;{'x' * 121};", "Baris 2, kolom NAMA: terlalu panjang (121 huruf); paling banyak 120"),
        ("KK;Kartu\u200bkeluarga;", "Baris 2, kolom NAMA: berisi tanda yang tidak terlihat"),
    ],
)
def test_a_bad_line_of_services_is_named(sqlite_engine: Engine, lines: str, complaint: str) -> None:
    an_office(sqlite_engine)
    found = complaints(sqlite_engine, SheetKind.SERVICES, f"KODE;NAMA;AKTIF\n{lines}")
    assert [text.startswith(complaint) for text in found] == [True]


def test_a_new_desk_has_a_code_of_its_own_for_the_poster(engine: Engine) -> None:
    unit_id = an_office(engine)
    with reading(engine) as session:
        keys = [desk.public_key for desk in desks_by_code(session, unit_id).values()]
        first = find_desk(session.connection(), signed_code(keys[0], DESK_KEY), DESK_KEY)
        assert (first.name, [code for code, _ in services_of(session.connection(), first)]) == (
            "Loket 1",
            ["KTP-EL"],
        )
    assert len(set(keys)) == 3


def test_renaming_a_desk_keeps_its_poster(engine: Engine) -> None:
    an_office(engine)
    before = by_code(engine, "desk")["L1"]
    sheet = "KODE;NAMA;KETERANGAN;LAYANAN;BUKA DENGAN;AKTIF\nL1;Loket A;Baru;KK;SKM;tidak"
    assert take(engine, SheetKind.DESKS, sheet).changed == ("L1: Loket A",)
    new_words = {"name": "Loket A", "about": "Baru", "opens_with": "skm", "active": False}
    assert by_code(engine, "desk")["L1"] == before | new_words


def test_moving_a_desk_to_another_service_moves_no_response(sqlite_engine: Engine) -> None:
    office = a_rated_office(sqlite_engine, services=["KTP-EL", "KK"])
    office.send(visit())
    before = office.responses
    sheet = f"KODE;NAMA;LAYANAN\n{rows_of(sqlite_engine, 'desk')[0]['code']};Pindah;KK"
    take(sqlite_engine, SheetKind.DESKS, sheet, office.desk.unit_code)
    assert office.responses == before


@pytest.mark.parametrize(("before", "after"), [("counter", "RUANG"), ("hall", "LOKET")])
def test_a_desk_with_responses_of_an_open_month_does_not_become_a_hall_or_cease_to_be_one(
    engine: Engine, before: str, after: str
) -> None:
    office = a_rated_office(engine)
    office.change("UPDATE desk SET kind = :kind", kind=before)
    office.send(visit())
    sheet = f"KODE;NAMA;JENIS\n{rows_of(engine, 'desk')[0]['code']};Loket;{after}"
    (found,) = complaints(engine, SheetKind.DESKS, sheet, office.desk.unit_code)
    assert found.startswith(
        "Baris 2, kolom JENIS: loket ini sudah menerima tanggapan di bulan 2026-10"
    )
    office.close()
    assert take(engine, SheetKind.DESKS, sheet, office.desk.unit_code).changed


def test_other_kinds_of_a_desk_attribute_alike_and_may_change(sqlite_engine: Engine) -> None:
    office = a_rated_office(sqlite_engine)
    office.send(visit())
    sheet = f"KODE;NAMA;JENIS\n{rows_of(sqlite_engine, 'desk')[0]['code']};Loket;KELILING"
    assert take(sqlite_engine, SheetKind.DESKS, sheet, office.desk.unit_code).changed


def test_a_sheet_of_desks_taken_in_twice_changes_nothing(engine: Engine) -> None:
    an_office(engine)
    again = take(engine, SheetKind.DESKS, DESKS)
    assert (again.added, again.changed, again.unchanged) == ((), (), 3)


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        (
            "L9;Loket 9;LOKET;SIM;",
            "Baris 2, kolom LAYANAN: SIM bukan layanan unit ini",
        ),
        ("L9;Loket 9;LOKET;KTP EL;", "Baris 2, kolom LAYANAN: “KTP EL” bukan kode"),
        ("L9;Loket 9;MEJA;;", "Baris 2, kolom JENIS: “MEJA” tidak dikenal; pakai LOKET, RUANG"),
        ("L9;Loket 9;;;BINTANG", "Baris 2, kolom BUKA DENGAN: “BINTANG” tidak dikenal"),
        ("L9;;;;", "Baris 2, kolom NAMA: kosong"),
        ("L9;Loket;;;\nl9;Loket;;;", "Baris 3, kolom KODE: L9 sudah ada di baris 2"),
    ],
)
def test_a_bad_line_of_desks_is_named(sqlite_engine: Engine, lines: str, complaint: str) -> None:
    an_office(sqlite_engine)
    found = complaints(
        sqlite_engine, SheetKind.DESKS, f"KODE;NAMA;JENIS;LAYANAN;BUKA DENGAN\n{lines}"
    )
    assert [text.startswith(complaint) for text in found] == [True]


def test_each_import_is_logged_with_counts_and_without_names(engine: Engine) -> None:
    an_office(engine)
    log = rows_of(engine, "log_entry")
    assert sorted(row["act"] for row in log) == [
        "desks.imported", "officers.imported", "services.imported", "units.imported",
    ]  # fmt: skip
    assert all("Loket 1" not in row["facts"] and "Wati" not in str(row) for row in log)
    assert all(row["detail_digest"] is not None for row in log)

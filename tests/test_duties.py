import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from aggregation.changes.batch import Cause
from aggregation.duties.duty_check import check_duties
from aggregation.duties.duty_lines import DayException, RosterLine
from aggregation.duties.recorded_duties import (
    DutyOfClosedMonth,
    ReasonMissing,
    duties_of,
    record_duties,
)
from aggregation.duties.roster import who_served
from aggregation.models import Officer
from aggregation.office.sheet_template import SheetKind
from survey.database import reading, writing
from survey.month import Month, starts
from survey.set_up import desks_by_code
from tests.office_factories import (
    NOON,
    OCTOBER,
    SARI_NIP,
    an_office,
    close,
    complaints,
    duty_sheet,
    take,
)
from tests.record_factories import rows_of

MONDAY = date(2026, 10, 5)
WEEK = duty_sheet(
    f"L1;{SARI_NIP};Senin–Jumat;;08.00;12.00;2026-10-01;Jadwal awal",
    "L1;HL-021;Senin–Kamis;;13.00;15.00;2026-10-01;Jadwal awal",
)
CAUSE = Cause("Wati", "Jadwal awal", NOON)


def served_on(engine: Engine, unit_id: int, day: date = MONDAY) -> list[str]:
    """Who served on a day, as people would say it."""
    with reading(engine) as session:
        names = {officer.id: officer.name for officer in session.exec(select(Officer))}
        codes = {desk.id: code for code, desk in desks_by_code(session, unit_id).items()}
        month = Month.of(day)
        return [
            f"{codes[s.desk_id]} {starts(s.starts):%H.%M}–{starts(s.ends):%H.%M} "
            f"{names[s.officer_id]}"
            for s in who_served(duties_of(session, unit_id, month), month)
            if starts(s.starts).date() == day
        ]


def ids(engine: Engine, unit_id: int) -> tuple[int, int]:
    """The ids of desk L1 and of Sari."""
    with reading(engine) as session:
        sari = session.exec(select(Officer).where(Officer.nip == SARI_NIP)).one()
        return desks_by_code(session, unit_id)["L1"].id or 0, sari.id or 0


def test_a_roster_sheet_says_who_serves_each_half_hour(engine: Engine) -> None:
    unit_id = an_office(engine)
    assert len(take(engine, SheetKind.DUTIES, WEEK).added) == 9
    assert served_on(engine, unit_id) == ["L1 08.00–12.00 Sari", "L1 13.00–15.00 Budi"]
    assert served_on(engine, unit_id, date(2026, 10, 9)) == ["L1 08.00–12.00 Sari"]
    assert served_on(engine, unit_id, date(2026, 9, 28)) == []


def test_an_exception_moves_one_day_only(engine: Engine) -> None:
    unit_id = an_office(engine)
    take(engine, SheetKind.DUTIES, WEEK)
    sick = duty_sheet(
        "L1;HL-021;;2026-10-05;08.00;10.00;;Sari sakit", "L1;KOSONG;;5/10/2026;10:00;12:00;;Sakit"
    )
    take(engine, SheetKind.DUTIES, sick)
    assert served_on(engine, unit_id) == ["L1 08.00–10.00 Budi", "L1 13.00–15.00 Budi"]
    assert served_on(engine, unit_id, date(2026, 10, 12))[0] == "L1 08.00–12.00 Sari"


def test_the_latest_batch_goes_before_and_nothing_is_deleted(engine: Engine) -> None:
    unit_id = an_office(engine)
    take(engine, SheetKind.DUTIES, WEEK)
    new = duty_sheet("L1;HL-021;Senin;;08.00;09.00;2026-10-05;Ganti jadwal")
    outcome = take(engine, SheetKind.DUTIES, new)
    assert outcome.changed == ("L1: jadwal mingguan lama diganti mulai 2026-10-05",)
    assert "Selasa, Rabu, Kamis, Jumat tidak lagi dilayani" in str(outcome.warnings[0])
    assert served_on(engine, unit_id) == ["L1 08.00–09.00 Budi"]
    assert len(rows_of(engine, "duty")) == 10


def test_a_batch_keeps_author_reason_and_number(engine: Engine) -> None:
    an_office(engine)
    take(engine, SheetKind.DUTIES, WEEK, by="Kepala Loket")
    batches = sorted(rows_of(engine, "duty_batch"), key=lambda row: row["number"])
    assert [row["number"] for row in batches] == [1, 2]
    assert (batches[1]["recorded_by"], batches[1]["reason"]) == ("Kepala Loket", "Jadwal awal")


def test_the_log_counts_duties_and_keeps_the_reason_apart(engine: Engine) -> None:
    an_office(engine)
    take(engine, SheetKind.DUTIES, duty_sheet("L1;HL-021;;2026-10-05;08.00;10.00;;Sari sakit"))
    (entry,) = [row for row in rows_of(engine, "log_entry") if row["act"] == "duties.recorded"]
    assert json.loads(entry["facts"]) == {
        "exceptions": 1, "needs_approval": False, "of_past_days": 0, "roster_lines": 0,
    }  # fmt: skip
    details = {row["entry_id"]: row["text"] for row in rows_of(engine, "log_detail")}
    assert "Sari sakit" in details[entry["id"]]


def test_a_spreadsheet_may_have_turned_the_times_into_numbers(sqlite_engine: Engine) -> None:
    unit_id = an_office(sqlite_engine)
    numbers = duty_sheet("L1;HL-021;;46300;0.333333333333333;8.3;;Rapat")
    take(sqlite_engine, SheetKind.DUTIES, numbers)
    assert served_on(sqlite_engine, unit_id) == ["L1 08.00–08.30 Budi"]


BAD_LINES = f"""
L1;HL-021;Senin;;08.10;12.00;2026-11-02;
    kolom MULAI: 08.10 bukan awal setengah jam; pakai 08.00 atau 08.30.
L1;HL-021;Senin;;08.00;11.59;2026-11-02;
    kolom SELESAI: 11.59 bukan awal setengah jam
L1;HL-021;Senin;;12.00;08.00;2026-11-02;
    kolom SELESAI: 08.00 tidak sesudah MULAI 12.00
L1;HL-021;Senin;;08.00;08.00;2026-11-02;
    kolom SELESAI: 08.00 tidak sesudah MULAI 08.00
L1;HL-021;Senin;;-1;08.00;2026-11-02;
    kolom MULAI: “-1” bukan waktu
L1;HL-021;Senin;;pagi;08.00;2026-11-02;
    kolom MULAI: “pagi” bukan waktu
L1;HL-021;Senin;;;08.00;2026-11-02;
    kolom MULAI: kosong
L1;HL-021;Senin;;08.00;25.00;2026-11-02;
    kolom SELESAI: “25.00” bukan waktu
L9;HL-021;Senin;;08.00;12.00;2026-11-02;
    kolom LOKET: L9 bukan loket unit ini; yang ada: L1, L2, AULA
AULA;HL-021;Senin;;08.00;12.00;2026-11-02;
    kolom LOKET: AULA adalah ruang bersama
;HL-021;Senin;;08.00;12.00;2026-11-02;
    kolom LOKET: kosong
L1;HL-999;Senin;;08.00;12.00;2026-11-02;
    kolom NIP/NOMOR PEGAWAI: tidak dikenal di unit ini
L1;19900228 202121 2 01;Senin;;08.00;12.00;2026-11-02;
    kolom NIP/NOMOR PEGAWAI: harus 18 angka, di sini 17
L1;1.99002E+17;Senin;;08.00;12.00;2026-11-02;
    kolom NIP/NOMOR PEGAWAI: terbaca sebagai angka
L1;;Senin;;08.00;12.00;2026-11-02;
    kolom NIP/NOMOR PEGAWAI: kosong; isi nomor petugas, atau KOSONG
L1;KOSONG;Senin;;08.00;12.00;2026-11-02;
    kolom NIP/NOMOR PEGAWAI: KOSONG hanya untuk baris bertanggal
L1;HL-021;Monday;;08.00;12.00;2026-11-02;
    kolom HARI: “Monday” bukan nama hari
L1;HL-021;Jumat–Senin;;08.00;12.00;2026-11-02;
    kolom HARI: “Jumat–Senin” berjalan mundur
L1;HL-021;;;08.00;12.00;;
    kolom HARI: HARI dan TANGGAL kosong
L1;HL-021;Senin;2026-11-02;08.00;12.00;;x
    kolom TANGGAL: HARI dan TANGGAL terisi
L1;HL-021;Senin;;08.00;12.00;;
    kolom BERLAKU MULAI: kosong
L1;HL-021;;2026-11-02;08.00;12.00;2026-11-02;x
    kolom BERLAKU MULAI: hanya untuk jadwal mingguan
L1;HL-021;;0006-11-02;08.00;12.00;;x
    kolom TANGGAL: tahun 0006 tidak mungkin
L1;HL-021;;31/11/2026;08.00;12.00;;x
    kolom TANGGAL: “31/11/2026” tidak ada di kalender
L1;HL-021;Senin;;08.00;12.00;awal bulan;
    kolom BERLAKU MULAI: “awal bulan” bukan tanggal
L1;HL-021;;2026-11-02;08.00;12.00;;
    kolom ALASAN: kosong; perubahan satu hari
L1;HL-021;Senin;;08.00;12.00;2026-10-04;
    kolom ALASAN: kosong; perubahan satu hari atau hari yang telah lewat
L1;HL-021;;2026-11-02;08.00;12.00;;{"x" * 401}
    kolom ALASAN: terlalu panjang (401 huruf)
"""


def pairs(text: str) -> list[tuple[str, str]]:
    """Return each line with the complaint below it."""
    lines = text.strip().splitlines()
    return [(line, below.strip()) for line, below in zip(lines[::2], lines[1::2], strict=True)]


@pytest.mark.parametrize(("line", "complaint"), pairs(BAD_LINES))
def test_a_bad_line_of_duties_is_named_with_line_and_column(
    sqlite_engine: Engine, line: str, complaint: str
) -> None:
    an_office(sqlite_engine)
    sheet = duty_sheet("L2;HL-021;Senin;;08.00;12.00;2026-11-02;", line)
    found = complaints(sqlite_engine, SheetKind.DUTIES, sheet)
    assert [text[: len(complaint) + 9] for text in found] == [f"Baris 3, {complaint}"]


def test_one_bad_line_keeps_the_good_ones_out(engine: Engine) -> None:
    an_office(engine)
    sheet = WEEK + "\nL1;HL-021;Senin;;08.10;12.00;2026-11-02;"
    assert len(complaints(engine, SheetKind.DUTIES, sheet)) == 1
    assert rows_of(engine, "duty") == []


def test_the_same_line_twice_is_refused(sqlite_engine: Engine) -> None:
    an_office(sqlite_engine)
    line = "L1;HL-021;Senin;;08.00;12.00;2026-11-02;"
    found = complaints(sqlite_engine, SheetKind.DUTIES, duty_sheet(line, line))
    assert found == ["Baris 3: sama dengan baris 2 (L1 Senin 08.00–12.00: Budi); hapus salah satu."]


def test_two_officers_at_one_desk_are_warned_of(engine: Engine) -> None:
    unit_id = an_office(engine)
    sheet = duty_sheet(
        f"L1;{SARI_NIP};Senin;;08.00;12.30;2026-10-05;", "L1;HL-021;Senin;;12.00;15.00;2026-10-05;"
    )
    (warning,) = take(engine, SheetKind.DUTIES, sheet).warnings
    assert str(warning).startswith("Baris 3, kolom MULAI: bertumpang tindih dengan baris 2")
    assert served_on(engine, unit_id) == ["L1 08.00–12.00 Sari", "L1 12.30–15.00 Budi"]


def test_one_officer_at_two_desks_is_warned_of(sqlite_engine: Engine) -> None:
    an_office(sqlite_engine)
    sheet = duty_sheet(
        "L1;HL-021;Senin;;08.00;12.30;2026-10-05;", "L2;HL-021;Senin;;12.00;15.00;2026-10-05;"
    )
    (warning,) = take(sqlite_engine, SheetKind.DUTIES, sheet).warnings
    assert str(warning).startswith("Baris 3, kolom LOKET: petugas ini juga di L1")


def test_a_day_of_a_closed_month_cannot_be_moved(engine: Engine) -> None:
    unit_id = an_office(engine)
    close(engine, unit_id)
    sheet = duty_sheet(
        "L1;HL-021;;2026-10-05;08.00;10.00;;Sakit",
        "L1;HL-021;;2026-11-02;08.00;10.00;;Sakit",
        "L1;HL-021;Senin;;08.00;10.00;2026-09-07;Sejak lama",
    )
    assert complaints(engine, SheetKind.DUTIES, sheet) == [
        "Baris 2, kolom TANGGAL: bulan 2026-10 sudah ditutup dan hanya berubah lewat revisi.",
        "Baris 4, kolom BERLAKU MULAI: bulan 2026-10 sudah ditutup; mulailah 2026-11-01.",
    ]


def test_a_closed_month_is_guarded_below_the_sheets_too(engine: Engine) -> None:
    unit_id = an_office(engine)
    close(engine, unit_id)
    desk_id, sari = ids(engine, unit_id)
    roster = RosterLine(desk_id, sari, 1, date(2026, 10, 31), 16, 24)
    sickness = DayException(desk_id, None, MONDAY, 16, 24)
    with writing(engine) as session:
        with pytest.raises(DutyOfClosedMonth):
            record_duties(session, unit_id, [roster], CAUSE)
        with pytest.raises(DutyOfClosedMonth):
            record_duties(session, unit_id, [sickness], CAUSE)
    assert rows_of(engine, "duty") == []


def test_an_exception_without_a_reason_is_refused(sqlite_engine: Engine) -> None:
    unit_id = an_office(sqlite_engine)
    desk_id, _ = ids(sqlite_engine, unit_id)
    line = DayException(desk_id, None, MONDAY, 16, 24)
    with writing(sqlite_engine) as session, pytest.raises(ReasonMissing):
        record_duties(session, unit_id, [line], Cause("Wati", "", NOON))


def test_a_reason_for_the_whole_sheet_serves_lines_without_one(sqlite_engine: Engine) -> None:
    unit_id = an_office(sqlite_engine)
    sheet = duty_sheet("L1;HL-021;;2026-10-05;08.00;10.00;;")
    take(sqlite_engine, SheetKind.DUTIES, sheet, reason="Sesuai surat tugas")
    assert served_on(sqlite_engine, unit_id) == ["L1 08.00–10.00 Budi"]


def test_past_is_what_is_past_in_the_units_own_time_zone(sqlite_engine: Engine) -> None:
    an_office(sqlite_engine)
    evening = datetime(2026, 10, 4, 18, 0, tzinfo=UTC)  # already Monday in Jakarta
    sheet = duty_sheet("L1;HL-021;Senin;;08.00;10.00;2026-10-05;")
    assert take(sqlite_engine, SheetKind.DUTIES, sheet, at=evening).added


def test_duties_stay_when_a_desk_becomes_a_hall_and_no_longer_attribute(engine: Engine) -> None:
    unit_id = an_office(engine)
    take(engine, SheetKind.DUTIES, WEEK)
    take(engine, SheetKind.DESKS, "KODE;NAMA;JENIS\nL1;Loket 1;RUANG")
    assert served_on(engine, unit_id) == []
    assert len(rows_of(engine, "duty")) == 9


def test_editing_a_person_or_a_desk_moves_no_half_hour(engine: Engine) -> None:
    unit_id = an_office(engine)
    take(engine, SheetKind.DUTIES, WEEK)
    with reading(engine) as session:
        before = who_served(duties_of(session, unit_id, OCTOBER), OCTOBER)
    take(engine, SheetKind.DESKS, "KODE;NAMA\nL1;Loket A")
    person = f"NIP;NAMA;STATUS;MULAI\n{SARI_NIP};Sari Baru;PPPK;2026-11-01"
    take(engine, SheetKind.OFFICERS, person)
    with reading(engine) as session:
        assert who_served(duties_of(session, unit_id, OCTOBER), OCTOBER) == before


def test_the_check_names_gaps_overlaps_and_desks_without_duty(engine: Engine) -> None:
    unit_id = an_office(engine)
    sheet = duty_sheet(
        f"L1;{SARI_NIP};Kamis;;08.00;12.30;2026-10-08;Awal",
        "L1;HL-021;Kamis;;12.00;15.00;2026-10-08;Awal",
        "L1;KOSONG;;2026-10-15;08.00;15.00;;Libur daerah",
    )
    take(engine, SheetKind.DUTIES, sheet)
    with reading(engine) as session:
        found = check_duties(session, unit_id, OCTOBER)
    assert found.overlaps == tuple(
        f"L1 Kamis 2026-10-{day} 12.00–12.30: Budi, Sari" for day in ("08", "22", "29")
    )
    assert found.gaps == ("L1 Kamis 2026-10-01 08.00–15.00",)
    assert found.declared == ("L1 Kamis 2026-10-15 08.00–15.00",)
    assert found.without_duty == ("L2",)


def test_two_authors_at_once_take_two_numbers(engine: Engine) -> None:
    unit_id = an_office(engine)
    desk_id, sari = ids(engine, unit_id)

    def record(weekday: int) -> None:
        line = RosterLine(desk_id, sari, weekday, date(2026, 11, 2), 16, 24)
        with writing(engine) as session:
            record_duties(session, unit_id, [line], CAUSE)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(record, [1, 2, 3, 4, 5, 6] * 2))
    numbers = sorted(row["number"] for row in rows_of(engine, "duty_batch"))
    assert numbers == list(range(1, 14))

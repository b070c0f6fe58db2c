"""Paper questionnaires taken in as a sheet: all or nothing, once, and never for a person."""

import doctest
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given
from hypothesis import settings as drawn
from hypothesis import strategies as st
from sqlalchemy import Engine

from aggregation.changes.batch import Cause
from aggregation.office.sheet_template import SheetKind, template_csv, template_xlsx
from aggregation.office.take_in import MOST_LINES, TermsNotNamed, take_in
from aggregation.paper import paper_import, paper_lines, respondent_words
from aggregation.paper import paper_sheet as sheets
from aggregation.paper.respondent_words import reader_of
from aggregation.sheets.cells import BadCell
from aggregation.sheets.grid import SheetUnreadable
from aggregation.sheets.sheet_import import SheetRefused
from deploy.nilai import main
from survey.command import Installation
from survey.database import writing
from survey.month import Month, midnight
from survey.profile import OPTIONS, ProfileField
from survey.questionnaire import ElementOrder
from survey.units import unit_with
from tests.factories import KEYS, NOON
from tests.office_factories import UNIT, UNITS, an_office, by_code, close, take
from tests.paper_factories import HEADER, hand_in, paper_line, paper_sheet, refused_for
from tests.record_factories import everything_in, rows_of

OCTOBER = Month(2026, 10)
FULL = paper_line(
    "2026-10-02",
    "123412344",
    time="09.40",
    age="34",
    sex="P",
    education="SMA",
    work="Wirausaha",
    comment="Kursi tunggu ditambah",
    desk="L2",
    service="KK",
)
NINE = ("persyaratan", "prosedur", "waktu", "biaya", "produk", "kompetensi", "perilaku")
LAST_TWO = ("pengaduan", "sarana")


def test_a_line_becomes_one_response_of_the_channel_paper(engine: Engine) -> None:
    an_office(engine)
    outcome = hand_in(engine, paper_sheet(FULL))
    assert (outcome.new, outcome.unchanged, outcome.added) == (1, 0, ("2026-10-02: 1 lembar",))
    [response], [followup] = rows_of(engine, "response"), rows_of(engine, "followup")
    assert response["channel"] == "paper"
    assert response["desk_id"] == by_code(engine, "desk")["L2"]["id"]
    assert response["service_id"] == by_code(engine, "service")["KK"]["id"]
    assert response["month"] == OCTOBER
    assert response["half_hour"] == midnight(datetime(2026, 10, 2, tzinfo=UTC).date()) + 19
    assert (response["overall"], bool(response["late"])) == (None, False)
    assert [followup[name] for name in (*NINE, *LAST_TWO)] == [1, 2, 3, 4, 1, 2, 3, 4, 4]
    texts = {row["field"]: row["text"] for row in rows_of(engine, "private_text")}
    assert texts == {
        "AGE": "26-35",
        "SEX": "P",
        "EDUCATION": "SMA",
        "OCCUPATION": "WIRAUSAHA",
        "COMMENT": "Kursi tunggu ditambah",
    }


def test_what_the_sheet_does_not_tell_stays_unknown(engine: Engine) -> None:
    an_office(engine)
    hand_in(engine, paper_sheet(paper_line(), paper_line(time="08.00-12.00")))
    for response in rows_of(engine, "response"):
        assert (response["desk_id"], response["service_id"], response["half_hour"]) == (None,) * 3
    assert rows_of(engine, "private_text") == []


def test_a_desk_with_one_service_tells_the_service(engine: Engine) -> None:
    an_office(engine)
    hand_in(engine, paper_sheet(paper_line(desk="L1")))
    [response] = rows_of(engine, "response")
    assert response["service_id"] == by_code(engine, "service")["KTP-EL"]["id"]


def test_the_same_file_again_adds_nothing_and_a_longer_one_only_what_is_new(
    engine: Engine,
) -> None:
    an_office(engine)
    alike = paper_line()
    assert hand_in(engine, paper_sheet(alike, alike, FULL)).new == 3  # two citizens answer alike
    before = everything_in(engine)
    again = hand_in(engine, paper_sheet(alike, alike, FULL))
    assert (again.new, again.unchanged, again.added) == (0, 3, ())
    assert everything_in(engine) == before
    moved = hand_in(engine, paper_sheet(FULL, alike, paper_line("2026-10-03"), alike))
    assert (moved.new, moved.unchanged) == (1, 3)
    assert len(rows_of(engine, "response")) == 4


def test_ids_that_forget_what_was_written_are_noticed(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: with the place in the file alone, another sheet passes for known."""
    an_office(sqlite_engine)
    kept = sheets.id_of_content
    monkeypatch.setattr(
        paper_import, "id_of_content", lambda unit, _content, nth, keys: kept(unit, "", nth, keys)
    )
    with pytest.raises(SheetRefused):
        hand_in(sqlite_engine, paper_sheet(paper_line(), paper_line(nine="111111111")))


def test_a_file_as_workbook_is_the_same_file(sqlite_engine: Engine) -> None:
    an_office(sqlite_engine)
    assert hand_in(sqlite_engine, template_csv(SheetKind.RESPONSES)).new == 3
    again = hand_in(sqlite_engine, template_xlsx(SheetKind.RESPONSES))
    assert (again.new, again.unchanged) == (0, 3)


def test_the_same_content_in_another_unit_is_another_sheet(sqlite_engine: Engine) -> None:
    an_office(sqlite_engine)
    take(sqlite_engine, SheetKind.UNITS, "KODE;NAMA;ZONA WAKTU\nLAIN;Kantor lain;WIT", None)
    hand_in(sqlite_engine, paper_sheet(paper_line()))
    assert hand_in(sqlite_engine, paper_sheet(paper_line()), "LAIN").new == 1
    assert len({row["unit_id"] for row in rows_of(sqlite_engine, "response")}) == 2


@pytest.mark.parametrize(
    ("order", "pengaduan", "sarana"),
    [(None, 1, 2), (ElementOrder.BODY, 1, 2), (ElementOrder.ANNEX, 2, 1)],
)
def test_u8_and_u9_mean_what_the_order_says(
    sqlite_engine: Engine, order: ElementOrder | None, pengaduan: int, sarana: int
) -> None:
    an_office(sqlite_engine)
    hand_in(sqlite_engine, paper_sheet(paper_line(nine="444444412")), order=order)
    [followup] = rows_of(sqlite_engine, "followup")
    assert (followup["pengaduan"], followup["sarana"]) == (pengaduan, sarana)


def test_the_unit_that_asks_in_the_order_of_the_annex_need_not_say_so(
    sqlite_engine: Engine,
) -> None:
    an_office(sqlite_engine)
    take(
        sqlite_engine,
        SheetKind.UNITS,
        UNITS.replace("WAKTU", "WAKTU;URUTAN UNSUR").replace("WIB", "WIB;LAMPIRAN"),
        None,
    )
    hand_in(sqlite_engine, paper_sheet(paper_line(nine="444444412")))
    assert rows_of(sqlite_engine, "followup")[0]["sarana"] == 1


def test_the_same_file_in_the_other_order_is_refused(engine: Engine) -> None:
    an_office(engine)
    sheet = paper_sheet(paper_line(), paper_line(nine="444444412"))
    hand_in(engine, sheet)
    found = refused_for(engine, sheet, order=ElementOrder.ANNEX)
    assert ["urutan U8 dan U9 yang lain" in each for each in found] == [True, True]


def test_sheets_of_a_closed_month_are_late(engine: Engine) -> None:
    unit_id = an_office(engine)
    close(engine, unit_id, Month(2026, 9))
    outcome = hand_in(engine, paper_sheet(paper_line("2026-09-30"), paper_line("2026-10-01")))
    late = "terlambat: bulannya sudah ditutup, dan hanya revisi yang memasukkannya"
    assert outcome.added == (f"2026-09-30: 1 lembar, {late}", "2026-10-01: 1 lembar")
    are_late = {row["month"]: bool(row["late"]) for row in rows_of(engine, "response")}
    assert are_late == {Month(2026, 9): True, OCTOBER: False}


def test_today_is_the_units_own_day(sqlite_engine: Engine) -> None:
    an_office(sqlite_engine)
    one_in_the_morning = datetime(2026, 10, 5, 18, 0, tzinfo=UTC)  # the 6th in Jakarta
    assert hand_in(sqlite_engine, paper_sheet(paper_line("2026-10-06")), at=one_in_the_morning).new
    assert refused_for(sqlite_engine, paper_sheet(paper_line("2026-10-06"))) == [
        "Baris 2, kolom TANGGAL: 2026-10-06 belum tiba; isi tanggal pada lembarnya."
    ]


BAD = {
    paper_line("kemarin"): "TANGGAL: “kemarin” bukan tanggal",
    paper_line(""): "TANGGAL: kosong",
    paper_line(nine="343533434"): "U4 berisi “5”; nilai harus 1, 2, 3, atau 4; perbaiki barisnya",
    paper_line(nine="3;4;3;;3;3;4;3;4"): "belum lengkap: U4 kosong; perbaiki barisnya, atau hapus",
    paper_line(nine="3;4;3;0;3;3;4;3;4"): "U4 berisi “0”",
    paper_line(nine="3;4;3;2,5;3;3;4;3;4"): "U4 berisi “2,5”",
    paper_line(nine=";;;;;;;;"): "tidak ada jawaban U1 sampai U9",
    paper_line(time="pagi"): "JAM: “pagi” bukan waktu",
    paper_line(time="25.00"): "JAM: “25.00” bukan waktu",
    paper_line(age="tua"): "USIA: “tua” bukan umur",
    paper_line(age="1990"): "USIA: “1990” bukan umur",
    paper_line(sex="X"): "JENIS KELAMIN: “X” tidak dikenal; pakai Laki-laki, Perempuan",
    paper_line(education="S4"): "PENDIDIKAN: “S4” tidak dikenal; pakai Tidak sekolah, SD, SMP",
    paper_line(work="TNI/POLRI"): "PEKERJAAN: “TNI/POLRI” tidak dikenal; pakai PNS, TNI, POLRI",
    paper_line(desk="L9"): "LOKET: L9 bukan loket unit ini",
    paper_line(service="XX"): "LAYANAN: XX bukan layanan unit ini",
    paper_line(comment="x" * 1001): "SARAN: terlalu panjang",
    paper_line() + ";lebih": "lebih banyak sel daripada judul kolom",
}


@pytest.mark.parametrize("line", BAD, ids=[re.sub(r"\W+", "-", why)[:40] for why in BAD.values()])
def test_a_bad_line_is_named_and_nothing_of_the_file_is_kept(
    sqlite_engine: Engine, line: str
) -> None:
    an_office(sqlite_engine)
    [found] = refused_for(sqlite_engine, paper_sheet(paper_line(), line, FULL))
    assert found.startswith("Baris 3")
    assert BAD[line] in found


def test_every_bad_line_is_named_at_once(engine: Engine) -> None:
    an_office(engine)
    assert len(refused_for(engine, paper_sheet(FULL, *BAD))) == len(BAD)


def test_rows_that_sum_up_are_left_out_with_a_warning(sqlite_engine: Engine) -> None:
    an_office(sqlite_engine)
    total = "Jumlah" + ";" * 7 + ";".join("9" * 9) + ";;;"
    outcome = hand_in(sqlite_engine, paper_sheet(FULL, total))
    assert outcome.new == 1
    assert [str(each) for each in outcome.warnings] == [
        "Baris 3: baris “Jumlah”, bukan kuesioner; tidak diambil."
    ]


def test_a_sheet_of_long_ago_is_asked_about(sqlite_engine: Engine) -> None:
    an_office(sqlite_engine)
    [warning] = hand_in(sqlite_engine, paper_sheet(paper_line("2025-10-02"))).warnings
    assert "periksa tahunnya" in str(warning)


def test_a_desk_that_was_closed_since_still_takes_its_sheets(sqlite_engine: Engine) -> None:
    an_office(sqlite_engine)
    take(sqlite_engine, SheetKind.DESKS, "KODE;NAMA;AKTIF\nL1;Loket 1;TIDAK")
    assert hand_in(sqlite_engine, paper_sheet(paper_line(desk="L1"))).new == 1


def test_the_command_shows_first_what_it_would_do(sqlite_engine: Engine, tmp_path: Path) -> None:
    an_office(sqlite_engine)
    file = tmp_path / "kertas.csv"
    file.write_bytes(paper_sheet(paper_line(), paper_line(), FULL))
    words = ["import", "responses", str(file), "--unit", UNIT, "--order", "annex"]
    installation = Installation(KEYS, sqlite_engine)
    told = []
    for more in (["--dry-run"], [], []):
        done = CliRunner().invoke(main, [*words, *more], obj=installation)
        assert (done.exit_code, done.stderr) == (0, "")
        told.append(done.output.splitlines()[-1])
        assert len(rows_of(sqlite_engine, "response")) == (0 if more else 3)
    assert told == [
        "Akan disimpan: 3 baru, 0 berubah, 0 tetap.",
        "Disimpan: 3 baru, 0 berubah, 0 tetap.",
        "Disimpan: 0 baru, 0 berubah, 3 tetap.",
    ]


def test_the_log_keeps_counts_and_nothing_of_what_was_said(sqlite_engine: Engine) -> None:
    an_office(sqlite_engine)
    hand_in(sqlite_engine, paper_sheet(FULL, paper_line()))
    [entry] = [
        row for row in rows_of(sqlite_engine, "log_entry") if row["act"] == "responses.imported"
    ]
    assert entry["facts"] == '{"added": 2, "late": 0, "unchanged": 0}'
    assert "Kursi" not in str(rows_of(sqlite_engine, "log_entry")) + str(
        rows_of(sqlite_engine, "log_detail")
    )


def test_questionnaires_need_the_keys_of_the_installation(sqlite_engine: Engine) -> None:
    an_office(sqlite_engine)
    file, cause = paper_sheet(FULL), Cause("Wati", "", NOON)
    with writing(sqlite_engine) as session:
        unit = unit_with(session, UNIT)
        with pytest.raises(TermsNotNamed):
            take_in(session, SheetKind.RESPONSES, file, unit, cause)


def test_more_lines_than_taps_may_wait_for_are_refused(sqlite_engine: Engine) -> None:
    an_office(sqlite_engine)
    most = MOST_LINES[SheetKind.RESPONSES]
    with pytest.raises(SheetUnreadable, match=str(most)):
        hand_in(sqlite_engine, paper_sheet(*[paper_line()] * (most + 1)))


@pytest.mark.parametrize("field", ProfileField)
def test_every_answer_of_the_form_is_read_back_however_it_is_written(field: ProfileField) -> None:
    read = reader_of(field)
    for code, label in OPTIONS[field].items():
        spellings = {code, label, label.upper(), label.replace("-", " "), f" {label.lower()} "}
        assert {read(each) for each in spellings} == {code}


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        (ProfileField.SEX, "Pria", "L"),
        (ProfileField.SEX, "wanita", "P"),
        (ProfileField.EDUCATION, "SLTA/sederajat", "SMA"),
        (ProfileField.EDUCATION, "D-IV", "S1"),
        (ProfileField.EDUCATION, "d3", "D3"),
        (ProfileField.OCCUPATION, "Wiraswasta", "WIRAUSAHA"),
        (ProfileField.OCCUPATION, "Ibu rumah tangga", "LAINNYA"),
        (ProfileField.AGE, "16", "0-16"),
        (ProfileField.AGE, "17", "17-25"),
        (ProfileField.AGE, "60.0", "46-60"),
        (ProfileField.AGE, "61 thn", "61+"),
        (ProfileField.AGE, "> 60", "61+"),
        (ProfileField.AGE, "<17", "0-16"),
    ],
)
def test_the_usual_spellings_are_understood(field: ProfileField, text: str, code: str) -> None:
    assert reader_of(field)(text) == code


def test_a_number_of_a_person_in_any_cell_is_not_repeated() -> None:
    for field in ProfileField:
        with pytest.raises(BadCell, match="deretan angka"):
            reader_of(field)("3273012345678901")


CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["1", "4", "5", "2026-10-02", "09.40", "L1", "KK", "P", "-", "4,0", "\0", '"', "=1+1", "12:00"]
)


@drawn(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELLS, min_size=1, max_size=20), min_size=1, max_size=4))
def test_no_sheet_is_taken_by_halves(sqlite_engine: Engine, rows: list[list[str]]) -> None:
    """Whatever the cells hold, all lines enter, or none and the reasons are told."""
    if not rows_of(sqlite_engine, "service_unit"):
        an_office(sqlite_engine)
    data = "\n".join([HEADER, FULL, *(";".join(row) for row in rows)]).encode()
    before = everything_in(sqlite_engine)
    try:
        hand_in(sqlite_engine, data)
    except (SheetRefused, SheetUnreadable):
        assert everything_in(sqlite_engine) == before


def test_worked_examples_hold() -> None:
    for module in (paper_lines, respondent_words):
        assert doctest.testmod(module).failed == 0

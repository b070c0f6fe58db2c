"""A desk's standing week and its exceptions, entered on a page; nothing is overwritten."""

import doctest
import re
from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from werkzeug.datastructures import MultiDict
from werkzeug.test import Client, TestResponse

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.duties import standing_week
from aggregation.duties.duty_lines import RosterLine
from aggregation.duties.recorded_duties import DutyOfClosedMonth, ReasonMissing, duties_of_desk
from aggregation.duties.standing_week import (
    EmptyWeek,
    StandingWeek,
    StretchesOverlap,
    WeekStretch,
    later_weeks,
    overlapping,
    set_week,
    week_changes,
    week_on,
)
from aggregation.office.sheet_template import SheetKind
from aggregation.site.duties.duty_fields import roll_of
from aggregation.site.duties.roster_form import with_monday_copied
from survey.database import reading, writing
from survey.models import Desk
from survey.month import Month
from tests.duty_factories import MONDAY, RosteredOffice, because, in_jakarta, rostered
from tests.office_factories import SARI_NIP, close, duty_sheet, take
from tests.record_factories import rows_of
from tests.staff_factories import make_office, member, send, staff

STRETCH = st.builds(
    lambda weekday, first, length, officer: WeekStretch(weekday, first, first + length, officer),
    st.integers(1, 7), st.integers(0, 40), st.integers(1, 8), st.integers(1, 3),
)  # fmt: skip
TODAY = in_jakarta(5, 12)


def week_of(office: RosteredOffice, day: date, desk: str = "L1") -> tuple[WeekStretch, ...]:
    with reading(office.engine) as session:
        return week_on(duties_of_desk(session, office.unit.id, office.desks[desk]), day)


def set_on(
    office: RosteredOffice, since: date, *stretches: WeekStretch, reason: str = "Rotasi"
) -> None:
    with writing(office.engine) as session:
        week = StandingWeek(since, stretches)
        set_week(session, office.unit.id, office.desks["L1"], week, because(reason))


# The week itself.


def test_a_new_week_replaces_the_whole_old_one_from_its_day_on(engine: Engine) -> None:
    office = rostered(engine)
    sari = office.officers["Sari"]
    set_on(office, date(2026, 10, 12), WeekStretch(2, 16, 30, sari))
    assert len(week_of(office, date(2026, 10, 11))) == 9
    assert week_of(office, date(2026, 10, 12)) == (WeekStretch(2, 16, 30, sari),)
    assert len(rows_of(engine, "duty")) == 10


def test_a_week_in_the_past_needs_a_reason_and_is_logged_as_past(engine: Engine) -> None:
    office = rostered(engine)
    stretch = WeekStretch(1, 16, 24, office.officers["Sari"])
    with pytest.raises(ReasonMissing):
        set_on(office, date(2026, 10, 2), stretch, reason="")
    set_on(office, date(2026, 10, 2), stretch)
    facts = [row["facts"] for row in rows_of(engine, "log_entry") if "duties" in row["act"]]
    assert any('"of_past_days": 1' in each for each in facts)


def test_a_week_may_not_reach_into_a_closed_month(engine: Engine) -> None:
    office = rostered(engine)
    close(engine, office.unit.id)
    stretch = WeekStretch(1, 16, 24, office.officers["Sari"])
    with pytest.raises(DutyOfClosedMonth):
        set_on(office, date(2026, 10, 31), stretch)
    set_on(office, date(2026, 11, 1), stretch)


def test_a_week_says_something_and_nothing_twice(sqlite_engine: Engine) -> None:
    office = rostered(sqlite_engine)
    with pytest.raises(EmptyWeek):
        set_on(office, MONDAY)
    with pytest.raises(StretchesOverlap):
        set_on(office, MONDAY, WeekStretch(1, 16, 24, 1), WeekStretch(1, 23, 30, 2))


def test_a_later_week_stays_in_force_from_its_own_day(sqlite_engine: Engine) -> None:
    office = rostered(sqlite_engine)
    sari, budi = office.officers["Sari"], office.officers["Budi"]
    set_on(office, date(2026, 11, 2), WeekStretch(1, 16, 24, budi))
    set_on(office, date(2026, 10, 12), WeekStretch(1, 16, 24, sari))
    assert week_of(office, date(2026, 11, 3)) == (WeekStretch(1, 16, 24, budi),)
    with reading(sqlite_engine) as session:
        lines = duties_of_desk(session, office.unit.id, office.desks["L1"])
    assert later_weeks(lines, date(2026, 10, 12)) == [date(2026, 11, 2)]


@given(st.lists(STRETCH, max_size=10))
def test_what_overlaps_is_what_shares_a_half_hour(stretches: list[WeekStretch]) -> None:
    slots = [(s.weekday, n) for s in stretches for n in range(s.first_slot, s.end_slot)]
    assert bool(overlapping(stretches)) == (len(slots) != len(set(slots)))


@given(st.lists(STRETCH, max_size=8, unique=True))
def test_a_week_reads_back_as_it_was_recorded(stretches: list[WeekStretch]) -> None:
    since = date(2026, 10, 7)
    lines = [
        RosterLine(1, s.officer_id, s.weekday, since, s.first_slot, s.end_slot) for s in stretches
    ]
    for day in (since, date(2026, 10, 11), date(2027, 1, 1)):
        assert week_on(lines, day) == tuple(sorted(stretches))


@given(st.lists(STRETCH, max_size=6, unique=True), st.lists(STRETCH, max_size=6, unique=True))
def test_the_changes_of_a_week_turn_one_into_the_other(
    before: list[WeekStretch], after: list[WeekStretch]
) -> None:
    changed = week_changes(before, after)
    days = {change.weekday for change in changed}
    kept = [stretch for stretch in before if stretch.weekday not in days]
    assert sorted([*kept, *(s for change in changed for s in change.after)]) == sorted(after)
    assert week_changes(after, after) == []


def test_worked_examples_hold() -> None:
    assert doctest.testmod(standing_week).failed == 0


# The page of the week.


@pytest.fixture
def office(sqlite_engine: Engine) -> RosteredOffice:
    return rostered(sqlite_engine)


@pytest.fixture
def keeper(office: RosteredOffice) -> Iterator[Client]:
    """The unit head, on the Monday of the tests."""
    with time_machine.travel(TODAY, tick=False):
        yield member(staff(office.engine), office.engine, RoleIn(Role.UNIT_HEAD, office.unit.id))


def fields_of(page: TestResponse) -> dict[str, str]:
    """Return what a page's form holds, as a browser would send it untouched."""
    inputs = re.findall(r'<input[^>]*name="([^"]+)"[^>]*?value="([^"]*)"', page.text)
    inputs += [(name, value) for value, name in re.findall(
        r'<input[^>]*value="([^"]*)"[^>]*?name="([^"]+)"', page.text)]  # fmt: skip
    chosen = {
        name: (re.findall(r"<option selected>([^<]*)", options) or [""])[0]
        for name, options in re.findall(
            r'<select[^>]*name="([^"]+)".*?>(.*?)</select>', page.text, re.DOTALL
        )
    }
    typed = {name: value for name, value in inputs if name != "copy_to"}
    return {**typed, **chosen}


def change(keeper: Client, office: RosteredOffice, do: str = "save", **fields: str) -> TestResponse:
    """Open the page of desk L1, change some fields, send it."""
    sent = fields_of(keeper.get(office.desk_address()))
    return keeper.post(office.desk_address(), data={**sent, "do": do, **fields})


def line(place: str, starts: str, ends: str, officer: str) -> dict[str, str]:
    prefix = f"days-{place[0]}-stretches-{place[2]}"
    return {f"{prefix}-starts": starts, f"{prefix}-ends": ends, f"{prefix}-officer": officer}


def test_the_page_holds_the_week_in_force(keeper: Client, office: RosteredOffice) -> None:
    sent = fields_of(keeper.get(office.desk_address()))
    assert sent["days-0-stretches-0-starts"] == "08.00"
    assert sent["days-0-stretches-1-officer"] == "Budi"
    assert sent["days-0-stretches-2-starts"] == ""
    assert sent["days-6-stretches-0-starts"] == ""
    assert sent["since"] == "2026-10-05"


def test_a_changed_week_is_saved_and_the_old_one_kept(
    keeper: Client, office: RosteredOffice
) -> None:
    answer = change(keeper, office, since="2026-10-12", **line("0-0", "9", "12.30", "Budi"))
    assert answer.status_code == 303
    assert answer.location.endswith("/jadwal?minggu=2026-W42&cari=L1")
    page = keeper.get(answer.location).text
    assert "Jadwal Loket 1 disimpan, berlaku mulai 12 Oktober 2026." in page
    assert week_of(office, date(2026, 10, 12))[0] == WeekStretch(1, 18, 25, office.officers["Budi"])
    assert week_of(office, MONDAY)[0] == WeekStretch(1, 16, 24, office.officers["Sari"])


def test_the_author_and_the_reason_are_kept(keeper: Client, office: RosteredOffice) -> None:
    change(keeper, office, since="2026-10-12", reason="Rotasi bulanan")
    batch = max(rows_of(office.engine, "duty_batch"), key=lambda row: row["number"])
    keys = [row["key"] for row in rows_of(office.engine, "account")]
    assert (batch["reason"], batch["recorded_by"]) == ("Rotasi bulanan", keys[0])


def test_checking_first_tells_what_would_change_and_saves_nothing(
    keeper: Client, office: RosteredOffice
) -> None:
    before = rows_of(office.engine, "duty")
    page = change(
        keeper, office, "check", since="2026-10-12", **line("0-0", "09.00", "12.00", "Budi")
    )
    assert page.status_code == 200
    assert "Belum disimpan. Mulai 12 Oktober 2026" in page.text
    assert (
        "<b>Senin</b>: 09.00–12.00 Budi, 13.00–15.00 Budi "
        '<span class="mut">(sebelumnya: 08.00–12.00 Sari, 13.00–15.00 Budi)</span>'
    ) in page.text
    assert "<b>Selasa</b>" not in page.text
    assert rows_of(office.engine, "duty") == before


def test_checking_the_same_week_says_that_it_is_the_same(
    keeper: Client, office: RosteredOffice
) -> None:
    assert "sama dengan yang sudah berlaku" in change(keeper, office, "check").text


def test_a_later_week_is_pointed_out(keeper: Client, office: RosteredOffice) -> None:
    set_on(office, date(2026, 11, 2), WeekStretch(1, 16, 24, office.officers["Budi"]))
    page = change(keeper, office, "check")
    assert "tetap menggantikan yang ini mulai 2 November 2026" in page.text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (line("0-0", "08.10", "12.00", "Sari"), "Tulis jam tepat atau setengah jam"),
        (line("0-0", "pagi", "12.00", "Sari"), "Tulis jam tepat atau setengah jam"),
        (line("0-0", "12.00", "08.00", "Sari"), "Jam selesai harus sesudah jam mulai"),
        (line("0-0", "08.00", "", "Sari"), "Isi jam selesai"),
        (line("0-0", "", "12.00", "Sari"), "Isi jam mulai"),
        (line("0-0", "08.00", "12.00", "Siapa Saja"), "Pilih petugas dari daftar"),
        (line("0-2", "11.30", "13.00", "Ahmad"), "bertumpuk dengan baris lain"),
        ({"since": ""}, "Isi tanggal mulai berlaku"),
        ({"since": "besok"}, "Tulis tanggal seperti 2026-11-09"),
        ({"since": "1026-10-12"}, "Periksa tahunnya"),
        ({"since": "2026-10-02"}, "mengubah hari yang sudah lewat"),
        ({"reason": "x" * 401}, "paling panjang 400 huruf"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    keeper: Client, office: RosteredOffice, fields: dict[str, str], said: str
) -> None:
    before = rows_of(office.engine, "duty")
    page = change(keeper, office, **fields)
    assert page.status_code == 422
    assert said in page.text
    assert all(f'value="{value}"' in page.text for value in fields.values() if value.isdigit())
    assert rows_of(office.engine, "duty") == before


def test_an_empty_week_is_refused(keeper: Client, office: RosteredOffice) -> None:
    page = send(keeper, office.desk_address(), since="2026-10-12")
    assert page.status_code == 422
    assert "Isi setidaknya satu jam tugas" in page.text


def test_a_past_week_of_an_open_month_is_saved_with_a_reason(
    keeper: Client, office: RosteredOffice
) -> None:
    answer = change(keeper, office, since="2026-10-02", reason="Jadwal kertas terlambat dicatat")
    assert answer.status_code == 303


def test_a_closed_month_explains_that_only_a_revision_helps(
    keeper: Client, office: RosteredOffice
) -> None:
    close(office.engine, office.unit.id)
    page = change(keeper, office, since="2026-10-12", reason="Rotasi")
    assert page.status_code == 422
    assert "hanya revisi yang dapat mengubahnya. Mulailah 1 November 2026." in page.text


def test_monday_is_copied_to_other_weekdays_without_saving(
    keeper: Client, office: RosteredOffice
) -> None:
    sent = fields_of(keeper.get(office.desk_address()))
    changed = line("0-0", "09.30", "12.00", "Ahmad")
    data = MultiDict({**sent, "do": "copy", **changed})
    data.setlist("copy_to", ["2", "7"])
    page = keeper.post(office.desk_address(), data=data)
    assert page.status_code == 200
    shown = fields_of(page)
    for place in (0, 1, 6):
        assert shown[f"days-{place}-stretches-0-starts"] == "09.30"
        assert shown[f"days-{place}-stretches-1-officer"] == "Budi"
    assert shown["days-2-stretches-0-starts"] == "08.00"
    assert len(rows_of(office.engine, "duty")) == 9


@given(st.dictionaries(st.sampled_from(["starts", "ends", "officer"]), st.text(max_size=8)))
def test_copying_keeps_every_other_field(typed: dict[str, str]) -> None:
    sent = MultiDict({f"days-0-stretches-0-{name}": value for name, value in typed.items()})
    sent.update({"since": "x", "days-4-stretches-0-starts": "y", "days-1-stretches-9-ends": "z"})
    copied = with_monday_copied(sent, ["2", "9"])
    assert {name.removeprefix("days-1-stretches-0-"): value for name, value in copied.items()
            if name.startswith("days-1-")} == typed  # fmt: skip
    assert (copied["since"], copied["days-4-stretches-0-starts"]) == ("x", "y")


def test_namesakes_are_told_apart_without_their_nip(keeper: Client, office: RosteredOffice) -> None:
    more = (
        "NIP;NOMOR PEGAWAI;NAMA;STATUS;MULAI\n198503122009012003;;Sari;PNS;2026-01-02\n"
        ";HL-050;Budi;NON ASN;2026-01-02"
    )
    take(office.engine, SheetKind.OFFICERS, more)
    page = change(keeper, office, "check").text
    for label in ("Sari (NIP …2001)", "Sari (NIP …2003)", "Budi (HL-021)", "Budi (HL-050)"):
        assert label in page
    assert "198503122009012003" not in page


def test_namesakes_whose_numbers_end_alike_are_told_apart(office: RosteredOffice) -> None:
    more = "NIP;NAMA;STATUS;MULAI\n198503122009012001;Sari;PNS;2026-01-02"
    take(office.engine, SheetKind.OFFICERS, more)
    with reading(office.engine) as session:
        labels = roll_of(session, office.unit.id, [Month(2026, 10)]).labels
    sari = [label for label in labels.values() if label.startswith("Sari (NIP …2001) (")]
    assert len(set(sari)) == 2


def test_who_has_left_is_not_taken_for_a_namesake_who_serves(
    keeper: Client, office: RosteredOffice
) -> None:
    left = (
        "NIP;NOMOR PEGAWAI;NAMA;STATUS;MULAI;SELESAI\n"
        f"{SARI_NIP};;Sari;PPPK;2026-01-02;2026-08-31\n;HL-060;Sari;NON ASN;2026-01-02;"
    )
    take(office.engine, SheetKind.OFFICERS, left)
    typed = line("0-0", "08.00", "12.00", "Sari (HL-060)")
    assert change(keeper, office, since="2026-10-12", **typed).status_code == 303
    assert week_of(office, date(2026, 10, 12))[0].officer_id != office.officers["Sari"]


def test_nobody_replaces_a_week_that_he_has_not_seen(
    keeper: Client, office: RosteredOffice
) -> None:
    sent = {**fields_of(keeper.get(office.desk_address())), "do": "save", "since": "2026-10-12"}
    set_on(office, date(2026, 10, 12), WeekStretch(2, 16, 30, office.officers["Sari"]))
    answer = keeper.post(office.desk_address(), data=sent)
    assert answer.status_code == 422
    assert "baru saja diganti orang lain" in answer.text
    assert "08.00–15.00 Sari" in answer.text
    assert len(week_of(office, date(2026, 10, 12))) == 1
    again = {**fields_of(answer), "do": "save"}
    assert keeper.post(office.desk_address(), data=again).status_code == 303
    assert len(week_of(office, date(2026, 10, 12))) == 9


def test_in_a_large_unit_names_are_typed(keeper: Client, office: RosteredOffice) -> None:
    lines = "".join(f";X-{n:03};Petugas {n};NON ASN;2026-01-02\n" for n in range(70))
    take(office.engine, SheetKind.OFFICERS, f"NIP;NOMOR PEGAWAI;NAMA;STATUS;MULAI\n{lines}")
    page = keeper.get(office.desk_address()).text
    assert page.count("<datalist") == 1
    assert "<select" not in page
    answer = change(
        keeper, office, since="2026-10-12", **line("0-0", "08.00", "12.00", "petugas  7")
    )
    assert answer.status_code == 303


def test_who_has_left_may_not_be_chosen(keeper: Client, office: RosteredOffice) -> None:
    left = "NOMOR PEGAWAI;NAMA;STATUS;MULAI;SELESAI\nHL-060;Citra;NON ASN;2026-01-02;2026-08-31"
    take(office.engine, SheetKind.OFFICERS, left)
    page = change(keeper, office, since="2026-10-12", **line("0-0", "08.00", "12.00", "Citra"))
    assert page.status_code == 422


@pytest.mark.parametrize("which", ["unknown", "hall", "foreign"])
def test_desks_that_are_not_the_units_do_not_exist(
    keeper: Client, office: RosteredOffice, which: str
) -> None:
    key = {"unknown": "XXXXXX", "hall": office.keys["AULA"], "foreign": "FFFFFF"}[which]
    with writing(office.engine) as session:
        other = make_office(session)
        session.add(Desk(unit_id=other, code="L1", public_key="FFFFFF", name="Loket lain"))
    for end in ("", "/hari"):
        assert keeper.get(f"{office.address}/jadwal/loket/{key}{end}").status_code == 404


# One day only.


def except_(
    keeper: Client, office: RosteredOffice, do: str = "save", **fields: str
) -> TestResponse:
    given = {
        "day": "2026-10-08", "starts": "08.00", "ends": "12.00", "who": "stands_in",
        "officer": "Budi", "reason": "Sari sakit", "do": do,
    }  # fmt: skip
    return send(keeper, f"{office.desk_address()}/hari", **{**given, **fields})


def test_somebody_stands_in_for_some_hours_of_a_day(keeper: Client, office: RosteredOffice) -> None:
    answer = except_(keeper, office)
    assert answer.status_code == 303
    assert answer.location.endswith("minggu=2026-W41&cari=L1")
    (row,) = [row for row in rows_of(office.engine, "duty") if row["day"] is not None]
    assert (str(row["day"]), row["first_slot"], row["end_slot"]) == ("2026-10-08", 16, 24)
    assert row["officer_id"] == office.officers["Budi"]


def test_a_reason_of_blanks_is_none(keeper: Client, office: RosteredOffice) -> None:
    assert except_(keeper, office, reason="   ").status_code == 422


def test_nobody_serves_for_some_hours_of_a_day(keeper: Client, office: RosteredOffice) -> None:
    assert except_(keeper, office, who="nobody", officer="").status_code == 303
    (row,) = [row for row in rows_of(office.engine, "duty") if row["day"] is not None]
    assert row["officer_id"] is None


def test_checking_one_day_first_saves_nothing(keeper: Client, office: RosteredOffice) -> None:
    page = except_(keeper, office, "check")
    assert page.status_code == 200
    assert "Belum disimpan. 8 Oktober 2026, 08.00–12.00: <b>Budi</b>" in page.text
    assert "08.00–12.00</span> Sari" in page.text
    assert len(rows_of(office.engine, "duty")) == 9


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"reason": ""}, "Isi alasannya"),
        ({"officer": ""}, "Pilih petugas dari daftar"),
        ({"starts": "08.20"}, "Tulis jam tepat atau setengah jam"),
        ({"starts": ""}, "Isi jam mulai"),
        ({"ends": ""}, "Isi jam selesai"),
        ({"ends": "07.00"}, "Jam selesai harus sesudah jam mulai"),
        ({"day": ""}, "Isi tanggalnya"),
        ({"day": "31/12"}, "Tulis tanggal seperti 2026-11-09"),
        ({"who": "entah"}, "Belum tersimpan"),
    ],
)
def test_a_wrong_day_is_not_saved(
    keeper: Client, office: RosteredOffice, fields: dict[str, str], said: str
) -> None:
    page = except_(keeper, office, **fields)
    assert page.status_code == 422
    assert said in page.text
    assert len(rows_of(office.engine, "duty")) == 9


def test_a_day_that_has_passed_is_logged_as_past(keeper: Client, office: RosteredOffice) -> None:
    assert except_(keeper, office, day="2026-10-02").status_code == 303
    facts = [row["facts"] for row in rows_of(office.engine, "log_entry") if "duties" in row["act"]]
    assert any('"of_past_days": 1' in each for each in facts)


def test_a_day_of_a_closed_month_is_refused(keeper: Client, office: RosteredOffice) -> None:
    close(office.engine, office.unit.id)
    page = except_(keeper, office)
    assert page.status_code == 422
    assert "Bulan ini sudah ditutup; hanya revisi yang dapat mengubahnya." in page.text


def test_a_gap_leads_to_the_page_with_its_hours_filled_in(
    keeper: Client, office: RosteredOffice
) -> None:
    gap = duty_sheet(f"L2;{SARI_NIP};Senin;;08.00;12.00;2026-10-12;Awal")
    take(office.engine, SheetKind.DUTIES, gap)
    week = keeper.get(f"{office.address}/jadwal?minggu=2026-W41").text
    [path] = re.findall(r'href="([^"]+tanggal=2026-10-05[^"]+)"', week)
    page = keeper.get(path.replace("&amp;", "&"))
    assert 'value="2026-10-05"' in page.text
    assert 'value="08.00"' in page.text
    assert 'value="12.00"' in page.text


@pytest.mark.parametrize(
    "query", ["tanggal=x&jam=y", "jam=08.00", "jam=1–2–3", "tanggal=0001-01-01"]
)
def test_an_address_that_makes_no_sense_opens_an_empty_page(
    keeper: Client, office: RosteredOffice, query: str
) -> None:
    page = keeper.get(f"{office.desk_address()}/hari?{query}")
    assert page.status_code == 200
    assert 'value="2026-10-05"' in page.text

"""Paper questionnaires on the staff site: typed one by one, or taken in as a sheet."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine
from werkzeug.test import Client, TestResponse

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.office.sheet_template import SheetKind
from survey.month import Month
from tests.factories import all_nine
from tests.office_factories import UNIT, an_office, by_code, close, take
from tests.paper_factories import paper_line, paper_sheet
from tests.record_factories import everything_in, rows_of
from tests.sheet_pages import PLACE, complaints_on, confirm, operator, upload
from tests.staff_factories import csrf_token, member, staff

MONDAY = datetime(2026, 10, 5, 5, 0, tzinfo=UTC)
PAGE = f"/staff/unit/{UNIT}/kertas"
SHEETS = ("response", "followup", "private_text")


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def app(sqlite_engine: Engine) -> Flask:
    an_office(sqlite_engine)
    return staff(sqlite_engine)


@pytest.fixture
def client(app: Flask, sqlite_engine: Engine) -> Client:
    return member(app, sqlite_engine, RoleIn(Role.UNIT_HEAD))


def form_of(client: Client) -> dict[str, str]:
    """Return what an empty form carries; it names one sheet."""
    page = client.get(PAGE)
    assert page.status_code == 200
    return carried(page)


def carried(page: TestResponse) -> dict[str, str]:
    [sheet] = re.findall(r'name="sheet" type="hidden" value="([^"]+)"', page.text)
    return {"csrf_token": csrf_token(page), "sheet": sheet}


def save(client: Client, form: dict[str, str], **given: str) -> TestResponse:
    """Fill a form in with nine 3s, and with what is given, and press the button."""
    return client.post(PAGE, data={"day": "2026-10-02", **all_nine(3), **form, **given})


def errors_on(page: TestResponse) -> list[str]:
    found = re.findall(r'<p class="err".*?<span>(.*?)</span>', page.text, re.DOTALL)
    return [unescape(each) for each in found]


def kept(engine: Engine) -> dict[str, list[str]]:
    rows = everything_in(engine)
    return {name: rows[name] for name in SHEETS}


def test_sheet_after_sheet_is_kept_counted_and_begins_with_the_same_day(
    client: Client, sqlite_engine: Engine
) -> None:
    for number in (1, 2):
        done = save(client, form_of(client), desk="L2", age="34", comment="Bagus")
        assert done.headers["Location"] == f"{PAGE}?tanggal=2026-10-02&loket=L2"
        page = client.get(done.headers["Location"]).text
        assert f"Tersimpan. Lembar ke-{number} Anda hari ini." in page
        assert 'value="2026-10-02"' in page
        assert '<option value="L2" selected>' in page
        assert "Bagus" not in page
    assert len(rows_of(sqlite_engine, "response")) == 2
    assert {row["channel"] for row in rows_of(sqlite_engine, "response")} == {"paper"}
    acts = [row["act"] for row in rows_of(sqlite_engine, "log_entry")]
    assert acts.count("responses.typed") == 2


def test_everything_on_the_sheet_is_kept(client: Client, sqlite_engine: Engine) -> None:
    given = {"SARANA": "1", "time": "09.40", "desk": "L2", "service": "KK", "age": "61", "sex": "L"}
    more = {"education": "D3", "occupation": "PNS", "comment": "Antre terlalu lama"}
    assert save(client, form_of(client), **given, **more).status_code == 303
    [response], [followup] = (rows_of(sqlite_engine, name) for name in SHEETS[:2])
    assert response["desk_id"] == by_code(sqlite_engine, "desk")["L2"]["id"]
    assert response["service_id"] == by_code(sqlite_engine, "service")["KK"]["id"]
    assert response["half_hour"] % 48 == 19
    assert (followup["sarana"], followup["pengaduan"]) == (1, 3)
    assert sorted(row["text"] for row in rows_of(sqlite_engine, "private_text")) == [
        "61+", "Antre terlalu lama", "D3", "L", "PNS",
    ]  # fmt: skip


def test_a_form_sent_twice_is_one_sheet(client: Client, sqlite_engine: Engine) -> None:
    fields = form_of(client)
    answers = [save(client, fields) for _ in range(2)]
    assert [each.status_code for each in answers] == [303, 303]
    assert len(rows_of(sqlite_engine, "response")) == 1
    assert client.get(PAGE).text.count("Lembar ke-1 Anda") == 2


def test_two_forms_that_say_the_same_are_two_sheets(client: Client, sqlite_engine: Engine) -> None:
    """The negative control: what makes two sendings one is the form, not what it says."""
    for _ in range(2):
        save(client, form_of(client))
    assert len(rows_of(sqlite_engine, "response")) == 2


def test_going_back_and_changing_a_saved_sheet_does_not_lose_the_next_one(
    client: Client, sqlite_engine: Engine
) -> None:
    fields = form_of(client)
    save(client, fields)
    changed = save(client, fields, WAKTU="1")
    assert changed.status_code == 422
    assert "sudah tersimpan dengan isi lain" in changed.text
    assert save(client, carried(changed), WAKTU="1").status_code == 303
    assert len(rows_of(sqlite_engine, "response")) == 2


@pytest.mark.parametrize("sheet", ["", "x", "0" * 32, "é.é"])
def test_an_id_that_the_page_did_not_hand_out_is_not_taken(
    client: Client, sqlite_engine: Engine, sheet: str
) -> None:
    assert save(client, form_of(client), sheet=sheet).status_code == 422
    assert rows_of(sqlite_engine, "response") == []


def test_an_id_of_somebody_else_is_not_taken(
    app: Flask, client: Client, sqlite_engine: Engine
) -> None:
    other = form_of(operator(app, sqlite_engine))
    assert save(client, form_of(client), sheet=other["sheet"]).status_code == 422


WRONG = {
    ("day", "2026-10-06"): "Tanggal ini belum tiba. Isi tanggal pada lembarnya.",
    ("day", "kemarin"): "Tulis tanggal seperti 2026-11-09.",
    ("day", "0001-01-01"): "Periksa tahunnya: tulis dengan empat angka.",
    ("time", "pagi"): "Tulis jam seperti 09.40, atau kosongkan.",
    ("desk", "L9"): "Pilih loket dari daftar, atau kosongkan.",
    ("service", "XX"): "Pilih layanan dari daftar, atau kosongkan.",
    ("age", "tua"): "Tulis umur dengan angka, atau kosongkan.",
    ("comment", "x" * 1001): "Terlalu panjang. Paling banyak 1.000 huruf.",
    ("WAKTU", ""): "Pilih jawaban yang ditandai, atau centang ini jika memang kosong di lembar.",
    ("WAKTU", "5"): "Pilih jawaban yang ditandai, atau centang ini jika memang kosong di lembar.",
}


@pytest.mark.parametrize("field", WRONG, ids=lambda field: f"{field[0]}={field[1][:10]}")
def test_what_cannot_be_kept_is_said_beside_its_field_and_the_rest_stays(
    client: Client, sqlite_engine: Engine, field: tuple[str, str]
) -> None:
    name, value = field
    page = save(client, form_of(client), **{"age": "34", "comment": "Cepat", name: value})
    assert page.status_code == 422
    assert WRONG[field] in errors_on(page)
    assert page.text.count(" checked") == (8 if name == "WAKTU" else 9)
    assert kept(sqlite_engine) == {name: [] for name in SHEETS}


@pytest.mark.parametrize("choice", ["sex", "education", "occupation"])
def test_a_choice_that_the_form_does_not_offer_is_refused(client: Client, choice: str) -> None:
    assert save(client, form_of(client), **{choice: "X"}).status_code == 422


def test_a_question_left_blank_on_the_sheet_stays_blank_once_that_is_said(
    client: Client, sqlite_engine: Engine
) -> None:
    assert save(client, form_of(client), WAKTU="", incomplete="y").status_code == 303
    [followup] = rows_of(sqlite_engine, "followup")
    assert (followup["waktu"], followup["sarana"]) == (None, 3)


def test_an_empty_sheet_is_no_sheet(client: Client, sqlite_engine: Engine) -> None:
    nothing = dict.fromkeys(all_nine(), "")
    page = client.post(
        PAGE, data={**form_of(client), **nothing, "day": "2026-10-02", "incomplete": "y"}
    )
    assert page.status_code == 422
    assert kept(sqlite_engine) == {name: [] for name in SHEETS}


def test_a_sheet_of_a_closed_month_is_late_and_says_so(
    client: Client, sqlite_engine: Engine
) -> None:
    close(sqlite_engine, by_code(sqlite_engine, "service_unit")[UNIT]["id"], Month(2026, 9))
    done = save(client, form_of(client), day="2026-09-30")
    assert "Tersimpan sebagai terlambat" in client.get(done.headers["Location"]).text
    assert rows_of(sqlite_engine, "response")[0]["late"]


def test_a_unit_beyond_the_branch_takes_no_sheets(app: Flask, sqlite_engine: Engine) -> None:
    take(sqlite_engine, SheetKind.UNITS, "KODE;NAMA;ZONA WAKTU\nLAIN;Kantor lain;WIB", None)
    other = by_code(sqlite_engine, "service_unit")["LAIN"]["id"]
    stranger = member(app, sqlite_engine, RoleIn(Role.UNIT_HEAD, other))
    assert stranger.get(PAGE).status_code == 404
    assert stranger.get(f"{PLACE}/responses").status_code == 404


# A sheet.


def test_a_file_is_looked_at_first_and_says_what_is_new_and_what_was_there(
    app: Flask, sqlite_engine: Engine
) -> None:
    client = operator(app, sqlite_engine)
    lines = [paper_line(nine=f"34343343{n}") for n in (1, 2, 3)]
    page = upload(client, SheetKind.RESPONSES, paper_sheet(*lines[:2]))
    assert kept(sqlite_engine) == {name: [] for name in SHEETS}
    done = confirm(client, SheetKind.RESPONSES, page)
    assert done.headers["Location"] == PAGE
    assert "Tersimpan: 2 baru" in client.get(PAGE).text
    more = upload(client, SheetKind.RESPONSES, paper_sheet(*lines))
    facts = re.findall(r"<dt>(.*?)</dt><dd><b[^>]*>(.*?)</b>", more.text)
    assert facts == [("Baru", "1"), ("Sudah ada", "2")]
    again = upload(client, SheetKind.RESPONSES, paper_sheet(*lines[:2]))
    assert "Tidak ada yang berubah" in again.text


def test_the_order_that_was_looked_at_is_the_order_that_is_kept(
    app: Flask, sqlite_engine: Engine
) -> None:
    client = operator(app, sqlite_engine)
    sheet = paper_sheet(paper_line(nine="444444412"))
    page = upload(client, SheetKind.RESPONSES, sheet, order="annex")
    confirm(client, SheetKind.RESPONSES, page)
    assert rows_of(sqlite_engine, "followup")[0]["sarana"] == 1


def test_bad_lines_are_listed_and_nothing_is_kept(app: Flask, sqlite_engine: Engine) -> None:
    client = operator(app, sqlite_engine)
    sheet = paper_sheet(paper_line(), paper_line(nine="344444445"), paper_line("2026-10-06"))
    page = upload(client, SheetKind.RESPONSES, sheet)
    assert page.status_code == 422
    assert [(line, column) for line, column, _ in complaints_on(page)] == [
        ("3", "–"), ("4", "TANGGAL"),
    ]  # fmt: skip
    assert kept(sqlite_engine) == {name: [] for name in SHEETS}


def test_answers_are_not_handed_out_again(app: Flask, sqlite_engine: Engine) -> None:
    client = operator(app, sqlite_engine)
    for ending in ("xlsx", "csv"):
        assert client.get(f"{PLACE}/responses.{ending}").status_code == 404
    assert "tidak dapat diunduh per orang" in client.get(f"{PLACE}/responses").text

"""A sheet on a page: looked at first, then taken in whole; by those who may, in their unit."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.office.current_sheet import HANDED_OUT
from aggregation.office.sheet_template import SheetKind, template_csv, template_table
from aggregation.site.sheets import taken_sheet
from aggregation.site.sheets.checked_sheet import CheckedSheet, SealBroken, seal, unseal
from aggregation.site.sheets.sheet_words import WORDS
from tests.office_factories import (
    DESKS,
    OFFICERS,
    SARI_NIP,
    SERVICES,
    UNIT,
    UNITS,
    an_office,
    by_code,
    duty_sheet,
    take,
)
from tests.record_factories import everything_in, rows_of
from tests.sheet_pages import (
    PLACE,
    complaints_on,
    confirm,
    operator,
    said_on,
    sealed_in,
    upload,
)
from tests.staff_factories import csrf_token, member, staff

MONDAY = datetime(2026, 10, 5, 5, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TWO_NEW = "KODE;NAMA\nKIA;Kartu anak\nIKD;Identitas digital"
OTHER = "KODE;NAMA;ZONA WAKTU\nLAIN;Kantor lain;WIB"
BELOW = "KODE;NAMA;INDUK;ZONA WAKTU\nKEC-A;Kecamatan A;DUKCAPIL;WIB"
KINDS = {
    SheetKind.UNITS: UNITS,
    SheetKind.SERVICES: SERVICES,
    SheetKind.DESKS: DESKS,
    SheetKind.OFFICERS: OFFICERS,
    SheetKind.DUTIES: duty_sheet("L1;HL-021;Senin;;08.00;12.00;2090-01-02;"),
}


@pytest.fixture
def app(sqlite_engine: Engine) -> Flask:
    take(sqlite_engine, SheetKind.UNITS, UNITS, None)
    return staff(sqlite_engine)


def office_in(engine: Engine) -> dict[str, list[str]]:
    """Return everything but what any visit of a page leaves: sessions and the log of readings."""
    rows = everything_in(engine)
    return {name: rows[name] for name in rows if not name.startswith(("staff_", "log_"))}


def test_a_whole_office_comes_from_five_sheets(app: Flask, sqlite_engine: Engine) -> None:
    client = operator(app, sqlite_engine)
    for kind in (SheetKind.SERVICES, SheetKind.DESKS, SheetKind.OFFICERS, SheetKind.DUTIES):
        page = upload(client, kind, KINDS[kind])
        assert page.status_code == 200
        done = confirm(client, kind, page)
        assert done.status_code == 303
        assert "Tersimpan:" in client.get(done.headers["Location"]).text
    counts = [len(rows_of(sqlite_engine, t)) for t in ("service", "desk", "officer", "duty")]
    assert counts == [2, 3, 3, 1]


def test_a_preview_says_what_would_change_and_keeps_nothing(
    app: Flask, sqlite_engine: Engine
) -> None:
    take(sqlite_engine, SheetKind.SERVICES, SERVICES)
    client = operator(app, sqlite_engine)
    client.get(PLACE + "/services")
    before = office_in(sqlite_engine)
    page = upload(client, SheetKind.SERVICES, "KODE;NAMA\nKIA;Kartu anak\nKK;Kartu baru\nKTP-EL;"
                  "KTP elektronik")  # fmt: skip
    assert office_in(sqlite_engine) == before
    assert "KIA: Kartu anak" in page.text
    assert "KK: Kartu baru" in page.text
    assert page.text.count('<b class="num">1</b>') == 3


def test_what_is_confirmed_is_what_was_seen(app: Flask, sqlite_engine: Engine) -> None:
    client = operator(app, sqlite_engine)
    page = upload(client, SheetKind.SERVICES, TWO_NEW)
    assert confirm(client, SheetKind.SERVICES, page).status_code == 303
    assert list(by_code(sqlite_engine, "service")) == ["KIA", "IKD"]


def test_a_preview_of_what_is_known_offers_nothing_to_save(
    app: Flask, sqlite_engine: Engine
) -> None:
    take(sqlite_engine, SheetKind.SERVICES, SERVICES)
    page = upload(operator(app, sqlite_engine), SheetKind.SERVICES, SERVICES)
    assert "Tidak ada yang berubah" in page.text
    assert 'name="checked"' not in page.text


def test_bad_lines_stand_in_a_table_and_nothing_is_kept(app: Flask, sqlite_engine: Engine) -> None:
    client = operator(app, sqlite_engine)
    client.get(PLACE + "/desks")
    before = office_in(sqlite_engine)
    page = upload(
        client, SheetKind.DESKS, "KODE;NAMA;JENIS\nL1;Loket 1;LOKET\n;Tanpa kode;\nL3;L;X"
    )
    assert page.status_code == 422
    assert complaints_on(page)[:2] == [
        ("3", "KODE", "kosong; kolom ini harus diisi."),
        ("4", "JENIS", "“X” tidak dikenal; pakai LOKET, RUANG, KELILING, DARING."),
    ]
    assert office_in(sqlite_engine) == before


def test_a_page_of_complaints_stays_short(app: Flask, sqlite_engine: Engine) -> None:
    lines = "\n".join(";" for _ in range(3000)).replace(";", ";x")
    page = upload(operator(app, sqlite_engine), SheetKind.SERVICES, f"KODE;NAMA\n{lines}")
    assert len(complaints_on(page)) < 250
    assert "3.000 hal" in page.text
    assert len(page.data) < 100_000


def test_warnings_do_not_stop_the_sheet(app: Flask, sqlite_engine: Engine) -> None:
    sheet = "NIP;NAMA;STATUS;MULAI\n19800231 200501 1 008;Joko;PNS;2026-01-02"
    client = operator(app, sqlite_engine)
    page = upload(client, SheetKind.OFFICERS, sheet)
    assert complaints_on(page) == [("2", "NIP", "tanggal lahir di dalamnya tidak ada di kalender.")]
    assert confirm(client, SheetKind.OFFICERS, page).status_code == 303


def test_the_reason_goes_along_to_the_batch(app: Flask, sqlite_engine: Engine) -> None:
    an_office(sqlite_engine)
    client = operator(app, sqlite_engine)
    sheet = duty_sheet("L1;HL-021;;2090-01-04;08.00;12.00;;")
    assert "memerlukan alasan" in upload(client, SheetKind.DUTIES, sheet).text
    page = upload(client, SheetKind.DUTIES, sheet, reason="Surat tugas 12")
    confirm(client, SheetKind.DUTIES, page)
    newest = max(rows_of(sqlite_engine, "duty_batch"), key=lambda row: row["number"])
    assert newest["reason"] == "Surat tugas 12"


def test_a_reason_that_is_too_long_is_kept_and_refused(app: Flask, sqlite_engine: Engine) -> None:
    page = upload(operator(app, sqlite_engine), SheetKind.OFFICERS, OFFICERS, reason="x" * 401)
    assert page.status_code == 422
    assert "x" * 401 in page.text


def test_without_a_file_the_page_asks_for_one(app: Flask, sqlite_engine: Engine) -> None:
    client = operator(app, sqlite_engine)
    address = f"{PLACE}/desks"
    page = client.post(address, data={"csrf_token": csrf_token(client.get(address))})
    assert (page.status_code, said_on(page)[:10]) == (422, "Pilih berk")


# Between preview and confirmation.


def test_data_that_changed_in_between_is_looked_at_again(app: Flask, sqlite_engine: Engine) -> None:
    client = operator(app, sqlite_engine)
    page = upload(client, SheetKind.SERVICES, TWO_NEW)
    take(sqlite_engine, SheetKind.SERVICES, "KODE;NAMA\nKIA;Sudah ada")
    again = confirm(client, SheetKind.SERVICES, page)
    assert again.status_code == 200
    assert "berubah sejak Anda memeriksanya" in again.text
    assert list(by_code(sqlite_engine, "service")) == ["KIA"]
    assert confirm(client, SheetKind.SERVICES, again).status_code == 303
    assert list(by_code(sqlite_engine, "service")) == ["KIA", "IKD"]


def test_what_has_become_impossible_is_refused(app: Flask, sqlite_engine: Engine) -> None:
    take(sqlite_engine, SheetKind.SERVICES, SERVICES)
    client = operator(app, sqlite_engine)
    officers = "NIP/NOMOR PEGAWAI;NAMA;STATUS;MULAI\nHL-9;Joko;NON ASN;2026-01-02"
    page = upload(client, SheetKind.OFFICERS, officers)
    take(sqlite_engine, SheetKind.UNITS, OTHER, None)
    take(sqlite_engine, SheetKind.OFFICERS, officers, "LAIN")
    refused = confirm(client, SheetKind.OFFICERS, page)
    assert refused.status_code == 422
    assert "sudah dipakai unit lain" in refused.text


def test_a_confirmation_sent_twice_is_done_once(app: Flask, sqlite_engine: Engine) -> None:
    an_office(sqlite_engine)
    client = operator(app, sqlite_engine)
    page = upload(client, SheetKind.DUTIES, KINDS[SheetKind.DUTIES])
    assert [confirm(client, SheetKind.DUTIES, page).status_code for _ in range(2)] == [303, 200]
    assert len(rows_of(sqlite_engine, "duty")) == 1


def test_a_preview_holds_for_a_quarter_of_an_hour(app: Flask, sqlite_engine: Engine) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        client = operator(app, sqlite_engine)
        pages = [upload(client, SheetKind.SERVICES, TWO_NEW) for _ in range(2)]
        clock.shift(15 * MINUTE)
        assert confirm(client, SheetKind.SERVICES, pages[0]).status_code == 303
        clock.shift(MINUTE)
        late = confirm(client, SheetKind.SERVICES, pages[1])
        assert (late.status_code, said_on(late)[:26]) == (422, "Pratinjau ini sudah tidak ")


def test_a_preview_is_of_one_account_unit_and_kind(app: Flask, sqlite_engine: Engine) -> None:
    take(sqlite_engine, SheetKind.UNITS, OTHER, None)
    client, colleague = operator(app, sqlite_engine), operator(app, sqlite_engine)
    page = upload(client, SheetKind.SERVICES, TWO_NEW)
    sealed = sealed_in(page)
    for who, address in (
        (colleague, f"{PLACE}/services"),
        (client, f"{PLACE}/desks"),
        (client, "/staff/unit/LAIN/lembar/services"),
    ):
        token = csrf_token(who.get(address))
        assert who.post(address, data={"csrf_token": token, "checked": sealed}).status_code == 422
    assert by_code(sqlite_engine, "service") == {}


@pytest.mark.parametrize("sealed", ["", "x", "a.b.c", "é", "x" * 4000])
def test_a_made_up_preview_is_refused(app: Flask, sqlite_engine: Engine, sealed: str) -> None:
    client = operator(app, sqlite_engine)
    token = csrf_token(client.get(f"{PLACE}/services"))
    page = client.post(f"{PLACE}/services", data={"csrf_token": token, "checked": sealed})
    assert page.status_code == 422


def test_a_changed_byte_breaks_the_seal() -> None:
    checked = CheckedSheet(b"KODE;NAMA\n\0", "Alasan\nlain", "d" * 64)
    sealed = seal(checked, b"k" * 32, "a")
    assert unseal(sealed, b"k" * 32, "a") == checked
    for place in (0, len(sealed) // 2):
        changed = sealed[:place] + ("A" if sealed[place] != "A" else "B") + sealed[place + 1 :]
        with pytest.raises(SealBroken):
            unseal(changed, b"k" * 32, "a")
    with pytest.raises(SealBroken):
        unseal(sealed, b"k" * 32, "b")


def test_a_page_that_confirms_whatever_it_is_sent_is_noticed(
    app: Flask, sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: without the digest, what changed in between goes unseen."""
    monkeypatch.setattr(taken_sheet, "digest_of", lambda _outcome: "")
    client = operator(app, sqlite_engine)
    page = upload(client, SheetKind.SERVICES, TWO_NEW)
    take(sqlite_engine, SheetKind.SERVICES, "KODE;NAMA\nKIA;Sudah ada")
    assert confirm(client, SheetKind.SERVICES, page).status_code == 303


# Who may, and where.


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.OPERATOR, set(SheetKind)),
        (Role.UNIT_HEAD, set(SheetKind) - {"units", "services", "desks", "officers"}),
        (Role.ASSESSOR, set()),
        (Role.HR, set()),
        (Role.REVIEWER, set()),
        (Role.OFFICER, set()),
        (Role.AUDITOR, set()),
    ],
)
def test_sheets_are_for_those_who_set_up_or_keep_the_roster(
    app: Flask, sqlite_engine: Engine, role: Role, may: set[SheetKind]
) -> None:
    client = member(app, sqlite_engine, RoleIn(role))
    opened = {kind for kind in SheetKind if client.get(f"{PLACE}/{kind}").status_code == 200}
    assert opened == may
    for kind, ending in ((k, e) for k in SheetKind for e in ("xlsx", "csv")):
        status = client.get(f"{PLACE}/{kind}.{ending}").status_code
        assert status == (404 if kind not in HANDED_OUT else 200 if kind in may else 403)


def test_a_sheet_of_units_changes_nothing_beyond_the_branch(
    app: Flask, sqlite_engine: Engine
) -> None:
    take(sqlite_engine, SheetKind.UNITS, OTHER, None)
    take(sqlite_engine, SheetKind.UNITS, BELOW, None)
    unit_id = by_code(sqlite_engine, "service_unit")["KEC-A"]["id"]
    client = operator(app, sqlite_engine, unit_id)
    place = "/staff/unit/KEC-A/lembar"
    sheet = (
        "KODE;NAMA;INDUK;ZONA WAKTU\nLAIN;Direbut;;WIB\nDUKCAPIL;Direbut;;WIB\n"
        "BARU;Baru;LAIN;WIB\nKEC-A;Kecamatan A;LAIN;WIB"
    )
    page = upload(client, SheetKind.UNITS, sheet, place=place)
    assert [(line, column) for line, column, _ in complaints_on(page)[:4]] == [
        ("2", "KODE"), ("3", "KODE"), ("4", "INDUK"), ("5", "INDUK"),
    ]  # fmt: skip
    own = "KODE;NAMA;INDUK;ZONA WAKTU\nKEC-A;Kecamatan Abadi;DUKCAPIL;WIB\nBARU;Baru;;WIB"
    done = confirm(
        client, SheetKind.UNITS, upload(client, SheetKind.UNITS, own, place=place), place=place
    )
    assert done.status_code == 303
    units = by_code(sqlite_engine, "service_unit")
    assert (units["BARU"]["parent_id"], units["KEC-A"]["name"]) == (unit_id, "Kecamatan Abadi")
    assert units["LAIN"]["name"] == "Kantor lain"


def test_a_unit_beyond_the_branch_has_no_sheets(app: Flask, sqlite_engine: Engine) -> None:
    take(sqlite_engine, SheetKind.UNITS, OTHER, None)
    unit_id = by_code(sqlite_engine, "service_unit")["LAIN"]["id"]
    client = operator(app, sqlite_engine, unit_id)
    for address in ("services", "services.xlsx", "officers.csv", "contoh/desks.xlsx"):
        assert client.get(f"{PLACE}/{address}").status_code == 404


# Files down.


@pytest.mark.parametrize("kind", list(SheetKind))
@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_the_example_can_be_had_as_either_file(
    app: Flask, sqlite_engine: Engine, kind: SheetKind, ending: str
) -> None:
    answer = operator(app, sqlite_engine).get(f"{PLACE}/contoh/{kind}.{ending}")
    assert f"contoh-{kind}.{ending}" in answer.headers["Content-Disposition"]
    assert answer.data.startswith(b"PK" if ending == "xlsx" else b"\xef\xbb\xbf")
    if ending == "csv":
        assert answer.data == template_csv(kind)


@pytest.mark.parametrize("kind", HANDED_OUT)
@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_what_is_downloaded_and_uploaded_again_changes_nothing(
    app: Flask, sqlite_engine: Engine, kind: SheetKind, ending: str
) -> None:
    an_office(sqlite_engine)
    take(sqlite_engine, SheetKind.DUTIES, KINDS[SheetKind.DUTIES])
    client = operator(app, sqlite_engine)
    answer = client.get(f"{PLACE}/{kind}.{ending}")
    assert f"{UNIT}-{kind}.{ending}" in answer.headers["Content-Disposition"]
    assert "Tidak ada yang berubah" in upload(client, kind, answer.data).text


def test_reading_a_file_that_names_people_is_kept_in_the_log(
    app: Flask, sqlite_engine: Engine
) -> None:
    an_office(sqlite_engine)
    client = operator(app, sqlite_engine)
    for kind in ("desks", "officers", "duties"):
        client.get(f"{PLACE}/{kind}.xlsx")
    read = {
        row["subject"] for row in rows_of(sqlite_engine, "log_entry") if row["act"] == "people.read"
    }
    assert {address.rpartition("/")[2] for address in read} == {"officers.xlsx", "duties.xlsx"}


def test_no_nip_reaches_the_log(app: Flask, sqlite_engine: Engine) -> None:
    client = operator(app, sqlite_engine)
    page = upload(client, SheetKind.OFFICERS, OFFICERS)
    confirm(client, SheetKind.OFFICERS, page)
    log = str(rows_of(sqlite_engine, "log_entry") + rows_of(sqlite_engine, "log_detail"))
    assert "officers.imported" in log
    assert SARI_NIP not in log.replace(" ", "")
    assert SARI_NIP not in page.text


@pytest.mark.parametrize("kind", list(SheetKind))
def test_every_kind_has_words_and_its_columns_are_explained(
    app: Flask, sqlite_engine: Engine, kind: SheetKind
) -> None:
    page = operator(app, sqlite_engine).get(f"{PLACE}/{kind}").text
    assert WORDS[kind.value].title in page
    assert all(f">{name}<" in page for name in template_table(kind)[0])

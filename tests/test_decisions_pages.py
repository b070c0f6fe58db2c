"""The pages of proposals and notes: who may, what is told, and what bad input does."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine
from sqlmodel import Session, select
from werkzeug.test import Client, TestResponse

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.appraisal import notes
from aggregation.appraisal.models import NoteKind, SuperiorNote
from aggregation.changes.batch import Cause
from aggregation.method.component import Proposal
from aggregation.models import LogDetail, Officer
from aggregation.site.decisions.proposal_pages import CHANGE, CONFIRM
from survey.database import reading, writing
from survey.models import LogEntry
from tests.decision_factories import (
    ABOVE,
    BELOW,
    EXPECTED,
    SIXTH,
    TOO_FEW,
    DecidedOffice,
    assessor_account,
    decided,
    decisions_on,
    object_to,
    place,
    proposing_office,
)
from tests.month_factories import OCTOBER
from tests.page_words import met_on
from tests.score_factories import revise
from tests.staff_factories import csrf_token, make_account, member, staff
from tests.worlds import as_made

NOVEMBER_7 = SIXTH + timedelta(days=1)
WHY = "Dua minggu melatih petugas baru di loketnya."


@pytest.fixture(autouse=True)
def a_day_in_november() -> Iterator[None]:
    with time_machine.travel(NOVEMBER_7, tick=True):
        yield


@pytest.fixture
def app(sqlite_engine: Engine) -> Flask:
    return staff(sqlite_engine)


def an_office(session: Session) -> DecidedOffice:
    made = proposing_office(session)
    for who in (ABOVE, EXPECTED, BELOW):
        place(session, made, who)
    return made


@pytest.fixture
def office(sqlite_engine: Engine) -> DecidedOffice:
    return as_made(sqlite_engine, an_office)


@pytest.fixture
def assessor(app: Flask, sqlite_engine: Engine, office: DecidedOffice) -> Client:
    with writing(sqlite_engine) as session:
        account_id = assessor_account(session, office)
    return member(app, sqlite_engine, account_id=account_id)


def listed(office: DecidedOffice, query: str = "") -> str:
    return f"/staff/unit/{office.code}/usulan/2026-10{query}"


def note_of(office: DecidedOffice, who: int, month: str = "2026-10") -> str:
    return f"/staff/unit/{office.code}/catatan/{month}/{office.keys[who]}"


def hidden(page: str, who: str) -> dict[str, str]:
    """Return what the form of an officer's row had in view; a token if there is no such form."""
    found = re.compile(r'type="hidden" name="(\w+)" value="([^"]*)"').findall
    action = page.find(f"/usulan/2026-10/{who}")
    return dict(found(page)[:1] if action < 0 else found(page[action:])[:4])


def send(
    client: Client, office: DecidedOffice, who: int, query: str = "", **fields: str
) -> TestResponse:
    page = client.get(listed(office, f"?ubah={office.keys[who]}")).text
    address = f"/staff/unit/{office.code}/usulan/2026-10/{office.keys[who]}{query}"
    seen = {**hidden(page, office.keys[who]), "do": CONFIRM, **fields}
    return client.post(address, data=seen)


def made_on(engine: Engine, office: DecidedOffice, who: int) -> list[tuple[str, str, str]]:
    with reading(engine) as session:
        found = decisions_on(session, office, who)
        return [(each.decision, each.reason, each.decided_name or "") for each in found]


def test_a_proposal_is_confirmed_with_one_button(
    assessor: Client, sqlite_engine: Engine, office: DecidedOffice
) -> None:
    answer = send(assessor, office, ABOVE)
    assert answer.status_code == 303
    assert made_on(sqlite_engine, office, ABOVE) == [("above_expectation", "", "Rina Penilai")]
    # The next row that waits: officer 3 serves the same desk a day later.
    assert answer.location.endswith(f"/usulan/2026-10#baris-{office.keys[BELOW]}")
    page = assessor.get(listed(office)).text
    assert "1 dari 7" in page
    assert "Disetujui 7 November 2026" in page


def test_the_last_decision_leads_to_no_row(
    assessor: Client, sqlite_engine: Engine, office: DecidedOffice
) -> None:
    with writing(sqlite_engine) as session:
        for who in range(1, 7):
            decided(session, office, who)
    assert "#" not in send(assessor, office, ABOVE).location
    assert "Semua diputuskan" in assessor.get(f"/staff/unit/{office.code}/usulan").text


def test_a_filter_stays_after_a_decision(assessor: Client, office: DecidedOffice) -> None:
    location = send(assessor, office, ABOVE, "?saring=menunggu").location
    assert "?saring=menunggu#baris-" in location


def test_a_change_without_a_reason_keeps_what_was_chosen(
    assessor: Client, sqlite_engine: Engine, office: DecidedOffice
) -> None:
    answer = send(assessor, office, EXPECTED, do=CHANGE, decision=Proposal.BELOW, reason=" \n ")
    assert answer.status_code == 422
    assert "Tulis alasannya dalam satu kalimat. Petugas akan membacanya." in answer.text
    assert re.search(r'value="below_expectation" checked', answer.text)
    assert made_on(sqlite_engine, office, EXPECTED) == []


def test_a_change_with_a_reason_is_recorded_and_shown(
    assessor: Client, sqlite_engine: Engine, office: DecidedOffice
) -> None:
    reason = f"  {WHY}\n<b>Tebal</b> "
    answer = send(assessor, office, EXPECTED, do=CHANGE, decision=Proposal.ABOVE, reason=reason)
    assert answer.status_code == 303
    [(word, kept, _)] = made_on(sqlite_engine, office, EXPECTED)
    assert (word, kept) == ("above_expectation", f"{WHY} <b>Tebal</b>")
    page = assessor.get(listed(office)).text
    assert "Diubah 7 November 2026" in page
    assert "&lt;b&gt;Tebal&lt;/b&gt;" in page


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"decision": "hebat", "reason": WHY}, "Pilih satu dari tiga."),
        ({"reason": WHY}, "Pilih satu dari tiga."),
        ({"decision": "above_expectation", "reason": "a" * 401}, "Paling panjang 400 huruf"),
        ({"decision": "above_expectation", "reason": "a\x07b"}, "tanda yang tidak terlihat"),
    ],
)
def test_a_change_that_makes_no_sense_is_not_taken(
    assessor: Client,
    sqlite_engine: Engine,
    office: DecidedOffice,
    fields: dict[str, str],
    told: str,
) -> None:
    answer = send(assessor, office, EXPECTED, do=CHANGE, **fields)
    assert (answer.status_code, told in answer.text) == (422, True)
    assert fields["reason"][:400] in answer.text
    assert made_on(sqlite_engine, office, EXPECTED) == []


@pytest.mark.parametrize(
    "stale",
    [
        {"revision": ""}, {"revision": "9" * 30}, {"revision": "1"}, {"revision": "²"},
        {"proposal": "above_expectation"}, {"proposal": ""},
        {"last": "bukan"}, {"last": "00000000-0000-4000-8000-000000000000"},
    ],
)  # fmt: skip
def test_what_was_not_in_view_is_not_decided(
    assessor: Client, sqlite_engine: Engine, office: DecidedOffice, stale: dict[str, str]
) -> None:
    answer = send(assessor, office, EXPECTED, **stale)
    assert answer.status_code == 409
    assert 'role="alert"' in answer.text
    assert made_on(sqlite_engine, office, EXPECTED) == []


def test_a_revision_meanwhile_is_told_and_the_reason_kept(
    assessor: Client, sqlite_engine: Engine, office: DecidedOffice
) -> None:
    page = assessor.get(listed(office, f"?ubah={office.keys[EXPECTED]}")).text
    with writing(sqlite_engine) as session:
        revise(session, office.office, NOVEMBER_7)
    answer = assessor.post(
        f"{listed(office)}/{office.keys[EXPECTED]}",
        data={**hidden(page, office.keys[EXPECTED]), "do": CHANGE,
              "decision": "above_expectation", "reason": WHY},
    )  # fmt: skip
    assert answer.status_code == 409
    assert "sudah berubah. Baca lagi barisnya" in answer.text
    assert WHY in answer.text
    assert made_on(sqlite_engine, office, EXPECTED) == []


def test_pressing_twice_decides_once(
    assessor: Client, sqlite_engine: Engine, office: DecidedOffice
) -> None:
    page = assessor.get(listed(office)).text
    data = {**hidden(page, office.keys[EXPECTED]), "do": CONFIRM}
    both = [assessor.post(f"{listed(office)}/{office.keys[EXPECTED]}", data=data) for _ in "ab"]
    assert [each.status_code for each in both] == [303, 409]
    assert len(made_on(sqlite_engine, office, EXPECTED)) == 1


def test_a_row_without_enough_data_has_words_and_no_number_but_n(
    assessor: Client, office: DecidedOffice
) -> None:
    page = assessor.get(listed(office, "?saring=kurang")).text
    rows = re.findall(r"<tr data-row>.*?</tr>", page, re.DOTALL)
    assert len(rows) == 2
    assert all("paling sedikit" in row and "<svg role" not in row for row in rows)
    assert not re.search(r"\d\d,\d\d", "".join(rows))
    assert 'name="do"' not in "".join(rows)
    answer = send(assessor, office, TOO_FEW, revision="0", proposal="as_expected", last="")
    assert answer.status_code == 409
    assert "Tidak ada usulan untuk" in answer.text


def test_the_filters_count_what_they_show(
    assessor: Client, sqlite_engine: Engine, office: DecidedOffice
) -> None:
    with writing(sqlite_engine) as session:
        decided(session, office, ABOVE)
        object_to(session, office, EXPECTED)
    page = assessor.get(listed(office)).text
    counts = dict(re.findall(r">(\w[\w ]*) <span class=\"num\">(\d+)</span></a>", page))
    assert counts == {"Semua": "9", "Menunggu": "6", "Keberatan": "1", "Belum cukup data": "2"}
    for word, number in {"": 9, "menunggu": 6, "keberatan": 1, "kurang": 2, "lain": 9}.items():
        shown = assessor.get(listed(office, f"?saring={word}")).text
        assert shown.count("<tr data-row>") == number


def test_the_page_says_whose_decision_it_is(
    app: Flask, sqlite_engine: Engine, office: DecidedOffice, assessor: Client
) -> None:
    with writing(sqlite_engine) as session:
        place(session, office, 2, assessor_id=office.officer(ABOVE))
        name = session.get_one(Officer, office.officer(ABOVE)).name
        own = assessor_account(session, office, officer_id=office.officer(ABOVE))
    assert f"Menunggu {name}" in assessor.get(listed(office)).text
    answer = send(assessor, office, 2, revision="0", proposal="as_expected", last="")
    assert (answer.status_code, "diputuskan penilainya sendiri" in answer.text) == (409, True)
    named = member(app, sqlite_engine, account_id=own)
    assert send(named, office, 2).status_code == 303
    answer = send(named, office, ABOVE, revision="0", proposal="above_expectation", last="")
    assert (answer.status_code, "adalah Anda sendiri" in answer.text) == (409, True)
    assert "Tentang Anda sendiri" in named.get(listed(office)).text


@pytest.mark.parametrize("month", ["2026-09", "2026-13", "oktober"])
def test_a_month_that_is_not_closed_has_no_proposals(
    assessor: Client, office: DecidedOffice, month: str
) -> None:
    assert assessor.get(f"/staff/unit/{office.code}/usulan/{month}").status_code == 404


def test_a_key_that_nobody_has_is_not_there(assessor: Client, office: DecidedOffice) -> None:
    token = csrf_token(assessor.get(listed(office)))
    address = f"{listed(office)}/TIDAKADA"
    assert assessor.post(address, data={"csrf_token": token}).status_code == 404
    assert assessor.get(listed(office, "?ubah=TIDAKADA")).status_code == 200


def test_the_last_month_that_can_be_written_takes_no_decision(
    assessor: Client, office: DecidedOffice
) -> None:
    token = csrf_token(assessor.get(listed(office)))
    address = f"/staff/unit/{office.code}/usulan/9998-12/TIDAKADA"
    assert assessor.post(address, data={"csrf_token": token}).status_code == 404


# Notes.


@pytest.fixture
def head(app: Flask, sqlite_engine: Engine, office: DecidedOffice) -> Client:
    return member(app, sqlite_engine, RoleIn(Role.UNIT_HEAD, office.unit_id))


def write(client: Client, address: str, **fields: str) -> TestResponse:
    token = csrf_token(client.get(address))
    typed = {"kind": "feedback", "text": "Terima kasih atas sapaannya.", **fields}
    return client.post(address, data={"csrf_token": token, **typed})


def test_a_note_is_written_and_read_by_the_officer(
    head: Client, app: Flask, sqlite_engine: Engine, office: DecidedOffice
) -> None:
    text = "Sepakat: menyapa lebih dulu.\r\nDilihat lagi bulan depan. <script>"
    answer = write(head, note_of(office, EXPECTED), kind="agreement", text=text)
    assert answer.status_code == 303
    page = head.get(answer.location).text
    assert "Perbaikan yang disepakati · 7 November 2026 · Rina Contoh" in page
    with writing(sqlite_engine) as session:
        account_id = make_account(
            session, RoleIn(Role.OFFICER, office.unit_id), officer_id=office.officer(EXPECTED)
        )
    own = member(app, sqlite_engine, account_id=account_id).get("/staff/saya").text
    assert "menyapa lebih dulu.\nDilihat lagi bulan depan. &lt;script&gt;" in own


def test_a_note_about_a_month_that_runs_is_read_at_once(
    head: Client, app: Flask, sqlite_engine: Engine, office: DecidedOffice
) -> None:
    assert write(head, note_of(office, EXPECTED, "2026-11")).status_code == 303
    with writing(sqlite_engine) as session:
        account_id = make_account(
            session, RoleIn(Role.OFFICER, office.unit_id), officer_id=office.officer(EXPECTED)
        )
    own = member(app, sqlite_engine, account_id=account_id).get("/staff/saya").text
    assert "Umpan balik November 2026 · 7 November 2026" in own


def test_the_officer_reads_the_decision_and_its_reason(
    app: Flask, sqlite_engine: Engine, office: DecidedOffice
) -> None:
    with writing(sqlite_engine) as session:
        account_id = make_account(
            session, RoleIn(Role.OFFICER, office.unit_id), officer_id=office.officer(EXPECTED)
        )
    officer = member(app, sqlite_engine, account_id=account_id)
    assert "Penilai Anda belum memutuskan" in officer.get("/staff/saya").text
    with writing(sqlite_engine) as session:
        decided(session, office, EXPECTED, Proposal.ABOVE, WHY)
    own = officer.get("/staff/saya").text
    assert "Keputusan: di atas ekspektasi." in own
    assert "Diputuskan Rina Penilai, 6 November 2026." in own
    assert WHY in own


def test_no_figures_stand_on_the_pages_of_notes(
    head: Client, sqlite_engine: Engine, office: DecidedOffice
) -> None:
    with writing(sqlite_engine) as session:
        decided(session, office, EXPECTED, Proposal.ABOVE, WHY)
    for page in (f"/staff/unit/{office.code}/catatan", note_of(office, EXPECTED)):
        body = met_on(head.get(page).text.partition("<main")[2])
        for figure in ("86,54", "ekspektasi", "104", WHY):
            assert figure not in body
    assert head.get(listed(office)).status_code == 403


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"text": ""}, "Tulis catatannya dulu."),
        ({"text": " \r\n "}, "Tulis catatannya dulu."),
        ({"text": "a" * 1001}, "paling panjang 1000 huruf"),
        ({"kind": "scolding"}, "Pilih jenis catatannya."),
        ({"kind": ""}, "Pilih jenis catatannya."),
    ],
)
def test_a_note_that_makes_no_sense_is_not_taken(
    head: Client, sqlite_engine: Engine, office: DecidedOffice, fields: dict[str, str], told: str
) -> None:
    answer = write(head, note_of(office, EXPECTED), **fields)
    assert (answer.status_code, told in answer.text) == (422, True)
    assert fields.get("text", "Terima kasih").strip() in answer.text
    with reading(sqlite_engine) as session:
        assert session.exec(select(SuperiorNote)).all() == []


def test_a_note_of_a_thousand_letters_is_taken(
    head: Client, sqlite_engine: Engine, office: DecidedOffice
) -> None:
    assert write(head, note_of(office, EXPECTED), text="ñ" * 1000).status_code == 303
    with reading(sqlite_engine) as session:
        assert len(session.exec(select(SuperiorNote)).one().text) == 1000


def test_a_zero_byte_is_refused(head: Client, office: DecidedOffice) -> None:
    assert write(head, note_of(office, EXPECTED), text="a\0b").status_code == 400


def test_nobody_writes_to_himself(app: Flask, sqlite_engine: Engine, office: DecidedOffice) -> None:
    with writing(sqlite_engine) as session:
        account_id = make_account(
            session, RoleIn(Role.UNIT_HEAD, office.unit_id), officer_id=office.officer(EXPECTED)
        )
    client = member(app, sqlite_engine, account_id=account_id)
    page = client.get(note_of(office, EXPECTED))
    assert "Ini halaman Anda sendiri" in page.text
    data = {"csrf_token": csrf_token(page), "kind": "appreciation", "text": "Hebat"}
    assert client.post(note_of(office, EXPECTED), data=data).status_code == 422
    with reading(sqlite_engine) as session:
        assert session.exec(select(SuperiorNote)).all() == []
    assert "(Anda)" in client.get(f"/staff/unit/{office.code}/catatan").text


@pytest.mark.parametrize("month", ["2026-12", "2025-12", "x"])
def test_a_month_to_come_or_before_the_officer_came_takes_no_note(
    head: Client, office: DecidedOffice, month: str
) -> None:
    assert head.get(note_of(office, EXPECTED, month)).status_code == 404


def test_the_list_says_when_somebody_last_wrote(head: Client, office: DecidedOffice) -> None:
    address = f"/staff/unit/{office.code}/catatan"
    assert head.get(address).text.count("belum ada") == 3
    write(head, note_of(office, EXPECTED))
    page = head.get(f"{address}?bulan=2026-10").text
    assert page.count("belum ada") == 2
    assert "7 November 2026" in page
    assert "catatan/2026-10/" in page
    assert head.get(f"{address}?bulan=9999-99&urut=-terakhir").status_code == 200


def a_note(session: Session, office: DecidedOffice, author: int | None = None) -> None:
    notes.write_note(
        session, office.unit_id, OCTOBER, office.officer(EXPECTED),
        kind=NoteKind.APPRECIATION, text="Terima kasih, Sari.",
        cause=Cause("kepala", "", SIXTH, "kepala"), author_officer_id=author,
    )  # fmt: skip


def test_notes_follow_each_other_on_every_database(session: Session) -> None:
    office = proposing_office(session, ((0, 0, 1, 1), (0, 0, 1, 1)))
    with pytest.raises(notes.NotOfThisUnit):
        a_note(session, office)
    place(session, office, EXPECTED)
    for _ in range(2):
        a_note(session, office)
    with pytest.raises(notes.OwnNote):
        a_note(session, office, author=office.officer(EXPECTED))
    with pytest.raises(notes.MonthToCome):
        notes.write_note(
            session, office.unit_id, OCTOBER.shift(2), office.officer(EXPECTED),
            kind=NoteKind.FEEDBACK, text="Nanti", author_officer_id=None,
            cause=Cause("kepala", "", SIXTH, "kepala"),
        )  # fmt: skip
    found = notes.notes_of(session, office.officer(EXPECTED), office.unit_id, OCTOBER)
    assert [(note.kind, note.text) for note in found] == [
        (NoteKind.APPRECIATION, "Terima kasih, Sari.")
    ] * 2
    assert notes.notes_of(session, office.officer(ABOVE), office.unit_id, OCTOBER) == []
    told = "".join(each.facts for each in session.exec(select(LogEntry)))
    told += "".join(each.text for each in session.exec(select(LogDetail)))
    assert "Terima kasih" not in told

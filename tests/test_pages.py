"""What a citizen meets: one tap is recorded, whatever is sent afterwards."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine, insert
from time_machine import travel

from survey.database import writing
from survey.models import ClosedMonth, Desk, table_of
from survey.month import Month
from survey.questionnaire import ElementOrder
from survey.visit_token import MORE, RATE, VisitToken, write_token
from tests.factories import (
    KEYS,
    NOON,
    MadeDesk,
    all_nine,
    follow,
    hidden_fields,
    make_desk,
    make_service,
    make_slip,
    make_unit,
    tap,
)
from tests.page_words import met_on
from tests.record_factories import rows_of
from tests.site_client import PublicClient, phone

TOKEN_KEY = KEYS.key("token")


@pytest.fixture
def client(engine: Engine) -> PublicClient:
    return phone(engine)


@pytest.fixture
def desk(engine: Engine) -> MadeDesk:
    with writing(engine) as session:
        return make_desk(session)


def responses(engine: Engine) -> int:
    return len(rows_of(engine, "response"))


@pytest.mark.parametrize("rating", [1, 2, 3, 4])
def test_one_tap_is_recorded(
    engine: Engine, client: PublicClient, desk: MadeDesk, rating: int
) -> None:
    answer = tap(client, desk.path, rating)
    assert answer.status_code == 201
    [row] = rows_of(engine, "response")
    assert (row["overall"], row["desk_id"], row["channel"]) == (rating, desk.id, "desk_qr")
    assert row["service_id"] == desk.service_ids[0]


def test_the_thanks_page_shows_the_receipt_and_the_nine(
    client: PublicClient, desk: MadeDesk
) -> None:
    page = tap(client, desk.path).text
    assert "Terima kasih, penilaian Anda sudah tercatat." in page
    assert page.count('type="radio"') == 36
    assert 'class="code"' in page


def test_the_same_tap_again_gives_the_same_page_and_stores_nothing(
    engine: Engine, client: PublicClient, desk: MadeDesk
) -> None:
    with travel(NOON, tick=False):
        sent = {**hidden_fields(client.get(desk.path)), "KESELURUHAN": "2"}
        first, again = (client.post(desk.path, data=sent) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.data == again.data
    assert responses(engine) == 1


def test_another_face_afterwards_is_told_that_the_first_counts(
    engine: Engine, client: PublicClient, desk: MadeDesk
) -> None:
    token = hidden_fields(client.get(desk.path))
    client.post(desk.path, data={**token, "KESELURUHAN": "1"})
    answer = client.post(desk.path, data={**token, "KESELURUHAN": "4"})
    assert answer.status_code == 422
    assert "Penilaian yang pertama tetap berlaku" in answer.text
    assert [row["overall"] for row in rows_of(engine, "response")] == [1]


def test_the_nine_are_added_once_and_end_with_the_receipt(
    engine: Engine, client: PublicClient, desk: MadeDesk
) -> None:
    thanks = tap(client, desk.path)
    more = {**all_nine(3), "comment": "Antrean terlalu lama.", "SEX": "P", "AGE": ""}
    first, again = (follow(client, desk.path, thanks, **more) for _ in range(2))
    other = follow(client, desk.path, thanks, **{**more, "WAKTU": "1"})
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 422)
    assert "Kode tanda terima" in first.text
    assert "Jawaban yang pertama tetap berlaku" in other.text
    [row] = rows_of(engine, "followup")
    assert (row["waktu"], row["sarana"]) == (3, 3)
    assert {text["field"] for text in rows_of(engine, "private_text")} == {"COMMENT", "SEX"}


def test_an_empty_follow_up_stores_nothing_and_is_thanked_for(
    engine: Engine, client: PublicClient, desk: MadeDesk
) -> None:
    answer = follow(client, desk.path, tap(client, desk.path), comment=" ", SEX="")
    assert (answer.status_code, rows_of(engine, "followup")) == (200, [])
    assert "Suara Anda sudah kami terima" in answer.text


def test_a_follow_up_is_taken_for_a_day(
    engine: Engine, client: PublicClient, desk: MadeDesk
) -> None:
    with travel(NOON, tick=False) as clock:
        first, second = (tap(client, desk.path) for _ in range(2))
        clock.shift(timedelta(hours=24))
        in_time = follow(client, desk.path, first, **all_nine())
        clock.shift(timedelta(seconds=1))
        too_late = follow(client, desk.path, second, **all_nine())
    assert (in_time.status_code, too_late.status_code) == (201, 410)
    assert "24 jam" in too_late.text
    assert len(rows_of(engine, "followup")) == 1


def test_sending_the_tap_again_does_not_prolong_the_day(
    sqlite_engine: Engine,
) -> None:
    with writing(sqlite_engine) as session:
        desk = make_desk(session)
    client = phone(sqlite_engine)
    with travel(NOON, tick=False) as clock:
        sent = {**hidden_fields(client.get(desk.path)), "KESELURUHAN": "4"}
        client.post(desk.path, data=sent)
        clock.shift(timedelta(hours=30))
        again = client.post(desk.path, data=sent)
        assert follow(client, desk.path, again, **all_nine()).status_code == 410


def test_after_the_close_nothing_is_added(
    engine: Engine, client: PublicClient, desk: MadeDesk
) -> None:
    with travel(NOON, tick=False):
        thanks = tap(client, desk.path)
        row = {"unit_id": desk.unit_id, "month": Month(2026, 10), "closed_at": NOON}
        with writing(engine) as session:
            session.execute(insert(table_of(ClosedMonth)), row)
        assert follow(client, desk.path, thanks, **all_nine()).status_code == 410


def test_a_visit_may_open_with_the_nine(
    engine: Engine, client: PublicClient, desk: MadeDesk
) -> None:
    path = f"{desk.path}/skm"
    sent = {**hidden_fields(client.get(path)), **all_nine(2), "comment": "Baik"}
    assert [client.post(path, data=sent).status_code for _ in range(2)] == [201, 200]
    assert [row["overall"] for row in rows_of(engine, "response")] == [None]
    assert [row["perilaku"] for row in rows_of(engine, "followup")] == [2]


def test_opening_with_the_nine_needs_one_answer_and_keeps_the_comment(
    engine: Engine, client: PublicClient, desk: MadeDesk
) -> None:
    path = f"{desk.path}/skm"
    answer = client.post(path, data={**hidden_fields(client.get(path)), "comment": "Parkir sempit"})
    assert answer.status_code == 422
    assert "paling sedikit satu" in answer.text
    assert "Parkir sempit" in answer.text
    assert responses(engine) == 0


def test_a_desk_set_to_the_nine_opens_with_them(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        desk = make_desk(session, opens_with="skm")
    page = phone(sqlite_engine).get(desk.path).text
    assert f'action="{desk.path}/skm"' in page
    assert "KESELURUHAN" not in page


def test_a_desk_with_several_services_asks_first_which_one(
    engine: Engine, client: PublicClient
) -> None:
    with writing(engine) as session:
        desk = make_desk(session, services=("KTP-EL", "KK"))
    thanks = tap(client, desk.path)
    assert thanks.text.index('name="service"') < thanks.text.index('name="PERSYARATAN"')
    assert follow(client, desk.path, thanks, service="KK").status_code == 201
    assert [row["service_id"] for row in rows_of(engine, "followup")] == [desk.service_ids[1]]


def test_a_service_of_another_unit_is_refused_and_the_answers_are_kept(
    engine: Engine, client: PublicClient
) -> None:
    with writing(engine) as session:
        desk = make_desk(session, services=("KTP-EL", "KK"))
        make_service(session, make_unit(session), "IZIN")
    answer = follow(client, desk.path, tap(client, desk.path), service="IZIN", WAKTU="1")
    assert answer.status_code == 422
    assert 'name="WAKTU" value="1" checked' in answer.text
    assert rows_of(engine, "followup") == []


@pytest.mark.parametrize(
    "rating", ["", "0", "5", "4.0", "\N{FULLWIDTH DIGIT FOUR}", " 4", "04", "4\n", "empat", "-1"]
)
def test_a_tap_that_is_no_rating_is_refused(sqlite_engine: Engine, rating: str) -> None:
    with writing(sqlite_engine) as session:
        desk = make_desk(session)
    client = phone(sqlite_engine)
    answer = tap(client, desk.path, rating)
    assert (answer.status_code, responses(sqlite_engine)) == (422, 0)
    assert "Belum tercatat." in answer.text
    again = client.post(desk.path, data={**hidden_fields(answer), "KESELURUHAN": "3"})
    assert again.status_code == 201


@pytest.mark.parametrize(
    "fields",
    [
        [("KESELURUHAN", "4"), ("KESELURUHAN", "4")],
        [("KESELURUHAN", "4"), ("KESELURUHAN", "1")],
        [("KESELURUHAN", "4"), ("PERILAKU", "4")],
        [("KESELURUHAN", "4"), ("nik", "1371")],
        [],
    ],
)
def test_a_tap_with_more_or_less_than_one_face_is_refused(
    sqlite_engine: Engine, fields: list[tuple[str, str]]
) -> None:
    with writing(sqlite_engine) as session:
        desk = make_desk(session)
    client = phone(sqlite_engine)
    token = hidden_fields(client.get(desk.path))
    body = "&".join(f"{name}={value}" for name, value in [*token.items(), *fields])
    answer = client.post(desk.path, data=body, content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, responses(sqlite_engine)) == (422, 0)


def test_what_is_wrong_is_marked_and_what_was_typed_stays(
    sqlite_engine: Engine,
) -> None:
    with writing(sqlite_engine) as session:
        desk = make_desk(session)
    client = phone(sqlite_engine)
    wrong = {"PROSEDUR": "5", "SARANA": "2", "AGE": "26-35", "comment": "a" * 1001}
    answer = follow(client, desk.path, tap(client, desk.path), **wrong)
    assert answer.status_code == 422
    assert 'id="PROSEDUR-err"' in answer.text
    assert "Paling panjang 1.000 huruf" in answer.text
    assert 'name="SARANA" value="2" checked' in answer.text
    assert '<option value="26-35" selected>' in answer.text
    assert "a" * 1001 in answer.text
    assert rows_of(sqlite_engine, "followup") == []


def test_what_was_typed_is_shown_as_text(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        desk = make_desk(session)
    client = phone(sqlite_engine)
    answer = follow(
        client,
        desk.path,
        tap(client, desk.path),
        comment="</textarea><script>alert(1)</script>",
        WAKTU="9",
    )
    assert "<script" not in answer.text


def test_a_changed_character_of_the_code_is_not_found(client: PublicClient, desk: MadeDesk) -> None:
    token = hidden_fields(client.get(desk.path))
    for place, letter in enumerate(desk.code):
        other = "2" if letter != "2" else "3"
        path = f"/l/{desk.code[:place]}{other}{desk.code[place + 1 :]}"
        assert client.get(path).status_code == 404
        assert client.post(path, data={**token, "KESELURUHAN": "4"}).status_code == 404


@pytest.mark.parametrize("code", ["", "x", "A" * 500, "ÄÖÜ", "..%2F..", "%00", "'"])
def test_what_is_no_code_is_not_found(sqlite_engine: Engine, code: str) -> None:
    client = phone(sqlite_engine)
    assert client.get(f"/l/{code}").status_code == 404
    assert client.get(f"/t/{code}").status_code == 404


def test_printed_capitals_small_letters_and_dashes_open_the_same_desk(
    client: PublicClient, desk: MadeDesk
) -> None:
    code = desk.code
    grouped = "-".join((code[:4], code[4:8], code[8:]))
    for path in (f"/L/{code}", f"/l/{code.lower()}", f"/l/{grouped}"):
        assert f'action="{desk.path}"' in client.get(path).text


@pytest.mark.parametrize("suffix", ["", "/skm"])
def test_a_closed_desk_says_so(engine: Engine, client: PublicClient, suffix: str) -> None:
    with writing(engine) as session:
        desk = make_desk(session, active=False)
    answer = client.get(desk.path + suffix)
    assert answer.status_code == 410
    assert "tidak menerima penilaian lagi" in answer.text


def test_a_desk_closed_while_its_page_lies_open_records_nothing_new(
    engine: Engine, client: PublicClient, desk: MadeDesk
) -> None:
    known = {**hidden_fields(client.get(desk.path)), "KESELURUHAN": "4"}
    client.post(desk.path, data=known)
    fields = hidden_fields(client.get(desk.path))
    with writing(engine) as session:
        session.get_one(Desk, desk.id).active = False
    client = phone(engine)  # another process, which has not seen the desk a moment ago
    assert client.post(desk.path, data={**fields, "KESELURUHAN": "4"}).status_code == 410
    assert client.post(desk.path, data=known).status_code == 200
    assert responses(engine) == 1


def test_a_slip_is_good_for_one_visit_and_its_resend(engine: Engine, desk: MadeDesk) -> None:
    with writing(engine) as session:
        slip = make_slip(session, desk)
    client = phone(engine)
    first, second = (hidden_fields(client.get(slip)) for _ in range(2))
    assert client.post(slip, data={**first, "KESELURUHAN": "4"}).status_code == 201
    assert client.post(slip, data={**first, "KESELURUHAN": "4"}).status_code == 200
    assert client.post(slip, data={**second, "KESELURUHAN": "4"}).status_code == 410
    spent = client.get(slip)
    assert spent.status_code == 410
    assert "Loket" not in met_on(spent)
    assert [row["channel"] for row in rows_of(engine, "response")] == ["ticket"]


def test_a_spent_slip_still_takes_the_follow_up(engine: Engine, desk: MadeDesk) -> None:
    with writing(engine) as session:
        slip = make_slip(session, desk)
    client = phone(engine)
    assert follow(client, slip, tap(client, slip), **all_nine()).status_code == 201


def test_an_unknown_slip_is_not_found(client: PublicClient) -> None:
    answer = client.get("/t/" + "A" * 26)
    assert answer.status_code == 404
    assert "karcis" in answer.text


def test_the_time_of_service_is_when_the_page_was_opened(
    engine: Engine, client: PublicClient, desk: MadeDesk
) -> None:
    with travel(NOON, tick=False) as clock:
        fields = hidden_fields(client.get(desk.path))
        clock.shift(timedelta(hours=23))
        client.post(desk.path, data={**fields, "KESELURUHAN": "4"})
    [row] = rows_of(engine, "response")
    assert row["half_hour"] % 48 == 24
    assert row["received_on"].day == 6


def test_a_page_older_than_a_day_is_to_be_opened_again(
    engine: Engine, client: PublicClient, desk: MadeDesk
) -> None:
    with travel(NOON, tick=False) as clock:
        old, known = (
            {**hidden_fields(client.get(desk.path)), "KESELURUHAN": "4"} for _ in range(2)
        )
        client.post(desk.path, data=known)
        clock.shift(timedelta(days=400))
        refused = client.post(desk.path, data=old)
        assert refused.status_code == 422
        assert f'href="{desk.path}' in refused.text
        assert client.post(desk.path, data=known).status_code == 200
    assert responses(engine) == 1


def test_a_token_of_another_page_or_purpose_is_refused(
    engine: Engine, client: PublicClient, desk: MadeDesk
) -> None:
    with writing(engine) as session:
        neighbour = make_desk(session, desk.unit_id, services=())
    token = VisitToken(uuid4(), NOON)
    for text in (
        write_token(token, TOKEN_KEY, RATE, neighbour.path),
        write_token(token, TOKEN_KEY, MORE, desk.path),
        write_token(token, b"another key", RATE, desk.path),
        "",
        "x" * 5000,
    ):
        answer = client.post(desk.path, data={"token": text, "lang": "id", "KESELURUHAN": "4"})
        assert answer.status_code == 422
    assert responses(engine) == 0


def test_a_follow_up_of_nothing_is_refused(client: PublicClient, desk: MadeDesk) -> None:
    token = write_token(VisitToken(uuid4(), NOON), TOKEN_KEY, MORE, desk.path)
    answer = client.post(f"{desk.path}/lanjut", data={"token": token, **all_nine()})
    assert answer.status_code == 422


def test_a_language_button_loses_nothing_and_stores_nothing(
    engine: Engine, client: PublicClient, desk: MadeDesk
) -> None:
    thanks = tap(client, desk.path)
    english = follow(client, desk.path, thanks, to_language="en", WAKTU="2", comment="Halo")
    assert english.status_code == 200
    assert "What do you think of" in english.text
    assert 'name="WAKTU" value="2" checked' in english.text
    assert "Halo</textarea>" in english.text
    assert rows_of(engine, "followup") == []
    done = follow(client, desk.path, english, WAKTU="2")
    assert "Thank you. We have received your voice." in done.text


def test_the_order_and_the_words_on_costs_are_the_units(sqlite_engine: Engine) -> None:
    words = ["Diminta bayar banyak", "Diminta bayar", "Diminta sedikit", "Tidak bayar"]
    with writing(sqlite_engine) as session:
        unit = make_unit(session, element_order=ElementOrder.ANNEX, biaya_answers=words)
        desk = make_desk(session, unit)
    page = phone(sqlite_engine).get(f"{desk.path}/skm").text
    assert page.index('name="SARANA"') < page.index('name="PENGADUAN"')
    assert all(word in page for word in words)
    assert "Gratis" not in page


def test_a_one_costs_exactly_what_a_four_costs(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        desk = make_desk(session)
    client = phone(sqlite_engine)
    answers = [tap(client, desk.path, rating) for rating in (1, 2, 3, 4)]
    assert len({(a.request.content_length, len(a.data), str(a.headers)) for a in answers}) == 1


def test_the_page_after_the_tap_does_not_tell_the_value(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        desk = make_desk(session)
    client = phone(sqlite_engine)
    pages = []
    for rating in (1, 4):
        answer = tap(client, desk.path, rating)
        page = answer.text.replace(hidden_fields(answer)["token"], "")
        receipt = page.partition('translate="no">')[2][:9]
        pages.append(page.replace(receipt, ""))
    assert pages[0] == pages[1]


def test_the_four_faces_are_drawn_alike(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        desk = make_desk(session)
    page = phone(sqlite_engine).get(desk.path).text
    buttons = [part.partition("</button>")[0] for part in page.split("<button ")[1:]]
    assert len(buttons) == 4
    assert {button.count("<path") for button in buttons} == {2}
    assert {button.count("<circle") for button in buttons} == {1}

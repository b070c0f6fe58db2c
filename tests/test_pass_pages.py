"""What a phone meets that scanned a tablet's code: one scan is one visit, for ten minutes."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, event, insert
from time_machine import travel
from werkzeug.test import TestResponse

from kiosk.devices import revoke
from kiosk.rotating_code import PURPOSE, code_key, letters, step_of
from survey import entrance
from survey.database import writing
from survey.models import ClosedMonth, Desk, table_of
from survey.month import Month
from survey.visit_pass import VisitPass, new_pass, read_pass
from survey.visit_token import RATE, new_token, write_token
from tests.factories import KEYS, NOON, MadeDesk, all_nine, follow, hidden_fields, make_desk, tap
from tests.page_words import met_on
from tests.record_factories import rows_of
from tests.site_client import PublicClient, phone
from tests.tablet_factories import enrolled

TEN_MINUTES = timedelta(minutes=10)
PASS_KEY = KEYS.key("pass")


@pytest.fixture
def desk(engine: Engine) -> MadeDesk:
    with writing(engine) as session:
        return make_desk(session)


@pytest.fixture
def client(engine: Engine) -> PublicClient:
    return phone(engine)


def visit(desk: MadeDesk, at: datetime = NOON) -> str:
    """Return the address that a scan leads to."""
    return f"/s/{new_pass(desk.code[:6], at, PASS_KEY)}"


def code_of(desk: MadeDesk, tablet: UUID, at: datetime = NOON) -> str:
    """Return the address on a tablet's screen."""
    return f"/q/{desk.code}/{letters(code_key(KEYS.key(PURPOSE), tablet), step_of(at))}"


def a_scan(engine: Engine, client: PublicClient) -> tuple[MadeDesk, str]:
    """Enrol a tablet at a new desk and scan its code."""
    with writing(engine) as session:
        desk = make_desk(session)
    answer = client.get(code_of(desk, enrolled(engine, desk.id).device))
    return desk, answer.location


def responses(engine: Engine) -> list[tuple[int | None, str]]:
    return [(row["overall"], row["channel"]) for row in rows_of(engine, "response")]


# One scan is one visit.


def test_a_scan_leads_to_four_faces_and_a_tap_is_recorded_as_the_tablets(
    engine: Engine, client: PublicClient, desk: MadeDesk
) -> None:
    tablet = enrolled(engine, desk.id).device
    with travel(NOON, tick=False):
        scanned = client.get(code_of(desk, tablet))
        assert scanned.status_code == 303
        thanks = tap(client, scanned.location, 2)
    assert thanks.status_code == 201
    assert "Terima kasih, penilaian Anda sudah tercatat." in thanks.text
    assert responses(engine) == [(2, "kiosk_qr")]


def test_each_scan_is_another_visit(engine: Engine, client: PublicClient, desk: MadeDesk) -> None:
    tablet = enrolled(engine, desk.id).device
    with travel(NOON, tick=False):
        for rating in (1, 4):
            tap(client, client.get(code_of(desk, tablet)).location, rating)
    assert sorted(responses(engine)) == [(1, "kiosk_qr"), (4, "kiosk_qr")]


def test_the_same_tap_again_gives_the_same_thanks_and_stores_nothing(
    engine: Engine, client: PublicClient, desk: MadeDesk
) -> None:
    path = visit(desk)
    with travel(NOON, tick=False):
        sent = {**hidden_fields(client.get(path)), "KESELURUHAN": "3"}
        first, again = (client.post(path, data=sent) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.data == again.data
    assert responses(engine) == [(3, "kiosk_qr")]


def test_a_pass_opened_in_two_windows_is_still_one_visit(
    engine: Engine, client: PublicClient, desk: MadeDesk
) -> None:
    path = visit(desk)
    with travel(NOON, tick=False) as clock:
        first = hidden_fields(client.get(path))
        clock.shift(60)
        second = hidden_fields(client.get(path))
        assert client.post(path, data={**first, "KESELURUHAN": "1"}).status_code == 201
        same = client.post(path, data={**second, "KESELURUHAN": "1"})
        other = client.post(path, data={**second, "KESELURUHAN": "4"})
    assert (same.status_code, other.status_code) == (200, 422)
    assert "Penilaian yang pertama tetap berlaku" in other.text
    assert responses(engine) == [(1, "kiosk_qr")]


def test_a_pass_that_drew_its_visit_anew_would_be_noticed(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(text: str, key: bytes) -> VisitPass:
        scanned = read_pass(text, key)
        return replace(scanned, visit=replace(scanned.visit, id=uuid4()))

    monkeypatch.setattr(entrance, "read_pass", careless)
    with writing(sqlite_engine) as session:
        desk = make_desk(session)
    client, path = phone(sqlite_engine), visit(desk)
    with travel(NOON, tick=False):
        assert [tap(client, path).status_code for _ in range(2)] == [201, 201]
    assert len(responses(sqlite_engine)) == 2


def test_a_rated_pass_says_that_it_is_recorded_and_nothing_else(
    client: PublicClient, desk: MadeDesk
) -> None:
    path = visit(desk)
    with travel(NOON, tick=False) as clock:
        tap(client, path)
        for passed in (timedelta(minutes=1), timedelta(days=30)):
            clock.shift(passed)
            for opened in (client.get(path), client.get(f"{path}/skm")):
                assert opened.status_code == 410
                assert "Satu pindaian berlaku untuk satu kunjungan." in opened.text
                assert "Loket 3" not in opened.text


def test_a_visit_may_open_with_the_nine(
    engine: Engine, client: PublicClient, desk: MadeDesk
) -> None:
    path = f"{visit(desk)}/skm"
    with travel(NOON, tick=False):
        sent = {**hidden_fields(client.get(path)), **all_nine(2)}
        assert [client.post(path, data=sent).status_code for _ in range(2)] == [201, 200]
    assert responses(engine) == [(None, "kiosk_qr")]
    assert [row["perilaku"] for row in rows_of(engine, "followup")] == [2]


# Ten minutes, and a day.


def test_after_ten_minutes_nothing_new_is_rated_and_what_was_is_still_known(
    engine: Engine, client: PublicClient, desk: MadeDesk
) -> None:
    rated, late = visit(desk), visit(desk)
    with travel(NOON, tick=False) as clock:
        known, unsent = (
            {**hidden_fields(client.get(path)), "KESELURUHAN": "4"} for path in (rated, late)
        )
        clock.shift(TEN_MINUTES)
        assert client.post(rated, data=known).status_code == 201
        assert client.get(late).status_code == 200
        clock.shift(1)
        assert client.post(rated, data=known).status_code == 200
        for refused in (
            client.post(late, data=unsent),
            client.get(late),
            client.get(late + "/skm"),
        ):
            assert refused.status_code == 410
            assert "Pindai kode sekali lagi" in refused.text
    assert len(responses(engine)) == 1


def test_a_follow_up_is_taken_for_a_day_though_the_pass_is_over(
    engine: Engine, client: PublicClient, desk: MadeDesk
) -> None:
    first, second = visit(desk), visit(desk)
    with travel(NOON, tick=False) as clock:
        clock.shift(TEN_MINUTES)
        tapped = {path: tap(client, path) for path in (first, second)}
        clock.shift(timedelta(hours=24))
        in_time = [follow(client, first, tapped[first], **all_nine()) for _ in range(2)]
        clock.shift(1)
        too_late = follow(client, second, tapped[second], **all_nine())
    assert [answer.status_code for answer in in_time] == [201, 200]
    assert too_late.status_code == 410
    assert len(rows_of(engine, "followup")) == 1


def test_the_month_and_the_half_hour_are_those_of_the_scan(
    engine: Engine, client: PublicClient, desk: MadeDesk
) -> None:
    midnight = datetime.fromisoformat("2026-11-01T00:00:00+07:00")
    with travel(midnight - timedelta(minutes=1), tick=False) as clock:
        path = visit(desk, midnight - timedelta(minutes=1))
        clock.shift(timedelta(minutes=5))
        tap(client, path)
    [row] = rows_of(engine, "response")
    assert (row["month"], row["half_hour"] % 48, row["late"]) == (Month(2026, 10), 47, False)
    assert (row["received_on"].month, row["received_on"].day) == (11, 1)


def test_after_the_close_a_scan_of_the_month_is_late_and_nothing_is_added(
    engine: Engine, client: PublicClient, desk: MadeDesk
) -> None:
    before, after = visit(desk), visit(desk)
    with travel(NOON, tick=False):
        thanks = tap(client, before)
        row = {"unit_id": desk.unit_id, "month": Month(2026, 10), "closed_at": NOON}
        with writing(engine) as session:
            session.execute(insert(table_of(ClosedMonth)), row)
        assert follow(client, before, thanks, **all_nine()).status_code == 410
        assert tap(client, after).status_code == 201
    assert sorted(row["late"] for row in rows_of(engine, "response")) == [False, True]


# What leads nowhere.


def is_told_to_scan_again(answer: TestResponse) -> bool:
    return answer.status_code == 410 and "Pindai kode sekali lagi" in answer.text


def test_a_code_that_changed_and_one_that_never_was_get_the_very_same_page(
    sqlite_engine: Engine,
) -> None:
    with writing(sqlite_engine) as session:
        desk, without_tablet = make_desk(session), make_desk(session)
    client, tablet = phone(sqlite_engine), enrolled(sqlite_engine, desk.id).device
    with travel(NOON, tick=False):
        old = client.get(code_of(desk, tablet, NOON - timedelta(minutes=2)))
        never = client.get(f"/q/{desk.code}/000000")
        nowhere = client.get(f"/q/{without_tablet.code}/000000")
        with writing(sqlite_engine) as session:
            revoke(session, tablet, NOON, actor="cli")
        revoked = client.get(code_of(desk, tablet))
    assert is_told_to_scan_again(old)
    assert old.data == never.data == nowhere.data == revoked.data
    assert "Loket" not in met_on(old)


def test_an_unknown_desk_is_told_as_on_a_poster(sqlite_engine: Engine) -> None:
    client = phone(sqlite_engine)
    poster, code = client.get("/l/000000000000"), client.get("/q/000000000000/000000")
    assert (poster.status_code, code.status_code) == (404, 404)
    assert poster.data == code.data


def test_a_closed_desk_says_so_and_a_known_visit_is_still_known(engine: Engine) -> None:
    client = phone(engine)
    with travel(NOON, tick=False):
        desk, path = a_scan(engine, client)
        known = {**hidden_fields(client.get(path)), "KESELURUHAN": "4"}
        client.post(path, data=known)
        unused = visit(desk)
        fresh = {**hidden_fields(client.get(unused)), "KESELURUHAN": "4"}
        with writing(engine) as session:
            session.get_one(Desk, desk.id).active = False
        for closed in (
            client.get(f"/q/{desk.code}/000000"),
            client.get(unused),
            client.post(unused, data=fresh),
        ):
            assert closed.status_code == 410
            assert "tidak menerima penilaian lagi" in closed.text
        assert client.post(path, data=known).status_code == 200


def test_a_pass_that_was_not_made_here_is_not_found(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        desk = make_desk(session)
    client = phone(sqlite_engine)
    path = visit(desk)
    last = "2" if path[-1] != "2" else "3"
    for wrong in (path[:-1] + last, path[:-1], f"/s/{new_pass('000000', NOON, PASS_KEY)}"):
        for answer in (client.get(wrong), client.post(wrong, data={"KESELURUHAN": "4"})):
            assert answer.status_code == 404
            assert "Kode ini tidak dikenal" in answer.text


def test_a_token_of_another_pass_is_refused(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        desk = make_desk(session)
    client = phone(sqlite_engine)
    mine, yours = visit(desk), visit(desk)
    with travel(NOON, tick=False):
        token = hidden_fields(client.get(yours))
        assert client.post(mine, data={**token, "KESELURUHAN": "4"}).status_code == 422
        made = write_token(new_token(NOON), KEYS.key("token"), RATE, desk.path)
        assert client.post(mine, data={"token": made, "KESELURUHAN": "4"}).status_code == 422
    assert responses(sqlite_engine) == []


@pytest.mark.parametrize("path", ["/q/", "/q/x", "/q/x/", "/q/x/y/z", "/s/", "/s/x/y"])
def test_half_an_address_is_not_found(sqlite_engine: Engine, path: str) -> None:
    assert phone(sqlite_engine).get(path).status_code == 404


@pytest.mark.parametrize(
    "text",
    ["x", "A" * 5000, "ÄÖÜ", "%00", "..%2F..", "'", "%F0%9F%98%80", "%ED%A0%80", "٣" * 6, "%"],
)
def test_whatever_is_put_into_an_address_is_answered(sqlite_engine: Engine, text: str) -> None:
    with writing(sqlite_engine) as session:
        desk = make_desk(session)
    client = phone(sqlite_engine)
    enrolled(sqlite_engine, desk.id)
    assert client.get(f"/q/{desk.code}/{text}").status_code in {404, 410}
    assert client.get(f"/q/{text}/000000").status_code == 404
    assert client.get(f"/s/{text}").status_code == 404
    assert client.post(f"/s/{text}/lanjut", data={"token": text}).status_code == 404


# The address itself.


def test_capitals_and_small_letters_lead_to_the_same_desk(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        desk = make_desk(session)
    client, tablet = phone(sqlite_engine), enrolled(sqlite_engine, desk.id).device
    address = code_of(desk, tablet)
    with travel(NOON, tick=False):
        for written in (address.upper(), address.lower(), address):
            scanned = client.get(written)
            assert scanned.status_code == 303
            path = scanned.location
            assert f'action="{path}"' in client.get(path.upper()).text


def test_the_language_is_kept_on_the_way_and_nothing_else_is(sqlite_engine: Engine) -> None:
    client = phone(sqlite_engine)
    with writing(sqlite_engine) as session:
        desk = make_desk(session)
    address = code_of(desk, enrolled(sqlite_engine, desk.id).device)
    with travel(NOON, tick=False):
        english = client.get(f"{address}?lang=en").location
        assert english.endswith("?lang=en")
        assert 'lang="en"' in client.get(english).text
        assert '?lang=en"' in client.get(english).text
        for other in ("?lang=xx", "?lang=%0d%0aSet-Cookie:a", "?next=https://evil.example", ""):
            location = client.get(address + other).location
            assert (location.startswith("/s/"), "?" in location) == (True, False)
    assert '<html lang="en"' in client.get(f"/q/{desk.code}/000000?lang=en").text


def test_nothing_of_it_is_kept_by_a_browser_or_found_by_a_search_engine(
    sqlite_engine: Engine,
) -> None:
    with writing(sqlite_engine) as session:
        desk = make_desk(session)
    client = phone(sqlite_engine)
    with travel(NOON, tick=False):
        scanned = client.get(code_of(desk, enrolled(sqlite_engine, desk.id).device))
        for answer in (scanned, client.get(scanned.location), client.get(f"/q/{desk.code}/1")):
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["X-Robots-Tag"] == "noindex"
            assert "script-src" not in answer.headers["Content-Security-Policy"]


# What it costs.


def test_the_poster_asks_the_database_no_more_than_it_did(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        desk = make_desk(session)
    asked: list[str] = []
    event.listen(sqlite_engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    client = phone(sqlite_engine)
    fields = hidden_fields(client.get(desk.path))
    opened, asked[:] = len(asked), []
    client.get(desk.path)
    again, asked[:] = len(asked), []
    client.post(desk.path, data={**fields, "KESELURUHAN": "4"})
    assert (opened, again) == (3, 0)
    assert not [statement for statement in asked if "SELECT" in statement and "known" in statement]


def test_the_page_of_a_pass_is_the_posters_page_but_for_address_and_token(
    sqlite_engine: Engine,
) -> None:
    with writing(sqlite_engine) as session:
        desk = make_desk(session)
    client, path = phone(sqlite_engine), visit(desk)
    with travel(NOON, tick=False):
        pages = {way: client.get(way) for way in (desk.path, path)}
    bare = {
        page.text.replace(way, "").replace(hidden_fields(page)["token"], "")
        for way, page in pages.items()
    }
    assert len(bare) == 1


def test_a_face_weighs_the_same_whichever_it_is(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        desk = make_desk(session)
    client = phone(sqlite_engine)
    with travel(NOON, tick=False):
        sizes = {len(tap(client, visit(desk), rating).data) for rating in (1, 2, 3, 4)}
    assert len(sizes) == 1

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import Engine, text
from sqlmodel import Session, select
from werkzeug.test import Client, TestResponse

from aggregation.access.accounts import RoleIn
from aggregation.access.models import Account
from aggregation.access.roles import Role
from aggregation.closings import Closing
from aggregation.method.rule import DEFAULT_RULE
from aggregation.months.closing_list import ListedMonth, State, first_month, listed_months
from aggregation.months.month_close import close_month, preview_close
from aggregation.rules.rule_book import only
from survey.database import reading, writing
from survey.models import ServiceUnit
from survey.month import Month
from tests.month_factories import (
    AFTER_OCTOBER,
    MONDAY_AT_9,
    NINE,
    OCTOBER,
    SEPTEMBER,
    Seen,
    Shift,
    SmallOffice,
    assign,
    at,
    small_office,
    store,
)
from tests.record_factories import everything_in
from tests.staff_factories import csrf_token, make_account, member, send, staff
from tests.worlds import as_made

NOVEMBER, AUGUST = Month(2026, 11), Month(2026, 8)
BOTH_DAYS = (Shift(0, 0, 1, 16, 30), Shift(0, 1, 2, 16, 30))
SAYS = re.compile(r'name="digest" value="([0-9a-f]+)"')
HEAD, HR = RoleIn(Role.UNIT_HEAD), RoleIn(Role.HR)


@pytest.fixture(autouse=True)
def fifth_of_november() -> Iterator[None]:
    with time_machine.travel(AFTER_OCTOBER, tick=False):
        yield


def an_october(session: Session) -> SmallOffice:
    """Let the first of two officers be rated 40 times, the second 12 times, on their desk."""
    office = small_office(session, BOTH_DAYS)
    unit = session.get_one(ServiceUnit, office.unit_id)
    unit.code, unit.name = "KANTOR", "Kantor Contoh"
    assign(session, office, 0, 1)
    store(session, office, [Seen(MONDAY_AT_9, nine=dict.fromkeys(NINE, 4))] * 40)
    store(session, office, [Seen(at(6, 9), overall=1)] * 12)
    return office


def somebody(engine: Engine, *roles: RoleIn) -> Client:
    return member(staff(engine), engine, *(roles or (HEAD,)))


def months(client: Client) -> TestResponse:
    return client.get("/staff/unit/KANTOR/tutup")


def check(client: Client, month: str = "2026-10") -> TestResponse:
    return client.get(f"/staff/unit/KANTOR/tutup/{month}")


def close(client: Client, month: str = "2026-10", **fields: str) -> TestResponse:
    page = check(client, month)
    digests = SAYS.findall(page.text)
    fields = {"digest": digests[0] if digests else "", "csrf_token": csrf_token(page)} | fields
    return client.post(f"/staff/unit/KANTOR/tutup/{month}", data=fields)


def closings(engine: Engine) -> list[Closing]:
    with reading(engine) as session:
        found = list(session.exec(select(Closing)))
        session.expunge_all()
        return found


def listed(session: Session, office: SmallOffice) -> list[ListedMonth]:
    return listed_months(session, office.unit_id, NOVEMBER, only(DEFAULT_RULE))


def closed(session: Session, office: SmallOffice, month: Month) -> None:
    facts = {"closed_by": "Wati", "at": AFTER_OCTOBER, "rules": only(DEFAULT_RULE)}
    close_month(session, office.unit_id, month, **facts)  # type: ignore[arg-type]


def test_months_are_listed_from_the_running_one_back_to_the_first_response(
    session: Session,
) -> None:
    office = small_office(session)
    for month in (AUGUST, SEPTEMBER, OCTOBER):
        store(session, office, [Seen(at(3, 9, month))], month)
    closed(session, office, AUGUST)
    assert [(each.month, each.state, each.waits_for) for each in listed(session, office)] == [
        (NOVEMBER, State.RUNNING, None),
        (OCTOBER, State.WAITS, SEPTEMBER),
        (SEPTEMBER, State.CLOSABLE, None),
        (AUGUST, State.CLOSED, None),
    ]


def test_a_month_behind_a_closed_one_is_left_to_a_revision(session: Session) -> None:
    office = small_office(session)
    store(session, office, [Seen(at(3, 9, AUGUST))], AUGUST)
    closed(session, office, AUGUST)
    closed(session, office, OCTOBER)
    september = listed(session, office)[2]
    assert (september.month, september.state, september.empty) == (
        SEPTEMBER, State.OVERTAKEN, True,
    )  # fmt: skip


def test_a_unit_that_nobody_rated_has_its_running_month_only(session: Session) -> None:
    office, neighbour = small_office(session), small_office(session)
    store(session, neighbour, [Seen(at(3, 9, AUGUST))], AUGUST)
    assert [each.state for each in listed(session, office)] == [State.RUNNING]
    assert first_month(session, neighbour.unit_id, NOVEMBER) == AUGUST


def test_a_preview_has_the_figures_of_the_close_and_writes_nothing(engine: Engine) -> None:
    with writing(engine) as session:
        office = an_october(session)
    before = everything_in(engine)
    with reading(engine) as session:
        facts = {"at": AFTER_OCTOBER, "rules": only(DEFAULT_RULE)}
        draft = preview_close(session, office.unit_id, OCTOBER, **facts)  # type: ignore[arg-type]
        digest = draft.digest()
    assert everything_in(engine) == before
    with writing(engine) as session:
        closed(session, office, OCTOBER)
    assert [each.figures_digest for each in closings(engine)] == [digest]


def test_an_uneventful_month_is_closed_from_the_list_in_two_steps(sqlite_engine: Engine) -> None:
    as_made(sqlite_engine, an_october)
    client = somebody(sqlite_engine)
    assert 'href="/staff/unit/KANTOR/tutup/2026-10"' in months(client).text
    answer = close(client)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/staff/unit/KANTOR/tutup")
    assert "Oktober 2026 sudah ditutup." in months(client).text


def test_who_closed_is_kept_by_key_in_the_log_and_shown_by_name(sqlite_engine: Engine) -> None:
    as_made(sqlite_engine, an_october)
    with writing(sqlite_engine) as session:
        account_id = make_account(session, HEAD, name="Kepala Contoh")
        key = session.get_one(Account, account_id).key
    client = member(staff(sqlite_engine), sqlite_engine, account_id=account_id)
    close(client)
    [closing] = closings(sqlite_engine)
    assert closing.closed_by == key
    with reading(sqlite_engine) as session:
        entry = text("SELECT actor, facts FROM log_entry WHERE act = 'month.closed'")
        [(actor, facts)] = session.execute(entry).all()
    assert (actor, "Kepala" in facts) == (key, False)
    page = months(client).text
    assert "<small>Kepala Contoh</small>" in page
    assert key not in page
    assert closing.figures_digest.hex()[:16] in page


def test_a_month_closed_by_the_command_shows_the_name_it_was_given(sqlite_engine: Engine) -> None:
    office = as_made(sqlite_engine, an_october)
    with writing(sqlite_engine) as session:
        closed(session, office, OCTOBER)
    assert "<small>Wati</small>" in months(somebody(sqlite_engine)).text


def test_the_check_shows_every_figure_of_the_unit(sqlite_engine: Engine) -> None:
    as_made(sqlite_engine, an_october)
    page = check(somebody(sqlite_engine)).text
    for figure in ("100,00", '<b class="num">40</b>', '<b class="num">52</b>'):
        assert figure in page
    assert "1 petugas belum cukup data; kepegawaian menerima alasannya, tanpa angka." in page
    assert "1 cukup data, 1 sementara" in re.sub(r"\s+", " ", page)


def test_a_head_who_may_not_see_scores_sees_no_officers_figure(sqlite_engine: Engine) -> None:
    as_made(sqlite_engine, an_october)
    page = check(somebody(sqlite_engine, HEAD)).text
    assert "Angka petugas" not in page
    assert "Petugas " not in re.sub(r"<title>.*", "", page)


def test_hr_sees_the_officers_rows_as_they_will_be_sent(sqlite_engine: Engine) -> None:
    office = as_made(sqlite_engine, an_october)
    page = check(somebody(sqlite_engine, HR)).text
    with reading(sqlite_engine) as session:
        named = text("SELECT name FROM officer WHERE id = :id")
        [first, second] = [
            session.execute(named, {"id": each}).scalar_one() for each in office.officers
        ]
    rows = dict(re.findall(r'<tr><th scope="row">([^<]+)</th>(.*)</tr>', page))
    assert "100,00" in rows[first]
    assert "sementara" in rows[second]
    assert "25,00" not in page


def test_a_month_is_not_closed_with_figures_that_nobody_was_shown(sqlite_engine: Engine) -> None:
    office = as_made(sqlite_engine, an_october)
    client = somebody(sqlite_engine)
    page = check(client)
    fields = {"digest": SAYS.findall(page.text)[0], "csrf_token": csrf_token(page)}
    with writing(sqlite_engine) as session:
        store(session, office, [Seen(MONDAY_AT_9, overall=1)])
    again = client.post("/staff/unit/KANTOR/tutup/2026-10", data=fields)
    assert again.status_code == 409
    assert "angkanya berubah" in again.text
    assert '<b class="num">53</b>' in again.text
    assert closings(sqlite_engine) == []
    assert SAYS.findall(again.text) != [fields["digest"]]
    assert close(client).status_code == 303


@pytest.mark.parametrize("digest", ["", "0" * 64, "é"])
def test_an_invented_digest_closes_nothing(sqlite_engine: Engine, digest: str) -> None:
    as_made(sqlite_engine, an_october)
    assert close(somebody(sqlite_engine), digest=digest).status_code == 409
    assert closings(sqlite_engine) == []


def test_a_month_that_is_not_over_says_when(sqlite_engine: Engine) -> None:
    as_made(sqlite_engine, an_october)
    page = check(somebody(sqlite_engine), "2026-11")
    assert page.status_code == 409
    assert "November 2026 belum berakhir" in page.text


def test_a_month_out_of_turn_leads_to_the_one_that_comes_first(sqlite_engine: Engine) -> None:
    office = as_made(sqlite_engine, an_october)
    with writing(sqlite_engine) as session:
        store(session, office, [Seen(at(7, 9, SEPTEMBER))], SEPTEMBER)
    page = check(somebody(sqlite_engine))
    assert page.status_code == 409
    assert "September 2026 belum ditutup dan punya tanggapan." in page.text
    assert 'href="/staff/unit/KANTOR/tutup/2026-09"' in page.text


def test_a_month_behind_a_closed_one_says_that_a_revision_is_needed(sqlite_engine: Engine) -> None:
    office = as_made(sqlite_engine, an_october)
    with writing(sqlite_engine) as session:
        store(session, office, [Seen(at(3, 9, AUGUST))], AUGUST)
        closed(session, office, AUGUST)
        closed(session, office, OCTOBER)
    page = check(somebody(sqlite_engine), "2026-09")
    assert (page.status_code, "hanya dapat masuk lewat revisi" in page.text) == (409, True)


def test_closing_twice_changes_nothing_and_says_who_did_it(sqlite_engine: Engine) -> None:
    as_made(sqlite_engine, an_october)
    client = somebody(sqlite_engine)
    page = check(client)
    fields = {"digest": SAYS.findall(page.text)[0], "csrf_token": csrf_token(page)}
    assert client.post("/staff/unit/KANTOR/tutup/2026-10", data=fields).status_code == 303
    again = client.post("/staff/unit/KANTOR/tutup/2026-10", data=fields)
    assert again.status_code == 409
    assert "Ditutup 5 November 2026 oleh Rina Contoh." in again.text
    assert len(closings(sqlite_engine)) == 1


@pytest.mark.parametrize("month", ["2026-13", "oktober", "2001-01", "0001-01", "2026-07"])
def test_a_month_that_the_unit_does_not_have_is_not_found(
    sqlite_engine: Engine, month: str
) -> None:
    as_made(sqlite_engine, an_october)
    assert check(somebody(sqlite_engine), month).status_code == 404


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.OFFICER, Role.ASSESSOR, Role.AUDITOR])
def test_who_may_not_close_is_told_so(sqlite_engine: Engine, role: Role) -> None:
    as_made(sqlite_engine, an_october)
    client = somebody(sqlite_engine, RoleIn(role))
    assert months(client).status_code == 403
    assert check(client).status_code == 403
    token = csrf_token(client.get("/staff/akun-saya"))
    sent = client.post("/staff/unit/KANTOR/tutup/2026-10", data={"csrf_token": token})
    assert sent.status_code == 403
    assert closings(sqlite_engine) == []


def test_a_form_from_elsewhere_closes_nothing(sqlite_engine: Engine) -> None:
    as_made(sqlite_engine, an_october)
    client = somebody(sqlite_engine)
    digest = SAYS.findall(check(client).text)[0]
    sent = client.post("/staff/unit/KANTOR/tutup/2026-10", data={"digest": digest})
    assert sent.status_code == 400
    assert closings(sqlite_engine) == []


def test_reading_the_check_is_kept_in_the_log(sqlite_engine: Engine) -> None:
    as_made(sqlite_engine, an_october)
    check(somebody(sqlite_engine, HR))
    with reading(sqlite_engine) as session:
        read = text("SELECT subject FROM log_entry WHERE act = 'people.read'")
        assert session.execute(read).scalars().all() == ["/unit/KANTOR/tutup/2026-10"]


def test_figures_shown_to_a_form_that_is_not_taken_are_kept_as_read(sqlite_engine: Engine) -> None:
    as_made(sqlite_engine, an_october)
    client = somebody(sqlite_engine, HR)
    token = csrf_token(client.get("/staff/akun-saya"))
    sent = {"csrf_token": token, "digest": ""}
    assert client.post("/staff/unit/KANTOR/tutup/2026-10", data=sent).status_code == 409
    with reading(sqlite_engine) as session:
        read = text("SELECT subject FROM log_entry WHERE act = 'people.read'")
        assert session.execute(read).scalars().all() == ["/unit/KANTOR/tutup/2026-10"]


def test_many_findings_of_a_kind_are_summed_up(sqlite_engine: Engine) -> None:
    office = as_made(sqlite_engine, an_october)
    with writing(sqlite_engine) as session:
        unit = session.get_one(ServiceUnit, office.unit_id)
        unit.code = "LAIN"
        busy = small_office(session, [Shift(d, o, w, 16, 30) for d in (0, 1, 2) for o in (0, 1)
                                      for w in (1, 2, 3)])  # fmt: skip
        session.get_one(ServiceUnit, busy.unit_id).code = "KANTOR"
        store(session, busy, [Seen(MONDAY_AT_9)])
    page = check(somebody(sqlite_engine)).text
    assert page.count("Jadwal bertumpuk:") == 20
    assert re.search(r"… dan \d+ lagi seperti ini\.", page)


def test_the_log_of_a_close_holds_counts_and_digests_only(sqlite_engine: Engine) -> None:
    as_made(sqlite_engine, an_october)
    close(somebody(sqlite_engine))
    with reading(sqlite_engine) as session:
        facts = text("SELECT facts FROM log_entry WHERE act = 'month.closed'")
        kept = json.loads(session.execute(facts).scalar_one())
    assert kept.keys() == {"month", "revision", "responses", "figures"}


def test_the_months_of_a_unit_follow_its_own_calendar(sqlite_engine: Engine) -> None:
    as_made(sqlite_engine, an_october)
    with writing(sqlite_engine) as session:
        session.execute(text("UPDATE service_unit SET time_zone = 'Asia/Jayapura'"))
    last_evening = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)  # 01.00 of 1 December there
    with time_machine.travel(last_evening, tick=False):
        assert "Desember 2026" in months(somebody(sqlite_engine)).text


def test_a_page_that_was_shown_can_be_sent_as_it_is(sqlite_engine: Engine) -> None:
    as_made(sqlite_engine, an_october)
    client = somebody(sqlite_engine)
    digest = SAYS.findall(check(client).text)[0]
    assert send(client, "/staff/unit/KANTOR/tutup/2026-10", digest=digest).status_code == 303

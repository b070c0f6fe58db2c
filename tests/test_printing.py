"""Posters and slips from the browser: files to be printed, and slips that count once they are."""

import io
import json
from time import process_time

import pytest
from pypdf import PdfReader
from sqlalchemy import Engine, event
from werkzeug.test import Client, TestResponse

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from kiosk.desk_prints import print_slips
from survey.database import reading, writing
from survey.desks import DeskClosed, RatedDesk, desk_by_id
from survey.models import ServiceUnit
from survey.set_up import desks_by_code
from survey.tickets import NumbersTaken, draw_tickets, issue_tickets, keep_tickets
from tests.factories import KEYS, MadeDesk, make_desk, make_unit, rated_desk, tap
from tests.office_factories import NOON, UNIT, an_office, by_code
from tests.record_factories import rows_of
from tests.site_client import phone
from tests.staff_factories import member, send, staff

LIST = f"/staff/unit/{UNIT}/loket"


def operator(engine: Engine) -> Client:
    return member(staff(engine), engine, RoleIn(Role.OPERATOR))


def page_of(engine: Engine, code: str = "L1") -> str:
    return f"{LIST}/{by_code(engine, 'desk')[code]['public_key']}"


def words(answer: TestResponse) -> list[str]:
    pages = PdfReader(io.BytesIO(answer.data)).pages
    return [" ".join(page.extract_text().split()) for page in pages]


def acts(engine: Engine, name: str) -> list[dict[str, object]]:
    rows = rows_of(engine, "log_entry")
    return [json.loads(row["facts"]) for row in rows if row["act"] == name]


def rated(engine: Engine, desk: MadeDesk) -> RatedDesk:
    with reading(engine) as session:
        return rated_desk(session, desk)


@pytest.fixture
def desk(engine: Engine) -> MadeDesk:
    with writing(engine) as session:
        return make_desk(session, services=())


# Slips, on every kind of database.


def test_slips_are_numbered_on_and_logged(engine: Engine, desk: MadeDesk) -> None:
    found = rated(engine, desk)
    for first, last in ((1, 3), (4, 6)):
        sheet = print_slips(engine, found, 3, KEYS, at=NOON, actor="wati")
        assert (sheet.first, sheet.last) == (first, last)
    assert sorted(row["number"] for row in rows_of(engine, "ticket")) == [1, 2, 3, 4, 5, 6]
    assert acts(engine, "slips.issued")[0]["count"] == 3


def test_a_printed_slip_is_good_for_one_rating(engine: Engine, desk: MadeDesk) -> None:
    sheet = print_slips(engine, rated(engine, desk), 1, KEYS, at=NOON)
    path = f"/t/{sheet.tickets[0].token}"
    client = phone(engine)
    assert tap(client, path).status_code == 201
    assert client.get(path).status_code == 410


def test_slips_that_nobody_holds_do_not_count(engine: Engine, desk: MadeDesk) -> None:
    def lose(_pdf: bytes) -> None:
        raise OSError

    with pytest.raises(OSError, match=r"^$"):
        print_slips(engine, rated(engine, desk), 2, KEYS, at=NOON, hand_over=lose)
    assert rows_of(engine, "ticket") == []
    assert rows_of(engine, "log_entry") == []


def test_slips_speak_the_languages_of_their_unit(sqlite_engine: Engine) -> None:
    for languages, in_english in (("id,en", True), ("id,min", False)):
        with writing(sqlite_engine) as session:
            desk = make_desk(session, make_unit(session, languages=languages))
        sheet = print_slips(sqlite_engine, rated(sqlite_engine, desk), 1, KEYS, at=NOON)
        [page] = PdfReader(io.BytesIO(sheet.pdf)).pages
        assert ("Scan" in page.extract_text()) is in_english


def test_two_who_print_at_once_take_different_numbers(engine: Engine, desk: MadeDesk) -> None:
    found = rated(engine, desk)
    with reading(engine) as session:
        drawn = draw_tickets(session, found, 2)
    with writing(engine) as session:
        issue_tickets(session, found, 5, NOON.date())
    with writing(engine) as session, pytest.raises(NumbersTaken):
        keep_tickets(session, found, drawn, NOON.date())
    assert len(rows_of(engine, "ticket")) == 5


def test_who_comes_second_prints_anew_with_the_next_numbers(engine: Engine, desk: MadeDesk) -> None:
    found = rated(engine, desk)
    meanwhile = iter([1])

    def somebody_else(_connection: object) -> None:
        if next(meanwhile, None):
            with writing(engine) as session:
                issue_tickets(session, found, 5, NOON.date())

    event.listen(engine, "rollback", somebody_else)
    sheet = print_slips(engine, found, 2, KEYS, at=NOON)
    assert (sheet.first, sheet.last) == (6, 7)
    assert len(rows_of(engine, "ticket")) == 7


def test_nobody_s_tap_waits_while_slips_are_set(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        made = make_desk(session, services=())
    found = rated(sqlite_engine, made)
    held: list[float] = []

    def keep_time(_connection: object) -> None:
        held.append(process_time())

    began = process_time()
    event.listen(sqlite_engine, "begin", keep_time)
    event.listen(sqlite_engine, "commit", keep_time)
    print_slips(sqlite_engine, found, 60, KEYS, at=NOON)
    begins_to_write, committed = held[-2:]
    assert committed - begins_to_write < (begins_to_write - began) / 3


def test_a_closed_desk_gets_no_slips(engine: Engine) -> None:
    with writing(engine) as session:
        made = make_desk(session, active=False)
    with pytest.raises(DeskClosed):
        print_slips(engine, rated(engine, made), 1, KEYS, at=NOON)


# The pages.


def test_all_posters_come_in_one_file(sqlite_engine: Engine) -> None:
    an_office(sqlite_engine)
    answer = operator(sqlite_engine).get(f"{LIST}/poster.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == f"attachment; filename=poster-a4-{UNIT}.pdf"
    assert [name in page for name, page in zip(
        ("Loket 1", "Loket 2", "Ruang tunggu"), words(answer), strict=True
    )] == [True] * 3  # fmt: skip
    assert acts(sqlite_engine, "posters.printed") == [{"desks": 3}]


@pytest.mark.parametrize(("kind", "codes"), [("a4", 1), ("tent", 2), ("sticker", 8), ("x", 1)])
def test_one_desk_is_printed_in_each_kind(sqlite_engine: Engine, kind: str, codes: int) -> None:
    unit_id = an_office(sqlite_engine)
    with reading(sqlite_engine) as session:
        desk = desk_by_id(
            session.connection(), desks_by_code(session, unit_id)["L1"].id or 0, KEYS.key("desk")
        )
    answer = operator(sqlite_engine).get(f"{page_of(sqlite_engine)}/poster.pdf?jenis={kind}")
    assert answer.status_code == 200
    [page] = words(answer)
    assert page.count("Loket 1") >= codes
    assert desk.code[:4] in page


def test_a_closed_desk_is_on_no_poster_of_all(sqlite_engine: Engine) -> None:
    unit_id = an_office(sqlite_engine)
    with writing(sqlite_engine) as session:
        desks_by_code(session, unit_id)["L2"].active = False
    assert len(words(operator(sqlite_engine).get(f"{LIST}/poster.pdf"))) == 2


@pytest.mark.parametrize("part", ["2", "0", "-1", "x"])
def test_a_part_that_there_is_not_leads_back(sqlite_engine: Engine, part: str) -> None:
    an_office(sqlite_engine)
    client = operator(sqlite_engine)
    answer = client.get(f"{LIST}/poster.pdf?bagian={part}")
    if part == "x":
        assert answer.status_code == 200
        return
    assert (answer.status_code, answer.location) == (303, LIST)
    assert "Belum ada loket yang dapat dicetak posternya." in client.get(LIST).text


def test_a_poster_has_the_unit_s_colour(sqlite_engine: Engine) -> None:
    unit_id = an_office(sqlite_engine)
    client = operator(sqlite_engine)
    plain = client.get(f"{page_of(sqlite_engine)}/poster.pdf").data
    with writing(sqlite_engine) as session:
        session.get_one(ServiceUnit, unit_id).accent = "#1f4e8c"
    assert client.get(f"{page_of(sqlite_engine)}/poster.pdf").data != plain


def test_a_name_that_no_font_has_is_told_instead_of_failing(sqlite_engine: Engine) -> None:
    unit_id = an_office(sqlite_engine)
    with writing(sqlite_engine) as session:
        desks_by_code(session, unit_id)["L1"].name = "窓口"
    client = operator(sqlite_engine)
    answer = client.get(f"{page_of(sqlite_engine)}/poster.pdf")
    assert answer.status_code == 303
    assert "Tulis namanya dengan huruf Latin." in client.get(answer.location).text
    answer = send(client, f"{page_of(sqlite_engine)}/karcis", count="1")
    assert answer.status_code == 422
    assert "Tulis namanya dengan huruf Latin." in answer.text
    assert rows_of(sqlite_engine, "ticket") == []


def test_slips_are_a_file_too_and_two_presses_print_two_lots(sqlite_engine: Engine) -> None:
    an_office(sqlite_engine)
    client = operator(sqlite_engine)
    page = f"{page_of(sqlite_engine)}/karcis"
    for first, last in ((1, 12), (13, 24)):
        answer = send(client, page, count="12")
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
        assert answer.headers["Cache-Control"] == "no-store"
        assert f"-{first}-{last}.pdf" in answer.headers["Content-Disposition"]
        assert len(words(answer)) == 2
    assert [fact["count"] for fact in acts(sqlite_engine, "slips.issued")] == [12, 12]


@pytest.mark.parametrize("count", ["", "0", "501", "-3", "x", "1.5", "9" * 400])
def test_only_so_many_slips_at_once(sqlite_engine: Engine, count: str) -> None:
    an_office(sqlite_engine)
    answer = send(operator(sqlite_engine), f"{page_of(sqlite_engine)}/karcis", count=count)
    assert answer.status_code == 422
    assert "Isi jumlahnya, dari 1 sampai 500." in answer.text
    assert rows_of(sqlite_engine, "ticket") == []


def test_looking_at_the_form_issues_nothing(sqlite_engine: Engine) -> None:
    an_office(sqlite_engine)
    operator(sqlite_engine).get(f"{page_of(sqlite_engine)}/karcis")
    assert rows_of(sqlite_engine, "ticket") == []


def test_a_closed_desk_is_told_to_be_opened_first(sqlite_engine: Engine) -> None:
    unit_id = an_office(sqlite_engine)
    with writing(sqlite_engine) as session:
        desks_by_code(session, unit_id)["L1"].active = False
    answer = send(operator(sqlite_engine), f"{page_of(sqlite_engine)}/karcis", count="1")
    assert answer.status_code == 422
    assert "Loket ini ditutup." in answer.text

"""What an office wrote, and what a stranger sends, is shown as text and nothing else."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask, template_rendered
from jinja2 import Template
from markupsafe import escape
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from survey.database import writing
from survey.models import Desk, Service, ServiceUnit
from survey.set_up import stored_answers
from tests.factories import (
    MadeDesk,
    all_nine,
    follow,
    hidden_fields,
    make_desk,
    make_slip,
    make_unit,
    tap,
)
from tests.running_marks import next_mark
from tests.site_client import phone

NASTY = [
    "Gratis 100%",
    "50% saja",
    "%(x)s",
    "<b onclick=x>Akta</b>",
    "A & B",
    '"><h1 id=evil>',
    "{{ 98765*43211 }}",
]


def nasty_desk(session: Session, words: str) -> MadeDesk:
    """Make a desk whose every word in the database is this one."""
    desk = make_desk(session, services=("KTP-EL", "KK"), name=words, about=words)
    for service in session.exec(select(Service).where(col(Service.unit_id) == desk.unit_id)):
        service.name = words
    unit = session.exec(select(ServiceUnit).where(col(ServiceUnit.id) == desk.unit_id)).one()
    unit.name = words
    unit.biaya_answers = stored_answers((words, words, words, words))
    return desk


@contextmanager
def drawn_by(site: Flask) -> Iterator[Counter[str]]:
    """Count the templates that a site draws, by name."""
    drawn: Counter[str] = Counter()

    def note(_site: Flask, template: Template, **_context: object) -> None:
        drawn[template.name or ""] += 1

    with template_rendered.connected_to(note, site):
        yield drawn


@pytest.mark.parametrize("words", NASTY)
def test_words_of_the_office_are_shown_as_they_are(sqlite_engine: Engine, words: str) -> None:
    with writing(sqlite_engine) as session:
        path = nasty_desk(session, words).path
    client = phone(sqlite_engine)
    thanks = tap(client, path)
    pages = [client.get(path), client.get(f"{path}/skm"), thanks]
    pages.append(follow(client, path, thanks, **all_nine()))
    assert [page.status_code for page in pages] == [200, 200, 201, 201]
    for page in pages:
        assert "<b onclick" not in page.text
        assert "id=evil" not in page.text.replace("&gt;&lt;h1 id=evil", "")
        assert str(98765 * 43211) not in page.text


@pytest.mark.parametrize("tail", ['="><h1 id=evil>', "=", "\n", " ", ".x", "%00"])
def test_nothing_behind_a_token_is_believed(sqlite_engine: Engine, tail: str) -> None:
    with writing(sqlite_engine) as session:
        path = make_desk(session).path
    client = phone(sqlite_engine)
    token = hidden_fields(client.get(f"{path}/skm"))["token"] + tail
    answer = client.post(f"{path}/skm", data={"token": token, "to_language": "en"})
    assert answer.status_code == 422
    assert "id=evil" not in answer.text


def test_a_page_kept_for_a_desk_does_not_carry_anothers_address(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        path = make_desk(session).path
    client = phone(sqlite_engine)
    client.get(path, environ_overrides={"SCRIPT_NAME": "//evil.example"})
    assert "evil.example" not in client.get(path).text


def test_pages_of_desks_that_look_alike_are_drawn_once_and_each_says_its_own_words(
    sqlite_engine: Engine,
) -> None:
    own = [f"{words} {next_mark()}" for words in ("Mahal", "Cukup", "Murah", "Gratis")]
    desks = [("Loket 1", "KTP-el"), ("A & B", "<i>KK</i>"), ("Loket 3", "")]
    said = {}
    with writing(sqlite_engine) as session:
        for where in ("Disdukcapil Kota Contoh", "Kecamatan <Contoh>"):
            unit_id = make_unit(session, biaya_answers=own)
            session.get_one(ServiceUnit, unit_id).name = where
            for name, about in desks:
                desk = make_desk(session, unit_id, name=name, about=about, services=())
                words = f"{name} · {about}" if about else name
                said[desk.path] = f'<p class="where">{escape(where)}<b>{escape(words)}</b></p>'
    client = phone(sqlite_engine)
    with drawn_by(client.application) as drawn:
        shown = {path: [client.get(path).text, tap(client, path).text] for path in said}
    assert drawn == {"survey/rate.html": 2, "survey/more.html": 2}  # with and without `about`
    for path, pages in shown.items():
        for page in pages:
            assert said[path] in page
            assert f'action="{path}' in page


def test_all_answers_can_be_cleared_on_a_page_that_came_back(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        path = make_desk(session).path
    client = phone(sqlite_engine)
    thanks = tap(client, path)
    too_long = follow(client, path, thanks, comment="x" * 2000, WAKTU="1")
    assert " checked" in too_long.text
    cleared = follow(client, path, too_long, comment="x" * 2000, WAKTU="1", clear="1")
    assert cleared.status_code == 200
    assert " checked" not in cleared.text
    assert "x" * 9 not in cleared.text


def test_a_broken_followup_does_not_ask_to_rate_again(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        path = make_desk(session).path
    client = phone(sqlite_engine)
    answer = client.post(f"{path}/lanjut", data={"token": "broken", "WAKTU": "1"})
    assert answer.status_code == 422
    assert "tidak perlu menilai lagi" in answer.text
    assert "Buka lagi" not in answer.text


def test_the_one_service_a_desk_still_gives_is_known(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        desk = make_desk(session, services=("KTP-EL", "KK"))
        first = session.exec(select(Service).where(col(Service.code) == "KTP-EL")).one()
        first.active = False
        assert session.exec(select(Desk)).one().id == desk.id
    thanks = tap(phone(sqlite_engine), desk.path)
    with writing(sqlite_engine) as session:
        row = session.connection().exec_driver_sql("SELECT service_id FROM response").one()
    assert thanks.status_code == 201
    assert row.service_id == desk.service_ids[1]


def test_the_one_service_of_a_unit_is_known_at_a_desk_that_names_none(
    sqlite_engine: Engine,
) -> None:
    with writing(sqlite_engine) as session:
        first = make_desk(session, services=("KTP-EL",))
        second = make_desk(session, first.unit_id, services=())
    tap(phone(sqlite_engine), second.path)
    with writing(sqlite_engine) as session:
        row = session.connection().exec_driver_sql("SELECT service_id FROM response").one()
    assert row.service_id == first.service_ids[0]


def test_a_slip_typed_in_small_letters_leads_to_its_desk(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        slip = make_slip(session, make_desk(session))
    client = phone(sqlite_engine)
    assert tap(client, slip.lower()).status_code == 201
    assert client.get(slip).status_code == 410

"""How a unit asks the nine questions: what it may choose, and what stays the regulation's."""

import json
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session
from werkzeug.test import Client, TestResponse

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.changes.batch import Cause
from aggregation.office.questionnaire_edits import (
    AnswersAlike,
    QuestionnaireFacts,
    change_questionnaire,
)
from survey.database import writing
from survey.models import ServiceUnit
from survey.questionnaire import ITEMS, ORDERS, Element, ElementOrder
from tests.factories import NOON, make_desk
from tests.record_factories import rows_of
from tests.site_client import phone
from tests.staff_factories import make_office, member, send, staff

CODE = "DINAS"
PAGE = f"/staff/unit/{CODE}/kuesioner"
CAUSE = Cause("wati", "", NOON, "wati")
OWN = ("Membayar banyak", "Membayar", "Membayar sedikit", "Tidak membayar")
OWN_FIELDS = {f"answer_{number}": words for number, words in enumerate(OWN, start=1)}


@pytest.fixture
def unit_id(sqlite_engine: Engine) -> int:
    with writing(sqlite_engine) as session:
        return make_office(session, CODE)


def operator(engine: Engine, unit_id: int | None = None) -> Client:
    return member(staff(engine), engine, RoleIn(Role.OPERATOR, unit_id))


def change(client: Client, **fields: Any) -> TestResponse:  # noqa: ANN401
    as_it_is = {"order": "body", "words": "official", "languages": ["id", "en"]}
    return send(client, PAGE, **{**as_it_is, **fields})


def order_in(page: str) -> list[Element]:
    """Return the elements in the order in which a page asks about them."""
    return sorted(ITEMS, key=lambda element: page.index(f"{ITEMS[element].question}?"))


def facts(**changes: Any) -> QuestionnaireFacts:  # noqa: ANN401
    known = {"order": ElementOrder.BODY, "biaya": None, "languages": ("id", "en")}
    return QuestionnaireFacts(**{**known, **changes})


def test_what_a_unit_chooses_is_kept_and_logged(engine: Engine) -> None:
    with writing(engine) as session:
        unit_id = make_office(session)
    chosen = facts(order=ElementOrder.ANNEX, biaya=OWN, languages=("id",))
    for _ in range(2):
        with writing(engine) as session:
            change_questionnaire(session, unit_id, chosen, CAUSE)
    [row] = rows_of(engine, "service_unit")
    assert (row["element_order"], row["languages"]) == ("annex", "id")
    assert json.loads(row["biaya_answers"]) == list(OWN)
    [entry] = rows_of(engine, "log_entry")
    assert entry["act"] == "questionnaire.changed"
    assert json.loads(entry["facts"])["fields"] == "biaya_answers, element_order, languages"


def test_answers_that_nobody_could_tell_apart_are_refused(session: Session) -> None:
    unit_id = make_office(session)
    alike = (*OWN[:3], OWN[0].upper())
    with pytest.raises(AnswersAlike):
        change_questionnaire(session, unit_id, facts(biaya=alike), CAUSE)
    assert session.get_one(ServiceUnit, unit_id).biaya_answers is None


def test_the_longest_answers_fit_their_column(engine: Engine) -> None:
    longest = tuple(letter * 40 for letter in "ABCD")
    with writing(engine) as session:
        change_questionnaire(session, make_office(session), facts(biaya=longest), CAUSE)
    assert json.loads(rows_of(engine, "service_unit")[0]["biaya_answers"]) == list(longest)


@pytest.mark.parametrize("order", ElementOrder)
def test_the_preview_is_what_citizens_see(
    sqlite_engine: Engine, unit_id: int, order: ElementOrder
) -> None:
    with writing(sqlite_engine) as session:
        desk = make_desk(session, unit_id, opens_with="skm")
    client = operator(sqlite_engine)
    change(client, order=order.value, words="own", **OWN_FIELDS)
    page = client.get(PAGE).text
    citizens = phone(sqlite_engine).get(desk.path).text
    assert order_in(page) == order_in(citizens) == list(ORDERS[order])
    for shown in (page.partition('id="preview"')[2], citizens):
        assert [words in shown for words in OWN] == [True] * 4
        assert ITEMS[Element.BIAYA].answers[0] not in shown


def test_the_preview_has_nine_questions_of_four_answers(
    sqlite_engine: Engine, unit_id: int
) -> None:
    assert unit_id
    page = operator(sqlite_engine).get(PAGE).text.partition('id="preview"')[2]
    assert page.count('<ul class="tiles">') == 9
    assert page.count("<li>") == 9 + 36
    assert "<input" not in page.partition("</section>")[0]


def test_the_official_words_come_back(sqlite_engine: Engine, unit_id: int) -> None:
    assert unit_id
    client = operator(sqlite_engine)
    change(client, words="own", **OWN_FIELDS)
    assert 'value="Tidak membayar"' in client.get(PAGE).text
    assert change(client, words="official", **OWN_FIELDS).status_code == 303
    assert rows_of(sqlite_engine, "service_unit")[0]["biaya_answers"] is None


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"words": "own", **OWN_FIELDS, "answer_3": " "}, "Isi keempat jawaban"),
        ({"words": "own", **OWN_FIELDS, "answer_3": "x" * 41}, "Paling panjang 40 huruf."),
        ({"words": "own", **OWN_FIELDS, "answer_3": OWN[0]}, "Ada dua jawaban yang sama."),
        ({"languages": []}, "Pilih paling sedikit satu bahasa."),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_kept(
    sqlite_engine: Engine, unit_id: int, fields: dict[str, Any], sentence: str
) -> None:
    assert unit_id
    before = rows_of(sqlite_engine, "service_unit")
    answer = change(operator(sqlite_engine), **fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert rows_of(sqlite_engine, "service_unit") == before


def test_the_page_says_whose_wording_it_is(sqlite_engine: Engine, unit_id: int) -> None:
    assert unit_id
    page = operator(sqlite_engine).get(PAGE).text
    assert "bunyi resmi PermenPANRB 14/2017 dan tidak dapat diubah" in page


def test_citizens_are_offered_the_languages_chosen(sqlite_engine: Engine, unit_id: int) -> None:
    with writing(sqlite_engine) as session:
        desk = make_desk(session, unit_id)
    change(operator(sqlite_engine), languages=["id"])
    assert "English" not in phone(sqlite_engine).get(desk.path).text


def test_the_questionnaire_is_for_those_who_set_up_and_of_their_branch(
    sqlite_engine: Engine, unit_id: int
) -> None:
    with writing(sqlite_engine) as session:
        elsewhere = make_office(session, "LAIN")
    assert operator(sqlite_engine, unit_id).get(PAGE).status_code == 200
    assert operator(sqlite_engine, elsewhere).get(PAGE).status_code == 404
    for role in set(Role) - {Role.OPERATOR}:
        client = member(staff(sqlite_engine), sqlite_engine, RoleIn(role))
        assert client.get(PAGE).status_code == 403, role

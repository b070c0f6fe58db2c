"""A desk is found by its signed code, and by nothing that was changed or guessed (method §10)."""

import json

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session

from survey.database import looking_up
from survey.desks import UnknownDesk, desk_by_id, find_desk, services_of, signed_code
from survey.questionnaire import ElementOrder
from survey.set_up import add_desk
from survey.spelling import ALPHABET
from tests.factories import KEYS, make_desk, make_service, make_unit, rated_desk

KEY = KEYS.key("desk")


def test_a_desk_is_found_by_its_code(session: Session) -> None:
    desk = make_desk(session, name="Loket 3")
    assert find_desk(session.connection(), desk.code, KEY).name == "Loket 3"
    assert find_desk(session.connection(), desk.code, KEY) == desk_by_id(
        session.connection(), desk.id, KEY
    )


def test_a_code_has_twelve_letters_of_the_alphabet(session: Session) -> None:
    code = make_desk(session).code
    assert len(code) == 12
    assert set(code) <= set(ALPHABET)


def test_a_code_stays_the_same_for_ever() -> None:
    """This code is on a poster: a change of the rule would make every printed poster void."""
    assert signed_code("7K3MQ9", b"k" * 32) == "7K3MQ9BM82T8"


def test_one_changed_letter_is_refused(session: Session) -> None:
    code = make_desk(session).code
    for place, letter in enumerate(code):
        other = ALPHABET[(ALPHABET.index(letter) + 1) % 32]
        with pytest.raises(UnknownDesk):
            find_desk(session.connection(), code[:place] + other + code[place + 1 :], KEY)


@pytest.mark.parametrize(
    "code",
    ["", "7", "7K3MQ9", "7K3MQ9TX7K3M0", "éééééééééééé", "\ud800" * 12, "\0" * 12,
     "' OR '1'='1", "٣" * 12, "x" * 10_000],
)  # fmt: skip
def test_what_is_no_code_is_refused(session: Session, code: str) -> None:
    with pytest.raises(UnknownDesk):
        find_desk(session.connection(), code, KEY)


def test_a_code_signed_with_another_key_is_refused(session: Session) -> None:
    desk = make_desk(session)
    with pytest.raises(UnknownDesk):
        find_desk(session.connection(), signed_code(desk.code[:6], b"another key"), KEY)


def test_a_signed_code_of_no_desk_is_refused(session: Session) -> None:
    with pytest.raises(UnknownDesk):
        find_desk(session.connection(), signed_code("000000", KEY), KEY)


def test_a_guessed_code_does_not_reach_the_database(sqlite_engine: Engine) -> None:
    asked: list[str] = []
    event.listen(sqlite_engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    with looking_up(sqlite_engine) as connection, pytest.raises(UnknownDesk):
        find_desk(connection, "7K3MQ9TX7K3M", KEY)
    assert asked == []


def test_a_desk_knows_its_one_service(session: Session) -> None:
    desk = make_desk(session, services=["KK"])
    assert rated_desk(session, desk).only_service_id == desk.service_ids[0]


def test_a_desk_knows_its_one_service_beside_desks_that_give_others(session: Session) -> None:
    unit_id = make_unit(session)
    first = make_desk(session, unit_id, services=["KK"])
    make_desk(session, unit_id, services=["KIA", "AKTA"])
    nothing_named = make_desk(session, unit_id, services=())
    assert rated_desk(session, first).only_service_id == first.service_ids[0]
    assert rated_desk(session, nothing_named).only_service_id is None


@pytest.mark.parametrize("services", [(), ("KK", "KIA")], ids=["none named", "two"])
def test_a_desk_with_no_or_several_services_knows_none(
    session: Session, services: tuple[str, ...]
) -> None:
    assert rated_desk(session, make_desk(session, services=services)).only_service_id is None


def test_a_desk_offers_the_services_it_gives(session: Session) -> None:
    unit_id = make_unit(session)
    make_service(session, unit_id, "AKTA")
    desk = make_desk(session, unit_id, services=["KK", "KIA"])
    assert [code for code, _ in services_of(session.connection(), rated_desk(session, desk))] == [
        "KK",
        "KIA",
    ]


def test_a_desk_that_names_none_offers_all_of_its_unit_and_no_other(session: Session) -> None:
    make_service(session, make_unit(session), "SIM")
    unit_id = make_unit(session)
    for code in ("AKTA", "KK"):
        make_service(session, unit_id, code)
    desk = make_desk(session, unit_id, services=())
    assert [code for code, _ in services_of(session.connection(), rated_desk(session, desk))] == [
        "AKTA",
        "KK",
    ]


def test_a_desk_knows_what_its_unit_decided(session: Session) -> None:
    answers = ["Mahal", "Agak mahal", "Wajar", "Tidak dipungut biaya"]
    unit_id = make_unit(
        session,
        time_zone="Asia/Jayapura",
        languages="id",
        element_order=ElementOrder.ANNEX,
        biaya_answers=answers,
    )
    desk = rated_desk(session, make_desk(session, unit_id))
    assert desk.time_zone == "Asia/Jayapura"
    assert desk.languages == ("id",)
    assert desk.element_order is ElementOrder.ANNEX
    assert json.dumps(desk.biaya_answers) == json.dumps(answers)


def test_two_desks_never_share_a_code(session: Session) -> None:
    unit_id = make_unit(session)
    keys = {add_desk(session, unit_id, f"L{n}", "Loket").public_key for n in range(50)}
    assert len(keys) == 50

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlmodel import Session

from kiosk.app import public_site
from kiosk.tablet_config import tablet_config
from survey.database import writing
from survey.models import Desk, ServiceUnit
from survey.questionnaire import ORDERS, ElementOrder
from survey.site import here
from tests.factories import MadeDesk, make_desk, make_unit, rated_desk, settings

SETTINGS = settings(NILAI_LANGUAGES="id,en,min,ace", NILAI_PUBLIC_URL="https://nilai.example")
COSTS = ("Mahal sekali", "Mahal", "Murah", "Tanpa biaya")


@pytest.fixture
def site(sqlite_engine: Engine) -> Flask:
    return public_site(SETTINGS, sqlite_engine, lambda _: True)


@pytest.fixture
def opened(sqlite_engine: Engine) -> Iterator[Session]:
    with writing(sqlite_engine) as session:
        yield session


def told(site: Flask, session: Session, desk: MadeDesk) -> dict[str, Any]:
    with site.test_request_context():
        languages = here().languages
        return tablet_config(session, rated_desk(session, desk), SETTINGS, languages)


def unit_of(session: Session, desk: MadeDesk) -> ServiceUnit:
    unit = session.get(ServiceUnit, desk.unit_id)
    assert unit is not None
    return unit


def test_a_tablet_asks_what_the_units_page_asks_in_its_order_and_words(
    site: Flask, opened: Session
) -> None:
    unit = make_unit(opened, element_order=ElementOrder.ANNEX, biaya_answers=COSTS)
    language = told(site, opened, make_desk(opened, unit))["languages"][0]
    assert [item["code"] for item in language["nine"]] == list(ORDERS[ElementOrder.ANNEX])
    [costs] = [item for item in language["nine"] if item["code"] == "BIAYA"]
    assert costs["answers"] == list(COSTS)
    assert language["quick"]["answers"] == ["Tidak puas", "Kurang puas", "Puas", "Sangat puas"]
    assert [name for name, _, _ in language["profile"]] == ["SEX", "AGE", "EDUCATION", "OCCUPATION"]


def test_a_tablet_speaks_the_units_languages_and_says_which_await_a_speaker(
    site: Flask, opened: Session
) -> None:
    desk = make_desk(opened, make_unit(opened, languages="min,en"))
    draft, english = told(site, opened, desk)["languages"]
    assert (draft["code"], draft["speech"], draft["awaits_speaker"]) == ("min", "id-ID", True)
    assert (english["code"], english["speech"], english["awaits_speaker"]) == ("en", "en-US", False)
    assert english["messages"]["Selesai"] == "Done"
    assert english["nine"][2]["answers"][0] == "Not fast"


def test_indonesian_needs_no_messages(site: Flask, opened: Session) -> None:
    assert told(site, opened, make_desk(opened))["languages"][0]["messages"] == {}


@pytest.mark.parametrize(("services", "asked"), [((), 0), (("KK",), 0), (("KK", "KIA"), 2)])
def test_the_service_is_asked_only_where_there_is_a_choice(
    site: Flask, opened: Session, services: tuple[str, ...], asked: int
) -> None:
    config = told(site, opened, make_desk(opened, services=services))
    assert [code for code, _ in config["services"]] == list(services)[:asked]


def test_what_the_desk_and_its_unit_are_is_told(site: Flask, opened: Session) -> None:
    desk = make_desk(opened, name="Loket %(x)s", about="KK", opens_with="skm")
    unit_of(opened, desk).opening_hours = json.dumps([["08:00", "15:00"]] * 5 + [None, None])
    unit_of(opened, desk).accent = "#123c7a"
    opened.flush()
    config = told(site, opened, desk)
    assert config["desk"] == {
        "code": desk.code,
        "name": "Loket %(x)s",
        "about": "KK",
        "kind": "counter",
        "opens_with": "skm",
    }
    assert (config["public_url"], config["time_zone"]) == ("https://nilai.example", "Asia/Jakarta")
    assert config["hours"] == [["08:00", "15:00"]] * 5 + [None, None]
    assert (config["accent"], config["accent_sheet"]) == ("#123c7a", "/warna/123c7a.css")


def test_a_tablet_is_told_anew_only_when_something_changed(site: Flask, opened: Session) -> None:
    desk = make_desk(opened)
    first = told(site, opened, desk)
    assert told(site, opened, desk) == first
    kept = opened.get(Desk, desk.id)
    assert kept is not None
    kept.name = "Loket 3A"
    opened.flush()
    assert told(site, opened, desk)["etag"] != first["etag"]

"""A unit's colour on its pages: for citizens and staff, from the nearest unit that has one."""

import gzip

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from survey.accent import accent_of, stylesheet
from survey.database import writing
from survey.models import ServiceUnit
from survey.units import accent_for
from tests.factories import MadeDesk, make_desk, make_slip, make_unit, tap
from tests.site_client import PublicClient, phone
from tests.staff_factories import make_office, member, staff

BLUE = "#1f4e8c"
LINK = '<link rel="stylesheet" href="/warna/1f4e8c.css">'
FIRST_PAGE = 14 * 1024
FOR_EVER = "public, max-age=31536000, immutable"


def coloured(session: Session, unit_id: int, accent: str | None, under: int | None = None) -> int:
    unit = session.get_one(ServiceUnit, unit_id)
    unit.accent, unit.parent_id = accent, under
    session.flush()
    return unit_id


@pytest.fixture
def desk(sqlite_engine: Engine) -> MadeDesk:
    with writing(sqlite_engine) as session:
        made = make_desk(session)
        coloured(session, made.unit_id, BLUE)
        return made


@pytest.fixture
def client(sqlite_engine: Engine) -> PublicClient:
    return phone(sqlite_engine)


def test_a_unit_without_a_colour_takes_that_of_the_nearest_above(session: Session) -> None:
    city, dinas, branch, other = (make_unit(session) for _ in range(4))
    coloured(session, city, "#006644")
    coloured(session, dinas, BLUE, under=city)
    coloured(session, branch, None, under=dinas)
    assert [accent_for(session.connection(), unit) for unit in (city, dinas, branch, other)] == [
        "#006644",
        BLUE,
        BLUE,
        None,
    ]


def test_every_page_of_a_visit_has_the_colour(
    sqlite_engine: Engine, client: PublicClient, desk: MadeDesk
) -> None:
    with writing(sqlite_engine) as session:
        slip = make_slip(session, desk)
    pages = [client.get(desk.path), client.get(f"{desk.path}/skm"), client.get(slip)]
    assert [LINK in page.text for page in (*pages, tap(client, desk.path))] == [True] * 4


def test_a_page_that_came_back_with_a_problem_has_the_colour_too(
    client: PublicClient, desk: MadeDesk
) -> None:
    refused = tap(client, desk.path, rating="9")
    assert refused.status_code == 422
    assert LINK in refused.text


def test_a_unit_without_a_colour_loads_nothing_more(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        plain = make_desk(session)
    assert "/warna/" not in phone(sqlite_engine).get(plain.path).text


def test_a_colour_that_changes_is_seen_at_once_by_another_phone(
    sqlite_engine: Engine, client: PublicClient, desk: MadeDesk
) -> None:
    client.get(desk.path)
    with writing(sqlite_engine) as session:
        coloured(session, desk.unit_id, "#006644")
    assert "/warna/006644.css" in phone(sqlite_engine).get(desk.path).text


def test_the_stylesheet_is_kept_for_ever(client: PublicClient) -> None:
    answer = client.get("/warna/1f4e8c.css")
    assert (answer.status_code, answer.mimetype) == (200, "text/css")
    assert answer.text == stylesheet(accent_of(BLUE))
    assert answer.headers["Cache-Control"] == FOR_EVER


@pytest.mark.parametrize("colour", ["1F4E8C", "1f4e8", "red", "1f4e8c1", "e0a000", "zzzzzz"])
def test_what_no_unit_can_have_is_no_stylesheet(client: PublicClient, colour: str) -> None:
    answer = client.get(f"/warna/{colour}.css")
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_first_page_stays_light_with_a_colour(client: PublicClient, desk: MadeDesk) -> None:
    page = client.get(desk.path)
    sheets = [part.split('"')[0] for part in page.text.split('rel="stylesheet" href="')[1:]]
    weight = sum(len(gzip.compress(client.get(each).data)) for each in [desk.path, *sheets])
    assert len(sheets) == 2
    assert weight < FIRST_PAGE


def test_nothing_is_styled_inside_the_page(client: PublicClient, desk: MadeDesk) -> None:
    for page in (client.get(desk.path), tap(client, desk.path)):
        assert "style=" not in page.text
        assert "<style" not in page.text


def test_a_unit_s_staff_pages_have_the_colour_and_others_do_not(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        coloured(session, make_office(session), BLUE)
        make_office(session, "LAIN", "Kecamatan Lain")
    client = member(staff(sqlite_engine), sqlite_engine)
    link = '<link rel="stylesheet" href="/staff/warna/1f4e8c.css">'
    assert link in client.get("/staff/unit/DISDUKCAPIL-CONTOH").text
    assert "/warna/" not in client.get("/staff/unit/LAIN").text


def test_strangers_get_a_stylesheet_of_the_staff_site_and_may_keep_it(
    sqlite_engine: Engine,
) -> None:
    answer = staff(sqlite_engine).test_client().get("/warna/1f4e8c.css")
    assert answer.headers["Cache-Control"] == FOR_EVER
    assert answer.text == stylesheet(accent_of(BLUE))

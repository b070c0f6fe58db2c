"""Both sites work whole when each uses its own role of PostgreSQL (docs/database-roles.md)."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner
from flask import got_request_exception
from sqlalchemy import Engine
from sqlmodel import Session

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from deploy.migrate import is_current
from deploy.nilai import main
from kiosk.app import public_site
from survey.command import Installation
from survey.database import open_engine, writing
from survey.models import ServiceUnit
from survey.sealing import seal_days
from survey.tickets import issue_tickets
from tests.access_world import AT, make_place
from tests.database_roles import PUBLIC, STAFF, Roles, on_one_postgresql, roles_in
from tests.factories import MadeDesk, all_nine, follow, settings, tap
from tests.publication_factories import published, released_unit
from tests.record_factories import NOON, Office, an_office
from tests.seal_factories import new_key, new_key_file
from tests.site_client import PublicClient, phone
from tests.staff_factories import make_account, member, staff
from tests.tablet_factories import enrolment_body, issued, tablet_from
from tests.tablet_factories import new_key as new_tablet_key
from tests.test_pass_pages import code_of
from tests.test_staff_on_postgres import EMPTY, World
from tests.test_story_first_month import Office as FirstOffice
from tests.test_story_first_month import a_month

pytestmark = pytest.mark.every_database

API = "/api/kiosk/v1"


@pytest.fixture
def roles(database_url: str) -> Iterator[Roles]:
    with roles_in(database_url) as made:
        yield made


@pytest.fixture
def owner(roles: Roles) -> Iterator[Engine]:
    opened = open_engine(roles.url)
    yield opened
    opened.dispose()


@on_one_postgresql
def test_an_office_has_its_month_and_its_night(roles: Roles, tmp_path: Path) -> None:
    given = settings(NILAI_SEAL_KEY_FILE=str(new_key_file(tmp_path)))
    with roles.engine(PUBLIC) as public, roles.engine(STAFF) as of_staff:
        a_month(FirstOffice(of_staff, tmp_path, phone(public)))
        with time_machine.travel(AT.replace(month=11, day=7)):
            for word in ("nightly", "look", "verify", "purge", "seal"):
                done = CliRunner().invoke(main, [word], obj=Installation(given, of_staff))
                assert done.exit_code == 0, done.output


@on_one_postgresql
def test_every_page_and_form_of_the_staff_has_the_rights_it_takes(
    roles: Roles, owner: Engine
) -> None:
    with roles.engine(STAFF) as of_staff, time_machine.travel(AT.replace(month=11), tick=True):
        with writing(owner) as session:
            place, _ = make_place(session, "KIRI"), make_place(session, "KANAN")
            everything = tuple(RoleIn(role) for role in Role)
            account = make_account(session, *everything, officer_id=place.officer_id)
        app = staff(of_staff)
        app.testing = False  # what fails is answered with 500, as it would be
        world = World(app, place, member(app, of_staff, account_id=account))
        failed: list[Exception] = []

        def note(_: object, exception: Exception, **_more: object) -> None:
            failed.append(exception)

        with got_request_exception.connected_to(note, app):  # every page is opened for its forms
            sent = {endpoint: world.send(form) for endpoint, form in world.forms()}
    assert failed == []
    assert {endpoint for endpoint, status in sent.items() if status == 422} == EMPTY


@on_one_postgresql
def test_the_public_site_does_all_it_is_for(roles: Roles, owner: Engine) -> None:
    with roles.engine(PUBLIC) as public:
        office, client = an_office(owner, services=["KK"]), phone(public)
        with writing(owner) as session:
            unit_id = released_unit(session)
            published(session, unit_id)
            unit = session.get_one(ServiceUnit, unit_id).code
        with time_machine.travel(NOON, tick=True):
            receipt = a_citizen_answers(client, office)
            a_crowd_taps(client, office)
            a_tablet_sends(client, office)
        seal_days(owner, new_key(), NOON + timedelta(days=2))
        pages = [
            "/", "/segel", "/segel/0", "/segel.json", "/segel/kunci.pem", "/publik",
            "/publik/kamus", f"/publik/{unit}", f"/publik/{unit}.csv", f"/publik/{unit}/tv",
            f"/resi/{receipt}", f"/resi/{receipt}.json", "/kiosk/", "/kiosk/enrol", "/healthz",
        ]  # fmt: skip
        opened = {page: client.get(page, follow_redirects=True).status_code for page in pages}
        ready = public_site(settings(), public, is_current).test_client().get("/readyz")
    assert opened == dict.fromkeys(pages, 200)
    assert ready.get_json()["status"] == "ready"


@on_one_postgresql
def test_a_right_that_is_missing_is_noticed(roles: Roles, owner: Engine) -> None:
    """The control: a site whose role lacks one right does not do all it is for."""
    with roles.connected() as connection:
        name = roles.names[PUBLIC]
        connection.execute(f"REVOKE INSERT ON private_text FROM {name}".encode())
    with roles.engine(PUBLIC) as public, pytest.raises(Exception, match="permission denied"):
        a_citizen_answers(phone(public), an_office(owner, services=["KK"]))


def a_citizen_answers(client: PublicClient, office: Office) -> str:
    """Tap, answer more, send it twice, use a slip; return the receipt."""
    poster = f"/l/{office.desk.code}"
    thanks = tap(client, poster, 4)
    assert thanks.status_code == 201
    answers: dict[str, Any] = {**all_nine(3), "comment": "Cepat.", "SEX": "P"}
    sent = [follow(client, poster, thanks, **answers) for _ in range(2)]
    assert [answer.status_code for answer in sent] == [201, 200]
    with writing(office.engine) as session:
        slip = f"/t/{slip_of(session, office)}"
    assert tap(client, slip, 3).status_code == 201
    assert client.get(slip).status_code == 410
    receipt = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", sent[0].text)
    assert receipt
    return receipt[0]


def slip_of(session: Session, office: Office) -> str:
    return issue_tickets(session, office.desk, 1, NOON.date())[0].token


def a_crowd_taps(client: PublicClient, office: Office) -> None:
    """Tap more often in ten minutes than a desk can serve; a day later that is forgotten."""
    poster = f"/l/{office.desk.code}"
    for _ in range(9):
        assert tap(client, poster, 1).status_code == 201
    with time_machine.travel(NOON + timedelta(days=1), tick=True):
        assert tap(client, poster, 2).status_code == 201


def a_tablet_sends(client: PublicClient, office: Office) -> None:
    """Try a wrong code, enrol, send a batch twice, ask for the time, show a code to a phone."""
    code, key = issued(office.engine, office.desk.id).code, new_tablet_key()
    wrong = code[:-1] + ("2" if code[-1] == "1" else "1")
    tried = [
        client.post(f"{API}/enrolments", json=enrolment_body(each, key)) for each in (wrong, code)
    ]
    assert [answer.status_code for answer in tried] == [404, 201]
    tablet = tablet_from(tried[1].get_json(), key)
    for _ in range(3):
        tablet.keep(3)
    body = tablet.body()
    for status in (201, 401):
        sent = client.post(f"{API}/responses", data=body, headers=tablet.headers(body))
        assert sent.status_code == status
    assert client.get(f"{API}/contact").status_code in {200, 422}
    shown = MadeDesk(office.desk.id, office.desk.unit_id, office.desk.code)
    scanned = client.get(code_of(shown, tablet.device, datetime.now(UTC)))
    assert tap(client, scanned.location, 4).status_code == 201
    plain = client.post("/kiosk/enrol", data={"code": issued(office.engine, office.desk.id).code})
    assert plain.status_code == 200

"""Every page and form of the staff site on each kind of database: the same answer, never 500.

SQLite takes what PostgreSQL refuses: numbers beyond a column, texts longer than it, statements it
reads more strictly. So each page is opened, and each form is sent with what somebody might send.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, wraps
from html.parser import HTMLParser
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine
from werkzeug.routing import Rule
from werkzeug.test import Client, TestResponse

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.office.sheet_template import SheetKind, template_table
from aggregation.sheets.written_sheet import as_csv
from survey.database import writing
from tests.access_world import AT, Place, make_place
from tests.sheet_pages import upload
from tests.staff_factories import csrf_token, make_account, member, staff

KIRI = "/staff/unit/KIRI"
HOSTILE = {
    "long": "x" * 5_000,
    "number": "99999999999999999999",
    "marks": "\u202eSari 🙂👩‍👩‍👧 '\"; -- %s %(name)s %25 {0} ${x} \\ <script>alert(1)</script>",
    "blanks": " \t ",
    "lines": "a\r\nb",
    "negative": "-1",
    "nul": "a\0b",
}
ALONE = {"long", "blanks"}
"""What is also sent in one field while the others are as they should be."""
_DIGITS = re.compile("[0-9]+")
QUERY = (
    "bagian", "cari", "dari", "hal", "jabatan", "jam", "jenis", "keadaan", "layanan", "loket",
    "minggu", "pelaku", "peran", "periode", "sampai", "sesudah", "status", "tahun", "tanggal",
    "tugas", "unsur", "urut",
)  # fmt: skip
NARROW = [
    {"minggu": "2026-W99999999999", "bulan": "9999-12", "tanggal": "0001-01-01"},
    {"minggu": f"{'9' * 4_500}-W01", "tanggal": "9999-12-31", "pada": "9999-12-31T23:59-14:00"},
    {"pada": "0001-01-01T00:00:00+14:00", "dari": "0001-01-01", "sampai": "9999-12-31"},
    {"revisi": "9999", "sesudah": f"0001-01-01T00:00:00+14:00_{'0' * 32}"},
]
# What a page answers that is opened as it is, where it is not simply shown.
OPENED = {
    "closing.check": 409,
    "link_pages.look": 404,
    "provider_pages.come_back": 404,
    "provider_pages.leave": 404,
    "provider_pages.start": 404,
    "recognition.issue": 303,
    "recognition.training.file": 303,
    "scores.manifest": 404,
    "sign_in.second_factor": 303,
    "tablets.show_code": 303,
    "tokens.show_once": 303,
}
EMPTY = {
    "accounts.new", "desks.add", "duty_calendar.approvals.decide",
    "duty_calendar.exception_pages.edit", "duty_calendar.roster_pages.edit",
    "improvements.actions.prove", "improvements.planning.plan",
    "officers.add",
    "publications.publishing.take_back", "publications.showing_pages.enter",
    "officers.stop", "outages.all_outages", "outages.withdraw", "own_account.change",
    "own_account.change_password", "paper.typed", "raw_words.raw", "revision_pages.decide",
    "revision_pages.revision_preparing.prepare", "rules.decide", "rules.drafting.new",
    "services.add", "sheets.upload", "sheets.upload_responses", "sheets.upload_roster",
    "sign_in.with_password", "tokens.new", "unit_form.add", "visits.slip_pages.all_slips",
    "visits.slip_pages.withdraw",
}  # fmt: skip
"""Forms in which something has to be filled in first."""
SIGNS_OUT = {"sign_in.leave"}
REFUSED = {400, 404, 409, 413, 422}
TAKEN = {200, 303}


@dataclass
class Form:
    """A form of a page: where it is sent, and what stands in it."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    free: set[str] = field(default_factory=set)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "form":
            self.found.append(Form(given.get("action") or ""))
        if not self.found:
            return
        form = self.found[-1]
        if tag == "select":
            self._select = name
        if tag == "option" and (self._select not in form.fields or "selected" in given):
            form.fields[self._select] = value
            form.free.add(self._select)
        if tag == "textarea" or (tag == "input" and name):
            self._input(form, given, name, value)

    def _input(self, form: Form, given: dict[str, str | None], name: str, value: str) -> None:
        is_box = given.get("type") in {"checkbox", "radio"}
        if name != "csrf_token":
            form.free.add(name)
        if not is_box or "checked" in given:
            form.fields[name] = value


@dataclass
class World:
    """A place, the site on it, and somebody who may do everything there."""

    app: Flask
    place: Place
    client: Client

    def rules(self, method: str) -> Iterator[Rule]:
        for rule in self.app.url_map.iter_rules():
            if method in (rule.methods or ()) and rule.endpoint != "static":
                yield rule

    def forms(self) -> Iterator[tuple[str, Form]]:
        """Yield each form that changes something, once, by its endpoint."""
        found: dict[str, Form] = {}
        for rule in self.rules("GET"):
            address = self.place.address(rule)
            page = self.client.get(address, buffered=True)
            if page.mimetype == "text/html":
                for form in _forms(page.text):
                    path = urlsplit(form.action or address).path.removeprefix("/staff")
                    endpoint, _ = self.app.url_map.bind("").match(path, "POST")
                    if endpoint not in SIGNS_OUT:
                        found.setdefault(endpoint, Form(f"/staff{path}", form.fields, form.free))
        yield from found.items()

    def send(self, form: Form, **changed: str | list[str]) -> int:
        fields: dict[str, Any] = {**form.fields, **changed, "csrf_token": self._token}
        status = self.client.post(form.action, data=fields).status_code
        if status == HTTPStatus.SEE_OTHER:
            self._look()  # a page has to take what was told, or the cookie grows with each form
        return status

    @cached_property
    def _token(self) -> str:
        """What every form of the session carries."""
        return csrf_token(self._look())

    def _look(self) -> TestResponse:
        return self.client.get("/staff/akun-saya")


def _forms(text: str) -> list[Form]:
    parser = _Forms()
    parser.feed(text)
    return [form for form in parser.found if "csrf_token" in form.fields]


@pytest.fixture
def world(engine: Engine) -> Iterator[World]:
    with time_machine.travel(AT.replace(month=11), tick=True):
        with writing(engine) as session:
            place = make_place(session, "KIRI")
            make_place(session, "KANAN")
            roles = tuple(Role)
            account = make_account(
                session, *(RoleIn(role) for role in roles), officer_id=place.officer_id
            )
        app = staff(engine)
        app.testing = False  # what fails is answered with 500, as it would be
        yield World(app, place, member(app, engine, account_id=account))


def test_every_page_opens_alike(world: World) -> None:
    opened = {
        rule.endpoint: world.client.get(world.place.address(rule), buffered=True).status_code
        for rule in world.rules("GET")
    }
    assert opened == {endpoint: OPENED.get(endpoint, 200) for endpoint in opened}


def test_a_page_that_breaks_would_be_noticed(world: World) -> None:
    shown = world.app.view_functions["help_pages.show"]

    @wraps(shown)
    def broken(**_arguments: object) -> str:
        raise OverflowError

    world.app.view_functions["help_pages.show"] = broken
    rule = next(each for each in world.rules("GET") if each.endpoint == "help_pages.show")
    answer = world.client.get(world.place.address(rule))
    assert _broken({rule.endpoint: answer.status_code}) == {"help_pages.show": 500}


def test_no_page_breaks_on_what_its_address_asks_for(world: World) -> None:
    asked = [dict.fromkeys(QUERY, HOSTILE[kind]) for kind in ("long", "number", "marks")]
    answers = {
        (rule.endpoint, place): world.client.get(
            world.place.address(rule), query_string=each, buffered=True
        )
        for rule in world.rules("GET")
        for place, each in enumerate(asked + NARROW)
    }
    assert _broken({key: answer.status_code for key, answer in answers.items()}) == {}


def test_an_address_that_names_nothing_there_is_is_not_found(world: World) -> None:
    answers = {}
    for rule in world.rules("GET"):
        for name in rule.arguments - {"ending"}:
            for kind in ("long", "number", "marks", "nul"):
                address = rule.rule
                filled: dict[str, object] = {**world.place.filled(rule), name: HOSTILE[kind]}
                for each, value in filled.items():
                    address = _put(address, each, quote(str(value), safe=""))
                answer = world.client.get(f"/staff{address}", buffered=True)
                answers[rule.endpoint, name, kind] = answer.status_code
    # A slash in the mark makes it the address of a form, which cannot be opened.
    assert {asked: code for asked, code in answers.items() if code not in {400, 404, 405}} == {}


def test_every_form_may_be_sent_as_it_is(world: World) -> None:
    answers = {endpoint: world.send(form) for endpoint, form in world.forms()}
    assert _broken(answers) == {}
    assert {endpoint for endpoint, code in answers.items() if code == 422} == EMPTY


def test_no_form_breaks_on_what_is_sent(world: World) -> None:
    answers: dict[tuple[str, ...], int] = {}
    for endpoint, form in world.forms():
        alike = {_DIGITS.sub("0", name): name for name in sorted(form.free)}
        for kind, text in HOSTILE.items():
            answers[endpoint, kind] = world.send(form, **dict.fromkeys(form.free, text))
            for name in alike.values() if kind in ALONE else ():
                answers[endpoint, kind, name] = world.send(form, **{name: text})
    assert _broken(answers) == {}


def test_a_colour_that_is_none_is_refused_and_a_box_sent_twice_is_one(world: World) -> None:
    forms, twice = dict(world.forms()), [str(world.place.service)] * 2
    assert world.send(forms["unit_form.edit"], own_accent="y", accent="red") == 422
    assert world.send(forms["desks.edit"], services=twice, name="Loket 7") == 303


def test_no_sheet_breaks_on_what_its_cells_hold(world: World) -> None:
    for sheet in SheetKind:
        header, row, *_ = template_table(sheet)
        rows = [
            [text if place == at else cell for place, cell in enumerate(row)]
            for text in HOSTILE.values()
            for at in range(len(header))
        ]
        page = upload(world.client, sheet, as_csv([header, *rows]), place=f"{KIRI}/lembar")
        assert page.status_code == 422


def _put(rule: str, name: str, value: str) -> str:
    """Return a route with a value in place of an argument, whatever its converter asks for."""
    before, argument, rest = rule.partition("<")
    inside, _, after = rest.partition(">")
    if not argument:
        return rule
    if inside.rpartition(":")[2] == name:
        return f"{before}{value}{after}"
    return f"{before}<{inside}>{_put(after, name, value)}"


def _broken(answers: dict[Any, int]) -> dict[Any, int]:
    known = REFUSED | TAKEN | {HTTPStatus.FORBIDDEN, HTTPStatus.GONE, HTTPStatus.METHOD_NOT_ALLOWED}
    return {asked: code for asked, code in answers.items() if code not in known}

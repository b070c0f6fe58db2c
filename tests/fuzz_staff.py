"""The staff site's forms and sheets under inputs that nobody meant, by direct calls."""

import io
from collections.abc import Iterator
from random import Random
from typing import Any

from flask import Flask
from sqlalchemy import Engine, inspect, text
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.office.sheet_template import SheetKind, template_table
from aggregation.sheets.written_sheet import as_csv, as_workbook
from survey.database import reading, writing
from tests.access_world import Place, make_place
from tests.fuzz_inputs import a_form, a_table, as_sent, some_bytes
from tests.fuzz_record import CLEAR, REFUSED, foreign_keys
from tests.running_marks import next_mark
from tests.sheet_pages import sealed_in
from tests.staff_factories import csrf_token, make_account, member, staff
from tests.test_staff_on_postgres import Form, World

NOTED = {"log_entry", "log_detail", "staff_session", "failed_sign_in"}
"""Tables that also say who looked, and who was refused."""

A_CHAPTER = 500
"""Inputs that one office takes, before a new one is made and every form is found anew."""


def counts(engine: Engine) -> dict[str, int]:
    """Return how many rows each table has, but those that only note who came."""
    with reading(engine) as session:
        connection = session.connection()
        tables = [name for name in inspect(connection).get_table_names() if name not in NOTED]
        columns = ", ".join(f'(SELECT count(*) FROM "{table}")' for table in tables)
        found = connection.execute(text(f"SELECT {columns}")).one()
    return dict(zip(tables, found, strict=True))


class StaffForms:
    """Every form of the staff site, sent by somebody who may do everything."""

    app: Flask
    place: Place
    world: World

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._left = 0
        self._forms: list[tuple[str, Form]] = []

    def take(self, by: Random) -> Iterator[str]:
        """Take one input; yield what is wrong with the answer."""
        if not self._left:
            yield from self._next_chapter()
        self._left -= 1
        yield from self._take(by)

    def after(self) -> Iterator[str]:
        """Yield pages that can no longer show what was taken, and rows that point nowhere."""
        for rule in self.world.rules("GET"):
            answer = self.world.client.get(self.place.address(rule), buffered=True)
            if answer.status_code >= 500:
                yield f"{rule.endpoint} answered {answer.status_code} afterwards"
        yield from foreign_keys(self.engine)

    def _take(self, by: Random) -> Iterator[str]:
        endpoint, form = by.choice(self._forms)
        drawn: dict[str, Any] = {}
        for name, value in as_sent(a_form(by, form.fields)):
            drawn.setdefault(name.decode(), []).append(value.decode())
        before = counts(self.engine)
        status = self.world.send(Form(form.action), **drawn)
        if status not in CLEAR:
            yield f"{endpoint} answered {status}"
        after = counts(self.engine) if status in REFUSED else before
        if after != before:
            yield f"{endpoint} answered {status} and kept {after.items() - before.items()}"
        if status in {401, 403}:  # the form ended the session
            self._sign_in()

    def _next_chapter(self) -> Iterator[str]:
        if self._forms:
            yield from self.after()
        self._left = A_CHAPTER
        with writing(self.engine) as session:
            self.place = make_place(session, f"K{next_mark()}".upper())
            everything = (RoleIn(role) for role in Role)
            self.account = make_account(session, *everything, officer_id=self.place.officer_id)
        self.app = staff(self.engine)
        self.app.testing = False  # what fails is answered with 500, as it would be
        self._sign_in()
        self._forms = list(self.world.forms())

    def _sign_in(self) -> None:
        client = member(self.app, self.engine, account_id=self.account)
        self.world = World(self.app, self.place, client)


class Sheets(StaffForms):
    """The pages that take sheets: what each file would do, and then all of it, twice."""

    token = ""

    def _take(self, by: Random) -> Iterator[str]:
        kind = by.choice(list(SheetKind))
        before = counts(self.engine)
        page = self._upload(kind, a_file(by, kind))
        if page.status_code not in {200, 413, 422}:
            yield f"{kind} answered {page.status_code}"
        if counts(self.engine) != before:
            yield f"{kind} kept what was only shown"
        if page.status_code == 200 and 'name="checked"' in page.text:
            yield from self._confirm(kind, sealed_in(page))

    def _sign_in(self) -> None:
        super()._sign_in()
        self.token = csrf_token(self.world.client.get("/staff/akun-saya"))

    def _upload(self, kind: SheetKind, data: bytes) -> TestResponse:
        file = FileStorage(io.BytesIO(data), "lembar.csv")
        fields = {"csrf_token": self.token, "reason": "Uji", "order": "body", "file": file}
        boundary, body = encode_multipart(fields)
        content_type = f"multipart/form-data; boundary={boundary}"
        return self.world.client.post(self._address(kind), data=body, content_type=content_type)

    def _confirm(self, kind: SheetKind, checked: str) -> Iterator[str]:
        """Press the button twice: the second time there is nothing left to take in."""
        fields = {"csrf_token": self.token, "checked": checked}
        kept = []
        for _ in range(2):
            status = self.world.client.post(self._address(kind), data=fields).status_code
            kept.append(counts(self.engine))
            if status not in {200, 303, 409, 422}:
                yield f"{kind} answered {status} when confirmed"
            self.world.client.get("/staff/akun-saya")  # takes what was told out of the cookie
        if kept[0] != kept[1]:
            yield f"{kind} was taken in twice: {kept[1].items() - kept[0].items()}"

    def _address(self, kind: SheetKind) -> str:
        return f"/staff/unit/{self.place.code}/lembar/{kind}"


def a_file(by: Random, kind: SheetKind) -> bytes:
    """Draw a sheet like the kind's example: CSV or a workbook, and sometimes damaged."""
    drawn = a_table(by, template_table(kind))
    table = [[cell.encode(errors="replace").decode() for cell in line] for line in drawn]
    is_book = by.random() < 0.2 and table[0]
    right = as_workbook(table, "Lembar") if is_book else as_csv(table)
    return some_bytes(by, right) if by.random() < 0.25 else right

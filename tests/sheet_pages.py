"""Spreadsheets handed in over the pages: upload, preview, confirmation."""

import io
import re
from html import unescape

from flask import Flask
from sqlalchemy import Engine
from werkzeug.datastructures import FileStorage
from werkzeug.test import Client, TestResponse, encode_multipart

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.office.sheet_template import SheetKind
from tests.office_factories import UNIT, csv
from tests.staff_factories import csrf_token, member

PLACE = f"/staff/unit/{UNIT}/lembar"
_SEALED = re.compile(r'name="checked" value="([^"]+)"')
_CELL = re.compile(r"<td[^>]*>(.*?)</td>")


def operator(app: Flask, engine: Engine, unit_id: int | None = None) -> Client:
    return member(app, engine, RoleIn(Role.OPERATOR, unit_id))


def upload(
    client: Client,
    kind: SheetKind,
    data: bytes | str,
    *,
    place: str = PLACE,
    name: str = "lembar.xlsx",
    reason: str = "",
    order: str = "body",
) -> TestResponse:
    """Open the page of a kind, choose a file, press the button."""
    content = data if isinstance(data, bytes) else csv(data)
    address = f"{place}/{kind}"
    token = csrf_token(client.get(address))
    file = FileStorage(io.BytesIO(content), name)
    # Written out here: the test client would leave a temporary file of a large body open.
    boundary, body = encode_multipart(
        {"csrf_token": token, "reason": reason, "order": order, "file": file}
    )
    return client.post(address, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def sealed_in(page: TestResponse) -> str:
    """Return the file that a preview carries."""
    return str(_SEALED.findall(page.text)[0])


def confirm(
    client: Client, kind: SheetKind, page: TestResponse, *, place: str = PLACE
) -> TestResponse:
    """Press the button of a preview."""
    fields = {"csrf_token": csrf_token(page), "checked": sealed_in(page)}
    return client.post(f"{place}/{kind}", data=fields)


def complaints_on(page: TestResponse) -> list[tuple[str, ...]]:
    """Return the rows of the table of what is to be mended: line, column, text."""
    rows = re.findall(r"<tr>(<td.*?)</tr>", page.text, re.DOTALL)
    return [tuple(unescape(cell) for cell in _CELL.findall(row)) for row in rows]


def said_on(page: TestResponse) -> str:
    """Return what is wrong with the file as a whole."""
    found = re.search(r'<p class="err"[^>]*>.*?<span>(.*?)</span>', page.text, re.DOTALL)
    return unescape(found[1]) if found else ""

"""HR's page of a closed month: the same rows and numbers as every file and the API."""

import csv
import hashlib
import html
import io
import json
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine
from sqlmodel import Session, col, select, update
from werkzeug.test import Client

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.closings import OfficerFigure
from deploy.nilai import main
from survey.command import Installation
from survey.database import reading, writing
from survey.models import LogEntry, ServiceUnit
from survey.seal_key import seal_key
from survey.settings import KeyFile
from tests.api_factories import api, program
from tests.factories import make_unit, settings
from tests.month_factories import AFTER_OCTOBER, SmallOffice
from tests.score_factories import PUBLISHABLE, TOO_FEW, code_of, crowd, revise, scored_office
from tests.staff_factories import member, staff
from tests.tampering import tampering
from tests.worlds import as_made

LATER = "2026-11-20T00:00:00Z"
FIGURES = ("index_raw", "interval_low", "interval_high")
_ROW = re.compile(r"<tr><th scope=\"row\">(.*?)</tr>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class Office:
    made: SmallOffice
    code: str

    @property
    def page(self) -> str:
        return f"/staff/unit/{self.code}/nilai/2026-10"


def an_office(session: Session) -> Office:
    made = scored_office(session)
    return Office(made, code_of(session, made))


@pytest.fixture
def office(sqlite_engine: Engine) -> Office:
    return as_made(sqlite_engine, an_office)


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> KeyFile:
    made = KeyFile(tmp_path_factory.mktemp("keys") / "seal.pem", made_here=True)
    seal_key(made)
    return made


@pytest.fixture
def app(sqlite_engine: Engine, office: Office, key: KeyFile) -> Flask:  # noqa: ARG001
    return staff(sqlite_engine, NILAI_SEAL_KEY_FILE=str(key.path))


@pytest.fixture
def hr(app: Flask, sqlite_engine: Engine) -> Client:
    return member(app, sqlite_engine, RoleIn(Role.HR))


def shown_rows(page: str) -> dict[str, str]:
    """Return the words of each row of the page, by name, which may be a link."""
    found = [html.unescape(_TAG.sub("|", row)) for row in _ROW.findall(page)]
    return {row.strip("|").partition("|")[0]: row for row in found}


def file(hr: Client, office: Office, kind: str, query: str = f"revisi=0&pada={LATER}") -> bytes:
    answer = hr.get(f"{office.page}/berkas/{kind}?{query}")
    assert answer.status_code == 200
    return bytes(answer.data)


def by_name(rows: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401
    return {row["name"]: row for row in rows}


def outlets(hr: Client, office: Office, engine: Engine) -> dict[str, dict[str, dict[str, Any]]]:
    """Return the rows of every outlet that programs read, by name."""
    of_json = json.loads(file(hr, office, "json"))["rows"]
    of_csv = csv.DictReader(io.StringIO(file(hr, office, "csv").decode(), newline=""))
    book = CalamineWorkbook.from_filelike(io.BytesIO(file(hr, office, "xlsx")))
    head, *cells = book.get_sheet_by_index(0).to_python()
    of_xlsx = [dict(zip(map(str, head), row, strict=True)) for row in cells]
    asked = f"/scores?month=2026-10&unit={office.code}&as_of={LATER}"
    of_api = program(api(engine), engine).get(asked).json["rows"]
    every = {"json": of_json, "csv": of_csv, "xlsx": of_xlsx, "api": of_api}
    return {name: by_name(rows) for name, rows in every.items()}


def as_number(cell: object) -> str:
    return "" if cell in (None, "") else f"{float(str(cell)):.2f}"


def test_page_files_and_api_carry_the_same_numbers(
    hr: Client, office: Office, sqlite_engine: Engine
) -> None:
    rows = outlets(hr, office, sqlite_engine)
    page = shown_rows(hr.get(f"{office.page}?pada={LATER}").text)
    assert page.keys() == rows["json"].keys() == rows["api"].keys() == rows["csv"].keys()
    for name, words in page.items():
        expected = [as_number(rows["json"][name][figure]) for figure in FIGURES]
        for each in rows.values():
            assert [as_number(each[name][figure]) for figure in FIGURES] == expected
            assert int(each[name]["n"]) == rows["json"][name]["n"]
        for number in filter(None, expected):
            assert number.replace(".", ",") in words
        assert f"|{rows['json'][name]['n']}|" in words


def test_below_publishable_no_outlet_shows_a_number(
    hr: Client, office: Office, sqlite_engine: Engine
) -> None:
    rows = outlets(hr, office, sqlite_engine)
    [name] = [row["name"] for row in rows["json"].values() if row["n"] == TOO_FEW]
    for each in rows.values():
        assert {as_number(each[name][figure]) for figure in FIGURES} == {""}
    words = shown_rows(hr.get(office.page).text)[name]
    assert "Baru 4 tanggapan" in words
    assert re.findall(r"\d+,\d\d", words) == []
    assert "95,00" not in words


def test_a_page_that_showed_a_withheld_number_would_be_noticed(
    hr: Client, office: Office, sqlite_engine: Engine
) -> None:
    with tampering(sqlite_engine) as session:
        session.exec(update(OfficerFigure).values(basis="publishable"))
    [*rows] = shown_rows(hr.get(office.page).text).values()
    assert all(re.findall(r"\d+,\d\d", words) for words in rows)


@pytest.mark.parametrize("kind", ["json", "csv", "xlsx"])
def test_a_file_has_the_bytes_of_the_command(
    hr: Client, office: Office, sqlite_engine: Engine, tmp_path: Path, kind: str
) -> None:
    out = tmp_path / f"nilai.{kind}"
    words = ["scores", "2026-10", "--unit", office.code, "--revision", "0", "--as-of", LATER]
    done = CliRunner().invoke(
        main,
        [*words, "--format", kind, "-o", str(out)],
        obj=Installation(settings(), sqlite_engine),
    )
    assert done.exit_code == 0, done.output
    assert out.read_bytes() == file(hr, office, kind)


def test_the_links_of_a_page_give_what_the_page_shows(
    hr: Client, office: Office, sqlite_engine: Engine
) -> None:
    page = hr.get(office.page).text
    links = [html.unescape(each) for each in re.findall(r'href="([^"]+berkas[^"]+)"', page)]
    assert len(links) == 3
    before = [hr.get(link).data for link in links]
    with writing(sqlite_engine) as session:
        revise(session, office.made, AFTER_OCTOBER + timedelta(days=9), n=77)
    assert [hr.get(link).data for link in links] == before


def test_the_manifest_is_of_the_files_that_are_offered(hr: Client, office: Office) -> None:
    answer = hr.get(f"{office.page}/manifes?revisi=0&pada={LATER}")
    document = json.loads(answer.data)
    for kind in ("json", "csv", "xlsx"):
        digest = hashlib.sha256(file(hr, office, kind)).hexdigest()
        assert document["manifest"][f"sha256_{kind}"] == digest
    assert "attachment" in answer.headers["Content-Disposition"]


def test_without_a_key_no_manifest_is_offered(sqlite_engine: Engine, office: Office) -> None:
    client = member(staff(sqlite_engine), sqlite_engine, RoleIn(Role.HR))
    assert "manifes" not in client.get(office.page).text
    assert client.get(f"{office.page}/manifes").status_code == 404


def test_a_revision_is_picked_and_the_newest_is_shown_first(
    hr: Client, office: Office, sqlite_engine: Engine
) -> None:
    assert "<select" not in hr.get(office.page).text
    with writing(sqlite_engine) as session:
        revise(session, office.made, AFTER_OCTOBER + timedelta(days=9), n=77)
    newest, first = hr.get(office.page).text, hr.get(f"{office.page}?revisi=0").text
    assert "|77|" in "".join(shown_rows(newest).values())
    assert "|77|" not in "".join(shown_rows(first).values())
    assert f"|{PUBLISHABLE}|" in "".join(shown_rows(first).values())


def test_rows_stand_by_name_and_are_never_sorted_by_score(
    hr: Client, office: Office, sqlite_engine: Engine
) -> None:
    with writing(sqlite_engine) as session:
        crowd(session, office.made, 60)
    first = hr.get(office.page).text
    assert list(shown_rows(first)) == sorted(shown_rows(first))
    assert len(shown_rows(first)) == 50
    assert len(shown_rows(hr.get(f"{office.page}?hal=2").text)) == 12
    assert hr.get(f"{office.page}?urut=index_raw").text.count('aria-sort="ascending"') == 1
    assert not re.search(r"urut=-?(index\w*|n|score)\b", first)
    assert len(shown_rows(hr.get(f"{office.page}?cari=Orang+59").text)) == 1


def test_a_nip_is_searched_for_nowhere_because_addresses_are_kept_in_logs(
    hr: Client, office: Office
) -> None:
    nip = next(iter(json.loads(file(hr, office, "json"))["rows"]))["nip"]
    assert shown_rows(hr.get(f"{office.page}?cari={nip}").text) == {}
    page = hr.get(office.page).text
    assert not any(nip in address for address in re.findall(r'(?:href|action)="([^"]*)"', page))


def test_the_months_are_listed_the_newest_first(hr: Client, office: Office) -> None:
    page = hr.get(f"/staff/unit/{office.code}/nilai").text
    assert "Oktober 2026" in page
    assert f'href="{office.page}"' in page


def test_a_unit_without_a_closed_month_says_so(hr: Client, sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        code = session.get_one(ServiceUnit, make_unit(session)).code
    assert "Belum ada nilai." in hr.get(f"/staff/unit/{code}/nilai").text


@pytest.mark.parametrize(
    "wrong",
    [
        "2026-09",
        "2026-13",
        "x",
        "2026-10?revisi=9",
        "2026-10?revisi=-1",
        "2026-10?revisi=x",
        "2026-10?pada=besok",
        "2026-10?pada=2026-11-20T00:00:00",
        "2026-10?pada=2090-01-01T00:00:00Z",
        "2026-10?pada=2026-11-01T00:00:00Z",
        "2026-10/berkas/exe",
        "2026-10/berkas/..%2Fcsv",
    ],
)
def test_what_is_not_there_is_not_found(hr: Client, office: Office, wrong: str) -> None:
    assert hr.get(f"/staff/unit/{office.code}/nilai/{wrong}").status_code == 404


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.HR, 200), (Role.ASSESSOR, 200), (Role.AUDITOR, 200), (Role.OPERATOR, 403),
     (Role.UNIT_HEAD, 403), (Role.REVIEWER, 403), (Role.OFFICER, 403)],
)  # fmt: skip
def test_scores_are_for_those_who_may_see_them(
    app: Flask, sqlite_engine: Engine, office: Office, role: Role, status: int
) -> None:
    client = member(app, sqlite_engine, RoleIn(role, office.made.unit_id))
    for path in ("", "/berkas/csv", "/manifes"):
        assert client.get(office.page + path).status_code == status
    assert client.get(f"/staff/unit/{office.code}/nilai").status_code == status


def test_another_units_scores_do_not_exist(
    app: Flask, sqlite_engine: Engine, office: Office
) -> None:
    with writing(sqlite_engine) as session:
        other = make_unit(session)
    client = member(app, sqlite_engine, RoleIn(Role.HR, other))
    for path in ("", "/berkas/csv", "/manifes"):
        assert client.get(office.page + path).status_code == 404


def test_reading_rows_and_taking_files_is_logged(
    hr: Client, office: Office, sqlite_engine: Engine
) -> None:
    hr.get(f"/staff/unit/{office.code}/nilai")
    hr.get(office.page)
    file(hr, office, "csv")
    with reading(sqlite_engine) as session:
        query = select(LogEntry.subject).where(col(LogEntry.act) == "people.read")
        assert len(session.exec(query).all()) == 2


def test_names_are_shown_as_they_are_and_never_run(
    hr: Client, office: Office, sqlite_engine: Engine
) -> None:
    with tampering(sqlite_engine) as session:
        session.exec(update(OfficerFigure).values(name="<script>%(x)s</script>"))
    page = hr.get(office.page).text
    assert "<script>%" not in page
    assert "&lt;script&gt;%(x)s" in page

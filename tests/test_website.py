"""What every answer of the public site owes its reader: headers, errors, weight, health."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, request
from sqlalchemy import Engine, event
from werkzeug.test import TestResponse

from kiosk.app import public_site
from kiosk.tablet_pages import POLICY
from survey.assets import SameName, serve_assets
from survey.database import writing
from survey.headers import policy_header
from survey.kept_answer import KEPT
from survey.log_lines import LogLine
from tests.factories import MadeDesk, hidden_fields, make_desk, make_slip, settings, tap
from tests.record_factories import rows_of
from tests.site_client import PublicClient, phone

PROTECTION = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
OF_THE_TABLET = {"Content-Security-Policy": policy_header(POLICY)}
OF_THE_MESSAGE = {"Allow", "Content-Length", "Content-Type", "Location", "X-Robots-Tag"}
PUBLISHED_LIMIT = 14 * 1024
OUR_AIM = 8 * 1024


@pytest.fixture
def desk(sqlite_engine: Engine) -> MadeDesk:
    with writing(sqlite_engine) as session:
        return make_desk(session)


@pytest.fixture
def slip(sqlite_engine: Engine, desk: MadeDesk) -> str:
    with writing(sqlite_engine) as session:
        return make_slip(session, desk)


@pytest.fixture
def client(sqlite_engine: Engine) -> PublicClient:
    return phone(sqlite_engine)


@pytest.fixture
def impatient(sqlite_engine: Engine) -> Iterator[Engine]:
    """Give an engine that waits for a busy database only a moment."""

    def hurry(connection: object, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout=20")  # type: ignore[attr-defined]

    event.listen(sqlite_engine, "connect", hurry)
    yield sqlite_engine
    event.remove(sqlite_engine, "connect", hurry)


def addresses(client: PublicClient, desk: MadeDesk, slip: str) -> list[str]:
    """Return an address for each rule of the URL map, and one that no rule knows."""
    filled = []
    for rule in client.application.url_map.iter_rules():
        path = desk.path if "kind" in rule.arguments else "/resi/7K3M-Q9TX"
        pattern = re.sub(r"/<any.*?>/<code>", path, rule.rule)
        filled.append(re.sub(r"^/resi/<code>$", path, pattern))
    return [*filled, slip, f"{slip}/skm", "/no-such-page"]


def test_every_route_answers_with_the_same_protection_and_no_cookie(
    client: PublicClient, desk: MadeDesk, slip: str
) -> None:
    for path in addresses(client, desk, slip):
        for method in ("GET", "HEAD", "POST", "PUT", "OPTIONS"):
            answer = client.open(path, method=method)
            others = {k: v for k, v in answer.headers.items() if k not in OF_THE_MESSAGE}
            if path.startswith(("/publik/", "/segel")) and answer.status_code == 200:
                others = {k: v for k, v in others.items() if k not in {"Date", "ETag", "Vary"}}
                others |= {"Cache-Control": others["Cache-Control"].replace(KEPT, "no-store")}
            if path.startswith("/kiosk/") and others == {**others, **OF_THE_TABLET}:
                others |= {name: PROTECTION[name] for name in OF_THE_TABLET}
                others |= {"Cache-Control": others["Cache-Control"].replace("-cache", "-store")}
            assert others == PROTECTION, (method, path)
            assert answer.status_code < 500, (method, path)


def test_the_policy_allows_no_script_and_nothing_unsafe() -> None:
    policy = PROTECTION["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src" not in policy


def test_a_site_with_https_keeps_browsers_on_it(sqlite_engine: Engine) -> None:
    answer = phone(sqlite_engine, NILAI_PUBLIC_URL="https://nilai.example").get("/")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_pages_ask_no_other_host_for_anything(client: PublicClient, desk: MadeDesk) -> None:
    for page in (client.get("/"), client.get(desk.path), tap(client, desk.path)):
        loaded = re.findall(r'(?:src|<link[^>]+href)="([^"]+)"', page.text)
        assert loaded
        assert all(address.startswith("/static/") for address in loaded)
        assert "<script" not in page.text
        assert "style=" not in page.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 201),
        ({"Sec-Fetch-Site": "same-origin"}, 201),
        ({"Sec-Fetch-Site": "none"}, 201),
        ({"Origin": "http://localhost"}, 201),
        ({"Origin": "http://127.0.0.1:8000"}, 201),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_a_form_of_another_site_is_refused(
    sqlite_engine: Engine,
    client: PublicClient,
    desk: MadeDesk,
    headers: dict[str, str],
    status: int,
) -> None:
    fields = hidden_fields(client.get(desk.path))
    answer = client.post(desk.path, data={**fields, "KESELURUHAN": "4"}, headers=headers)
    assert answer.status_code == status
    assert len(rows_of(sqlite_engine, "response")) == (status == 201)


def test_a_link_of_another_site_may_open_a_page(client: PublicClient, desk: MadeDesk) -> None:
    assert client.get(desk.path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"KESELURUHAN=4&comment=%FF", "application/x-www-form-urlencoded", 400),
        (b"KESELURUHAN=4&comment=\xff", "application/x-www-form-urlencoded", 400),
        (b"a=1&" * 100, "application/x-www-form-urlencoded", 400),
        (b"KESELURUHAN=4", "application/x-www-form-urlencoded; charset=latin-1", 415),
        (b'{"KESELURUHAN": 4}', "application/json", 415),
        (b"KESELURUHAN=4", "text/plain", 415),
        (b"KESELURUHAN=4", "", 415),
        (b"a" * (1024 * 1024), "application/x-www-form-urlencoded", 413),
    ],
)
def test_a_body_that_is_no_form_is_refused_and_said_so(
    client: PublicClient, desk: MadeDesk, body: bytes, content_type: str, status: int
) -> None:
    for path in (desk.path, f"{desk.path}/skm", f"{desk.path}/lanjut"):
        answer = client.post(path, data=body, content_type=content_type)
        assert answer.status_code == status
        wants_json = "json" in content_type
        assert answer.mimetype == ("application/problem+json" if wants_json else "text/html")


def test_programs_get_problem_details(client: PublicClient, desk: MadeDesk) -> None:
    asked = {"Accept": "application/json"}
    for path, status in (("/no-such-page", 404), ("/l/AAAA", 404), (f"{desk.path}/lanjut", 405)):
        answer = client.get(path, headers=asked)
        assert answer.mimetype == "application/problem+json"
        assert answer.json is not None
        assert answer.json["status"] == answer.status_code == status
        assert answer.json["detail"]


def test_a_wrong_method_names_the_right_ones(client: PublicClient, desk: MadeDesk) -> None:
    answer = client.get(f"{desk.path}/lanjut")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "OPTIONS, POST"


def test_an_error_of_ours_is_a_page_that_says_what_to_do(sqlite_engine: Engine) -> None:
    site = public_site(settings(), sqlite_engine, lambda _: True)

    @site.get("/broken")
    def broken() -> str:
        raise ZeroDivisionError

    answer = site.test_client().get("/broken")
    assert answer.status_code == 500
    assert "muat ulang" in answer.text
    assert "ZeroDivision" not in answer.text


def test_a_busy_database_is_told_and_the_same_can_be_sent_again(
    impatient: Engine, desk: MadeDesk
) -> None:
    client = phone(impatient)
    fields = {**hidden_fields(client.get(desk.path)), "KESELURUHAN": "2"}
    with writing(impatient):
        answer = client.post(desk.path, data=fields)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "Belum tercatat" in answer.text
    assert rows_of(impatient, "response") == []
    again = hidden_fields(answer)
    assert again == fields
    assert [client.post(desk.path, data=again).status_code for _ in range(2)] == [201, 200]


def test_a_database_that_cannot_be_read_is_told_too(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        session.connection().exec_driver_sql("ALTER TABLE response RENAME TO gone")
    client = phone(sqlite_engine)
    answer = client.get("/resi/7K3M-Q9TX")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    as_program = client.get("/resi/7K3M-Q9TX", headers={"Accept": "application/json"})
    assert as_program.mimetype == "application/problem+json"


def test_what_citizens_write_stays_out_of_the_log(
    impatient: Engine, desk: MadeDesk, caplog: pytest.LogCaptureFixture
) -> None:
    client = phone(impatient)
    fields = hidden_fields(tap(client, desk.path))
    with writing(impatient):
        client.post(f"{desk.path}/lanjut", data={**fields, "comment": "rahasia 081234567890"})
    [told] = caplog.records
    assert '"error": "busy"' in LogLine().format(told)
    assert "rahasia" not in LogLine().format(told)


def test_alive_and_ready(client: PublicClient) -> None:
    assert client.get("/healthz").json == {"status": "alive"}
    assert client.get("/readyz").json == {"status": "ready", "reasons": [], "warnings": []}


def test_an_old_schema_is_not_ready(sqlite_engine: Engine) -> None:
    answer = public_site(settings(), sqlite_engine, lambda _: False).test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert "nilai migrate" in answer.json["reasons"][0]


def test_a_database_that_does_not_answer_is_not_ready(sqlite_engine: Engine) -> None:
    client = phone(sqlite_engine)
    sqlite_engine.dispose()

    def refuse(_connection: object, _record: object) -> None:
        message = "no such server"
        raise sqlite_engine.dialect.loaded_dbapi.OperationalError(message)

    event.listen(sqlite_engine, "connect", refuse)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["reasons"] == ["database: no answer (OperationalError)"]


@pytest.mark.parametrize(("hops", "seen"), [("0", "http://inside"), ("1", "https://nilai.example")])
def test_only_trusted_proxies_are_believed(sqlite_engine: Engine, hops: str, seen: str) -> None:
    site = public_site(settings(NILAI_TRUSTED_PROXIES=hops), sqlite_engine, lambda _: True)
    site.add_url_rule("/seen", view_func=lambda: f"{request.scheme}://{request.host}")
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "nilai.example"}
    answer = site.test_client().get("/seen", headers=forwarded, base_url="http://inside")
    assert answer.text == seen


def test_static_files_carry_their_hash_and_are_kept_for_ever(client: PublicClient) -> None:
    [style] = re.findall(r'href="(/static/citizen\.[0-9a-f]{10}\.css)"', client.get("/").text)
    answer = client.get(style)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert client.get("/static/citizen.css").status_code == 404


def test_a_compressed_form_older_than_its_file_is_not_served(tmp_path: Path) -> None:
    style, compressed = tmp_path / "x.css", tmp_path / "x.css.br"
    style.write_text("a{}" * 10)
    compressed.write_bytes(b"old")
    assert served(tmp_path, "x.css").headers["Content-Encoding"] == "br"
    later = compressed.stat().st_mtime + 10
    os.utime(style, (later, later))
    assert served(tmp_path, "x.css").text == "a{}" * 10


def served(folder: Path, name: str) -> TestResponse:
    app = Flask("x", static_folder=None)
    serve_assets(app, [folder])
    with app.test_request_context():
        address = app.jinja_env.from_string("{{ asset(name) }}").render(name=name)
    return app.test_client().get(address, headers={"Accept-Encoding": "br"}, buffered=True)


def test_two_static_files_may_not_have_one_name(tmp_path: Path) -> None:
    (tmp_path / "x.css").write_text("a{}")
    with pytest.raises(SameName):
        serve_assets(Flask("x", static_folder=None), [tmp_path, tmp_path])


def test_the_first_page_weighs_little_with_all_it_loads(
    client: PublicClient, desk: MadeDesk
) -> None:
    asked = {"Accept-Encoding": "gzip, deflate, br"}
    page = client.get(desk.path, headers=asked)
    loaded = re.findall(r'(?:src|<link[^>]+href)="([^"]+)"', page.text)
    answers = [page, *(client.get(address, headers=asked) for address in loaded)]
    compressed = [answer.headers.get("Content-Encoding") for answer in answers[1:]]
    assert compressed == ["br", "br"], "the precompressed files are missing: run `make install`"
    weight = sum(len(answer.data) + len(str(answer.headers)) + 20 for answer in answers)
    assert weight <= OUR_AIM < PUBLISHED_LIMIT


def test_the_home_page_leads_to_the_code_that_was_typed(
    client: PublicClient, desk: MadeDesk, slip: str
) -> None:
    code = f" {desk.code[:4]}-{desk.code[4:8]}-{desk.code[8:]} ".lower()
    answer = client.get("/", query_string={"kode": code, "lang": "en"})
    assert (answer.status_code, answer.location) == (303, f"{desk.path}?lang=en")
    token = slip.rpartition("/")[2]
    assert client.get("/", query_string={"kode": token}).location == f"{slip}?lang=id"


@pytest.mark.parametrize("typed", ["", "ABC", "ABCD-EFGH-JKM!", "<script>", "A" * 60])
def test_a_code_that_cannot_be_one_is_shown_again(client: PublicClient, typed: str) -> None:
    answer = client.get("/", query_string={"kode": typed})
    assert answer.status_code == 422
    assert 'id="kode-err"' in answer.text
    assert "<script" not in answer.text

"""The shipped nginx before the shipped gunicorn: what it lets through, and what it says itself."""

import json
import re
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from aggregation.app import LARGEST_UPLOAD
from aggregation.hr_api import LARGEST_BODY as LARGEST_CALL
from kiosk.batch_body import LARGEST_BODY
from survey.website import LARGEST_FORM
from tests.activated import activated
from tests.proxy import NAME, SHIPPED, Proxy, proxy_before, proxy_folder, shipped_in

PAGES = sorted(path.stem for path in (SHIPPED / "pages").glob("*.html"))
KEPT = re.compile(r"127\.0\.0\.\d+")
TRUSTING = {
    "X-Forwarded-For $remote_addr": "X-Forwarded-For $proxy_add_x_forwarded_for",
    "X-Forwarded-Host $host": "X-Forwarded-Host $http_x_forwarded_host",
}
LIES = {
    "X-Forwarded-For": "203.0.113.7",
    "X-Forwarded-Host": "bank.example.com",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Prefix": "/bank",
    "X-Real-IP": "203.0.113.7",
    "Forwarded": "for=203.0.113.7;host=bank.example.com",
    "SCRIPT_NAME": "/bank",
    "Script-Name": "/bank",
    "PATH_INFO": "/staff/",
}


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with proxy_folder() as made:
        yield made


@pytest.fixture(scope="module")
def proxy(folder: Path) -> Iterator[Proxy]:
    with activated(folder, {}, "tests.echo:application()"), proxy_before(folder) as running:
        yield running


def asked(
    connection: HTTPConnection, path: str = "/", method: str = "GET", **more: object
) -> tuple[HTTPResponse, str]:
    connection.request(method, path, **more)  # type: ignore[arg-type]
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer, body


def reached(proxy: Proxy, path: str = "/", **headers: str) -> dict[str, str]:
    """Return what the application was told of a request."""
    answer, body = asked(proxy.phone("127.0.0.5"), path, headers=headers)
    assert answer.status == 200, body
    told: dict[str, str] = json.loads(body)
    return told


# --- the configuration


def test_nginx_takes_the_shipped_configuration(folder: Path) -> None:
    checked = shipped_in(folder, name="checked").check()
    assert checked.returncode == 0, checked.stderr


def test_a_configuration_with_a_fault_is_noticed(folder: Path) -> None:
    faulty = shipped_in(folder, {"proxy_buffering on": "proxy_bufering on"}, "faulty").check()
    assert faulty.returncode != 0
    assert "proxy_bufering" in faulty.stderr


def test_bodies_are_walled_off_where_the_sites_do_it() -> None:
    text = (SHIPPED / "nilai.conf").read_text()
    found = re.findall(r"location (\S+) \{[^}]*?client_max_body_size (\d+)([km])", text)
    walls = {path: int(n) * {"k": 1024, "m": 1024**2}[unit] for path, n, unit in found}
    assert walls == {
        "/": LARGEST_FORM,
        "/api/kiosk/": LARGEST_BODY,
        "/staff/": LARGEST_UPLOAD,
        "/staff/api/": LARGEST_CALL,
    }


# --- what reaches a site


def test_a_site_is_told_by_the_proxy_and_not_by_the_client(proxy: Proxy) -> None:
    told = reached(proxy, **LIES)
    assert told["HTTP_X_FORWARDED_FOR"] == "127.0.0.5"
    assert (told["HTTP_HOST"], told["HTTP_X_FORWARDED_HOST"]) == (NAME, NAME)
    assert (told["HTTP_X_FORWARDED_PROTO"], told["wsgi.url_scheme"]) == ("https", "https")
    assert (told["SCRIPT_NAME"], told["PATH_INFO"]) == ("", "/")
    gone = {"HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_X_FORWARDED_PREFIX", "HTTP_X_FORWARDED_PORT"}
    assert gone.isdisjoint(told)


def test_a_proxy_that_believes_its_clients_is_noticed(folder: Path, proxy: Proxy) -> None:
    with proxy_before(folder, TRUSTING, "trusting") as trusting:
        told = reached(trusting, **LIES)
    assert told["HTTP_X_FORWARDED_FOR"] != reached(proxy, **LIES)["HTTP_X_FORWARDED_FOR"]
    assert told["HTTP_X_FORWARDED_HOST"] == "bank.example.com"


@pytest.mark.parametrize("host", ["bank.example.com", "127.0.0.1", f"x.{NAME}", ""])
def test_a_name_that_is_not_the_offices_reaches_no_site(proxy: Proxy, host: str) -> None:
    answer, body = asked(proxy.phone(), headers={"Host": host})
    assert answer.status in {400, 421}
    assert "wsgi" not in body


@pytest.mark.usefixtures("proxy")
def test_staff_have_a_service_of_their_own(folder: Path) -> None:
    swapped = {"unix:/run/nilai/staff.sock": f"unix:{folder}/nobody.sock"}
    with proxy_before(folder, swapped, "apart") as apart:
        statuses = {
            path: asked(apart.phone(), path)[0].status
            for path in ("/", "/l/X", "/api/kiosk/v1/x", "/staff", "/staff/masuk", "/staff/api/v1")
        }
    assert {path for path, status in statuses.items() if status == 503} == {
        path for path in statuses if path.startswith("/staff")
    }


@pytest.mark.parametrize("path", ["/metrics", "/staff/metrics", "/metrics/", "//metrics?x=1"])
def test_figures_about_the_machine_are_not_for_the_internet(proxy: Proxy, path: str) -> None:
    answer, body = asked(proxy.phone(), path)
    assert answer.status == 404
    assert "wsgi" not in body


@pytest.mark.parametrize(
    ("path", "largest"),
    [
        ("/l/X", LARGEST_FORM),
        ("/api/kiosk/v1/responses", LARGEST_BODY),
        ("/staff/impor", LARGEST_UPLOAD),
        ("/staff/api/v1/visits", LARGEST_CALL),
    ],
)
def test_a_body_is_taken_up_to_what_a_site_reads(proxy: Proxy, path: str, largest: int) -> None:
    answer, body = asked(proxy.phone(), path, "POST", body=b"x" * largest)
    assert (answer.status, json.loads(body)["read"]) == (200, str(largest))
    phone = proxy.phone()
    phone.putrequest("POST", path)
    phone.putheader("Content-Length", str(largest + 1))
    phone.endheaders()
    refused = phone.getresponse()
    assert refused.status == 413
    assert "Isian terlalu panjang" in refused.read().decode()
    phone.close()


# --- what nginx says itself


def test_what_is_not_encrypted_is_led_to_what_is(proxy: Proxy) -> None:
    for method in ("GET", "POST"):
        answer, _ = asked(proxy.plainly(), "/l/ABC?x=1", method, headers={"Host": NAME})
        assert (answer.status, answer.headers["Location"]) == (308, f"https://{NAME}/l/ABC?x=1")


def test_what_a_certificate_authority_asks_for_is_there_without_encryption(proxy: Proxy) -> None:
    place = proxy.folder / "www" / ".well-known" / "acme-challenge"
    place.mkdir(parents=True, exist_ok=True)
    (place / "token").write_text("answer")
    path = "/.well-known/acme-challenge/token"
    answer, body = asked(proxy.plainly(), path, headers={"Host": NAME})
    assert (answer.status, body) == (200, "answer")


@pytest.mark.parametrize("path", ["/", "/metrics", "/gangguan/page.css", "/%00"])
def test_browsers_are_told_once_to_stay_with_https(proxy: Proxy, path: str) -> None:
    answer, _ = asked(proxy.phone(), path)
    assert answer.headers.get_all("Strict-Transport-Security") == [
        "max-age=31536000; includeSubDomains"
    ]


def test_old_encryption_is_refused(proxy: Proxy) -> None:
    old = proxy.phone()
    trust = old.trust
    trust.set_ciphers("AES128-SHA256")
    trust.maximum_version = trust.maximum_version.TLSv1_2
    with pytest.raises(OSError, match=r"(?i)handshake.failure"):
        old.connect()


def test_a_site_that_is_down_is_excused_by_a_page_that_says_when_to_come_again(
    folder: Path, proxy: Proxy
) -> None:
    down = {"unix:/run/nilai/public.sock": f"unix:{folder}/nobody.sock"}
    with proxy_before(folder, down, "down") as alone:
        answer, body = asked(alone.phone())
        style, _ = asked(alone.phone(), "/gangguan/page.css")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Tunggu beberapa detik" in body
    assert style.status == 200
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert asked(proxy.phone())[0].status == 200  # and one that is up needs no excuse


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_nginx_speaks_both_languages_and_loads_its_own_style_only(name: str) -> None:
    text = (SHIPPED / "pages" / f"{name}.html").read_text()
    assert text.startswith('<!doctype html>\n<html lang="id">')
    assert text.count("<h1>") == text.count('<section lang="en">') == text.count("<h2>") == 1
    assert re.findall(r'(?:href|src)="([^"]+)"', text) == ["/gangguan/page.css"]
    assert not re.search(r"<script|style=|<style|https?:", text)


def test_every_page_is_used_and_every_used_page_is_there() -> None:
    text = (SHIPPED / "nilai.conf").read_text()
    assert sorted(set(re.findall(r"/gangguan/(\d+)\.html", text))) == PAGES
    assert PAGES == ["400", "413", "429", "503", "504"]


def test_no_client_is_named_in_what_nginx_writes(folder: Path) -> None:
    nobody = {"unix:/run/nilai/public.sock": f"unix:{folder}/nobody.sock"}
    talkative = {**nobody, "stderr emerg": "stderr info"}
    logs = {}
    for name, change in (("quiet", nobody), ("talkative", talkative)):
        with proxy_before(folder, change, name) as running:
            for path in ("/", "/metrics", "/gangguan/none", "/staff/masuk"):
                asked(running.phone("127.0.0.6"), path)
            broken = running.phone("127.0.0.6")
            broken.connect()
            broken.send(b"GET / HTTP/1.1\r\nHost: \x01\r\n\r\n")
            broken.close()
        logs[name] = running.log
    assert not KEPT.search(logs["quiet"])
    assert KEPT.search(logs["talkative"])  # the control: nginx would name them

"""Every page of both sites in a real browser: no policy broken, no error, no foreign request."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask, Response
from playwright.sync_api import Browser
from sqlalchemy import Engine
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.routing import Rule
from werkzeug.test import Client

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import RIGHTS, Role
from aggregation.hr_api import hr_api
from aggregation.site.guard import need_of
from kiosk.app import public_site
from kiosk.rotating_code import PURPOSE, code_key, letters, step_of
from survey.database import writing
from survey.sealing import seal_days
from tests.access_world import AT, Place, make_place
from tests.crawl import Crawler, crawling
from tests.durability.tablets import enrol
from tests.factories import KEYS, MadeDesk, make_desk, make_slip, settings
from tests.record_factories import NOON, an_office, visit
from tests.seal_factories import NIGHT, new_key
from tests.served import serving
from tests.staff_factories import make_account, member, staff
from tests.tablet_factories import enrolled, issued

NOVEMBER = AT.replace(month=11)
COOKIE = "nilai_staff"
TABLET = {"tablet_pages.app", "tablet_pages.ask_for_code"}
"""Opened by a tablet that enrols itself."""

NEVER_SHOWN = {
    "sign_in.second_factor": "only between the password and the code: tests/test_sign_in_screens",
    "tablets.show_code": "only once after a form: tests/test_tablets_screens",
    "tokens.show_once": "only once after a form: tests/test_tokens_pages",
    "static": "scripts, styles and pictures: loaded by the pages that need them",
}
"""Routes that this crawl cannot show as they are met, and who looks at them instead."""


@dataclass(frozen=True)
class World:
    """Both sites on a port, with one of everything that an address can name."""

    engine: Engine
    address: str
    public: Flask
    staff: Flask
    api: Flask
    mounted: DispatcherMiddleware
    place: Place
    desk: MadeDesk
    public_paths: dict[str, list[str]]

    def cookie(self, account: int) -> str:
        kept = member(self.staff, self.engine, account_id=account).get_cookie(COOKIE, path="/staff")
        assert kept is not None
        return kept.value

    def account(self, *roles: Role) -> int:
        with writing(self.engine) as session:
            whose = self.place.officer_id if Role.OFFICER in roles else None
            places = (RoleIn(role, self.place.unit_id) for role in roles)
            return make_account(session, *places, officer_id=whose)

    def staff_paths(self, *roles: Role) -> dict[str, list[str]]:
        """Return the addresses that somebody with these roles may open, by endpoint."""
        rights = frozenset().union(*(RIGHTS[role] for role in roles))
        rules = [
            rule for rule in readable(self.staff)
            if need_of(self.staff, rule.endpoint).right in {None, *rights}
        ]  # fmt: skip
        return by_endpoint(rules, self.place.address)

    def api_paths(self) -> dict[str, list[str]]:
        def address(rule: Rule) -> str:
            known = self.place.filled(rule, default="x")
            return str(rule.map.bind("127.0.0.1", "/staff/api/v1").build(rule.endpoint, known))

        return by_endpoint(readable(self.api), address)


def readable(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]


def by_endpoint(rules: list[Rule], address: Callable[[Rule], str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for rule in rules:
        if rule.endpoint not in NEVER_SHOWN:
            found.setdefault(rule.endpoint, []).append(address(rule))
    return found


def sealed_receipt(engine: Engine) -> str:
    """Return the receipt of a rating whose day is sealed."""
    receipt = an_office(engine, services=["KK"]).send(visit(4, served_at=NOON), NOON).receipt
    seal_days(engine, new_key(), NIGHT)
    return str(receipt)


def shown_at(engine: Engine, desk: MadeDesk) -> str:
    """Return the address behind the code that a tablet of the desk shows now."""
    now = datetime.now(UTC)
    tablet = enrolled(engine, desk.id, at=now).device
    return f"/q/{desk.code}/{letters(code_key(KEYS.key(PURPOSE), tablet), step_of(now))}"


def citizens_paths(
    place: Place, desk: MadeDesk, *, slip: str, scan: str, receipt: str
) -> dict[str, list[str]]:
    """Return where citizens go, by endpoint: each code, receipt and seal there is."""
    shelf = f"/publik/{place.code}"
    return {
        "health.alive": ["/healthz"],
        "health.ready": ["/readyz"],
        "accents.sheet": ["/warna/672a55.css"],
        "home.enter_code": ["/", f"/?kode={desk.code}", "/?kode=SALAH"],
        "pages.open_page": [desk.path, f"{desk.path}?lang=en", slip, "/l/TIDAKADA0000"],
        "pages.open_questions": [f"{desk.path}/skm"],
        "receipts.enter_receipt": ["/resi/"],
        "receipts.show_receipt": [f"/resi/{receipt}", "/resi/7K3M-Q9TX"],
        "receipts.receipt_data": [f"/resi/{receipt}.json"],
        "seal_pages.seals": ["/segel"],
        "seal_pages.seal": ["/segel/1", "/segel/2"],
        "seal_pages.seal_part": ["/segel/2/pernyataan", "/segel/2/tandatangan", "/segel/2/kunci"],
        "seal_pages.seal_list": ["/segel.json"],
        "seal_pages.public_key": ["/segel/kunci.pem"],
        "published_pages.units": ["/publik/"],
        "published_pages.show": [shelf],
        "published_pages.card": [f"{shelf}/kartu.{kind}" for kind in ("png", "svg", "pdf")],
        "published_pages.data": [f"{shelf}.csv"],
        "published_pages.dictionary": ["/publik/kamus"],
        "published_pages.dictionary_data": ["/publik/kamus.csv"],
        "published_pages.how": ["/publik/cara"],
        "hall_screen.turn": [f"{shelf}/tv"],
        "tablet_api.contact": ["/api/kiosk/v1/contact"],
        "rotating_pages.scan": [scan],
        "security_contact.tell": ["/.well-known/security.txt"],
        "tablet_pages.worker": ["/kiosk/sw.js"],
        "tablet_pages.manifest": ["/kiosk/manifest.webmanifest"],
    }


@contextmanager
def worlds(engine: Engine) -> Iterator[World]:
    with time_machine.travel(NOVEMBER, tick=True), serving() as server:
        receipt = sealed_receipt(engine)
        with writing(engine) as session:
            place = make_place(session, "KOTA")
            desk = make_desk(session)
            slip = make_slip(session, desk)
        scan = shown_at(engine, desk)
        address = f"http://127.0.0.1:{server.port}"
        contact = "keamanan@contoh.go.id"
        told = settings(NILAI_PUBLIC_URL=address, NILAI_SECURITY_CONTACT=contact)
        public = public_site(told, engine, lambda _: True)
        pages, api = staff(engine), hr_api(told, engine, lambda _: True)
        mounted = DispatcherMiddleware(public, {"/staff/api/v1": api, "/staff": pages})
        server.app = mounted
        paths = citizens_paths(place, desk, slip=slip, scan=scan, receipt=receipt)
        yield World(engine, address, public, pages, api, mounted, place, desk, paths)


@pytest.fixture
def world(sqlite_engine: Engine) -> Iterator[World]:
    with worlds(sqlite_engine) as made:
        yield made


def shown_by(client: Client, paths: dict[str, list[str]]) -> tuple[list[str], dict[str, int]]:
    """Tell pages, which a window shows, from files, which it saves; return these with their status.

    Chromium shows a PDF in a page of its own, which breaks that page's own policy.
    """
    pages, files = [], {}
    for path in (each for several in paths.values() for each in several):
        answer = client.get(path, follow_redirects=True, buffered=True)
        if answer.mimetype == "text/html":
            pages.append(path)
        else:
            files[path] = answer.status_code
    return pages, files


def crawl_staff(browser: Browser, world: World, *roles: Role) -> Crawler:
    cookie = world.cookie(world.account(*roles))
    client = Client(world.mounted)
    client.set_cookie(COOKIE, cookie, path="/staff")
    pages, files = shown_by(client, world.staff_paths(*roles))
    with crawling(browser, world.address, (COOKIE, cookie)) as crawler:
        crawler.open(pages)
    assert {path: status for path, status in files.items() if status >= 500} == {}
    return crawler


def crawl_public(browser: Browser, world: World) -> Crawler:
    pages, files = shown_by(Client(world.mounted), {**world.public_paths, **world.api_paths()})
    with crawling(browser, world.address) as crawler:
        crawler.open(pages)
        assert crawler.context.cookies() == []
    assert {path: status for path, status in files.items() if status >= 500} == {}
    return crawler


def test_every_route_is_crawled_or_says_why_not(world: World) -> None:
    known = {"public": {*world.public_paths, *TABLET}, "staff": {*world.staff_paths(*Role)},
             "api": {*world.api_paths()}}  # fmt: skip
    for name, app in (("public", world.public), ("staff", world.staff), ("api", world.api)):
        there = {rule.endpoint for rule in readable(app)} - set(NEVER_SHOWN)
        assert (name, known[name]) == (name, there)


def test_citizens_pages_keep_their_policy(browser: Browser, world: World) -> None:
    crawler = crawl_public(browser, world)
    assert crawler.found == []
    assert {200, 404, 422} >= set(crawler.opened.values())


def test_staffs_pages_keep_their_policy(browser: Browser, world: World) -> None:
    crawler = crawl_staff(browser, world, *Role)
    assert crawler.found == []
    assert {path: status for path, status in crawler.opened.items() if status in {401, 403}} == {}
    assert len(crawler.opened) > 70


def test_officers_pages_keep_their_policy(browser: Browser, world: World) -> None:
    crawler = crawl_staff(browser, world, Role.OFFICER)
    assert crawler.found == []


def test_a_tablets_pages_keep_their_policy(browser: Browser, world: World) -> None:
    told = settings(NILAI_PUBLIC_URL=world.address)
    code = issued(world.engine, world.desk.id, datetime.now(UTC), told)
    with crawling(browser, world.address) as crawler:
        enrol(crawler.page, world.address, code.code)
        crawler.open(["/kiosk/", "/kiosk/enrol"])
    assert crawler.found == []


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize("role", Role)
def test_each_roles_pages_keep_their_policy(browser: Browser, world: World, role: Role) -> None:
    crawler = crawl_staff(browser, world, role)
    assert crawler.found == []
    assert crawler.opened


# The negative controls: each plants something in every page, and loosens its policy if told.

PLANTED = {
    "policy | / | securitypolicyviolation script-src": (
        "<script>document.title = 1</script>",
        True,
    ),
    "policy | / | securitypolicyviolation style-src": ("<p style='color: red'>x</p>", True),
    "policy | / | securitypolicyviolation img-src": ("<img src='http://127.0.0.2:9/x.png'>", True),
    "missing | / | http": ("<img src='/static/none.png'>", True),
    "console | / | x": ("<script>console.error('x')</script>", False),
    "script | / | nothing is not defined": ("<script>nothing.here()</script>", False),
    "foreign | / | http://127.0.0.2": ("<img src='http://127.0.0.2:9/x.png'>", False),
    "failed | / | http://127.0.0.2": ("<img src='http://127.0.0.2:9/x.png'>", False),
}


def plant(app: Flask, planted: str, *, policy: bool) -> None:
    """Let every page of a site carry something more."""

    def change(answer: Response) -> Response:
        if answer.mimetype == "text/html":
            answer.set_data(answer.get_data(as_text=True).replace("</body>", f"{planted}</body>"))
        if not policy:
            answer.headers["Content-Security-Policy"] = "default-src * 'unsafe-inline'"
        return answer

    app.after_request(change)


@pytest.mark.parametrize("fault", PLANTED)
def test_a_page_that_misbehaves_is_noticed(
    browser: Browser, sqlite_engine: Engine, fault: str
) -> None:
    app = public_site(settings(), sqlite_engine, lambda _: True)
    planted, policy = PLANTED[fault]
    plant(app, planted, policy=policy)
    with serving() as server:
        server.app = app
        with crawling(browser, f"http://127.0.0.1:{server.port}") as crawler:
            crawler.open(["/"])
    assert any(each.startswith(fault) for each in crawler.found), crawler.found


def test_a_page_that_breaks_is_noticed(browser: Browser, sqlite_engine: Engine) -> None:
    app = public_site(settings(), sqlite_engine, lambda _: True)
    app.view_functions["home.enter_code"] = lambda: ("<h1>x</h1>", 500)
    with serving() as server:
        server.app = app
        with crawling(browser, f"http://127.0.0.1:{server.port}") as crawler:
            crawler.open(["/"])
    assert crawler.found == ["broken page | / | 500"]


def test_a_route_that_is_not_crawled_is_noticed(world: World) -> None:
    del world.public_paths["published_pages.how"]
    with pytest.raises(AssertionError):
        test_every_route_is_crawled_or_says_why_not(world)

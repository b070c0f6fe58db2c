"""The citizens' pages in a real browser: every screen, width, theme and language."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect
from sqlalchemy import Engine, event

from kiosk.app import public_site
from survey.database import writing
from survey.questionnaire import Element
from survey.visit_token import MORE, RATE, VisitToken, write_token
from tests.factories import KEYS, MadeDesk, make_desk, make_service, make_slip, make_unit, settings
from tests.pictures import picture
from tests.record_factories import rows_of
from tests.served import serving

WIDTHS = {360: 740, 1280: 900}
THEMES = ("light", "dark")
LANGUAGES = ("id", "en")
READ = {(360, "light", "id"), (360, "dark", "en"), (1280, "light", "en"), (1280, "dark", "id")}
"""Where barriers are looked for: every two of width, theme and language meet."""
POST = """([path, fields]) => {
    const form = document.createElement("form");
    form.method = "post"; form.action = path;
    for (const [name, value] of Object.entries(fields)) {
        const input = document.createElement("input");
        input.type = "hidden"; input.name = name; input.value = value; form.append(input);
    }
    document.body.append(form); form.submit();
}"""
WIDER_THAN_THE_SCREEN = (
    "document.documentElement.scrollWidth > document.documentElement.clientWidth"
)


@dataclass
class Phone:
    """A browser window on the site, and what it did that it should not."""

    page: Page
    address: str
    refused: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.refused.append(str(error)))
        self.page.on("request", self._asked)

    def open(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page

    def send(self, path: str, fields: dict[str, str]) -> None:
        """Send a form from one of our own pages, whatever stands in it."""
        self.open("/resi/")
        with self.page.expect_navigation():
            self.page.evaluate(POST, [path, fields])

    def close(self) -> None:
        assert self.page.context.cookies() == []
        assert (self.refused, self.foreign) == ([], [])
        self.page.context.close()

    def _heard(self, message: ConsoleMessage) -> None:
        # That a page answers 404 or 422 is said there too.
        if message.type in {"error", "warning"} and "the server responded" not in message.text:
            self.refused.append(message.text)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:")):
            self.foreign.append(request.url)


@dataclass(frozen=True)
class Office:
    """What the screens are about."""

    engine: Engine
    desk: MadeDesk
    hall: MadeDesk
    closed: MadeDesk
    draft: MadeDesk
    slip: str
    spent_slip: str


Opens = Callable[..., Phone]
Scene = Callable[[Phone, Office, str], None]


@contextmanager
def served(engine: Engine) -> Iterator[str]:
    every_language = settings(NILAI_LANGUAGES="id,en,min,ace")
    site = public_site(every_language, engine, lambda _: True)
    with serving() as server:
        server.app = site
        yield f"http://127.0.0.1:{server.port}"


@pytest.fixture
def office(sqlite_engine: Engine) -> Office:
    # A busy database is one of the screens: it must not take ten seconds to appear.
    event.listen(sqlite_engine, "connect", lambda c, _: c.execute("PRAGMA busy_timeout=50"))
    with writing(sqlite_engine) as session:
        desk = make_desk(session)
        for code, name in (("KK", "Kartu Keluarga"), ("KIA", "Kartu Identitas Anak")):
            make_service(session, desk.unit_id, code, name)
        hall = make_desk(session, desk.unit_id, name="Ruang tunggu", about="", services=())
        closed = make_desk(session, desk.unit_id, services=(), active=False)
        draft = make_desk(session, make_unit(session, languages="id,min,ace"))
        slips = [make_slip(session, desk) for _ in range(2)]
    return Office(sqlite_engine, desk, hall, closed, draft, *slips)


@pytest.fixture
def opens(browser: Browser, office: Office) -> Iterator[Opens]:
    """Open windows on the site; at the end each must have behaved."""
    phones = []
    with served(office.engine) as address:

        def window(**options: object) -> Phone:
            options = {"locale": "id-ID", "viewport": {"width": 360, "height": 740}, **options}
            phones.append(Phone(browser.new_context(**options).new_page(), address))  # type: ignore[arg-type]
            return phones[-1]

        yield window
        for phone in phones:
            phone.close()


def tap_face(page: Page, number: int) -> None:
    page.locator(".faces button").nth(number - 1).click()


def _rated(phone: Phone, office: Office, lang: str) -> None:
    tap_face(phone.open(f"{office.desk.path}?lang={lang}"), 4)


def _asked_for_the_service(phone: Phone, office: Office, lang: str) -> None:
    tap_face(phone.open(f"{office.hall.path}?lang={lang}"), 1)


def _wrong_answers(phone: Phone, office: Office, lang: str) -> None:
    _rated(phone, office, lang)
    page = phone.page
    page.locator("label").filter(has=page.locator("[name=WAKTU][value='2']")).click()
    page.locator("[name=PROSEDUR]").first.evaluate("one => { one.value = 7; one.checked = true }")
    page.locator("textarea").evaluate("one => { one.value = 'panjang '.repeat(200) }")
    page.locator(".go").click()


def _thanked(phone: Phone, office: Office, lang: str) -> None:
    _rated(phone, office, lang)
    phone.page.locator(".go").click()


def _no_face(phone: Phone, office: Office, lang: str) -> None:
    token = write_token(VisitToken(uuid4(), datetime.now(UTC)), _KEY, RATE, office.desk.path)
    phone.send(office.desk.path, {"token": token, "lang": lang, "KESELURUHAN": "5"})


def _nothing_answered(phone: Phone, office: Office, lang: str) -> None:
    phone.open(f"{office.desk.path}/skm?lang={lang}").locator(".go").click()


def _already(phone: Phone, office: Office, lang: str) -> None:
    token = write_token(VisitToken(uuid4(), datetime.now(UTC)), _KEY, RATE, office.desk.path)
    for rating in ("1", "4"):
        fields = {"token": token, "lang": lang, "KESELURUHAN": rating}
        phone.send(office.desk.path, fields)


def _too_late(phone: Phone, office: Office, lang: str) -> None:
    visit = uuid4()
    now = datetime.now(UTC)
    rated = write_token(VisitToken(visit, now), _KEY, RATE, office.desk.path)
    phone.send(office.desk.path, {"token": rated, "KESELURUHAN": "4"})
    late = write_token(VisitToken(visit, now - timedelta(hours=30)), _KEY, MORE, office.desk.path)
    phone.send(f"{office.desk.path}/lanjut", {"token": late, "lang": lang, "WAKTU": "4"})


def _page_too_old(phone: Phone, office: Office, lang: str) -> None:
    phone.send(office.desk.path, {"token": "?", "lang": lang, "KESELURUHAN": "4"})


def _busy(phone: Phone, office: Office, lang: str) -> None:
    page = phone.open(f"{office.desk.path}?lang={lang}")
    with writing(office.engine):
        tap_face(page, 2)


def _spent(phone: Phone, office: Office, lang: str) -> None:
    page = phone.open(f"{office.spent_slip}?lang={lang}")
    if page.locator(".faces").count():
        tap_face(page, 3)
        phone.open(f"{office.spent_slip}?lang={lang}")


def _scan_again(phone: Phone, office: Office, lang: str) -> None:
    phone.open(f"/q/{office.desk.code}/000000?lang={lang}")


def _receipt(phone: Phone, office: Office, lang: str) -> None:
    _thanked(phone, office, lang)
    code = phone.page.locator(".slip .code").inner_text()
    phone.open(f"/resi/{code}?lang={lang}")


def at(path: str) -> Scene:
    def scene(phone: Phone, office: Office, lang: str) -> None:
        filled = path.format(desk=office.desk.path, closed=office.closed.path, slip=office.slip)
        phone.open(f"{filled}{'&' if '?' in filled else '?'}lang={lang}")

    return scene


_KEY = KEYS.key("token")
SCENES: dict[str, Scene] = {
    "home": at("/"),
    "home-wrong": at("/?kode=ABC"),
    "rate": at("{desk}"),
    "rate-no-face": _no_face,
    "rate-slip": at("{slip}"),
    "questions": at("{desk}/skm"),
    "questions-nothing": _nothing_answered,
    "more": _rated,
    "more-service": _asked_for_the_service,
    "more-wrong": _wrong_answers,
    "thanks": _thanked,
    "already": _already,
    "too-late": _too_late,
    "page-too-old": _page_too_old,
    "busy": _busy,
    "slip-spent": _spent,
    "slip-unknown": at("/t/ABC"),
    "code-unknown": at("/l/ABC"),
    "scan-again": _scan_again,
    "desk-closed": at("{closed}"),
    "receipt": _receipt,
    "receipt-enter": at("/resi/"),
    "receipt-unknown": at("/resi/7K3M-Q9TX"),
    "not-found": at("/no-such-page"),
}


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {node['html'][:200]}" for v in found for node in v["nodes"]]


@pytest.mark.parametrize("name", SCENES)
def test_every_screen_can_be_used_by_everybody(opens: Opens, office: Office, name: str) -> None:
    for lang in LANGUAGES:
        phone = opens()
        SCENES[name](phone, office, lang)
        page = phone.page
        expect(page.locator("html")).to_have_attribute("lang", lang)
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            for theme in THEMES:
                page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
                picture(page, f"citizen/{name}-{width}-{theme}-{lang}")
                if (width, theme, lang) in READ:
                    assert violations(page) == [], (name, width, theme, lang)


@pytest.mark.parametrize("name", SCENES)
def test_at_twice_the_size_nothing_runs_out_of_the_screen(
    opens: Opens, office: Office, name: str
) -> None:
    phone = opens()
    SCENES[name](phone, office, "en")
    for width in (640, 320, 180):
        phone.page.set_viewport_size({"width": width, "height": 400})
        assert not phone.page.evaluate(WIDER_THAN_THE_SCREEN), (name, width)


@pytest.mark.parametrize("lang", ["min", "ace"])
def test_a_draft_language_says_so_on_every_page(opens: Opens, office: Office, lang: str) -> None:
    page = opens().open(f"{office.draft.path}?lang={lang}")
    for _ in ("rate", "more"):
        expect(page.get_by_text("menunggu penutur asli")).to_be_visible()
        assert violations(page) == []
        picture(page, f"citizen/draft-{lang}")
        if page.locator(".faces").count():
            tap_face(page, 4)


def test_a_page_that_is_too_wide_would_be_noticed(opens: Opens, office: Office) -> None:
    page = opens().open(office.desk.path)
    page.locator(".faces").evaluate("faces => { faces.style.width = '500px' }")
    assert page.evaluate(WIDER_THAN_THE_SCREEN)


def test_a_face_without_a_name_would_be_noticed(opens: Opens, office: Office) -> None:
    page = opens().open(office.desk.path)
    page.locator(".faces span").first.evaluate("words => words.remove()")
    assert any(found.startswith("button-name") for found in violations(page))


def test_the_whole_path_works_without_javascript(opens: Opens, office: Office) -> None:
    page = opens(java_script_enabled=False).open("/")
    page.get_by_label("Kode pada poster atau karcis").fill(office.desk.code.lower())
    page.get_by_role("button", name="Buka").click()
    page.get_by_role("button", name="Kurang puas").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("sudah tercatat")
    for element in Element:
        page.locator("label").filter(has=page.locator(f"[name={element}][value='3']")).click()
    page.get_by_label("Ada yang ingin disampaikan?").fill("Terima kasih.")
    page.get_by_text("Tentang Anda (tidak wajib)").click()
    page.get_by_label("Usia").select_option("26–35 tahun")
    page.get_by_role("button", name="English").click()
    expect(page.locator("[name=WAKTU][value='3']")).to_be_checked()
    expect(page.locator("textarea")).to_have_value("Terima kasih.")
    page.get_by_role("button", name="Send answers").click()
    code = page.locator(".slip .code").inner_text()
    page.get_by_role("link", name="receipt page").click()
    page.get_by_label("Receipt code").fill(code)
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".slip")).to_contain_text("Received on")
    assert [row["overall"] for row in rows_of(office.engine, "response")] == [2]
    assert [row["sarana"] for row in rows_of(office.engine, "followup")] == [3]


def test_the_whole_path_works_with_the_keyboard_alone(opens: Opens, office: Office) -> None:
    page = opens().open(office.desk.path)
    press = page.keyboard.press
    for _ in range(4):
        press("Tab")
    expect(page.get_by_role("button", name="Sangat puas")).to_be_focused()
    press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("sudah tercatat")
    for _ in Element:
        press("Tab")
        press("ArrowRight")
    press("Tab")
    page.keyboard.type("Cepat dan ramah.")
    expect(page.locator("textarea")).to_have_value("Cepat dan ramah.")
    page.get_by_role("button", name="Kirim jawaban").focus()
    press("Enter")
    expect(page.locator(".slip .code")).to_be_visible()
    [row] = rows_of(office.engine, "followup")
    assert [row[element.lower()] for element in Element] == [2] * 9


def test_what_has_the_focus_is_never_hidden_behind_what_sticks(
    opens: Opens, office: Office
) -> None:
    page = opens().open(f"{office.desk.path}/skm")
    stem, send = page.locator(".stem"), page.locator(".send")
    for _ in range(9):
        page.keyboard.press("Tab")
        tile = page.locator("input:focus").bounding_box()
        above, below = stem.bounding_box(), send.bounding_box()
        assert tile is not None
        assert above is not None
        assert below is not None
        assert tile["y"] + tile["height"] > above["y"] + above["height"]
        assert tile["y"] < below["y"]
        page.keyboard.press("Space")


def test_every_target_is_large_enough_for_a_thumb(opens: Opens, office: Office) -> None:
    phone = opens()
    for scene in ("rate", "more-service", "thanks", "home", "receipt-unknown"):
        SCENES[scene](phone, office, "id")
        targets = phone.page.locator("button, .go, .langs a, select, input:visible, .opts label")
        for target in targets.all():
            box = target.bounding_box()
            assert box is None or (box["height"] >= 48 and box["width"] >= 44), target.inner_text()


def test_the_four_faces_have_one_size(opens: Opens, office: Office) -> None:
    page = opens().open(office.desk.path)
    for width in (360, 180, 1280):
        page.set_viewport_size({"width": width, "height": 740})
        boxes = [face.bounding_box() for face in page.locator(".faces button").all()]
        assert len({(round(b["width"]), round(b["height"])) for b in boxes if b}) == 1


def test_the_same_tap_can_be_sent_again_when_the_office_was_busy(
    opens: Opens, office: Office
) -> None:
    phone = opens()
    _busy(phone, office, "id")
    phone.page.get_by_role("button", name="Kirim lagi").click()
    expect(phone.page.get_by_role("heading", level=1)).to_contain_text("sudah tercatat")
    assert [row["overall"] for row in rows_of(office.engine, "response")] == [2]

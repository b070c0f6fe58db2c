"""The tablet's screens in a real browser: what citizens touch, and what the next one finds."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect
from sqlalchemy import Engine, text

from kiosk.app import public_site
from kiosk.screen_words import SCREEN_WORDS
from survey.database import writing
from survey.language import load_languages
from survey.settings import HOME
from tests.durability.tablets import enrol, lose_database
from tests.factories import MadeDesk, make_desk, settings
from tests.pictures import picture
from tests.record_factories import rows_of
from tests.served import serving
from tests.staff_browser import violations_at_rest
from tests.standing_tablet import hold_time
from tests.tablet_factories import issued

SCRIPTS = HOME / "kiosk" / "static" / "tablet"
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
COMMENT = "Antrean lama sekali"
EVERYTHING_KEPT = """async () => {
    const kept = [document.documentElement.outerHTML, location.href, history.length, document.title,
        JSON.stringify(history.state), JSON.stringify({ ...localStorage, ...sessionStorage })];
    const seen = new Set();
    const spell = (value) => {
        if (value instanceof Uint8Array) return new TextDecoder("latin1").decode(value);
        if (value instanceof CryptoKey) return "key";
        if (typeof value !== "object" || value === null || seen.has(value)) return String(value);
        seen.add(value);
        return Object.entries(value).map(([name, inner]) => `${name}=${spell(inner)}`).join();
    };
    for (const { name } of await indexedDB.databases()) {
        const database = await new Promise((done) => {
            const asked = indexedDB.open(name);
            asked.onsuccess = () => done(asked.result);
        });
        for (const store of database.objectStoreNames) {
            if (store === "meta") continue; // the questions themselves, as the server told them
            const rows = await new Promise((done) => {
                const asked = database.transaction(store).objectStore(store).getAll();
                asked.onsuccess = () => done(asked.result);
            });
            kept.push(rows.map(spell).join());
        }
        database.close();
    }
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
            kept.push(request.url);
            if (name !== "nilai-copies") continue;
            const text = await (await cache.match(request)).text();
            const { sealed } = JSON.parse(text);
            kept.push(text, atob((sealed ?? "").replaceAll("-", "+").replaceAll("_", "/")));
        }
    }
    return kept.join("\\n");
}"""


@dataclass
class Stand:
    """A tablet at its desk, and what its browser did that it should not."""

    page: Page
    engine: Engine
    address: str
    pin: str
    refused: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.refused.append(str(error)))
        self.page.on("request", self._asked)

    def face(self, rating: int) -> None:
        self.page.locator(f".faces [value='{rating}']").click()

    def stored(self) -> list[dict[str, Any]]:
        return rows_of(self.engine, "response")

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.refused.append(message.text)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.foreign.append(request.url)


@pytest.fixture
def desk(sqlite_engine: Engine, request: pytest.FixtureRequest) -> MadeDesk:
    """Give a desk of an office that is open from eight to three on every day."""
    opens_with = getattr(request, "param", "faces")
    hours = json.dumps([["08:00", "15:00"]] * 7)
    with writing(sqlite_engine) as session:
        made = make_desk(session, services=("KTP-EL", "KK"), name="Loket 3", opens_with=opens_with)
        session.execute(text("UPDATE service_unit SET opening_hours = :hours"), {"hours": hours})
        return made


@pytest.fixture
def stand(sqlite_engine: Engine, desk: MadeDesk, browser: Browser) -> Iterator[Stand]:
    with serving() as server:
        address = f"http://127.0.0.1:{server.port}"
        known = settings(NILAI_PUBLIC_URL=address)
        server.app = public_site(known, sqlite_engine, lambda _connection: True)
        context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="id-ID")
        code = issued(sqlite_engine, desk.id, datetime.now(UTC), known)
        made = Stand(context.new_page(), sqlite_engine, address, code.pin)
        made.page.clock.install()
        enrol(made.page, address, code.code)
        expect(made.page.locator(".rate h1")).to_be_visible()
        hold_time(made.page)
        yield made
        assert context.cookies() == []
        assert (made.refused, made.foreign) == ([], [])
        context.close()


def again(stand: Stand) -> None:
    """Touch an ending, and be the next person."""
    stand.page.locator(".end").click()
    expect(stand.page.locator(".rate h1")).to_be_visible()


def send(stand: Stand) -> None:
    stand.page.locator(".send .go").click()
    expect(stand.page.locator("[data-receipt]")).to_be_visible()


def comment(stand: Stand, words: str) -> None:
    """Type a comment on the letters of the screen."""
    page = stand.page
    page.locator("textarea").click()
    for letter in words:
        key = "Spasi" if letter == " " else letter
        page.locator(".keys").get_by_role("button", name=key, exact=True).click()


@pytest.mark.parametrize(
    ("width", "height", "theme", "language"),
    [
        (1280, 800, "light", "Indonesia"),
        (800, 1280, "dark", "English"),
        (1024, 600, "dark", "Indonesia"),
        (600, 1024, "light", "English"),
    ],
)
def test_every_screen_can_be_read_and_touched(
    stand: Stand, width: int, height: int, theme: Literal["light", "dark"], language: str
) -> None:
    page = stand.page
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=theme)

    def look(name: str) -> None:
        picture(page, f"tablet/{name}-{width}-{theme}-{language[:2].lower()}", whole=False)
        assert (name, violations_at_rest(page)) == (name, [])
        assert (name, page.evaluate(SIDEWAYS)) == (name, False)
        assert (name, page.locator("h1").count()) == (name, 1)

    def speak() -> None:
        page.get_by_role("button", name=language, exact=True).click()

    speak()
    expect(page.locator("[data-code] svg")).to_be_visible()
    look("rate")
    for face in page.locator(".faces button").all():
        box = face.bounding_box()
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= height
    stand.face(3)
    expect(page.locator("[data-more]")).to_be_visible()
    look("thanks")
    page.locator("[data-more]").click()
    expect(page.locator("[data-questions] fieldset")).to_have_count(9)
    look("nine")
    comment(stand, "A")
    look("letters")
    send(stand)
    look("recorded")
    again(stand)
    speak()
    page.locator("[data-attendant]").click()
    look("pin")
    for digit in stand.pin:
        page.locator(f"[data-digit='{digit}']").click()
    expect(page.locator("[data-facts] dd")).to_have_count(7)
    look("corner")
    page.locator("[data-back]").click()
    page.context.set_offline(True)
    speak()
    stand.face(1)
    page.locator("[data-done]").click()
    page.clock.run_for(3_500)
    expect(page.locator("[data-screen='kept'] h1")).to_be_visible()
    look("kept")
    page.context.set_offline(False)
    lose_database(page, stand.address)
    expect(page.locator("[data-screen='forgotten'] h1")).to_be_visible()
    look("forgotten")


def test_a_rating_is_made_with_the_keyboard_alone(stand: Stand) -> None:
    page = stand.page

    def tab_to(selector: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("(at) => document.activeElement.matches(at)", selector):
                return
        pytest.fail(f"{selector} cannot be reached")

    tab_to(".faces [value='2']")
    page.keyboard.press("Enter")
    expect(page.locator("[data-more]")).to_be_visible()
    tab_to("[data-more]")
    page.keyboard.press("Enter")
    tab_to("[name='WAKTU']")
    page.keyboard.press("Space")
    tab_to("textarea")
    page.keyboard.type("Baik")
    tab_to(".send .go")
    page.keyboard.press("Enter")
    expect(page.locator("[data-receipt]")).to_be_visible()
    [followup] = rows_of(stand.engine, "followup")
    assert followup["waktu"] == 1
    assert [row["text"] for row in rows_of(stand.engine, "private_text")] == ["Baik"]


def test_a_one_costs_what_a_four_costs(stand: Stand) -> None:
    page = stand.page
    boxes = [face.bounding_box() for face in page.locator(".faces button").all()]
    assert len({(round(box["width"]), box["height"], box["y"]) for box in boxes if box}) == 1
    page.context.set_offline(True)
    sizes = []
    for rating in (1, 4):
        stand.face(rating)
        expect(page.locator("[data-more]")).to_be_visible()
        sizes.append(len(page.locator("#screen").inner_html()))
        page.clock.run_for(5_100)
        expect(page.locator(".rate h1")).to_be_visible()
    assert sizes[0] == sizes[1]
    lengths = page.evaluate("""async () => {
        const at = [...document.scripts].find(({ src }) => src.includes("app.js")).src;
        const { openStore } = await import(at.replace("app.js", "store.js"));
        return (await (await openStore()).getAll("records")).map(({ sealed }) => sealed.length);
    }""")
    assert len(lengths) == 2
    assert len(set(lengths)) == 1


def test_nothing_of_a_visit_is_left_for_the_next_person(stand: Stand) -> None:
    page = stand.page
    page.context.set_offline(True)  # so that the record itself is still there
    stand.face(1)
    page.locator("[data-more]").click()
    page.locator("[name='PERILAKU']").nth(0).check(force=True)
    comment(stand, COMMENT)
    assert COMMENT in page.evaluate("document.querySelector('textarea').value")
    page.locator(".send .go").click()
    page.clock.run_for(3_500)
    again(stand)

    def nothing_left() -> None:
        kept = page.evaluate(EVERYTHING_KEPT)
        for trace in (COMMENT, 'KESELURUHAN":1', 'PERILAKU":1', '"ratings"'):
            assert trace not in kept
        assert page.locator("textarea, :checked").count() == 0

    nothing_left()
    page.go_back()
    assert page.url == f"{stand.address}/kiosk/"
    nothing_left()
    page.reload()  # the app is on the tablet: it comes without a network
    expect(page.locator(".rate h1")).to_be_visible()
    nothing_left()


def test_a_trace_that_is_left_would_be_found(stand: Stand) -> None:
    """The control: one careless line, and the look at what is kept finds it."""
    stand.page.evaluate("(words) => sessionStorage.setItem('draft', words)", COMMENT)
    assert COMMENT in stand.page.evaluate(EVERYTHING_KEPT)


def test_whoever_walks_away_leaves_the_tap_and_a_ready_screen(stand: Stand) -> None:
    page = stand.page
    stand.face(4)
    expect(page.locator("[data-more]")).to_be_visible()
    page.clock.run_for(4_000)
    expect(page.locator("[data-more]")).to_be_visible()
    page.clock.run_for(1_100)
    expect(page.locator(".rate h1")).to_be_visible()
    wait_until(stand, [4])


def wait_until(stand: Stand, ratings: list[int]) -> None:
    """Wait until the server has these ratings."""
    for _ in range(100):
        if sorted(row["overall"] for row in stand.stored()) == ratings:
            return
        stand.page.wait_for_timeout(50)
    assert sorted(row["overall"] for row in stand.stored()) == ratings


def test_unsent_answers_of_someone_who_left_are_dropped_after_a_warning(stand: Stand) -> None:
    page = stand.page
    stand.face(2)
    page.locator("[data-more]").click()
    page.locator("[name='WAKTU']").nth(3).check(force=True)
    page.clock.run_for(30_100)
    expect(page.locator("[data-warning]")).to_be_visible()
    page.locator(".nine h1").click()
    expect(page.locator("[data-warning]")).to_be_hidden()
    page.clock.run_for(30_100)
    page.clock.run_for(10_100)
    expect(page.locator(".rate h1")).to_be_visible()
    wait_until(stand, [2])
    assert rows_of(stand.engine, "followup") == []


def test_a_language_is_chosen_for_one_person(stand: Stand) -> None:
    page = stand.page
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("How satisfied are you with the service at Loket 3?")
    stand.face(3)
    expect(page.locator("h1")).to_have_text("Thank you.")
    page.clock.run_for(5_100)
    expect(page.locator("h1")).to_have_text("Seberapa puas Anda dengan pelayanan di Loket 3?")
    page.get_by_role("button", name="English").click()
    page.clock.run_for(62_000)
    expect(page.locator("h1")).to_contain_text("Seberapa puas")


def test_a_tap_that_cannot_be_kept_is_not_called_kept(stand: Stand) -> None:
    page = stand.page
    page.evaluate(
        """() => { IDBObjectStore.prototype.add = () => {
            throw new DOMException("", "QuotaExceededError");
        }; }"""
    )
    stand.face(4)
    expect(page.locator("h1")).to_have_text("Maaf, penilaian Anda belum tersimpan.")
    page.locator("[data-again]").click()
    expect(page.locator(".rate h1")).to_be_visible()
    assert stand.stored() == []


def test_the_corner_opens_with_its_pin_only_and_shows_no_value(stand: Stand) -> None:
    page = stand.page
    stand.face(1)
    page.locator("[data-done]").click()
    expect(page.locator("[data-receipt]")).to_be_visible()
    again(stand)
    page.locator("[data-attendant]").click()
    wrong = "000000" if stand.pin != "000000" else "111111"
    for _ in range(5):
        page.keyboard.type(wrong)
        expect(page.locator("[data-problem]")).to_contain_text("PIN salah")
    page.keyboard.type(stand.pin)
    expect(page.locator("[data-problem]")).to_contain_text("Terlalu banyak percobaan")
    page.clock.run_for(61_000)  # by then the corner has closed by itself
    expect(page.locator(".rate h1")).to_be_visible()
    page.locator("[data-attendant]").click()
    expect(page.locator("[data-typed]")).to_be_visible()
    page.keyboard.type(stand.pin)
    expect(page.locator("[data-facts]")).to_contain_text("Menunggu dikirim")
    shown = page.locator("#screen").inner_text()
    assert not re.search("puas|Puas", shown)
    page.clock.run_for(60_100)
    expect(page.locator(".rate h1")).to_be_visible()


def test_hands_do_not_lead_out_of_the_app(stand: Stand) -> None:
    page = stand.page
    prevented = page.evaluate("""() => ["contextmenu", "dragstart", "selectstart"].map((kind) =>
        !document.querySelector(".faces button").dispatchEvent(
            new Event(kind, { bubbles: true, cancelable: true })))""")
    assert prevented == [True, True, True]
    for _ in range(3):
        page.go_back()
    assert page.url == f"{stand.address}/kiosk/"
    expect(page.locator(".rate h1")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.documentElement).overscrollBehaviorY") == "none"
    assert page.evaluate("getComputedStyle(document.body).userSelect") == "none"


def test_two_touches_at_once_are_one_rating(stand: Stand) -> None:
    stand.page.locator(".faces [value='3']").dblclick()
    for shown in ("[data-more]", ".rate h1"):
        expect(stand.page.locator(shown)).to_be_visible()
        stand.page.clock.run_for(6_000)
        wait_until(stand, [3])


@pytest.mark.parametrize("desk", ["skm"], indirect=True)
def test_a_desk_that_opens_with_the_nine_asks_them_first(stand: Stand) -> None:
    page = stand.page
    expect(page.locator("[data-hours]")).to_have_text("Hari ini buka 08.00–15.00")
    page.locator("[data-begin]").click()
    page.locator(".send .go").click()
    expect(page.locator("[data-nothing]")).to_be_visible()
    page.locator("[name='SARANA']").nth(2).check(force=True)
    send(stand)
    [kept] = rows_of(stand.engine, "followup")
    assert (kept["sarana"], stand.stored()[0]["overall"]) == (3, None)


def said_in_scripts() -> set[str]:
    scripts = "\n".join(path.read_text() for path in SCRIPTS.glob("*.js"))
    shell = "".join(
        (HOME / "templates" / at).read_text() for at in ("kiosk/app.html", "layouts/kiosk.html")
    )
    in_scripts = re.findall(r'\bsay\(\s*"([^"]+)"', scripts)
    in_shell = re.findall(r'data-(?:say|label)="([^"]+)"', shell)
    return {*in_scripts, *in_shell}


def test_whatever_the_tablet_says_it_can_say_in_english() -> None:
    assert said_in_scripts() == set(SCREEN_WORDS)
    english = load_languages(
        ["en"], (HOME / "survey" / "translations", HOME / "kiosk" / "translations")
    )["en"]
    assert [words for words in SCREEN_WORDS if words not in english.messages] == []

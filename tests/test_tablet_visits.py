"""What a citizen does at the tablet, what becomes of it, and what stays of them there: nothing."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine

from survey.database import writing
from tests.factories import MadeDesk, make_desk
from tests.record_factories import rows_of
from tests.standing_tablet import StandingTablet, standing

A_SECOND = 1_000
THANKS = 5_000
PATIENCE = 3_000
COMMENT = "Srengenge kembang sepatu 4711"
Stands = Callable[..., StandingTablet]


@pytest.fixture
def desk(sqlite_engine: Engine) -> MadeDesk:
    with writing(sqlite_engine) as session:
        return make_desk(session, services=("KTP-EL", "KK"))


@pytest.fixture
def stands(browser: Browser, sqlite_engine: Engine, desk: MadeDesk) -> Iterator[Stands]:
    """Put tablets at the desk; at the end none of them may have complained."""
    with ExitStack() as stack:

        def stand(at: MadeDesk = desk) -> StandingTablet:
            tablets.append(stack.enter_context(standing(browser, sqlite_engine, at)))
            return tablets[-1]

        tablets: list[StandingTablet] = []
        yield stand
        assert [heard for tablet in tablets for heard in tablet.heard] == []


def responses(engine: Engine) -> list[int | None]:
    return [row["overall"] for row in rows_of(engine, "response")]


def heap(tablet: StandingTablet) -> str:
    """Return every text that the page's scripts still hold after the rubbish was taken out."""
    session = tablet.context.new_cdp_session(tablet.page)
    parts: list[str] = []
    session.on("HeapProfiler.addHeapSnapshotChunk", lambda told: parts.append(told["chunk"]))
    session.send("HeapProfiler.collectGarbage")
    session.send("HeapProfiler.takeHeapSnapshot")
    session.detach()
    texts: list[str] = json.loads("".join(parts))["strings"]
    return "\n".join(texts)


def say_everything(tablet: StandingTablet) -> None:
    """Rate, answer, comment, and tell of oneself, as far as the button that sends it."""
    tablet.tap(2)
    tablet.touch("Jawab sembilan pertanyaan")
    tablet.answer("service", "KK")
    tablet.answer("WAKTU", "1")
    tablet.page.locator("textarea").click()
    tablet.page.keyboard.type(COMMENT)
    tablet.page.get_by_text("Tentang Anda (tidak wajib)").click()
    tablet.answer("AGE", "26-35")


def test_everything_that_was_answered_arrives_and_the_receipt_is_shown(
    stands: Stands, sqlite_engine: Engine
) -> None:
    tablet = stands()
    say_everything(tablet)
    tablet.touch("Kirim jawaban")
    tablet.shows("recorded")
    code = tablet.page.locator("[data-receipt]").inner_text()
    [row] = rows_of(sqlite_engine, "followup")
    assert (responses(sqlite_engine), row["waktu"], row["sarana"]) == ([2], 1, None)
    private = {row["field"]: row["text"] for row in rows_of(sqlite_engine, "private_text")}
    assert private == {"COMMENT": COMMENT, "AGE": "26-35"}
    tablet.page.locator(".end").click()
    tablet.shows("rate")
    other = tablet.context.new_page()
    other.goto(f"{tablet.address}/resi/{code}")
    expect(other.locator(".slip")).to_contain_text("Diterima")


def test_without_a_network_the_screen_says_what_is_so(
    stands: Stands, sqlite_engine: Engine
) -> None:
    tablet = stands()
    tablet.offline()
    tablet.core.push()
    expect(tablet.page.locator("[data-net]")).to_contain_text("Tanpa jaringan")
    tablet.tap(4)
    expect(tablet.screen).to_contain_text("tersimpan di perangkat ini")
    tablet.touch("Selesai")
    tablet.page.clock.fast_forward(PATIENCE)
    tablet.shows("kept")
    expect(tablet.screen).not_to_contain_text("tercatat")
    tablet.page.clock.fast_forward(THANKS)
    tablet.shows("rate")
    assert responses(sqlite_engine) == []
    tablet.offline(off=False)
    tablet.core.drained()
    expect(tablet.page.locator("[data-net]")).to_have_text("Siap dipakai")
    assert responses(sqlite_engine) == [4]


def test_a_tap_that_could_not_be_kept_is_not_thanked_for(
    stands: Stands, sqlite_engine: Engine
) -> None:
    tablet = stands()
    tablet.core.run("await store.metaPut('seal_key', null)")
    tablet.page.locator(".faces button").first.click()
    tablet.shows("not_kept")
    expect(tablet.screen).to_contain_text("Beri tahu petugas")
    tablet.page.clock.run_for(A_SECOND)  # the code is drawn once a second
    expect(tablet.screen.locator("[data-code] svg")).to_be_visible()
    expect(tablet.screen).not_to_contain_text("Terima kasih")
    tablet.touch("Kembali")
    tablet.shows("rate")
    assert responses(sqlite_engine) == []


def test_answers_that_could_not_be_kept_leave_the_tap_where_it_is(
    stands: Stands, sqlite_engine: Engine
) -> None:
    tablet = stands()
    say_everything(tablet)
    tablet.page.evaluate("void (IDBObjectStore.prototype.put = () => { throw new Error('full') })")
    tablet.touch("Kirim jawaban")
    tablet.shows("not_completed")
    expect(tablet.screen).to_contain_text("Penilaian pertama Anda tersimpan")
    tablet.page.reload()
    tablet.shows("rate")
    tablet.core.drained()
    assert responses(sqlite_engine) == [2]
    assert rows_of(sqlite_engine, "followup") == []


def test_the_keys_on_the_screen_write_and_the_tablets_own_stay_away(stands: Stands) -> None:
    tablet = stands()
    tablet.tap(1)
    tablet.touch("Jawab sembilan pertanyaan")
    field = tablet.page.locator("textarea")
    expect(field).to_have_attribute("inputmode", "none")
    field.click()
    for key in ("B", "a", "i", "k", "Spasi", "2", "Hapus huruf", "Huruf besar", "A", "."):
        tablet.page.locator(".keys").get_by_role("button", name=key, exact=True).click()
    expect(field).to_have_value("Baik A.")
    expect(field).to_be_focused()
    tablet.page.keyboard.press("ArrowLeft")
    tablet.page.locator(".keys").get_by_role("button", name="Huruf besar").click()
    tablet.page.locator(".keys").get_by_role("button", name="B", exact=True).click()
    expect(field).to_have_value("Baik AB.")
    tablet.touch("Tutup papan ketik")
    expect(tablet.page.locator(".keys button")).to_have_count(0)


def test_an_answer_can_be_taken_back(stands: Stands, sqlite_engine: Engine) -> None:
    tablet = stands()
    tablet.tap(1)
    tablet.touch("Jawab sembilan pertanyaan")
    tablet.answer("WAKTU", "1")
    tablet.touch("Kosongkan semua jawaban")
    tablet.answer("BIAYA", "4")
    tablet.touch("Kirim jawaban")
    tablet.shows("recorded")
    [row] = rows_of(sqlite_engine, "followup")
    assert (row["waktu"], row["biaya"]) == (None, 4)


def test_a_desk_that_opens_with_the_nine_takes_one_answer_at_least(
    stands: Stands, sqlite_engine: Engine
) -> None:
    with writing(sqlite_engine) as session:
        opens = make_desk(session, opens_with="skm", name="Loket SKM")
    tablet = stands(opens)
    tablet.shows("open_nine")
    tablet.touch("Mulai menilai")
    tablet.page.locator("textarea").click()
    tablet.page.keyboard.type("Hanya komentar.")
    tablet.touch("Kirim jawaban")
    expect(tablet.page.get_by_text("Jawab paling sedikit satu pertanyaan")).to_be_visible()
    tablet.answer("SARANA", "3")
    tablet.touch("Kirim jawaban")
    tablet.shows("recorded")
    assert responses(sqlite_engine) == [None]
    tablet.page.locator(".end").click()
    tablet.shows("open_nine")


def test_a_store_that_cannot_be_opened_is_not_called_ready(stands: Stands) -> None:
    tablet = stands()
    broken = "IDBFactory.prototype.open = () => { throw new DOMException('', 'UnknownError') }"
    tablet.page.add_init_script(f"{{ {broken} }}")
    tablet.page.reload()
    tablet.shows("stuck")
    expect(tablet.screen).to_contain_text("beri tahu operator")
    expect(tablet.page.locator("[data-net]")).to_be_hidden()
    expect(tablet.button("Muat ulang aplikasi")).to_be_visible()


LOOKS = """face => {
    const { width, height } = face.getBoundingClientRect();
    const { borderWidth, borderColor, backgroundColor, fontWeight, fontSize, color }
        = getComputedStyle(face);
    return JSON.stringify([Math.round(width), Math.round(height), borderWidth, borderColor,
        backgroundColor, fontWeight, fontSize, color]);
}"""


def test_a_one_looks_like_a_four_before_and_after_the_tap(stands: Stands) -> None:
    tablet = stands()
    faces = tablet.page.locator(".faces button").all()
    assert len({face.evaluate(LOOKS) for face in faces}) == 1
    tablet.offline()
    screens = []
    for rating in (1, 4):
        tablet.tap(rating)
        tablet.page.mouse.move(0, 0)
        html, picture = tablet.screen.inner_html(), tablet.screen.screenshot(animations="disabled")
        screens.append((html, picture))
        tablet.page.clock.fast_forward(THANKS)
        tablet.shows("rate")
    assert screens[0] == screens[1]
    faces[3].evaluate("face => { face.style.borderWidth = '4px' }")
    assert len({face.evaluate(LOOKS) for face in faces}) == 2


VOICES = """
    window.spoken = [];
    speechSynthesis.getVoices = () => [{ lang: "id_ID" }];
    SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
    speechSynthesis.speak = ({ text }) => window.spoken.push(text);
"""


def test_the_question_is_read_aloud_only_in_a_language_that_has_a_voice(stands: Stands) -> None:
    tablet = stands()
    expect(tablet.button("Dengarkan")).to_be_hidden()
    tablet.page.add_init_script(VOICES)
    tablet.page.reload()
    tablet.touch("Dengarkan")
    [spoken] = tablet.page.evaluate("window.spoken")
    said = spoken.split(". ")
    assert said[0] == "Seberapa puas Anda dengan pelayanan di Loket 3?"
    assert said[-4:] == ["Tidak puas", "Kurang puas", "Puas", "Sangat puas"]
    tablet.touch("English")
    expect(tablet.button("Listen")).to_be_hidden()


def test_nothing_of_a_citizen_stays_in_the_tablets_memory(stands: Stands) -> None:
    tablet = stands()
    tablet.offline()
    say_everything(tablet)
    assert COMMENT in tablet.page.locator("textarea").input_value()
    tablet.touch("Kirim jawaban")
    tablet.page.clock.fast_forward(PATIENCE)
    tablet.shows("kept")
    tablet.page.locator(".end").click()
    tablet.shows("rate")
    assert COMMENT not in heap(tablet)
    [row] = tablet.core.rows()
    assert row.keys() == {"device", "sequence", "id", "state", "after"}


def test_a_tablet_that_remembers_would_be_found_out(stands: Stands) -> None:
    tablet = stands()
    say_everything(tablet)
    draft = "(() => { const kept = document.querySelector('textarea').value; return () => kept })()"
    tablet.page.evaluate(f"void (window.draft = {draft})")
    tablet.touch("Kirim jawaban")
    tablet.shows("recorded")
    tablet.page.locator(".end").click()
    tablet.shows("rate")
    assert COMMENT in heap(tablet)

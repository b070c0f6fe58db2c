"""A browser that throws its database away loses no rating: each is kept a second time (0045)."""

import json

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from survey.database import reading, writing
from survey.models import Followup, table_of
from tests.durability.desk_world import Desk, rows_of_responses
from tests.durability.portals import let_through, no_network, only_posts
from tests.durability.tablets import Core, Count, enrol, lose_database, new_code
from tests.factories import KEYS, make_desk

COPIES = """
    const copies = await caches.open("nilai-copies");
    const names = (await copies.keys()).filter(({ url }) => !url.includes("/enrolment/"));
    return Promise.all(names.map(async (name) => (await copies.match(name)).text()));
"""
WHOLE = {"ratings": {"WAKTU": 1}, "comment": "Lama sekali", "profile": {"SEX": "P"}}


def enrolled_again(desk: Desk, tablet: Core, desk_id: int | None = None) -> None:
    enrol(tablet.page, desk.address, new_code(desk.stored, desk_id or desk.id, KEYS))


def shows_the_loss(tablet: Core, waiting: int) -> None:
    page = tablet.page
    expect(page.locator('body[data-screen="forgotten"]')).to_be_attached()
    expect(page.locator("[data-kept]")).to_have_text(f"Penilaian yang menunggu dikirim: {waiting}")


def test_what_waited_goes_once_the_tablet_is_enrolled_again(desk: Desk) -> None:
    tablet = desk.enrolled()
    desk.between.answer = no_network
    visits = tablet.tap(7)
    lose_database(tablet.page, desk.address)
    shows_the_loss(tablet, waiting=7)
    desk.between.answer = let_through
    enrolled_again(desk, tablet)
    visits += tablet.tap(2)
    tablet.drained()
    assert desk.counted(visits) == Count(9, lost=0, doubled=0, missing=0)
    assert tablet.run(COPIES) == []


def test_the_screen_leads_to_the_code_only_where_the_server_can_be_reached(desk: Desk) -> None:
    tablet = desk.enrolled()
    lose_database(tablet.page, desk.address)
    shows_the_loss(tablet, waiting=0)
    button = tablet.page.get_by_role("button", name="Daftarkan tablet")
    desk.context.set_offline(True)
    button.click()
    expect(tablet.page.get_by_text("Server tidak terjangkau")).to_be_visible()
    desk.context.set_offline(False)
    button.click()
    tablet.page.wait_for_url(f"{desk.address}/kiosk/enrol")


def test_without_the_copies_what_waited_is_lost(desk: Desk) -> None:
    tablet = desk.enrolled()
    desk.between.answer = no_network
    visits = tablet.tap(3)
    tablet.page.evaluate("caches.delete('nilai-copies')")
    lose_database(tablet.page, desk.address)
    tablet.page.wait_for_url(f"{desk.address}/kiosk/enrol")  # it does not know itself
    desk.between.answer = let_through
    enrolled_again(desk, tablet)
    tablet.drained()
    assert desk.counted(visits) == Count(0, lost=3, doubled=0, missing=0)


def test_a_store_lost_twice_loses_nothing(desk: Desk) -> None:
    tablet = desk.enrolled()
    desk.between.answer = only_posts(no_network)  # the server is heard, and new stamps come
    visits = tablet.tap(2)
    tablet.push()
    visits += tablet.tap(2)
    for _ in range(2):
        lose_database(tablet.page, desk.address)
        desk.between.answer = lambda asked: (
            no_network(asked) if asked.path.endswith("/responses") else None
        )
        enrolled_again(desk, tablet)
        visits += tablet.tap(2)
    assert len(tablet.rows()) == 8
    desk.between.answer = let_through
    tablet.drained()
    assert desk.counted(visits) == Count(8, lost=0, doubled=0, missing=0)
    assert not any(row.late for row in rows_of_responses(desk.stored))


def test_what_a_citizen_added_is_in_the_copy_too(desk: Desk) -> None:
    tablet = desk.enrolled()
    desk.between.answer = no_network
    visits = tablet.run(
        """await sync.startSync();
        const visit = await record.keep({ rating: 2, language: "id" });
        await record.complete(visit, argument);
        return [visit, await record.keepWhole({ ...argument, language: "en" })];""",
        WHOLE,
    )
    lose_database(tablet.page, desk.address)
    desk.between.answer = let_through
    enrolled_again(desk, tablet)
    tablet.drained()
    assert desk.counted(visits) == Count(2, lost=0, doubled=0, missing=0)
    assert {row.overall for row in rows_of_responses(desk.stored)} == {2, None}
    with reading(desk.stored) as session:
        followups = session.execute(select(table_of(Followup))).all()
    assert [row.waktu for row in followups] == [1, 1]


def test_a_copy_holds_what_is_sealed_and_nothing_else_of_a_citizen(desk: Desk) -> None:
    tablet = desk.enrolled()
    desk.between.answer = no_network
    tablet.run(
        "await sync.startSync(); await record.keepWhole({ ...argument, language: 'id' });", WHOLE
    )
    [text] = tablet.run(COPIES)
    assert set(json.loads(text)) == {"device", "id", "sequence", "after", "stamp", "sealed"}
    assert "Lama" not in text
    assert "WAKTU" not in text


def test_a_tablet_with_copies_is_not_enrolled_at_another_desk(desk: Desk) -> None:
    tablet = desk.enrolled()
    desk.between.answer = no_network
    visits = tablet.tap(2)
    with writing(desk.stored) as session:
        other = make_desk(session)
    lose_database(tablet.page, desk.address)
    desk.between.answer = let_through
    tablet.page.goto(f"{desk.address}/kiosk/enrol")
    tablet.page.get_by_label("Enrolment code").fill(new_code(desk.stored, other.id, KEYS))
    tablet.page.keyboard.press("Enter")
    tablet.page.get_by_text("ask for a code of that desk first").wait_for()
    enrolled_again(desk, tablet)
    tablet.drained()
    assert desk.counted(visits) == Count(2, lost=0, doubled=0, missing=0)
    assert {row.desk_id for row in rows_of_responses(desk.stored)} == {desk.id}


def test_a_tablet_that_waits_with_nothing_may_go_to_another_desk(desk: Desk) -> None:
    tablet = desk.enrolled()
    visits = tablet.tap()
    tablet.drained()
    with writing(desk.stored) as session:
        other = make_desk(session)
    lose_database(tablet.page, desk.address)
    enrolled_again(desk, tablet, other.id)
    visits += tablet.tap()
    tablet.drained()
    assert desk.counted(visits) == Count(2, lost=0, doubled=0, missing=0)
    assert {row.desk_id for row in rows_of_responses(desk.stored)} == {desk.id, other.id}


@pytest.mark.parametrize("also_the_number", [False, True])
def test_rows_that_are_gone_alone_come_back_and_no_number_is_used_twice(
    desk: Desk, *, also_the_number: bool
) -> None:
    tablet = desk.enrolled()
    desk.between.answer = no_network
    visits = tablet.tap(4)
    tablet.run(
        """const database = await store.openStore();
        const { device } = await store.enrolment();
        await database.delete("records", [device, 2]);
        await database.delete("records", [device, 3]);
        if (argument) await store.metaPut("sequence", 2);""",
        also_the_number,
    )
    tablet.page.reload()
    visits += tablet.tap(2)
    desk.between.answer = let_through
    tablet.drained()
    assert [visit["sequence"] for visit in visits] == [0, 1, 2, 3, 4, 5]
    assert desk.counted(visits) == Count(6, lost=0, doubled=0, missing=0)


def test_what_an_older_app_kept_is_copied_at_the_next_start(desk: Desk) -> None:
    tablet = desk.enrolled()
    desk.between.answer = no_network
    visits = tablet.tap(3)
    tablet.page.evaluate("caches.delete('nilai-copies')")
    tablet.page.reload()
    copied(tablet, 3)
    lose_database(tablet.page, desk.address)
    desk.between.answer = let_through
    enrolled_again(desk, tablet)
    tablet.drained()
    assert desk.counted(visits) == Count(3, lost=0, doubled=0, missing=0)


def test_a_copy_that_the_server_has_is_known_to_it_and_goes(desk: Desk) -> None:
    tablet = desk.enrolled()
    desk.between.answer = no_network
    visits = tablet.tap(2)
    kept = tablet.run(
        "const copies = await caches.open('nilai-copies');"
        "const found = (await copies.keys()).filter(({ url }) => !url.includes('enrolment'));"
        "return Promise.all(found.map(async (each) =>"
        " [each.url, await (await copies.match(each)).text()]));"
    )
    desk.between.answer = let_through
    tablet.drained()
    tablet.run(
        "const copies = await caches.open('nilai-copies');"
        "for (const [url, text] of argument) await copies.put(url, new Response(text));",
        kept,
    )
    tablet.page.reload()
    tablet.page.locator("body[data-screen='rate']").wait_for(state="attached")
    tablet.drained()
    assert desk.counted(visits) == Count(2, lost=0, doubled=0, missing=0)
    assert tablet.run(COPIES) == []


@pytest.mark.parametrize("spoilt", ['{"device": ', '{"sequence": 1, "sealed": "!"}', "null"])
def test_a_spoilt_copy_keeps_no_other_from_coming_back(desk: Desk, spoilt: str) -> None:
    tablet = desk.enrolled()
    desk.between.answer = no_network
    visits = tablet.tap(3)
    tablet.run(
        "const copies = await caches.open('nilai-copies');"
        "const { url } = (await copies.keys()).find(({ url }) => url.endsWith('/1'));"
        "await copies.put(url, new Response(argument));",
        spoilt,
    )
    lose_database(tablet.page, desk.address)
    desk.between.answer = let_through
    enrolled_again(desk, tablet)
    tablet.drained()
    assert desk.counted(visits) == Count(2, lost=1, doubled=0, missing=1)


def test_without_the_note_of_its_enrolment_the_rows_say_whose_they_are(desk: Desk) -> None:
    tablet = desk.enrolled()
    desk.between.answer = no_network
    visits = tablet.tap(3)
    tablet.run(
        "const copies = await caches.open('nilai-copies');"
        "const notes = (await copies.keys()).filter(({ url }) => url.includes('enrolment'));"
        "for (const each of notes) await copies.delete(each);"
    )
    lose_database(tablet.page, desk.address)
    shows_the_loss(tablet, waiting=3)
    desk.between.answer = let_through
    enrolled_again(desk, tablet)
    tablet.drained()
    assert desk.counted(visits) == Count(3, lost=0, doubled=0, missing=0)


@pytest.mark.parametrize(
    "broken",
    [
        "Cache.prototype.put = () => Promise.reject(new DOMException('', 'UnknownError'));",
        "CacheStorage.prototype.open = () => Promise.reject(new DOMException('', 'UnknownError'));",
        "CacheStorage.prototype.open = () => new Promise(() => {});",
    ],
    ids=["no copy is written", "no store is opened", "no store answers"],
)
def test_a_store_of_copies_that_is_broken_takes_no_rating_away(desk: Desk, broken: str) -> None:
    tablet = desk.enrolled()
    desk.context.add_init_script(f"if (globalThis.CacheStorage) {{ {broken} }}")
    tablet.page.reload()
    visits = tablet.tap(2)
    tablet.drained()
    assert desk.counted(visits) == Count(2, lost=0, doubled=0, missing=0)


def test_answers_that_were_not_kept_are_in_no_copy(desk: Desk) -> None:
    tablet = desk.enrolled()
    desk.between.answer = no_network
    failed = tablet.run(
        """await sync.startSync();
        const visit = await record.keep({ rating: 2, language: "id" });
        const put = IDBObjectStore.prototype.put;
        IDBObjectStore.prototype.put = () => { throw new DOMException("", "QuotaExceededError"); };
        const failed = await record.complete(visit, argument).catch((error) => error.name);
        IDBObjectStore.prototype.put = put;
        return failed;""",
        WHOLE,
    )
    assert (failed, len(tablet.run(COPIES))) == ("NotKept", 1)


def test_what_is_sent_while_it_is_copied_is_sent_once_and_leaves_nothing(desk: Desk) -> None:
    tablet = desk.enrolled()
    desk.between.answer = no_network
    visits = tablet.tap(60)
    tablet.page.evaluate("caches.delete('nilai-copies')")
    desk.between.answer = let_through
    for _ in range(2):  # a copy that was made a moment too late goes with the next start
        tablet.page.reload()
        tablet.page.locator("body[data-screen='rate']").wait_for(state="attached")
        tablet.drained()
        tablet.run("await (await import(`${at}/copies.js`)).copyRest();")
    assert tablet.run(COPIES) == []
    assert desk.counted(visits) == Count(60, lost=0, doubled=0, missing=0)


def copied(tablet: Core, many: int) -> None:
    """Wait until so many copies are there."""
    tablet.page.locator("body[data-screen='rate']").wait_for(state="attached")
    tablet.run(
        """for (let tried = 0; tried < 500; tried += 1) {
            if ((await (await caches.open("nilai-copies")).keys()).length === argument + 1) return;
            await new Promise((go) => setTimeout(go, 20));
        }
        throw new Error("no copies were made");""",
        many,
    )

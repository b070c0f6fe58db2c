"""A tablet whose clock, app, desk or standing changes while it keeps what citizens told it."""

import re
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from kiosk.devices import revoke
from survey.database import writing
from survey.month import Month, half_hour_of
from tests.durability.desk_world import Desk, rows_of_responses
from tests.durability.portals import (
    Between,
    let_through,
    no_network,
    only_posts,
)
from tests.durability.tablets import Core, Count, device_ids, enrol, modules_at, new_code
from tests.factories import KEYS, make_desk

JAKARTA = ZoneInfo("Asia/Jakarta")
MOVABLE_CLOCK = """
    const Real = Date;
    window.ahead = AHEAD;
    window.Date = class extends Real {
        constructor(...given) { given.length ? super(...given) : super(Real.now() + window.ahead); }
        static now() { return Real.now() + window.ahead; }
    };
"""
DAY = 24 * 60 * 60 * 1000


def test_a_revoked_tablet_says_so_and_keeps_what_it_has(desk: Desk) -> None:
    tablet = desk.enrolled()
    desk.between.answer = no_network
    visits = tablet.tap(2)
    [device] = device_ids(desk.stored)
    with writing(desk.stored) as session:
        revoke(session, UUID(device), datetime.now(UTC), actor="cli")
    desk.between.answer = let_through
    status = tablet.push()
    assert (status["revoked"], status["connected"], status["waiting"]) == (True, False, 2)
    enrol(tablet.page, desk.address, new_code(desk.stored, desk.id, KEYS))
    tablet.drained()
    assert desk.counted(visits) == Count(2, lost=0, doubled=0, missing=0)
    assert not tablet.push()["revoked"]


def test_a_tablet_moves_to_another_desk_once_nothing_of_the_first_waits(desk: Desk) -> None:
    tablet = desk.enrolled()
    desk.between.answer = only_posts(no_network)
    visits = tablet.tap(2)
    with writing(desk.stored) as session:
        other = make_desk(session)
    desk.between.answer = lambda asked: no_network(asked) if "responses" in asked.path else None
    code = new_code(desk.stored, other.id, KEYS)
    tablet.page.goto(f"{desk.address}/kiosk/enrol")
    tablet.page.get_by_label("Enrolment code").fill(code)
    tablet.page.keyboard.press("Enter")
    tablet.page.get_by_text("still keeps ratings of another desk").wait_for()
    desk.between.answer = let_through
    tablet.drained()
    enrol(tablet.page, desk.address, code)
    visits += tablet.tap()
    tablet.drained()
    assert desk.counted(visits) == Count(3, lost=0, doubled=0, missing=0)
    found = {row.desk_id for row in rows_of_responses(desk.stored)}
    assert found == {desk.id, other.id}


def test_a_wrong_clock_leads_to_the_right_half_hour(desk: Desk) -> None:
    desk.context.add_init_script(MOVABLE_CLOCK.replace("AHEAD", str(-3 * DAY)))
    tablet = desk.enrolled()
    before = datetime.now(JAKARTA)
    visits = []
    for days in (3, -3, 365, -365):
        tablet.run("window.ahead = argument;", days * DAY)
        tablet.push()  # a contact after the clock was set, and before the tap
        visits += tablet.tap()
        tablet.drained()
    after = datetime.now(JAKARTA)
    assert desk.counted(visits) == Count(4, lost=0, doubled=0, missing=0)
    found = {(row.month, row.half_hour, row.late) for row in rows_of_responses(desk.stored)}
    assert found <= {(Month.of(at), half_hour_of(at, JAKARTA), False) for at in (before, after)}


def test_a_clock_reset_between_contacts_leaves_no_half_hour(desk: Desk) -> None:
    desk.context.add_init_script(MOVABLE_CLOCK.replace("AHEAD", "0"))
    tablet = desk.enrolled()
    visits = []
    before = datetime.now(JAKARTA)
    for ahead in (365, -365, 3, 0):
        desk.between.answer = no_network
        visits += tablet.tap()
        tablet.run("window.ahead = argument;", ahead * DAY)
        visits += tablet.tap()
        desk.between.answer = let_through
        tablet.drained()
    assert desk.counted(visits) == Count(8, lost=0, doubled=0, missing=0)
    months = {Month.of(before), Month.of(datetime.now(JAKARTA))}
    found = rows_of_responses(desk.stored)
    assert [row.half_hour for row in found] == [None] * 8
    assert all(row.month in months for row in found)


def test_a_newer_app_takes_over_in_a_quiet_moment_with_all_that_waits(desk: Desk) -> None:
    tablet = desk.enrolled()
    desk.between.answer = no_network
    visits = tablet.tap(60)
    visits.append(tablet.run("window.visit = await record.keep({ rating: 1, language: 'id' });"
                             "return window.visit;"))  # fmt: skip
    old = tablet.run("return sync.status().version;")
    newer(desk.between)
    tablet.page.evaluate("navigator.serviceWorker.ready.then((worker) => worker.update())")
    tablet.page.evaluate(until_ready(tablet.modules))
    assert tablet.run("return sync.status().version;") == old  # a citizen is at the screen
    with tablet.page.expect_navigation():
        tablet.run("await record.end(window.visit);")
    tablet.page.wait_for_load_state()
    updated = Core(tablet.page, modules_at(desk.address))
    desk.between.answer = let_through
    assert updated.modules != tablet.modules
    updated.drained()
    assert updated.run("return sync.status().version;") == old[::-1]
    assert updated.run("return (await store.openStore()).version;") == 2
    assert set(updated.page.evaluate("caches.keys()")) == {f"nilai-app-{old[::-1]}", "nilai-copies"}
    assert desk.counted(visits) == Count(61, lost=0, doubled=0, missing=0)


def newer(between: Between) -> None:
    """Serve a newer app: other addresses, another version, one more step of the database."""
    first_step = "\n];\n\nlet opened"
    more = '  (_database, change) => change.objectStore("records").createIndex("id", "id"),'
    [hashed] = set(re.findall(r"tablet\.([0-9a-f]{10})/", served_text(between, "/kiosk/sw.js")))
    [version] = re.findall(r'VERSION = "([0-9a-f]+)"', served_text(between, "/kiosk/sw.js"))

    def rewrite(path: str, text: str) -> str:
        if path.endswith("/store.js"):
            assert first_step in text
            return text.replace(first_step, f"\n{more}{first_step}")
        return text.replace(hashed, hashed[::-1]).replace(version, version[::-1])

    between.rewrite = rewrite
    between.real_path = lambda path: path.replace(hashed[::-1], hashed)


def served_text(between: Between, path: str) -> str:
    return between.site.test_client().get(path).text


def until_ready(modules: str) -> str:
    return f"""async () => {{
        const sync = await import("{modules}/sync.js");
        while (!sync.status().updateReady) await new Promise((go) => setTimeout(go, 20));
    }}"""

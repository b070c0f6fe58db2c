"""What a tablet keeps, it keeps until its own server has it: portals, full disks, spoilt rows."""

import json
import re

from sqlalchemy import select
from werkzeug.wrappers import Request
from werkzeug.wrappers import Response as Reply

from survey.database import reading
from survey.models import Followup, table_of
from tests.durability.desk_world import Desk, rows_of_responses
from tests.durability.portals import (
    PORTALS,
    let_through,
    no_network,
    only_posts,
    right_looking,
)
from tests.durability.tablets import Core, Count

FILL_THE_DISK = """
    const bytes = new Uint8Array(65_536);
    for (let size = bytes.length, n = 0; size >= 16; n += 1) {
        crypto.getRandomValues(bytes);
        await store.metaPut(`ballast ${n}`, bytes.slice(0, size)).catch(() => { size /= 2; });
    }
"""


def through_portals(desk: Desk, tablet: Core) -> dict[str, int]:
    """Tap behind each portal, first behind one that spoils contacts too; return what waits."""
    waits = {}
    for name, answer in PORTALS.items():
        for way in (answer, only_posts(answer)):
            desk.between.answer = way
            tablet.tap()
            waits[name] = tablet.push()["waiting"]
    return waits


def test_nothing_leaves_the_tablet_for_a_portals_answer(desk: Desk) -> None:
    tablet = desk.enrolled()
    waits = through_portals(desk, tablet)
    assert list(waits.values()) == list(range(2, 2 * len(PORTALS) + 1, 2))
    rows = tablet.rows()
    desk.between.answer = let_through
    tablet.drained()
    assert desk.counted(rows) == Count(2 * len(PORTALS), lost=0, doubled=0, missing=0)


def test_an_app_that_removes_at_200_loses(desk: Desk) -> None:
    strict = "status !== due"

    def careless(path: str, text: str) -> str:
        if path.endswith("/exchange.js"):
            assert strict in text
            return text.replace(strict, "status >= 300")
        return text

    desk.between.rewrite = careless
    tablet = desk.enrolled()
    desk.between.answer = only_posts(right_looking)
    visits = tablet.tap(3)
    assert tablet.push()["waiting"] == 0
    desk.between.answer = let_through
    tablet.push()
    assert desk.counted(visits) == Count(0, lost=3, doubled=0, missing=3)


def test_a_dropped_record_shows_as_a_gap(desk: Desk) -> None:
    tablet = desk.enrolled()
    desk.between.answer = no_network
    visits = tablet.tap(5)
    tablet.run(
        """const database = await store.openStore();
        const [row] = (await database.getAll("records")).slice(2);
        await database.delete("records", [row.device, row.sequence]);"""
    )
    desk.between.answer = let_through
    tablet.drained()
    assert desk.counted(visits) == Count(4, lost=1, doubled=0, missing=1)


def test_two_tabs_number_and_send_as_one(desk: Desk) -> None:
    first = desk.enrolled()
    second = desk.tab()
    desk.between.answer = no_network
    visits = first.tap(4)
    status = second.run("await sync.startSync(); return sync.status();")
    assert status["elsewhere"]
    refused = "return record.keep({ rating: 4, language: 'id' }).catch((error) => error.name);"
    assert second.run(refused) == "NotKept"
    first.page.close()
    second.page.wait_for_timeout(50)
    visits += second.tap(4)
    assert not second.run("return sync.status().elsewhere;")
    desk.between.answer = let_through
    second.drained()
    assert desk.counted(visits) == Count(8, lost=0, doubled=0, missing=0)


def test_a_full_disk_takes_no_tap_and_no_number_and_lets_what_waits_go(desk: Desk) -> None:
    devtools = desk.context.new_cdp_session(desk.context.new_page())
    limit = {"origin": desk.address, "quotaSize": 1_000_000}
    devtools.send("Storage.overrideQuotaForOrigin", limit)
    tablet = desk.enrolled()
    desk.between.answer = no_network
    visits = tablet.tap(3)
    tablet.run(FILL_THE_DISK)
    # What the browser gives back when it tidies its files is taken by something else.
    devtools.send("Storage.overrideQuotaForOrigin", limit | {"quotaSize": 1})
    refused = "return record.keep({ rating: 4, language: 'id' }).catch((error) => error.name);"
    assert [tablet.run(refused) for _ in range(3)] == ["NotKept"] * 3
    sent: list[dict[str, object]] = []

    def listen(request: Request) -> None:
        if request.method == "POST":
            sent.extend(request.get_json()["responses"])

    desk.between.answer = listen
    tablet.drained()
    assert [item["before"] for item in sent] == [None] * 3  # there was no room for a stamp
    devtools.send("Storage.overrideQuotaForOrigin", {"origin": desk.address})
    visits += tablet.tap(2)
    tablet.drained()
    assert [visit["sequence"] for visit in visits] == [0, 1, 2, 3, 4]
    assert desk.counted(visits) == Count(5, lost=0, doubled=0, missing=0)


def test_a_spoilt_row_stands_aside_and_the_others_go(desk: Desk) -> None:
    tablet = desk.enrolled()
    desk.between.answer = no_network
    visits = tablet.tap(12)
    tablet.run(
        """const database = await store.openStore();
        const rows = await database.getAll("records");
        rows[3].sealed[90] ^= 1;
        rows[7].id = "not an id";
        await Promise.all([rows[3], rows[7]].map((row) => database.put("records", row)));"""
    )
    desk.between.answer = let_through
    tablet.drained()
    aside = {(row["sequence"], row["state"], row["reason"]) for row in tablet.rows()}
    assert aside == {(3, "aside", "cannot_open"), (7, "aside", "bad_request")}
    assert desk.counted(visits[:3] + visits[4:7] + visits[8:]).lost == 0
    assert tablet.push()["setAside"] == 2


def test_a_row_that_breaks_the_server_stays_behind_and_the_others_go(desk: Desk) -> None:
    tablet = desk.enrolled()
    desk.between.answer = no_network
    visits = tablet.tap(6)
    breaks = visits[2]["id"].encode()
    desk.between.answer = lambda request: (
        Reply("Oops", 500) if breaks in request.get_data() else None
    )
    tablet.drained(left=1)
    desk.between.answer = let_through
    tablet.drained()
    assert desk.counted(visits) == Count(6, lost=0, doubled=0, missing=0)


def test_a_tap_is_told_with_its_receipt_or_as_kept_and_goes_by_itself_later(desk: Desk) -> None:
    tablet = desk.enrolled()
    tap = """await sync.startSync();
        const visit = await record.keep({ rating: 2, language: "id" });
        return [visit, await sync.deliver(visit, 10_000), Object.isFrozen(visit)];"""
    first, recorded, closed = tablet.run(tap)
    assert (recorded["ending"], closed, set(first)) == ("recorded", True, {"id", "sequence"})
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}", recorded["receipt"])
    desk.between.answer = no_network
    second, kept, _ = tablet.run(tap)
    assert kept == {"ending": "kept"}
    desk.between.answer = let_through
    tablet.run("while (sync.status().waiting) await new Promise((go) => setTimeout(go, 50));")
    assert desk.counted([first, second]) == Count(2, lost=0, doubled=0, missing=0)


def test_what_a_citizen_adds_goes_with_the_tap_and_counts_as_one(desk: Desk) -> None:
    tablet = desk.enrolled()
    added = {"ratings": {"WAKTU": 1}, "comment": "Lama", "profile": {"SEX": "P"}, "answeredIn": 30}
    visits = tablet.run(
        """await sync.startSync();
        const visit = await record.keep({ rating: 2, language: "id" });
        const whole = { ...argument, language: "en" };
        await record.complete(visit, argument);
        await record.complete(visit, { ratings: { WAKTU: 4 } });
        return [visit, await record.keepWhole(whole)];""",
        added,
    )
    tablet.drained()
    assert desk.counted(visits) == Count(2, lost=0, doubled=0, missing=0)
    assert {row.overall for row in rows_of_responses(desk.stored)} == {2, None}
    with reading(desk.stored) as session:
        followups = session.execute(select(table_of(Followup))).all()
    assert [row.waktu for row in followups] == [1, 1]


def test_a_server_that_takes_others_first_is_no_lost_network(desk: Desk) -> None:
    tablet = desk.enrolled()
    told = json.dumps({"status": 503, "reason": "busy"})
    desk.between.answer = only_posts(lambda _: Reply(told, 503, mimetype="application/json"))
    visits = tablet.tap()
    status = tablet.push()
    assert (status["connected"], status["waiting"]) == (True, 1)
    desk.between.answer = let_through
    tablet.drained()
    assert desk.counted(visits) == Count(1, lost=0, doubled=0, missing=0)


def test_a_stale_nonce_is_signed_anew_once(desk: Desk) -> None:
    tablet = desk.enrolled()
    tablet.push()
    visits = tablet.tap()

    def stale(request: Request) -> Reply | None:
        if request.method == "POST":
            return None
        answer = Reply.from_app(desk.between.site, request.environ)
        told = json.loads(answer.get_data())
        return Reply(json.dumps({**told, "nonce": "AAAAAAAAAAAAAAAAAAAAAA"}), answer.status)

    desk.between.answer, desk.between.asked = stale, []
    assert tablet.push()["connected"]
    assert [method for method, _ in desk.between.asked] == ["GET", "POST", "POST"]
    assert desk.counted(visits) == Count(1, lost=0, doubled=0, missing=0)

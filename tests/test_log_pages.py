"""The log on a page and as a file: one's branch, the newest first, at any length."""

import ast
import csv
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import time_machine
from sqlalchemy import Engine, delete, insert, select
from sqlmodel import col
from werkzeug.test import Client

from aggregation.access import logbook
from aggregation.access.accounts import RoleIn
from aggregation.access.accounts import member as member_of
from aggregation.access.logbook import Place, Wish, every_entry, page_of_log
from aggregation.access.models import Account
from aggregation.access.roles import RIGHTS, Grant, Role, Scope
from aggregation.changes.batch import Cause
from aggregation.changes.edits import record_edit
from aggregation.models import LogDetail
from aggregation.office.sheet_template import SheetKind
from aggregation.site.log.log_words import ACTS, FAMILIES
from survey.database import reading, writing
from survey.log import Act, record
from survey.merkle import Scalar
from survey.models import LogEntry
from survey.settings import HOME
from tests.staff_factories import make_account, make_office, member, staff

NOON = datetime(2026, 11, 3, 5, 0, tzinfo=UTC)
"""12.00 in Jakarta."""

MONTH = Wish(NOON - timedelta(days=30), NOON + timedelta(days=1))
EVERYTHING = Scope((Grant(RIGHTS[Role.AUDITOR]),), {})


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def note(
    engine: Engine,
    act: str = "desk.changed",
    *,
    unit_id: int | None = None,
    actor: str = "cli",
    subject: str = "desk 1",
    at: datetime = NOON,
) -> None:
    with writing(engine) as session:
        record(session, Act(act, actor, subject, {}, unit_id), at)


def office(engine: Engine, code: str = "DUKCAPIL") -> int:
    with writing(engine) as session:
        return make_office(session, code, code.title())


def auditor(engine: Engine, unit_id: int | None = None, role: Role = Role.AUDITOR) -> Client:
    return member(staff(engine), engine, RoleIn(role, unit_id))


def acts(client: Client, query: str = "") -> list[str]:
    """Return the acts of the page, from its file: it holds the same."""
    text = client.get(f"/staff/catatan.csv{query}").data.decode("utf-8-sig")
    return [row[2] for row in csv.reader(StringIO(text), delimiter=";")][1:]


def test_an_edit_reads_as_what_was_and_what_became(sqlite_engine: Engine) -> None:
    unit_id = office(sqlite_engine)
    with writing(sqlite_engine) as session:
        wati = make_account(session, RoleIn(Role.OPERATOR, unit_id), name="Wati Contoh")
        key = member_of(session, wati).key
        before: dict[str, Scalar] = {"name": "Loket 1", "active": True}
        after: dict[str, Scalar] = {"name": "Loket 1A", "active": False}
        cause = Cause(key, "Papan nama baru", NOON, key)
        record_edit(session, "desk.changed", "desk 1", before, after, unit_id=unit_id, cause=cause)
    page = auditor(sqlite_engine, unit_id).get("/staff/catatan").text
    for said in (
        "Wati Contoh", "mengubah loket", "nama: Loket 1 → Loket 1A", "aktif: ya → tidak",
        "alasan: Papan nama baru", "3 November 2026", "12.00.00", "Dukcapil",
    ):  # fmt: skip
        assert said in page
    assert key not in page


def test_what_names_people_may_be_erased_and_the_entry_says_so(sqlite_engine: Engine) -> None:
    unit_id = office(sqlite_engine)
    with writing(sqlite_engine) as session:
        cause = Cause("cli", "", NOON)
        after = {"name": "Maryati"}
        record_edit(session, "officer.added", "officer X", {}, after, unit_id=unit_id, cause=cause)
        session.execute(delete(LogDetail))
    page = auditor(sqlite_engine, unit_id).get("/staff/catatan").text
    assert "rinciannya sudah dihapus" in page
    assert "Maryati" not in page


def seen_of_others(engine: Engine) -> set[str]:
    """Return what of the log a reader of one office gets to see that is not of that office."""
    here, there = office(engine, "SINI"), office(engine, "SANA")
    note(engine, "month.closed", unit_id=here)
    note(engine, "token.made", unit_id=there)
    note(engine, "link.made")
    told = acts(auditor(engine, here))
    assert "menutup bulan" in told
    return {"membuat token", "membuat tautan sekali pakai"} & set(told)


def test_a_reader_sees_the_own_branch_and_nothing_else(sqlite_engine: Engine) -> None:
    assert seen_of_others(sqlite_engine) == set()


def test_a_log_without_its_branch_is_noticed(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logbook, "_within", lambda _scope: [])
    assert len(seen_of_others(sqlite_engine)) == 2


def test_who_reads_the_whole_tree_sees_what_concerns_no_unit(sqlite_engine: Engine) -> None:
    office(sqlite_engine)
    note(sqlite_engine, "link.made")
    assert "membuat tautan sekali pakai" in acts(auditor(sqlite_engine))


@pytest.mark.parametrize("role", [Role.UNIT_HEAD, Role.ASSESSOR, Role.HR, Role.OFFICER])
def test_others_do_not_read_the_log(sqlite_engine: Engine, role: Role) -> None:
    client = auditor(sqlite_engine, office(sqlite_engine), role)
    assert client.get("/staff/catatan").status_code == 403
    assert client.get("/staff/catatan.csv").status_code == 403


def test_reading_the_log_is_in_the_log(sqlite_engine: Engine) -> None:
    client = auditor(sqlite_engine)
    client.get("/staff/catatan")
    assert acts(client).count("membuka halaman yang memuat data orang") == 2


def test_the_log_is_narrowed_by_kind_by_name_and_by_days(sqlite_engine: Engine) -> None:
    unit_id = office(sqlite_engine)
    with writing(sqlite_engine) as session:
        account_id = make_account(session, RoleIn(Role.HR, unit_id), name="Wati Contoh")
        key = session.scalars(select(col(Account.key)).where(col(Account.id) == account_id)).one()
    note(sqlite_engine, "desk.changed", unit_id=unit_id, actor=key)
    note(sqlite_engine, "service.added", unit_id=unit_id, at=NOON - timedelta(days=40))
    note(sqlite_engine, "month.closed", unit_id=unit_id, at=NOON - timedelta(days=3))
    client = auditor(sqlite_engine, unit_id)
    asked = {
        "": ["mengubah loket", "menutup bulan"],
        "?jenis=bulan": ["menutup bulan"],
        "?jenis=apa": ["mengubah loket", "menutup bulan"],
        "?pelaku=contoh+WATI": ["mengubah loket"],
        "?pelaku=cli": ["menutup bulan"],
        "?pelaku=%25": [],
        "?dari=2026-10-31&sampai=2026-10-31": ["menutup bulan"],
        "?dari=2026-09-01": ["mengubah loket", "menutup bulan", "menambah layanan"],
        "?sampai=2026-09-24": ["menambah layanan"],
        "?dari=kemarin&sampai=0001-01-01&sesudah=x": ["mengubah loket", "menutup bulan"],
    }
    told = {query: _but_reading(acts(client, query)) for query in asked}
    assert told == asked


def _but_reading(told: list[str]) -> list[str]:
    return [act for act in told if act != "membuka halaman yang memuat data orang"]


def test_days_begin_and_end_by_the_clock_on_the_wall(sqlite_engine: Engine) -> None:
    unit_id = office(sqlite_engine)
    for hour, minute in ((16, 59), (17, 0)):
        at = datetime(2026, 10, 31, hour, minute, tzinfo=UTC)
        note(sqlite_engine, "desk.added" if hour == 16 else "desk.changed", unit_id=unit_id, at=at)
    client = auditor(sqlite_engine, unit_id)
    day = "?jenis=unit&dari=2026-11-01&sampai=2026-11-01"
    assert acts(client, day) == ["mengubah loket"]


def test_pages_follow_each_other_without_a_gap_even_within_one_moment(
    sqlite_engine: Engine,
) -> None:
    unit_id = office(sqlite_engine)
    for number in range(120):
        note(sqlite_engine, unit_id=unit_id, subject=f"desk {number}")
    client = auditor(sqlite_engine, unit_id)
    found: list[str] = []
    address: str | None = "/staff/catatan?jenis=unit"
    while address:
        page = client.get(address).text
        found += re.findall(r"desk (\d+)", page)
        older = re.search(r'rel="next" href="([^"]+)"', page)
        address = f"/staff/catatan{older[1].replace('&amp;', '&')}" if older else None
    assert sorted(map(int, found)) == list(range(120))


def test_a_cell_of_the_file_is_no_formula(sqlite_engine: Engine) -> None:
    note(sqlite_engine, actor='=HYPERLINK("http://x")', subject="+1")
    text = auditor(sqlite_engine).get("/staff/catatan.csv?jenis=unit").data.decode("utf-8-sig")
    [_, row, *_] = csv.reader(StringIO(text), delimiter=";")
    assert (row[1], row[3]) == ('\'=HYPERLINK("http://x")', "'+1")


def test_what_is_in_the_log_is_shown_as_text(sqlite_engine: Engine) -> None:
    note(sqlite_engine, subject="<script>%(x)s</script>")
    page = auditor(sqlite_engine).get("/staff/catatan").text
    assert "&lt;script&gt;%(x)s" in page


def steps_for_a_page(
    engine: Engine, wish: Wish = MONTH, after: Place | None = None, *, looks_at: int = 200
) -> int:
    """Return how much a page makes SQLite do, in hundreds of steps of its machine."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    with reading(engine) as session:
        raw = session.connection().connection.driver_connection
        assert raw is not None
        raw.set_progress_handler(count, 100)
        page_of_log(session, EVERYTHING, wish, 50, after, looks_at=looks_at)
        raw.set_progress_handler(None, 0)
    return steps


def fill(engine: Engine, count: int) -> None:
    with writing(engine) as session:
        rows = [
            {
                "id": uuid4(), "recorded_at": NOON - timedelta(seconds=n), "actor": "cli",
                "act": "people.read", "subject": "x", "facts": "{}", "salt": bytes(16),
                "leaf": bytes(32),
            }
            for n in range(count)
        ]  # fmt: skip
        session.execute(insert(LogEntry), rows)


LONG_AGO = Place(NOON - timedelta(seconds=15_000), UUID(int=0))
SELDOM = Wish(MONTH.since, MONTH.until, ("month",))


def test_a_page_costs_the_same_however_long_the_log_and_however_deep_one_reads(
    sqlite_engine: Engine,
) -> None:
    fill(sqlite_engine, 500)
    most = 2 * max(steps_for_a_page(sqlite_engine), steps_for_a_page(sqlite_engine, SELDOM))
    fill(sqlite_engine, 20_000)
    assert steps_for_a_page(sqlite_engine) <= most
    assert steps_for_a_page(sqlite_engine, after=LONG_AGO) <= most
    assert steps_for_a_page(sqlite_engine, SELDOM) <= most


def test_a_page_that_looks_at_everything_is_noticed(sqlite_engine: Engine) -> None:
    fill(sqlite_engine, 500)
    most = 2 * steps_for_a_page(sqlite_engine, SELDOM)
    fill(sqlite_engine, 20_000)
    assert steps_for_a_page(sqlite_engine, SELDOM, looks_at=1_000_000) > most


def test_a_page_without_anything_that_fits_leads_on_to_older_ones(sqlite_engine: Engine) -> None:
    note(sqlite_engine, "month.closed", at=NOON - timedelta(days=2))
    fill(sqlite_engine, 450)
    found: list[str] = []
    after: Place | None = None
    with reading(sqlite_engine) as session:
        for _ in range(3):
            page = page_of_log(session, EVERYTHING, SELDOM, 50, after, looks_at=200)
            found += [entry.act for entry in page.entries]
            after = page.older
    assert (found, after) == (["month.closed"], None)


def test_every_entry_is_read_in_pieces_on_every_database(engine: Engine) -> None:
    fill(engine, 70)
    with reading(engine) as session:
        found = list(every_entry(session, EVERYTHING, MONTH, chunk=7))
    assert len({entry.id for entry in found}) == 70
    assert [entry.at for entry in found] == sorted((e.at for e in found), reverse=True)


def acts_in(source: str) -> set[str]:
    """Return the acts that a module records, from the calls that do it."""
    recorders = {"Act", "record_edit", "record_account_edit", "_note", "_log"}
    calls = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in recorders
    ]
    names = {
        part.value
        for call in calls
        for argument in call.args
        for part in ast.walk(argument)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }
    return {name for name in names if re.fullmatch(r"[a-z_]+\.[a-z_]+", name)}


def every_act() -> set[str]:
    modules = [
        p for room in ("aggregation", "kiosk", "survey") for p in Path(HOME, room).rglob("*.py")
    ]
    recorded = {act for path in modules for act in acts_in(path.read_text())}
    return recorded | {f"{kind}.imported" for kind in SheetKind}


def test_every_act_has_words_and_a_family() -> None:
    assert every_act() - ACTS.keys() == set()
    kinds = {kind for family in FAMILIES.values() for kind in family.kinds}
    assert {act.partition(".")[0] for act in ACTS} - kinds == set()


def test_an_act_without_words_is_noticed() -> None:
    assert acts_in('record(s, Act("moon.landed", me, "x", {}), at)') - ACTS.keys()

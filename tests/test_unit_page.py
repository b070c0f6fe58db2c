"""The page of a unit's period: the same rows in the file, the branch, and what stays hidden."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import Engine, insert
from sqlmodel import Session, select
from werkzeug.test import Client, TestResponse

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.changes.batch import Cause, open_batch
from aggregation.method.cuts import Cut
from aggregation.method.questionnaire_counts import QuestionnaireCounts
from aggregation.visits.models import Outage
from survey.database import writing
from survey.models import ClosedMonth, Desk, ServiceUnit
from survey.month import Month
from tests.factories import make_desk
from tests.page_words import words
from tests.release_factories import made_counts, made_release
from tests.staff_factories import make_office, member, staff
from tests.test_dashboard import CELL, charts
from tests.unit_worlds import UnitWorld, unit_world

UNIT = "/staff/unit/DISDUKCAPIL-CONTOH"
CHARTS = ("unsur", "tren", "waktu", "loket", "prioritas", "layanan", "kanal")
NOVEMBER_5 = datetime(2026, 11, 5, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def fifth_of_november() -> Iterator[None]:
    with time_machine.travel(NOVEMBER_5, tick=False):
        yield


@pytest.fixture
def world(sqlite_engine: Engine) -> UnitWorld:
    with writing(sqlite_engine) as session:
        return unit_world(session)


def opened(engine: Engine, *roles: RoleIn) -> Client:
    return member(staff(engine), engine, *roles)


def rows_of(client: Client, chart: str, period: str = "2026-10") -> list[list[str]]:
    answer = client.get(f"{UNIT}/data/{chart}.csv?periode={period}")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv"), chart
    assert f"-{chart}-{period}.csv" in answer.headers["Content-Disposition"]
    return list(csv.reader(io.StringIO(answer.text, newline="")))


def section(page: TestResponse, name: str) -> str:
    found = re.search(rf'<section class="elements" id="{name}".*?</section>', page.text, re.DOTALL)
    assert found is not None, name
    return found[0]


def test_the_first_screen_says_how_it_goes_what_changed_and_what_to_do(
    sqlite_engine: Engine, world: UnitWorld
) -> None:
    assert world.desks
    page = opened(sqlite_engine).get(UNIT)
    said = re.findall(r'<p class="say">(.*?)</p>', page.text, re.DOTALL)
    assert [words(each) for each in said] == [
        (
            "Pelayanan baik, indeks turun sejak September 2026. Waktu pelayanan turun 0,25 sejak "
            "September 2026; paling terasa di layanan KTP-EL. Dahulukan waktu pelayanan."
        )
    ]
    assert page.text.index('class="say"') < page.text.index('class="big num"')
    assert page.text.index('class="big num"') < page.text.index('class="chart"')


def test_every_chart_has_its_table_its_picture_and_its_file(
    sqlite_engine: Engine, world: UnitWorld
) -> None:
    assert world.desks
    client = opened(sqlite_engine)
    page = client.get(UNIT)
    for name in CHARTS:
        part = section(page, name)
        assert part.count("<table") == 1
        assert f"{UNIT}/data/{name}.csv?periode=2026-10" in part
        assert ("Simpan gambar" in part) is (name != "waktu")
    assert set(charts(page)) == set(CHARTS) - {"waktu"}


@pytest.mark.parametrize("period", ["2026-10", "2026-Q3"])
def test_a_file_holds_the_rows_of_its_table(
    sqlite_engine: Engine, world: UnitWorld, period: str
) -> None:
    assert world.desks
    client = opened(sqlite_engine)
    page = client.get(f"{UNIT}?periode={period}")
    for name in ("unsur", "loket", "layanan", "kanal"):
        rows = rows_of(client, name, period)[1:]
        shown = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', section(page, name))
        assert [row[0] for row in rows] == [first for first, _ in shown]
        for row, (_, cells) in zip(rows, shown, strict=True):
            for figure, cell in zip(row[1:], CELL.findall(cells), strict=False):
                assert figure.replace(".", ",").replace("-", "−").lstrip("+") == cell.lstrip("+")


def test_a_name_that_a_spreadsheet_would_run_is_only_text_in_the_file(
    sqlite_engine: Engine, world: UnitWorld
) -> None:
    with writing(sqlite_engine) as session:
        session.get_one(Desk, world.desks[1]).name = '=HYPERLINK("http://x","y")'
        session.get_one(Desk, world.desks[2]).name = "<img src=x>"
    client = opened(sqlite_engine)
    assert [row[0] for row in rows_of(client, "loket")][2:4] == [
        '\'=HYPERLINK("http://x","y")',
        "<img src=x>",
    ]
    assert "<img src=x>" not in client.get(UNIT).text


@pytest.mark.parametrize("chart", ["x", "gabungan", "..%2Funsur"])
def test_a_chart_that_there_is_not_has_no_file(
    sqlite_engine: Engine, world: UnitWorld, chart: str
) -> None:
    assert world.desks
    assert opened(sqlite_engine).get(f"{UNIT}/data/{chart}.csv").status_code == 404


@pytest.mark.parametrize("period", ["abc", "2026-13", "2019-10", "2026-S2", "9" * 10_000])
def test_a_period_that_there_is_not_has_no_file(
    sqlite_engine: Engine, world: UnitWorld, period: str
) -> None:
    assert world.desks
    answer = opened(sqlite_engine).get(f"{UNIT}/data/unsur.csv?periode={period}")
    assert answer.status_code == 404


def test_desks_and_services_stand_in_their_order_and_never_in_that_of_their_index(
    sqlite_engine: Engine, world: UnitWorld
) -> None:
    assert world.desks
    client = opened(sqlite_engine)
    desks, services = rows_of(client, "loket")[1:], rows_of(client, "layanan")[1:]
    assert [row[0] for row in desks] == [f"Loket {n}" for n in range(1, 7)]
    assert [row[0] for row in services] == ["KTP-EL", "KK", "AKTA-LAHIR", "KIA"]
    indices = [float(row[2]) for row in desks]
    assert indices not in (sorted(indices), sorted(indices, reverse=True))


def test_hidden_cells_are_hatched_words_and_their_figures_are_nowhere(
    sqlite_engine: Engine,
) -> None:
    with writing(sqlite_engine) as session:
        unit_id = make_office(session)
        desk = make_desk(session, unit_id, services=("KTP-EL",))
        shown = made_counts(44, seed=3)
        cuts: dict[Cut, dict[str, QuestionnaireCounts | None]] = {
            Cut.TIME: {"1-1": shown, "1-2": None, "2-1": None},
            Cut.SERVICE: {str(desk.service_ids[0]): None, "": None},
        }
        made_release(session, unit_id, "2026-10", made_counts(60), cuts)
    page = opened(sqlite_engine).get(UNIT)
    heat = section(page, "waktu")
    assert heat.count('<td class="few"><small>disembunyikan</small></td>') == 2
    assert heat.count('<td class="none-here">') == 7
    assert section(page, "layanan").count(">disembunyikan</td>") == 8
    assert 'id="loket"' not in page.text


def test_what_is_withheld_as_a_whole_shows_no_index_and_says_so(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        made_release(session, make_office(session), "2026-10", None, responses=400)
    page = opened(sqlite_engine).get(UNIT)
    assert "Tidak ada angka periode ini." in page.text
    assert charts(page) == {}


def test_events_stand_beside_their_month_without_their_reasons(
    sqlite_engine: Engine, world: UnitWorld
) -> None:
    with writing(sqlite_engine) as session:
        declare(session, world)
    rows = rows_of(opened(sqlite_engine), "tren")
    assert [row[3] for row in rows if row[0] == "September 2026"] == ["14: gangguan: Loket 2"]


def declare(session: Session, world: UnitWorld) -> None:
    from_day = Month(2026, 9).half_hours().start + 13 * 48 + 18
    cause = Cause("uji", "Kabel terputus", NOVEMBER_5)
    batch = open_batch(session, world.unit_id, cause)
    row = {"id": uuid4(), "unit_id": world.unit_id, "desk_id": world.desks[1], "batch_id": batch}
    span = {"starts": from_day, "ends": from_day + 4, "reason": "Kabel terputus"}
    session.execute(insert(Outage), {**row, **span})


def below(session: Session, parent: int, code: str, name: str, n: int | None) -> int:
    unit_id = make_office(session, code, name)
    session.get_one(ServiceUnit, unit_id).parent_id = parent
    if n is not None:
        made_release(session, unit_id, "2026-10", made_counts(n, seed=n) if n >= 10 else None)
    return unit_id


@pytest.fixture
def city(sqlite_engine: Engine) -> int:
    """A city without figures of its own: two offices, a branch of one, and three that miss."""
    with writing(sqlite_engine) as session:
        top = make_office(session, "KOTA", "Kota Contoh")
        first = below(session, top, "DINAS-B", "Dinas B", 40)
        below(session, first, "UPTD", "UPTD Dinas B", 30)
        below(session, top, "DINAS-A", "Dinas A", 20)
        below(session, top, "SEPI", "Kantor sepi", 4)
        below(session, top, "BARU", "Kantor baru", None)
        late = below(session, top, "LAMBAT", "Kantor lambat", None)
        session.add(ClosedMonth(unit_id=late, month=Month(2026, 9), closed_at=NOVEMBER_5))
    return top


def test_a_branch_is_the_sum_of_what_its_units_released(sqlite_engine: Engine, city: int) -> None:
    assert city
    page = opened(sqlite_engine).get("/staff/unit/KOTA?periode=2026-10")
    said = words(page)
    assert page.status_code == 200
    assert "3 dari 7 unit sudah masuk hitungan" in said
    pooled = sum((made_counts(n, seed=n) for n in (20, 30)), start=made_counts(40, seed=40))
    [figure] = re.findall(r'<p class="big num">([^<]+)</p>', page.text)
    exact = 25 * sum(t * c for t, c in pooled.totals.items()) / (9 * pooled.n)
    assert abs(float(figure.replace(",", ".")) - exact) <= 0.0051


def test_units_stand_in_the_order_of_the_tree_with_why_they_are_missing(
    sqlite_engine: Engine, city: int
) -> None:
    assert city
    answer = opened(sqlite_engine).get("/staff/unit/KOTA/data/gabungan.csv?periode=2026-10")
    rows = list(csv.reader(io.StringIO(answer.text, newline="")))[1:]
    assert [(row[0], row[1], row[5]) for row in rows] == [
        ("Kota Contoh", "–", "belum punya bulan yang ditutup"),
        ("Dinas A", "20", "–"),
        ("Dinas B", "40", "–"),
        ("UPTD Dinas B", "30", "–"),
        ("Kantor baru", "–", "belum punya bulan yang ditutup"),
        ("Kantor lambat", "–", "belum ditutup: Oktober 2026"),
        ("Kantor sepi", "–", "kurang dari 10 kuesioner"),
    ]


def test_a_head_of_a_branch_sees_no_unit_beyond_it(sqlite_engine: Engine, city: int) -> None:
    with writing(sqlite_engine) as session:
        first = session.exec(select(ServiceUnit.id).where(ServiceUnit.code == "DINAS-B")).one()
    client = opened(sqlite_engine, RoleIn(Role.UNIT_HEAD, unit_id=first))
    page = client.get("/staff/unit/DINAS-B?periode=2026-10")
    assert "2 dari 2 unit sudah masuk hitungan" in words(page)
    assert not re.search("Dinas A|Kantor|Kota Contoh", words(page))
    assert client.get("/staff/unit/KOTA").status_code == 404
    assert client.get("/staff/unit/KOTA/data/gabungan.csv").status_code == 404
    assert city


def test_the_running_month_has_a_page_of_its_own_that_the_panel_asks_for(
    sqlite_engine: Engine, world: UnitWorld
) -> None:
    assert world.desks
    client = opened(sqlite_engine)
    for address in (UNIT, f"{UNIT}/berjalan"):
        page = client.get(address).text
        assert page.count(f'data-live="{UNIT}/berjalan"') == 1
        assert page.count('role="status"') == 1
    assert "data-live" not in client.get(f"{UNIT}?periode=2026-09").text

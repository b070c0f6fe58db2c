"""A curious neighbour gathers every outlet of a unit, and learns of no hidden cell (method §9)."""

import csv
from collections import Counter
from io import StringIO

import pytest
from sqlalchemy import Engine, select, update
from sqlmodel import Session, col
from werkzeug.test import Client

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.method.cuts import EVERYBODY, Cut
from aggregation.method.suppression import SMALLEST_CELL
from aggregation.months.models import CutCount, Release, ReleasedCell
from aggregation.months.released import released, released_periods
from survey.database import reading, writing
from survey.month import Month
from tests.month_factories import SmallOffice, store
from tests.publication_factories import published
from tests.score_factories import code_of
from tests.site_client import phone
from tests.staff_factories import member, staff
from tests.subtraction import Attack, Cell
from tests.tampering import tampering
from tests.test_release import an_office, close, crowd, tell

MONTHS = {Month(2026, 7): 44, Month(2026, 8): 13, Month(2026, 9): 38}
STAFF_PARTS = {Cut.SERVICE: "layanan", Cut.CHANNEL: "kanal", Cut.DESK: "loket", Cut.TIME: "waktu"}
PUBLIC_CUTS = {"SERVICE", "CHANNEL", "TIME", "SEX", "EDUCATION"}


@pytest.fixture
def office(sqlite_engine: Engine) -> SmallOffice:
    with writing(sqlite_engine) as session:
        made = an_office(session)
        for month, n in MONTHS.items():
            store(session, made, crowd(n, seed=month.month, month=month), month)
            tell(session, made, month)
            close(session, made, month)
        for period in released_periods(session, made.unit_id):
            published(session, made.unit_id, period.name)
        return made


def released_sizes(session: Session, office: SmallOffice) -> dict[tuple[str, Cut], Counter[int]]:
    """Return the sizes of the shown cells, by period and cut."""
    found = {}
    for period in released_periods(session, office.unit_id):
        release = released(session, office.unit_id, period)
        assert release is not None
        for cut, cells in release.cuts.items():
            found[period.name, cut] = Counter(each.n for each in cells.values() if each)
    return found


def on_staff_pages(
    client: Client, unit: str, periods: list[str]
) -> dict[tuple[str, Cut], Counter[int]]:
    """Return the sizes that the tables of a unit's page tell."""
    found = {}
    for period in periods:
        for cut, part in STAFF_PARTS.items():
            told = client.get(f"/staff/unit/{unit}/data/{part}.csv?periode={period}")
            if told.status_code == 404:  # withheld as a whole
                continue
            head, *rows = csv.reader(StringIO(told.text))
            sizes = [place for place, name in enumerate(head) if "Kuesioner" in name]
            cells = [row[place] for row in rows for place in sizes]
            found[period, cut] = Counter(int(cell) for cell in cells if cell.isdigit())
    return found


def in_open_data(client: Client, unit: str) -> dict[tuple[str, Cut], Counter[int]]:
    """Return the sizes that the published file tells."""
    found: dict[tuple[str, Cut], Counter[int]] = {}
    for row in csv.DictReader(StringIO(client.get(f"/publik/{unit}.csv").text)):
        sizes = found.setdefault((row["periode"], Cut(row["potongan"])), Counter())
        if row["unsur"] == "IKM" and row["keadaan"] == "shown":
            sizes[int(row["n"])] += 1
    return found


def everywhere(engine: Engine, office: SmallOffice) -> list[dict[tuple[str, Cut], Counter[int]]]:
    with reading(engine) as session:
        unit = code_of(session, office)
        periods = [each.name for each in released_periods(session, office.unit_id)]
    head = member(staff(engine), engine, RoleIn(Role.UNIT_HEAD))
    return [on_staff_pages(head, unit, periods), in_open_data(phone(engine), unit)]


def differing(engine: Engine, office: SmallOffice) -> list[tuple[str, Cut]]:
    """Return the cuts of which some outlet tells other cells than the ones released."""
    with reading(engine) as session:
        expected = released_sizes(session, office)
    found = everywhere(engine, office)
    assert all(sum(map(Counter.total, told.values())) > 10 for told in found)
    return [key for told in found for key, sizes in told.items() if sizes != expected.get(key)]


def test_every_outlet_tells_the_released_cells_and_no_other(
    sqlite_engine: Engine, office: SmallOffice
) -> None:
    assert differing(sqlite_engine, office) == []


def test_an_outlet_that_tells_something_else_is_noticed(
    sqlite_engine: Engine, office: SmallOffice
) -> None:
    """What was published once stays public; the pages of the staff would now tell less."""
    with tampering(sqlite_engine) as session:
        hide = update(ReleasedCell).where(
            col(ReleasedCell.cut) == Cut.SERVICE, col(ReleasedCell.n).is_not(None)
        )
        session.execute(hide.values(n=None, counts=None))
    assert {cut for _, cut in differing(sqlite_engine, office)} == {Cut.SERVICE}


def attack_on(session: Session, office: SmallOffice, cut: Cut) -> Attack:
    """Gather the released months of a cut, and what they are hidden from."""
    sizes: dict[str, dict[str, int]] = {}
    shown: set[Cell] = set()
    periods = [str(month) for month in MONTHS]
    for period in released_periods(session, office.unit_id):
        release = released(session, office.unit_id, period)
        if release is None or period.name not in periods:
            continue
        counted = select(col(CutCount.cell), col(CutCount.n)).where(
            col(CutCount.cut) == cut,
            col(CutCount.closing_id) == release.basis[cut][period.name],
        )
        sizes[period.name] = dict(session.execute(counted).all())
        cells = release.cuts.get(cut, {})
        shown |= {(period.name, cell) for cell, counts in cells.items() if counts is not None}
        shown |= {(period.name, EVERYBODY)} if release.whole else set()
    return Attack(sizes, frozenset(shown), tuple(periods))


def test_without_complements_the_attack_succeeds(
    sqlite_engine: Engine, office: SmallOffice
) -> None:
    cuts = [cut for cut in Cut if cut is not Cut.WHOLE]
    with tampering(sqlite_engine) as session:
        assert [attack_on(session, office, cut).derived() for cut in cuts] == [set()] * len(cuts)
        for hidden in session.execute(
            select(ReleasedCell).where(col(ReleasedCell.n).is_(None))
        ).scalars():
            release = session.get_one(Release, hidden.release_id)
            for kept in session.execute(
                select(CutCount).where(
                    col(CutCount.cut) == hidden.cut, col(CutCount.cell) == hidden.cell
                )
            ).scalars():
                of_month = release.basis.count(str(kept.closing_id)) and len(release.period) == 7
                if of_month and kept.n >= SMALLEST_CELL:
                    hidden.n, hidden.counts = kept.n, kept.counts
        session.flush()
        assert any(attack_on(session, office, cut).derived() for cut in cuts)

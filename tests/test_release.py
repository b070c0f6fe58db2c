"""What a close releases in the database: cuts, longer periods, revisions (method §9)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, insert, select, text
from sqlmodel import Session, col

from aggregation.closings import Closing
from aggregation.method.cuts import EVERYBODY, UNKNOWN, Cut
from aggregation.method.questionnaire_counts import QuestionnaireCounts
from aggregation.method.rule import DEFAULT_RULE
from aggregation.months.models import CutCount, Release, ReleasedCell
from aggregation.months.month_close import close_month
from aggregation.months.period import Period
from aggregation.months.release import release_missing
from aggregation.months.released import Released, released, released_periods
from aggregation.months.revision import draft_revision
from aggregation.months.revision_writing import write_revision
from aggregation.rules.rule_book import only
from survey.models import PrivateText
from survey.month import HalfHour, Month, starts
from survey.questionnaire import Element
from tests.month_factories import OCTOBER, Seen, Shift, SmallOffice, at, small_office, store
from tests.subtraction import Attack
from tests.tampering import untriggered

LONG_AFTER = datetime(2027, 3, 20, 2, tzinfo=UTC)
SLOTS = {range(16, 24): "1", range(26, 34): "2"}
Sheet = Mapping[str, Any]


def an_office(session: Session) -> SmallOffice:
    """Make an office whose desks are served from Monday to Sunday, 08.00 to 17.00."""
    days = [(desk, weekday) for desk in range(3) for weekday in range(1, 8)]
    return small_office(session, [Shift(desk, desk % 2, day, 16, 34) for desk, day in days])


def close(session: Session, office: SmallOffice, month: Month = OCTOBER) -> Closing:
    rules = only(DEFAULT_RULE)
    return close_month(
        session, office.unit_id, month, closed_by="penutup", at=LONG_AFTER, rules=rules
    )


def nine(random: Random) -> dict[str, int]:
    return {element.lower(): random.choice((2, 3, 3, 4, 4, 4)) for element in Element}


def crowd(n: int, seed: int = 1, month: Month = OCTOBER, **all_of_them: object) -> list[Seen]:
    """Make up visits with the nine questions answered, all over the month's desks and hours."""
    random = Random(seed)
    seen = [
        Seen(
            random.choice([at(day, hour, month) for day in (5, 6, 7, 8) for hour in (9, 10, 14)]),
            desk=random.choice((0, 0, 0, 1, 2)),
            channel=random.choice(("kiosk", "kiosk", "ticket", "desk_qr")),
            overall=random.choice((None, 2, 3, 4, 4)),
            service=random.choice((None, 0, 0, 1)),
            nine=nine(random),
        )
        for _ in range(n)
    ]
    return [replace(each, **all_of_them) for each in seen]  # type: ignore[arg-type]


def tell(session: Session, office: SmallOffice, told: Month = OCTOBER) -> None:
    """Let most of those who answered in a month say their sex and age."""
    random = Random(1)
    rows = session.execute(
        text(
            "SELECT response_id FROM followup WHERE unit_id = :unit AND month = :month"
            " ORDER BY response_id"
        ),
        {"unit": office.unit_id, "month": told.number},
    ).scalars()
    said: list[dict[str, object]] = []
    for id_ in rows:
        key = {"unit_id": office.unit_id, "month": told}
        of = {**key, "response_id": id_ if isinstance(id_, UUID) else UUID(hex=str(id_))}
        sex, age = random.choice("LLPP-"), random.choice(("17-25", "26-35", "61+", "-"))
        said += [
            {**of, "field": field, "text": answer, "salt": bytes(16)}
            for field, answer in (("SEX", sex), ("AGE", age))
            if answer != "-"
        ]
    session.execute(insert(PrivateText), said)


def sheets(session: Session, office: SmallOffice) -> list[Sheet]:
    """Return the full questionnaires that count, each with its profile, joined by hand."""
    of = {"unit": office.unit_id}

    def rows(table: str) -> Sequence[Any]:
        query = text(f"SELECT * FROM {table} WHERE unit_id = :unit")
        return session.execute(query, of).mappings().all()

    followups = {row["response_id"]: row for row in rows("followup")}
    said: dict[object, dict[str, str]] = {}
    for row in rows("private_text"):
        said.setdefault(row["response_id"], {})[row["field"]] = row["text"]
    return [
        {**followups[tap["id"]], **tap, "profile": said.get(tap["id"], {}),
         "service": tap["service_id"] or followups[tap["id"]]["service_id"]}
        for tap in rows("response")
        if tap["id"] in followups
        and not tap["late"]
        and all(followups[tap["id"]][element.lower()] for element in Element)
    ]  # fmt: skip


def cell_of(sheet: Sheet, cut: Cut) -> str:
    if cut is Cut.TIME:
        moment = starts(HalfHour(sheet["half_hour"]))
        half = moment.hour * 2 + moment.minute // 30
        slot = next((name for hours, name in SLOTS.items() if half in hours), None)
        return UNKNOWN if slot is None else f"{moment.isoweekday()}-{slot}"
    found = {
        Cut.WHOLE: EVERYBODY,
        Cut.SERVICE: sheet["service"],
        Cut.DESK: sheet["desk_id"],
        Cut.CHANNEL: sheet["channel"],
    }
    value = found[cut] if cut in found else sheet["profile"].get(cut.value)
    return UNKNOWN if value is None else str(value)


def by_hand(rows: Iterable[Sheet], cut: Cut) -> dict[str, QuestionnaireCounts]:
    cells: dict[str, list[Sheet]] = {}
    for row in rows:
        cells.setdefault(cell_of(row, cut), []).append(row)
    return {
        cell: QuestionnaireCounts.of({e: row[e.lower()] for e in Element} for row in inside)
        for cell, inside in cells.items()
    }


def shown(session: Session, office: SmallOffice, period: str = "2026-10") -> Released:
    found = released(session, office.unit_id, Period.parse(period))
    assert found is not None
    return found


def cells(found: Released) -> dict[tuple[Cut, str], QuestionnaireCounts | None]:
    return {
        (cut, cell): counts for cut, each in found.cuts.items() for cell, counts in each.items()
    }


@pytest.fixture
def october(session: Session) -> SmallOffice:
    office = an_office(session)
    taps_alone = [Seen(at(5, 9))] * 7
    late = crowd(5, seed=8, late=True, received_on=date(2026, 11, 7))
    store(session, office, [*crowd(150), *taps_alone, *late, Seen(at(5, 12), nine=nine(Random(5)))])
    tell(session, office)
    close(session, office)
    return office


def test_every_cut_is_what_plain_loops_over_the_rows_give(
    session: Session, october: SmallOffice
) -> None:
    rows, found = sheets(session, october), shown(session, october)
    assert (found.whole, found.responses) == (by_hand(rows, Cut.WHOLE)[EVERYBODY], 158)
    counted: dict[str, dict[str, int]] = {}
    for cut, cell, n in session.execute(
        select(col(CutCount.cut), col(CutCount.cell), col(CutCount.n))
    ):
        counted.setdefault(cut, {})[cell] = n
    for cut in Cut:
        expected = by_hand(rows, cut)
        assert counted[cut] == {cell: each.n for cell, each in expected.items()}, cut
        for cell, counts in found.cuts.get(cut, {}).items():
            assert counts is None or counts == expected[cell]
    assert None in found.cuts[Cut.TIME].values()
    assert found.cuts[Cut.SEX].keys() == {"L", "P", UNKNOWN}


def test_a_hidden_cell_has_no_figures_in_its_row(session: Session, october: SmallOffice) -> None:
    hidden = {key for key, counts in cells(shown(session, october)).items() if counts is None}
    rows = session.execute(
        select(ReleasedCell).where(col(ReleasedCell.unit_id) == october.unit_id)
    ).scalars()
    assert hidden == {(Cut(row.cut), row.cell) for row in rows if row.n is row.counts is None}
    assert hidden


def test_longer_periods_are_released_with_their_last_month(session: Session) -> None:
    office = an_office(session)
    names = {}
    for number in (7, 8, 9):
        month = Month(2026, number)
        store(session, office, crowd(60, seed=number, month=month), month)
        close(session, office, month)
        names[number] = [each.name for each in released_periods(session, office.unit_id)]
    assert names[8] == ["2026-07", "2026-08"]
    assert names[9] == ["2026-07", "2026-08", "2026-09", "2026-Q3"]
    quarter = shown(session, office, "2026-Q3")
    rows = sheets(session, office)
    assert quarter.whole == by_hand(rows, Cut.WHOLE)[EVERYBODY]
    assert quarter.responses == 180
    services = by_hand(rows, Cut.SERVICE)
    for cell, counts in quarter.cuts[Cut.SERVICE].items():
        assert counts == services[cell]


def test_a_month_of_nine_questionnaires_releases_no_figure(session: Session) -> None:
    office = an_office(session)
    store(session, office, crowd(9))
    close(session, office)
    found = shown(session, office)
    assert found.whole is None
    assert cells(found) == {(Cut.WHOLE, EVERYBODY): None}
    assert not found.importance


def test_how_much_an_element_matters_is_known_from_fifty_sheets_on(session: Session) -> None:
    office = an_office(session)
    random = Random(3)
    like = [nine(random) | {"waktu": rating} for rating in (1, 2, 3, 4) * 13]
    seen = [replace(each, overall=said["waktu"], nine=said)
            for each, said in zip(crowd(52), like, strict=True)]  # fmt: skip
    store(session, office, seen)
    close(session, office)
    found = shown(session, office).importance
    assert str(found[Element.WAKTU]) == "1.00"
    assert set(found) == set(Element)


def admitted(
    session: Session,
    office: SmallOffice,
    came_late: Sequence[Seen],
    until: date = date(2026, 12, 1),
) -> None:
    """Revise the closed month: late ones come in."""
    store(session, office, came_late)
    draft = draft_revision(session, office.unit_id, OCTOBER, late_until=until)
    write_revision(
        session, draft, reason="Terlambat", prepared_by="a", approved_by="b", at=LONG_AFTER
    )


def late(n: int, **all_of_them: object) -> list[Seen]:
    facts: dict[str, Any] = {
        "late": True,
        "received_on": date(2026, 11, 20),
        "channel": "kiosk",
        "service": 0,
    }
    return crowd(n, 77, **{**facts, **all_of_them})


def test_a_few_who_come_in_later_move_no_released_cell(
    session: Session, october: SmallOffice
) -> None:
    before = shown(session, october)
    admitted(session, october, late(4))
    after = shown(session, october)
    assert (after.number, cells(after)) == (0, cells(before))


def test_ten_who_come_in_later_move_the_cells_that_all_ten_are_in(
    session: Session, october: SmallOffice
) -> None:
    before = shown(session, october)
    admitted(session, october, late(6, desk=0) + late(6, desk=1))
    after = shown(session, october)
    assert (after.number, before.whole and before.whole.n) == (1, 151)
    assert after.whole is not None
    assert after.whole.n == 151 + 5 + 12
    assert after.cuts[Cut.DESK] == before.cuts[Cut.DESK]
    assert after.cuts[Cut.WHOLE] != before.cuts[Cut.WHOLE]


def test_a_revision_hides_and_shows_what_was_hidden_and_shown(
    session: Session, october: SmallOffice
) -> None:
    before = shown(session, october)
    admitted(session, october, late(40, desk=0, half_hour=at(5, 9)))
    after = shown(session, october)
    for cut in Cut:
        was, now = before.cuts.get(cut, {}), after.cuts.get(cut, {})
        assert {c for c, each in was.items() if each is None} == {
            c for c, each in now.items() if each is None
        }, cut


def test_people_with_two_names_stay_hidden_under_both(session: Session) -> None:
    """Paper comes from no desk here, and nothing else does: what no desk has is what is paper."""
    office = an_office(session)
    store(session, office, [
        *crowd(50, 1, desk=0, channel="kiosk"),
        *crowd(35, 2, desk=1, channel="kiosk"),
        *crowd(5, 3, desk=0, channel="ticket"),
        *crowd(12, 4, desk=None, channel="paper", half_hour=None),
    ])  # fmt: skip
    close(session, office)
    cuts = shown(session, office).cuts
    told = {cut: {c for c, each in cuts.get(cut, {}).items() if each} for cut in Cut}
    assert not {"ticket"} & told[Cut.CHANNEL]
    assert not ("paper" in told[Cut.CHANNEL] or UNKNOWN in told[Cut.DESK]) or (
        "kiosk" not in told[Cut.CHANNEL]
    )


def test_no_cut_runs_ahead_of_the_whole(session: Session) -> None:
    """Six and six more in services, then four and four: the second time eight would come out."""
    office = an_office(session)
    store(session, office, [*crowd(40, 1, service=0), *crowd(40, 2, service=1)])
    close(session, office)
    first = late(6, service=0) + late(6, service=1)
    admitted(session, office, first)
    admitted(session, office, late(4, service=0) + late(4, service=1), until=date(2026, 12, 9))
    found = shown(session, office)
    services = [each.n for each in found.cuts[Cut.SERVICE].values() if each]
    assert found.whole is not None
    assert (found.number, found.whole.n, sum(services)) == (1, 92, 80)


def test_months_closed_before_there_were_releases_are_released_the_same(
    session: Session, october: SmallOffice
) -> None:
    before = cells(shown(session, october))
    with untriggered(session):
        for table in (ReleasedCell, Release, CutCount):
            session.execute(delete(table))
    assert release_missing(session, october.unit_id, LONG_AFTER) == ["2026-10"]
    assert cells(shown(session, october)) == before
    assert release_missing(session, october.unit_id, LONG_AFTER) == []


def test_a_quarter_waits_for_months_that_were_closed_before_there_were_releases(
    session: Session,
) -> None:
    office = an_office(session)
    for number in (7, 8):
        month = Month(2026, number)
        store(session, office, crowd(60, seed=number, month=month), month)
        close(session, office, month)
    with untriggered(session):
        for table in (ReleasedCell, Release, CutCount):
            session.execute(delete(table))
    store(session, office, crowd(60, seed=9, month=Month(2026, 9)), Month(2026, 9))
    close(session, office, Month(2026, 9))
    whole = shown(session, office, "2026-Q3").whole
    assert whole is not None
    assert whole.n == 180


def test_no_hidden_cell_of_a_year_comes_out_of_the_database(session: Session) -> None:
    office = an_office(session)
    for number, size in enumerate((40, 7, 12, 60, 25, 9, 8, 33, 50, 30, 21, 45), start=1):
        month = Month(2026, number)
        store(session, office, crowd(size, seed=number, month=month), month)
        tell(session, office, month)
        close(session, office, month)
    names = tuple(each.name for each in released_periods(session, office.unit_id))
    assert len(names) == 19
    wholes = {(name, EVERYBODY) for name in names if shown(session, office, name).whole}
    hidden = 0
    for cut in set(Cut) - {Cut.WHOLE}:
        sizes = {
            str(Month(2026, n)): {
                cell: counts.n
                for cell, counts in by_hand(
                    [r for r in sheets(session, office) if r["month"] == 202600 + n], cut
                ).items()
            }
            for n in range(1, 13)
        }
        seen = {
            (name, cell)
            for name in names
            for cell, counts in shown(session, office, name).cuts.get(cut, {}).items()
            if counts is not None
        }
        attack = Attack(sizes, frozenset(seen | wholes), names)
        hidden += len(attack.hidden())
        assert attack.derived() == set(), cut
        assert attack.few_left_over() == set(), cut
    assert hidden > 100

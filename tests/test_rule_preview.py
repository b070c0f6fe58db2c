"""A rule on past months: what a close under it would have written, and no more than may be seen."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import Engine, select, update
from sqlmodel import Session, col

from aggregation.closings import OfficerFigure
from aggregation.method.evidence import Basis
from aggregation.method.rule import DEFAULT_RULE, Corner, Rule, Weighted
from aggregation.method.rule_presets import SCALE_OF_120
from aggregation.models import Assignment
from aggregation.months import rule_preview
from aggregation.months.month_close import close_month
from aggregation.months.revisions import newest_of_each_month, revisions
from aggregation.months.rule_preview import Preview, books_around, preview_rule
from aggregation.rules.models import ScoringRule
from aggregation.rules.rule_book import only
from survey.database import reading, writing
from survey.month import Month
from tests.month_factories import (
    AFTER_OCTOBER,
    MONDAY_AT_9,
    OCTOBER,
    SEPTEMBER,
    Seen,
    SmallOffice,
    assign,
    at,
    clerk_for,
    half_up,
    small_office,
    store,
)
from tests.record_factories import everything_in
from tests.rule_factories import NOW, make_draft, make_rule
from tests.score_factories import TWO_DAYS
from tests.tampering import untriggered

NINE = ("perilaku", "kompetensi", "waktu", "sarana", "biaya")


def seen(half_hour: int, number: int, *, spread: int = 5) -> Seen:
    """One visit of many; what it says follows from its number."""
    answers = {name: 4 - (number % (at_ + 3) == 0) for at_, name in enumerate(NINE)}
    return Seen(
        half_hour,
        overall=4 - (number % spread == 0),
        service=number % 2,
        nine=answers if number % 3 else {},
        channel="desk_qr" if number % 11 == 7 else "kiosk",
        late=number % 13 == 12,
    )


def busy_office(session: Session, rule: Rule = DEFAULT_RULE, few: int = 4) -> SmallOffice:
    """Close a September and an October under a rule; the third officer has but a few ratings."""
    shifts = (*TWO_DAYS, replace(TWO_DAYS[0], officer=2, weekday=3))
    office = small_office(session, shifts, officers=3)
    assign(session, office, 0, 1, 2)
    for month, monday in ((SEPTEMBER, at(7, 9, SEPTEMBER)), (OCTOBER, MONDAY_AT_9)):
        visits = [seen(monday, number) for number in range(60)]
        visits += [seen(monday + 48, number, spread=2) for number in range(55)]
        visits += [seen(monday + 96, number) for number in range(few)]
        store(session, office, visits, month)
        close_month(
            session, office.unit_id, month, closed_by="uji", at=AFTER_OCTOBER, rules=only(rule)
        )
    return office


def previewed(
    session: Session, office: SmallOffice, drafted: ScoringRule, month: Month = OCTOBER
) -> Preview:
    closing = newest_of_each_month(revisions(session, office.unit_id))[month]
    return preview_rule(
        session, closing, drafted, books_around(session, office.unit_id, drafted, NOW)
    )


def figures(session: Session, office: SmallOffice, month: Month = OCTOBER) -> list[OfficerFigure]:
    """Return what a close wrote, in the order of the office's officers."""
    closing = newest_of_each_month(revisions(session, office.unit_id))[month]
    rows = session.scalars(select(OfficerFigure).where(col(OfficerFigure.closing_id) == closing.id))
    by_officer = {row.officer_id: row for row in rows}
    return [by_officer[officer] for officer in office.officers]


def sides(office: SmallOffice, found: Preview, which: str) -> list[tuple[str | int | None, ...]]:
    by_officer = {line.officer_id: getattr(line, which) for line in found.lines}
    return [
        (side.n, side.basis, *(_text(each) for each in
         (side.index, side.value, side.contribution, side.proposal)))
        for side in (by_officer[officer] for officer in office.officers)
    ]  # fmt: skip


def written(row: OfficerFigure) -> tuple[str | int | None, ...]:
    shown = row.basis == Basis.PUBLISHABLE
    return (
        row.n, row.basis, row.index_shrunk if shown else None,
        row.component_value, row.contribution, row.proposal,
    )  # fmt: skip


def _text(value: object) -> str | None:
    return None if value is None else str(value)


CHANGES: list[dict[str, Any]] = [
    {"shrinkage_k": 0},
    {"shrinkage_k": 300},
    {"window_months": 1},
    {"elements": (Weighted("KESELURUHAN", 1),)},
    {"elements": (Weighted("WAKTU", 1), Weighted("KESELURUHAN", 5))},
    {"elements": (Weighted("KESELURUHAN", 2), Weighted("SARANA", 1), Weighted("BIAYA", 1))},
    {"channels": ("desk_qr", "kiosk")},
    {"mix_applied": True},
    {"conversion": SCALE_OF_120, "share_percent": Decimal("12.5")},
    {"conversion": (Corner(Decimal(25), Decimal(1)), Corner(Decimal(100), Decimal(9)))},
    {"excellence_index": Decimal("80.00")},
    {"design_effect": Decimal("1.5"), "publishable_half_width": Decimal(9)},
]


def test_under_the_rule_in_force_a_preview_is_what_the_close_wrote(session: Session) -> None:
    office = busy_office(session)
    found = previewed(session, office, make_draft(session, office.unit_id))
    assert sides(office, found, "before") == [written(row) for row in figures(session, office)]


@pytest.mark.parametrize("changed", CHANGES, ids=range(len(CHANGES)))
def test_under_a_draft_a_preview_is_what_a_close_would_have_written(
    session: Session, changed: Mapping[str, Any]
) -> None:
    office = busy_office(session)
    drafted = make_draft(session, office.unit_id, changed)
    twin = busy_office(session, replace(DEFAULT_RULE, version="lain", **changed))
    found = previewed(session, office, drafted)
    expected = [written(row) for row in figures(session, twin)]
    assert sides(office, found, "after") == expected
    assert any(row[2] for row in expected)


def test_a_preview_can_be_recomputed_by_hand(session: Session) -> None:
    office = busy_office(session)
    drafted = make_draft(session, office.unit_id, {"shrinkage_k": 7, "share_percent": Decimal(20)})
    found = previewed(session, office, drafted)
    clerk = clerk_for(session, office, SEPTEMBER, OCTOBER)
    said = {officer: clerk.voices(officer) for officer in office.officers}
    everybody = [voice for voices in said.values() for voice in voices]
    mu = Fraction(half_up(Fraction(sum(everybody), len(everybody)), 4))
    for line in found.lines:
        voices = said[line.officer_id]
        assert line.after.n == len(voices)
        if line.after.index is not None:
            total = Fraction(half_up(sum(voices, start=Fraction(0)), 4))
            index = half_up(25 * (total + 7 * mu) / (len(voices) + 7), 2)
            assert str(line.after.index) == str(line.after.value) == index
            assert str(line.after.contribution) == half_up(Fraction(index) / 5, 2)


def test_a_month_that_lacks_an_element_is_counted_again_and_says_so(session: Session) -> None:
    office = busy_office(session)
    with_sarana = {"elements": (*DEFAULT_RULE.elements, Weighted("SARANA", 1))}
    found = previewed(session, office, make_draft(session, office.unit_id, with_sarana))
    assert found.recounted == [OCTOBER, SEPTEMBER]
    subset = {"elements": DEFAULT_RULE.elements[:2]}
    assert not previewed(session, office, make_draft(session, office.unit_id, subset)).recounted


def test_a_window_that_is_not_filled_yet_is_told(session: Session) -> None:
    office = busy_office(session)
    found = previewed(session, office, make_draft(session, office.unit_id, {"window_months": 6}))
    assert (found.window_months, found.closed_window) == (6, 2)


def test_officers_stand_in_the_order_of_their_names(session: Session) -> None:
    office = busy_office(session)
    found = previewed(session, office, make_draft(session, office.unit_id))
    assert len(found.lines) == 3
    names = [line.name for line in found.lines]
    assert names == sorted(names)


EVERYTHING_OPEN = {
    "minimum_n": 1, "publishable_n": 1, "proposal_n": 1, "publishable_half_width": Decimal("37.5"),
}  # fmt: skip


def test_a_draft_opens_nobodys_figures(session: Session) -> None:
    office = busy_office(session)
    found = previewed(session, office, make_draft(session, office.unit_id, EVERYTHING_OPEN))
    few = next(line for line in found.lines if line.officer_id == office.officers[2])
    assert (few.before.basis, few.after.basis) == (Basis.INSUFFICIENT, Basis.PUBLISHABLE)
    assert (few.after.index, few.after.value, few.after.proposal) == (None, None, None)
    assert not few.is_compared


def test_a_draft_shows_no_slice_that_is_too_small_for_the_rule_in_force(session: Session) -> None:
    office = busy_office(session, few=18)  # publishable over two months, not over one
    narrow = {**EVERYTHING_OPEN, "window_months": 1}
    found = previewed(session, office, make_draft(session, office.unit_id, narrow))
    few = next(line for line in found.lines if line.officer_id == office.officers[2])
    assert few.before.index is not None
    assert (few.after.basis, few.after.index) == (Basis.PUBLISHABLE, None)


def test_a_preview_that_forgets_the_rule_in_force_is_noticed(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rule_preview, "_passes", lambda *_: True)
    with pytest.raises(AssertionError):
        test_a_draft_shows_no_slice_that_is_too_small_for_the_rule_in_force(session)


def test_a_rule_of_one_group_is_previewed_for_that_group(session: Session) -> None:
    office = busy_office(session)
    in_group = update(Assignment).where(col(Assignment.officer_id) == office.officers[0])
    session.execute(in_group.values(job_group="Tenaga loket"))
    frozen = update(OfficerFigure).where(col(OfficerFigure.officer_id) == office.officers[0])
    with untriggered(session):
        session.execute(frozen.values(job_group="Tenaga loket"))
    drafted = make_draft(session, office.unit_id, {"shrinkage_k": 30}, "Tenaga loket")
    lines = {line.officer_id: line for line in previewed(session, office, drafted).lines}
    versions = [lines[officer].after.version for officer in office.officers]
    assert versions == [drafted.version, "1", "1"]
    # The others keep their rule, but the mean they are balanced with is now their own.
    assert lines[office.officers[1]].before.index != lines[office.officers[1]].after.index


def test_a_rule_in_force_is_compared_with_the_one_it_replaced(session: Session) -> None:
    office = busy_office(session)
    make_rule(session, office.unit_id, {"shrinkage_k": 60}, at=NOW.replace(hour=1))
    newest = make_rule(session, office.unit_id, {"shrinkage_k": 5}, at=NOW.replace(hour=2))
    line = previewed(session, office, newest).lines[0]
    assert (line.before.version, line.after.version) == ("2", newest.version)


def test_a_preview_writes_nothing(engine: Engine) -> None:
    with writing(engine) as session:
        office = busy_office(session)
        version = make_draft(session, office.unit_id, {"window_months": 12}).version
    before = everything_in(engine)
    with reading(engine) as session:
        of_version = select(ScoringRule).where(col(ScoringRule.version) == version)
        previewed(session, office, session.scalars(of_version).one())
    assert everything_in(engine) == before

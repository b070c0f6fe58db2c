"""Paper counts for the unit and never for a person (method §10)."""

from fractions import Fraction

import pytest
from sqlmodel import Session, col, select

from aggregation.changes.batch import Cause
from aggregation.closings import OfficerFigure, TotalTally
from aggregation.method.rule import DEFAULT_RULE
from aggregation.months.month_close import close_month
from aggregation.paper import paper_sheet
from aggregation.paper.paper_import import PaperTerms, import_responses
from aggregation.paper.paper_lines import PAPER_COLUMNS
from aggregation.rules.rule_book import only
from aggregation.sheets.sheet import read_sheet
from survey.channel import Channel
from survey.desks import NoDesk, RatedDesk
from survey.models import Desk, ServiceUnit
from survey.submission import VisitProof
from tests.factories import KEYS
from tests.month_factories import (
    AFTER_OCTOBER,
    MONDAY_AT_9,
    NINE,
    OCTOBER,
    Seen,
    SmallOffice,
    assign,
    small_office,
    store,
)
from tests.office_factories import NOON
from tests.paper_factories import paper_line
from tests.paper_factories import paper_sheet as sheet_of

GOOD = Seen(MONDAY_AT_9, overall=4, nine=dict.fromkeys(NINE, 4))
BAD_SHEETS = 6
"""Fewer than the burst that screening holds back at a tablet."""


def figures(session: Session, *, paper: int) -> tuple[tuple[object, ...], Fraction]:
    """Close a month of thirty good ratings and some bad sheets of the same desk and half hour.

    Returns
    -------
    tuple
        What the month says of the officer, and the mean sum of the nine of the unit.
    """
    office = small_office(session)
    assign(session, office, 0)
    store(session, office, [GOOD] * 30)
    if paper:
        _hand_in(session, office, paper)
    closing = close_month(
        session,
        office.unit_id,
        OCTOBER,
        closed_by="Wati",
        at=AFTER_OCTOBER,
        rules=only(DEFAULT_RULE),
    )
    found = session.exec(select(OfficerFigure).where(col(OfficerFigure.closing_id) == closing.id))
    [figure] = [each for each in found if each.officer_id == office.officers[0]]
    totals = session.exec(select(TotalTally).where(col(TotalTally.closing_id) == closing.id)).all()
    mean = Fraction(sum(t.total * t.count for t in totals), sum(t.count for t in totals))
    return (figure.n, figure.basis, figure.index_raw, figure.index_shrunk), mean


def _hand_in(session: Session, office: SmallOffice, sheets: int) -> None:
    desk = session.get_one(Desk, office.desks[0])
    line = paper_line("2026-10-05", "1" * 9, time="09.10", desk=desk.code)
    read = read_sheet(sheet_of(*[line] * sheets), PAPER_COLUMNS)
    unit = session.get_one(ServiceUnit, office.unit_id)
    assert import_responses(session, read, unit, Cause("Wati", "", NOON), PaperTerms(KEYS)).new


def test_sheets_move_the_unit_and_not_the_officer_who_served(session: Session) -> None:
    officer, unit = figures(session, paper=0)
    officer_with_paper, unit_with_paper = figures(session, paper=BAD_SHEETS)
    assert officer_with_paper == officer
    assert unit == 36
    assert unit_with_paper == Fraction(30 * 36 + BAD_SHEETS * 9, 30 + BAD_SHEETS)


def test_sheets_that_pass_for_taps_at_the_tablet_are_noticed(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: under another channel the same sheets reach the officer."""

    def proof(desk: RatedDesk | NoDesk, _channel: Channel) -> VisitProof:
        return VisitProof(desk, Channel.KIOSK)

    monkeypatch.setattr(paper_sheet, "VisitProof", proof)
    officer, _ = figures(session, paper=0)
    assert figures(session, paper=BAD_SHEETS)[0] != officer

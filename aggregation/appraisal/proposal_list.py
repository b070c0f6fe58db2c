"""All of a month's proposals on one list, and how many of them are decided (method §6).

Officers stand in the order of the desks they served first, then of names: never of scores.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from aggregation.access.models import Account
from aggregation.appraisal.dated_facts import dated_facts
from aggregation.appraisal.decision_shown import ShownDecision, decision_shown
from aggregation.appraisal.decisions import (
    AnothersToDecide,
    Decider,
    OwnFigures,
    assessors_in,
    require_decider,
)
from aggregation.appraisal.monthly_scores import RowsOf, ScoreRow, Stage, figures_of, rows_of
from aggregation.closings import Closing, FrozenDuty, OfficerFigure
from aggregation.method.rule import Rule
from aggregation.models import Officer
from aggregation.months.revisions import newest_of_each_month, revisions
from survey.models import Desk
from survey.month import Month

_DIGITS = 6
_NO_DESK = "\uffff"


class Standing(StrEnum):
    """Where a line stands, and what the list can be narrowed to."""

    WAITING = "waiting"
    DECIDED = "decided"
    WITHHELD = "withheld"
    """There is too little behind the figures: nothing is proposed."""


class Obstacle(StrEnum):
    """Why whoever is asking cannot decide on a line."""

    OWN = "own"
    ANOTHERS = "anothers"


@dataclass(frozen=True, slots=True)
class Assessor:
    """Whom an officer's assignment names as the one who decides.

    Attributes
    ----------
    has_account
        Without one nobody can decide on the officer's figures.
    """

    name: str
    has_account: bool


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """An officer's line on the list.

    Attributes
    ----------
    row
        What HR gets; without numbers below *publishable*.
    shown
        The proposal and what was decided; None where nothing is proposed.
    last
        The decision that holds, as the form gives it back.
    assessor
        Only where the assignment names one.
    """

    row: ScoreRow
    rule: Rule
    shown: ShownDecision | None
    last: UUID | None
    assessor: Assessor | None
    obstacle: Obstacle | None

    @property
    def standing(self) -> Standing:
        """Say whether the line is decided, waits, or has nothing to decide."""
        if self.shown is None:
            return Standing.WITHHELD
        return Standing.WAITING if self.shown.decision is None else Standing.DECIDED

    @property
    def is_objected(self) -> bool:
        """Say whether the officer's objection is not settled yet."""
        return self.row.stage == Stage.OBJECTED


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of a month's proposals are decided."""

    month: Month
    decided: int
    proposals: int


def proposal_lines(
    session: Session,
    unit_code: str,
    closing: Closing,
    *,
    as_of: datetime,
    staff_url: str,
    decider: Decider,
) -> list[ProposalLine]:
    """Return the lines of a month's officers, in the order of desks and names."""
    of = rows_of(session, unit_code, closing, as_of, staff_url)
    assessors = assessors_in(session, closing.unit_id, closing.month)
    named = _named(session, assessors.values())
    desks = _first_desks(session, closing)
    figures = session.execute(figures_of(closing)).all()
    in_order = sorted(
        figures,
        key=lambda row: (desks.get(row[0].officer_id, _NO_DESK), row[0].name or "", row[1]),
    )
    return [
        _line(
            of,
            figure,
            key,
            assessor_id=assessors.get(figure.officer_id),
            named=named,
            decider=decider,
        )
        for figure, key in in_order
    ]


def progress_of(session: Session, unit_id: int, as_of: datetime) -> list[Progress]:
    """Return how far the decisions of each closed month are, the newest month first."""
    closings = revisions(session, unit_id, as_of=as_of)
    found = []
    for month, closing in newest_of_each_month(closings).items():
        made = [each for each in closings if each.month == month]
        facts = dated_facts(session, unit_id, month, made, as_of)
        figures = session.scalars(
            select(OfficerFigure).where(
                col(OfficerFigure.closing_id) == closing.id,
                col(OfficerFigure.proposal).is_not(None),
            )
        ).all()
        decided = sum(facts.decision_on(each, closing.revision) is not None for each in figures)
        found.append(Progress(month, decided, len(figures)))
    return found


def _line(
    of: RowsOf,
    figure: OfficerFigure,
    key: str,
    *,
    assessor_id: int | None,
    named: Mapping[int, Assessor],
    decider: Decider,
) -> ProposalLine:
    last = of.facts.decision_on(figure, of.closing.revision)
    return ProposalLine(
        row=of.row(figure, key),
        rule=of.rules[figure.rule_version],
        shown=decision_shown(of.facts, figure, of.closing.revision),
        last=last.id if last else None,
        assessor=None if assessor_id is None else named[assessor_id],
        obstacle=_obstacle(figure.officer_id, decider, assessor_id),
    )


def _obstacle(officer_id: int, decider: Decider, assessor_id: int | None) -> Obstacle | None:
    try:
        require_decider(officer_id, decider, assessor_id)
    except OwnFigures:
        return Obstacle.OWN
    except AnothersToDecide:
        return Obstacle.ANOTHERS
    return None


def _named(session: Session, officer_ids: Iterable[int | None]) -> Mapping[int, Assessor]:
    rows = session.execute(
        select(col(Officer.id), col(Officer.name), col(Account.id).label("account"))
        .outerjoin(Account, (col(Account.officer_id) == col(Officer.id)) & col(Account.active))
        .where(col(Officer.id).in_({each for each in officer_ids if each is not None}))
    )
    return {row.id: Assessor(row.name, row.account is not None) for row in rows}


def _first_desks(session: Session, closing: Closing) -> Mapping[int, str]:
    """Return the code of the desk that each officer served first, so spelled that 2 is before 10.

    Of two desks at the same time it is the one that comes first.
    """
    first = (
        select(col(FrozenDuty.officer_id), func.min(col(FrozenDuty.starts)).label("starts"))
        .where(col(FrozenDuty.closing_id) == closing.id)
        .group_by(col(FrozenDuty.officer_id))
        .subquery()
    )
    rows: Sequence[tuple[int, str]] = [
        (row.officer_id, _in_order(row.code))
        for row in session.execute(
            select(col(FrozenDuty.officer_id), col(Desk.code))
            .join(Desk, col(Desk.id) == col(FrozenDuty.desk_id))
            .join(first, first.c.officer_id == col(FrozenDuty.officer_id))
            .where(
                col(FrozenDuty.closing_id) == closing.id,
                col(FrozenDuty.starts) == first.c.starts,
            )
        )
    ]
    return dict(sorted(rows, reverse=True))


def _in_order(code: str) -> str:
    return re.sub(r"\d+", lambda number: number.group().zfill(_DIGITS), code)

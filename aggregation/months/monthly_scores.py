"""What HR receives of a closed month: one row per officer, from one function for every format.

A row is a fact of its revision; what is dated (the stage) follows from the time it is asked for.
Below `publishable` there is no number at all, only the reason (method §5).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Select, select
from sqlmodel import Session, col

from aggregation.method.evidence import Basis
from aggregation.method.rule_text import rule_from_json
from aggregation.models import Closing, Officer, OfficerFigure
from aggregation.months.revisions import revisions
from survey.models import ServiceUnit
from survey.month import Month


class MonthNotClosed(LookupError):
    """The month had no closing at the time that is asked about."""


class UnknownRevision(LookupError):
    """The month has no revision of that number."""


class Stage(StrEnum):
    """Where a row stands between the close and the file."""

    WINDOW_OPEN = "window_open"
    OBJECTED = "objected"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """What a revision says of one officer, column by column as HR reads it.

    Numbers are as printed: index and interval in points of 25.00 to 100.00, two decimals. None is
    an empty cell: withheld, not known, or not decided.
    """

    officer_key: str
    nip: str | None
    staff_number: str | None
    name: str
    employment: str
    unit: str
    month: str
    revision: int
    basis: str
    stage: str
    window_months: int
    n: int
    coverage: Decimal | None
    index_raw: Decimal | None
    index: Decimal | None
    interval_low: Decimal | None
    interval_high: Decimal | None
    reliability: Decimal | None
    component_value: Decimal | None
    share_percent: Decimal | None
    contribution: Decimal | None
    proposal: str | None
    decision: str | None
    decided_by: str | None
    decided_at: str | None
    rule_version: str
    method_version: str
    statement_url: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class MonthlyScores:
    """The rows of one revision, and what they are rows of."""

    unit: str
    month: Month
    revision: int
    closed_at: datetime
    figures_digest: bytes
    rows: Sequence[ScoreRow]


def monthly_scores(
    session: Session,
    unit: ServiceUnit,
    month: Month,
    *,
    as_of: datetime,
    revision: int | None = None,
) -> MonthlyScores:
    """Return a closed month's rows, by officer key.

    Parameters
    ----------
    as_of
        The moment whose view is asked for; revisions made later are not seen.
    revision
        A revision by number, from 0; the newest of that moment if none is named.

    Raises
    ------
    MonthNotClosed
        If the month was not closed at that moment.
    UnknownRevision
        If there was no revision of that number.
    """
    closing = closing_at(session, unit.id or 0, month, as_of, revision)
    figures = session.execute(figures_of(closing).order_by(col(Officer.key))).all()
    row = row_of(unit.code, closing, as_of)
    return MonthlyScores(
        unit.code,
        month,
        closing.revision,
        closing.closed_at,
        closing.figures_digest,
        [row(figure, key) for figure, key in figures],
    )


def figures_of(closing: Closing) -> Select[OfficerFigure, str]:
    """Return the query for a revision's figures, each with its officer's key."""
    return (
        select(OfficerFigure, col(Officer.key))
        .join(Officer, col(Officer.id) == col(OfficerFigure.officer_id))
        .where(col(OfficerFigure.closing_id) == closing.id)
    )


def row_of(
    unit_code: str, closing: Closing, as_of: datetime
) -> Callable[[OfficerFigure, str], ScoreRow]:
    """Return what makes a row of a revision's figure and its officer's key, seen at a moment."""
    rule = rule_from_json(closing.rule_document)
    open_until = closing.closed_at + timedelta(days=rule.objection_days)
    stage = Stage.WINDOW_OPEN if as_of < open_until else Stage.FINAL
    share = rule.share_percent
    return lambda figure, key: _row(unit_code, closing, figure, key, (stage, share))


def closing_at(
    session: Session, unit_id: int, month: Month, as_of: datetime, revision: int | None = None
) -> Closing:
    """Return a revision of a month as it stood at a moment: the newest, or one by number.

    Raises
    ------
    MonthNotClosed, UnknownRevision
        If there was none.
    """
    found = revisions(session, unit_id, month, month, as_of)
    if not found:
        raise MonthNotClosed(str(month))
    if revision is None:
        return found[-1]
    for closing in found:
        if closing.revision == revision:
            return closing
    raise UnknownRevision(revision)


def _row(
    unit_code: str,
    closing: Closing,
    figure: OfficerFigure,
    officer_key: str,
    alike: tuple[Stage, Decimal],
) -> ScoreRow:
    stage, share = alike
    shown = figure.basis == Basis.PUBLISHABLE
    return ScoreRow(
        officer_key=officer_key,
        nip=figure.nip,
        staff_number=figure.staff_number,
        name=figure.name or "",
        employment=figure.employment or "",
        unit=unit_code,
        month=str(closing.month),
        revision=closing.revision,
        basis=figure.basis,
        stage=stage,
        window_months=figure.window_months,
        n=figure.n,
        coverage=None,
        index_raw=_number(figure.index_raw) if shown else None,
        index=None,
        interval_low=_number(figure.interval_low) if shown else None,
        interval_high=_number(figure.interval_high) if shown else None,
        reliability=None,
        component_value=None,
        share_percent=share if shown else None,
        contribution=None,
        proposal=None,
        decision=None,
        decided_by=None,
        decided_at=None,
        rule_version=closing.rule_version,
        method_version=closing.method_version,
        statement_url=None,
        reason=figure.reason or None,
    )


def _number(printed: str | None) -> Decimal | None:
    return None if printed is None else Decimal(printed)

"""What HR receives of a closed month: one row per officer, from one function for every format.

A row is a fact of its revision; what is dated (stage, decision) follows from the time it is asked
for. Below `publishable` there is no number at all but n and coverage, only the reason (method §5).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from urllib.parse import quote

from sqlalchemy import Select, select
from sqlmodel import Session, col

from aggregation.appraisal.dated_facts import DatedFacts, dated_facts
from aggregation.closings import Closing, OfficerFigure
from aggregation.method.evidence import Basis
from aggregation.method.rounding import half_up
from aggregation.method.rule import Rule
from aggregation.method.shrinkage import reliability
from aggregation.models import Officer
from aggregation.months.figure_rows import number
from aggregation.months.revisions import revisions
from aggregation.months.rule_baselines import baselines_of
from survey.models import ServiceUnit
from survey.month import Month

COVERAGE_DECIMALS = 4


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

    Numbers are as printed: index and interval in points of 25.00 to 100.00, two decimals; coverage
    a share with four. None is an empty cell: withheld, not known, or not decided.
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
    staff_url: str,
    revision: int | None = None,
) -> MonthlyScores:
    """Return a closed month's rows, by officer key.

    Parameters
    ----------
    as_of
        The moment whose view is asked for; revisions made later are not seen.
    staff_url
        Where the staff site is, for the links to statements.
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
    rows = rows_of(session, unit.code, closing, as_of, staff_url)
    return MonthlyScores(
        unit.code,
        month,
        closing.revision,
        closing.closed_at,
        closing.figures_digest,
        [rows.row(figure, key) for figure, key in figures],
    )


def figures_of(closing: Closing) -> Select[OfficerFigure, str]:
    """Return the query for a revision's figures, each with its officer's key."""
    return (
        select(OfficerFigure, col(Officer.key))
        .join(Officer, col(Officer.id) == col(OfficerFigure.officer_id))
        .where(col(OfficerFigure.closing_id) == closing.id)
    )


@dataclass(frozen=True, slots=True)
class RowsOf:
    """What all rows of a revision share, seen at a moment.

    Attributes
    ----------
    rules
        By version, the rules that the revision's figures follow.
    """

    unit_code: str
    closing: Closing
    facts: DatedFacts
    rules: Mapping[str, Rule]
    staff_url: str

    def row(self, figure: OfficerFigure, officer_key: str) -> ScoreRow:
        """Return the row of an officer's figures."""
        rule = self.rules[figure.rule_version]
        shown = figure.basis == Basis.PUBLISHABLE
        decision = self.facts.decision_on(figure, self.closing.revision) if shown else None
        return ScoreRow(
            officer_key=officer_key,
            nip=figure.nip,
            staff_number=figure.staff_number,
            name=figure.name or "",
            employment=figure.employment or "",
            unit=self.unit_code,
            month=str(self.closing.month),
            revision=self.closing.revision,
            basis=figure.basis,
            stage=self.stage(figure),
            window_months=figure.window_months,
            n=figure.n,
            coverage=coverage_of(figure),
            index_raw=number(figure.index_raw) if shown else None,
            index=number(figure.index_shrunk) if shown else None,
            interval_low=number(figure.interval_low) if shown else None,
            interval_high=number(figure.interval_high) if shown else None,
            reliability=reliability(figure.n, rule.shrinkage_k) if shown else None,
            component_value=number(figure.component_value) if shown else None,
            share_percent=rule.share_percent if shown else None,
            contribution=number(figure.contribution) if shown else None,
            proposal=figure.proposal if shown else None,
            decision=decision.decision if decision else None,
            decided_by=decision.decided_name if decision else None,
            decided_at=_moment(decision.decided_at) if decision else None,
            rule_version=figure.rule_version,
            method_version=self.closing.method_version,
            statement_url=self.statement_url(officer_key),
            reason=figure.reason or None,
        )

    def stage(self, figure: OfficerFigure) -> Stage:
        """Return where an officer's row stands between the close and the file."""
        if self.facts.is_objected(figure, self.closing.revision):
            return Stage.OBJECTED
        days = self.rules[figure.rule_version].objection_days
        return Stage.WINDOW_OPEN if self.facts.is_open(figure, days) else Stage.FINAL

    def statement_url(self, officer_key: str) -> str:
        """Return the address of an officer's statement of this revision."""
        path = f"unit/{quote(self.unit_code)}/pernyataan/{self.closing.month}/{officer_key}"
        return f"{self.staff_url}/{path}?revisi={self.closing.revision}"


def rows_of(
    session: Session, unit_code: str, closing: Closing, as_of: datetime, staff_url: str
) -> RowsOf:
    """Return what makes the rows of a revision, seen at a moment."""
    unit_id, month = closing.unit_id, closing.month
    facts = dated_facts(session, unit_id, month, revisions(session, unit_id, month, month), as_of)
    return RowsOf(unit_code, closing, facts, rules_of(session, closing), staff_url)


def rules_of(session: Session, closing: Closing) -> dict[str, Rule]:
    """Return the rules that a revision's figures follow, by version."""
    by_version = baselines_of(session, closing).by_version
    return {version: baseline.rule for version, baseline in by_version.items()}


def coverage_of(figure: OfficerFigure) -> Decimal | None:
    """Return responses ÷ visits, four decimals; None where visits are not known (method §5)."""
    if not figure.visits or figure.covered is None:
        return None
    return half_up(Fraction(figure.covered, figure.visits), COVERAGE_DECIMALS)


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


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

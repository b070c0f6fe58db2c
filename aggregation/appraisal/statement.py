"""An officer's statement of a closed month: every figure with what it was made of (method §6).

One value feeds page, PDF and XLSX; what it says was stored by the close.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from sqlmodel import Session

from aggregation.appraisal.dated_facts import dated_facts
from aggregation.appraisal.models import Decision
from aggregation.appraisal.stated import (
    Answers,
    ServedService,
    StatedFigures,
    stated_answers,
    stated_figures,
    stated_mix,
    worked_formulas,
)
from aggregation.appraisal.statement_window import (
    StatementWindow,
    statement_window,
)
from aggregation.closings import Closing, OfficerFigure
from aggregation.method.evidence import Basis
from aggregation.method.officer_score import Reader, may_read
from aggregation.method.rounding import half_up
from aggregation.method.rule import Rule
from aggregation.method.worked_formula import Formula
from aggregation.models import Officer
from aggregation.months.month_seal import MonthSeal, month_seal
from aggregation.months.officer_results import Baseline
from aggregation.months.revisions import revision_of, revisions
from aggregation.months.rule_baselines import baselines_of
from survey.models import ServiceUnit
from survey.month import Month, local_day, time_zone


class NoStatement(LookupError):
    """The revision has no row of this officer."""


@dataclass(frozen=True, slots=True)
class Person:
    """Whose statement it is, as the close kept it.

    Attributes
    ----------
    name
        None once it was erased.
    number
        NIP or the office's own staff number; None if the reader may not see it.
    """

    key: str
    name: str | None
    number: str | None


@dataclass(frozen=True, slots=True)
class Source:
    """Which revision of which month of which unit a statement is of.

    Attributes
    ----------
    computed_in, computed_on
        The revision that computed the figures, and its day in the unit.
    digest
        Of the revision's figures, hexadecimal.
    """

    unit_code: str
    unit_name: str
    time_zone: str
    month: Month
    revision: int
    computed_in: int
    computed_on: date
    closed_at: datetime
    digest: str
    method_version: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """How much stands behind the figures.

    Attributes
    ----------
    reason
        Why it is not more; empty if it is enough.
    n, n_month
        Responses that count, in the window and in the month itself.
    covered, visits
        Responses and visits of the months whose visits are known; None if of none.
    """

    basis: Basis
    reason: str
    n: int
    n_month: int
    covered: int | None
    visits: int | None

    @property
    def coverage(self) -> Decimal | None:
        """Responses ÷ visits in percent, one decimal; None if the visits are not known."""
        if not self.visits or self.covered is None:
            return None
        return half_up(Fraction(100 * self.covered, self.visits), 1)


@dataclass(frozen=True, slots=True)
class Statement:
    """Everything that an officer is told of a closed month in one unit.

    Attributes
    ----------
    figures, answers, mix, formulas
        Only what the reader may see, and what can be added up from what is stored.
    decision
        What the assessor decided on these figures, if so far anything.
    last_day, is_open
        Until when the officer may object, and whether that is still so.
    seal
        The revision's; None while it is not sealed.
    """

    source: Source
    person: Person
    reader: Reader
    by: Baseline
    evidence: Evidence
    window: StatementWindow
    figures: StatedFigures | None
    answers: Answers | None
    mix: tuple[ServedService, ...]
    formulas: tuple[Formula, ...]
    decision: Decision | None
    last_day: date
    is_open: bool
    seal: MonthSeal | None = None

    @property
    def rule(self) -> Rule:
        """The rule of the figures."""
        return self.by.rule


def statement_of(
    session: Session,
    closing: Closing,
    officer_id: int,
    reader: Reader,
    as_of: datetime,
    *,
    with_number: bool,
) -> Statement:
    """Return what a revision of a month says of an officer.

    Parameters
    ----------
    reader
        Below publishable, HR is told the reason and n, and no number at all.
    as_of
        The moment whose decision, objection window and seal are told; no figure depends on it.
    with_number
        Whether the reader may see the NIP or staff number.

    Raises
    ------
    NoStatement
        If the revision has no row of this officer.
    """
    figure = session.get(OfficerFigure, (closing.id, officer_id))
    if figure is None:
        raise NoStatement(officer_id)
    computed = revision_of(session, closing, figure.computed_in)
    by = baselines_of(session, computed).by_version[figure.rule_version]
    window = statement_window(session, computed, officer_id, by.rule)
    basis = Basis(figure.basis)
    figures = stated_figures(figure, by.rule) if may_read(reader, basis) else None
    shown = figures is not None and basis is Basis.PUBLISHABLE
    answers = stated_answers(window, figure, by.rule) if shown else None
    mix = stated_mix(session, window, figure, by) if figures else []
    month = revisions(session, closing.unit_id, closing.month, closing.month)
    facts = dated_facts(session, closing.unit_id, closing.month, month, as_of)
    return Statement(
        _source(session, closing, computed),
        _person(session, figure, with_number=with_number),
        reader,
        by,
        Evidence(basis, figure.reason, figure.n, figure.n_month, figure.covered, figure.visits),
        window,
        figures,
        answers,
        tuple(mix),
        worked_formulas(figure.n, by, figures, answers, mix) if figures else (),
        facts.decision_on(figure, closing.revision),
        facts.last_day(figure, by.rule.objection_days),
        facts.is_open(figure, by.rule.objection_days),
        month_seal(session, closing.id, as_of),
    )


def _source(session: Session, closing: Closing, computed: Closing) -> Source:
    unit = session.get_one(ServiceUnit, closing.unit_id)
    return Source(
        unit.code,
        unit.name,
        unit.time_zone,
        closing.month,
        closing.revision,
        computed.revision,
        local_day(computed.closed_at, time_zone(unit.time_zone)),
        closing.closed_at,
        closing.figures_digest.hex(),
        computed.method_version,
    )


def _person(session: Session, figure: OfficerFigure, *, with_number: bool) -> Person:
    key = session.get_one(Officer, figure.officer_id).key
    number = (figure.nip or figure.staff_number) if with_number else None
    return Person(key, figure.name, number)

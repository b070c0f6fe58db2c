"""The list of a month's proposals, ready for its page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

from flask import abort, render_template, request
from sqlmodel import Session

from aggregation.appraisal.decisions import Decider
from aggregation.appraisal.monthly_scores import MonthNotClosed, closing_at
from aggregation.appraisal.proposal_list import Obstacle, ProposalLine, Standing, proposal_lines
from aggregation.closings import Closing
from aggregation.method.interval import Interval
from aggregation.method.rounding import half_up
from aggregation.output.interval_bar import IntervalBar, axis_start, interval_bar
from aggregation.site.decisions.proposal_form import ChangeForm
from aggregation.site.decisions.proposal_words import FILTERS, PROPOSALS, WITHHELD, belongs
from aggregation.site.guard import me, unit
from survey.month import Month, NotAMonth
from survey.site import here

NARROWED, CHANGED = "saring", "ubah"


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line with its drawing; None without numbers."""

    line: ProposalLine
    bar: IntervalBar | None


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """All that is asked about a month's proposals at a moment."""

    closing: Closing
    lines: Sequence[ProposalLine]
    narrowed: str

    @property
    def shown(self) -> list[ShownLine]:
        """The lines on the list as it is narrowed, on one axis."""
        points = [point for line in self.lines for point in _points(line)]
        start = axis_start(points)
        kept = [line for line in self.lines if belongs(line, self.narrowed)]
        return [ShownLine(line, _bar(line, start)) for line in kept]

    @property
    def counts(self) -> list[tuple[str, str, int]]:
        """Word of the address, label and number of lines of each filter."""
        return [
            (word, label, sum(belongs(line, word) for line in self.lines))
            for word, label in FILTERS.items()
        ]

    @property
    def proposals(self) -> int:
        """How many of the lines have a proposal."""
        return sum(line.standing is not Standing.WITHHELD for line in self.lines)

    @property
    def decided(self) -> int:
        """How many of those are decided."""
        return sum(line.standing is Standing.DECIDED for line in self.lines)

    @property
    def decided_percent(self) -> Decimal:
        """The same as a share, for the drawing."""
        return half_up(Fraction(100 * self.decided, max(1, self.proposals)), 2)

    @property
    def borders(self) -> tuple[Decimal, Decimal] | None:
        """Target and excellence, where all lines share them."""
        found = {(each.rule.target_index, each.rule.excellence_index) for each in self.lines}
        return next(iter(found)) if len(found) == 1 else None

    def next_after(self, officer_key: str) -> str | None:
        """Return the officer whose line waits next for whoever is asking, from the top again."""
        keys = [line.row.officer_key for line in self.lines]
        place = keys.index(officer_key) + 1 if officer_key in keys else 0
        for line in [*self.lines[place:], *self.lines[:place]]:
            if line.standing is Standing.WAITING and line.obstacle is None:
                return line.row.officer_key
        return None


def month_of(written: str) -> Month:
    """Return the month of the address; 404 for what is none."""
    try:
        month = Month.parse(written)
        month.shift(1)  # the last month that can be written has none after it, and no figures
    except NotAMonth:
        abort(404)
    return month


def decider() -> Decider:
    """Return whoever is asking as the one who decides."""
    return Decider(me().name, me().officer_id)


def proposal_page(session: Session, month: Month) -> ProposalPage:
    """Return a closed month's list; 404 if it is not closed."""
    now = datetime.now(UTC)
    try:
        closing = closing_at(session, unit().id, month, now)
    except MonthNotClosed:
        abort(404)
    lines = proposal_lines(
        session,
        unit().code,
        closing,
        as_of=now,
        staff_url=here().settings.staff_url,
        decider=decider(),
    )
    asked = request.args.get(NARROWED, "")
    return ProposalPage(closing, lines, asked if asked in FILTERS else "")


def rendered(
    page: ProposalPage, changing: str, form: ChangeForm | None = None, refusal: str = ""
) -> str:
    """Return the list's page.

    Parameters
    ----------
    changing
        The key of the officer whose line is open for a change; of nobody if it is empty.
    form
        What was typed, when it was not taken.
    refusal
        Why a decision was not recorded, as it is said.
    """
    return render_template(
        "aggregation/decisions/proposals.html",
        page=page,
        changing=changing,
        form=form or ChangeForm(formdata=None),
        refusal=refusal,
        proposals=PROPOSALS,
        withheld=WITHHELD,
        standings=Standing,
        obstacles=Obstacle,
    )


def _points(line: ProposalLine) -> list[Decimal]:
    row, rule = line.row, line.rule
    numbers = (row.index_raw, row.interval_low, rule.target_index)
    return [number for number in numbers if number is not None]


def _bar(line: ProposalLine, start: Decimal) -> IntervalBar | None:
    row, rule = line.row, line.rule
    if row.index_raw is None or row.interval_low is None or row.interval_high is None:
        return None
    borders = rule.target_index, rule.excellence_index
    return interval_bar(
        row.index_raw, Interval(row.interval_low, row.interval_high), borders, start
    )

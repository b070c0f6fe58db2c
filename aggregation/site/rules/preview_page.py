"""A draft on past months, beside the rule in force: who would stand where (method §6).

Rows stand in the order of names, never of scores.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, abort, render_template, request, url_for
from sqlmodel import Session, col, select

from aggregation.access.roles import Right
from aggregation.method.component import Proposal
from aggregation.months.revisions import newest_of_each_month, revisions
from aggregation.months.rule_preview import Preview, books_around, preview_rule
from aggregation.rules.models import ScoringRule
from aggregation.rules.rule_reach import units_reached
from aggregation.site.chosen import chosen
from aggregation.site.guard import me, needs, unit
from aggregation.site.rules.visible_rules import ShownRule, visible_rules
from survey.database import reading
from survey.language import worded
from survey.models import ClosedMonth
from survey.site import here
from survey.spoken import spoken

preview_page = Blueprint("preview", __name__)

MONTH = "bulan"
PROPOSALS: Mapping[Proposal, str] = {
    Proposal.ABOVE: worded("di atas ekspektasi"),
    Proposal.EXPECTED: worded("sesuai ekspektasi"),
    Proposal.BELOW: worded("di bawah ekspektasi"),
}


@dataclass(frozen=True, slots=True)
class Totals:
    """How many officers could be compared, and for how many the proposal would be another."""

    compared: int
    of_all: int
    other_proposal: int


@preview_page.get("/unit/<code>/aturan/<version>/pratinjau")
@needs(Right.SEE_SCORES, names_people=True)
def show(code: str, version: str) -> str:  # noqa: ARG001 - the guard has looked it up
    """Show a closed month, the newest unless told, under the rule in force and under another."""
    with reading(here().engine) as session:
        shown = visible_rules(session).with_version(version)
        if shown is None:  # the default rule was never drafted: there is nothing before it
            abort(404)
        closed = newest_of_each_month(revisions(session, unit().id))
        month = chosen(closed, request.args.get(MONTH))
        drafted = shown.entry.drafted
        found = None
        if month is not None:
            books = books_around(session, unit().id, drafted, datetime.now(UTC))
            found = preview_rule(session, closed[month], drafted, books)
        return render_template(
            "aggregation/rules/preview.html",
            shown=shown,
            found=found,
            months=list(closed),
            totals=_totals(found) if found else None,
            recounted=", ".join(map(spoken().month, found.recounted)) if found else "",
            proposals=PROPOSALS,
            elsewhere=_elsewhere(session, drafted, shown),
        )


def _totals(found: Preview) -> Totals:
    compared = [line for line in found.lines if line.is_compared]
    moved = sum(line.before.proposal != line.after.proposal for line in compared)
    return Totals(len(compared), len(found.lines), moved)


def _elsewhere(session: Session, drafted: ScoringRule, shown: ShownRule) -> list[tuple[str, str]]:
    """Return name and address of other units that the rule reaches and that closed a month."""
    reached = units_reached(session, drafted.unit_id, drafted.job_group, drafted.effective_from)
    closed = set(session.exec(select(col(ClosedMonth.unit_id)).distinct()))
    return [
        (each.name, url_for("rules.preview.show", code=each.code, version=shown.version))
        for each in reached
        if each.id != unit().id
        and each.id in closed
        and me().scope.may(Right.SEE_SCORES, each.id or 0)
    ]

"""An officer's own page: closed months only, strengths first, never a colleague (method §5, §9).

No address here names an officer: whose page it is follows from who has signed in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Blueprint, render_template, request
from sqlmodel import Session, col, select

from aggregation.access.roles import Right
from aggregation.appraisal.decision_shown import ShownDecision, own_decision
from aggregation.appraisal.letters import own_letters
from aggregation.appraisal.notes import ShownNote, notes_of, notes_to
from aggregation.appraisal.statement import statement_of
from aggregation.closings import Closing
from aggregation.comments.own_comments import desk_comments, praise_for
from aggregation.duties.own_duties import own_duties
from aggregation.method.evidence import Basis
from aggregation.method.officer_score import Reader
from aggregation.method.strengths import ElementCounts
from aggregation.months.own_months import OwnMonth, own_months
from aggregation.output.grade_scale import GradeScale, grade_scale
from aggregation.sheets.calendar_cells import clock
from aggregation.site.chosen import chosen
from aggregation.site.decisions.proposal_words import NOTE_KINDS, PROPOSALS
from aggregation.site.guard import me, needs
from survey.database import reading
from survey.language import worded
from survey.models import ServiceUnit
from survey.month import local_day, time_zone
from survey.questionnaire import ITEMS, OVERALL
from survey.site import here

own_score = Blueprint("own_score", __name__)

ELEMENT_NAMES: Mapping[str, str] = {
    OVERALL: worded("Keseluruhan"),
    **{element.value: item.short for element, item in ITEMS.items()},
}


@dataclass(frozen=True, slots=True)
class ShownMonth:
    """One of the officer's closed months in one unit, ready for the page.

    Attributes
    ----------
    scale
        Where the index stands among the grades; None without an index.
    strengths
        What may be called one; only said where the window is publishable.
    decision
        What the figures propose and what a person decided; None where nothing is proposed.
    notes
        What a superior wrote to the officer about the month.
    """

    own: OwnMonth
    scale: GradeScale | None
    strengths: Sequence[ElementCounts] = ()
    decision: ShownDecision | None = None
    notes: Sequence[ShownNote] = ()


@own_score.get("/saya")
@needs(Right.SEE_OWN_SCORE)
def months() -> str:
    """Show the officer's own closed months: the one that `bulan` names, or the newest."""
    officer_id = me().officer_id
    if officer_id is None:
        return render_template("aggregation/own_score_unlinked.html")
    with reading(here().engine) as session:
        return render_template(
            "aggregation/own_score.html",
            basis=Basis,
            element_names=ELEMENT_NAMES,
            proposal_words=PROPOSALS,
            note_kinds=NOTE_KINDS,
            **_page(session, officer_id, request.args.get("bulan")),
        )


def _page(session: Session, officer_id: int, asked: str | None) -> dict[str, Any]:
    found = own_months(session, officer_id)
    names = list(dict.fromkeys(own.month for own in found))
    month = chosen(names, asked)
    return {
        "month": month,
        "names": names,
        "all_months": found,
        "other_notes": [each for each in notes_to(session, officer_id) if each.month not in names],
        "units": len({own.unit_id for own in found}),
        "letters": own_letters(session, officer_id),
        "praise": praise_for(session, officer_id),
        "desk_comments": desk_comments(
            session, officer_id, [own for own in found if own.month == month]
        ),
        "shown": [
            _with_words(session, officer_id, _shown(session, officer_id, own))
            for own in found
            if own.month == month
        ],
        "duties": [
            (duty.day, duty.desk, f"{clock(duty.first_slot)}–{clock(duty.end_slot)}")
            for duty in own_duties(session, officer_id, _monday(session))
        ],
    }


def _monday(session: Session) -> date:
    """Return the first day of this week, where the officer serves."""
    zones = session.scalars(
        select(col(ServiceUnit.time_zone))
        .where(col(ServiceUnit.id).in_(me().scope.units(Right.SEE_OWN_SCORE)))
        .order_by(col(ServiceUnit.id))
    )
    today = local_day(datetime.now(UTC), time_zone(next(iter(zones))))
    return today - timedelta(days=today.weekday())


def _with_words(session: Session, officer_id: int, shown: ShownMonth) -> ShownMonth:
    """Put beside a month's figures what people decided and wrote about it."""
    own = shown.own
    return replace(
        shown,
        decision=own_decision(session, officer_id, own.unit_id, own.month, datetime.now(UTC)),
        notes=notes_of(session, officer_id, own.unit_id, own.month),
    )


def _shown(session: Session, officer_id: int, own: OwnMonth) -> ShownMonth:
    if own.figures is None:
        return ShownMonth(own, None)
    scale = grade_scale(own.figures.index, own.figures.interval)
    closing = session.get_one(Closing, own.closing_id)
    told = statement_of(
        session, closing, officer_id, Reader.OFFICER, datetime.now(UTC), with_number=False
    )
    return ShownMonth(own, scale, told.answers.strengths if told.answers else ())

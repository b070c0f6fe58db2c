"""Writing a drafted revision: once, for every month that it moves (method §8.4)."""

from datetime import datetime
from uuid import uuid4

from sqlmodel import Session

from aggregation.changes.batch import hold_unit
from aggregation.closings import Closing
from aggregation.months.figure_rows import write_rows
from aggregation.months.release import release_closed
from aggregation.months.revision import RevisedMonth, RevisionDraft
from aggregation.months.revisions import newest_of_each_month, revisions
from survey.database import hold_month
from survey.log import Act, record
from survey.merkle import Scalar


class Overtaken(ValueError):
    """Another revision was made since this one was drafted."""


def write_revision(
    session: Session,
    draft: RevisionDraft,
    *,
    reason: str,
    prepared_by: str,
    approved_by: str,
    at: datetime,
) -> Closing:
    """Write a drafted revision of every month that it moves; return that of the month itself.

    Raises
    ------
    Overtaken
        If a month of the unit was closed or revised since the draft.
    """
    unit_id = draft.first.base.unit_id
    hold_unit(session, unit_id)
    # Whoever closes a month whose window holds this one waits until it is written.
    hold_month(session.connection(), unit_id, draft.first.base.month, alone=True)
    newest = newest_of_each_month(revisions(session, unit_id))
    if {each: closing.id for each, closing in newest.items()} != draft.seen:
        raise Overtaken
    closings = []
    for each in draft.months:
        closing = _closing(each, reason, prepared_by, approved_by, at)
        session.add(closing)
        session.flush()
        write_rows(session, closing.id, unit_id, each.rows)
        facts: dict[str, Scalar] = {
            "month": str(closing.month),
            "revision": closing.revision,
            "because_of": str(draft.first.base.month),
            "officers": len(each.moved),
            "responses": closing.responses,
            "figures": closing.figures_digest.hex(),
        }
        act = Act("month.revised", approved_by, f"closing {closing.id}", facts, unit_id)
        record(session, act, at)
        closings.append(closing)
    # What follows in later months moves officers alone; only here do responses come in.
    release_closed(session, closings[0], at)
    return closings[0]


def _closing(
    revised: RevisedMonth, reason: str, prepared_by: str, approved_by: str, at: datetime
) -> Closing:
    base = revised.base
    return Closing(
        id=uuid4(),
        unit_id=base.unit_id,
        month=base.month,
        revision=revised.revision,
        closed_at=at,
        closed_by=approved_by,
        reason=reason,
        rule_version=base.rule_version,
        rule_document=base.rule_document,
        method_version=base.method_version,
        responses=revised.responses,
        figures_digest=revised.digest(),
        elements=base.elements,
        late_until=revised.late_until,
        prepared_by=prepared_by,
    )

"""A reviewer's decision on a group of quarantined responses: once, with a reason, for good (§7)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, func, insert, select
from sqlmodel import Session, col

from aggregation.changes.audit import record_with_detail
from aggregation.changes.batch import Cause, hold_unit
from aggregation.changes.open_months import hold_months
from aggregation.screening.groups import GroupKey, waiting_in
from aggregation.screening.independence import not_ones_own
from aggregation.screening.models import ReviewedResponse, ScreeningReview
from survey.log import Act
from survey.merkle import Scalar
from survey.models import Desk, Response


class NotIndependent(Exception):
    """The reviewer, or somebody whose direct head the reviewer is, served in that half hour."""


class AlreadyDecided(Exception):
    """Nothing of the group waits for a decision; somebody else was faster."""


class GroupChanged(Exception):
    """More, or fewer, wait than the reviewer saw."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reviewer says of a group.

    Attributes
    ----------
    admitted
        Whether its responses count from now on.
    seen
        How many of it waited on the page that the reviewer saw.
    """

    admitted: bool
    seen: int


def decide_group(
    session: Session,
    unit_id: int,
    key: GroupKey,
    verdict: Verdict,
    cause: Cause,
    *,
    reviewer: int | None,
) -> UUID:
    """Decide on what waits of a group, and return the review's key.

    Each response is decided once. A decision about a closed month is kept, and moves figures only
    when a revision takes it up (method §8).

    Parameters
    ----------
    cause
        With the reason, which has to say something.
    reviewer
        The officer that the reviewer is, if any.

    Raises
    ------
    NotIndependent, AlreadyDecided, GroupChanged
        If it may not be; nothing is written then.
    """
    hold_unit(session, unit_id)
    hold_months(session, unit_id, [key.month])
    if not not_ones_own(session, unit_id, reviewer, [key]):
        raise NotIndependent
    ids = session.execute(waiting_in(unit_id, key)).scalars().all()
    if not ids:
        raise AlreadyDecided
    if len(ids) != verdict.seen:
        raise GroupChanged
    review_id = uuid4()
    row = {"id": review_id, "unit_id": unit_id, "month": key.month, "decided_at": cause.at}
    said = {"decided_by": cause.by, "admitted": verdict.admitted, "reason": cause.reason}
    session.execute(insert(ScreeningReview), {**row, **said})
    of_review = {"unit_id": unit_id, "month": key.month, "review_id": review_id}
    session.execute(insert(ReviewedResponse), [{**of_review, "response_id": id_} for id_ in ids])
    facts: dict[str, Scalar] = {
        "month": str(key.month),
        "responses": len(ids),
        "admitted": verdict.admitted,
    }
    act = Act("screening.decided", cause.actor, f"review {review_id}", facts, unit_id)
    record_with_detail(session, act, cause.at, {"reason": cause.reason})
    return review_id


def decided_groups(unit_id: int) -> Select[*tuple[Any, ...]]:
    """Return the statement of what was decided in a unit, by whom, when and why."""
    return (
        select(
            col(ScreeningReview.id),
            col(ScreeningReview.month),
            col(ScreeningReview.decided_at),
            col(ScreeningReview.decided_by),
            col(ScreeningReview.admitted),
            col(ScreeningReview.reason),
            func.min(col(Response.half_hour)).label("half_hour"),
            func.min(col(Response.channel)).label("channel"),
            func.min(col(Desk.name)).label("desk"),
            func.count().label("responses"),
        )
        .join(ReviewedResponse, col(ReviewedResponse.review_id) == col(ScreeningReview.id))
        .join(
            Response,
            (col(Response.unit_id) == col(ReviewedResponse.unit_id))
            & (col(Response.month) == col(ReviewedResponse.month))
            & (col(Response.id) == col(ReviewedResponse.response_id)),
        )
        .outerjoin(Desk, col(Desk.id) == col(Response.desk_id))
        .where(col(ScreeningReview.unit_id) == unit_id)
        .group_by(
            col(ScreeningReview.id),
            col(ScreeningReview.month),
            col(ScreeningReview.decided_at),
            col(ScreeningReview.decided_by),
            col(ScreeningReview.admitted),
            col(ScreeningReview.reason),
        )
    )

"""Released comments as they are listed and opened: where each stands, what was done with it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlmodel import Session, col

from aggregation.access.accounts import names_of
from aggregation.comments.models import Comment, CommentAct, CommentBatch, CommentStep, CommentTag
from aggregation.comments.steps import require_comment
from aggregation.people.officer_names import officer_names
from survey.models import Desk
from survey.month import Month
from survey.questionnaire import Element


class State(StrEnum):
    """Where comments stand, as a list is narrowed to."""

    OPEN = "open"
    UNREAD = "unread"
    CLOSED = "closed"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Wish:
    """Which of a unit's comments are asked for; None asks for all.

    Attributes
    ----------
    desk
        The public key of a desk that batches named.
    """

    state: State = State.OPEN
    element: Element | None = None
    month: Month | None = None
    desk: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A step as it is read: by whom by name, and the officer that praise went to."""

    id: UUID
    act: CommentAct
    at: datetime
    by: str
    text: str
    officer: str


@dataclass(frozen=True, slots=True)
class Opened:
    """One comment with all that is known of it, its steps from the first to the newest.

    Attributes
    ----------
    text
        None where the words were erased.
    masked
        How many stretches of it were masked.
    """

    id: UUID
    text: str | None
    month: Month
    masked: int
    desk: str
    elements: frozenset[Element]
    steps: Sequence[Taken]

    @property
    def seen(self) -> UUID | None:
        """The newest step, which whoever acts next has seen."""
        return self.steps[-1].id if self.steps else None

    @property
    def is_closed(self) -> bool:
        """Whether it waits for nobody."""
        return bool(self.steps) and self.steps[-1].act is CommentAct.CLOSED


def newest_act() -> Any:  # noqa: ANN401 - an expression
    """Return the newest act of a comment in a statement; none before the first."""
    return (
        select(col(CommentStep.act))
        .where(col(CommentStep.comment_id) == col(Comment.id))
        .order_by(col(CommentStep.done_at).desc(), col(CommentStep.id).desc())
        .limit(1)
        .correlate(Comment)
        .scalar_subquery()
    )


def comments_of(unit_id: int, wish: Wish) -> Select[Any]:
    """Return the statement of a unit's comments: `id`, `text`, `month`, `masked`, `desk`, `act`."""
    return (
        select(
            col(Comment.id),
            col(Comment.text),
            col(Comment.month),
            col(Comment.masked),
            col(Desk.name).label("desk"),
            newest_act().label("act"),
        )
        .join(CommentBatch, col(CommentBatch.id) == col(Comment.batch_id))
        .outerjoin(Desk, col(Desk.id) == col(Comment.desk_id))
        .where(col(Comment.unit_id) == unit_id, *_wished(wish))
    )


NEWEST_BATCH = (col(CommentBatch.released_on), col(Comment.batch_id), col(Comment.id))
"""The order of a list: batch by batch, and inside one as its random keys fall."""


def elements_of(session: Session, ids: Collection[UUID]) -> Mapping[UUID, list[Element]]:
    """Return what some comments are about, in the order of the questionnaire."""
    rows = session.execute(
        select(col(CommentTag.comment_id), col(CommentTag.element)).where(
            col(CommentTag.comment_id).in_(ids)
        )
    )
    found: defaultdict[UUID, list[Element]] = defaultdict(list)
    for comment_id, element in rows:
        found[comment_id].append(Element(element))
    order = list(Element)
    return {key: sorted(elements, key=order.index) for key, elements in found.items()}


def open_comment(session: Session, unit_id: int, comment_id: UUID) -> Opened:
    """Return one comment with its history.

    Raises
    ------
    UnknownComment
        If the unit has no such comment.
    """
    comment = require_comment(session, unit_id, comment_id)
    desk = session.get(Desk, comment.desk_id) if comment.desk_id else None
    steps = session.scalars(
        select(CommentStep)
        .where(col(CommentStep.comment_id) == comment_id)
        .order_by(col(CommentStep.done_at), col(CommentStep.id))
    ).all()
    return Opened(
        comment.id,
        comment.text,
        comment.month,
        comment.masked,
        desk.name if desk else "",
        frozenset(elements_of(session, [comment_id]).get(comment_id, [])),
        _told(session, steps),
    )


def months_with_comments(session: Session, unit_id: int) -> list[Month]:
    """Return the months that released comments are of, the newest first."""
    of_unit = select(col(Comment.month)).where(col(Comment.unit_id) == unit_id).distinct()
    return sorted(session.scalars(of_unit), reverse=True)


def named_by_batches(session: Session, unit_id: int) -> list[tuple[str, str]]:
    """Return public key and name of the desks that released comments name."""
    named = select(col(Comment.desk_id)).where(col(Comment.unit_id) == unit_id)
    rows = session.execute(
        select(col(Desk.public_key), col(Desk.name))
        .where(col(Desk.unit_id) == unit_id, col(Desk.id).in_(named))
        .order_by(col(Desk.name), col(Desk.id))
    )
    return [(key, name) for key, name in rows]


def _told(session: Session, steps: Iterable[CommentStep]) -> list[Taken]:
    taken = list(steps)
    people = names_of(session, {step.done_by for step in taken})
    officers = officer_names(session, {s.officer_id for s in taken if s.officer_id is not None})
    return [
        Taken(
            step.id,
            CommentAct(step.act),
            step.done_at,
            people.get(step.done_by, step.done_by),
            step.text,
            officers.get(step.officer_id or 0, ""),
        )
        for step in taken
    ]


def _wished(wish: Wish) -> Iterable[ColumnElement[bool]]:
    act = newest_act()
    if wish.state is State.OPEN:
        yield or_(act.is_(None), act != CommentAct.CLOSED.value)
    elif wish.state is State.UNREAD:
        yield act.is_(None)
    elif wish.state is State.CLOSED:
        yield act == CommentAct.CLOSED.value
    if wish.element is not None:
        tagged = and_(
            col(CommentTag.comment_id) == col(Comment.id),
            col(CommentTag.element) == wish.element.value,
        )
        yield exists().where(tagged)
    if wish.month is not None:
        yield col(Comment.month) == wish.month
    if wish.desk is not None:
        yield col(Desk.public_key) == wish.desk

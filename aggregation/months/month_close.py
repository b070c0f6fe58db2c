"""Closing a month: its figures are written once, and only a revision can follow (method §8)."""

from datetime import datetime
from uuid import uuid4

from sqlmodel import Session, col, select

from aggregation.closings import Closing
from aggregation.method.rule_text import canonical_json
from aggregation.months.draft import METHOD_VERSION, Draft, draft_month
from aggregation.months.figure_rows import write_rows
from aggregation.months.release import release_closed
from aggregation.months.revisions import revisions
from aggregation.rules.rule_book import RuleBook
from aggregation.screening.screen_month import screen_month
from survey.database import hold_month
from survey.log import Act, record
from survey.merkle import Scalar
from survey.models import ClosedMonth, Response
from survey.month import Month
from survey.units import local_today


class MonthNotOver(ValueError):
    """The month has not ended yet in the unit's own time zone."""


class EarlierMonthOpen(ValueError):
    """A month of the window has responses and is not closed; it must be closed first.

    Attributes
    ----------
    month
        The first such month.
    """

    def __init__(self, month: Month) -> None:
        """Carry the month."""
        super().__init__(str(month))
        self.month = month


class LaterMonthClosed(ValueError):
    """A later month is closed and rests on this one staying out; only a revision can add it."""


class AlreadyClosed(Exception):
    """The month is closed; only a revision can change a figure.

    Attributes
    ----------
    closing
        The first closing of the month.
    """

    def __init__(self, closing: Closing) -> None:
        """Carry the closing there is."""
        super().__init__(str(closing.month))
        self.closing = closing


def close_month(
    session: Session,
    unit_id: int,
    month: Month,
    *,
    closed_by: str,
    at: datetime,
    rules: RuleBook,
    actor: str = "cli",
) -> Closing:
    """Check a month and write its figures once.

    Raises
    ------
    MonthNotOver, EarlierMonthOpen, LaterMonthClosed
        If it is not its turn.
    AlreadyClosed
        If it is closed; nothing is written then.
    """
    draft = prepare_close(session, unit_id, month, at=at, rules=rules)
    return write_close(session, draft, closed_by=closed_by, at=at, actor=actor)


def prepare_close(
    session: Session, unit_id: int, month: Month, *, at: datetime, rules: RuleBook
) -> Draft:
    """Return what a close would write now, with the month held until the transaction ends.

    The month is held alone, so no response slips in between the count and the close; the months
    of its window are held too, so none of them closes meanwhile.

    Raises
    ------
    MonthNotOver
        If the month has not ended in the unit's own zone.
    AlreadyClosed
        If it is closed.
    EarlierMonthOpen, LaterMonthClosed
        If months would be closed out of order, which would leave a window wrong for good.
    """
    _check_over(session, unit_id, month, at)
    for each in earlier_months(month, rules):
        hold_month(session.connection(), unit_id, each)
    hold_month(session.connection(), unit_id, month, alone=True)
    screen_month(session, unit_id, month, at)
    return preview_close(session, unit_id, month, at=at, rules=rules)


def preview_close(
    session: Session, unit_id: int, month: Month, *, at: datetime, rules: RuleBook
) -> Draft:
    """Return what a close would write now, and hold nothing: the dry run of a page.

    Raises
    ------
    MonthNotOver, AlreadyClosed, EarlierMonthOpen, LaterMonthClosed
        As `prepare_close` does.
    """
    _check_over(session, unit_id, month, at)
    earlier = earlier_months(month, rules)
    closings = revisions(session, unit_id, since=[*earlier, month][0])
    for closing in closings:
        if closing.month == month:
            raise AlreadyClosed(closing)
    closed = {closing.month for closing in closings}
    if any(each > month for each in closed):
        raise LaterMonthClosed(str(month))
    for each in earlier:
        if each not in closed and has_responses(session, unit_id, each):
            raise EarlierMonthOpen(each)
    return draft_month(session, unit_id, month, rules, at)


def write_close(
    session: Session, draft: Draft, *, closed_by: str, at: datetime, actor: str = "cli"
) -> Closing:
    """Write a prepared month: attribution, counts, scores, rule and method version.

    Parameters
    ----------
    closed_by
        Who closes it, as the closing keeps it: an account's key, or a name from the command line.
    actor
        The same for the log, which holds no names.
    """
    closing = _write_closing(session, draft, closed_by, at)
    write_rows(session, closing.id, draft.unit_id, draft.rows)
    facts: dict[str, Scalar] = {
        "month": str(draft.month),
        "revision": closing.revision,
        "responses": closing.responses,
        "figures": closing.figures_digest.hex(),
    }
    release_closed(session, closing, at)
    record(session, Act("month.closed", actor, f"closing {closing.id}", facts, draft.unit_id), at)
    return closing


def earlier_months(month: Month, rules: RuleBook) -> list[Month]:
    """Return the months that a month's window holds beside itself, the oldest first."""
    return [month.shift(-back) for back in range(rules.window_months - 1, 0, -1)]


def _check_over(session: Session, unit_id: int, month: Month, at: datetime) -> None:
    """Check that a month has ended where the unit is.

    Raises
    ------
    MonthNotOver
        If it has not.
    """
    if Month.of(local_today(session, unit_id, at)) <= month:
        raise MonthNotOver(str(month))


def has_responses(session: Session, unit_id: int, month: Month) -> bool:
    """Say whether anybody rated a unit in a month."""
    found = select(col(Response.id)).where(
        col(Response.unit_id) == unit_id, col(Response.month) == month
    )
    return session.exec(found.limit(1)).first() is not None


def _write_closing(session: Session, draft: Draft, closed_by: str, at: datetime) -> Closing:
    session.add(ClosedMonth(unit_id=draft.unit_id, month=draft.month, closed_at=at))
    session.flush()
    closing = Closing(
        id=uuid4(),
        unit_id=draft.unit_id,
        month=draft.month,
        revision=0,
        closed_at=at,
        closed_by=closed_by,
        rule_version=draft.rule.version,
        rule_document=canonical_json(draft.rule),
        method_version=METHOD_VERSION,
        responses=draft.tally.responses,
        figures_digest=draft.digest(),
        elements=" ".join(draft.codes),
    )
    session.add(closing)
    session.flush()
    return closing

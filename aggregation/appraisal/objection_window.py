"""Until when an officer may object to the figures of a closed month (method §8.3)."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from aggregation.appraisal.dated_facts import dated_facts
from aggregation.appraisal.models import Objection
from aggregation.appraisal.monthly_scores import closing_at, rules_of
from aggregation.closings import Closing, OfficerFigure
from aggregation.months.revisions import revisions
from survey.month import Month
from survey.units import local_today


class NoFigures(LookupError):
    """The closed month says nothing of this officer."""


@dataclass(frozen=True, slots=True)
class ObjectionWindow:
    """An officer's figures of the newest revision, and what may still be said against them.

    Attributes
    ----------
    last_day
        In the unit's own days, counted from the revision that computed the figures.
    days_left
        Days after today until the last one; 0 on the last day, negative afterwards.
    filed
        The objection there is against these very figures.
    """

    closing: Closing
    figure: OfficerFigure
    last_day: date
    days_left: int
    is_open: bool
    filed: Objection | None

    @property
    def may_object(self) -> bool:
        """Whether the officer can file one now."""
        return self.is_open and self.filed is None


def objection_window(
    session: Session, unit_id: int, month: Month, officer_id: int, at: datetime
) -> ObjectionWindow:
    """Return what an officer may object to at a moment, with enough data or without.

    Raises
    ------
    MonthNotClosed
        If the month was not closed by then.
    NoFigures
        If the newest revision has no row for the officer.
    """
    closing = closing_at(session, unit_id, month, at)
    figure = session.exec(
        select(OfficerFigure).where(
            col(OfficerFigure.closing_id) == closing.id,
            col(OfficerFigure.officer_id) == officer_id,
        )
    ).one_or_none()
    if figure is None:
        raise NoFigures
    facts = dated_facts(session, unit_id, month, revisions(session, unit_id, month, month), at)
    days = rules_of(session, closing)[figure.rule_version].objection_days
    last_day = facts.last_day(figure, days)
    return ObjectionWindow(
        closing,
        figure,
        last_day,
        (last_day - local_today(session, unit_id, at)).days,
        facts.is_open(figure, days),
        objection_against(session, closing, figure),
    )


def objection_against(
    session: Session, closing: Closing, figure: OfficerFigure
) -> Objection | None:
    """Return the objection against an officer's figures as a revision has them.

    Figures that a revision took over unchanged are the same figures: they are objected to once.
    """
    return session.exec(
        select(Objection)
        .where(
            col(Objection.unit_id) == closing.unit_id,
            col(Objection.month) == closing.month,
            col(Objection.officer_id) == figure.officer_id,
            col(Objection.revision).between(figure.computed_in, closing.revision),
        )
        .order_by(col(Objection.revision))
    ).first()

"""The report of a unit's period, read: figures from what was released and nothing else (§9)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from aggregation.closings import Closing
from aggregation.improvements.register import RegisterLine, State, register
from aggregation.method.annex_rule import LEAST_FOR_ANNEX
from aggregation.method.cuts import PROFILE_CUTS, UNKNOWN, Cut
from aggregation.method.questionnaire_counts import QuestionnaireCounts
from aggregation.months.counted_sheets import Sheet, SheetsDisagree, counted_sheets, shuffled
from aggregation.months.month_seal import month_seal
from aggregation.months.period import Period
from aggregation.months.released import Released, released
from aggregation.months.released_wholes import released_wholes
from aggregation.months.revisions import revisions
from aggregation.output.letterhead import units_above
from aggregation.output.report.annex_permission import annex_is_allowed
from aggregation.output.report.skm_report import (
    PastPeriod,
    Planned,
    ReportedSeal,
    ReportedUnit,
    Respondents,
    Sample,
    SkmReport,
    groups_of,
)
from aggregation.output.unit_month import unit_month
from aggregation.visits.visit_totals import visits_in
from survey.channel import Channel
from survey.desks import four_answers
from survey.models import Desk, Service, ServiceUnit
from survey.month import Month
from survey.profile import OPTIONS, ProfileField
from survey.questionnaire import ORDERS, Element, ElementOrder
from survey.units import Unit, accent_for
from survey.wording import questions_in

LONGEST_TREND = 8
"""Periods that a trend goes back, this one included; of months it goes back a year."""

_A_YEAR = 12
_UNNAMED = "Tidak diisi"
_UNKNOWN_SERVICE = "Tidak diketahui"


class NotReleased(LookupError):
    """The period has no figures yet.

    Attributes
    ----------
    missing
        The months that are still to be closed; none where all are, and the release is not made.
    """

    def __init__(self, period: Period, missing: Sequence[Month]) -> None:
        """Carry the months."""
        super().__init__(period.name)
        self.period = period
        self.missing = missing


class TooFewQuestionnaires(LookupError):
    """Fewer than ten full questionnaires stand behind the period, or its figures are hidden."""


def skm_report(session: Session, unit: Unit, period: Period, at: datetime) -> SkmReport:
    """Return the report of a unit's period.

    Parameters
    ----------
    at
        The moment at which the follow-up register and the seals are looked at.

    Raises
    ------
    NotReleased
        If a month of the period is not closed.
    TooFewQuestionnaires
        If the period's index is hidden.
    SheetsDisagree
        If the annex would not add up to the figures.
    """
    found = released(session, unit.id, period)
    if found is None:
        raise NotReleased(period, _open_months(session, unit.id, period))
    whole, shown = found.whole, _unit(session, unit)
    trend = _trend(session, unit.id, period)
    earlier = trend[-2].counts if len(trend) > 1 else None
    figures = None if whole is None else unit_month(whole, earlier, ORDERS[shown.order])
    if whole is None or figures is None:
        raise TooFewQuestionnaires(period.name)
    today = unit.day_of(at)
    lines = register(session, unit.id, today)
    return SkmReport(
        unit=shown,
        period=period,
        release_id=found.id,
        release_number=found.number,
        released_on=unit.day_of(found.released_at),
        responses=found.responses,
        channels=[each for each in Channel if each.value in found.cuts.get(Cut.CHANNEL, {})],
        counts=whole,
        figures=figures,
        before=None if figures.before is None else trend[-2].period,
        sample=Sample(whole.n, _visits(session, unit.id, period)),
        respondents=_respondents(session, unit.id, found, whole.n),
        trend=trend,
        plan=[_planned(line) for line in lines if _answers(line, period)],
        earlier_plan=[_planned(line) for line in lines if _answered_before(line, period)],
        sheets=_sheets(session, unit.id, found, whole),
        seals=_seals(session, found, at),
    )


def _open_months(session: Session, unit_id: int, period: Period) -> Sequence[Month]:
    closings = revisions(session, unit_id, period.months[0], period.months[-1])
    closed = {closing.month for closing in closings}
    return [month for month in period.months if month not in closed]


def _unit(session: Session, unit: Unit) -> ReportedUnit:
    row = session.get_one(ServiceUnit, unit.id)
    desks = session.exec(
        select(Desk.name)
        .where(col(Desk.unit_id) == unit.id, col(Desk.active))
        .order_by(col(Desk.code))
    )
    order = ElementOrder(unit.element_order)
    return ReportedUnit(
        id=unit.id,
        code=unit.code,
        name=unit.name,
        above=units_above(session, unit.id),
        accent=accent_for(session.connection(), unit.id),
        order=order,
        desks=list(desks),
        questions=questions_in(order, four_answers(row.biaya_answers)),
    )


def _visits(session: Session, unit_id: int, period: Period) -> int | None:
    """Return how many people were served; a month of which nothing is known leaves it unknown."""
    visits = [visits_in(session, unit_id, month) for month in period.months]
    return sum(visits) if all(visits) else None


def _trend(session: Session, unit_id: int, last: Period) -> Sequence[PastPeriod]:
    """Return periods of one length that end with one, from the first that is released on."""
    periods, reach = [last], _A_YEAR if len(last.months) == 1 else LONGEST_TREND
    while len(periods) < reach and (earlier := periods[-1].before()) is not None:
        periods.append(earlier)
    wholes = released_wholes(session, [unit_id], [each.name for each in periods])
    past = [
        PastPeriod(each, found.counts if (found := wholes.get((unit_id, each.name))) else None)
        for each in periods
    ]
    while len(past) > 1 and past[-1].counts is None:
        past.pop()
    return past[::-1]


def _respondents(
    session: Session, unit_id: int, found: Released, whole: int
) -> Sequence[Respondents]:
    labels = {
        **{cut: {**OPTIONS[ProfileField(cut.value)], UNKNOWN: _UNNAMED} for cut in PROFILE_CUTS},
        Cut.SERVICE: {**_services(session, unit_id), UNKNOWN: _UNKNOWN_SERVICE},
    }
    return [
        Respondents(cut, groups_of(found.cuts[cut], of_cut, whole) if cut in found.cuts else ())
        for cut, of_cut in labels.items()
    ]


def _services(session: Session, unit_id: int) -> Mapping[str, str]:
    services = session.exec(
        select(Service).where(col(Service.unit_id) == unit_id).order_by(col(Service.name))
    )
    return {str(service.id): service.name for service in services}


def _answers(line: RegisterLine, period: Period) -> bool:
    """Say whether an action answers what the period, or a part of it, showed."""
    return line.state is not State.DROPPED and set(line.period.months) <= set(period.months)


def _answered_before(line: RegisterLine, period: Period) -> bool:
    first, last = period.months[0], line.period.months[-1]
    return line.state is not State.DROPPED and first.shift(-_A_YEAR) <= last < first


def _planned(line: RegisterLine) -> Planned:
    return Planned(line.element, line.action, line.quarter, line.responsible, line.state)


def _seals(session: Session, found: Released, at: datetime) -> Sequence[ReportedSeal]:
    """Return the seals of the revisions whose counts were released, the oldest month first."""
    closings = [session.get(Closing, each) for each in found.basis[Cut.WHOLE].values()]
    return [
        ReportedSeal(each.month, each.revision, month_seal(session, each.id, at))
        for each in sorted(filter(None, closings), key=lambda closing: closing.month)
    ]


def _sheets(
    session: Session, unit_id: int, found: Released, whole: QuestionnaireCounts
) -> Sequence[Sheet] | None:
    """Return the ratings of each respondent, which must be those that were released.

    None where they are too few, or would be beside an earlier annex.

    Raises
    ------
    SheetsDisagree
        If they are not.
    """
    if whole.n < LEAST_FOR_ANNEX or not annex_is_allowed(session, unit_id, found):
        return None
    sheets = counted_sheets(session, found.basis[Cut.WHOLE].values())
    counted = QuestionnaireCounts.of(dict(zip(Element, sheet, strict=True)) for sheet in sheets)
    if counted != whole:
        raise SheetsDisagree(found.period.name)
    return shuffled(sheets, str(found.id))  # SkmReport.seed

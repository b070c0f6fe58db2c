"""A unit's released period as its page tells it: all from the one fixed set of cuts (§9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from sqlmodel import Session

from aggregation.method.change import Change
from aggregation.method.cuts import Cut
from aggregation.method.funnel import Funnel, funnel
from aggregation.method.questionnaire_counts import QuestionnaireCounts
from aggregation.method.rounding import half_up
from aggregation.months.period import Period
from aggregation.months.released import Released, released_each
from aggregation.months.released_wholes import released_wholes
from aggregation.output.dashboard.cut_names import channel_names, desk_names, service_names
from aggregation.output.dashboard.cut_parts import channels_part, services_part
from aggregation.output.dashboard.desk_funnel import desks_part
from aggregation.output.dashboard.elements import Names, elements_part, most_felt
from aggregation.output.dashboard.heat_map import heat_part
from aggregation.output.dashboard.marked_events import marked_events
from aggregation.output.dashboard.part import Part
from aggregation.output.dashboard.pieces import Piece, pieces
from aggregation.output.dashboard.priorities import priorities_part, weigh
from aggregation.output.dashboard.tasks import Task, advice, tasks
from aggregation.output.dashboard.trend_part import trend_part
from aggregation.output.period_words import period_name
from aggregation.output.sample_meter import SampleMeter, sample_meter
from aggregation.output.trend import LONGEST_TREND, Trend, trend
from aggregation.output.unit_month import MEAN_DECIMALS, UnitMonth, unit_month
from aggregation.rules.rule_book import rules_in_force
from aggregation.visits.visit_totals import visits_in
from survey.language import Language
from survey.month import Month
from survey.questionnaire import ITEMS, ORDERS, Element, ElementOrder
from survey.units import Unit


@dataclass(frozen=True, slots=True)
class Visits:
    """Visits of a period, as far as they are known.

    Attributes
    ----------
    unknown
        Months of which no visits are known: with any of them there is no meter.
    """

    meter: SampleMeter | None
    unknown: Sequence[Month]


@dataclass(frozen=True, slots=True)
class PeriodPage:
    """What a unit's page says of a released period.

    Attributes
    ----------
    figures
        None if the whole is hidden.
    target
        The target index of the rule in force in the period's last month.
    """

    period: Period
    released: Released
    before: Period | None
    figures: UnitMonth | None
    target: Decimal
    visits: Visits
    advice: str = ""
    tasks: Sequence[Task] = ()
    parts: Mapping[str, Part] = field(default_factory=dict)


def period_page(
    session: Session, unit: Unit, period: Period, language: Language
) -> PeriodPage | None:
    """Return the page of a period; None if it is not released."""
    earlier = period.before()
    found = released_each(session, unit.id, [period, *([earlier] if earlier else [])])
    now = found.get(period.name)
    if now is None:
        return None
    before = found.get(earlier.name) if earlier else None
    return _Builder(session, unit, language, now, before).page()


@dataclass(frozen=True)
class _Builder:
    """The parts of one page, which share what was read."""

    session: Session
    unit: Unit
    language: Language
    now: Released
    before: Released | None

    def page(self) -> PeriodPage:
        whole = self.now.whole
        figures = None if whole is None else self._figures(whole)
        course = self._trend()
        page = PeriodPage(
            period=self.now.period,
            released=self.now,
            before=self.before.period if self.before and figures and figures.before else None,
            figures=figures,
            target=self._target(),
            visits=self._visits(whole.n if whole else None),
            parts=self._course(course),
        )
        return page if whole is None or figures is None else self._whole(page, whole, course)

    def _whole(
        self, page: PeriodPage, whole: QuestionnaireCounts, course: Trend | None
    ) -> PeriodPage:
        """Return the page with what a period with an index says besides."""
        figures = page.figures
        if figures is None:
            return page
        shape, say = funnel(whole.totals), self.language.say
        desks = self._pieces(Cut.DESK, desk_names(self.session, self.unit.id, self.language), shape)
        weighed = weigh(figures.lines, whole, self.now.importance)
        first = [
            say(ITEMS[each.line.element].short).lower() for each in weighed if each.comes_first
        ]
        found = [
            self._elements(figures, page.target),
            *self._cuts(shape, desks),
            priorities_part(weighed, self.language),
        ]
        return replace(
            page,
            advice=advice(figures, first, self.language),
            tasks=tasks(
                figures,
                page.target,
                desks=desks,
                trend=course,
                sample=page.visits.meter,
                language=self.language,
            ),
            parts={**{part.name: part for part in found}, **page.parts},
        )

    def _figures(self, whole: QuestionnaireCounts) -> UnitMonth | None:
        order = ORDERS[ElementOrder(self.unit.element_order)]
        return unit_month(whole, self.before.whole if self.before else None, order)

    def _target(self) -> Decimal:
        """Return the target index of the period's last month, as it stood at the release."""
        last, at = self.now.period.months[-1], self.now.released_at
        return rules_in_force(self.session, self.unit.id, last, at).general.target_index

    def _elements(self, figures: UnitMonth, target: Decimal) -> Part:
        before = self.before.period if self.before else None
        names = Names(
            period_name(self.now.period, self.language),
            period_name(before, self.language) if before else None,
        )
        mean = half_up(Fraction(target) / 25, MEAN_DECIMALS)
        return elements_part(figures, names, mean, self._felt(figures), self.language)

    def _felt(self, figures: UnitMonth) -> dict[Element, str]:
        """Return, of each element that moved, the service where it is most felt."""
        if self.before is None:
            return {}
        now, before = (each.cuts.get(Cut.SERVICE, {}) for each in (self.now, self.before))
        names = service_names(self.session, self.unit.id, self.language)
        found = {
            line.element: most_felt(line.element, line.change, now, before)
            for line in figures.lines
            if line.change in (Change.FALL, Change.RISE)
        }
        return {element: names[cell] for element, cell in found.items() if cell in names}

    def _cuts(self, shape: Funnel, desks: Sequence[Piece]) -> list[Part]:
        """Return the parts of the cuts that are released; one that is withheld has none."""
        cuts, found = self.now.cuts, []
        if Cut.TIME in cuts:
            found.append(heat_part(cuts[Cut.TIME], shape, self.language))
        if Cut.DESK in cuts:
            found.append(desks_part(desks, shape, self.language))
        if Cut.SERVICE in cuts:
            names = service_names(self.session, self.unit.id, self.language)
            found.append(services_part(self._pieces(Cut.SERVICE, names, shape), self.language))
        if Cut.CHANNEL in cuts:
            names = channel_names(self.language)
            found.append(channels_part(self._pieces(Cut.CHANNEL, names, shape), self.language))
        return found

    def _pieces(self, cut: Cut, names: Mapping[str, str], shape: Funnel) -> list[Piece]:
        return pieces(self.now.cuts.get(cut, {}), names, shape)

    def _trend(self) -> Trend | None:
        last = self.now.period.months[-1]
        months = [last.shift(-back) for back in range(LONGEST_TREND)]
        found = released_wholes(self.session, [self.unit.id], [str(month) for month in months])
        totals = {
            Month.parse(name): whole.counts.totals if whole.counts else {}
            for (_, name), whole in found.items()
        }
        return trend(totals, last)

    def _course(self, course: Trend | None) -> dict[str, Part]:
        if course is None:
            return {}
        first, last = course.points[0].month, course.points[-1].month
        marks = marked_events(self.session, self.unit, first, last)
        return {"tren": trend_part(course, marks, self.language)}

    def _visits(self, questionnaires: int | None) -> Visits:
        by_month = {
            month: visits_in(self.session, self.unit.id, month) for month in self.now.period.months
        }
        unknown = [month for month, visits in by_month.items() if not visits]
        if unknown or questionnaires is None:
            return Visits(None, unknown)
        meter = sample_meter(sum(by_month.values()), questionnaires, self.now.responses)
        return Visits(meter, ())

"""Which units a rule reaches: its own and those below, unless a nearer unit has decided itself."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from aggregation.models import Assignment
from aggregation.rules.models import RuleDecision, ScoringRule
from aggregation.rules.rule_book import EVERYBODY
from survey.models import ServiceUnit
from survey.month import Month, local_day, time_zone


def hold_rules(session: Session) -> None:
    """Let nobody else draft or decide a rule until the transaction ends.

    Versions are unique in the installation and a rule reaches a whole branch, so one lock stands
    for all rules: the installation's first unit.
    """
    first = select(col(ServiceUnit.id)).order_by(col(ServiceUnit.id)).limit(1)
    session.exec(first.with_for_update(key_share=True)).first()


def running_month(unit: ServiceUnit, at: datetime) -> Month:
    """Return the month that runs in a unit, in its own time zone."""
    return Month.of(local_day(at, time_zone(unit.time_zone)))


def units_reached(
    session: Session, unit_id: int, job_group: str, month: Month
) -> list[ServiceUnit]:
    """Return the units in which a rule of a unit and group would hold in a month, its own first."""
    units = {unit.id or 0: unit for unit in session.exec(select(ServiceUnit))}
    decided = _decide_themselves(session, job_group, month) - {unit_id}
    reached = [unit_id]
    for each in sorted(units):
        way = list(_way_up(units, each, unit_id))
        if each != unit_id and way and decided.isdisjoint(way):
            reached.append(each)
    return [units[each] for each in reached]


def line_above(session: Session, unit_id: int) -> list[int]:
    """Return a unit and those above it, the nearest first: whose rules may hold in it."""
    parents = {unit.id or 0: unit.parent_id for unit in session.exec(select(ServiceUnit))}
    line: list[int] = []
    at: int | None = unit_id
    while at is not None and at not in line:
        line.append(at)
        at = parents.get(at)
    return line


def groups_below(session: Session, unit_id: int) -> list[str]:
    """Return the groups of jobs of a unit and all below it, those of people to come included."""
    units = {unit.id or 0: unit for unit in session.exec(select(ServiceUnit))}
    branch = [each for each in units if list(_way_up(units, each, unit_id))]
    found = session.exec(
        select(col(Assignment.job_group))
        .where(col(Assignment.unit_id).in_(branch), col(Assignment.job_group) != EVERYBODY)
        .distinct()
    )
    return sorted(found.all())


def _decide_themselves(session: Session, job_group: str, month: Month) -> set[int]:
    """Return the units that have a rule of their own, for everybody or for the group."""
    own = (
        select(col(ScoringRule.unit_id))
        .join(RuleDecision, col(RuleDecision.rule_id) == col(ScoringRule.id))
        .where(
            col(RuleDecision.approved),
            col(ScoringRule.effective_from) <= month,
            col(ScoringRule.job_group).in_({EVERYBODY, job_group}),
        )
    )
    return set(session.exec(own).all())


def _way_up(units: Mapping[int, ServiceUnit], unit_id: int, top: int) -> Iterator[int]:
    """Yield the units from one up to another, both included; nothing if it is not below it."""
    way: list[int] = []
    at: int | None = unit_id
    while at is not None and at not in way:
        way.append(at)
        if at == top:
            yield from way
        at = units[at].parent_id

"""A silent tablet: its desk serves, and it has not told of itself for a while (method §8.1)."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.alerts.models import AlertKind
from aggregation.alerts.notices import Facts, Notice, Sight
from aggregation.method.tablet_health import SILENT_AFTER, Sign
from aggregation.tablets.fleet_health import JudgedTablet, judged_fleet
from aggregation.tablets.serving_desks import serving_since
from survey.models import Desk, ServiceUnit
from survey.month import time_zone
from survey.opening_hours import read_hours

MAILED_AFTER = timedelta(hours=1)
"""Silence in opening hours after which somebody is written to at once."""


def silences(session: Session, unit: ServiceUnit, at: datetime) -> Sight:
    """Notice the tablets that are silent while their desks serve.

    Of one that is out of touch while its desk rests nothing can be said: an alert about it lasts
    until the tablet is back, not until the office closes.
    """
    unit_id = unit.id or 0
    judged = [
        each
        for each in judged_fleet(session, unit_id, time_zone(unit.time_zone), at)
        if not each.ended
    ]
    silent = [each for each in judged if Sign.SILENT in each.signs]
    away = [each for each in judged if each not in silent and at - each.in_touch_at > SILENT_AFTER]
    in_use = _in_use(session, {each.state.desk_id for each in away})
    return Sight(
        tuple(_notice(each) for each in silent),
        frozenset(str(each.state.id) for each in away if each.state.desk_id in in_use),
    )


def long_silent(
    session: Session, unit: ServiceUnit, notices: Iterable[Notice], at: datetime
) -> list[Notice]:
    """Return the silences that last longer than an opening hour, in the desk's present stretch."""
    silent = [each for each in notices if each.kind is AlertKind.TABLET]
    desks = {int(each.facts["desk_id"]) for each in silent}
    since = serving_since(
        session,
        unit.id or 0,
        desks,
        hours=read_hours(unit.opening_hours),
        zone=time_zone(unit.time_zone),
        now=at,
    )
    return [
        each
        for each in silent
        if (serving := since.get(int(each.facts["desk_id"])))
        and at - max(serving, datetime.fromisoformat(str(each.facts["since"]))) > MAILED_AFTER
    ]


def _notice(tablet: JudgedTablet) -> Notice:
    facts: Facts = {
        "desk": tablet.state.desk_name,
        "desk_id": tablet.state.desk_id,
        "since": tablet.in_touch_at.isoformat(timespec="minutes"),
    }
    return Notice(AlertKind.TABLET, str(tablet.state.id), facts)


def _in_use(session: Session, desk_ids: set[int]) -> set[int]:
    found = select(col(Desk.id)).where(col(Desk.id).in_(desk_ids), col(Desk.active))
    return set(session.execute(found).scalars()) if desk_ids else set()

"""Looking round a unit: what is new is raised, what is over ends, what lasts is left alone."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from sqlmodel import Session, col, select

from aggregation.alerts.broken_record import broken_record
from aggregation.alerts.drop import drops
from aggregation.alerts.due_actions import due_actions
from aggregation.alerts.models import Alert, AlertKind
from aggregation.alerts.notices import Detector, Key, Notice, Sight
from aggregation.alerts.raising import end_alert, newest_of, raise_alert
from aggregation.alerts.silence import silences
from aggregation.alerts.waiting import unread, unreviewed
from aggregation.changes.batch import hold_unit
from survey.models import ServiceUnit
from survey.month import local_day, time_zone

Detectors = Mapping[AlertKind, Detector]

DETECTORS: Detectors = MappingProxyType(
    {
        AlertKind.DROP: drops,
        AlertKind.TABLET: silences,
        AlertKind.IMPROVEMENT: due_actions,
        AlertKind.QUARANTINE: unreviewed,
        AlertKind.COMMENT: unread,
        AlertKind.VERIFY: broken_record,
    }
)
"""What a night looks for."""

BY_DAY: Detectors = MappingProxyType({AlertKind.TABLET: silences})
"""What the rounds of the day look for."""

Seen = Mapping[AlertKind, Sight]


@dataclass(frozen=True, slots=True)
class Changed:
    """What a look round did.

    Attributes
    ----------
    raised
        New alerts.
    resumed, ended
        How many began again on the day on which they had been raised, and how many are over.
    """

    raised: tuple[UUID, ...] = ()
    resumed: int = 0
    ended: int = 0


def look(
    session: Session, unit: ServiceUnit, at: datetime, detectors: Detectors = DETECTORS
) -> Seen:
    """Return what detectors see of a unit; nothing is written."""
    return {kind: detector(session, unit, at) for kind, detector in detectors.items()}


def is_settled(session: Session, unit: ServiceUnit, seen: Seen) -> bool:
    """Say whether the alerts that are open say what was seen, so that there is nothing to write."""
    standing = _open(session, unit, seen)
    notices = _notices(seen)
    return not _over(standing, seen) and all(
        key in standing and json.loads(standing[key].facts) == dict(notice.facts)
        for key, notice in notices.items()
    )


def settle(session: Session, unit: ServiceUnit, seen: Seen, at: datetime) -> Changed:
    """Raise what was seen and is not open, and end what is open and was not seen.

    What was raised today already and ended since begins again as what it was: it is in the inbox,
    and nobody is told of it a second time.
    """
    unit_id = unit.id or 0
    hold_unit(session, unit_id)
    standing = _open(session, unit, seen)
    ended = sum(end_alert(session, unit_id, key, at) for key in _over(standing, seen))
    raised, resumed = [], 0
    for key, notice in _notices(seen).items():
        if key in standing:
            standing[key].facts = notice.stored
        elif _resume(session, unit, notice, at):
            resumed += 1
        elif made := raise_alert(session, unit_id, notice, at):
            raised.append(made)
    session.flush()
    return Changed(tuple(raised), resumed, ended)


def _open(session: Session, unit: ServiceUnit, seen: Seen) -> dict[Key, Alert]:
    found = session.exec(
        select(Alert)
        .where(
            Alert.unit_id == unit.id,
            col(Alert.kind).in_(list(seen)),
            col(Alert.ended_at).is_(None),
        )
        .execution_options(populate_existing=True)
    )
    return {(AlertKind(alert.kind), alert.subject): alert for alert in found}


def _notices(seen: Seen) -> dict[Key, Notice]:
    return {notice.key: notice for sight in seen.values() for notice in sight.notices}


def _over(standing: Mapping[Key, Alert], seen: Seen) -> list[Key]:
    last = _notices(seen)
    return [
        (kind, subject)
        for kind, subject in standing
        if (kind, subject) not in last and subject not in seen[kind].undecided
    ]


def _resume(session: Session, unit: ServiceUnit, notice: Notice, at: datetime) -> bool:
    zone = time_zone(unit.time_zone)
    before = newest_of(session, unit.id or 0, notice.key)
    if before is None or local_day(before.raised_at, zone) < local_day(at, zone):
        return False
    before.ended_at, before.facts = None, notice.stored
    session.flush()
    return True

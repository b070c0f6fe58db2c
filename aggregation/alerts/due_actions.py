"""Actions of the follow-up register that are due soon, or late."""

from datetime import datetime

from sqlmodel import Session

from aggregation.alerts.models import AlertKind
from aggregation.alerts.notices import Notice, Sight
from aggregation.improvements.readings import due_improvements
from survey.models import ServiceUnit
from survey.month import local_day, time_zone


def due_actions(session: Session, unit: ServiceUnit, at: datetime) -> Sight:
    """Notice the actions that are due within a fortnight, and those that are late."""
    today = local_day(at, time_zone(unit.time_zone))
    return Sight(
        tuple(
            Notice(
                AlertKind.IMPROVEMENT,
                f"{line.number} {'late' if line.due_on < today else 'due'}",
                {
                    "number": line.number,
                    "due_on": line.due_on.isoformat(),
                    "late": int(line.due_on < today),
                },
            )
            for line in due_improvements(session, unit.id or 0, today)
        )
    )

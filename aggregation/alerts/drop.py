"""A drop: the newest released month lies below what the months before it let expect (§3)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session

from aggregation.alerts.models import AlertKind
from aggregation.alerts.notices import Facts, Notice, Sight
from aggregation.method.change import Change, Estimate, change_of
from aggregation.method.trend_limits import trend_limits
from aggregation.months.period import Period
from aggregation.months.released import released_each, released_periods
from aggregation.output.trend import LONGEST_TREND
from aggregation.output.unit_month import Standing, standing
from survey.models import ServiceUnit
from survey.month import Month


def drops(session: Session, unit: ServiceUnit, at: datetime) -> Sight:
    """Notice that the newest released month's index dropped beyond limits, or beyond chance."""
    _ = at  # what is released does not depend on when one looks
    unit_id = unit.id or 0
    months = [
        period.months[0] for period in released_periods(session, unit_id) if len(period.months) == 1
    ]
    if not months:
        return Sight()
    newest = max(months)
    series = [newest.shift(-back) for back in range(LONGEST_TREND)][::-1]
    found = released_each(session, unit_id, [Period.parse(str(month)) for month in series])
    standings = [
        None if each is None or each.whole is None else standing(each.whole)
        for each in (found.get(str(month)) for month in series)
    ]
    facts = _facts(newest, standings)
    return Sight() if facts is None else Sight((Notice(AlertKind.DROP, str(newest), facts),))


def _facts(newest: Month, standings: Sequence[Standing | None]) -> Facts | None:
    *earlier, now = standings
    if now is None:
        return None
    index = now.index.index
    told = {"month": str(newest), "index": str(index)}
    limits = trend_limits(
        _without_lead([None if each is None else each.index.index for each in earlier])
    )
    if limits is not None and index < limits.low:
        return {**told, "low": str(limits.low)}
    before = earlier[-1]
    if before is None or change_of(_estimate(before), _estimate(now)) is not Change.FALL:
        return None
    return {**told, "before": str(before.index.index)}


def _without_lead(indices: Sequence[Decimal | None]) -> Sequence[Decimal | None]:
    """Leave out the months before the first one with an index."""
    first = next((place for place, each in enumerate(indices) if each is not None), len(indices))
    return indices[first:]


def _estimate(found: Standing) -> Estimate:
    return Estimate(found.index.index, found.interval)

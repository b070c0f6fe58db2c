"""What the record says of itself to monitoring: the newest check, the newest sealed day."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import func, select
from sqlmodel import Session, col

from survey.seal_models import Seal, SealKind
from survey.verification import last_check


def record_figures(session: Session) -> Iterator[Metric]:
    """Give what the public site may read too."""
    last = last_check(session.connection())
    at = GaugeMetricFamily(
        "nilai_verify_finished_timestamp_seconds", "When the record was checked last."
    )
    found = GaugeMetricFamily("nilai_verify_differences", "What that check found.")
    if last is not None:
        at.add_metric([], last.finished_at.timestamp())
        found.add_metric([], last.differences)
    sealed = GaugeMetricFamily(
        "nilai_sealed_day_timestamp_seconds", "The beginning, in UTC, of the newest sealed day."
    )
    days = select(func.max(col(Seal.subject))).where(col(Seal.kind) == SealKind.DAY)
    newest = session.execute(days).scalar_one()
    if newest is not None:
        begins = datetime.combine(date.fromisoformat(newest), datetime.min.time(), UTC)
        sealed.add_metric([], begins.timestamp())
    yield from (at, found, sealed)

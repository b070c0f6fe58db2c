"""What the staff's side tells monitoring: how many alerts are open, and how many mails wait."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import func, select
from sqlmodel import Session, col

from aggregation.alerts.models import Alert, AlertKind, AlertMail


def staff_figures(session: Session) -> Iterator[Metric]:
    """Give counts over the whole installation; whom and what they are about is in the inbox."""
    is_open = col(Alert.ended_at).is_(None)
    by_kind = (
        select(col(Alert.kind), func.count().label("open")).where(is_open).group_by(col(Alert.kind))
    )
    counts: dict[str, int] = {row.kind: row.open for row in session.execute(by_kind)}
    alerts = GaugeMetricFamily("nilai_alerts_open", "Open alerts.", labels=["kind"])
    for kind in AlertKind:
        alerts.add_metric([kind.value], counts.get(kind.value, 0))
    yield alerts
    refused = (
        select(func.count())
        .select_from(AlertMail)
        .join(Alert, col(Alert.id) == col(AlertMail.alert_id))
        .where(is_open, col(AlertMail.refused))
    )
    yield GaugeMetricFamily(
        "nilai_mails_waiting",
        "Mails of open alerts that the server did not take.",
        value=session.execute(refused).scalar_one(),
    )

"""The figures of an installation as monitoring reads them (docs/watching.md).

What a citizen's visit moves is told in steps of ten, as live figures are (method §9): whoever reads
it every few seconds must not learn at which moment a small office was rated. Failures are exact,
because nothing was recorded then.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from deploy.done_marks import BACKUP, NIGHT, mark_of
from survey.database import reading
from survey.health import SchemaCheck
from survey.meter import (
    DATABASE_ERRORS,
    FOLLOWUPS,
    QUARANTINED,
    RATINGS,
    REQUESTS,
    STEPS,
    SUM,
    TABLET_ITEMS,
    TOOK,
    WAITED,
    Key,
    meter_of,
)
from survey.request_counts import PUBLIC
from survey.settings import Settings

STEP_OF_RELEASE = 10
"""Fewer visits than this move no figure (method §9)."""

Counts = Mapping[Key, int]
Gauges = Callable[[Session], Iterable[Metric]]
_FAILED = frozenset({"5xx", "503"})
_MICROSECONDS = 1_000_000
_COUNTERS = (
    (RATINGS, "nilai_ratings", "Ratings that citizens sent, by what became of them.", "result"),
    (FOLLOWUPS, "nilai_followups", "What citizens added to a rating.", "result"),
    (TABLET_ITEMS, "nilai_tablet_items", "What tablets sent.", "result"),
    (QUARANTINED, "nilai_quarantined", "Why responses were set aside for a reviewer.", "reason"),
    (DATABASE_ERRORS, "nilai_database_errors", "Requests a database let down.", "error"),
)


@dataclass(frozen=True, slots=True)
class Figures(Collector):
    """Collects all that an installation tells of itself.

    Attributes
    ----------
    gauges
        What this service may read from the database.
    """

    settings: Settings
    engine: Engine
    is_current: SchemaCheck
    gauges: Sequence[Gauges]

    def describe(self) -> Iterable[Metric]:
        """Name nothing beforehand: figures are collected when somebody wants them."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Give counts, marks and what the database says now."""
        said = {"version": version("nilai-loket")}
        info = GaugeMetricFamily("nilai_info", "What runs here.", labels=list(said))
        info.add_metric(list(said.values()), 1)
        yield info
        yield from counted(meter_of(self.engine).counts())
        yield from self._marks()
        yield from self._stored()

    def _marks(self) -> Iterator[Metric]:
        at = GaugeMetricFamily(
            "nilai_step_finished_timestamp_seconds", "When it ended well last.", labels=["step"]
        )
        took = GaugeMetricFamily("nilai_step_seconds", "How long it took then.", labels=["step"])
        folder = self.settings.marks_folder
        for step in (*NIGHT, BACKUP) if folder else ():
            if folder and (mark := mark_of(folder, step)):
                at.add_metric([step], mark.at)
                took.add_metric([step], mark.seconds)
        yield from (at, took)

    def _stored(self) -> Iterator[Metric]:
        try:
            with reading(self.engine) as session:
                current = self.is_current(session.connection())
                found = [each for read in self.gauges for each in read(session)] if current else []
        except SQLAlchemyError:
            yield GaugeMetricFamily("nilai_database_up", "Whether the database answers.", value=0)
            return
        yield GaugeMetricFamily("nilai_database_up", "Whether the database answers.", value=1)
        yield GaugeMetricFamily(
            "nilai_schema_current", "Whether its schema is the newest.", value=float(current)
        )
        yield from found


def counted(counts: Counts) -> Iterator[Metric]:
    """Give what a meter holds."""
    requests = CounterMetricFamily(
        "nilai_requests",
        "Requests by site, page and answer.",
        labels=["site", "endpoint", "status"],
    )
    for (what, *labels), count in counts.items():
        if what == REQUESTS and (told := _told(count, labels)):
            requests.add_metric(labels, told)
    yield requests
    yield _durations(counts)
    for what, name, says, label in _COUNTERS:
        counter = CounterMetricFamily(name, says, labels=[label])
        exact = what == DATABASE_ERRORS
        for key, count in counts.items():
            if key[0] == what:
                counter.add_metric([key[1]], count if exact else in_steps(count))
        yield counter
    waited = HistogramMetricFamily(
        "nilai_write_wait_seconds", "How long writers waited for their turn."
    )
    waited.add_metric([], *_steps(counts, (WAITED,), public=True))
    yield waited


def in_steps(count: int) -> int:
    """Return a count of visits as it may be told at any moment.

    Examples
    --------
    >>> in_steps(9), in_steps(10), in_steps(29)
    (0, 10, 20)
    """
    return count - count % STEP_OF_RELEASE


def _told(count: int, labels: Sequence[str]) -> int:
    site, _, status = labels
    return in_steps(count) if site == PUBLIC and status not in _FAILED else count


def _durations(counts: Counts) -> Metric:
    took = HistogramMetricFamily(
        "nilai_request_seconds", "Seconds until an answer began.", labels=["site", "endpoint"]
    )
    for what, *labels in counts:
        if what == TOOK and labels[-1] == SUM:
            page = (labels[0], labels[1])
            steps, total = _steps(counts, (TOOK, *page), public=page[0] == PUBLIC)
            if steps[-1][1]:
                took.add_metric(list(page), steps, total)
    return took


def _steps(counts: Counts, key: Key, *, public: bool) -> tuple[list[tuple[str, float]], float]:
    """Return a histogram's steps, each with all below it, and its sum in whole seconds."""
    below, steps = 0, list[tuple[str, float]]()
    for step in STEPS:
        count = counts.get((*key, step), 0)
        below += in_steps(count) if public else count
        steps.append((step, float(below)))
    microseconds = counts.get((*key, SUM), 0)
    return steps, float(microseconds // _MICROSECONDS)

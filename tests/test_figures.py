"""Figures for monitoring: true, of all workers, on this machine alone, and of nobody."""

import json
import re
import signal
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen
from uuid import uuid4

import pytest
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import CollectorRegistry
from sqlalchemy import Engine

from aggregation.alerts.models import Alert, AlertKind
from deploy.done_marks import BACKUP, NIGHT, marked
from deploy.figures import Figures, counted
from deploy.record_figures import record_figures
from deploy.staff_figures import staff_figures
from survey.database import writing
from survey.meter import BORDERS, KEYS, Meter, keys_of_requests, meter_of
from survey.seal_models import Verification
from survey.settings import HOME, WrongSettings
from tests.durability.offices import Office, office_on
from tests.durability.running import RunningSite, free_port
from tests.factories import make_unit, settings
from tests.test_watch import until

LABELS = {
    "version",
    "site",
    "endpoint",
    "status",
    "le",
    "result",
    "reason",
    "error",
    "step",
    "kind",
}
NAMED = re.compile(r"\bnilai_[a-z_]+\b")
Samples = Mapping[str, float]


def samples(text: str) -> Samples:
    """Return what a text of figures says, by name and labels as they stand there."""
    found = [each for family in text_string_to_metric_families(text) for each in family.samples]
    return {
        f"{each.name}{json.dumps(each.labels, sort_keys=True) if each.labels else ''}": each.value
        for each in found
    }


def names(text: str) -> set[str]:
    """Return the names of all figures of a text, those without a value too."""
    declared = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE ")}
    histograms = {line.split()[2] for line in text.splitlines() if line.endswith(" histogram")}
    parts = {f"{each}_{part}" for each in histograms for part in ("bucket", "count", "sum")}
    return declared | parts


def told(engine: Engine, folder: Path | None = None, *, current: bool = True) -> str:
    given = settings(**({"NILAI_MARKS_FOLDER": str(folder)} if folder else {}))
    registry = CollectorRegistry()
    registry.register(Figures(given, engine, lambda _: current, (record_figures, staff_figures)))
    return generate_latest(registry).decode()


def exactly(meter: Meter) -> str:
    return repr(sorted(meter.counts().items()))


def shown(meter: Meter) -> str:
    return repr([each.samples for each in counted(meter.counts())])


def a_visit(meter: Meter) -> None:
    """Count what one citizen's tap counts."""
    meter.add("requests", "public", "pages.rate", "2xx")
    meter.add_time("took", "public", "pages.rate", seconds=0.05)
    meter.add_time("waited", seconds=0.001)
    meter.add("ratings", "recorded")
    meter.add("quarantined", "burst")
    meter.add("tablet_items", "recorded")
    meter.add("followups", "recorded")


def test_nine_visits_move_no_figure_and_the_tenth_does() -> None:
    meter = Meter()
    for key in (*keys_of_requests("public", ["pages.rate"]), *KEYS):
        meter.add(*key, much=0)
    nothing, none = shown(meter), exactly(meter)
    for _ in range(9):
        a_visit(meter)
        assert shown(meter) == nothing
        assert exactly(meter) != none  # exact counts would tell of each of them
    a_visit(meter)
    assert shown(meter) != nothing


def test_failures_and_the_staffs_requests_are_exact() -> None:
    meter = Meter()
    meter.add("requests", "public", "pages.rate", "5xx")
    meter.add("requests", "public", "pages.rate", "503", much=3)
    meter.add("requests", "staff", "dashboard.unit", "2xx", much=7)
    requests = next(each for each in counted(meter.counts()) if each.name == "nilai_requests")
    assert sorted(each.value for each in requests.samples) == [1, 3, 7]


def test_a_histogram_counts_upwards_and_ends_with_all() -> None:
    meter = Meter()
    for seconds in (*BORDERS, 60):
        meter.add_time("took", "staff", "a", seconds=seconds)
    took = next(each for each in counted(meter.counts()) if each.name == "nilai_request_seconds")
    assert [each.value for each in took.samples if "_bucket" in each.name] == [1, 2, 3, 4, 5, 6]
    assert {e.name: e.value for e in took.samples if "_bucket" not in e.name} == {
        "nilai_request_seconds_count": 6, "nilai_request_seconds_sum": 74,
    }  # fmt: skip


def test_what_the_database_says_is_told(sqlite_engine: Engine, tmp_path: Path) -> None:
    at = datetime(2026, 11, 2, 3, tzinfo=UTC)
    with writing(sqlite_engine) as session:
        unit = make_unit(session)
        session.add(Verification(id=uuid4(), finished_at=at, rows=3, differences=2, findings="[]"))
        for subject in ("a", "b"):
            kind = AlertKind.TABLET.value
            session.add(Alert(id=uuid4(), unit_id=unit, kind=kind, subject=subject, raised_at=at))
    with marked(tmp_path, BACKUP):
        pass
    said = samples(told(sqlite_engine, tmp_path))
    assert said["nilai_verify_differences"] == 2
    assert said["nilai_verify_finished_timestamp_seconds"] == at.timestamp()
    assert said['nilai_alerts_open{"kind": "tablet"}'] == 2
    assert said['nilai_step_finished_timestamp_seconds{"step": "backup"}'] > 0
    assert (said["nilai_database_up"], said["nilai_schema_current"]) == (1, 1)


def test_an_old_schema_and_a_silent_database_are_told(sqlite_engine: Engine) -> None:
    assert samples(told(sqlite_engine, current=False))["nilai_schema_current"] == 0
    with writing(sqlite_engine) as session:
        session.connection().exec_driver_sql("ALTER TABLE alert RENAME TO gone")
    said = samples(told(sqlite_engine))
    assert said["nilai_database_up"] == 0
    assert "nilai_schema_current" not in said


def test_labels_are_names_of_the_programs_own(sqlite_engine: Engine, tmp_path: Path) -> None:
    meter = meter_of(sqlite_engine)
    for _ in range(10):
        a_visit(meter)
    meter.add("database_errors", "busy")
    for step in NIGHT:
        with marked(tmp_path, step):
            pass
    text = told(sqlite_engine, tmp_path)
    found = [each for family in text_string_to_metric_families(text) for each in family.samples]
    assert {label for each in found for label in each.labels} <= LABELS
    assert LABELS - {label for each in found for label in each.labels} == set()


@pytest.mark.parametrize(
    "file", ["prometheus/alerts.yml", "prometheus/alerts_test.yml", "grafana/nilai.json"]
)
def test_rules_and_board_ask_for_figures_that_there_are(file: str, sqlite_engine: Engine) -> None:
    there = names(told(sqlite_engine))
    counters = {f"{name}_total" for name in there} | there
    asked = set(NAMED.findall((HOME / "deploy" / file).read_text()))
    assert asked
    assert asked - counters == set()
    assert {"nilai_gone"} - counters  # a name that nothing tells is noticed


def test_the_page_explains_every_figure_and_every_alert(sqlite_engine: Engine) -> None:
    page = (HOME / "docs" / "watching.md").read_text()
    rules = (HOME / "deploy" / "prometheus" / "alerts.yml").read_text()
    declared = re.findall(r"# TYPE (\w+)", told(sqlite_engine))
    assert declared
    assert [name for name in declared if f"`{name}`" not in page] == []
    alerts = re.findall(r"- alert: (\w+)", rules)
    lines = [line for line in page.splitlines() if line.startswith("| Nilai")]
    assert [name for name in alerts if not any(name in line for line in lines)] == []
    tried = (HOME / "deploy" / "prometheus" / "alerts_test.yml").read_text()
    assert [name for name in alerts if f"alertname: {name}\n" not in tried] == []
    explained = set(re.findall(r"\bNilai[A-Z]\w+", page)) - {"NilaiLoket"}
    assert explained == set(alerts)


def test_the_board_can_be_read_by_grafana() -> None:
    board = json.loads((HOME / "deploy" / "grafana" / "nilai.json").read_text())
    ids = [panel["id"] for panel in board["panels"]]
    assert len(ids) == len(set(ids)) > 10
    assert all(panel["targets"][0]["expr"] and panel["title"] for panel in board["panels"])


@pytest.mark.parametrize(
    "address",
    ["0.0.0.0:9187", "192.0.2.1:9187", "9187", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:99999",
     "localhost:9187", "nilai.example:9187", "", "[::]:9187", "127.0.0.1:9187/metrics",
     "me@127.0.0.1:9187"],
)  # fmt: skip
def test_figures_are_for_this_machine_alone(address: str) -> None:
    with pytest.raises(WrongSettings, match="NILAI_METRICS"):
        settings(NILAI_METRICS=address)


def test_addresses_of_the_machine_itself_are_taken() -> None:
    assert settings(NILAI_METRICS="127.0.0.1:9187").metrics == ("127.0.0.1", 9187)
    assert settings(NILAI_METRICS="[::1]:9187").metrics == ("::1", 9187)
    assert settings().metrics is None


def test_marks_lie_in_a_whole_path() -> None:
    with pytest.raises(WrongSettings, match="NILAI_MARKS_FOLDER"):
        settings(NILAI_MARKS_FOLDER="marks")


# --- the real thing


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with office_on(f"sqlite:///{tmp_path}/nilai.db") as made:
        yield made


def asked(port: int) -> Samples:
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
        return samples(answer.read().decode())


def test_all_workers_count_as_one_and_none_takes_its_counts_along(office: Office) -> None:
    port = free_port()
    environment = office.environment | {
        "NILAI_METRICS": f"127.0.0.1:{port}",
        "GUNICORN_CMD_ARGS": "--workers 2",
    }
    with RunningSite(environment) as site:

        def count() -> float:
            return asked(port)['nilai_ratings_total{"result": "recorded"}']

        office.crowd(site, 30).tap(4, lambda: None, 30)
        assert until(lambda: _answers(port), 60)
        assert count() >= 30
        site.kill_a_worker()  # one of the two has the port; in the end the other, or a new one
        site.kill_a_worker()
        assert until(lambda: _answers(port), 60)
        assert count() >= 30
        with pytest.raises(HTTPError, match="404"):
            urlopen(f"http://127.0.0.1:{site.port}/metrics", timeout=60)
        site.process.send_signal(signal.SIGTERM)
        assert site.process.wait(60) == 0


def _answers(port: int) -> bool:
    try:
        return bool(asked(port))
    except OSError:
        return False

"""Closing one month of a million responses against one GROUP BY on the same keys."""

import statistics
from collections.abc import Callable, Iterator

from sqlalchemy import Engine, delete, func, insert, select, text
from sqlmodel import Session

from aggregation.closings import Closing, ElementTally, FrozenDuty, OfficerFigure, Tally, TotalTally
from aggregation.duties.recorded_duties import duties_of
from aggregation.duties.roster import who_served
from aggregation.method.rule import DEFAULT_RULE
from aggregation.months.month_close import close_month
from aggregation.months.sweep import DESK_HALF_HOUR, with_followup_and_officer
from aggregation.rules.rule_book import only
from deploy.migrate import upgrade
from survey.database import open_engine, reading, writing
from survey.models import ClosedMonth, Followup, Response, table_of
from survey.questionnaire import Element
from tests.bench.busy_month import AFTER, SEPTEMBER, load, set_up
from tests.bench.costs import Cost, clock, postgresql_server, sqlite_file
from tests.tampering import tampering

RESPONSES = 1_000_000
ROUNDS = 3
_FIGURES = (OfficerFigure, TotalTally, ElementTally, Tally, FrozenDuty, Closing, ClosedMonth)
_OFFICER_ELEMENTS = ("perilaku", "kompetensi", "waktu")
_NINE = tuple(element.lower() for element in Element)


def run(responses: int = RESPONSES) -> list[str]:
    """Measure on both engines and return the lines to print."""
    lines: list[str] = []
    for name, database in (("SQLite", sqlite_file), ("PostgreSQL", postgresql_server)):
        with database() as (url, server_cpu):
            upgrade(url)
            engine = open_engine(url)
            unit_id = set_up(engine)
            load(engine, unit_id, responses)
            lines += [f"{name}: {line}" for line in _measured(engine, unit_id, server_cpu)]
            engine.dispose()
    return lines


def _measured(engine: Engine, unit_id: int, server_cpu: Callable[[], float]) -> Iterator[str]:
    """Close and group in turn; the medians of the rounds, and their ratios."""
    _warm(engine)
    narrow, wide, closing = zip(
        *(
            (
                _grouped(engine, unit_id, _OFFICER_ELEMENTS, server_cpu),
                _grouped(engine, unit_id, _NINE, server_cpu),
                _closed(engine, unit_id, server_cpu),
            )
            for _ in range(ROUNDS)
        ),
        strict=True,
    )
    ours, bare, less = _median(closing), _median(wide), _median(narrow)
    yield (
        f"closing {ours.cpu:.2f} s CPU, one GROUP BY on the same keys {bare.cpu:.2f} s; "
        f"ratio {ours.cpu / bare.cpu:.2f} (wall {ours.wall / bare.wall:.2f}); promised ≤ 1.5; "
        f"medians of {ROUNDS} rounds"
    )
    yield (
        f"  one GROUP BY that knows the officer's elements only, so gives no index: "
        f"{less.cpu:.2f} s CPU, ratio {ours.cpu / less.cpu:.2f}"
    )


def _warm(engine: Engine) -> None:
    """Bring both tables into memory, and PostgreSQL's knowledge of them up to date."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
        for table in (Response, Followup):
            connection.execute(select(func.sum(func.length(table_of(table).c.leaf)))).one()


def _closed(engine: Engine, unit_id: int, server_cpu: Callable[[], float]) -> Cost:
    """Close the month, durably; then take the figures away again for the next round."""
    with clock(server_cpu) as cost, writing(engine) as session:
        close_month(
            session, unit_id, SEPTEMBER, closed_by="bench", at=AFTER, rules=only(DEFAULT_RULE)
        )
    with tampering(engine) as session:
        for table in _FIGURES:
            session.execute(delete(table))
    return cost[0]


def _grouped(
    engine: Engine, unit_id: int, elements: tuple[str, ...], server_cpu: Callable[[], float]
) -> Cost:
    """Run one GROUP BY over the same join and fetch its rows; nothing is stored."""
    response, followup = table_of(Response), table_of(Followup)
    keys = (
        DESK_HALF_HOUR.c.officer_id,
        response.c.desk_id,
        func.coalesce(response.c.service_id, followup.c.service_id).label("known_service"),
        response.c.channel,
        response.c.late,
        response.c.overall,
        *(followup.c[element] for element in elements),
    )
    query = (
        select(*keys, func.count())
        .select_from(with_followup_and_officer())
        .where(response.c.unit_id == unit_id, response.c.month == SEPTEMBER)
        .group_by(*("known_service" if key.name == "known_service" else key for key in keys))
    )
    with reading(engine) as session:
        _fill_half_hours(session, unit_id)
        with clock(server_cpu) as cost:
            session.connection().execute(query).all()
        DESK_HALF_HOUR.drop(session.connection())
    return cost[0]


def _fill_half_hours(session: Session, unit_id: int) -> None:
    DESK_HALF_HOUR.create(session.connection())
    served = [
        {
            "desk_id": stretch.desk_id,
            "half_hour": half_hour,
            "officer_id": stretch.officer_id,
            "outage": False,
        }
        for stretch in who_served(duties_of(session, unit_id, SEPTEMBER), SEPTEMBER)
        for half_hour in range(stretch.starts, stretch.ends)
    ]
    session.connection().execute(insert(DESK_HALF_HOUR), served)


def _median(costs: tuple[Cost, ...]) -> Cost:
    return Cost(
        statistics.median(cost.cpu for cost in costs),
        statistics.median(cost.wall for cost in costs),
    )

"""Responses of a small office, by hand: what was rated where and when, and what was served."""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, insert, select, text
from sqlmodel import Session, col

from aggregation.changes.batch import Cause, open_batch
from aggregation.models import Assignment
from aggregation.visits.models import SlipCount, Visit
from survey.findings import note
from survey.models import Response
from survey.month import HalfHour, Month, starts
from survey.screening import Signal
from survey.screening_models import Finding
from tests.month_factories import AFTER_OCTOBER, OCTOBER, Seen, SmallOffice, at, store
from tests.running_marks import next_mark
from tests.tampering import tampering

MONDAY_9, MONDAY_13, MONDAY_20 = at(5, 9), at(5, 13), at(5, 20)
"""5 October 2026: in the hours of `small_office`'s first desk, an hour after them, at night."""

WHY = Cause("peninjau", "Rombongan satu desa", datetime(2026, 10, 20, 2, tzinfo=UTC), "peninjau")


def rated(
    session: Session,
    office: SmallOffice,
    half_hour: int,
    count: int = 1,
    **seen: Any,  # noqa: ANN401
) -> None:
    """Let so many rate the first desk in a half hour, by the printed code unless told."""
    given = {"channel": "desk_qr", **seen}
    store(session, office, [Seen(half_hour, **given) for _ in range(count)])


def served(
    session: Session, office: SmallOffice, half_hour: int, count: int = 1, desk: int = 0
) -> None:
    """Let the queue's file hold so many visits in a half hour."""
    batch_id = open_batch(session, office.unit_id, Cause("uji", "", AFTER_OCTOBER))
    row = {
        "unit_id": office.unit_id,
        "day": starts(HalfHour(half_hour)).date(),
        "desk_id": office.desks[desk],
        "half_hour": half_hour,
        "batch_id": batch_id,
    }
    mark = next_mark()
    session.execute(insert(Visit), [{**row, "number": f"{mark}-{n}"} for n in range(count)])


def slips(session: Session, office: SmallOffice, span: range, count: int, desk: int = 0) -> None:
    """Let so many numbered slips be handed out somewhere in half hours of a day."""
    batch_id = open_batch(session, office.unit_id, Cause("uji", "", AFTER_OCTOBER))
    row = {"id": uuid4(), "unit_id": office.unit_id, "desk_id": office.desks[desk]}
    numbers = {"first_number": 1, "last_number": count, "batch_id": batch_id}
    session.execute(insert(SlipCount), {**row, "starts": span.start, "ends": span.stop, **numbers})


def lead(session: Session, office: SmallOffice, head: int, officer: int) -> None:
    """Let one officer be another's direct head from the beginning of 2026 on."""
    batch_id = open_batch(session, office.unit_id, Cause("uji", "", AFTER_OCTOBER))
    row = {"id": uuid4(), "unit_id": office.unit_id, "starts_on": date(2026, 1, 1)}
    whom = {"officer_id": office.officers[officer], "head_id": office.officers[head]}
    session.execute(insert(Assignment), {**row, **whom, "batch_id": batch_id, "job_group": ""})


def ids_in(
    session: Session, office: SmallOffice, half_hour: int | None = None, month: Month = OCTOBER
) -> list[UUID]:
    """Return the ids of what was rated in a half hour, or in the month."""
    query = select(col(Response.id)).where(
        col(Response.unit_id) == office.unit_id, col(Response.month) == month
    )
    if half_hour is not None:
        query = query.where(col(Response.half_hour) == half_hour)
    return list(session.execute(query.order_by(col(Response.id))).scalars())


def suspect(
    session: Session,
    office: SmallOffice,
    ids: Iterable[UUID],
    signals: Collection[Signal] = (Signal.BURST,),
) -> None:
    """Let intake have found something about responses."""
    found = [(id_, signal) for id_ in ids for signal in signals]
    note(session.connection(), office.unit_id, OCTOBER, found, date(2026, 10, 5))


def findings(session: Session, office: SmallOffice) -> set[tuple[UUID, str]]:
    """Return what stands against an office's responses."""
    query = select(col(Finding.response_id), col(Finding.reason)).where(
        col(Finding.unit_id) == office.unit_id
    )
    return {(row.response_id, row.reason) for row in session.execute(query)}


def turned_over(engine: Engine) -> None:
    """Turn every rating over: 1 becomes 4, 2 becomes 3."""
    with tampering(engine) as session:
        session.execute(text("UPDATE response SET overall = 5 - overall"))

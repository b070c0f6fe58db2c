"""Closed months held against seals, log, rows and counts: what was touched is named (§8)."""

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, text, update
from sqlmodel import Session, select

from aggregation.closings import Closing, FrozenDuty, OfficerFigure, Tally
from aggregation.months.figure_rows import digest_of, stored_rows
from aggregation.proof.month_seals import seal_months
from aggregation.proof.verify import verify
from survey.database import reading, writing
from survey.difference import Difference
from survey.seal_chain import link_on
from survey.seal_models import SealKind
from survey.sealing import seal_days
from tests.month_factories import AFTER_OCTOBER, NINE, OCTOBER, Seen, SmallOffice, at, store
from tests.record_factories import rows_of
from tests.revision_factories import LATE, LATER, approved, close, duty, october, prepared
from tests.seal_factories import new_key
from tests.tampering import tampering

NEXT_NIGHT = AFTER_OCTOBER + timedelta(days=1, hours=18)
MIDNIGHT = "2026-11-05 00:00:00"
SOON = LATER + timedelta(days=2)


def closed(engine: Engine, *, sealed: bool = True) -> SmallOffice:
    """Close an October of which twenty answered all nine, and seal it the night after."""
    with writing(engine) as session:
        office = october(session, months=())
        store(session, office, [Seen(at(6, 10), nine=dict.fromkeys(NINE, 4))] * 20)
        close(session, office, OCTOBER)
    if sealed:
        seal(engine, NEXT_NIGHT)
    return office


def seal(engine: Engine, at: datetime) -> int:
    key = new_key()
    seal_days(engine, key, at)
    return len(seal_months(engine, key, at))


def found(engine: Engine) -> list[Difference]:
    return list(verify(engine, SOON).differences)


def test_a_close_is_sealed_once_in_the_night_after_it(engine: Engine) -> None:
    closed(engine, sealed=False)
    key = new_key()
    seal_days(engine, key, AFTER_OCTOBER + timedelta(hours=5))
    assert seal_months(engine, key, AFTER_OCTOBER + timedelta(hours=5)) == []
    seal_days(engine, key, NEXT_NIGHT)
    [closing_id] = seal_months(engine, key, NEXT_NIGHT)
    assert seal_months(engine, key, NEXT_NIGHT) == []
    with reading(engine) as session:
        link = link_on(session, SealKind.MONTH, str(closing_id))
        closing = session.get_one(Closing, closing_id)
        assert link is not None
        assert link.facts["last_day"] == "2026-11-05"
        assert closing.figures_digest.hex() not in link.statement
        assert link.facts.keys().isdisjoint({"responses", "rows_count"})
    assert found(engine) == []


def test_revisions_and_what_came_late_are_no_difference(engine: Engine) -> None:
    office = closed(engine, sealed=False)
    for asked in (LATE, duty(office)):
        with writing(engine) as session:
            approved(session, prepared(session, office, asked))
    assert len(rows_of(engine, "closing")) == 3
    assert found(engine) == []
    assert seal(engine, SOON) == 3
    assert found(engine) == []


def _swapped_duties(session: Session, closing: Closing) -> None:
    rows = session.scalars(select(FrozenDuty).where(FrozenDuty.closing_id == closing.id)).all()
    first, second = rows[0].officer_id, next(r.officer_id for r in rows if r != rows[0])
    rows[0].officer_id = second if rows[0].officer_id == first else first


def _moved_tally(session: Session, closing: Closing) -> None:
    rows = session.scalars(select(Tally).where(Tally.closing_id == closing.id)).all()
    one = next(row for row in rows if row.officer_id is not None)
    one.officer_id = next(r.officer_id for r in rows if r.officer_id not in {None, one.officer_id})


def _better_figure(session: Session, closing: Closing) -> None:
    row = session.scalars(select(OfficerFigure).where(OfficerFigure.closing_id == closing.id)).all()
    row[0].index_shrunk = "99.99"


def test_what_an_attacker_moves_is_named_also_with_a_digest_that_fits(engine: Engine) -> None:
    closed(engine)
    with tampering(engine) as session:
        closing_id = _with_fitting_digest(session, _moved_tally)
    subjects = [each.subject for each in found(engine)]
    assert f"closing {closing_id}" in subjects
    assert any(subject.startswith(f"tally {closing_id} officer=") for subject in subjects)


def test_each_thing_that_is_moved_in_a_closed_month_is_named(sqlite_engine: Engine) -> None:
    closed(sqlite_engine)
    assert found(sqlite_engine) == []
    file = Path(sqlite_engine.url.database or "")
    sqlite_engine.dispose()
    as_it_was = shutil.copyfile(file, file.with_suffix(".was"))
    for change, named in (
        (partial(_with_fitting_digest, change=_swapped_duties), "tally "),
        (partial(_with_fitting_digest, change=_better_figure), "officer_figure "),
        ("UPDATE closing SET figures_digest = leaf FROM log_entry", "closing "),
        ("UPDATE cut_count SET n = n + 1", "cut_count "),
        ("UPDATE total_tally SET total = 35 WHERE total = 36", "total_tally "),
        ("UPDATE element_tally SET count = count + 1", "element_tally "),
        ("UPDATE closing_rule SET mu = '3.1111'", "closing_rule "),
        ("UPDATE release SET responses = responses + 1", "release "),
        ("UPDATE released_cell SET n = n + 1 WHERE n > 0", "released_cell "),
        (
            "INSERT INTO closed_month SELECT unit_id, 202609, closed_at FROM closing",
            "closed_month ",
        ),
        ("UPDATE log_entry SET facts = '{}' WHERE act = 'month.closed'", "log "),
        ("UPDATE log_detail SET text = 'x'", "log_detail "),
    ):
        with tampering(sqlite_engine) as session:
            session.execute(text(change)) if isinstance(change, str) else change(session)
        subjects = [each.subject for each in found(sqlite_engine)]
        assert any(subject.startswith(named) for subject in subjects), (change, subjects)
        sqlite_engine.dispose()
        shutil.copyfile(as_it_was, file)
    assert found(sqlite_engine) == []


def _with_fitting_digest(session: Session, change: Callable[[Session, Closing], None]) -> UUID:
    """Change figures, and let their digest fit them."""
    closing = session.scalars(select(Closing)).one()
    change(session, closing)
    session.flush()
    closing.figures_digest = digest_of(
        closing.unit_id, closing.month, closing.method_version, stored_rows(session, closing.id)
    )
    return closing.id


def test_who_the_officers_were_may_be_erased(engine: Engine) -> None:
    closed(engine)
    with writing(engine) as session:
        nobody = dict.fromkeys(("nip", "staff_number", "name", "employment"))
        session.execute(update(OfficerFigure).values(**nobody))
    assert found(engine) == []


def test_a_closing_that_is_gone_is_missed(sqlite_engine: Engine) -> None:
    closed(sqlite_engine)
    with tampering(sqlite_engine) as session:
        closing_id = session.scalars(select(Closing.id)).one()
        for table in (
            *("officer_figure", "closing_rule", "total_tally", "element_tally", "tally"),
            *("frozen_duty", "cut_count", "closing", "closed_month"),
        ):
            session.execute(text(f"DELETE FROM {table}"))
    assert ("removed", f"closing {closing_id}") in [
        (d.kind, d.subject) for d in found(sqlite_engine)
    ]

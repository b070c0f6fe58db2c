"""Issuing reports: numbers without a gap, kept byte for byte, once for each form."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from aggregation.changes.batch import Cause
from aggregation.output.report.drafted_report import drafted_report
from aggregation.output.report.report_issue import Asked, ReportChanged, issue
from aggregation.publishing.issued_reports import (
    FiguresChanged,
    FormUsed,
    Made,
    NumberTaken,
    issue_report,
    issued_file,
    issued_reports,
    next_number,
)
from aggregation.publishing.report_texts import Part, keep_texts
from survey.database import reading, writing
from tests.factories import make_unit
from tests.release_factories import made_counts, made_release
from tests.report_factories import (
    QUARTER,
    REPORTED_AT,
    ReportedQuarter,
    release_quarter,
    reported_quarter,
)

BY = Cause("kepala", "", REPORTED_AT, "account kepala")


def a_unit(engine: Engine) -> tuple[int, UUID]:
    """Return a unit and the release of its quarter."""
    with writing(engine) as session:
        unit_id = make_unit(session)
        return unit_id, made_release(session, unit_id, QUARTER.name, made_counts(12))


def made(unit_id: int, release_id: UUID, number: int = 1, **changed: object) -> Made:
    usual = {
        "id": uuid4(), "unit_id": unit_id, "period": QUARTER.name, "release_id": release_id,
        "year": 2026, "number": number, "content": "{}", "pdf": b"%PDF-", "xlsx": b"PK",
    }  # fmt: skip
    return Made(**{**usual, **changed})  # type: ignore[arg-type]


def numbers(engine: Engine, unit_id: int) -> list[tuple[int, int]]:
    with reading(engine) as session:
        return sorted((each.year, each.number) for each in issued_reports(session, unit_id))


def test_numbers_follow_each_other_in_each_unit_and_year(engine: Engine) -> None:
    unit_id, release = a_unit(engine)
    other, other_release = a_unit(engine)
    new_year = Cause("kepala", "", datetime(2026, 12, 31, 17, 0, tzinfo=UTC))
    with writing(engine) as session:
        issue_report(session, made(unit_id, release), BY)
        issue_report(session, made(unit_id, release, 2), BY)
        issue_report(session, made(other, other_release), BY)
        assert next_number(session, unit_id, new_year.at) == (2027, 1)
        issue_report(session, made(unit_id, release, year=2027), new_year)
    assert numbers(engine, unit_id) == [(2026, 1), (2026, 2), (2027, 1)]


@pytest.mark.parametrize("number", [1, 3])
def test_a_number_that_is_taken_or_leaves_a_gap_is_refused(
    sqlite_engine: Engine, number: int
) -> None:
    unit_id, release = a_unit(sqlite_engine)
    with writing(sqlite_engine) as session:
        issue_report(session, made(unit_id, release), BY)
    with pytest.raises(NumberTaken), writing(sqlite_engine) as session:
        issue_report(session, made(unit_id, release, number), BY)
    assert numbers(sqlite_engine, unit_id) == [(2026, 1)]


def test_of_two_at_once_one_takes_the_number(engine: Engine) -> None:
    unit_id, release = a_unit(engine)

    def attempt(session: Session) -> None:
        issue_report(session, made(unit_id, release), BY)

    assert sorted(at_once(engine, attempt)) == ["NumberTaken", "issued"]
    assert numbers(engine, unit_id) == [(2026, 1)]


def at_once(engine: Engine, attempt: Callable[[Session], None]) -> list[str]:
    """Let two do the same at the same time, and return how it ended for each."""
    both = Barrier(2)

    def one(_: int) -> str:
        both.wait(10)
        try:
            with writing(engine) as session:
                attempt(session)
        except (NumberTaken, FormUsed) as reason:
            return type(reason).__name__
        return "issued"

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(one, range(2)))


def test_one_form_issues_one_report(engine: Engine) -> None:
    unit_id, release = a_unit(engine)
    form = uuid4()

    def attempt(session: Session) -> None:
        issue_report(session, made(unit_id, release, id=form), BY)

    assert at_once(engine, attempt) == ["issued", "issued"]
    assert numbers(engine, unit_id) == [(2026, 1)]


def test_a_form_of_another_period_issues_nothing(sqlite_engine: Engine) -> None:
    unit_id, release = a_unit(sqlite_engine)
    form = uuid4()
    with writing(sqlite_engine) as session:
        issue_report(session, made(unit_id, release, id=form), BY)
        with pytest.raises(FormUsed):
            issue_report(session, made(unit_id, release, id=form, period="2026-Q2"), BY)


def test_a_release_that_was_overtaken_is_not_reported(sqlite_engine: Engine) -> None:
    unit_id, release = a_unit(sqlite_engine)
    with writing(sqlite_engine) as session:
        made_release(session, unit_id, QUARTER.name, made_counts(24), number=1)
        with pytest.raises(FiguresChanged):
            issue_report(session, made(unit_id, release), BY)


# From the figures to the kept files.


def asked(engine: Engine, quarter: ReportedQuarter) -> Asked:
    with reading(engine) as session:
        seen = drafted_report(session, quarter.unit, QUARTER, REPORTED_AT).seen
    return Asked(quarter.unit, QUARTER, uuid4(), seen)


def files_of(engine: Engine, quarter: ReportedQuarter, report: UUID) -> tuple[bytes | None, ...]:
    with reading(engine) as session:
        unit_id = quarter.unit.id
        pdf = issued_file(session, unit_id, report, "pdf")
        return pdf, issued_file(session, unit_id, report, "xlsx")


def test_what_was_issued_never_changes_and_is_told_to_be_outdated(engine: Engine) -> None:
    with writing(engine) as session:
        quarter = reported_quarter(session, 31)
    first = issue(engine, asked(engine, quarter), BY)
    kept = files_of(engine, quarter, first)
    assert None not in kept
    with writing(engine) as session:
        release_quarter(session, quarter.office, quarter.arrived, quarter.closings, number=1)
        texts = {Part.PENUTUP: "Kata penutup lain."}
        drafts = drafted_report(session, quarter.unit, QUARTER, REPORTED_AT).drafts
        keep_texts(session, quarter.unit.id, QUARTER.name, texts, drafts=drafts, cause=BY)
    assert files_of(engine, quarter, first) == kept
    second = issue(engine, asked(engine, quarter), BY)
    with reading(engine) as session:
        told = {each.id: (each.number, each.is_outdated) for each in
                issued_reports(session, quarter.unit.id)}  # fmt: skip
    assert told == {first: (1, True), second: (2, False)}
    assert files_of(engine, quarter, first) == kept
    assert files_of(engine, quarter, second) != kept


def test_a_report_that_changed_after_the_last_look_is_not_issued(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        quarter = reported_quarter(session, 12)
    looked_at = asked(sqlite_engine, quarter)
    with writing(sqlite_engine) as session:
        drafts = drafted_report(session, quarter.unit, QUARTER, REPORTED_AT).drafts
        keep_texts(
            session, quarter.unit.id, QUARTER.name, {Part.NAMA: "Sri"}, drafts=drafts, cause=BY
        )
    with pytest.raises(ReportChanged):
        issue(sqlite_engine, looked_at, BY)
    assert numbers(sqlite_engine, quarter.unit.id) == []
    issue(sqlite_engine, asked(sqlite_engine, quarter), BY)


def test_who_signed_last_is_proposed_for_the_next_report(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        quarter = reported_quarter(session, 12)
        drafts = drafted_report(session, quarter.unit, QUARTER, REPORTED_AT).drafts
        signed = {Part.NAMA: "Sri Contoh", Part.NIP: "197001011995032001"}
        keep_texts(session, quarter.unit.id, QUARTER.name, signed, drafts=drafts, cause=BY)
    issue(sqlite_engine, asked(sqlite_engine, quarter), BY)
    with reading(sqlite_engine) as session:
        drafts = drafted_report(session, quarter.unit, QUARTER, REPORTED_AT).drafts
        log = " ".join(session.execute(text("SELECT facts || subject FROM log_entry")).scalars())
    assert (drafts[Part.NAMA], drafts[Part.NIP]) == ("Sri Contoh", "197001011995032001")
    assert "1970" not in log


# What the database itself refuses.


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [("number", 0, "numbers_begin_at_1"), ("digest", b"short", "digest")],
)
def test_the_database_refuses_a_report_that_cannot_be(
    engine: Engine, column: str, value: object, rule: str
) -> None:
    unit_id, release = a_unit(engine)
    with writing(engine) as session:
        issue_report(session, made(unit_id, release), BY)
    changed = text(f"UPDATE issued_report SET {column} = :value")
    with pytest.raises(IntegrityError, match=rule), writing(engine) as session:
        session.execute(changed, {"value": value})


def test_the_database_refuses_a_number_twice(engine: Engine) -> None:
    unit_id, release = a_unit(engine)
    with writing(engine) as session:
        issue_report(session, made(unit_id, release), BY)
        issue_report(session, made(unit_id, release, 2), BY)
    with pytest.raises(IntegrityError), writing(engine) as session:
        session.execute(text("UPDATE issued_report SET number = 1"))

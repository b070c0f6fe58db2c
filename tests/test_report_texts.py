"""Texts of a report: what reads like its draft is not kept, and a draft follows the figures."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from aggregation.changes.batch import Cause
from aggregation.output.report.drafted_report import DraftedReport, drafted_report
from aggregation.publishing.models import ReportText
from aggregation.publishing.report_texts import (
    LONGEST_TEXT,
    Part,
    TextTooLong,
    clean,
    keep_texts,
    worded_parts,
)
from survey.database import reading, writing
from tests.factories import make_unit
from tests.report_factories import (
    QUARTER,
    REPORTED_AT,
    ReportedQuarter,
    release_quarter,
    reported_quarter,
)

BY = Cause("kepala", "", REPORTED_AT, "account kepala")
DRAFTS = {part: f"Usulan {part.value}." for part in Part}


def kept(session: Session, unit_id: int) -> dict[Part, str]:
    found = worded_parts(session, unit_id, QUARTER.name)
    return {part: each.text for part, each in found.items()}


def keep(session: Session, unit_id: int, **texts: str) -> int:
    parts = {Part[name]: text for name, text in texts.items()}
    return keep_texts(session, unit_id, QUARTER.name, parts, drafts=DRAFTS, cause=BY)


def test_only_what_differs_from_its_draft_is_kept(session: Session) -> None:
    unit_id = make_unit(session)
    changed = keep(session, unit_id, TUJUAN="Tujuan kami.", METODE=f" {DRAFTS[Part.METODE]}\r\n")
    assert changed == 1
    assert kept(session, unit_id) == {Part.TUJUAN: "Tujuan kami."}
    assert keep(session, unit_id, TUJUAN="Tujuan kami.") == 0
    assert keep(session, unit_id, TUJUAN=DRAFTS[Part.TUJUAN]) == 1
    assert session.exec(select(ReportText)).all() == []


def test_an_empty_paragraph_is_its_draft_and_an_empty_line_of_the_signature_is_none(
    session: Session,
) -> None:
    unit_id = make_unit(session)
    keep(session, unit_id, TUJUAN="  \n ", NIP=" ")
    assert kept(session, unit_id) == {Part.NIP: ""}


@pytest.mark.parametrize(
    ("part", "typed", "read"),
    [
        (Part.TUJUAN, "a\r\nb \r\n\r\nc\t1 ", "a\nb\n\nc 1"),
        (Part.TUJUAN, "\u202eaba\u0007 \u200b", "aba"),
        (Part.NAMA, " Dra.  Sri\nContoh ", "Dra. Sri Contoh"),
    ],
)
def test_marks_that_nobody_sees_are_left_out(part: Part, typed: str, read: str) -> None:
    assert clean(part, typed) == read


def test_a_text_that_is_too_long_keeps_nothing(session: Session) -> None:
    unit_id = make_unit(session)
    with pytest.raises(TextTooLong) as refused:
        keep(session, unit_id, TUJUAN="Tujuan kami.", METODE="x" * (LONGEST_TEXT + 1))
    assert refused.value.part is Part.METODE
    assert kept(session, unit_id) == {}


def drafted(engine: Engine, quarter: ReportedQuarter) -> DraftedReport:
    with reading(engine) as session:
        return drafted_report(session, quarter.unit, QUARTER, REPORTED_AT)


def test_a_draft_follows_the_figures_and_a_worded_text_is_told_to_be_overtaken(
    sqlite_engine: Engine,
) -> None:
    with writing(sqlite_engine) as session:
        quarter = reported_quarter(session, 12)
    before = drafted(sqlite_engine, quarter)
    with writing(sqlite_engine) as session:
        keep_texts(
            session, quarter.unit.id, QUARTER.name, {Part.TREN: "IKM naik."},
            drafts=before.drafts, cause=BY,
        )  # fmt: skip
    assert drafted(sqlite_engine, quarter).overtaken == frozenset()
    with writing(sqlite_engine) as session:
        better = [dict.fromkeys(sheet, 4) for sheet in quarter.arrived]
        later = REPORTED_AT + timedelta(days=3)
        release_quarter(
            session, quarter.office, better, quarter.closings, number=1, released_at=later
        )
    after = drafted(sqlite_engine, quarter)
    assert after.overtaken == {Part.TREN}
    assert after.texts[Part.TREN] == "IKM naik."
    assert "100,00" in after.texts[Part.PENUTUP]
    assert before.texts[Part.PENUTUP] != after.texts[Part.PENUTUP]

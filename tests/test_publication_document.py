"""What is published says what is released, and nothing that is not (method §9)."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from aggregation.method.cuts import Cut
from aggregation.method.rounding import half_up
from aggregation.months.period import Period
from aggregation.months.released import Released, released
from aggregation.output.publication_document import publication_document
from aggregation.visits.served_visits import ServedVisit, record_visits
from survey.database import writing
from survey.models import Desk, Service, ServiceUnit
from survey.published_document import (
    VERSION,
    CellFigure,
    PublicCut,
    PublishedDocument,
    read_document,
    read_headline,
    write_document,
    write_headline,
)
from survey.questionnaire import Element
from survey.units import known_unit
from tests.factories import make_desk, make_unit
from tests.publication_factories import BY_HAND, SHOWN_N, document_for, released_unit
from tests.release_factories import made_counts, made_release

Q3 = Period.parse("2026-Q3")


@pytest.fixture
def session(sqlite_engine: Engine) -> Iterator[Session]:
    with writing(sqlite_engine) as opened:
        yield opened


def unfounded(session: Session, document: PublishedDocument, basis: Released) -> Iterator[str]:
    """Yield what a document says that its release does not show."""
    codes = {str(row.id): row.code for row in session.exec(select(Service))}
    for cut, cells in document.cuts.items():
        shown = {codes.get(cell, cell): counts for cell, counts in basis.cuts[Cut(cut)].items()}
        if [cell.cell for cell in cells if cell.cell not in shown]:
            yield f"{cut}: a cell that is not released"
        for cell in cells:
            counts = shown.get(cell.cell)
            told = (cell.n, cell.index, cell.grade, *cell.means.values())
            if counts is None and any(each is not None for each in told):
                yield f"{cut} {cell.cell}: hidden"
            if counts is not None and cell.n != counts.n:
                yield f"{cut} {cell.cell}: another n"
            if counts is not None and cell.means != {
                e: half_up(Fraction(counts.rating_sum(e), counts.n), 2) for e in Element
            }:
                yield f"{cut} {cell.cell}: other means"
    whole = basis.whole
    assert whole is not None
    if (document.n, document.responses) != (whole.n, basis.responses):
        yield "whole: another n"
    for figure in document.elements:
        if figure.mean != half_up(Fraction(whole.rating_sum(figure.element), whole.n), 2):
            yield f"whole: another mean of {figure.element}"


def test_every_figure_of_a_document_is_that_of_a_released_cell(session: Session) -> None:
    unit_id = released_unit(session)
    document, basis = document_for(session, unit_id), released(session, unit_id, Q3)
    assert basis is not None
    assert list(unfounded(session, document, basis)) == []
    assert document.release == basis.number


def test_a_document_that_tells_of_a_hidden_cell_is_noticed(session: Session) -> None:
    unit_id = released_unit(session)
    document, basis = document_for(session, unit_id), released(session, unit_id, Q3)
    assert basis is not None
    *others, hidden = document.cuts[PublicCut.EDUCATION]
    told = replace(hidden, n=38, means=dict.fromkeys(Element, Decimal("3.10")))
    wrong = replace(document, cuts={**document.cuts, PublicCut.EDUCATION: (*others, told)})
    assert list(unfounded(session, wrong, basis)) == ["EDUCATION S3: hidden"]
    assert list(unfounded(session, replace(document, n=411), basis)) == ["whole: another n"]


def test_hidden_cells_are_named_without_a_figure(session: Session) -> None:
    document = document_for(session, released_unit(session))
    services = {cell.cell: cell for cell in document.cuts[PublicCut.SERVICE]}
    assert services["KIA"] == CellFigure("KIA", "Kartu identitas anak")
    assert services["KIA"].is_hidden
    assert services["KTP-EL"].n == SHOWN_N


def test_desks_ages_and_occupations_are_not_published(session: Session) -> None:
    document = document_for(session, released_unit(session))
    assert set(document.cuts) == set(PublicCut)
    assert {"DESK", "AGE", "OCCUPATION"}.isdisjoint(PublicCut)


def test_a_cut_that_is_withheld_is_missing(session: Session) -> None:
    unit_id = make_unit(session)
    made_release(session, unit_id, "2026-Q3", made_counts(30))
    assert document_for(session, unit_id).cuts == {}


@pytest.mark.parametrize("whole", [None, made_counts(9)])
def test_a_period_without_a_shown_whole_cannot_be_published(
    session: Session, whole: object
) -> None:
    unit_id = make_unit(session)
    if whole is None:
        made_release(session, unit_id, "2026-Q3", None)
    unit = known_unit(session.get_one(ServiceUnit, unit_id))
    assert publication_document(session, unit, Q3) is None


def test_a_change_is_published_only_where_it_is_more_than_chance(session: Session) -> None:
    unit_id = make_unit(session)
    made_release(session, unit_id, "2026-Q2", made_counts(400, seed=1, weights=(5, 25, 50, 20)))
    made_release(session, unit_id, "2026-Q3", made_counts(400, seed=2))
    document = document_for(session, unit_id)
    assert document.before is not None
    assert (document.before.period, document.before.differs) == ("2026-Q2", True)
    assert all(figure.change and figure.change > 0 for figure in document.elements)

    made_release(session, unit_id, "2026-Q4", made_counts(400, seed=3))
    steady = document_for(session, unit_id, "2026-Q4")
    assert steady.before is not None
    assert not steady.before.differs
    assert {figure.change for figure in steady.elements} == {None}


def test_the_sample_is_told_only_where_every_month_s_visits_are_known(session: Session) -> None:
    unit_id = released_unit(session, "2026-07")
    assert document_for(session, unit_id, "2026-07").sample is None
    visit(session, unit_id, 1500)
    document = document_for(session, unit_id, "2026-07")
    assert document.sample is not None
    assert (document.sample.visits, document.sample.required) == (1500, 306)
    assert document.sample_is_reached


def test_the_trend_is_of_released_months(session: Session) -> None:
    unit_id = released_unit(session, "2026-07")
    assert document_for(session, unit_id, "2026-07").trend == ()
    made_release(session, unit_id, "2026-04", made_counts(40))
    made_release(session, unit_id, "2026-05", None, responses=4)
    points = document_for(session, unit_id, "2026-07").trend
    assert [(point.month, point.n) for point in points] == [
        ("2026-04", 40), ("2026-05", None), ("2026-06", None), ("2026-07", 412),
    ]  # fmt: skip


def visit(session: Session, unit_id: int, count: int) -> None:
    desk = make_desk(session, unit_id, services=())
    code = session.get_one(Desk, desk.id).code
    day = datetime(2026, 7, 6, 2, tzinfo=UTC)
    served = [ServedVisit(f"A{n}", day, code) for n in range(count)]
    unit = known_unit(session.get_one(ServiceUnit, unit_id))
    record_visits(session, unit, served, BY_HAND)


@pytest.mark.parametrize("period", ["2000", "2000-01", "2000-Q1", "2000-S1"])
def test_the_first_period_that_can_be_written_has_none_before_it(
    session: Session, period: str
) -> None:
    assert document_for(session, released_unit(session, period), period).before is None


def test_a_document_is_read_as_it_was_written(session: Session) -> None:
    document = document_for(session, released_unit(session))
    text = write_document(document)
    assert read_document(text) == document
    assert write_document(document) == text
    assert read_headline(write_headline(document)) == read_headline(text)
    assert document.v == VERSION


def test_an_older_or_a_newer_document_is_read_too(session: Session) -> None:
    document = document_for(session, released_unit(session))
    kept = json.loads(write_document(document))
    assert read_document(json.dumps({**kept, "later": {"x": 1}})) == document
    first = read_document(json.dumps({name: kept[name] for name in OF_VERSION_1}))
    assert (first.n, first.cuts, first.told) == (document.n, {}, ())
    headline = json.loads(write_headline(document))
    assert read_headline(json.dumps({**headline, "later": 1})).index == document.index


OF_VERSION_1 = {
    "unit_code", "unit_name", "period", "release", "responses", "n", "index", "low", "high",
    "grade", "category", "elements",
}  # fmt: skip

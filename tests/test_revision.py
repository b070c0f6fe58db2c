"""Revising a closed month: who moves, by how much, what follows, and that nobody else moves."""

import dataclasses
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert
from sqlmodel import Session, col, select

from aggregation.changes.batch import Cause
from aggregation.closings import Closing, ClosingRule, OfficerFigure
from aggregation.duties.duty_lines import DayException
from aggregation.duties.recorded_duties import record_correction
from aggregation.method.rule import DEFAULT_RULE
from aggregation.months.figure_rows import digest_of, stored_rows
from aggregation.months.month_close import close_month
from aggregation.months.revision import (
    MonthNotClosed,
    NothingMoves,
    RevisionDraft,
    draft_revision,
)
from aggregation.months.revision_writing import Overtaken, write_revision
from aggregation.months.revisions import newest_of_each_month, revisions
from aggregation.rules.rule_book import only
from aggregation.screening.models import ReviewedResponse, ScreeningReview
from survey.models import Response
from survey.month import Month
from survey.screening_models import Finding
from tests.month_factories import (
    AUGUST,
    OCTOBER,
    SEPTEMBER,
    Seen,
    Shift,
    SmallOffice,
    at,
    half_up,
    small_office,
    store,
)

NOVEMBER, DECEMBER = Month(2026, 11), Month(2026, 12)
LATE_IN_JANUARY = datetime(2027, 1, 20, 2, tzinfo=UTC)
SARI, BUDI, WATI = 0, 1, 2
ROSTER = (Shift(0, SARI, 1, 16, 24), Shift(0, BUDI, 1, 24, 30), Shift(1, WATI, 2, 16, 30))
MONDAYS = {AUGUST: 3, SEPTEMBER: 7, OCTOBER: 5, NOVEMBER: 2, DECEMBER: 7}
RATINGS = {SARI: (4, 4, 3, 4), BUDI: (3, 3, 4, 2), WATI: (4, 2, 3, 3)}


def ratings_of(officer: int, n: int) -> list[int]:
    return [RATINGS[officer][place % 4] for place in range(n)]


def five_months(session: Session) -> SmallOffice:
    """Close August to December; every month Sari and Budi share a Monday, Wati has the Tuesday."""
    office = small_office(session, ROSTER, officers=3)
    for month, monday in MONDAYS.items():
        store(
            session,
            office,
            [Seen(at(monday, 9, month), overall=r) for r in ratings_of(SARI, 40)],
            month,
        )
        store(
            session,
            office,
            [Seen(at(monday, 13, month), overall=r) for r in ratings_of(BUDI, 36)],
            month,
        )
        store(
            session,
            office,
            [Seen(at(monday + 1, 9, month), 1, overall=r) for r in ratings_of(WATI, 32)],
            month,
        )
    for month in MONDAYS:
        close(session, office, month)
    return office


def close(session: Session, office: SmallOffice, month: Month) -> Closing:
    after = month.shift(1).first_day.replace(day=5)
    when = datetime(after.year, after.month, after.day, 2, tzinfo=UTC)
    rules = only(DEFAULT_RULE)
    return close_month(session, office.unit_id, month, closed_by="Wati", at=when, rules=rules)


def correct(session: Session, office: SmallOffice, month: Month, officer: int | None) -> UUID:
    """Say that somebody else, or nobody, served Monday from 08.00 to 12.00."""
    day = date(month.year, month.month, MONDAYS[month])
    who = None if officer is None else office.officers[officer]
    cause = Cause("uji", "Tertukar", LATE_IN_JANUARY)
    line = DayException(office.desks[0], who, day, 16, 24)
    return record_correction(session, office.unit_id, [line], cause)


def write(session: Session, draft: RevisionDraft, when: datetime = LATE_IN_JANUARY) -> Closing:
    people = {"prepared_by": "rina", "approved_by": "tono"}
    return write_revision(session, draft, reason="Jadwal tertukar", at=when, **people)


def newest(session: Session, office: SmallOffice) -> dict[Month, Closing]:
    return newest_of_each_month(revisions(session, office.unit_id))


def figures(session: Session, closing: Closing) -> dict[int, OfficerFigure]:
    query = select(OfficerFigure).where(col(OfficerFigure.closing_id) == closing.id)
    return {figure.officer_id: figure for figure in session.exec(query)}


def shrunk_by_hand(ratings: Sequence[int], mu: str | None) -> str:
    """Return 25·(Σx + 30·μ)/(n + 30), in fractions."""
    pulled = (sum(ratings) + 30 * Fraction(mu or "")) / (len(ratings) + 30)
    return half_up(25 * pulled, 2)


def mu_of(session: Session, closing: Closing) -> str | None:
    query = select(ClosingRule).where(col(ClosingRule.closing_id) == closing.id)
    return session.exec(query).one().mu


def without_keys(figure: OfficerFigure) -> dict[str, object]:
    return figure.model_dump(exclude={"closing_id"})


def test_a_swapped_day_moves_the_two_it_concerns_with_the_stored_mean(session: Session) -> None:
    office = five_months(session)
    before = newest(session, office)[SEPTEMBER]
    batch = correct(session, office, SEPTEMBER, BUDI)
    closing = write(session, draft_revision(session, office.unit_id, SEPTEMBER, batch_id=batch))

    mu = mu_of(session, before)
    assert mu_of(session, closing) == mu
    found = figures(session, closing)
    sari, budi = (found[office.officers[each]] for each in (SARI, BUDI))
    of_sari = ratings_of(SARI, 40)
    of_budi = [*ratings_of(BUDI, 36), *ratings_of(SARI, 40), *ratings_of(BUDI, 36)]
    assert (sari.n, sari.n_month, sari.index_shrunk) == (40, 0, shrunk_by_hand(of_sari, mu))
    assert (budi.n, budi.n_month, budi.index_shrunk) == (112, 76, shrunk_by_hand(of_budi, mu))
    assert (sari.computed_in, budi.computed_in) == (1, 1)
    assert (closing.revision, closing.prepared_by, closing.closed_by) == (1, "rina", "tono")


def test_a_colleague_does_not_move_and_keeps_the_revision_that_computed(session: Session) -> None:
    office = five_months(session)
    wati = office.officers[WATI]
    before = {month: figures(session, c)[wati] for month, c in newest(session, office).items()}
    batch = correct(session, office, SEPTEMBER, BUDI)
    write(session, draft_revision(session, office.unit_id, SEPTEMBER, batch_id=batch))
    for month, closing in newest(session, office).items():
        assert without_keys(figures(session, closing)[wati]) == without_keys(before[month])


def test_later_months_follow_as_long_as_their_window_holds_the_month(session: Session) -> None:
    office = five_months(session)
    batch = correct(session, office, SEPTEMBER, BUDI)
    draft = draft_revision(session, office.unit_id, SEPTEMBER, batch_id=batch)
    write(session, draft)

    assert [each.base.month for each in draft.months] == [SEPTEMBER, OCTOBER, NOVEMBER]
    after = newest(session, office)
    assert {month: closing.revision for month, closing in after.items()} == {
        AUGUST: 0, SEPTEMBER: 1, OCTOBER: 1, NOVEMBER: 1, DECEMBER: 0,
    }  # fmt: skip
    sari = figures(session, after[NOVEMBER])[office.officers[SARI]]
    of_sari = [*ratings_of(SARI, 40), *ratings_of(SARI, 40)]
    mu = mu_of(session, after[NOVEMBER])
    assert (sari.n, sari.n_month, sari.index_shrunk) == (80, 40, shrunk_by_hand(of_sari, mu))


def test_a_follower_that_forgets_the_correction_is_noticed(session: Session) -> None:
    office = five_months(session)
    batch = correct(session, office, SEPTEMBER, BUDI)
    draft = draft_revision(session, office.unit_id, SEPTEMBER, batch_id=batch)
    write(session, dataclasses.replace(draft, months=draft.months[:1]))
    sari = figures(session, newest(session, office)[NOVEMBER])[office.officers[SARI]]
    assert sari.n != 80


def test_the_first_revision_reads_the_same_afterwards(session: Session) -> None:
    office = five_months(session)
    before = newest(session, office)
    rows = {closing.id: stored_rows(session, closing.id) for closing in before.values()}
    batch = correct(session, office, SEPTEMBER, BUDI)
    write(session, draft_revision(session, office.unit_id, SEPTEMBER, batch_id=batch))
    assert {id_: stored_rows(session, id_) for id_ in rows} == rows


def test_every_closing_has_the_digest_of_its_stored_rows(session: Session) -> None:
    office = five_months(session)
    batch = correct(session, office, SEPTEMBER, BUDI)
    write(session, draft_revision(session, office.unit_id, SEPTEMBER, batch_id=batch))
    closings = revisions(session, office.unit_id)
    assert len(closings) == 8
    for each in closings:
        rows = stored_rows(session, each.id)
        digest = digest_of(each.unit_id, each.month, each.method_version, rows)
        assert digest == each.figures_digest


def test_half_hours_without_anybody_count_for_the_desk_only(session: Session) -> None:
    office = five_months(session)
    batch = correct(session, office, DECEMBER, None)
    draft = draft_revision(session, office.unit_id, DECEMBER, batch_id=batch)
    [sari] = draft.first.moved
    assert (sari.officer_id, sari.after["n_month"]) == (office.officers[SARI], 0)
    assert draft.first.responses == 108


def test_late_responses_come_in_only_through_a_revision_and_only_up_to_its_day(
    session: Session,
) -> None:
    office = five_months(session)
    for day, rating in ((8, 1), (9, 1), (12, 1)):
        seen = Seen(at(7, 9, DECEMBER), overall=rating, late=True, received_on=date(2027, 1, day))
        store(session, office, [seen], DECEMBER)
    with pytest.raises(NothingMoves):
        draft_revision(session, office.unit_id, DECEMBER)
    draft = draft_revision(session, office.unit_id, DECEMBER, late_until=date(2027, 1, 10))
    closing = write(session, draft)

    sari = figures(session, closing)[office.officers[SARI]]
    window = [*ratings_of(SARI, 40) * 3, 1, 1]
    assert (sari.n, sari.n_month) == (122, 42)
    assert sari.index_shrunk == shrunk_by_hand(window, mu_of(session, closing))
    assert closing.responses == 110
    with pytest.raises(NothingMoves):
        draft_revision(session, office.unit_id, DECEMBER)


def test_what_a_reviewer_admits_after_the_close_comes_in_with_a_revision(session: Session) -> None:
    office = small_office(session, ROSTER, officers=3)
    store(session, office, [Seen(at(5, 9), overall=r) for r in ratings_of(SARI, 40)])
    row = session.exec(select(Response).where(col(Response.overall) == 3)).first()
    assert row is not None
    of = {"unit_id": office.unit_id, "month": OCTOBER, "response_id": row.id}
    session.execute(insert(Finding), {**of, "reason": "burst", "found_on": date(2026, 10, 5)})
    closing = close(session, office, OCTOBER)
    assert (closing.responses, figures(session, closing)[office.officers[SARI]].n) == (39, 39)

    review = {
        "id": uuid4(), "unit_id": office.unit_id, "month": OCTOBER, "reason": "Antrean nyata",
        "decided_at": LATE_IN_JANUARY, "decided_by": "peninjau", "admitted": True,
    }  # fmt: skip
    session.execute(insert(ScreeningReview), review)
    session.execute(insert(ReviewedResponse), {**of, "review_id": review["id"]})
    revised = write(session, draft_revision(session, office.unit_id, OCTOBER))
    sari = figures(session, revised)[office.officers[SARI]]
    assert (revised.responses, sari.n) == (40, 40)
    assert sari.index_shrunk == shrunk_by_hand(ratings_of(SARI, 40), mu_of(session, closing))


def test_an_open_month_has_nothing_to_revise(session: Session) -> None:
    office = small_office(session)
    with pytest.raises(MonthNotClosed):
        draft_revision(session, office.unit_id, OCTOBER)


def test_a_draft_is_void_once_another_revision_was_written(session: Session) -> None:
    office = five_months(session)
    batch = correct(session, office, SEPTEMBER, BUDI)
    stale = draft_revision(session, office.unit_id, SEPTEMBER, batch_id=batch)
    other = correct(session, office, AUGUST, BUDI)
    write(session, draft_revision(session, office.unit_id, AUGUST, batch_id=other))
    with pytest.raises(Overtaken):
        write(session, stale)


def test_one_citizen_moves_an_index_by_no_more_than_the_method_says(session: Session) -> None:
    office = five_months(session)
    seen = Seen(at(7, 9, DECEMBER), overall=1, late=True, received_on=date(2027, 1, 8))
    store(session, office, [seen], DECEMBER)
    draft = draft_revision(session, office.unit_id, DECEMBER, late_until=date(2027, 1, 10))
    [sari] = draft.first.moved
    assert sari.before is not None
    moved = Decimal(sari.before["index_shrunk"]) - Decimal(sari.after["index_shrunk"])
    assert 0 < moved <= Decimal(75) / (120 + 30) + Decimal("0.01")

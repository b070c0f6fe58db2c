"""The figures and words of a report, beside what plain loops over the stored rows give."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, insert, select, text
from sqlmodel import Session, col

from aggregation.improvements.models import Improvement
from aggregation.method.cuts import Cut
from aggregation.method.questionnaire_counts import QuestionnaireCounts
from aggregation.months.counted_sheets import Sheet, SheetsDisagree, shuffled
from aggregation.months.period import Period
from aggregation.output.report.report_drafts import drafts
from aggregation.output.report.reported import NotReleased, TooFewQuestionnaires, skm_report
from aggregation.output.report.skm_report import Sample, SkmReport
from aggregation.output.unit_month import unit_month
from aggregation.publishing.report_texts import Part
from aggregation.screening.models import ReviewedResponse, ScreeningReview
from survey.database import writing
from survey.models import Followup
from survey.month import Month
from survey.questionnaire import ORDERS, Element, ElementOrder
from survey.screening import Signal
from survey.screening_models import Finding
from tests.month_factories import NINE
from tests.questionnaires import alike
from tests.release_factories import made_counts, made_questionnaires, made_release
from tests.report_factories import (
    CLOSED_AT,
    QUARTER,
    REPORTED_AT,
    Ratings,
    ReportedQuarter,
    made_report,
    rate,
    release_quarter,
    reported_quarter,
)
from tests.staff_factories import make_closed_month
from tests.tampering import untriggered

JULY = QUARTER.months[0]
SAME_ORDER = ORDERS[ElementOrder.BODY]


@pytest.fixture
def on_file(sqlite_engine: Engine) -> Iterator[Session]:
    """Give a session for what says nothing about the database."""
    with writing(sqlite_engine) as opened:
        yield opened


def report_of(session: Session, quarter: ReportedQuarter) -> SkmReport:
    return skm_report(session, quarter.unit, QUARTER, REPORTED_AT)


def rows_of(session: Session, unit_id: int) -> list[Sheet]:
    """Return the nine ratings of each timely full questionnaire of the quarter, by the rows."""
    months = {month.number for month in QUARTER.months}
    late = {
        row["id"]: bool(row["late"])
        for row in session.execute(
            text("SELECT id, late FROM response WHERE unit_id = :unit"), {"unit": unit_id}
        ).mappings()
    }
    found = []
    for row in session.execute(
        text("SELECT * FROM followup WHERE unit_id = :unit"), {"unit": unit_id}
    ).mappings():
        given = tuple(row[name] for name in NINE)
        if row["month"] in months and not late[row["response_id"]] and None not in given:
            found.append(given)
    return found


def test_every_figure_is_what_the_rows_add_up_to(session: Session) -> None:
    quarter = reported_quarter(session, 47)
    report, rows = report_of(session, quarter), rows_of(session, quarter.unit.id)
    assert report.sheets is not None
    assert Counter(report.sheets) == Counter(rows)
    total = sum(sum(row) for row in rows)
    hundredths = (2 * 2500 * total + 9 * 47) // (2 * 9 * 47)
    assert report.standing.index.index * 100 == hundredths
    for place, each in enumerate(report.elements):
        ratings = [row[place] for row in rows]
        assert each.counts == tuple(ratings.count(rating) for rating in (1, 2, 3, 4))
        assert each.figures.rating_sum == sum(ratings)
        assert int(each.weighted * 10_000) == (20_000 * sum(ratings) + 9 * 47) // (18 * 47)


# The annex.


def test_the_annex_is_in_an_order_that_says_nothing_of_arrival(on_file: Session) -> None:
    quarter = reported_quarter(on_file, 60)
    report = report_of(on_file, quarter)
    arrived = rows_in(quarter.arrived)
    assert report.sheets is not None
    assert follows_arrival(arrived, arrived)
    assert not follows_arrival(report.sheets, arrived)
    assert not follows_arrival(report.sheets, sorted(arrived))
    assert shuffled(arrived, report.seed) == shuffled(arrived[::-1], report.seed) == report.sheets


def follows_arrival(listed: Sequence[Sheet], arrived: Sequence[Sheet]) -> bool:
    """Say whether more sheets stand where they arrived than chance would put there."""
    alike_by_chance = max(Counter(arrived).values()) + 5
    return sum(a == b for a, b in zip(listed, arrived, strict=True)) > alike_by_chance


@pytest.mark.parametrize(("n", "has_annex"), [(29, False), (30, True)])
def test_the_annex_begins_at_thirty(on_file: Session, n: int, *, has_annex: bool) -> None:
    assert (report_of(on_file, reported_quarter(on_file, n)).sheets is not None) is has_annex


@pytest.mark.parametrize(("n", "has_annex"), [(89, False), (90, True)])
def test_a_quarter_has_no_annex_that_its_months_would_leave_few_of(
    session: Session, n: int, *, has_annex: bool
) -> None:
    quarter = reported_quarter(session, n)
    for place, month in enumerate(QUARTER.months[:2]):
        closing = {str(month): quarter.closings[str(month)]}
        counts = QuestionnaireCounts.of(quarter.arrived[place::3])
        made_release(session, quarter.unit.id, str(month), counts, closings=closing)
        of_month = skm_report(session, quarter.unit, Period.parse(str(month)), REPORTED_AT)
        assert of_month.sheets is not None
    report = report_of(session, quarter)
    assert (report.sheets is not None) is has_annex
    assert report.is_annex_withheld is not has_annex


def test_late_ones_and_those_set_aside_are_in_no_annex(session: Session) -> None:
    quarter = reported_quarter(session, 30)
    rate(session, quarter.office, JULY, [alike(1)] * 3, late=True)
    rate(session, quarter.office, JULY, [alike(2)])
    hold(session, quarter, alike(2))
    report = report_of(session, quarter)
    assert report.sheets is not None
    assert len(report.sheets) == 30
    assert {(1,) * 9, (2,) * 9}.isdisjoint(report.sheets)


def hold(session: Session, quarter: ReportedQuarter, sheet: Ratings) -> UUID:
    """Let a signal find the one response of July that gave these ratings."""
    given = [getattr(Followup, element.lower()) == rating for element, rating in sheet.items()]
    of_july = (col(Followup.unit_id) == quarter.unit.id, col(Followup.month) == JULY)
    found = session.scalars(select(col(Followup.response_id)).where(*of_july, *given)).one()
    key = {"unit_id": quarter.unit.id, "month": JULY, "response_id": found}
    finding = {"reason": Signal.BURST.value, "found_on": JULY.first_day}
    session.execute(insert(Finding), {**key, **finding})
    return found


def admit(session: Session, quarter: ReportedQuarter, response_id: UUID, at: datetime) -> None:
    key = {"unit_id": quarter.unit.id, "month": JULY}
    review = {"id": uuid4(), "decided_by": "peninjau", "admitted": True, "reason": "Antrean ramai"}
    session.execute(insert(ScreeningReview), {**key, **review, "decided_at": at})
    reviewed = {**key, "response_id": response_id, "review_id": review["id"]}
    session.execute(insert(ReviewedResponse), reviewed)


def test_what_a_reviewer_admits_after_the_close_comes_in_with_a_revision(session: Session) -> None:
    quarter = reported_quarter(session, 29)
    rate(session, quarter.office, JULY, [alike(2)])
    admit(session, quarter, hold(session, quarter, alike(2)), CLOSED_AT + timedelta(days=1))
    assert report_of(session, quarter).counts.n == 29
    closings = {**quarter.closings, str(JULY): revised_july(session, quarter, [alike(2)])}
    release_quarter(session, quarter.office, [*quarter.arrived, alike(2)], closings, number=1)
    after = report_of(session, quarter)
    assert after.sheets is not None
    assert Counter(after.sheets) - Counter(rows_in(quarter.arrived)) == {(2,) * 9: 1}


def rows_in(arrived: Sequence[Ratings]) -> list[Sheet]:
    return [tuple(sheet[element] for element in Element) for sheet in arrived]


@pytest.mark.parametrize(("more", "has_annex"), [(10, False), (30, True)])
def test_a_report_anew_does_not_list_the_few_that_a_revision_added(
    on_file: Session, more: int, *, has_annex: bool
) -> None:
    quarter, added = reported_quarter(on_file, 36), [alike(2)] * more
    assert report_of(on_file, quarter).sheets is not None
    rate(on_file, quarter.office, JULY, added)
    closings = {**quarter.closings, str(JULY): revised_july(on_file, quarter, added)}
    arrived, at = [*quarter.arrived, *added], CLOSED_AT + timedelta(days=2)
    release_quarter(on_file, quarter.office, arrived, closings, number=1, released_at=at)
    assert (report_of(on_file, quarter).sheets is not None) is has_annex


def revised_july(session: Session, quarter: ReportedQuarter, more: Sequence[Ratings]) -> UUID:
    sheets = [*quarter.arrived[::3], *more]
    at = CLOSED_AT + timedelta(days=2)
    return make_closed_month(session, quarter.unit.id, sheets, JULY, revision=1, closed_at=at)


def test_a_revision_that_took_its_counts_over_keeps_what_the_close_set_aside(
    on_file: Session,
) -> None:
    quarter = reported_quarter(on_file, 30)
    rate(on_file, quarter.office, JULY, [alike(2)])
    admit(on_file, quarter, hold(on_file, quarter, alike(2)), CLOSED_AT + timedelta(days=1))
    closings = {**quarter.closings, str(JULY): revised_july(on_file, quarter, [])}
    release_quarter(on_file, quarter.office, quarter.arrived, closings, number=1)
    sheets = report_of(on_file, quarter).sheets
    assert sheets is not None
    assert (2,) * 9 not in sheets


def test_rows_that_do_not_add_up_to_the_release_make_no_report(on_file: Session) -> None:
    quarter = reported_quarter(on_file, 36)
    report_of(on_file, quarter)
    rate(on_file, quarter.office, JULY, [alike(1)])
    with pytest.raises(SheetsDisagree):
        report_of(on_file, quarter)


def test_sheets_that_agree_in_sums_alone_make_no_report(on_file: Session) -> None:
    """A swap of two ratings within a sheet leaves the sheet's sum, and moves two elements."""
    quarter = reported_quarter(on_file, 36)
    swapped = text("UPDATE followup SET waktu = biaya, biaya = waktu WHERE waktu <> biaya")
    with untriggered(on_file):
        assert on_file.connection().execute(swapped).rowcount > 0
    with pytest.raises(SheetsDisagree):
        report_of(on_file, quarter)


# What cannot be reported.


def test_a_period_that_is_not_closed_names_its_open_months(on_file: Session) -> None:
    quarter = reported_quarter(on_file, 30)
    with pytest.raises(NotReleased) as refused:
        skm_report(on_file, quarter.unit, Period.parse("2026-S2"), REPORTED_AT)
    assert refused.value.missing == [Month(2026, month) for month in (10, 11, 12)]


def test_a_period_whose_index_is_hidden_has_no_report(on_file: Session) -> None:
    quarter = reported_quarter(on_file, 30)
    made_release(on_file, quarter.unit.id, "2025-Q4", None, responses=9)
    with pytest.raises(TooFewQuestionnaires):
        skm_report(on_file, quarter.unit, Period.parse("2025-Q4"), REPORTED_AT)


# Who answered, and how it went on.


def test_hidden_cells_stay_hidden_and_a_withheld_cut_has_no_groups(on_file: Session) -> None:
    quarter = reported_quarter(on_file, 33)
    cuts = {Cut.SEX: {"L": made_counts(20, 1), "P": None, "": None}}
    made_release(on_file, quarter.unit.id, "2025-Q4", made_counts(29, 2), cuts)
    report = skm_report(on_file, quarter.unit, Period.parse("2025-Q4"), REPORTED_AT)
    of_cut = {each.cut: each for each in report.respondents}
    sexes = [(group.label, group.n) for group in of_cut[Cut.SEX].groups]
    assert sexes == [("Laki-laki", 20), ("Perempuan", None), ("Tidak diisi", None)]
    assert [group.index for group in of_cut[Cut.SEX].groups][1:] == [None, None]
    assert of_cut[Cut.SEX].has_hidden
    assert of_cut[Cut.AGE].groups == ()


def test_the_trend_has_periods_of_one_length_with_their_gaps(session: Session) -> None:
    quarter = reported_quarter(session, 33)
    for name, whole in (("2025-Q3", made_counts(50, 1)), ("2026-Q1", None), ("2026-S1", None)):
        made_release(session, quarter.unit.id, name, whole)
    report = report_of(session, quarter)
    told = [(each.period.name, each.counts and each.counts.n) for each in report.trend]
    assert told == [
        ("2025-Q3", 50), ("2025-Q4", None), ("2026-Q1", None), ("2026-Q2", None), ("2026-Q3", 33)
    ]  # fmt: skip
    assert report.before is None


def test_actions_stand_under_the_period_they_answer(on_file: Session) -> None:
    quarter = reported_quarter(on_file, 33)
    for number, period in enumerate(("2026-Q3", "2026-08", "2026-Q1", "2026", "2024-Q4"), 1):
        plan(on_file, quarter.unit.id, number, period)
    report = report_of(on_file, quarter)
    assert [each.action for each in report.plan] == ["atas 2026-Q3", "atas 2026-08"]
    assert [each.action for each in report.earlier_plan] == ["atas 2026-Q1"]


def plan(session: Session, unit_id: int, number: int, period: str) -> None:
    row = {"unit_id": unit_id, "number": number, "period": period, "element": "WAKTU"}
    when = {"quarter": "2026-Q4", "due_on": date(2026, 12, 31), "opened_at": CLOSED_AT}
    who = {"responsible": "Kasi", "opened_by": "kepala", "horizon": "short"}
    action = {"id": uuid4(), "said": "", "action": f"atas {period}"}
    session.execute(insert(Improvement), {**row, **when, **who, **action})


# The drafts.


def test_only_what_chance_does_not_explain_is_called_a_rise_or_a_fall() -> None:
    arrived = made_questionnaires(200, 1)
    before = [{**sheet, Element.WAKTU: 1, Element.BIAYA: 4} for sheet in arrived]
    said = drafts(compared(arrived, before), {})
    assert "naik melebihi" in said[Part.KEKUATAN]
    assert "Waktu pelayanan (+" in said[Part.KEKUATAN].split("\n")[1]
    assert "turun melebihi" in said[Part.KELEMAHAN]
    assert "Biaya/tarif (−" in said[Part.KELEMAHAN].split("\n")[1]
    same = drafts(compared(arrived, made_questionnaires(200, 2)), {})
    assert "tidak ada unsur yang naik" in same[Part.KEKUATAN]
    assert "tidak ada unsur yang turun" in same[Part.KELEMAHAN]
    assert "IKM dinyatakan tetap" in same[Part.TREN]


def compared(arrived: Sequence[Ratings], before: Sequence[Ratings]) -> SkmReport:
    counts = QuestionnaireCounts.of(arrived)
    figures = unit_month(counts, QuestionnaireCounts.of(before), SAME_ORDER)
    return made_report(arrived, figures=figures, before=Period.parse("2026-Q2"))


@pytest.mark.parametrize(
    ("visits", "said"),
    [
        (None, "tidak tercatat untuk seluruh periode"),
        (500, "paling sedikit 217 responden; masih kurang 181. "),
        (40, "paling sedikit 36 responden. "),
    ],
)
def test_the_sample_is_told_against_what_the_people_served_require(
    visits: int | None, said: str
) -> None:
    report = made_report(made_questionnaires(36, 1), sample=Sample(36, visits))
    told = drafts(report, {})[Part.RESPONDEN]
    assert said in told
    assert "Dari 50 tanggapan terkumpul 36 kuesioner lengkap" in told


def test_nine_elements_alike_are_neither_strong_nor_weak() -> None:
    said = drafts(made_report([alike(4)] * 40), {})
    assert said[Part.KEKUATAN] == said[Part.KELEMAHAN]
    assert "Kesembilan unsur bernilai sama, yaitu 4,00" in said[Part.KEKUATAN]
    assert "didahulukan" not in said[Part.PENUTUP]


def test_the_strongest_and_weakest_three_are_named_with_their_means() -> None:
    ratings = dict(zip(Element, (4, 3, 3, 4, 2, 2, 4, 3, 1), strict=True))
    said = drafts(made_report([ratings] * 12), {})
    strong = "Persyaratan (4,00), Biaya/tarif (4,00), dan Perilaku petugas (4,00)"
    assert strong in said[Part.KEKUATAN]
    weak = "Sarana prasarana (1,00), Produk layanan (2,00), dan Kompetensi petugas (2,00)"
    assert weak in said[Part.KELEMAHAN]

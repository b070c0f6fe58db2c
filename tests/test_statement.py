import doctest
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from sqlmodel import Session

from aggregation.app import FOLDER
from aggregation.appraisal.stated import (
    Answers,
    ServedService,
    stated_figures,
    worked_formulas,
)
from aggregation.appraisal.statement import NoStatement, Statement, statement_of
from aggregation.appraisal.statement_window import Aside
from aggregation.closings import ClosingRule, OfficerFigure
from aggregation.method import answer_rows as rows_module
from aggregation.method.answer_rows import answer_rows
from aggregation.method.combination import CombinationCounts
from aggregation.method.evidence import Basis
from aggregation.method.officer_score import Reader
from aggregation.method.rule import DEFAULT_RULE, Rule, Weighted
from aggregation.method.rule_presets import PRESETS, Preset
from aggregation.method.worked_formula import Formula, Mixed
from aggregation.months.figure_rows import officer_row
from aggregation.months.officer_results import own_counts, scores_under, served, window_counts
from aggregation.months.tally import Cell
from aggregation.months.window import WindowMonth
from aggregation.output.statement_asides import asides
from aggregation.output.statement_text import StatementText, statement_text
from aggregation.output.statement_words import Speech
from survey.language import TRANSLATIONS, load_languages
from survey.questionnaire import OVERALL
from tests.month_factories import AUGUST, OCTOBER, SEPTEMBER, at, clerk_for, half_up
from tests.statement_factories import (
    BUDI,
    MONDAYS,
    NOVEMBER_9,
    SARI,
    Calculator,
    number_of,
    on_paper,
    revision_of,
    told,
    told_office,
)
from tests.tampering import untriggered

LANGUAGES = load_languages(["id", "en"], (TRANSLATIONS, FOLDER / "translations"))
INDONESIAN = LANGUAGES["id"]
WITH_MIX = replace(DEFAULT_RULE, version="2", mix_applied=True, outages_counted=False)
ON_120 = replace(DEFAULT_RULE, version="3", conversion=PRESETS[Preset.UP_TO_120])


SPEECH = Speech(INDONESIAN, own=True)


def said(statement: Statement) -> StatementText:
    return statement_text(statement, INDONESIAN)


def wrong_lines(text: StatementText) -> list[str]:
    """Return the formulas that a calculator finds another figure for."""
    return [
        f"{line.expression} = {line.result}"
        for line in text.sums
        if on_paper(Calculator.result_of(line.expression), line.result)
        != str(line.result).replace(".", "").replace("−", "-")
    ]


@pytest.mark.parametrize("rule", [DEFAULT_RULE, WITH_MIX, ON_120], ids=lambda rule: rule.version)
def test_every_line_gives_its_figure_on_a_calculator(session: Session, rule: Rule) -> None:
    statement = told(session, told_office(session, rule))
    text = said(statement)
    assert len(text.sums) == (9 if rule is WITH_MIX else 6)
    assert wrong_lines(text) == []
    results = {formula.step.value: formula.result for formula in statement.formulas}
    figures = statement.figures
    assert figures is not None
    assert results["sum"] == figures.sum_x
    assert results["raw"] == figures.raw
    assert results["shrunk"] == figures.index
    assert results.get("value", results.get("same_value")) == figures.value
    assert results["contribution"] == figures.contribution


def test_a_statement_whose_mean_was_changed_is_noticed(session: Session) -> None:
    office = told_office(session)
    with untriggered(session):
        session.execute(update(ClosingRule).values(mu="3.9000"))
    assert len(wrong_lines(said(told(session, office)))) == 1


def test_the_last_column_added_up_by_divisor_is_the_sum(session: Session) -> None:
    statement = told(session, told_office(session))
    table = said(statement).answers
    assert table is not None
    parts = [row[-1].partition("/") for row in table.rows]
    total = sum(
        (number_of(whole) / (number_of(divisor) if divisor else 1) for whole, _, divisor in parts),
        Fraction(0),
    )
    assert statement.figures is not None
    assert half_up(total, 4) == str(statement.figures.sum_x)
    assert sum(number_of(row[-2]) for row in table.rows) == statement.evidence.n


def test_a_clerk_finds_the_same_numbers_in_the_rows(session: Session) -> None:
    office = told_office(session)
    statement = told(session, office)
    held = {at(monday, 8, month) for month, monday in MONDAYS.items()}
    clerk = clerk_for(session, office, *MONDAYS)
    clerk = replace(clerk, rows=[row for row in clerk.rows if row["half_hour"] not in held])
    mine, theirs = (clerk.voices(office.officers[who]) for who in (SARI, BUDI))
    figures, mu = statement.figures, statement.by.mu
    assert figures is not None
    assert statement.evidence.n == len(mine)
    assert str(figures.sum_x) == half_up(sum(mine, Fraction(0)), 4)
    assert str(mu) == half_up(sum([*mine, *theirs], Fraction(0)) / len([*mine, *theirs]), 4)
    total = Fraction(figures.sum_x) + 30 * Fraction(mu or 0)
    assert str(figures.index) == half_up(25 * total / (len(mine) + 30), 2)
    assert str(figures.contribution) == half_up(Fraction(figures.index or 0) / 10, 2)


def test_every_response_of_the_own_half_hours_is_accounted_for(session: Session) -> None:
    statement = told(session, told_office(session))
    window = statement.window
    assert window.months == (AUGUST, SEPTEMBER, OCTOBER)
    assert dict(window.aside) == {
        Aside.LATE: 6,
        Aside.QUARANTINED: 3,
        Aside.CHANNEL: 3,
        Aside.SILENT: 3,
    }
    assert window.received == statement.evidence.n + sum(window.aside.values())
    assert window.nobodys == 3
    assert window.in_outage == 6


@pytest.mark.parametrize(("answered", "told_apart"), [(6, False), (9, False), (10, True)])
def test_an_outage_that_few_answered_in_has_no_figure_of_its_own(
    session: Session, answered: int, told_apart: bool
) -> None:
    statement = told(session, told_office(session))
    window = replace(statement.window, in_outage=answered)
    said = " ".join(line.said for line in asides(replace(statement, window=window), SPEECH))
    assert ("tanpa jam itu" in said) is told_apart
    assert ("tanpa angka tersendiri" in said) is not told_apart


def test_half_hours_of_outages_are_set_aside_where_the_rule_says_so(session: Session) -> None:
    statement = told(session, told_office(session, WITH_MIX))
    assert statement.window.aside[Aside.OUTAGE] == 6
    assert [each.reason for each in statement.window.outages] == ["Jaringan pusat padam"] * 3
    assert statement.evidence.n == 3 * 32


def test_below_publishable_hr_reads_no_number_at_all(session: Session) -> None:
    office = told_office(session, months=[AUGUST])
    as_officer = told(session, office, BUDI, month=AUGUST)
    as_hr = told(session, office, BUDI, Reader.HR, month=AUGUST)
    assert as_officer.evidence.basis is Basis.INDICATIVE
    assert as_officer.figures is not None
    assert as_officer.answers is None
    assert (as_hr.figures, as_hr.answers, as_hr.formulas) == (None, None, ())
    text = said(as_hr)
    assert (text.index, text.sums, text.tables, text.changes) == (None, (), (), ())
    assert as_hr.evidence.reason in text.standing


def test_whoever_has_no_row_has_no_statement(session: Session) -> None:
    office = told_office(session, months=[AUGUST])
    closing = revision_of(session, office, month=AUGUST)
    with pytest.raises(NoStatement):
        statement_of(session, closing, 10**6, Reader.OFFICER, NOVEMBER_9, with_number=True)


def test_an_indicative_index_can_be_recomputed_too(session: Session) -> None:
    statement = told(session, told_office(session, WITH_MIX, [AUGUST]), BUDI, month=AUGUST)
    text = said(statement)
    assert statement.evidence.basis is Basis.INDICATIVE
    assert wrong_lines(text) == []
    assert text.sums[-1].result == text.index


COMBINATIONS = st.dictionaries(
    st.text("1234-", min_size=4, max_size=4), st.integers(1, 60), min_size=1, max_size=12
)
RULES = st.builds(
    Rule,
    elements=st.permutations([OVERALL, "PERILAKU", "KOMPETENSI", "WAKTU"]).flatmap(
        lambda codes: st.tuples(
            *(st.builds(Weighted, st.just(c), st.integers(1, 12)) for c in codes)
        )
    ),
    shrinkage_k=st.integers(0, 200),
    share_percent=st.integers(0, 1000).map(lambda tenths: Decimal(tenths) / 10),
    conversion=st.sampled_from(list(PRESETS.values())),
    mix_applied=st.booleans(),
    outages_counted=st.booleans(),
    minimum_n=st.just(1),
    publishable_n=st.just(1),
    publishable_half_width=st.just(Decimal(100)),
)


@given(
    RULES,
    st.dictionaries(
        st.tuples(st.sampled_from([SARI, BUDI]), st.sampled_from([None, 1, 2]), st.booleans()),
        COMBINATIONS,
        min_size=1,
        max_size=8,
    ),
)
def test_whatever_was_answered_the_lines_give_the_figures(
    rule: Rule, answers: dict[tuple[int, int | None, bool], CombinationCounts]
) -> None:
    for statement_lines in stated_lines(rule, answers):
        for formula in statement_lines:
            expression = SPEECH.expression(formula.terms)
            result = SPEECH.figure(formula.result)
            found = on_paper(Calculator.result_of(expression), result)
            assert found == result.replace(".", "").replace("−", "-"), expression


def stated_lines(
    rule: Rule, answers: dict[tuple[int, int | None, bool], CombinationCounts]
) -> Iterator[tuple[Formula, ...]]:
    """Score made-up cells as a close does, and yield each officer's formulas."""
    cells = {
        Cell(who, 1, service, "kiosk", out, late=False, quarantined=False): counts
        for (who, service, out), counts in answers.items()
    }
    window = [WindowMonth(OCTOBER, rule.codes, cells, {}, frozenset({SARI, BUDI}))]
    baseline, results = scores_under(rule, {SARI: "", BUDI: ""}, window)
    own = own_counts([SARI, BUDI], rule, window)
    for officer, result in results.items():
        figures = result.score.figures
        if figures is None or result.worth is None:
            continue
        [row] = [officer_row(officer, result, 1)]
        keys = {"closing_id": UUID(int=0), "unit_id": 1, **row}
        stated = stated_figures(OfficerFigure(**keys), rule)
        assert stated is not None
        times = served(own[officer], rule) if rule.mix_applied else {}
        mix = [
            ServedService(None, Mixed(n, baseline.service_means[each])) for each, n in times.items()
        ]
        rows = answer_rows(window_counts(own[officer], rule), rule)
        yield worked_formulas(result.score.n, baseline, stated, Answers([], [], [], rows), mix)


def test_the_example_in_the_docstring_holds() -> None:
    assert doctest.testmod(rows_module).failed == 0

"""The page that shows how a statement is recomputed by hand: its lines are the product's own."""

import re
from decimal import Decimal

from aggregation.app import FOLDER
from aggregation.appraisal.stated import Answers, stated_figures, worked_formulas
from aggregation.closings import OfficerFigure
from aggregation.method.answer_rows import answer_rows
from aggregation.method.component import component_value, contribution
from aggregation.method.officer_score import officer_score
from aggregation.method.rule import DEFAULT_RULE, Rule
from aggregation.method.rule_presets import PRESETS, Preset
from aggregation.method.shrinkage import Pull, shrunk_index
from aggregation.months.officer_results import Baseline
from aggregation.output.statement_words import Speech
from survey.language import TRANSLATIONS, load_languages
from survey.settings import HOME
from tests.statement_factories import Calculator, on_paper

FORTY = {"4---": 20, "3---": 9, "1---": 2, "4443": 5, "334-": 3, "-131": 1}
SPEECH = Speech(load_languages(["id"], (TRANSLATIONS, FOLDER / "translations"))["id"], own=True)
DOCUMENT = (HOME / "docs" / "statement.md").read_text()
LINES = re.findall(r"^ {7}(\S.*) = (\S+)$", DOCUMENT, re.MULTILINE)
ON_120 = Rule(version="1", conversion=PRESETS[Preset.UP_TO_120])


def lines_under(rule: Rule) -> list[tuple[str, str]]:
    """Return the lines that a statement of the forty responses prints."""
    score, mu = officer_score(FORTY, rule), Decimal("3.2850")
    figures = score.figures
    assert figures is not None
    index = shrunk_index(figures.printed_sum, score.n, Pull(mu, rule.shrinkage_k))
    value = component_value(index, rule)
    row = {
        "n": score.n,
        "sum_x": figures.printed_sum,
        "index_raw": figures.raw_index,
        "interval_low": figures.interval.low,
        "interval_high": figures.interval.high,
        "index_shrunk": index,
        "component_value": value,
        "contribution": contribution(value, rule),
    }
    spelled = {name: str(number) for name, number in row.items()}
    stated = stated_figures(OfficerFigure(**{**spelled, "n": score.n}), rule)  # type: ignore[arg-type]
    assert stated is not None
    answers = Answers([], [], [], answer_rows(FORTY, rule))
    formulas = worked_formulas(score.n, Baseline(rule, score.n, mu, {}), stated, answers)
    return [(SPEECH.expression(each.terms), SPEECH.figure(each.result)) for each in formulas]


def wrong(lines: list[tuple[str, str]]) -> list[str]:
    return [typed for typed, told in lines if on_paper(Calculator.result_of(typed), told) != told]


def test_every_line_of_the_page_is_one_that_a_statement_prints() -> None:
    assert len(LINES) == 6
    assert set(LINES) <= {*lines_under(DEFAULT_RULE), *lines_under(ON_120)}


def test_every_line_of_the_page_is_right() -> None:
    assert wrong(LINES) == []


def test_a_wrong_line_would_be_noticed() -> None:
    assert wrong([("25 × 139,8333 ÷ 40", "87,41")]) == ["25 × 139,8333 ÷ 40"]


def test_the_table_of_the_page_is_the_one_that_a_statement_prints() -> None:
    printed = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in DOCUMENT.splitlines()
        if re.match(r"\| [1-4–] \|", line)
    ]
    assert printed == [
        [
            *("–" if each is None else str(each) for each in row.answers),
            _part(row.weighted, row.divisor),
            str(row.count),
            _part(row.total, row.divisor),
        ]
        for row in answer_rows(FORTY, DEFAULT_RULE)
    ]


def _part(whole: int, divisor: int) -> str:
    return str(whole) if divisor == 1 else f"{whole}/{divisor}"

import json
import re
from decimal import Decimal
from importlib.metadata import files
from pathlib import Path
from typing import Any

import pytest
from plotly import graph_objects as go

from aggregation.output.chart_theme import PALETTES
from aggregation.output.charts import SHAPES, BarLine, count_chart, element_chart
from aggregation.output.trend import Trend, trend
from aggregation.output.trend_chart import TrendWords, trend_chart
from survey.month import Month
from survey.questionnaire import ITEMS

ROOT = Path(__file__).parents[1]
STYLES = (ROOT / "aggregation/static/staff.css").read_text()
CITIZEN_STYLES = (ROOT / "survey/static/citizen.css").read_text()
VENDORED = ROOT / "aggregation/static/vendor/plotly-basic.min.js"
VERSION = re.compile(r"plotly\.js (?:\(.+\) )?v([0-9.]+)")


def lines(*, compared: bool = True) -> list[BarLine]:
    alone = [BarLine(item.short, Decimal("3.42"), "3,42") for item in ITEMS.values()]
    if not compared:
        return alone
    before = (Decimal("3.57"), "3,57", "↓ −0,15")
    return [BarLine(each.label, each.value, each.printed, *before) for each in alone]


def chart(*, compared: bool = True) -> dict[str, Any]:
    return element_chart(lines(compared=compared), "Oktober 2026", "September 2026")


def counts(*sizes: int) -> dict[str, Any]:
    return count_chart([BarLine(f"{n}", Decimal(n), f"{n}") for n in sizes], "Tanggapan")


def a_trend(*, hidden: int = 3) -> Trend:
    """Return eight months, one of which has too few questionnaires."""
    months = {Month(2026, 1).shift(n): {27 + n % 3: 9 if n == hidden else 40} for n in range(8)}
    found = trend(months, Month(2026, 8))
    assert found is not None
    return found


def trend_drawn() -> dict[str, Any]:
    points = a_trend().points
    printed = tuple("" if p.index is None else f"{p.index}" for p in points)
    return trend_chart(a_trend(), TrendWords("IKM", "batas wajar", printed))


def tokens(css: str) -> dict[str, dict[str, str]]:
    """Return the custom properties of both themes."""
    light, _, dark = css.partition("prefers-color-scheme: dark)")
    value = re.compile(r"^\s*--([\w-]+):\s*([^;]+);", re.MULTILINE)
    return {"light": dict(value.findall(light)), "dark": dict(value.findall(dark))}


def test_a_chart_is_plain_json() -> None:
    assert json.loads(json.dumps(chart())) == chart()


def test_a_chart_has_one_bar_an_element_and_a_mark_on_each() -> None:
    bars, halo, marks = chart()["data"]
    assert (bars["type"], len(bars["x"])) == ("bar", 9)
    assert halo["x"] == marks["x"] == [3.57] * 9


def test_a_first_month_has_no_marks() -> None:
    [bars] = chart(compared=False)["data"]
    assert bars["type"] == "bar"


@pytest.mark.parametrize("shape", SHAPES)
def test_every_bar_has_its_name_its_figure_and_its_change(shape: str) -> None:
    texts = [text["text"] for text in chart()["layouts"][shape]["annotations"]]
    expected = [t for each in lines() for t in (each.label, each.printed, each.printed_change)]
    assert texts == expected


def test_the_scale_runs_from_1_to_4() -> None:
    for layout in chart()["layouts"].values():
        assert tuple(layout["xaxis"]["range"]) == (1, 4)


def test_a_figure_carries_no_colour_of_its_own() -> None:
    drawn = {name: part for name, part in chart().items() if name != "templates"}
    assert not re.search(r"#[0-9a-f]{3,6}|rgb|color", json.dumps(drawn))
    assert "#" in json.dumps(chart()["templates"])


def test_nothing_is_set_as_a_style_attribute_that_the_page_would_refuse() -> None:
    assert "<b>" not in json.dumps(chart())


def held_to_plotly(figure: dict[str, Any]) -> None:
    """Let plotly's own classes read a chart: they refuse what they do not know."""
    for layout in figure["layouts"].values():
        for colours in figure["templates"].values():
            go.Figure(figure["data"], {**layout, "template": colours})


@pytest.mark.parametrize("figure", [chart(), chart(compared=False), trend_drawn(), counts(3, 4)])
def test_every_chart_is_one_that_plotly_knows(figure: dict[str, Any]) -> None:
    held_to_plotly(figure)


def test_a_chart_with_a_word_that_plotly_does_not_know_is_noticed() -> None:
    [bars, *rest] = chart()["data"]
    with pytest.raises(ValueError, match="colour"):
        held_to_plotly({**chart(), "data": [{**bars, "colour": "red"}, *rest]})


@pytest.mark.parametrize("theme", PALETTES)
def test_a_charts_colours_are_the_pages(theme: str) -> None:
    page, palette = tokens(STYLES)[theme], PALETTES[theme]
    for name in ("ground", "sunken", "ink", "data"):
        assert getattr(palette, name) == page[name]
    assert (palette.soft, palette.edge) == (page["data-soft"], page["line-strong"])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_both_sites_give_a_token_the_same_value(theme: str) -> None:
    citizens, staff = tokens(CITIZEN_STYLES)[theme], tokens(STYLES)[theme]
    shared = citizens.keys() & staff.keys()
    assert len(shared) > 15
    assert {n for n in shared if citizens[n].split() != staff[n].split()} == set()


def test_the_script_is_the_one_the_python_library_was_made_for() -> None:
    [bundled] = [f for f in files("plotly") or [] if f.name == "plotly.min.js"]
    with Path(bundled.locate()).open() as whole, VENDORED.open() as vendored:
        theirs, ours = VERSION.search(whole.read(200)), VERSION.search(vendored.read(200))
    assert theirs
    assert ours
    assert theirs[1] == ours[1]


def test_the_vendored_script_lies_beside_its_licence() -> None:
    assert "MIT License" in (VENDORED.parent / "plotly-basic.LICENSE").read_text()


def test_a_count_begins_at_nought_and_the_largest_fills_the_scale() -> None:
    figure = counts(40, 10, 0)
    assert figure["data"][0]["x"] == [40, 10, 0]
    for layout in figure["layouts"].values():
        assert tuple(layout["xaxis"]["range"]) == (0, 40)


def test_counts_of_nothing_have_a_scale_all_the_same() -> None:
    assert tuple(counts(0)["layouts"]["wide"]["xaxis"]["range"]) == (0, 1)


@pytest.mark.parametrize("figure", [trend_drawn(), counts(3, 4)])
def test_every_chart_is_plain_json_without_colours(figure: dict[str, Any]) -> None:
    assert json.loads(json.dumps(figure)) == figure
    drawn = {name: part for name, part in figure.items() if name != "templates"}
    assert not re.search(r"#[0-9a-f]{3,6}|rgb|color", json.dumps(drawn))


def test_a_month_without_an_index_is_a_gap_in_the_trend() -> None:
    [_, months, _] = trend_drawn()["data"]
    assert months["y"][3] is None
    assert months["connectgaps"] is False
    assert len([y for y in months["y"] if y is not None]) == 7


def test_a_trend_shows_its_limits_once_there_are_enough_neighbours() -> None:
    assert a_trend().limits is not None
    short = trend({Month(2026, n): {27: 40} for n in (1, 2, 3)}, Month(2026, 3))
    assert short is not None
    assert short.limits is None
    drawn = trend_chart(short, TrendWords("IKM", "batas wajar", ("75,00",) * 3))
    assert drawn["layouts"]["wide"].get("shapes", []) in ([], ())


def test_a_trend_reaches_back_two_years_and_no_further() -> None:
    months = {Month(2023, 1).shift(n): {27: 40} for n in range(40)}
    found = trend(months, Month(2023, 1).shift(39))
    assert found is not None
    assert len(found.points) == 24


def test_one_month_is_no_trend() -> None:
    assert trend({Month(2026, 1): {27: 40}, Month(2026, 2): {27: 9}}, Month(2026, 2)) is None

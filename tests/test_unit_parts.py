import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import pytest

from aggregation.method.change import Change
from aggregation.method.funnel import Place, funnel
from aggregation.method.questionnaire_counts import QuestionnaireCounts
from aggregation.months.released import Cells
from aggregation.output.dashboard.cut_parts import services_part
from aggregation.output.dashboard.desk_funnel import desk_reading, desks_part
from aggregation.output.dashboard.elements import Names, element_reading, elements_part, most_felt
from aggregation.output.dashboard.heat_map import HeatMap, heat_part
from aggregation.output.dashboard.part import Part
from aggregation.output.dashboard.pieces import Piece, outside, pieces
from aggregation.output.dashboard.priorities import priorities_part, priority_reading, weigh
from aggregation.output.dashboard.tasks import advice, tasks
from aggregation.output.dashboard.trend_part import Mark, MarkKind, trend_part
from aggregation.output.sample_meter import sample_meter
from aggregation.output.trend import trend
from aggregation.output.unit_month import UnitMonth, unit_month
from survey.language import Language
from survey.month import Month
from survey.questionnaire import ORDERS, Element, ElementOrder
from tests.questionnaires import Ratings, alike
from tests.test_charts import held_to_plotly

ID = Language("id", {})
ORDER = ORDERS[ElementOrder.BODY]
SEPTEMBER = "September 2026"


def counts(*groups: tuple[Ratings, int]) -> QuestionnaireCounts:
    return QuestionnaireCounts.of(sheet for sheet, n in groups for _ in range(n))


def spread(shift: int = 0, n: int = 60) -> QuestionnaireCounts:
    """Return questionnaires of threes and fours; `shift` of each ten are threes more."""
    threes = (5 + shift) * n // 10
    return counts((alike(3), threes), (alike(4), n - threes))


def figures(now: QuestionnaireCounts, before: QuestionnaireCounts | None = None) -> UnitMonth:
    found = unit_month(now, before, ORDER)
    assert found is not None
    return found


def fallen(*elements: Element, n: int = 60) -> QuestionnaireCounts:
    low = {**alike(4), **dict.fromkeys(elements, 2)}
    return counts((low, n // 2), (alike(4), n - n // 2))


ALL_FOURS_AND_A_FEW_THREES = counts((alike(4), 55), (alike(3), 5))


def test_a_lone_fall_is_said_with_how_far_and_where_it_is_most_felt() -> None:
    found = figures(fallen(Element.WAKTU), ALL_FOURS_AND_A_FEW_THREES)
    said = element_reading(found, SEPTEMBER, {Element.WAKTU: "KTP-el"}, ID)
    assert said.startswith("Waktu pelayanan turun 0,92 sejak September 2026")
    assert said.endswith("; paling terasa di layanan KTP-el")


def test_without_a_service_that_bears_it_out_the_half_sentence_is_left_out() -> None:
    found = figures(fallen(Element.WAKTU), ALL_FOURS_AND_A_FEW_THREES)
    assert "paling terasa" not in element_reading(found, SEPTEMBER, {}, ID)


def test_what_chance_explains_is_called_steady() -> None:
    said = element_reading(figures(spread(1), spread()), SEPTEMBER, {}, ID)
    assert said == "Kesembilan unsur stabil sejak September 2026"


def test_several_falls_are_named_and_four_are_counted() -> None:
    two = figures(fallen(Element.WAKTU, Element.SARANA), ALL_FOURS_AND_A_FEW_THREES)
    assert element_reading(two, SEPTEMBER, {}, ID) == (
        "Waktu pelayanan dan sarana prasarana turun sejak September 2026"
    )
    four = figures(fallen(*ORDER[:4]), ALL_FOURS_AND_A_FEW_THREES)
    assert element_reading(four, SEPTEMBER, {}, ID) == "4 unsur turun sejak September 2026"


def test_a_first_period_names_its_lowest_element() -> None:
    said = element_reading(figures(fallen(Element.WAKTU)), None, {}, ID)
    assert said == "Terendah: waktu pelayanan (3,00)"


def test_the_service_where_a_fall_is_most_felt_must_have_fallen_itself() -> None:
    steady, low = ALL_FOURS_AND_A_FEW_THREES, fallen(Element.WAKTU)
    now: Cells = {"1": low, "2": steady, "3": None}
    before: Cells = {"1": steady, "2": steady, "3": steady}
    assert most_felt(Element.WAKTU, Change.FALL, now, before) == "1"
    assert most_felt(Element.SARANA, Change.FALL, now, before) is None
    assert most_felt(Element.WAKTU, Change.RISE, now, before) is None


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ({"1": None}, {"1": ALL_FOURS_AND_A_FEW_THREES}),
        ({"1": fallen(Element.WAKTU)}, {"1": None}),
        ({"1": fallen(Element.WAKTU)}, {}),
        ({"": fallen(Element.WAKTU)}, {"": ALL_FOURS_AND_A_FEW_THREES}),
        (
            {"1": fallen(Element.WAKTU), "2": fallen(Element.WAKTU)},
            {"1": ALL_FOURS_AND_A_FEW_THREES, "2": ALL_FOURS_AND_A_FEW_THREES},
        ),
    ],
    ids=["hidden now", "hidden before", "new", "unknown service", "two alike"],
)
def test_a_service_is_not_named_unless_both_periods_show_it_alone(
    now: Cells, before: Cells
) -> None:
    assert most_felt(Element.WAKTU, Change.FALL, now, before) is None


def test_the_target_is_marked_on_every_bar() -> None:
    part = elements_part(figures(spread()), Names("Oktober 2026", None), Decimal("3.06"), {}, ID)
    assert "Garis putus-putus: target 3,06." in part.caption
    assert part.chart is not None
    for layout in part.chart["layouts"].values():
        lines = [shape for shape in layout["shapes"] if shape["type"] == "line"]
        assert [line["x0"] for line in lines] == [3.06] * 9


def office(sizes: Mapping[str, QuestionnaireCounts | None]) -> list[Piece]:
    whole = sum((each for each in sizes.values() if each is not None), start=counts((alike(4), 0)))
    names = {cell: f"Loket {cell}" for cell in sorted(sizes)}
    return pieces(sizes, names, funnel(whole.totals))


UNEVEN = {
    "1": spread(n=80),
    "2": counts((alike(2), 15)),
    "3": spread(1, n=100),
    "4": None,
    "5": spread(n=90),
}


def test_desks_stand_in_their_order_and_only_outliers_are_labelled() -> None:
    found = office(UNEVEN)
    shape = funnel(Counter({27: 90, 36: 90}))
    part = desks_part(found, shape, ID)
    assert [row[0] for row in part.table.rows] == [f"Loket {n}" for n in range(1, 6)]
    assert part.chart is not None
    for layout in part.chart["layouts"].values():
        assert [text["text"] for text in layout["annotations"]] == ["Loket 2 · 50,00"]
    assert desk_reading(found, ID) == "Loket 2 di bawah corong"
    assert "Di dalam corong, perbedaan mungkin kebetulan." in part.caption


def test_a_hidden_desk_is_in_the_table_as_a_word_and_nowhere_in_the_chart() -> None:
    part = desks_part(office(UNEVEN), funnel({27: 90, 36: 90}), ID)
    assert part.table.rows[3][1:] == ("disembunyikan",) * 4 + ("–",)
    assert part.chart is not None
    assert len(part.chart["data"][-1]["x"]) == 4


def test_equal_desks_are_called_equal_and_no_task_is_made_of_them() -> None:
    found = office({"1": spread(n=80), "2": spread(1, n=60)})
    assert desk_reading(found, ID) == "Loket setara: perbedaannya mungkin kebetulan"
    assert outside(found) == []


def test_who_is_at_no_known_desk_is_never_called_an_outlier() -> None:
    found = office({"1": spread(n=80), "": counts((alike(2), 40))})
    assert "Tanpa" not in desk_reading(found, ID)
    assert outside([piece for piece in found if piece.cell == ""]) == []


def grid(part: Part) -> HeatMap:
    assert isinstance(part.grid, HeatMap)
    return part.grid


def heat(cells: Cells) -> Part:
    return heat_part(cells, funnel({27: 90, 36: 90}), ID)


def test_the_heat_map_shows_five_days_and_a_weekend_only_if_it_was_served() -> None:
    assert [day for day, _ in grid(heat({"1-1": spread()})).rows] == [
        "Senin", "Selasa", "Rabu", "Kamis", "Jumat",
    ]  # fmt: skip
    assert grid(heat({"6-1": spread()})).rows[-1][0] == "Sabtu"


def test_heat_is_a_matter_of_chance_and_hidden_cells_have_none() -> None:
    cells = {"1-1": counts((alike(2), 40)), "1-2": spread(), "2-1": None}
    rows = grid(heat(cells)).rows
    assert [cell.heat for cell in rows[0][1]] == [1, 3]
    assert [(cell.heat, cell.empty) for cell in rows[1][1]] == [(0, False), (0, True)]
    part = heat(cells)
    assert part.reading == "Senin 08.00–12.00 di bawah unit, bukan sekadar kebetulan"
    assert part.table.rows[1][1:] == ("disembunyikan",) * 2 + ("tidak ada",) * 2


def test_times_that_are_unknown_or_outside_the_slots_are_no_cell_of_the_map() -> None:
    assert len(grid(heat({"": spread(), "1-1": spread()})).rows) == 5


def test_services_that_differ_are_named_in_the_offices_order() -> None:
    part = services_part(office(UNEVEN), ID)
    assert part.reading.startswith("Loket 2 di bawah unit, bukan sekadar kebetulan")
    assert part.chart is not None
    assert [text["text"] for text in part.chart["layouts"]["wide"]["annotations"]][::2] == [
        f"Loket {n}" for n in range(1, 6)
    ]


IMPORTANCE = {
    element: Decimal("0.60") if element is Element.WAKTU else Decimal("0.30") for element in Element
}


def test_what_matters_and_lags_behind_comes_first() -> None:
    now = fallen(Element.WAKTU, Element.SARANA)
    weighed = weigh(figures(now).lines, now, IMPORTANCE)
    assert [each.line.element for each in weighed if each.comes_first] == [Element.WAKTU]
    assert priority_reading(weighed, ID).startswith("Dahulukan waktu pelayanan:")


def test_without_fifty_full_responses_the_quadrant_says_why_it_is_missing() -> None:
    part = priorities_part(weigh(figures(spread()).lines, spread(), {}), ID)
    assert part.chart is None
    assert part.table.rows == []
    assert "paling sedikit 50 kuesioner lengkap" in part.reading


def course(low: int = 30) -> Sequence[Mapping[int, int]]:
    return [{30: 20, 31: 20 + n % 2} for n in range(9)] + [{low: 40}]


def of_the_year(low: int = 30) -> dict[Month, Mapping[int, int]]:
    return {Month(2026, 1).shift(place): each for place, each in enumerate(course(low))}


def test_what_happened_stands_beside_its_month_and_below_it_in_the_chart() -> None:
    found = trend(of_the_year(), Month(2026, 10))
    assert found is not None
    marks = [
        Mark(date(2026, 9, 14), MarkKind.TABLET, "Loket 2"),
        Mark(date(2026, 9, 3), MarkKind.OUTAGE, ""),
        Mark(date(2025, 9, 3), MarkKind.DONE, "lama"),
    ]
    part = trend_part(found, marks, ID)
    assert [row[3] for row in part.table.rows][8] == "3: gangguan; 14: tablet baru: Loket 2"
    assert {row[3] for row in part.table.rows} == {"–", part.table.rows[8][3]}
    assert part.chart is not None
    assert part.chart["data"][2]["x"] == ["2026-09-01"]
    assert "Segitiga" in part.caption


def test_a_month_beyond_the_limits_is_the_reading_and_a_task() -> None:
    found = trend(of_the_year(20), Month(2026, 10))
    assert found is not None
    assert trend_part(found, [], ID).reading == "Oktober 2026 di bawah batas wajar"
    now = figures(spread())
    listed = tasks(now, Decimal(76), desks=[], trend=found, sample=None, language=ID)
    assert [task.part for task in listed] == ["tren"]


def test_tasks_say_only_what_the_figures_bear_out() -> None:
    steady = figures(spread(1), spread())
    meter = sample_meter(40, 60, 60)
    assert tasks(steady, Decimal(76), desks=[], trend=None, sample=meter, language=ID) == []
    bad = figures(fallen(Element.WAKTU), ALL_FOURS_AND_A_FEW_THREES)
    few = sample_meter(4860, 60, 60)
    listed = tasks(bad, Decimal(100), desks=office(UNEVEN), trend=None, sample=few, language=ID)
    assert [task.part for task in listed] == ["unsur", "unsur", "loket", "sampel"]
    assert listed[2].said == "Loket 2 di bawah corong: IKM 50,00 dari 15 kuesioner."


def test_advice_takes_what_citizens_weigh_most_before_what_fell() -> None:
    bad = figures(fallen(Element.WAKTU), ALL_FOURS_AND_A_FEW_THREES)
    assert advice(bad, ["sarana prasarana"], ID) == "Dahulukan sarana prasarana."
    assert advice(bad, [], ID) == "Cari penyebab turunnya waktu pelayanan."
    assert advice(figures(spread()), [], ID) == ""


def test_every_chart_of_the_page_is_one_that_plotly_knows() -> None:
    now, found = fallen(Element.WAKTU), office(UNEVEN)
    months = trend(of_the_year(), Month(2026, 10))
    assert months is not None
    parts = [
        elements_part(figures(now), Names("Oktober 2026", None), Decimal("3.06"), {}, ID),
        desks_part(found, funnel({27: 90, 36: 90}), ID),
        services_part(found, ID),
        priorities_part(weigh(figures(now).lines, now, IMPORTANCE), ID),
        trend_part(months, [Mark(date(2026, 9, 3), MarkKind.OUTAGE, "")], ID),
    ]
    for part in parts:
        assert part.chart is not None
        held_to_plotly(dict(part.chart))
        assert json.loads(json.dumps(part.chart)) == part.chart


def test_places_are_named_for_every_piece_that_is_shown() -> None:
    places = {piece.shown.place for piece in office(UNEVEN) if piece.shown}
    assert Place.BELOW in places

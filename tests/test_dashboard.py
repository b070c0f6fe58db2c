import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from random import Random
from typing import Any, TypedDict, Unpack

import pytest
from scipy.stats import beta
from sqlalchemy import Engine
from werkzeug.test import Client, TestResponse

from survey.database import writing
from survey.month import Month
from survey.questionnaire import ITEMS, ORDERS, Element, ElementOrder
from tests.page_words import words
from tests.questionnaires import Ratings, alike
from tests.staff_factories import (
    OCTOBER,
    SEPTEMBER,
    make_closed_month,
    make_office,
    member,
    staff,
)

UNIT = "/staff/unit/DISDUKCAPIL-CONTOH"
ROW = re.compile(r'<tr><th scope="row">([^<]+)</th>((?:<td class="r">.*?</td>)+)</tr>')
CELL = re.compile(r'<td class="r">(?:<b>)?([^<]+)')


class Columns(TypedDict, total=False):
    """What a test may say of its unit."""

    name: str
    element_order: str


def drawn(seed: int, n: int) -> list[dict[Element, int]]:
    draw = Random(seed)
    return [{e: draw.choices((1, 2, 3, 4), (1, 2, 8, 9))[0] for e in Element} for _ in range(n)]


def signed_in(engine: Engine, **environment: str) -> Client:
    return member(staff(engine, **environment), engine)


def closed(
    engine: Engine, months: Mapping[Month, Sequence[Ratings]], **unit: Unpack[Columns]
) -> Client:
    with writing(engine) as session:
        unit_id = make_office(session, **unit)
        for month, sheets in months.items():
            make_closed_month(session, unit_id, sheets, month, release=True)
    return signed_in(engine)


def half_up(exact: Fraction, places: int = 2) -> str:
    """Print a figure as an Indonesian page does, without our own code for it."""
    steps = int(abs(exact) * 10**places * 2 + 1) // 2
    whole, part = divmod(steps, 10**places)
    return f"{whole},{part:0{places}d}"


def signed(exact: Fraction) -> str:
    return half_up(exact) if not exact else ("+" if exact > 0 else "−") + half_up(exact)


def printed(figure: str) -> Fraction:
    return Fraction(figure.replace(",", "."))


def index_of(sheets: Sequence[Ratings]) -> Fraction:
    total = 0
    for sheet in sheets:
        for rating in sheet.values():
            total += rating
    return Fraction(25 * total, 9 * len(sheets))


def mean_of(sheets: Sequence[Ratings], element: Element) -> Fraction:
    return Fraction(sum(sheet[element] for sheet in sheets), len(sheets))


def interval_of(sheets: Sequence[Ratings]) -> list[float]:
    """The interval of method §5 by plain floats."""
    xs = [sum(sheet.values()) / 9 for sheet in sheets]
    n = len(xs)
    m = (sum(xs) + 2.5) / (n + 1)
    v = ((sum(x * x for x in xs) + 7.5) / (n + 1) - m * m) / (n + 2)
    share = (m - 1) / 3
    weight = share * (1 - share) / (v / 9) - 1
    shape = beta(share * weight, (1 - share) * weight)
    return [25 * (1 + 3 * shape.ppf(p)) for p in (0.025, 0.975)]


def table(page: TestResponse) -> dict[str, list[str]]:
    return {name: CELL.findall(cells) for name, cells in ROW.findall(page.text)}


def charts(page: TestResponse) -> dict[str, dict[str, Any]]:
    """Return the page's charts by the name of their table."""
    found = re.findall(
        r'data-table="([a-z-]+)-table">.*?<script type="application/json">(.+?)</script>',
        page.text,
        re.DOTALL,
    )
    return {name: json.loads(block) for name, block in found}


def chart(page: TestResponse) -> dict[str, Any]:
    return charts(page)["unsur"]


def big(page: TestResponse) -> str:
    [figure] = re.findall(r'<p class="big num">([^<]+)</p>', page.text)
    return str(figure)


@pytest.mark.parametrize("seed", range(5))
def test_the_pages_numbers_are_those_of_the_questionnaires(
    sqlite_engine: Engine, seed: int
) -> None:
    now, before = drawn(seed, 40 + seed), drawn(seed + 100, 25)
    page = closed(sqlite_engine, {SEPTEMBER: before, OCTOBER: now}).get(UNIT)
    assert big(page) == half_up(index_of(now))
    difference = printed(half_up(index_of(now))) - printed(half_up(index_of(before)))
    assert f'<b class="num">{signed(difference)}</b>' in page.text
    assert f'<b class="num">{len(now)}</b>' in page.text
    for element in Element:
        one, other = half_up(mean_of(now, element)), half_up(mean_of(before, element))
        expected = [one, other, signed(printed(one) - printed(other))]
        assert table(page)[ITEMS[element].short] == expected


@pytest.mark.parametrize("n", [10, 50])
def test_the_pages_interval_is_that_of_the_method(sqlite_engine: Engine, n: int) -> None:
    sheets = drawn(7, n)
    page = closed(sqlite_engine, {OCTOBER: sheets}).get(UNIT)
    [(low, high)] = re.findall(r'<span class="num">([0-9,]+)–([0-9,]+)</span>', page.text)
    for figure, exact in zip((low, high), interval_of(sheets), strict=True):
        assert abs(float(printed(figure)) - exact) <= 0.0051


def test_the_chart_shows_the_numbers_of_the_table(sqlite_engine: Engine) -> None:
    page = closed(sqlite_engine, {SEPTEMBER: drawn(1, 30), OCTOBER: drawn(2, 30)}).get(UNIT)
    rows, figure = [r for r in table(page).values() if len(r) == 3], chart(page)
    bars, _, marks = figure["data"]
    assert bars["customdata"] == [now for now, _, _ in rows]
    assert bars["x"] == [float(printed(now)) for now, _, _ in rows]
    assert marks["customdata"] == [before for _, before, _ in rows]
    texts = [text["text"] for text in figure["layouts"]["wide"]["annotations"]]
    assert [t.lstrip("↑↓ ") for t in texts[2::3]] == [change for _, _, change in rows]


@pytest.mark.parametrize("order", ElementOrder)
def test_elements_stand_in_the_units_order(sqlite_engine: Engine, order: ElementOrder) -> None:
    page = closed(sqlite_engine, {OCTOBER: drawn(1, 12)}, element_order=order).get(UNIT)
    assert list(table(page))[:9] == [ITEMS[element].short for element in ORDERS[order]]


def test_fewer_than_ten_questionnaires_give_words_and_no_number(sqlite_engine: Engine) -> None:
    sheets = drawn(3, 9)
    page = closed(sqlite_engine, {OCTOBER: sheets}).get(UNIT)
    assert "Tidak ada angka periode ini." in page.text
    hidden = [half_up(index_of(sheets)), *(half_up(mean_of(sheets, e)) for e in Element)]
    assert [figure for figure in hidden if figure in page.text] == []
    assert "application/json" not in page.text


def test_ten_questionnaires_give_a_number(sqlite_engine: Engine) -> None:
    page = closed(sqlite_engine, {OCTOBER: drawn(3, 10)}).get(UNIT)
    assert big(page) == half_up(index_of(drawn(3, 10)))


def test_a_month_that_is_too_small_leaks_nothing_through_the_next(sqlite_engine: Engine) -> None:
    small = drawn(4, 9)
    page = closed(sqlite_engine, {SEPTEMBER: small, OCTOBER: [alike(4)] * 30}).get(UNIT)
    assert "belum ada periode pembanding" in page.text
    assert half_up(index_of(small)) not in page.text


def test_the_newest_month_is_shown_and_the_others_can_be_chosen(sqlite_engine: Engine) -> None:
    months = {Month(2026, m): drawn(m, 10 + m) for m in (8, 9, 10)}
    client = closed(sqlite_engine, months)
    assert big(client.get(UNIT)) == half_up(index_of(months[OCTOBER]))
    for month, sheets in months.items():
        assert big(client.get(f"{UNIT}?periode={month}")) == half_up(index_of(sheets))


def test_a_period_is_compared_with_the_one_before_it_and_with_no_other(
    sqlite_engine: Engine,
) -> None:
    months = {Month(2026, m): drawn(m, 20) for m in (7, 9, 10)}
    client = closed(sqlite_engine, months)
    assert "belum ada periode pembanding" in client.get(f"{UNIT}?periode=2026-09").text
    assert "Dibanding September 2026" in client.get(UNIT).text


def test_the_address_of_a_month_that_was_kept_leads_to_its_period(sqlite_engine: Engine) -> None:
    client = closed(sqlite_engine, {OCTOBER: drawn(1, 20)})
    answer = client.get(f"{UNIT}?bulan=2026-10&lang=en")
    assert answer.status_code == 301
    assert answer.headers["Location"] == f"{UNIT}?periode=2026-10&lang=en"


def test_the_newest_revision_holds(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        unit_id = make_office(session)
        make_closed_month(session, unit_id, drawn(1, 20), release=True)
        make_closed_month(session, unit_id, drawn(2, 21), revision=1, release=True)
    page = signed_in(sqlite_engine).get(UNIT)
    assert big(page) == half_up(index_of(drawn(2, 21)))
    assert "revisi 1" in page.text


def test_another_units_questionnaires_stay_with_it(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        make_closed_month(session, make_office(session), drawn(1, 20), release=True)
        make_closed_month(
            session, make_office(session, "LAIN", "Unit lain"), [alike(1)] * 50, release=True
        )
    assert big(signed_in(sqlite_engine).get(UNIT)) == half_up(index_of(drawn(1, 20)))


def test_taps_without_the_nine_are_counted_apart(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        make_closed_month(session, make_office(session), drawn(1, 20), taps=1026, release=True)
    page = signed_in(sqlite_engine).get(UNIT)
    assert '<b class="num">1.046</b>' in page.text
    assert '<b class="num">20</b>' in page.text


def test_late_responses_are_told_by_name_and_enter_no_figure(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        make_closed_month(session, make_office(session), drawn(1, 20), late=3, release=True)
    page = signed_in(sqlite_engine).get(UNIT)
    assert "3 terlambat, di luar hitungan" in page.text
    assert page.text.count('<b class="num">20</b>') == 2


def test_a_change_within_chance_gets_no_direction(sqlite_engine: Engine) -> None:
    sheets = drawn(5, 30)
    page = closed(sqlite_engine, {SEPTEMBER: sheets, OCTOBER: [*sheets, alike(4)]}).get(UNIT)
    assert "masih dalam naik-turun wajar" in page.text
    assert not re.search("[↑↓]|<b>(naik|turun)</b>", page.text)


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (2, 4, "indeks <b>naik</b> sejak September 2026."),
        (4, 2, "indeks <b>turun</b> sejak"),
    ],
)
def test_a_change_beyond_chance_is_said(
    sqlite_engine: Engine, before: int, now: int, said: str
) -> None:
    months = {SEPTEMBER: [alike(before)] * 50, OCTOBER: [alike(now)] * 50}
    assert said in closed(sqlite_engine, months).get(UNIT).text


def test_the_reading_begins_with_how_it_is_and_ends_with_what_to_do(
    sqlite_engine: Engine,
) -> None:
    sheets = [{**alike(3), Element.BIAYA: 4, Element.WAKTU: 2}] * 20
    page = closed(sqlite_engine, {OCTOBER: sheets}).get(UNIT)
    assert "Pelayanan kurang baik. Mulai dari unsur terendah: waktu pelayanan." in words(page)


def test_where_all_elements_are_equal_none_is_to_begin_with(sqlite_engine: Engine) -> None:
    page = closed(sqlite_engine, {OCTOBER: [alike(3)] * 20}).get(UNIT)
    assert "Mulai dari" not in words(page)


def test_numbers_are_written_as_the_language_writes_them(sqlite_engine: Engine) -> None:
    client = closed(sqlite_engine, {OCTOBER: drawn(1, 20)})
    indonesian, english = big(client.get(UNIT)), big(client.get(f"{UNIT}?lang=en"))
    assert english == indonesian.replace(",", ".")


def test_the_day_of_closing_is_the_units_own(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        unit_id = make_office(session, time_zone="Asia/Jayapura")
        at_night = datetime(2026, 11, 2, 16, 30, tzinfo=UTC)  # 01.30 of the next day there
        make_closed_month(session, unit_id, drawn(1, 20), closed_at=at_night, release=True)
    assert "dirilis 3 November 2026" in signed_in(sqlite_engine).get(UNIT).text


def test_a_unit_without_a_closed_month_says_what_comes_first(sqlite_engine: Engine) -> None:
    page = closed(sqlite_engine, {}).get(UNIT)
    assert page.status_code == 200
    assert "Bulan pertama dapat ditutup setelah hari terakhirnya lewat." in page.text
    assert "nilai close" not in page.text


@pytest.mark.parametrize(
    "address",
    [
        "/staff/unit/TIDAK-ADA",
        "/staff/unit/%F0%9F%98%80",
    ],
)
def test_an_unknown_unit_is_not_found(sqlite_engine: Engine, address: str) -> None:
    page = closed(sqlite_engine, {OCTOBER: drawn(1, 20)}).get(address)
    assert page.status_code == 404
    assert "Halaman tidak ditemukan" in page.text


@pytest.mark.parametrize(
    "asked",
    [
        "periode=2026-13", "periode=abc", "periode=", "periode=2026-Q5", "periode=2026-10%0A",
        f"periode={'9' * 10_000}", "bulan=2026-13", "bulan=", "bulan=x",
    ],
)  # fmt: skip
def test_what_is_no_period_is_not_found_and_the_page_says_what_to_do(
    sqlite_engine: Engine, asked: str
) -> None:
    page = closed(sqlite_engine, {OCTOBER: drawn(1, 20)}).get(f"{UNIT}?{asked}")
    assert page.status_code == 404
    assert "Periode tidak ditemukan" in page.text
    assert '<option value="2026-10">Oktober 2026</option>' in page.text


def test_a_period_that_is_not_complete_leads_to_its_months(sqlite_engine: Engine) -> None:
    client = closed(sqlite_engine, {OCTOBER: drawn(1, 20)})
    page = client.get(f"{UNIT}?periode=2026-Q4")
    assert page.status_code == 200
    said = words(page)
    assert "Triwulan IV 2026 belum lengkap" in said
    assert "Oktober 2026: sudah ditutup" in said
    assert "Desember 2026: belum ditutup" in said
    assert f'href="{UNIT}?periode=2026-10"' in page.text
    assert client.get(f"{UNIT}?periode=2025-08").status_code == 404


def test_the_only_unit_opens_at_once(sqlite_engine: Engine) -> None:
    answer = closed(sqlite_engine, {}).get("/staff/")
    assert (answer.status_code, answer.headers["Location"]) == (303, UNIT)


def test_several_units_are_listed_by_name_without_any_score(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        make_closed_month(
            session, make_office(session, "B", "Unit B"), [alike(4)] * 20, release=True
        )
        make_closed_month(
            session, make_office(session, "A", "Unit A"), [alike(2)] * 20, release=True
        )
    page = signed_in(sqlite_engine).get("/staff/").text
    assert page.index("Unit A") < page.index("Unit B")
    assert "100,00" not in page


def test_an_empty_installation_says_what_to_do(sqlite_engine: Engine) -> None:
    page = signed_in(sqlite_engine).get("/staff/").text
    assert "Belum ada unit pelayanan" in page
    assert "nilai import" not in page


def test_names_typed_by_people_are_shown_as_text(sqlite_engine: Engine) -> None:
    page = closed(sqlite_engine, {OCTOBER: drawn(1, 20)}, name="<script>alert(1)</script>").get(
        UNIT
    )
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert" in page.text


def test_static_files_need_no_session_and_may_be_kept(sqlite_engine: Engine) -> None:
    client = closed(sqlite_engine, {OCTOBER: drawn(1, 20)})
    sources = re.findall(r'(?:src|href)="(/staff/static/[^"]+)"', client.get(UNIT).text)
    assert len(sources) == 5
    for source in sources:
        with client.get(source) as answer:
            assert answer.status_code == 200
            assert "immutable" in answer.headers["Cache-Control"]

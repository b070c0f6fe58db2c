"""The report's files read back: words of the PDF, formulas of the workbook computed anew.

The clerk of these tests adds the ratings up with plain loops and fractions.
"""

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import pytest
from pypdf import PdfReader

from aggregation.improvements.register import State
from aggregation.method.cuts import Cut
from aggregation.months.period import Period
from aggregation.output.report.report_annexes import MOST_PRINTED
from aggregation.output.report.report_drafts import drafts
from aggregation.output.report.report_pdf import Issue, report_pdf, report_sheet
from aggregation.output.report.report_xlsx import report_xlsx
from aggregation.output.report.skm_report import Planned, Respondents, SkmReport, groups_of
from aggregation.publishing.report_texts import Part
from kiosk.typesetting import LetterNotPrintable
from survey.questionnaire import Element
from tests.live_workbook import LiveWorkbook
from tests.month_factories import half_up
from tests.questionnaires import EXAMPLES, alike, summing_by_element, summing_to
from tests.release_factories import made_counts, made_questionnaires
from tests.report_factories import Ratings, made_report

ISSUE = Issue("001/SKM/X/2026", date(2026, 10, 12))
ORDER = tuple(Element)
ARRIVED = made_questionnaires(36, 4)


def pdf_of(report: SkmReport, issue: Issue | None = ISSUE, **worded: str) -> bytes:
    return report_pdf(report, _texts(report, worded), issue)


@cache
def usual_pdf() -> bytes:
    return pdf_of(made_report(ARRIVED))


def book_of(report: SkmReport, **worded: str) -> LiveWorkbook:
    return LiveWorkbook.read(report_xlsx(report, _texts(report, worded), ISSUE))


def _texts(report: SkmReport, worded: dict[str, str]) -> dict[Part, str]:
    return {**drafts(report, {}), **{Part[name]: text for name, text in worded.items()}}


def words_of(file: bytes) -> str:
    """Return a PDF's words with single blanks between them."""
    pages = PdfReader(io.BytesIO(file)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def comma(figure: str) -> str:
    return figure.replace(".", ",")


class Clerk:
    """Adds up a report by hand."""

    def __init__(self, arrived: Sequence[Ratings], weight: Fraction = Fraction(1, 9)) -> None:
        self.n, self.weight = len(arrived), weight
        self.sums = dict.fromkeys(ORDER, 0)
        for sheet in arrived:
            for element in ORDER:
                self.sums[element] += sheet[element]

    def nrr(self, element: Element) -> str:
        return half_up(Fraction(self.sums[element], self.n), 4)

    def weighted(self, element: Element) -> str:
        return half_up(Fraction(self.sums[element], self.n) * self.weight, 4)

    def index(self) -> str:
        total = Fraction(sum(self.sums.values()), self.n) * self.weight
        return half_up(25 * total, 2)

    def weighted_sum(self) -> str:
        return half_up(Fraction(sum(self.sums.values()), self.n) * self.weight, 4)

    def letter(self) -> str:
        index = Decimal(self.index())
        borders = (("A", "88.31"), ("B", "76.61"), ("C", "65.00"), ("D", "0"))
        return next(letter for letter, lowest in borders if index >= Decimal(lowest))


# The PDF.


def test_the_pdf_says_what_a_clerk_adds_up() -> None:
    said, clerk = words_of(usual_pdf()), Clerk(ARRIVED)
    assert "LAPORAN PELAKSANAAN SURVEI KEPUASAN MASYARAKAT" in said
    assert "Triwulan III 2026 Juli sampai September 2026 Nomor: 001/SKM/X/2026" in said
    assert "NRR tertimbang (0,111)" in said
    for place, each in enumerate(made_report(ARRIVED).elements, start=1):
        figures = (clerk.nrr(each.element), clerk.weighted(each.element))
        row = f"U{place} {each.name} {clerk.sums[each.element]} {comma(' '.join(figures))}"
        assert row in said
    total = comma(f"{clerk.weighted_sum()} {clerk.index()}")
    assert f"IKM unit pelayanan {total} {clerk.letter()}" in said
    for chapter in ("PENDAHULUAN", "PENGUMPULAN DATA", "HASIL", "ANALISIS", "PENUTUP"):
        assert re.search(rf"BAB [IV]+ {chapter}", said)
    assert "LAMPIRAN 1 KUESIONER" in said
    assert "LAMPIRAN 2 NILAI PER RESPONDEN" in said


def test_the_pdf_claims_to_be_accessible_and_made_to_be_kept() -> None:
    root: Any = PdfReader(io.BytesIO(usual_pdf())).trailer["/Root"]
    told = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in told
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in told
    assert "<pdfuaid:part>1</pdfuaid:part>" in told
    assert root["/MarkInfo"]["/Marked"]


def test_a_draft_says_so_on_every_page_and_has_no_number() -> None:
    pages = PdfReader(io.BytesIO(pdf_of(made_report(ARRIVED), None))).pages
    assert len(pages) > 5
    for number, page in enumerate(pages, start=1):
        assert "konsep, belum diterbitkan" in page.extract_text()
        assert f"{number} / {len(pages)}" in page.extract_text()
        assert "/SKM/" not in page.extract_text()


def test_what_people_write_is_printed_as_they_wrote_it() -> None:
    markup = '#read("/etc/passwd") *tebal* $x^2$ <b>tebal</b> @rujuk'
    said = words_of(pdf_of(made_report(ARRIVED), PENUTUP=markup, NAMA="#eval(1) =SUM(1;2)"))
    assert markup in said
    assert "#eval(1) =SUM(1;2)" in said


def test_letters_that_no_font_has_are_refused() -> None:
    with pytest.raises(LetterNotPrintable):
        pdf_of(made_report(ARRIVED), NAMA="ရင်ဝေ")


def test_a_hidden_cell_is_a_dash_and_says_why_in_both_files() -> None:
    cells = {"L": made_counts(14, 1), "P": None}
    labels = {"L": "Laki-laki", "P": "Perempuan", "": "Tidak diisi"}
    shown = [
        Respondents(Cut.SEX, groups_of(cells, labels, 36)),
        Respondents(Cut.EDUCATION, ()),
    ]
    report = made_report(ARRIVED, respondents=shown)
    said = words_of(pdf_of(report))
    assert "Laki-laki 14 38,9 Perempuan – – Tidak diisi 0 0,0" in said
    assert "kelompok dengan kurang dari 10 responden" in said
    assert "Pendidikan terakhir: Rincian ini tidak ditampilkan" in said
    book = book_of(report)
    row = book.row_of("Responden", "Perempuan")
    assert [book.value("Responden", f"{column}{row}") for column in "BCDE"] == ["–"] * 4


def test_the_plan_stands_under_its_quarter() -> None:
    action = Planned(
        Element.WAKTU, "Buka loket kedua", Period.parse("2027-Q1"), "Kasi", State.PLANNED
    )
    report = made_report(ARRIVED, plan=[action])
    assert "1 Waktu pelayanan Buka loket kedua 2027 Kasi" in words_of(pdf_of(report))
    book = book_of(report)
    row = book.row_of("RTL", "Buka loket kedua", "C")
    assert [book.value("RTL", f"{column}{row}") for column in "DEFGH"] == [
        "2027",
        "",
        "",
        "",
        "Kasi",
    ]


# The workbook.


def test_the_formulas_give_what_a_clerk_adds_up() -> None:
    book, clerk = book_of(made_report(ARRIVED)), Clerk(ARRIVED)
    unit = book.row_of("Unsur", "IKM unit pelayanan", "B")
    assert shown(book.value("Unsur", f"K{unit}"), 2) == clerk.index()
    assert book.value("Unsur", f"L{unit}") == clerk.letter()
    assert book.value("Unsur", f"G{unit}") == clerk.n
    for place, element in enumerate(ORDER, start=1):
        row = book.row_of("Unsur", f"U{place}")
        assert book.value("Unsur", f"H{row}") == clerk.sums[element]
        assert shown(book.value("Unsur", f"I{row}"), 4) == clerk.nrr(element)
        assert shown(book.value("Unsur", f"J{row}"), 4) == clerk.weighted(element)


def test_the_annex_gives_the_same_once_more() -> None:
    book, clerk, name = book_of(made_report(ARRIVED)), Clerk(ARRIVED), "Per responden"
    sums = book.row_of(name, "Jumlah")
    for column, element in zip("BCDEFGHIJ", ORDER, strict=True):
        assert book.value(name, f"{column}{sums}") == clerk.sums[element]
        assert shown(book.value(name, f"{column}{sums + 1}"), 4) == clerk.nrr(element)
        assert shown(book.value(name, f"{column}{sums + 2}"), 4) == clerk.weighted(element)
    assert shown(book.value(name, f"B{sums + 4}"), 2) == clerk.index()
    assert book.value(name, f"B{sums + 5}") == clerk.letter()


def test_every_formula_carries_the_value_that_it_gives() -> None:
    book = book_of(made_report(ARRIVED))
    assert len(book.formulas) > 90
    assert differing(book) == []
    book.kept["Unsur", "C4"] += 1
    book.computed.clear()
    assert ("Unsur", "H4") in differing(book)


def differing(book: LiveWorkbook) -> list[tuple[str, str]]:
    """Return the cells whose kept value is not what their formula gives, as both are shown."""
    return [
        place
        for place in book.formulas
        if not same_when_shown(book.kept[place], book.value(*place))
    ]


def same_when_shown(kept: Any, computed: Any) -> bool:  # noqa: ANN401 - a number or a word
    if isinstance(kept, str):
        return bool(kept == computed)
    return abs(float(kept) - float(computed)) < 0.000051


def shown(value: Any, decimals: int) -> str:  # noqa: ANN401 - of the library
    return half_up(Fraction(repr(round(float(value), 10))), decimals)


def test_no_text_of_people_is_a_formula_or_a_link() -> None:
    action = Planned(None, "=HYPERLINK(1)", Period.parse("2027-Q1"), "+62 8", State.PLANNED)
    report = made_report(ARRIVED, plan=[action])
    file = report_xlsx(report, _texts(report, {"PENUTUP": "=1+1", "TREN": "http://a"}), ISSUE)
    book = LiveWorkbook.read(file)
    typed = [
        place for place, kept in book.kept.items() if kept in {"=1+1", "=HYPERLINK(1)", "+62 8"}
    ]
    assert len(typed) == 3
    assert not set(typed) & set(book.formulas)
    with zipfile.ZipFile(io.BytesIO(file)) as packed:
        assert not any(b"hyperlink>" in packed.read(name) for name in packed.namelist())


# Perfect sheets, published figures, borders.


def index_in(book: LiveWorkbook) -> tuple[str, str]:
    unit = book.row_of("Unsur", "IKM unit pelayanan", "B")
    letter = book.value("Unsur", f"L{unit}")
    return shown(book.value("Unsur", f"K{unit}"), 2), str(letter)


def gives_a_perfect_hundred(book: LiveWorkbook) -> bool:
    return index_in(book) == ("100.00", "A")


def test_perfect_sheets_give_100_and_not_99_90() -> None:
    report = made_report([alike(4)] * 40)
    assert "IKM unit pelayanan 4,0000 100,00 A" in words_of(pdf_of(report))
    book = book_of(report)
    assert gives_a_perfect_hundred(book)
    assert Clerk([alike(4)] * 40, Fraction("0.111")).index() == "99.90"
    # As an office would have it that takes the label for the weight.
    for row in range(4, 13):
        book.formulas["Unsur", f"J{row}"] = f"=I{row}*0.111"
    book.formulas["Unsur", "K13"] = "=ROUND(SUM(J4:J12)*25,2)"
    book.computed.clear()
    assert index_in(book)[0] == "99.90"
    assert not gives_a_perfect_hundred(book)


def published() -> list[tuple[Sequence[Ratings], str, str]]:
    bantul, tulang, sulawesi = EXAMPLES["examples"]
    sums = {Element(name): int(Decimal(nrr) * 100) for name, nrr in bantul["nrr"].items()}
    known = {Element(name): total for name, total in sulawesi["sums"].items()}
    perfect = {Element(name): rating for name, rating in tulang["responses"][0].items()}
    return [
        (list(summing_by_element(sums, 100)), bantul["ikm"], bantul["grade"]),
        ([perfect] * 10, tulang["ikm"], tulang["grade"]),
        (list(summing_by_element(known, sulawesi["n"])), sulawesi["ikm"], sulawesi["grade"]),
        *(
            (list(summing_to(each["sum"], each["n"])), each["ikm"], each["grade"])
            for each in EXAMPLES["borders"]
        ),
    ]


@pytest.mark.parametrize(("sheets", "index", "letter"), published())
def test_published_figures_and_borders_come_out(
    sheets: Sequence[Ratings], index: str, letter: str
) -> None:
    report = made_report(sheets, sheets=None)
    assert index_in(book_of(report)) == (index, letter)
    total = report_sheet(report, drafts(report, {}), ISSUE).data["chapters"][2]
    [table] = [block for block in total["sections"][3]["blocks"] if block["kind"] == "table"]
    assert table["rows"][-1][-2:] == [comma(index), letter]


# The annex.


def test_below_thirty_both_files_say_that_there_is_no_annex() -> None:
    report = made_report(ARRIVED[:29])
    said = words_of(pdf_of(report))
    assert "hanya dilampirkan mulai 30 kuesioner lengkap" in said
    assert "NRR tertimbang: NRR per unsur" not in said
    book = book_of(report)
    assert [row for row, _ in book.in_column("Per responden", "B")] == []


def test_both_files_say_why_an_annex_is_withheld() -> None:
    report = made_report(ARRIVED, sheets=None)
    why = "Dengan mengurangkan lampiran laporan lain darinya, jawaban kurang dari 30 orang dapat"
    said = words_of(pdf_of(report))
    assert why in said
    assert "hanya dilampirkan mulai 30" not in said
    [_, told] = [text for _, text in book_of(report).in_column("Per responden", "A")]
    assert why in told


def test_of_very_many_the_paper_holds_the_sums_and_the_workbook_all_rows() -> None:
    sheets = ARRIVED * (MOST_PRINTED // 36 + 1)
    report = made_report(sheets)
    annex = report_sheet(report, drafts(report, {}), ISSUE).data["annexes"][1]["sections"][0]
    table = next(block for block in annex["blocks"] if block["kind"] == "table")
    assert len(table["rows"]) == table["strong"] == 3
    assert "berkas Excel" in annex["blocks"][0]["lines"][0]["text"]
    numbers = [said for _, said in book_of(report).in_column("Per responden", "A")]
    assert float(len(sheets)) in numbers


def test_the_same_report_gives_the_same_bytes() -> None:
    report = made_report(ARRIVED)
    assert pdf_of(report) == usual_pdf()
    texts = drafts(report, {})
    assert report_xlsx(report, texts, ISSUE) == report_xlsx(report, texts, ISSUE)

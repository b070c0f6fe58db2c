"""The annexes: the questionnaire, and the ratings of each respondent, shuffled (method §9, §11)."""

from collections.abc import Sequence

from aggregation.method.annex_rule import LEAST_FOR_ANNEX
from aggregation.months.counted_sheets import Sheet
from aggregation.output.report.report_blocks import Block, Chapter, Section, Table, prose
from aggregation.output.report.report_tables import WEIGHT
from aggregation.output.report.report_words import WORDS, number
from aggregation.output.report.skm_report import SkmReport
from survey.questionnaire import STEM, Element

MOST_PRINTED = 2000
"""Respondents that are listed on paper; of more only the sums are."""

NO_SHEETS = (
    f"Nilai per responden hanya dilampirkan mulai {LEAST_FOR_ANNEX} kuesioner lengkap, agar "
    "jawaban seseorang tidak dapat ditebak. Periode ini memiliki {n}; hasil per unsur ada di "
    "Bab III."
)
WITHHELD_SHEETS = (
    "Nilai per responden periode ini tidak dilampirkan. Dengan mengurangkan lampiran laporan lain "
    f"darinya, jawaban kurang dari {LEAST_FOR_ANNEX} orang dapat dikenali. Hasil per unsur ada di "
    "Bab III."
)
LEGEND = (
    "- U1 sampai U9: unsur pelayanan, menurut urutan pada Lampiran 1.\n"
    "- Jumlah: jumlah nilai setiap unsur.\n"
    "- NRR: nilai rata-rata, yaitu jumlah nilai per unsur dibagi jumlah kuesioner yang terisi.\n"
    f"- NRR tertimbang: NRR per unsur × {WEIGHT}, dihitung dengan sepersembilan yang tepat.\n"
    "- IKM unit pelayanan: jumlah NRR tertimbang × 25.\n"
    "- Baris diacak dan tidak memuat hal lain dari responden; nomor tidak menunjukkan urutan "
    "kedatangan."
)
GRADES = Table(
    "Mutu pelayanan",
    ["Nilai persepsi", "Nilai interval", "Nilai interval konversi", "Mutu", "Kinerja unit"],
    [
        ["1", "1,00–2,5996", "25,00–64,99", "D", "Tidak baik"],
        ["2", "2,60–3,064", "65,00–76,60", "C", "Kurang baik"],
        ["3", "3,0644–3,532", "76,61–88,30", "B", "Baik"],
        ["4", "3,5324–4,00", "88,31–100,00", "A", "Sangat baik"],
    ],
    [1.0, 1.3, 1.5, 0.7, 1.3],
    texts=5,
)


def annexes(report: SkmReport) -> Sequence[Chapter]:
    """Return both annexes."""
    ratings = "LAMPIRAN 2 NILAI PER RESPONDEN DAN PER UNSUR"
    return [
        Chapter("LAMPIRAN 1 KUESIONER", [Section("", _questionnaire(report))]),
        Chapter(ratings, [Section("", _ratings(report))]),
    ]


def why_no_sheets(report: SkmReport) -> str:
    """Say why the ratings of each respondent are missing."""
    if report.is_annex_withheld:
        return WITHHELD_SHEETS
    return NO_SHEETS.format(n=number(report.counts.n))


def place_of(report: SkmReport) -> Sequence[int]:
    """Return, in the unit's order, where each element stands in a sheet."""
    elements = list(Element)
    return [elements.index(each.element) for each in report.elements]


def in_order(report: SkmReport, sheet: Sheet) -> Sequence[int]:
    """Return a sheet's ratings in the unit's order."""
    return [sheet[place] for place in place_of(report)]


def _questionnaire(report: SkmReport) -> Sequence[Block]:
    rows = [
        [f"U{place}", item.question, *(f"{value} {answer}" for value, answer in enumerate(four, 1))]
        for place, (item, four) in enumerate(report.unit.questions, start=1)
    ]
    head = ["", STEM, "Nilai 1", "Nilai 2", "Nilai 3", "Nilai 4"]
    widths = [0.45, 2.6, 1.25, 1.25, 1.25, 1.25]
    return [Table("Kuesioner SKM", head, rows, widths, texts=6, is_small=True)]


def _ratings(report: SkmReport) -> Sequence[Block]:
    if report.sheets is None:
        return [prose(why_no_sheets(report)), GRADES]
    head = ["No", *(each.number for each in report.elements)]
    places = place_of(report)
    listed: Sequence[Sequence[str]] = [
        [str(line), *(str(sheet[place]) for place in places)]
        for line, sheet in enumerate(report.sheets, start=1)
    ]
    blocks: list[Block] = []
    if len(report.sheets) > MOST_PRINTED:
        blocks.append(
            prose(
                f"Periode ini memiliki {number(len(report.sheets))} responden. Lembar ini memuat "
                "jumlahnya; semua barisnya ada pada berkas Excel laporan ini, lembar "
                "“Per responden”."
            )
        )
        listed = []
    ends = _ends(report)
    table = Table(
        "Nilai persepsi",
        head,
        [*listed, *ends],
        [1.6, *([1.0] * len(places))],
        strong=len(ends),
        is_small=True,
        note=f"Jumlah NRR tertimbang {WORDS.figure(report.weighted_mean)}; IKM unit pelayanan "
        f"{WORDS.figure(report.standing.index.index)}, mutu {report.standing.index.grade.letter}.",
    )
    return [*blocks, table, prose(LEGEND), GRADES]


def _ends(report: SkmReport) -> Sequence[Sequence[str]]:
    elements = report.elements
    return [
        ["Jumlah", *(number(each.figures.rating_sum) for each in elements)],
        ["NRR", *(WORDS.figure(each.figures.nrr) for each in elements)],
        [f"NRR tertimbang ({WEIGHT})", *(WORDS.figure(each.weighted) for each in elements)],
    ]

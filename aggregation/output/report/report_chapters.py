"""The five chapters of the report, from figures and texts to blocks (method §11)."""

from collections.abc import Sequence

from aggregation.method.cuts import PROFILE_CUTS, Cut
from aggregation.output.report.report_blocks import Block, Chapter, Section, prose
from aggregation.output.report.report_drawings import element_bars, index_drawing, trend_points
from aggregation.output.report.report_tables import (
    CUTS,
    WHY_HIDDEN,
    WITHHELD,
    earlier_plan_table,
    elements_table,
    plan_table,
    respondents_table,
    sample_table,
    trend_table,
)
from aggregation.output.report.skm_report import Respondents, SkmReport
from aggregation.publishing.report_texts import Part, Texts


def chapters(report: SkmReport, texts: Texts) -> Sequence[Chapter]:
    """Return chapters I to V."""
    return [
        _introduction(texts),
        _collection(report, texts),
        _results(report),
        _analysis(report, texts),
        Chapter("BAB V PENUTUP", [Section("", [prose(texts[Part.PENUTUP])])]),
    ]


def _introduction(texts: Texts) -> Chapter:
    return Chapter(
        "BAB I PENDAHULUAN",
        [
            Section("A. Latar belakang", [prose(texts[Part.LATAR_BELAKANG])]),
            Section("B. Tujuan", [prose(texts[Part.TUJUAN])]),
            Section("C. Dasar hukum", [prose(texts[Part.DASAR_HUKUM])]),
        ],
    )


def _collection(report: SkmReport, texts: Texts) -> Chapter:
    return Chapter(
        "BAB II PENGUMPULAN DATA",
        [
            Section("A. Pelaksana", [prose(texts[Part.PELAKSANA])]),
            Section("B. Metode", [prose(texts[Part.METODE])]),
            Section("C. Lokasi", [prose(texts[Part.LOKASI])]),
            Section("D. Waktu", [prose(texts[Part.WAKTU])]),
            Section("E. Jumlah responden", [prose(texts[Part.RESPONDEN]), sample_table(report)]),
        ],
    )


def _results(report: SkmReport) -> Chapter:
    people = [each for each in report.respondents if each.cut in PROFILE_CUTS]
    services = [each for each in report.respondents if each.cut is Cut.SERVICE]
    return Chapter(
        "BAB III HASIL",
        [
            Section("A. Responden", _tables(people)),
            Section("B. Layanan yang diterima", _tables(services)),
            Section("C. IKM unit pelayanan", [index_drawing(report)]),
            Section("D. IKM per unsur", [elements_table(report), element_bars(report)]),
        ],
    )


def _analysis(report: SkmReport, texts: Texts) -> Chapter:
    trend = trend_points(report)
    drawn: Sequence[Block] = [] if trend is None else [trend, trend_table(report)]
    plan: Sequence[Block] = [plan_table(report)] if report.plan else []
    earlier: Sequence[Block] = [earlier_plan_table(report)] if report.earlier_plan else []
    return Chapter(
        "BAB IV ANALISIS",
        [
            Section("A. Kekuatan", [prose(texts[Part.KEKUATAN])]),
            Section("B. Kelemahan", [prose(texts[Part.KELEMAHAN])]),
            Section("C. Perkembangan", [prose(texts[Part.TREN]), *drawn]),
            Section(
                "D. Rencana tindak lanjut", [prose(texts[Part.TINDAK_LANJUT]), *plan, *earlier]
            ),
        ],
    )


def _tables(of: Sequence[Respondents]) -> Sequence[Block]:
    blocks: list[Block] = []
    for each in of:
        if each.groups:
            blocks.append(respondents_table(each))
        else:
            blocks.append(prose(f"{CUTS[each.cut]}: {WITHHELD}"))
    if any(each.has_hidden for each in of):
        blocks.append(prose(WHY_HIDDEN))
    return blocks

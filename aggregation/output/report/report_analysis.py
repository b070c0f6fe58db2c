"""What a report's figures mean, drafted in words: strengths, weaknesses, change, what follows.

Pure. Nothing that chance can explain is called a rise or a fall.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from aggregation.improvements.register import State
from aggregation.method.change import Change
from aggregation.output.period_words import period_name
from aggregation.output.report.report_words import WORDS, listed, name_of, number
from aggregation.output.report.skm_report import ElementFigures, SkmReport

MOST_NAMED = 3
"""Strongest and weakest elements that the analysis names."""


def strongest(report: SkmReport) -> Sequence[ElementFigures]:
    """Return the elements with the highest means; none where all nine are alike."""
    return _ends(report, highest=True)


def weakest(report: SkmReport) -> Sequence[ElementFigures]:
    """Return the elements with the lowest means; none where all nine are alike."""
    return _ends(report, highest=False)


def _ends(report: SkmReport, *, highest: bool) -> Sequence[ElementFigures]:
    elements = sorted(report.elements, key=lambda e: e.figures.rating_sum, reverse=highest)
    if elements[0].figures.rating_sum == elements[-1].figures.rating_sum:
        return ()
    return elements[:MOST_NAMED]


def strengths(report: SkmReport) -> str:
    """Name the strongest elements, and those that rose."""
    named = strongest(report)
    if not named:
        return _all_alike(report)
    found = f"Tiga unsur dengan nilai tertinggi adalah {_with_means(named)}."
    return _and_moves(report, found, Change.RISE, "naik")


def weaknesses(report: SkmReport) -> str:
    """Name the weakest elements, and those that fell."""
    named = weakest(report)
    if not named:
        return _all_alike(report)
    found = (
        f"Tiga unsur dengan nilai terendah adalah {_with_means(named)}. Ketiganya menjadi "
        "prioritas perbaikan."
    )
    return _and_moves(report, found, Change.FALL, "turun")


def _all_alike(report: SkmReport) -> str:
    mean = WORDS.figure(report.elements[0].line.mean)
    return f"Kesembilan unsur bernilai sama, yaitu {mean}; tidak ada yang menonjol."


def _and_moves(report: SkmReport, found: str, change: Change, verb: str) -> str:
    if report.before is None:
        return found
    before, moved = period_name(report.before, WORDS), report.moved(change)
    if not moved:
        return (
            f"{found}\nDibandingkan {before} tidak ada unsur yang {verb} melebihi perubahan yang "
            "dapat terjadi karena kebetulan."
        )
    told = [f"{each.name} ({_change(each)})" for each in moved]
    return (
        f"{found}\nDibandingkan {before}, {verb} melebihi perubahan yang dapat terjadi karena "
        f"kebetulan: {listed(told)}."
    )


def comparison(report: SkmReport) -> str:
    """Tell the index with its interval, and how it stands to the period before."""
    now, index = report.standing, report.standing.index
    stands = (
        f"IKM {name_of(report)} adalah {WORDS.figure(index.index)}, mutu {index.grade.letter} "
        f"({index.grade.category}), dengan rentang kepercayaan 95% dari "
        f"{WORDS.figure(now.interval.low)} sampai {WORDS.figure(now.interval.high)}."
    )
    before, difference = report.figures.before, report.figures.difference
    if report.before is None or before is None or difference is None:
        return f"{stands}\nBelum ada periode sebelumnya yang dapat dibandingkan."
    than = (
        f"Dibandingkan {period_name(report.before, WORDS)} ({WORDS.figure(before.index.index)}) "
        f"selisihnya {WORDS.difference(difference)}"
    )
    return f"{stands}\n{than}{_MEANS[report.figures.change or Change.STEADY]}"


_MEANS: Mapping[Change, str] = {
    Change.RISE: "; kenaikan itu lebih besar daripada yang dapat terjadi karena kebetulan.",
    Change.FALL: "; penurunan itu lebih besar daripada yang dapat terjadi karena kebetulan.",
    Change.STEADY: ". Selisih itu masih dapat terjadi karena kebetulan, sehingga IKM dinyatakan "
    "tetap.",
}


def plan(report: SkmReport) -> str:
    """Tell what is planned, and what became of earlier plans."""
    planned = len(report.plan)
    if planned:
        begun = (
            f"Untuk menjawab hasil ini direncanakan {number(planned)} kegiatan, dengan waktu dan "
            "penanggung jawab seperti pada tabel."
        )
    else:
        first = listed([each.name for each in weakest(report)])
        priority = f" Prioritas yang disarankan: {first}." if first else ""
        begun = f"Kegiatan untuk menjawab hasil ini belum direncanakan.{priority}"
    if not report.earlier_plan:
        return begun
    done = sum(each.state is State.DONE for each in report.earlier_plan)
    became = f"{number(done)} sudah selesai" if done else "belum ada yang selesai"
    return (
        f"{begun}\nDari {number(len(report.earlier_plan))} kegiatan yang direncanakan atas hasil "
        f"dua belas bulan sebelumnya, {became}."
    )


def end(report: SkmReport) -> str:
    """Sum the report up."""
    index, lowest = report.standing.index, weakest(report)
    first = f" Perbaikan didahulukan pada {listed([e.name for e in lowest])}." if lowest else ""
    return (
        f"SKM {report.unit.name} pada {name_of(report)} menghasilkan IKM "
        f"{WORDS.figure(index.index)} dengan mutu pelayanan {index.grade.letter} "
        f"({index.grade.category}).{first} Hasil ini disampaikan kepada masyarakat, dan tindak "
        "lanjutnya dipantau sampai selesai. Terima kasih kepada warga yang telah menilai."
    )


def _with_means(elements: Sequence[ElementFigures]) -> str:
    return listed([f"{each.name} ({WORDS.figure(each.line.mean)})" for each in elements])


def _change(each: ElementFigures) -> str:
    return WORDS.difference(each.line.difference or Decimal(0))

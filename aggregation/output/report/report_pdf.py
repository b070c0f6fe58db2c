"""The report as a file to print: A4, accessible, made for the archive (PDF/A-2a and PDF/UA-1)."""

from dataclasses import asdict, dataclass
from datetime import date

from aggregation.output.report.report_annexes import annexes
from aggregation.output.report.report_chapters import chapters
from aggregation.output.report.report_seals import seal_annex
from aggregation.output.report.report_words import WORDS, months_of, name_of
from aggregation.output.report.skm_report import SkmReport
from aggregation.publishing.report_texts import Part, Texts
from kiosk.posters import ACCENT
from kiosk.typesetting import ARCHIVE, Sheet, pdf

TITLE = "Laporan Pelaksanaan Survei Kepuasan Masyarakat"
_SHORT = 2000
"""Letters of closing words that surely fit a page together with the signature."""

_HEADING = ("LAPORAN PELAKSANAAN", "SURVEI KEPUASAN MASYARAKAT (SKM)")


@dataclass(frozen=True, slots=True)
class Issue:
    """The number and day that a report is issued with."""

    reference: str
    issued_on: date


def report_sheet(
    report: SkmReport, texts: Texts, issue: Issue | None, public_url: str = ""
) -> Sheet:
    """Return everything a report prints, before it is set.

    Parameters
    ----------
    issue
        None for a draft, which says so on every page.
    public_url
        Where the public site is, to whose seals QR codes lead; without it none are drawn.
    """
    day = issue.issued_on if issue else report.released_on
    unit = report.unit
    return Sheet(
        "report.typ",
        {
            "title": f"{TITLE}, {unit.name}, {name_of(report)}",
            "heading": _HEADING,
            "accent": unit.accent or ACCENT,
            "above": list(unit.above),
            "unit": unit.name,
            "period": name_of(report),
            "months": months_of(report),
            "reference": issue.reference if issue else "",
            "day": [day.year, day.month, day.day],
            "chapters": [asdict(each) for each in chapters(report, texts)],
            "annexes": [
                asdict(each) for each in (*annexes(report), *seal_annex(report, public_url))
            ],
            "ends_short": len(texts[Part.PENUTUP]) < _SHORT,
            "signature": {
                "place": _placed(texts[Part.TEMPAT], issue),
                "position": texts[Part.JABATAN],
                "name": texts[Part.NAMA],
                "nip": texts[Part.NIP],
            },
            "source": f"{unit.code} · {report.period.name} · rilis {report.release_number + 1}",
        },
    )


def report_pdf(report: SkmReport, texts: Texts, issue: Issue | None, public_url: str = "") -> bytes:
    """Set a report as PDF/A-2a and PDF/UA-1; the same report gives the same bytes.

    Raises
    ------
    LetterNotPrintable
        If a word is written with letters the fonts do not have.
    """
    return pdf(report_sheet(report, texts, issue, public_url), standards=ARCHIVE)


def _placed(place: str, issue: Issue | None) -> str:
    day = WORDS.day(issue.issued_on) if issue else "tanggal terbit"
    return f"{place}, {day}" if place else day

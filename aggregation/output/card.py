"""The official card of a published index, as a picture and a file to print (method §11).

Everything on it stands in the publication's document; nothing is counted here.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from aggregation.publishing.publications import CardKey
from kiosk.posters import ACCENT, qr_drawing, without_scheme
from kiosk.typesetting import Sheet, drawing, pdf, pictures
from survey.language import Language, worded
from survey.period_name import PeriodName
from survey.profile import OPTIONS, ProfileField
from survey.publication_models import CardFormat
from survey.published_document import CellFigure, PublicCut, PublishedDocument

_DOTS_PER_INCH = 96
"""Of the picture: 1123 × 794, which social media take as it is."""

_MOST_SERVICES = 3
HIDDEN = "–"


def cards(
    document: PublishedDocument,
    address: str,
    languages: Sequence[Language],
    accent: str | None = None,
) -> dict[CardKey, bytes]:
    """Return the card in every format and language.

    Parameters
    ----------
    address
        Whole address of the unit's public page.

    Raises
    ------
    LetterNotPrintable
        If a name is written with letters the fonts do not have.
    """
    made: dict[CardKey, bytes] = {}
    for language in languages:
        sheet = card_sheet(document, address, language, accent)
        made[CardFormat.PDF, language.code] = pdf(sheet)
        made[CardFormat.PNG, language.code] = pictures(sheet, _DOTS_PER_INCH)[0]
        made[CardFormat.SVG, language.code] = drawing(sheet)
    return made


def card_sheet(
    document: PublishedDocument, address: str, language: Language, accent: str | None = None
) -> Sheet:
    """Return everything a card prints, before it is set."""
    return Sheet(
        "card.typ",
        {
            "title": _filled(
                language,
                worded("Kartu IKM %(unit)s, %(period)s"),
                unit=document.unit_name,
                period=PeriodName.parse(document.period).said(language),
            ),
            "lang": "en" if language.code == "en" else "id",
            "accent": accent or ACCENT,
            "unit": document.unit_name,
            "address": without_scheme(address),
            "qr": qr_drawing(address),
            "qr_alt": language.say(worded("Kode QR halaman publik unit ini")),
            **_words(document, language),
            **_respondents(document, language),
        },
    )


def _words(document: PublishedDocument, language: Language) -> dict[str, str]:
    period = PeriodName.parse(document.period)
    said, months = period.said(language), period.months_said(language)
    return {
        "kind": language.say(worded("Indeks Kepuasan Masyarakat (IKM)")),
        "period": _filled(
            language,
            worded("Periode survei %(period)s"),
            period=said if said == months else f"{said} ({months})",
        ),
        "index_label": language.say(worded("Nilai IKM")),
        "index": language.figure(document.index),
        "grade": _filled(
            language,
            worded("Mutu pelayanan %(letter)s · kinerja %(category)s"),
            letter=document.grade,
            category=language.say(document.category).lower(),
        ),
        "interval": _filled(
            language,
            worded("kemungkinan besar antara %(low)s dan %(high)s"),
            low=language.figure(document.low),
            high=language.figure(document.high),
        ),
        "thanks": language.say(worded("Terima kasih atas penilaian yang telah Anda berikan.")),
        "wish": language.say(
            worded(
                "Masukan Anda sangat bermanfaat untuk kemajuan unit kami agar terus memperbaiki "
                "dan meningkatkan kualitas pelayanan bagi masyarakat."
            )
        ),
        "check": language.say(worded("Periksa angka ini")),
    }


def _respondents(document: PublishedDocument, language: Language) -> dict[str, object]:
    sex = _counts(document, PublicCut.SEX, OPTIONS[ProfileField.SEX], language)
    education = _counts(document, PublicCut.EDUCATION, OPTIONS[ProfileField.EDUCATION], language)
    hides = any(shown == HIDDEN for _, shown in [*sex, *education])
    withheld = language.say(worded("Tidak ditampilkan, agar tidak seorang pun dikenali."))
    note = worded("– tidak ditampilkan, agar tidak seorang pun dikenali.")
    return {
        "service_label": language.say(worded("Nama layanan")),
        "services": _services(document.services, language),
        "respondents_label": language.say(worded("Jumlah responden")),
        "respondents": _filled(
            language, worded("%(count)s orang"), count=language.number(document.n)
        ),
        "sex_label": language.say(worded("Jenis kelamin")),
        "sex": sex or withheld,
        "education_label": language.say(worded("Pendidikan")),
        "education": education or withheld,
        "hidden_note": language.say(note) if hides else "",
    }


def _counts(
    document: PublishedDocument,
    cut: PublicCut,
    options: Mapping[str, str],
    language: Language,
) -> list[tuple[str, str]]:
    """Return the options with how many chose each; none where the cut is withheld."""
    cells = {cell.cell: cell for cell in document.cuts.get(cut, ())}
    if not cells:
        return []
    unsaid = {"": worded("Tidak menjawab")} if "" in cells else {}
    return [
        (language.say(words), _shown(cells.get(code), language))
        for code, words in {**options, **unsaid}.items()
    ]


def _shown(cell: CellFigure | None, language: Language) -> str:
    """Write a cell's count; nobody is in one that is not named."""
    if cell is None:
        return language.figure(Decimal(0))
    return HIDDEN if cell.n is None else language.number(cell.n)


def _services(names: Sequence[str], language: Language) -> str:
    if 0 < len(names) <= _MOST_SERVICES:
        return ", ".join(names)
    return language.say(worded("Semua layanan unit ini"))


def _filled(language: Language, sentence: str, **words: object) -> str:
    return language.say(sentence) % words

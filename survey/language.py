"""Languages of the screens: the Indonesian text is the message id (decision 0005).

A catalog is a `.po` file read at start. What it lacks is said in Indonesian: the chain is
en → id, min → id, ace → id.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from babel.dates import format_date, format_timedelta
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from survey.month import Month

INDONESIAN = "id"
NAMES: Mapping[str, str] = {"id": "Indonesia", "en": "English", "min": "Minang", "ace": "Acèh"}
"""Each language by its own name."""

TRANSLATIONS = Path(__file__).parent / "translations"
# Babel knows no Minangkabau and no Acehnese: their dates and numbers are written as in Indonesian.
_FORMATS = {"en": "en"}
_OLD_CODES = {"in": INDONESIAN}  # what old Androids call Indonesian


@dataclass(frozen=True, slots=True)
class Language:
    """One language of the screens.

    Attributes
    ----------
    messages
        Indonesian text to this language's text.
    awaits_speaker
        Whether some wording was not yet approved by a native speaker; the page then says so.
    """

    code: str
    messages: Mapping[str, str]
    awaits_speaker: bool = False

    @property
    def name(self) -> str:
        """The language's own name for itself."""
        return NAMES[self.code]

    def say(self, text: str) -> str:
        """Return an Indonesian text in this language."""
        return self.messages.get(text, text)

    def day(self, day: date) -> str:
        """Write a date: 5 Oktober 2026."""
        return format_date(day, "d MMMM y", locale=self._format)

    def weekday_and_day(self, day: date) -> str:
        """Write a date with its weekday: Senin, 5 Oktober 2026."""
        return format_date(day, "EEEE, d MMMM y", locale=self._format)

    def month(self, month: Month) -> str:
        """Write a month: Oktober 2026."""
        return format_date(month.first_day, "MMMM y", locale=self._format)

    def ago(self, past: timedelta) -> str:
        """Say how long ago something was, roughly: 3 menit yang lalu."""
        return format_timedelta(-past, add_direction=True, locale=self._format)

    def duration(self, span: timedelta) -> str:
        """Say roughly how long something is: 3 menit."""
        return format_timedelta(span, locale=self._format)

    def number(self, number: float) -> str:
        """Write a number: 1.046 and 87,28."""
        return format_decimal(number, locale=self._format)

    def figure(self, figure: Decimal) -> str:
        """Write a rounded figure with all of its decimals: 84,30."""
        return format_decimal(figure, _decimals(figure), locale=self._format)

    def difference(self, figure: Decimal) -> str:
        """Write a rounded figure with its sign: +0,39 and −0,15."""
        form = _decimals(figure)
        return format_decimal(figure, f"+{form};−{form}" if figure else form, locale=self._format)

    @property
    def _format(self) -> str:
        return _FORMATS.get(self.code, INDONESIAN)


def _decimals(figure: Decimal) -> str:
    """Return Babel's pattern for as many decimals as the figure has."""
    places = -int(figure.as_tuple().exponent)
    return "#,##0." + "0" * places if places > 0 else "#,##0"


def worded(text: str) -> str:
    """Return an Indonesian text as it is, marked for the catalogs: it is said later."""
    return text


def load_languages(
    codes: Iterable[str], folders: Sequence[Path] = (TRANSLATIONS,)
) -> dict[str, Language]:
    """Return the languages of the codes, each with the messages of all folders."""
    return {code: _load(code, folders) for code in codes}


def choose(asked: str | None, accepted: Iterable[str], offered: Sequence[str]) -> str:
    """Return the code to speak: as asked for, else the browser's best, else the first offered.

    Parameters
    ----------
    accepted
        The browser's language tags, best first, such as ``id-ID``.
    offered
        Codes of the languages on offer, the default first.
    """
    wishes = (asked, *(tag.partition("-")[0].lower() for tag in accepted))
    known = (_OLD_CODES.get(wish, wish) for wish in wishes if wish)
    return next((code for code in known if code in offered), offered[0])


def both_offer(site: Sequence[str], unit: Sequence[str]) -> Sequence[str]:
    """Return the languages that a unit wants and the site may show, in the unit's order."""
    return [code for code in unit if code in site] or site


def _catalogs(code: str, folders: Sequence[Path]) -> list[Path]:
    """Return a language's catalogs; a folder may hold one for each family of pages."""
    return [path for f in folders for path in sorted((f / code / "LC_MESSAGES").glob("*.po"))]


def _load(code: str, folders: Sequence[Path]) -> Language:
    messages: dict[str, str] = {}
    awaits_speaker = False
    for path in _catalogs(code, folders):
        with path.open("rb") as file:
            entries = [entry for entry in read_po(file, locale=None) if entry.id and entry.string]
        messages |= {str(entry.id): str(entry.string) for entry in entries}
        awaits_speaker |= any(entry.fuzzy for entry in entries)
    return Language(code, messages, awaits_speaker)

"""A period made ready to be published: its document, and the card in the unit's languages."""

from collections.abc import Mapping

from sqlmodel import Session

from aggregation.months.period import Period
from aggregation.output.card import cards
from aggregation.output.publication_document import publication_document
from aggregation.output.told_to_public import told_to_public
from aggregation.publishing.publications import Draft
from survey.language import INDONESIAN, Language
from survey.published_document import PublishedDocument
from survey.units import Unit

_ENGLISH = "en"


def document_to_publish(session: Session, unit: Unit, period: Period) -> PublishedDocument | None:
    """Return what would be published of a period now; None if it cannot be."""
    return publication_document(session, unit, period, told_to_public(session, unit.id, period))


def draft_of(
    document: PublishedDocument,
    unit: Unit,
    public_url: str,
    languages: Mapping[str, Language],
    accent: str | None,
) -> Draft:
    """Return a document with its cards; drawing them takes a second, so no lock is held meanwhile.

    Raises
    ------
    LetterNotPrintable
        If a name is written with letters the fonts do not have.
    """
    spoken = card_languages(unit, languages)
    made = cards(document, public_address(public_url, unit), spoken, accent)
    return Draft(unit.id, document, made)


def card_languages(unit: Unit, languages: Mapping[str, Language]) -> list[Language]:
    """Return Indonesian, and English where the unit and the site offer it."""
    indonesian = Language(INDONESIAN, {})
    english = languages.get(_ENGLISH) if _ENGLISH in unit.languages else None
    return [indonesian, english] if english else [indonesian]


def public_address(public_url: str, unit: Unit) -> str:
    """Return the whole address of a unit's public page."""
    return f"{public_url}/publik/{unit.code}"

"""What a publication says of a unit's period: figures and public words, no person (method §9, §11).

It is kept as JSON and never changed, so an old one has to be read for good: a field that comes
later gets a default here, and one that is not known is passed over.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from pydantic import TypeAdapter

from survey.questionnaire import Element

VERSION = 1
"""Of the form of a document; raised with every field that is added."""

_AT_ONE_GLANCE = 200
"""Letters of a said and a done."""


class PublicCut(StrEnum):
    """What the public sees the questionnaires of a period divided by; never by desk (method §9)."""

    SERVICE = "SERVICE"
    CHANNEL = "CHANNEL"
    TIME = "TIME"
    SEX = "SEX"
    EDUCATION = "EDUCATION"


class State(StrEnum):
    """What came of something that citizens said."""

    DONE = "done"
    ANSWERED = "answered"
    """Said in answer to a comment; there is nothing to wait for."""


@dataclass(frozen=True, slots=True)
class ElementFigure:
    """One of the nine elements.

    Attributes
    ----------
    mean
        Mean rating, 1.00 to 4.00, two decimals.
    index
        25.00 to 100.00, two decimals.
    grade
        Letter of the rounded index.
    before
        The mean of the period before; only where the change is more than chance.
    """

    element: Element
    mean: Decimal
    index: Decimal
    grade: str
    before: Decimal | None = None

    @property
    def change(self) -> Decimal | None:
        """Printed mean minus the printed one before; None where it may be chance."""
        return None if self.before is None else self.mean - self.before


@dataclass(frozen=True, slots=True)
class CellFigure:
    """A cell of a cut; without figures where it is hidden.

    Attributes
    ----------
    cell
        A service's code, a channel, "1-2" for Monday's second slot, a profile's answer; empty for
        those of whom it is not known.
    name
        A service's name; empty where the code says it all.
    n
        Full questionnaires; None is hidden, 0 is nobody.
    means, indices
        By element, two decimals.
    """

    cell: str
    name: str = ""
    n: int | None = None
    index: Decimal | None = None
    grade: str | None = None
    means: Mapping[Element, Decimal] = field(default_factory=dict)
    indices: Mapping[Element, Decimal] = field(default_factory=dict)

    @property
    def is_hidden(self) -> bool:
        """Whether there are questionnaires that must not be told apart."""
        return self.n is None


@dataclass(frozen=True, slots=True)
class Before:
    """The period that this one is compared with.

    Attributes
    ----------
    differs
        Whether the difference is more than chance.
    """

    period: str
    index: Decimal
    differs: bool


@dataclass(frozen=True, slots=True)
class Sample:
    """The sample that the visits of the period require, as the regulation's table has it."""

    visits: int
    required: int


@dataclass(frozen=True, slots=True)
class TrendMonth:
    """A released month; without an index where it is hidden or too small."""

    month: str
    n: int | None = None
    index: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What citizens said and what came of it, in words that were written for the public.

    Attributes
    ----------
    month
        When it was done or answered, as YYYY-MM.
    """

    said: str
    did: str
    state: State
    month: str | None = None

    @property
    def is_long(self) -> bool:
        """Whether it needs smaller letters to be seen at one glance."""
        return len(self.said) + len(self.did) > _AT_ONE_GLANCE


@dataclass(frozen=True, slots=True)
class PublishedDocument:
    """Everything that the public pages say of a unit's period.

    Attributes
    ----------
    release
        Number of the release that it rests on.
    responses
        All of the period, taps without the nine elements included.
    n
        Full questionnaires, at least 10: the index rests on them.
    low, high
        Interval of 95 %.
    services
        Names of the services that the unit gave.
    cuts
        By cut; one that is withheld as a whole is missing.
    """

    unit_code: str
    unit_name: str
    period: str
    release: int
    responses: int
    n: int
    index: Decimal
    low: Decimal
    high: Decimal
    grade: str
    category: str
    elements: tuple[ElementFigure, ...]
    before: Before | None = None
    sample: Sample | None = None
    services: tuple[str, ...] = ()
    cuts: Mapping[PublicCut, tuple[CellFigure, ...]] = field(default_factory=dict)
    trend: tuple[TrendMonth, ...] = ()
    told: tuple[Told, ...] = ()
    v: int = VERSION

    @property
    def sample_is_reached(self) -> bool:
        """Whether there are as many questionnaires as the visits require."""
        return self.sample is not None and self.n >= self.sample.required


@dataclass(frozen=True, slots=True)
class Headline:
    """What a list says of a publication."""

    period: str
    n: int
    index: Decimal
    grade: str
    category: str


_DOCUMENT = TypeAdapter(PublishedDocument)
_HEADLINE = TypeAdapter(Headline)


def write_document(document: PublishedDocument) -> str:
    """Return a document as it is kept; the same document gives the same text."""
    return _DOCUMENT.dump_json(document).decode()


def read_document(text: str) -> PublishedDocument:
    """Read a document as it was kept."""
    return _DOCUMENT.validate_json(text)


def write_headline(document: PublishedDocument) -> str:
    """Return what a list says of a document as it is kept, beside the document."""
    headline = Headline(
        document.period, document.n, document.index, document.grade, document.category
    )
    return _HEADLINE.dump_json(headline).decode()


def read_headline(text: str) -> Headline:
    """Read what a list says as it was kept; a whole document is read too."""
    return _HEADLINE.validate_json(text)

"""The nine means and the index as positions and words of the public pages (method §3)."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from survey.published_document import ElementFigure, PublishedDocument, TrendMonth
from survey.questionnaire import HIGHEST, ITEMS, LOWEST, Element

_CENT = Decimal("0.01")
_FULL = Decimal(100)
_USUAL_START = Decimal(55)
"""Where the scale begins if nothing lies below: from 25 on, D would fill half of it."""

_TREND_HEIGHT, _TREND_EDGE = 120, 16
_LEAST_SPAN = Decimal(4)
"""Index points that a trend spans at least, so that chance does not look like a way."""


@dataclass(frozen=True, slots=True)
class GradeRow:
    """A row of the regulation's table: letter, words, from where to where."""

    letter: str
    category: str
    lowest: Decimal
    highest: Decimal


GRADES = (
    GradeRow("A", "Sangat baik", Decimal("88.31"), Decimal("100.00")),
    GradeRow("B", "Baik", Decimal("76.61"), Decimal("88.30")),
    GradeRow("C", "Kurang baik", Decimal("65.00"), Decimal("76.60")),
    GradeRow("D", "Tidak baik", Decimal("25.00"), Decimal("64.99")),
)
"""PermenPANRB 14/2017, from the best down."""


@dataclass(frozen=True, slots=True)
class Band:
    """A grade's part of the scale, in percent of its width."""

    letter: str
    left: Decimal
    width: Decimal
    border: Decimal | None


@dataclass(frozen=True, slots=True)
class Scale:
    """The index among the grades, in percent of the drawing's width."""

    bands: tuple[Band, ...]
    low: Decimal
    width: Decimal
    at: Decimal


@dataclass(frozen=True, slots=True)
class Bar:
    """An element's bar from 1 to 4, in percent of its width."""

    figure: ElementFigure
    name: str
    width: Decimal
    before: Decimal | None
    is_lowest: bool


@dataclass(frozen=True, slots=True)
class Point:
    """A month of the trend: percent from the left, pixels from the top."""

    month: TrendMonth
    x: Decimal
    y: Decimal


def scale_of(document: PublishedDocument) -> Scale:
    """Place a document's index and interval among the grades."""
    start = _USUAL_START if min(document.index, document.low) >= _USUAL_START else Decimal(25)

    def at(points: Decimal) -> Decimal:
        share = (points - start) / (_FULL - start)
        return _percent(min(max(share, Decimal(0)), Decimal(1)))

    rising = GRADES[::-1]
    ends = [row.lowest for row in rising[1:]] + [_FULL]
    bands = tuple(
        Band(row.letter, at(row.lowest), at(end) - at(row.lowest), row.lowest if place else None)
        for place, (row, end) in enumerate(zip(rising, ends, strict=True))
    )
    return Scale(bands, at(document.low), at(document.high) - at(document.low), at(document.index))


def bars_of(document: PublishedDocument) -> tuple[Bar, ...]:
    """Return the bars of the nine elements."""
    lowest = min(figure.mean for figure in document.elements)
    return tuple(
        Bar(
            figure,
            ITEMS[figure.element].short,
            _of_four(figure.mean),
            None if figure.before is None else _of_four(figure.before),
            figure.mean == lowest,
        )
        for figure in document.elements
    )


def extremes(document: PublishedDocument) -> tuple[list[Element], list[Element]]:
    """Return the elements with the highest and with the lowest printed mean."""
    means = [figure.mean for figure in document.elements]
    return (
        [each.element for each in document.elements if each.mean == max(means)],
        [each.element for each in document.elements if each.mean == min(means)],
    )


def trend_points(trend: tuple[TrendMonth, ...]) -> tuple[Point | None, ...]:
    """Place the months of a trend; None leaves a gap."""
    known = [each.index for each in trend if each.index is not None]
    if not known:
        return ()
    middle = (max(known) + min(known)) / 2
    half = max((max(known) - min(known)) / 2, _LEAST_SPAN / 2)
    step = _FULL / max(len(trend), 1)
    room = Decimal(_TREND_HEIGHT - 2 * _TREND_EDGE)
    return tuple(
        None
        if each.index is None
        else Point(
            each,
            ((place + Decimal("0.5")) * step).quantize(_CENT),
            (_TREND_EDGE + room * (middle + half - each.index) / (2 * half)).quantize(_CENT),
        )
        for place, each in enumerate(trend)
    )


def _of_four(mean: Decimal) -> Decimal:
    return _percent((mean - LOWEST) / (HIGHEST - LOWEST))


def _percent(share: Decimal) -> Decimal:
    return (_FULL * share).quantize(_CENT, ROUND_HALF_UP)

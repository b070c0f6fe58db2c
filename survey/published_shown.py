"""What a unit's public page shows: a document with its words and drawings, ready to be set.

The same is shown before it is published, so that a unit head sees the page as it will be.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from survey.language import Language
from survey.month import Month
from survey.period_name import PeriodName
from survey.published_cuts import CutTable, WeekTable, cut_tables, week_table
from survey.published_document import PublishedDocument
from survey.published_scale import (
    Bar,
    Point,
    Scale,
    bars_of,
    extremes,
    scale_of,
    trend_points,
)
from survey.questionnaire import ITEMS, Element


@dataclass(frozen=True, slots=True)
class Links:
    """Where the pages of a publication lie.

    Attributes
    ----------
    site
        Address of the public site where the page itself is elsewhere; empty within it.
    """

    site: str
    unit_code: str
    language: str
    period: str

    @property
    def units(self) -> str:
        """All units."""
        return self._to("/publik/")

    @property
    def how(self) -> str:
        """How the index is computed."""
        return self._to("/publik/cara")

    @property
    def dictionary(self) -> str:
        """What the columns of the data mean."""
        return self._to("/publik/kamus")

    @property
    def seals(self) -> str:
        """The seals, and how to check them."""
        return self._to("/segel")

    @property
    def tv(self) -> str:
        """The page for the waiting hall."""
        return self._to(f"/publik/{self.unit_code}/tv")

    @property
    def data(self) -> str:
        """All published periods as CSV."""
        return f"{self.site}/publik/{self.unit_code}.csv"

    def card(self, kind: str) -> str:
        """Return the address of the official card as png, svg or pdf."""
        return self._to(f"/publik/{self.unit_code}/kartu.{kind}", periode=self.period)

    def _to(self, path: str, **asked: str) -> str:
        return f"{self.site}{path}?{urlencode({**asked, 'lang': self.language})}"


@dataclass(frozen=True, slots=True)
class ShownPeriod:
    """A period on its public page.

    Attributes
    ----------
    issue, published_on
        Its issue's number, and the unit's own day; of a page that is only looked at before.
    highest, lowest
        Names of the elements with the highest and the lowest mean.
    trend
        A point for each month, None for a gap; empty if there is no trend.
    """

    document: PublishedDocument
    period: PeriodName
    issue: int
    published_on: date
    scale: Scale
    bars: tuple[Bar, ...]
    highest: str
    lowest: str
    tables: list[CutTable]
    week: WeekTable | None
    trend: tuple[Point | None, ...]

    @staticmethod
    def month_of(text: str) -> Month:
        """Read a month of the document."""
        return Month.parse(text)

    @property
    def segments(self) -> list[tuple[Point, Point]]:
        """Neighbouring months of the trend, to be joined by a line."""
        pairs = zip(self.trend, self.trend[1:], strict=False)
        return [(one, other) for one, other in pairs if one is not None and other is not None]

    @property
    def ends(self) -> list[Point]:
        """The first and the last month of the trend."""
        known = [point for point in self.trend if point is not None]
        return [known[0], known[-1]] if known else []

    @property
    def hides(self) -> bool:
        """Whether the page leaves a cell out."""
        in_week = [cell for _, cells in self.week.rows for cell in cells] if self.week else []
        return any(table.hides for table in self.tables) or any(
            cell is not None and cell.is_hidden for cell in in_week
        )


def shown_period(
    document: PublishedDocument, issue: int, published_on: date, language: Language
) -> ShownPeriod:
    """Return what the page of a document shows."""
    highest, lowest = extremes(document)
    return ShownPeriod(
        document=document,
        period=PeriodName.parse(document.period),
        issue=issue,
        published_on=published_on,
        scale=scale_of(document),
        bars=bars_of(document),
        highest=_named(highest, language),
        lowest=_named(lowest, language),
        tables=cut_tables(document),
        week=week_table(document),
        trend=trend_points(document.trend),
    )


def _named(elements: Sequence[Element], language: Language) -> str:
    """Name elements within a sentence."""
    return ", ".join(language.say(ITEMS[element].short).lower() for element in elements)

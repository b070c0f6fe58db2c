"""Lists of the staff site: one way to search, sort and page, in the address so it can be shared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import request
from sqlalchemy import Select, SQLColumnExpression, func, or_, select
from sqlmodel import Session

PER_PAGE = 50
LONGEST_SEARCH = 80
SEARCH, SORT, PAGE = "cari", "urut", "hal"
_BACKWARDS = "-"
_LONGEST_PAGE = 6

_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list was asked for; whatever makes no sense is left out, never an error.

    Attributes
    ----------
    sort
        The name of a column; `backwards` turns its order.
    filters
        What else the address asks for, by its own names.
    """

    search: str
    sort: str
    backwards: bool
    page: int
    filters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Listing(Generic[_Row]):
    """One page of a list."""

    rows: Sequence[_Row]
    total: int
    asked: Asked
    per_page: int = PER_PAGE

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.per_page))

    @property
    def first(self) -> int:
        """The number of the first row on this page, counted from 1."""
        return (self.asked.page - 1) * self.per_page + 1

    @property
    def last(self) -> int:
        """The number of the last row on this page."""
        return self.first + len(self.rows) - 1

    @property
    def is_filtered(self) -> bool:
        """Whether rows may be missing because of a search or a filter."""
        return bool(self.asked.search or any(self.asked.filters.values()))

    def address(self, **changes: str | int) -> str:
        """Return the query of the same list with something else asked for."""
        asked = self.asked
        sort = f"{_BACKWARDS if asked.backwards else ''}{asked.sort}"
        now: dict[str, str | int] = {SEARCH: asked.search, SORT: sort, PAGE: asked.page}
        now |= {**asked.filters, **changes}
        return "?" + urlencode({name: value for name, value in now.items() if value not in ("", 1)})

    def sorted_by(self, name: str) -> str:
        """Return the query that sorts by a column, or turns the order if it does already."""
        turn = self.asked.sort == name and not self.asked.backwards
        return self.address(urut=f"{_BACKWARDS if turn else ''}{name}", hal=1)

    def direction(self, name: str) -> str | None:
        """Return how a column is sorted, as ``aria-sort`` says it; None if it is not."""
        if self.asked.sort != name:
            return None
        return "descending" if self.asked.backwards else "ascending"


def listed(
    session: Session,
    statement: Select[*tuple[Any, ...]],
    *,
    sorts: Mapping[str, Sequence[SQLColumnExpression[Any]]],
    search_in: Sequence[SQLColumnExpression[str]] = (),
    filters: Sequence[str] = (),
    per_page: int = PER_PAGE,
    newest_first: bool = False,
) -> Listing[Any]:
    """Return the page of a statement's rows that the address asks for.

    Parameters
    ----------
    sorts
        What each name in the address sorts by, the default first. The last column of each must be
        unique, so that no row is on two pages or none.
    search_in
        Where the words of a search are looked for; each word must be in one of them.
    filters
        Names in the address that belong to this list; the statement has been filtered by them.
    newest_first
        Whether the list begins in the turned order of its default.
    """
    asked = _asked(list(sorts), filters, newest_first=newest_first)
    for word in asked.search.lower().split():
        statement = statement.where(
            or_(*(func.lower(column).contains(word, autoescape=True) for column in search_in))
        )
    total = session.execute(select(func.count()).select_from(statement.subquery())).scalar_one()
    page = min(asked.page, max(1, -(-total // per_page)))
    order = [c.desc() if asked.backwards else c.asc() for c in sorts[asked.sort]]
    rows = session.execute(
        statement.order_by(*order).limit(per_page).offset((page - 1) * per_page)
    ).all()
    shown = Asked(asked.search, asked.sort, asked.backwards, page, asked.filters)
    return Listing(rows, total, shown, per_page)


def _asked(sorts: Sequence[str], filters: Sequence[str], *, newest_first: bool) -> Asked:
    sort = request.args.get(SORT, "")
    if sort.removeprefix(_BACKWARDS) not in sorts:
        sort = f"{_BACKWARDS if newest_first else ''}{sorts[0]}"
    name = sort.removeprefix(_BACKWARDS)
    page = request.args.get(PAGE, "1")
    return Asked(
        search=request.args.get(SEARCH, "").strip()[:LONGEST_SEARCH],
        sort=name,
        backwards=sort.startswith(_BACKWARDS),
        page=max(1, int(page)) if page.isdecimal() and len(page) <= _LONGEST_PAGE else 1,
        filters={name: request.args.get(name, "") for name in filters},
    )

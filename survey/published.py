"""What has been published, as the public site reads it: issues, their documents, their cards."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from survey.models import ServiceUnit
from survey.period_name import PeriodName
from survey.publication_models import CardFormat, Publication, PublishedCard
from survey.published_document import Headline, PublishedDocument, read_document, read_headline


@dataclass(frozen=True, slots=True)
class Issue:
    """The newest issue of a unit's period.

    Attributes
    ----------
    withdrawn_at
        Since when the period is shown no more; None while it is.
    """

    id: UUID
    unit_id: int
    period: PeriodName
    number: int
    published_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class ListedUnit:
    """A unit in the tree of those that published something, or that lie above one.

    Attributes
    ----------
    headline
        Of its newest period; None if it published nothing itself.
    """

    code: str
    name: str
    headline: Headline | None
    below: tuple["ListedUnit", ...]

    @property
    def period(self) -> PeriodName | None:
        """The newest period that it shows."""
        return None if self.headline is None else PeriodName.parse(self.headline.period)


def issues_of(session: Session, unit_id: int) -> list[Issue]:
    """Return the newest issue of each period of a unit, the newest period first."""
    asked = (
        select(
            Publication.id,
            Publication.period,
            Publication.issue,
            Publication.published_at,
            Publication.withdrawn_at,  # type: ignore[call-overload]
        )
        .where(col(Publication.unit_id) == unit_id)
        .order_by(col(Publication.recency).desc(), col(Publication.issue))
    )
    newest = {
        row.period: Issue(
            row.id,
            unit_id,
            PeriodName.parse(row.period),
            row.issue,
            row.published_at,
            row.withdrawn_at,
        )
        for row in session.exec(asked)
    }
    return list(newest.values())


def document_of(session: Session, issue: Issue) -> PublishedDocument:
    """Return what an issue says."""
    text = select(Publication.document).where(col(Publication.id) == issue.id)
    return read_document(session.exec(text).one())


def card_of(session: Session, issue: Issue, kind: CardFormat, language: str) -> bytes | None:
    """Return the official card of an issue; in its first language if it has not the one asked."""
    found = session.exec(
        select(PublishedCard.language, PublishedCard.body)
        .where(
            col(PublishedCard.publication_id) == issue.id,
            col(PublishedCard.card_format) == kind,
        )
        # Indonesian is later in the alphabet than English, and every card has it.
        .order_by(col(PublishedCard.language).desc())
    ).all()
    cards = dict(found[::-1])
    return cards.get(language) or next((body for _, body in found), None)


def unit_tree(session: Session, search: str = "") -> tuple[ListedUnit, ...]:
    """Return the units that show a publication, below those they belong to, by name.

    Parameters
    ----------
    search
        Part of a name; a unit is kept if it or one below it is called so.
    """
    headlines = _headlines(session)
    parents = {row.id: row for row in session.exec(select(ServiceUnit))}
    wanted = search.strip().casefold()
    shown = {
        each for each in headlines if each in parents and wanted in parents[each].name.casefold()
    }
    kept = shown | {above for each in shown for above in _above(parents, each)}
    return _listed(parents, {key: headlines.get(key) for key in kept}, shown, None)


def _listed(
    units: dict[int | None, ServiceUnit],
    kept: dict[int, Headline | None],
    shown: set[int],
    parent: int | None,
) -> tuple[ListedUnit, ...]:
    rows = [units[key] for key in kept if _parent(units, key) == parent]
    return tuple(
        ListedUnit(
            row.code,
            row.name,
            kept[row.id or 0] if row.id in shown else None,
            _listed(units, kept, shown, row.id),
        )
        for row in sorted(rows, key=lambda row: (row.name.casefold(), row.code))
    )


def _parent(units: dict[int | None, ServiceUnit], key: int) -> int | None:
    """Return the unit above; none for one whose way up leads back to itself."""
    return None if key in _above(units, key) else units[key].parent_id


def _above(units: dict[int | None, ServiceUnit], key: int) -> list[int]:
    found: list[int] = []
    parent = units[key].parent_id
    while parent is not None and parent not in found:
        found.append(parent)
        parent = units[parent].parent_id
    return found


def _headlines(session: Session) -> dict[int, Headline]:
    """Return what the newest standing issue of each unit says, by unit."""
    newest = (
        select(Publication.id)
        .where(
            col(Publication.unit_id) == col(ServiceUnit.id),
            col(Publication.withdrawn_at).is_(None),
        )
        .order_by(col(Publication.recency).desc(), col(Publication.issue).desc())
        .limit(1)
        .correlate(ServiceUnit)
        .scalar_subquery()
    )
    found = aliased(Publication)
    rows = session.exec(
        select(found.unit_id, found.headline)
        .select_from(ServiceUnit)
        .join(found, col(found.id) == newest)
    )
    return {unit_id: read_headline(text) for unit_id, text in rows}

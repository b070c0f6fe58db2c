"""Publishing a period, and taking a publication back: facts that follow one another (method §11).

An issue is never changed. When a revision lets other figures be seen, a new issue may follow; the
newest one holds. A period that is withdrawn shows nothing until it is published anew: an older
issue was overtaken once and does not come back.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select, update
from sqlmodel import Session, col

from aggregation.changes.audit import record_with_detail
from aggregation.changes.batch import Cause, hold_unit
from aggregation.months.models import Release
from survey.log import Act, record
from survey.merkle import Scalar
from survey.period_name import PeriodName
from survey.publication_models import CardFormat, Publication, PublishedCard
from survey.published_document import PublishedDocument, write_document, write_headline

CardKey = tuple[CardFormat, str]
"""How a card is kept, and its language."""


class OvertakenByRelease(Exception):
    """A newer release of the period came between the look and the act."""


class AlreadyPublished(Exception):
    """The standing issue says the same."""


class NothingStands(LookupError):
    """The period shows nothing that could be withdrawn."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A publication before it is published.

    Attributes
    ----------
    cards
        The official card by format and language.
    """

    unit_id: int
    document: PublishedDocument
    cards: Mapping[CardKey, bytes]


@dataclass(frozen=True, slots=True)
class KnownIssue:
    """An issue as the unit's own pages list it.

    Attributes
    ----------
    release
        Number of the release that it rests on.
    digest
        As `digest_of` returns it.
    """

    id: UUID
    period: str
    number: int
    published_at: datetime
    withdrawn_at: datetime | None
    release: int
    digest: str


def publish(session: Session, draft: Draft, cause: Cause) -> KnownIssue:
    """Publish a period; its issue follows the last one of that period.

    The unit is held, so that two who press at once publish one issue.

    Raises
    ------
    OvertakenByRelease
        If the draft does not rest on the newest release.
    AlreadyPublished
        If the standing issue says the same.
    """
    hold_unit(session, draft.unit_id)
    period = draft.document.period
    if _newest_release(session, draft.unit_id, period) != draft.document.release:
        raise OvertakenByRelease(period)
    issues = issues_of_period(session, draft.unit_id, period)
    digest, release = digest_of(draft.document), draft.document.release
    if issues and issues[-1].withdrawn_at is None and issues[-1].digest == digest:
        raise AlreadyPublished(period)
    issue = KnownIssue(uuid4(), period, len(issues) + 1, cause.at, None, release, digest)
    _keep(session, draft, issue)
    facts: dict[str, Scalar] = {"period": period, "number": issue.number, "release": release}
    act = Act("publication.issued", cause.actor, f"publication {issue.id}", facts, draft.unit_id)
    record(session, act, cause.at)
    return issue


def withdraw(session: Session, unit_id: int, period: str, cause: Cause) -> None:
    """Show a period no more, for a reason that the log keeps.

    Raises
    ------
    NothingStands
        If it is not shown.
    """
    hold_unit(session, unit_id)
    standing = [
        each for each in issues_of_period(session, unit_id, period) if not each.withdrawn_at
    ]
    if not standing:
        raise NothingStands(period)
    session.execute(
        update(Publication)
        .where(col(Publication.id).in_([issue.id for issue in standing]))
        .values(withdrawn_at=cause.at)
    )
    facts: dict[str, Scalar] = {"period": period, "number": standing[-1].number}
    subject = f"publication {standing[-1].id}"
    act = Act("publication.withdrawn", cause.actor, subject, facts, unit_id)
    record_with_detail(session, act, cause.at, {"reason": cause.reason})


def issues_of_unit(session: Session, unit_id: int) -> dict[str, KnownIssue]:
    """Return the newest issue of each period of a unit."""
    return {issue.period: issue for issue in _issues(session, unit_id, None)}


def issues_of_period(session: Session, unit_id: int, period: str) -> list[KnownIssue]:
    """Return all issues of a period, the first one first."""
    return _issues(session, unit_id, period)


def digest_of(document: PublishedDocument) -> str:
    """Return what tells two documents apart, 64 hexadecimal digits."""
    return hashlib.sha256(write_document(document).encode()).hexdigest()


def _keep(session: Session, draft: Draft, issue: KnownIssue) -> None:
    row = {
        "id": issue.id,
        "unit_id": draft.unit_id,
        "period": issue.period,
        "recency": PeriodName.parse(issue.period).recency,
        "issue": issue.number,
        "published_at": issue.published_at,
        "release": issue.release,
        "digest": bytes.fromhex(issue.digest),
        "headline": write_headline(draft.document),
        "document": write_document(draft.document),
    }
    session.execute(insert(Publication), row)
    cards = [
        {"publication_id": issue.id, "card_format": kind, "language": language, "body": body}
        for (kind, language), body in draft.cards.items()
    ]
    if cards:
        session.execute(insert(PublishedCard), cards)


def _newest_release(session: Session, unit_id: int, period: str) -> int | None:
    newest: int | None = session.scalar(
        select(func.max(col(Release.number))).where(
            col(Release.unit_id) == unit_id, col(Release.period) == period
        )
    )
    return newest


def _issues(session: Session, unit_id: int, period: str | None) -> list[KnownIssue]:
    """Return issues without reading their documents, which grow with the unit's history."""
    asked = select(
        col(Publication.id),
        col(Publication.period),
        col(Publication.issue),
        col(Publication.published_at),
        col(Publication.withdrawn_at),
        col(Publication.release),
        col(Publication.digest),
    ).where(col(Publication.unit_id) == unit_id)
    if period is not None:
        asked = asked.where(col(Publication.period) == period)
    rows = session.execute(asked.order_by(col(Publication.period), col(Publication.issue)))
    return [
        KnownIssue(
            row.id,
            row.period,
            row.issue,
            row.published_at,
            row.withdrawn_at,
            row.release,
            row.digest.hex(),
        )
        for row in rows
    ]

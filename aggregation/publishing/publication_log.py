"""The publication log: where and when a period was shown, with or without a photo (method §11).

An entry is a fact: it is written once and stays.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import insert, select
from sqlmodel import Session, col

from aggregation.changes.batch import Cause
from aggregation.evidence.handed_in import CheckedFile
from aggregation.evidence.kept_files import keep_file
from aggregation.evidence.models import EvidenceFile
from aggregation.publishing.models import Medium, PublicationNote
from aggregation.publishing.publications import issues_of_period
from survey.log import Act, record
from survey.merkle import Scalar
from survey.units import local_today

LONGEST_PLACE = 400
MORE_THAN = 4
"""The ministry's highest class is more than so many media."""


class NotYetShown(ValueError):
    """The day lies ahead."""


class NeverPublished(LookupError):
    """The period was not published, so it cannot have been shown."""


@dataclass(frozen=True, slots=True)
class Showing:
    """That a period was shown somewhere, as somebody tells it.

    Attributes
    ----------
    place
        An address or a place, 1 to 400 letters.
    """

    period: str
    medium: Medium
    shown_on: date
    place: str


@dataclass(frozen=True, slots=True)
class LoggedShowing:
    """An entry of the log.

    Attributes
    ----------
    file_id, file_name
        Of its photo or document; None without one.
    """

    id: UUID
    showing: Showing
    file_id: UUID | None
    file_name: str | None
    noted_at: datetime


@dataclass(frozen=True, slots=True)
class Media:
    """How many kinds of media showed a unit's figures in a year, as the ministry counts them.

    Attributes
    ----------
    used
        Each kind once, in the order of `Medium`.
    """

    used: tuple[Medium, ...]

    @property
    def class_(self) -> str:
        """The ministry's class: 0 to 4, or >4."""
        return f">{MORE_THAN}" if len(self.used) > MORE_THAN else str(len(self.used))


def note_showing(
    session: Session, unit_id: int, showing: Showing, photo: CheckedFile | None, cause: Cause
) -> UUID:
    """Enter in the log that a period was shown; return the entry's id.

    Raises
    ------
    NotYetShown
        If the day lies ahead where the unit is.
    NeverPublished
        If the period has no issue.
    """
    if showing.shown_on > local_today(session, unit_id, cause.at):
        raise NotYetShown
    if not issues_of_period(session, unit_id, showing.period):
        raise NeverPublished(showing.period)
    row = {
        "id": uuid4(),
        "unit_id": unit_id,
        "period": showing.period,
        "medium": showing.medium,
        "shown_on": showing.shown_on,
        "place": showing.place,
        "file_id": keep_file(session, unit_id, photo, cause) if photo else None,
        "noted_at": cause.at,
        "noted_by": cause.by,
    }
    session.execute(insert(PublicationNote), row)
    facts: dict[str, Scalar] = {"period": showing.period, "medium": showing.medium.value}
    act = Act("publication.noted", cause.actor, f"publication_note {row['id']}", facts, unit_id)
    record(session, act, cause.at)
    return UUID(str(row["id"]))


def showings(session: Session, unit_id: int, year: int | None = None) -> list[LoggedShowing]:
    """Return the entries of a unit, of a calendar year if one is named, the newest day first."""
    asked = (
        select(PublicationNote, col(EvidenceFile.name))
        .outerjoin(EvidenceFile, col(EvidenceFile.id) == col(PublicationNote.file_id))
        .where(col(PublicationNote.unit_id) == unit_id)
        .order_by(
            col(PublicationNote.shown_on).desc(),
            col(PublicationNote.noted_at).desc(),
            col(PublicationNote.id),
        )
    )
    if year is not None:
        asked = asked.where(
            col(PublicationNote.shown_on).between(date(year, 1, 1), date(year, 12, 31))
        )
    return [_logged(row, name) for row, name in session.execute(asked)]


def media_of(entries: Iterable[LoggedShowing], *, is_on_public_page: bool) -> Media:
    """Count the kinds of media; our own public page is a website."""
    used = {entry.showing.medium for entry in entries}
    if is_on_public_page:
        used.add(Medium.WEBSITE)
    return Media(tuple(medium for medium in Medium if medium in used))


def _logged(row: PublicationNote, file_name: str | None) -> LoggedShowing:
    showing = Showing(row.period, Medium(row.medium), row.shown_on, row.place)
    return LoggedShowing(row.id, showing, row.file_id, file_name, row.noted_at)

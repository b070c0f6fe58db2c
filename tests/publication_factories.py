"""Made-up publications: a unit whose released period is published, with or without its cards."""

from datetime import UTC, date, datetime
from uuid import UUID

from sqlmodel import Session

from aggregation.changes.batch import Cause
from aggregation.evidence.handed_in import check_file
from aggregation.method.cuts import Cut
from aggregation.months.period import Period
from aggregation.output.publication_document import publication_document
from aggregation.publishing.models import Medium
from aggregation.publishing.publication_log import Showing, note_showing
from aggregation.publishing.publications import CardKey, Draft, KnownIssue, publish
from survey.models import ServiceUnit
from survey.published_document import PublishedDocument, Told
from survey.units import known_unit
from tests.factories import make_service, make_unit
from tests.improvement_factories import picture
from tests.release_factories import made_counts, made_release

PUBLISHED_AT = datetime(2026, 10, 6, 2, 0, tzinfo=UTC)
BY_HAND = Cause("Ratna", "", PUBLISHED_AT, "ratna")
LATER = Cause("Ratna", "Salah hitung", datetime(2026, 12, 1, 2, 0, tzinfo=UTC), "ratna")
HIDDEN_N, SHOWN_N = 13, 137
"""Of one service each: figures that nothing else on a page has."""


def released_unit(session: Session, period: str = "2026-Q3", name: str = "Disdukcapil") -> int:
    """Make a unit with a released period: one service of two, and one sex, are hidden."""
    unit_id = make_unit(session)
    session.get_one(ServiceUnit, unit_id).name = name
    shown = make_service(session, unit_id, "KTP-EL", "KTP elektronik")
    hidden = make_service(session, unit_id, "KIA", "Kartu identitas anak")
    release_period(session, unit_id, period, (shown, hidden))
    return unit_id


def release_period(
    session: Session, unit_id: int, period: str, services: tuple[int, int], *, number: int = 0
) -> None:
    shown, hidden = services
    made_release(
        session,
        unit_id,
        period,
        made_counts(412, seed=1),
        {
            Cut.SERVICE: {str(shown): made_counts(SHOWN_N, seed=2), str(hidden): None, "": None},
            Cut.CHANNEL: {"kiosk": made_counts(301, seed=3), "desk_qr": made_counts(111, seed=4)},
            Cut.DESK: {"1": made_counts(412, seed=1)},
            Cut.TIME: {"1-1": made_counts(90, seed=5), "5-2": None, "": None},
            Cut.SEX: {"L": made_counts(171), "P": made_counts(203), "": made_counts(38)},
            Cut.EDUCATION: {"SMA": made_counts(186, seed=8), "S1": None, "S3": None},
        },
        responses=1046,
        number=number,
    )


def document_for(
    session: Session, unit_id: int, period: str = "2026-Q3", told: tuple[Told, ...] = ()
) -> PublishedDocument:
    unit = known_unit(session.get_one(ServiceUnit, unit_id))
    document = publication_document(session, unit, Period.parse(period), told)
    assert document is not None
    return document


def published(
    session: Session,
    unit_id: int,
    period: str = "2026-Q3",
    *,
    told: tuple[Told, ...] = (),
    cards: dict[CardKey, bytes] | None = None,
    cause: Cause = BY_HAND,
) -> KnownIssue:
    """Publish a released period of a unit."""
    document = document_for(session, unit_id, period, told)
    return publish(session, Draft(unit_id, document, cards or {}), cause)


def noted(
    session: Session,
    unit_id: int,
    period: str = "2026-Q3",
    medium: Medium = Medium.SCREEN,
    *,
    on: date = date(2026, 10, 6),
    photo: bytes | None = None,
    name: str = "foto.png",
) -> UUID:
    """Enter that a period was shown, with a photo."""
    showing = Showing(period, medium, on, "Ruang tunggu lantai satu")
    checked = check_file(name, photo or picture())
    return note_showing(session, unit_id, showing, checked, LATER)

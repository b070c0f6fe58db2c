"""What the demo office has published: its newest closed months, and its last whole quarter."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from sqlmodel import Session

from aggregation.changes.batch import Cause
from aggregation.demo.report import last_quarter
from aggregation.months.period import Period
from aggregation.output.publication_draft import document_to_publish, draft_of
from aggregation.publishing.models import Medium
from aggregation.publishing.publication_log import Showing, note_showing
from aggregation.publishing.publications import publish
from survey.language import TRANSLATIONS, load_languages
from survey.month import Month
from survey.settings import Settings
from survey.units import Unit, accent_for

_MONTHS = 1
"""Each period's cards take a second to draw."""

_OWN = Path(__file__).parents[1] / "translations"
_SHOWN = (
    (Medium.SCREEN, "Televisi di ruang tunggu lantai satu"),
    (Medium.PRINTED, "Papan pengumuman di pintu masuk"),
)


def publish_demo(
    session: Session, unit: Unit, closed: Sequence[Month], settings: Settings, cause: Cause
) -> None:
    """Publish what a head would have, and enter where it was shown."""
    quarter = last_quarter(closed)
    newest = [Period(str(month), (month,)) for month in sorted(closed)[-_MONTHS:]]
    languages = load_languages(["en"], (TRANSLATIONS, _OWN))
    accent = accent_for(session.connection(), unit.id)
    for period in [*newest, *([quarter] if quarter else [])]:
        document = document_to_publish(session, unit, period)
        if document is not None:
            draft = draft_of(document, unit, settings.public_url, languages, accent)
            publish(session, draft, cause)
            _note(session, unit, period, cause)


def _note(session: Session, unit: Unit, period: Period, cause: Cause) -> None:
    shown_on = unit.day_of(cause.at - timedelta(days=1))
    for medium, place in _SHOWN:
        note_showing(session, unit.id, Showing(period.name, medium, shown_on, place), None, cause)

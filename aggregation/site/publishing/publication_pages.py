"""What a unit shows the public: which periods, since when, and what can be published now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from tempfile import SpooledTemporaryFile

from flask import Blueprint, abort, render_template
from markupsafe import Markup
from sqlmodel import Session
from werkzeug import Response

from aggregation.access.roles import Right
from aggregation.months.released import released_periods
from aggregation.months.released_wholes import ReleasedWhole, released_wholes
from aggregation.output.ministry_evidence import bundle_name, write_evidence, year_of_proof
from aggregation.output.publication_draft import public_address
from aggregation.publishing.publication_log import LoggedShowing, media_of, showings
from aggregation.publishing.publications import KnownIssue, issues_of_unit
from aggregation.site.guard import needs, unit, unit_today
from aggregation.site.publishing.publication_words import MEDIA
from aggregation.site.publishing.publish_pages import publishing
from aggregation.site.publishing.showing_pages import showing_pages
from kiosk.posters import qr_drawing
from survey.database import reading
from survey.period_name import PeriodName
from survey.site import here

publications = Blueprint("publications", __name__)
publications.register_blueprint(publishing)
publications.register_blueprint(showing_pages)

_IN_MEMORY = 8 * 1024 * 1024
"""Bytes of a zip that are held before it goes to the disk."""

_PIECE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """A released period, or one that was published.

    Attributes
    ----------
    issue
        Its newest issue; None if there is none.
    is_outdated
        Whether a newer release lets other figures be seen.
    """

    period: PeriodName
    issue: KnownIssue | None
    can_be_published: bool
    is_outdated: bool


@publications.get("/unit/<code>/publikasi")
@needs(Right.PUBLISH)
def overview(code: str) -> str:  # noqa: ARG001 - the guard has looked it up
    """Show what the public sees of a unit, what can be published, and where it was shown."""
    year = unit_today().year
    with reading(here().engine) as session:
        lines = _lines(session)
        log = showings(session, unit().id)
        of_year = showings(session, unit().id, year)
    address = public_address(here().settings.public_url, unit())
    on_page = [line for line in lines if line.issue and not line.issue.withdrawn_at]
    return render_template(
        "aggregation/publishing/overview.html",
        lines=lines,
        log=[(entry, PeriodName.parse(entry.showing.period)) for entry in log],
        media=media_of(of_year, is_on_public_page=_any_of(on_page, year)),
        media_words=MEDIA,
        years=_years(lines, log, year),
        year=year,
        address=address,
        qr=Markup(qr_drawing(address)),  # noqa: S704 - drawn here from an address
        is_on_page=bool(on_page),
        can_note=any(line.issue for line in lines),
    )


@publications.get("/unit/<code>/publikasi/pekppp-<int:year>.zip")
@needs(Right.PUBLISH, names_people=True)
def evidence(code: str, year: int) -> Response:  # noqa: ARG001 - the guard has looked it up
    """Send everything that proves a year to the ministry's assessors, as one zip."""
    if not 2000 <= year <= unit_today().year:  # noqa: PLR2004 - no office rated by this before
        abort(404)
    pieces = _pieces(year)
    first = next(pieces)  # what cannot be packed is told before anything is sent
    answer = Response(chain([first], pieces), mimetype="application/zip")
    name = f"{bundle_name(unit(), year)}.zip"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _pieces(year: int) -> Iterator[bytes]:
    """Yield the zip piece by piece; its file is closed when it is sent, or nobody wants it."""
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as target:
        with reading(here().engine) as session:
            found = year_of_proof(session, unit(), year, unit_today())
            write_evidence(session, found, target)
        target.seek(0)
        while piece := target.read(_PIECE):
            yield piece


def _lines(session: Session) -> list[Line]:
    """Return the periods, those that ended last in front."""
    known = issues_of_unit(session, unit().id)
    names = [period.name for period in released_periods(session, unit().id)]
    wholes = released_wholes(session, [unit().id], names)
    lines = [
        _line(name, known.get(name), wholes.get((unit().id, name))) for name in {*names, *known}
    ]
    return sorted(lines, key=lambda line: line.period.recency, reverse=True)


def _line(name: str, issue: KnownIssue | None, whole: ReleasedWhole | None) -> Line:
    return Line(
        PeriodName.parse(name),
        issue,
        can_be_published=whole is not None and whole.counts is not None,
        is_outdated=whole is not None and issue is not None and issue.release < whole.number,
    )


def _any_of(lines: Sequence[Line], year: int) -> bool:
    return any(line.period.first.year == year for line in lines)


def _years(lines: Sequence[Line], log: Sequence[LoggedShowing], year: int) -> list[int]:
    """Return the years of which there may be something to prove, the newest first."""
    known = {line.period.first.year for line in lines if line.issue}
    return sorted({year, *known, *(entry.showing.shown_on.year for entry in log)}, reverse=True)

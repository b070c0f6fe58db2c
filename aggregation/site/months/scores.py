"""What HR gets of a closed month, to be read on a page and taken as a file (method §6).

Rows stand in the order of names or numbers, never of scores.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from flask import Blueprint, Response, abort, json, render_template, request
from sqlalchemy import func
from sqlmodel import Session, col

from aggregation.access.roles import Right
from aggregation.appraisal.earlier_values import earlier_values
from aggregation.appraisal.monthly_scores import (
    MonthNotClosed,
    Stage,
    UnknownRevision,
    closing_at,
    figures_of,
    monthly_scores,
    rows_of,
)
from aggregation.closings import Closing, OfficerFigure
from aggregation.method.evidence import Basis
from aggregation.method.officer_score import Reader
from aggregation.models import Officer
from aggregation.months.revisions import newest_of_each_month, revisions
from aggregation.output.closing_manifest import closing_manifest
from aggregation.output.score_files import FORMATS
from aggregation.site.guard import needs, unit
from aggregation.site.listing import listed
from aggregation.site.months.closing_figures import BASIS_NAMES
from survey.database import reading
from survey.models import ServiceUnit
from survey.month import Month, NotAMonth
from survey.seal_key import NoSealKey, seal_key
from survey.seal_text import written
from survey.site import here

scores = Blueprint("scores", __name__)

REVISION, AS_OF = "revisi", "pada"
_LONGEST_REVISION = 4
_FIRST_YEAR = 2000
_TYPES = {
    "json": "application/json",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class ClosedOn:
    """A closed month in the list."""

    month: Month
    revision: int
    closed_on: date


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows the address asks for: a revision, as it stood at a moment.

    Attributes
    ----------
    as_of
        Now, to the second, if the address names none; files of this page hold the same.
    """

    month: Month
    revision: int | None
    as_of: datetime

    @property
    def moment(self) -> str:
        """The moment as addresses write it."""
        return written(self.as_of)


@scores.get("/unit/<code>/nilai")
@needs(Right.SEE_SCORES)
def months(code: str) -> str:  # noqa: ARG001 - the guard has looked it up
    """List a unit's closed months."""
    with reading(here().engine) as session:
        closed = newest_of_each_month(revisions(session, unit().id))
        found = [
            ClosedOn(month, closing.revision, unit().day_of(closing.closed_at))
            for month, closing in closed.items()
        ]
    return render_template("aggregation/scores_months.html", months=found)


@scores.get("/unit/<code>/nilai/<month>")
@needs(Right.SEE_SCORES, names_people=True)
def rows(code: str, month: str) -> str:  # noqa: ARG001
    """Show a closed month's rows, as the files hold them."""
    asked = _asked(month)
    with reading(here().engine) as session:
        closing = _closing(session, asked)
        of = rows_of(session, unit().code, closing, asked.as_of, _staff_url())
        listing = listed(
            session,
            figures_of(closing),
            sorts={
                "nama": (col(OfficerFigure.name), col(Officer.key)),
                "nomor": (
                    func.coalesce(col(OfficerFigure.nip), col(OfficerFigure.staff_number)),
                    col(Officer.key),
                ),
            },
            search_in=(func.coalesce(col(OfficerFigure.name), ""),),
            filters=(REVISION, AS_OF),
        )
        shown = {key: figure.officer_id for figure, key in listing.rows}
        earlier = earlier_values(session, closing, shown.values(), Reader.HR)
        numbers = [
            each.revision for each in revisions(session, unit().id, asked.month, asked.month)
        ]
        return render_template(
            "aggregation/scores_rows.html",
            listing=listing,
            rows=[of.row(figure, key) for figure, key in listing.rows],
            earlier={key: earlier.get(officer_id, ()) for key, officer_id in shown.items()},
            asked=asked,
            closing=closing,
            closed_on=unit().day_of(closing.closed_at),
            revisions=numbers,
            kinds=list(FORMATS),
            basis_names=BASIS_NAMES,
            publishable=Basis.PUBLISHABLE,
            stages=Stage,
            sealable=here().settings.seal_key_file is not None,
        )


@scores.get("/unit/<code>/nilai/<month>/berkas/<kind>")
@needs(Right.SEE_SCORES, names_people=True)
def file(code: str, month: str, kind: str) -> Response:
    """Send the rows as a file: the same bytes as `nilai scores` writes."""
    if kind not in FORMATS:
        abort(404)
    asked = _asked(month)
    with reading(here().engine) as session:
        closing = _closing(session, asked)
        of = session.get_one(ServiceUnit, unit().id)
        found = monthly_scores(
            session,
            of,
            asked.month,
            as_of=asked.as_of,
            staff_url=_staff_url(),
            revision=closing.revision,
        )
        content = FORMATS[kind](found)
    return _download(content, _TYPES[kind], f"nilai-{code}-{month}-r{found.revision}.{kind}")


@scores.get("/unit/<code>/nilai/<month>/manifes")
@needs(Right.SEE_SCORES)
def manifest(code: str, month: str) -> Response:
    """Send the signed manifest of the files."""
    asked = _asked(month)
    try:
        key = seal_key(here().settings.seal_key_file)
    except NoSealKey:
        abort(404)
    with reading(here().engine) as session:
        closing = _closing(session, asked)
        signed = closing_manifest(session, closing, asked.as_of, key, _staff_url())
    content = json.dumps(signed.document(), sort_keys=False)
    name = f"manifes-{code}-{month}-r{signed.facts['revision']}.json"
    return _download(content.encode(), _TYPES["json"], name)


def _asked(month: str) -> Asked:
    """Return what the address asks for; 404 for what cannot be."""
    revision, moment = request.args.get(REVISION, ""), request.args.get(AS_OF, "")
    now = datetime.now(UTC).replace(microsecond=0)
    try:
        as_of = datetime.fromisoformat(moment) if moment else now
        found = Month.parse(month)
    except (NotAMonth, ValueError):
        abort(404)
    if as_of.tzinfo is None or as_of.year < _FIRST_YEAR or as_of > datetime.now(UTC):
        abort(404)
    if revision and not (revision.isdecimal() and len(revision) <= _LONGEST_REVISION):
        abort(404)
    return Asked(found, int(revision) if revision else None, as_of)


def _closing(session: Session, asked: Asked) -> Closing:
    try:
        return closing_at(session, unit().id, asked.month, asked.as_of, asked.revision)
    except (MonthNotClosed, UnknownRevision):
        abort(404)


def _staff_url() -> str:
    return here().settings.staff_url


def _download(content: bytes, kind: str, name: str) -> Response:
    response = Response(content, mimetype=kind)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response

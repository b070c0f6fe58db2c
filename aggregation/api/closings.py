"""Which months are closed, and the signed manifest of each closing."""

from datetime import UTC, datetime
from http import HTTPStatus
from uuid import UUID

from flask import Response, abort, g, url_for
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema
from sqlmodel import Session
from werkzeug.exceptions import ServiceUnavailable

from aggregation.access.roles import Right
from aggregation.access.token_scopes import TokenScope
from aggregation.api.answers import ClosingAnswer, Closings, ManifestAnswer
from aggregation.api.contract import sent, told
from aggregation.api.doorway import asking, unit_of
from aggregation.api.values import PastMoment, UnitCode
from aggregation.appraisal.monthly_scores import MonthNotClosed, UnknownRevision
from aggregation.closings import Closing
from aggregation.months.revisions import revisions
from aggregation.output.closing_manifest import closing_manifest
from aggregation.site.guard import needs
from survey.database import reading
from survey.seal_key import NoSealKey, seal_key
from survey.seal_text import written
from survey.signing import SealKey
from survey.site import here

closings = APIBlueprint("closings", __name__)


class UnitAsked(BaseModel):
    """A unit by its code."""

    model_config = ConfigDict(extra="forbid")

    unit: UnitCode


class ClosingAsked(BaseModel):
    """A closing by its id."""

    closing_id: UUID = Field(description="As `/closings` names it.")


class MomentAsked(BaseModel):
    """A moment."""

    model_config = ConfigDict(extra="forbid")

    as_of: PastMoment | SkipJsonSchema[None] = Field(
        default=None, description="The moment at which the files are seen; now if none is named."
    )


@closings.get(
    "/closings",
    operation_id="closings_of_a_unit",
    **told(
        TokenScope.READ_SCORES,
        "A unit's closed months, every revision",
        "A new revision appears here; nothing that was closed ever changes silently.",
        Closings,
    ),
)
@needs(Right.SEE_SCORES)
def of_a_unit(query: UnitAsked) -> Response:
    """Send a unit's closings, the newest first."""
    with reading(here().engine) as session:
        unit = unit_of(session, query.unit, Right.SEE_SCORES)
        found = revisions(session, unit.id or 0)
        answer = Closings(closings=[_answer(unit.code, each) for each in reversed(found)])
    return sent(answer)


@closings.get(
    "/closings/<closing_id>/manifest",
    operation_id="manifest_of_a_closing",
    **told(
        TokenScope.READ_SCORES,
        "The signed manifest of a closing",
        "The SHA-256 of the three files that hold its rows at a moment, signed with Ed25519. "
        "The public key is all that is needed to check it.",
        ManifestAnswer,
    ),
)
@needs(Right.SEE_SCORES)
def manifest(path: ClosingAsked, query: MomentAsked) -> Response:
    """Send a closing's signed manifest."""
    as_of = query.as_of or datetime.now(UTC).replace(microsecond=0)
    with reading(here().engine) as session:
        closing = _closing(session, path.closing_id)
        try:
            found = closing_manifest(session, closing, as_of, _key(), here().settings.staff_url)
        except (MonthNotClosed, UnknownRevision):
            abort(HTTPStatus.NOT_FOUND, "The revision had not been made at that moment.")
    return sent(ManifestAnswer.model_validate(found.document()))


def _closing(session: Session, closing_id: UUID) -> Closing:
    closing = session.get(Closing, closing_id)
    if closing is None or not asking().scope.may(Right.SEE_SCORES, closing.unit_id):
        abort(HTTPStatus.NOT_FOUND, "There is no closing of that id within the token's branch.")
    g.unit_id = closing.unit_id
    return closing


def _key() -> SealKey:
    try:
        return seal_key(here().settings.seal_key_file)
    except NoSealKey as error:
        raise ServiceUnavailable(str(error)) from error


def _answer(unit: str, closing: Closing) -> ClosingAnswer:
    return ClosingAnswer(
        id=str(closing.id),
        unit=unit,
        month=str(closing.month),
        revision=closing.revision,
        closed_at=written(closing.closed_at),
        rule_version=closing.rule_version,
        method_version=closing.method_version,
        figures_digest=closing.figures_digest.hex(),
        manifest=url_for(".manifest", closing_id=closing.id),
    )

"""Officers' scores of closed months: a unit's month, or one officer through the months."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Self

from flask import Response, abort, url_for
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.json_schema import SkipJsonSchema

from aggregation.access.roles import Right
from aggregation.access.token_scopes import TokenScope
from aggregation.api.answers import OfficerScores, Score, ScoresPage
from aggregation.api.contract import PER_PAGE, sent, told
from aggregation.api.doorway import asking, unit_of
from aggregation.api.values import Cursor, MonthText, PastMoment, UnitCode
from aggregation.appraisal.monthly_scores import (
    MonthlyScores,
    MonthNotClosed,
    ScoreRow,
    UnknownRevision,
    monthly_scores,
)
from aggregation.appraisal.officer_months import UnknownOfficer, officer_months
from aggregation.output.score_files import as_json
from aggregation.site.guard import needs
from survey.database import reading
from survey.seal_text import written
from survey.site import here

scores = APIBlueprint("scores", __name__)

_HIGHEST_REVISION = 9999


class MonthAsked(BaseModel):
    """A unit's closed month."""

    model_config = ConfigDict(extra="forbid")

    month: MonthText = Field(description="The closed month.")
    unit: UnitCode
    revision: Annotated[int, Field(ge=0, le=_HIGHEST_REVISION)] | SkipJsonSchema[None] = Field(
        default=None,
        description="A revision by number, from 0; the newest if none is named.",
    )
    as_of: PastMoment | SkipJsonSchema[None] = Field(
        default=None,
        description="What stood at that moment; now if none is named. "
        "The same revision at the same moment is the same bytes, for ever.",
    )
    cursor: Cursor | SkipJsonSchema[None] = None


class OfficerAsked(BaseModel):
    """An officer by key."""

    officer_key: str = Field(min_length=1, max_length=12, pattern=r"^[A-Za-z0-9_-]+$")


class MonthsAsked(BaseModel):
    """First and last month."""

    model_config = ConfigDict(extra="forbid", populate_by_name=False)

    since: MonthText | SkipJsonSchema[None] = Field(
        default=None, alias="from", description="The first month."
    )
    until: MonthText | SkipJsonSchema[None] = Field(
        default=None, alias="to", description="The last month."
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since is not None and self.until is not None and self.until < self.since:
            message = "`from` must not be later than `to`"
            raise ValueError(message)
        return self


@scores.get(
    "/scores",
    operation_id="scores_of_a_month",
    **told(
        TokenScope.READ_SCORES,
        "A unit's closed month, officer by officer",
        "With If-None-Match and the ETag of the first page, 304 says that no row of the month "
        "has changed.",
        ScoresPage,
    ),
)
@needs(Right.SEE_SCORES, names_people=True)
def of_a_month(query: MonthAsked) -> Response:
    """Send a page of a closed month's rows."""
    as_of = query.as_of or datetime.now(UTC)
    with reading(here().engine) as session:
        unit = unit_of(session, query.unit, Right.SEE_SCORES)
        try:
            found = monthly_scores(
                session,
                unit,
                query.month,
                as_of=as_of,
                staff_url=here().settings.staff_url,
                revision=query.revision,
            )
        except MonthNotClosed:
            abort(HTTPStatus.NOT_FOUND, "That month of the unit was not closed at that moment.")
        except UnknownRevision:
            abort(HTTPStatus.NOT_FOUND, "The month had no revision of that number then.")
    rows = _after(found.rows, query.cursor)
    answer = ScoresPage(
        unit=found.unit,
        month=str(found.month),
        revision=found.revision,
        closed_at=written(found.closed_at),
        figures_digest=found.figures_digest.hex(),
        rows=list(map(_score, rows[:PER_PAGE])),
        next=_next(found, rows, as_of),
    )
    # A later page may have changed: what was seen is the whole month, not this page of it.
    whole = as_json(found) + (query.cursor or "").encode()
    return sent(answer, hashlib.sha256(whole).hexdigest())


@scores.get(
    "/scores/<officer_key>",
    operation_id="scores_of_an_officer",
    **told(
        TokenScope.READ_SCORES,
        "One officer, month by month",
        "The newest revision of each closed month, in all units of the token's branch.",
        OfficerScores,
    ),
)
@needs(Right.SEE_SCORES, names_people=True)
def of_an_officer(path: OfficerAsked, query: MonthsAsked) -> Response:
    """Send an officer's rows."""
    units = asking().scope.units(Right.SEE_SCORES)
    with reading(here().engine) as session:
        try:
            rows = officer_months(
                session,
                path.officer_key,
                units,
                as_of=datetime.now(UTC),
                staff_url=here().settings.staff_url,
                since=query.since,
                until=query.until,
            )
        except UnknownOfficer:
            abort(HTTPStatus.NOT_FOUND, "Nobody of that key has scores within the token's branch.")
    return sent(OfficerScores(officer_key=path.officer_key, rows=list(map(_score, rows))))


def _score(row: ScoreRow) -> Score:
    return Score.model_validate(asdict(row))


def _after(rows: Sequence[ScoreRow], cursor: str | None) -> Sequence[ScoreRow]:
    if cursor is None:
        return rows
    keys = [row.officer_key for row in rows]
    if cursor not in keys:
        abort(HTTPStatus.NOT_FOUND, "No page begins there; follow `next` from the first page.")
    return rows[keys.index(cursor) + 1 :]


def _next(found: MonthlyScores, rows: Sequence[ScoreRow], as_of: datetime) -> str | None:
    if len(rows) <= PER_PAGE:
        return None
    return url_for(
        ".of_a_month",
        month=found.month,
        unit=found.unit,
        revision=found.revision,
        as_of=written(as_of),
        cursor=rows[PER_PAGE - 1].officer_key,
    )

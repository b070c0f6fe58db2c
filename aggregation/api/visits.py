"""Visits from the queue machine: what was served where, so that coverage is known."""

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field

from aggregation.access.roles import Right
from aggregation.access.token_scopes import TokenScope
from aggregation.api.contract import told
from aggregation.api.doorway import cause, unit_of
from aggregation.api.values import Moment, UnitCode
from aggregation.site.guard import needs
from aggregation.visits.served_visits import Refusal, ServedVisit, record_visits
from aggregation.visits.visit_rows import LONGEST_NUMBER
from survey.database import writing
from survey.site import here
from survey.units import known_unit

visits = APIBlueprint("visits", __name__)

MOST_AT_ONCE = 500
_LONGEST_CODE = 40
_CODE = r"^[^\x00-\x1f\x7f]+$"


class VisitHandedIn(BaseModel):
    """A visit that was served."""

    model_config = ConfigDict(extra="forbid")

    number: str = Field(
        min_length=1,
        max_length=LONGEST_NUMBER,
        pattern=_CODE,
        description="Queue number, once a day in a unit. Never a number that belongs to a person.",
    )
    served_at: Moment = Field(description="Only its half hour is kept.")
    desk: str = Field(
        min_length=1, max_length=_LONGEST_CODE, pattern=_CODE, description="Code of the desk."
    )
    service: str | None = Field(
        default=None,
        min_length=1,
        max_length=_LONGEST_CODE,
        pattern=_CODE,
        description="Code of the service, if the machine knows.",
    )


class VisitsHandedIn(BaseModel):
    """Visits of one unit, at most 500 at once."""

    model_config = ConfigDict(extra="forbid")

    unit: UnitCode
    visits: list[VisitHandedIn] = Field(min_length=1, max_length=MOST_AT_ONCE)


class RefusedVisitAnswer(BaseModel):
    """A visit that was not taken; sending the same again will not help."""

    place: int = Field(ge=0, description="Its place among those sent, from 0.")
    number: str
    reason: Refusal


class VisitsTaken(BaseModel):
    """What became of the visits; sending the same again is harmless."""

    new: int = Field(ge=0)
    known: int = Field(ge=0, description="They said what is kept already.")
    changed: int = Field(
        ge=0,
        description="Known numbers with another desk, service or half hour; the new ones hold.",
    )
    refused: list[RefusedVisitAnswer]


@visits.post(
    "/visits",
    operation_id="hand_visits_in",
    **told(
        TokenScope.WRITE_VISITS,
        "Hand in visits that were served",
        "Known by unit, day and queue number, so sending the same again counts nothing twice. "
        "A visit that is wrong holds up none of the others.",
        VisitsTaken,
        takes_body=True,
    ),
)
@needs(Right.RECORD_VISITS)
def hand_in(body: VisitsHandedIn) -> Response:
    """Keep visits and say what became of them."""
    handed_in = [
        ServedVisit(each.number, each.served_at, each.desk, each.service) for each in body.visits
    ]
    with writing(here().engine) as session:
        unit = known_unit(unit_of(session, body.unit, Right.RECORD_VISITS))
        taken = record_visits(session, unit, handed_in, cause())
    answer = VisitsTaken(
        new=taken.new,
        known=taken.known,
        changed=taken.changed,
        refused=[
            RefusedVisitAnswer(
                place=each.place, number=handed_in[each.place].number, reason=each.reason
            )
            for each in taken.refused
        ],
    )
    return Response(answer.model_dump_json(), mimetype="application/json")

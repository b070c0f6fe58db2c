"""The units of a token's branch: codes to ask with."""

from flask import Response, url_for
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel, ConfigDict
from pydantic.json_schema import SkipJsonSchema
from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import col

from aggregation.access.roles import Right
from aggregation.access.token_scopes import TokenScope
from aggregation.api.answers import UnitAnswer, Units
from aggregation.api.contract import PER_PAGE, sent, told
from aggregation.api.doorway import asking
from aggregation.api.values import Cursor
from aggregation.site.guard import needs
from survey.database import reading
from survey.models import ServiceUnit
from survey.site import here

units = APIBlueprint("units", __name__)


class PageAsked(BaseModel):
    """A page of a list."""

    model_config = ConfigDict(extra="forbid")

    cursor: Cursor | SkipJsonSchema[None] = None


@units.get(
    "/units",
    operation_id="units_of_the_branch",
    **told(
        TokenScope.READ_UNITS,
        "The units of the token's branch",
        "By code. A unit that no longer serves stays in the list.",
        Units,
    ),
)
@needs(Right.LIST_UNITS)
def of_the_branch(query: PageAsked) -> Response:
    """Send a page of units."""
    ids = asking().scope.units(Right.LIST_UNITS)
    above = aliased(ServiceUnit)
    asked = (
        select(ServiceUnit, col(above.id), col(above.code))
        .outerjoin(above, col(above.id) == col(ServiceUnit.parent_id))
        .where(col(ServiceUnit.id).in_(ids))
        .order_by(col(ServiceUnit.code))
        .limit(PER_PAGE + 1)
    )
    if query.cursor is not None:
        asked = asked.where(col(ServiceUnit.code) > query.cursor)
    with reading(here().engine) as session:
        found = session.execute(asked).all()
        answers = [
            UnitAnswer(
                code=unit.code,
                name=unit.name,
                parent=code if parent_id in ids else None,
                time_zone=unit.time_zone,
                active=unit.active,
            )
            for unit, parent_id, code in found[:PER_PAGE]
        ]
    more = len(found) > PER_PAGE
    following = url_for(".of_the_branch", cursor=answers[-1].code) if more else None
    return sent(Units(units=answers, next=following))

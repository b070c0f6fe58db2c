"""The satisfaction index of a unit in a period; it names nobody."""

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field

from aggregation.access.roles import Right
from aggregation.access.token_scopes import TokenScope
from aggregation.api.answers import ClosedMonthOf, ElementAnswer, IndexAnswer
from aggregation.api.contract import sent, told
from aggregation.api.doorway import unit_of
from aggregation.api.values import PeriodText, UnitCode
from aggregation.method.satisfaction_index import ElementIndex
from aggregation.method.suppression import SMALLEST_CELL
from aggregation.output.pooled_index import PooledIndex, pooled_index
from aggregation.site.guard import needs
from survey.database import reading
from survey.questionnaire import Element
from survey.site import here

indices = APIBlueprint("indices", __name__)

_HIDDEN = (
    "Ditahan: dari selisihnya dapat dihitung sebuah bulan yang kurang dari "
    f"{SMALLEST_CELL} kuesioner lengkap."
)


class PeriodAsked(BaseModel):
    """A unit's period."""

    model_config = ConfigDict(extra="forbid")

    period: PeriodText = Field(
        description="A month 2026-10, a quarter 2026-Q3, a half-year 2026-S2 or a year 2026."
    )
    unit: UnitCode


@indices.get(
    "/indices",
    operation_id="index_of_a_period",
    **told(
        TokenScope.READ_INDICES,
        "A unit's index of a month, quarter, half-year or year",
        "The responses of the months are pooled; it is never a mean of indices. A period has its "
        "numbers once its last month is closed; months that are not closed are named.",
        IndexAnswer,
    ),
)
@needs(Right.SEE_UNIT)
def of_a_period(query: PeriodAsked) -> Response:
    """Send a unit's index."""
    with reading(here().engine) as session:
        unit = unit_of(session, query.unit, Right.SEE_UNIT)
        found = pooled_index(session, unit.id or 0, query.period)
        answer = _answer(unit.code, query.period.name, found)
    return sent(answer)


def _answer(unit: str, period: str, found: PooledIndex) -> IndexAnswer:
    standing = found.standing
    index = standing.index if standing else None
    interval = standing.interval if standing else None
    return IndexAnswer(
        unit=unit,
        period=period,
        closed=[ClosedMonthOf(month=str(month), revision=rev) for month, rev in found.closed],
        missing=list(map(str, found.missing)),
        n=found.n,
        index=index.index if index else None,
        grade=index.grade.letter if index else None,
        category=index.grade.category if index else None,
        interval_low=interval.low if interval else None,
        interval_high=interval.high if interval else None,
        elements=list(map(_element, index.elements.items())) if index else None,
        reason=_reason(found),
    )


def _element(named: tuple[Element, ElementIndex]) -> ElementAnswer:
    element, figures = named
    return ElementAnswer(
        element=element, nrr=figures.nrr, index=figures.index, grade=figures.grade.letter
    )


def _reason(found: PooledIndex) -> str | None:
    if found.standing is not None:
        return None
    if not found.closed:
        return "Belum ada bulan yang ditutup dalam periode ini."
    if not found.is_released:
        return "Periode ini belum selesai: angkanya ada setelah bulan terakhirnya ditutup."
    if found.n < SMALLEST_CELL:
        return f"Baru {found.n} kuesioner lengkap; paling sedikit {SMALLEST_CELL}."
    return _HIDDEN

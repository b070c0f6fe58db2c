"""Made-up releases: what a closed period lets be seen, without closing months for it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from random import Random
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlmodel import Session

from aggregation.method.cuts import EVERYBODY, Cut
from aggregation.method.questionnaire_counts import QuestionnaireCounts
from aggregation.months.models import Release, ReleasedCell
from survey.questionnaire import RATINGS, Element

RELEASED_AT = datetime(2026, 10, 5, 2, 0, tzinfo=UTC)

_USUAL = (2, 8, 40, 50)
"""How often each rating is drawn, of a hundred."""


def made_counts(
    n: int, seed: int = 0, weights: tuple[int, int, int, int] = _USUAL
) -> QuestionnaireCounts:
    """Draw n full questionnaires; the same seed draws the same ones."""
    return QuestionnaireCounts.of(made_questionnaires(n, seed, weights))


def made_questionnaires(
    n: int, seed: int = 0, weights: tuple[int, int, int, int] = _USUAL
) -> list[dict[Element, int]]:
    drawn = Random(seed)
    return [
        dict(zip(Element, drawn.choices(RATINGS, weights, k=len(Element)), strict=True))
        for _ in range(n)
    ]


def made_release(
    session: Session,
    unit_id: int,
    period: str,
    whole: QuestionnaireCounts | None = None,
    cuts: Mapping[Cut, Mapping[str, QuestionnaireCounts | None]] | None = None,
    *,
    importance: Mapping[Element, str] | None = None,
    responses: int | None = None,
    number: int = 0,
    released_at: datetime = RELEASED_AT,
    closings: Mapping[str, UUID] | None = None,
) -> UUID:
    """Release a period of a unit; the whole is hidden where it is None.

    `closings` are by month the revisions that all of it rests on; left out, on none.
    """
    shown = {Cut.WHOLE: {EVERYBODY: whole}, **(cuts or {})}
    basis = {month: str(closing) for month, closing in (closings or {}).items()}
    release_id = uuid4()
    release = {
        "id": release_id,
        "unit_id": unit_id,
        "period": period,
        "number": number,
        "released_at": released_at,
        "responses": responses if responses is not None else (whole.n if whole else 0),
        "basis": json.dumps({cut.value: basis for cut in shown}),
        "importance": json.dumps(importance or {}),
    }
    session.execute(insert(Release), release)
    cells = [
        {
            "release_id": release_id,
            "unit_id": unit_id,
            "cut": cut.value,
            "cell": cell,
            "n": None if counts is None else counts.n,
            "counts": None if counts is None else counts_text(counts),
        }
        for cut, of_cut in shown.items()
        for cell, counts in of_cut.items()
    ]
    session.execute(insert(ReleasedCell), cells)
    return release_id


def counts_text(counts: QuestionnaireCounts) -> str:
    """Write counts as a cell keeps them."""
    ratings = {
        element.value: [counts.ratings.get((element, rating), 0) for rating in RATINGS]
        for element in Element
    }
    return json.dumps({"ratings": ratings, "totals": {str(t): c for t, c in counts.totals.items()}})

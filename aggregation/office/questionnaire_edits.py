"""Changing how a unit asks the nine questions; their official wording is the regulation's."""

from dataclasses import dataclass

from sqlmodel import Session

from aggregation.changes.batch import Cause
from aggregation.changes.edits import record_edit
from survey.merkle import Scalar
from survey.models import ServiceUnit
from survey.questionnaire import ElementOrder
from survey.set_up import stored_answers

LONGEST_ANSWER = 40
Answers = tuple[str, str, str, str]


class AnswersAlike(ValueError):
    """Two of the four answers read the same, so nobody could tell them apart."""


@dataclass(frozen=True, slots=True)
class QuestionnaireFacts:
    """What a unit may choose of its questionnaire (method §2).

    Attributes
    ----------
    biaya
        The unit's own words for the answers on costs, lowest first; None for the official ones.
    languages
        Codes of the languages citizens are offered, in their order; at least one.
    """

    order: ElementOrder
    biaya: Answers | None
    languages: tuple[str, ...]


def change_questionnaire(
    session: Session, unit_id: int, facts: QuestionnaireFacts, cause: Cause
) -> bool:
    """Change a unit's questionnaire; say whether anything did.

    Raises
    ------
    AnswersAlike
        If two answers on costs are the same.
    """
    if facts.biaya is not None and len({answer.lower() for answer in facts.biaya}) < len(
        facts.biaya
    ):
        raise AnswersAlike
    unit = session.get_one(ServiceUnit, unit_id)
    before = _fields(unit)
    unit.element_order = facts.order
    unit.biaya_answers = stored_answers(facts.biaya)
    unit.languages = ",".join(facts.languages)
    session.flush()
    return record_edit(
        session,
        "questionnaire.changed",
        f"unit {unit_id}",
        before,
        _fields(unit),
        unit_id=unit_id,
        cause=cause,
    )


def _fields(unit: ServiceUnit) -> dict[str, Scalar]:
    return {
        "element_order": str(unit.element_order),
        "biaya_answers": unit.biaya_answers,
        "languages": unit.languages,
    }

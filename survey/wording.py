"""The questions of a page in their order and words, ready to be shown (method §2)."""

from survey.desks import RatedDesk
from survey.profile import LABELS, OPTIONS
from survey.questionnaire import ITEMS, ORDERS, Element, ElementOrder, Item

Question = tuple[Item, tuple[str, str, str, str]]
"""One of the nine with the words for 1 to 4, which for costs may be the unit's own."""

ProfileQuestion = tuple[str, str, list[tuple[str, str]]]
"""Code, label, and the options as code and words."""

PROFILE: tuple[ProfileQuestion, ...] = tuple(
    (field.value, LABELS[field], list(options.items())) for field, options in OPTIONS.items()
)


def nine_questions(desk: RatedDesk) -> tuple[Question, ...]:
    """Return the nine in the unit's order; answers on costs in the unit's words if it has any."""
    return questions_in(desk.element_order, desk.biaya_answers)


def questions_in(
    order: ElementOrder, biaya_answers: tuple[str, str, str, str] | None
) -> tuple[Question, ...]:
    """Return the nine in an order, with a unit's own answers on costs if it has any."""
    own = {Element.BIAYA: biaya_answers} if biaya_answers else {}
    return tuple(
        (ITEMS[element], own.get(element, ITEMS[element].answers)) for element in ORDERS[order]
    )

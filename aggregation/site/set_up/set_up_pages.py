"""The guide from an empty unit to its first rating."""

from dataclasses import dataclass

from flask import Blueprint, render_template, url_for
from sqlmodel import Session

from aggregation.access.role_holders import roles_held
from aggregation.access.roles import Right, Role
from aggregation.office.set_up_guide import Guide, GuideStep, Lack, State, Step
from aggregation.office.set_up_guide import guide as guide_of
from aggregation.office.set_up_state import set_up_facts
from aggregation.site.guard import me, needs, unit, unit_today
from aggregation.site.set_up.named_desk import entrance
from aggregation.site.set_up.set_up_words import LACKS, STEPS, StepWords
from survey.database import reading
from survey.desks import desks_of
from survey.site import here
from survey.spoken import spoken

set_up = Blueprint("set_up", __name__)

ENTRANCES_SHOWN = 6
ENTRANCES = "loket"
"""The part of the page that shows them."""


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step on the page.

    Attributes
    ----------
    address
        Where it is done; None while nobody can do it here.
    """

    title: str
    sentence: str
    state: State
    button: str
    address: str
    is_next: bool


@set_up.get("/unit/<code>/penyiapan")
@needs(Right.SET_UP)
def guide(code: str) -> str:  # noqa: ARG001 - the guard has looked it up
    """Show how far the unit is set up, what is missing, and one way on."""
    with reading(here().engine) as session:
        found = _guide(session)
        desks = desks_of(session, unit().id, here().settings.key("desk"))
    steps = [_shown(step, is_next=step.step is found.next) for step in found.steps]
    return render_template(
        "aggregation/set_up.html",
        steps=steps,
        next_step=next((step for step in steps if step.is_next), None),
        guide=found,
        states=State,
        entrances=[entrance(desk) for desk in desks[:ENTRANCES_SHOWN]],
        desks=len(desks),
    )


def _guide(session: Session) -> Guide:
    today = unit_today()
    held = roles_held(session, unit().id, me().scope.parents)
    facts = set_up_facts(
        session,
        unit().id,
        today,
        has_head=Role.UNIT_HEAD in held,
        has_hr=Role.HR in held,
    )
    return guide_of(facts)


def _shown(step: GuideStep, *, is_next: bool) -> ShownStep:
    words = STEPS[step.step]
    sentence = words.done if step.lack is Lack.NOTHING else LACKS[step.lack]
    say = spoken().say
    return ShownStep(
        say(words.title),
        say(sentence) % {"count": spoken().number(step.count)},
        step.state,
        say(words.button),
        _address(step.step, words),
        is_next,
    )


def _address(step: Step, words: StepWords) -> str:
    place = ENTRANCES if step is Step.FIRST_RATING else None
    if words.of_unit:
        return url_for(words.endpoint, code=unit().code, _anchor=place)
    return url_for(words.endpoint)

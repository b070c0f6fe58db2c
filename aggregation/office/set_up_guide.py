"""The way from an empty unit to its first rating, in steps whose state is read off the data."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum


class Step(StrEnum):
    """A step, in the order in which they need each other."""

    UNIT = "unit"
    SERVICES = "services"
    DESKS = "desks"
    OFFICERS = "officers"
    ROSTER = "roster"
    QUESTIONNAIRE = "questionnaire"
    PRINT = "print"
    FIRST_RATING = "first_rating"
    ACCOUNTS = "accounts"


class State(Enum):
    """How far a step is."""

    DONE = "done"
    PARTLY = "partly"
    MISSING = "missing"
    OPTIONAL = "optional"
    """What it begins with will do; nothing is missing."""


class Lack(Enum):
    """What a step still lacks; the page has the words."""

    NOTHING = "nothing"
    UNIT_OFF = "unit_off"
    NO_SERVICE = "no_service"
    NO_DESK = "no_desk"
    NO_OFFICER = "no_officer"
    DESKS_WITHOUT_ROSTER = "desks_without_roster"
    OWN_WORDS = "own_words"
    NOT_PRINTED = "not_printed"
    NO_RESPONSE = "no_response"
    NO_HEAD = "no_head"
    NO_HR = "no_hr"
    NO_HEAD_NO_HR = "no_head_no_hr"


@dataclass(frozen=True, slots=True)
class SetUpFacts:
    """What the steps are judged by.

    Attributes
    ----------
    services, desks
        Those in use.
    rostered_desks, to_be_rostered
        Desks in use that a standing roster names, of those where one officer serves at a time;
        a hall is nobody's duty.
    officers
        Who belongs to the unit today, or will.
    own_questionnaire
        Whether order, answers on costs or colour are not what a unit begins with.
    printed
        Whether posters or slips were ever made for printing.
    responses
        Whether anybody has responded.
    has_head, has_hr
        Whether somebody with an account is the unit's head, and its HR.
    """

    active: bool
    services: int
    desks: int
    rostered_desks: int
    to_be_rostered: int
    officers: int
    own_questionnaire: bool
    printed: bool
    responses: bool
    has_head: bool
    has_hr: bool


@dataclass(frozen=True, slots=True)
class GuideStep:
    """A step as the guide shows it.

    Attributes
    ----------
    count
        How many the step has, or still lacks; what its words count.
    """

    step: Step
    state: State
    lack: Lack = Lack.NOTHING
    count: int = 0


@dataclass(frozen=True, slots=True)
class Guide:
    """All steps, and which comes next; None when nothing is missing."""

    steps: tuple[GuideStep, ...]
    next: Step | None

    @property
    def done(self) -> int:
        """How many steps need nothing more."""
        return sum(each.state in (State.DONE, State.OPTIONAL) for each in self.steps)


def guide(facts: SetUpFacts) -> Guide:
    """Return the steps with their states.

    Examples
    --------
    >>> empty = SetUpFacts(True, 0, 0, 0, 0, 0, False, False, False, False, False)
    >>> guide(empty).next
    <Step.SERVICES: 'services'>
    """
    steps = tuple(_steps(facts))
    return Guide(steps, _next(steps))


def _next(steps: Sequence[GuideStep]) -> Step | None:
    open_steps = (each.step for each in steps if each.state in (State.MISSING, State.PARTLY))
    return next(open_steps, None)


def _steps(facts: SetUpFacts) -> Iterator[GuideStep]:
    yield _unless(facts.active, Step.UNIT, Lack.UNIT_OFF)
    yield _counted(Step.SERVICES, facts.services, Lack.NO_SERVICE)
    yield _counted(Step.DESKS, facts.desks, Lack.NO_DESK)
    yield _counted(Step.OFFICERS, facts.officers, Lack.NO_OFFICER)
    yield _roster(facts)
    own = facts.own_questionnaire
    yield GuideStep(
        Step.QUESTIONNAIRE,
        State.DONE if own else State.OPTIONAL,
        Lack.NOTHING if own else Lack.OWN_WORDS,
    )
    yield _unless(facts.printed or facts.responses, Step.PRINT, Lack.NOT_PRINTED, facts.desks)
    yield _unless(facts.responses, Step.FIRST_RATING, Lack.NO_RESPONSE)
    yield _accounts(facts)


def _unless(fulfilled: bool, step: Step, lack: Lack, count: int = 0) -> GuideStep:  # noqa: FBT001
    if fulfilled:
        return GuideStep(step, State.DONE, count=count)
    return GuideStep(step, State.MISSING, lack, count)


def _counted(step: Step, count: int, lack: Lack) -> GuideStep:
    return _unless(count > 0, step, lack, count)


def _roster(facts: SetUpFacts) -> GuideStep:
    if not facts.desks:
        return GuideStep(Step.ROSTER, State.MISSING, Lack.NO_DESK)
    lacking = facts.to_be_rostered - facts.rostered_desks
    if not lacking:
        return GuideStep(Step.ROSTER, State.DONE, count=facts.rostered_desks)
    state = State.PARTLY if facts.rostered_desks else State.MISSING
    return GuideStep(Step.ROSTER, state, Lack.DESKS_WITHOUT_ROSTER, lacking)


def _accounts(facts: SetUpFacts) -> GuideStep:
    if facts.has_head and facts.has_hr:
        return GuideStep(Step.ACCOUNTS, State.DONE)
    if facts.has_head or facts.has_hr:
        lack = Lack.NO_HR if facts.has_head else Lack.NO_HEAD
        return GuideStep(Step.ACCOUNTS, State.PARTLY, lack)
    return GuideStep(Step.ACCOUNTS, State.MISSING, Lack.NO_HEAD_NO_HR)

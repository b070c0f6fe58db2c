"""What the public page of a period tells: what citizens said, and what was done or answered."""

from sqlmodel import Session

from aggregation.comments.answers import public_answers
from aggregation.improvements.readings import public_improvements
from aggregation.months.period import Period
from survey.published_document import State, Told

MOST = 6
"""A page is read, a register is looked up."""


def told_to_public(session: Session, unit_id: int, period: Period) -> tuple[Told, ...]:
    """Return what was done, and after it what was answered, the newest of each first."""
    done = [
        Told(each.said, each.done, State.DONE, str(each.done_in))
        for each in public_improvements(session, unit_id, period)
    ]
    answered = [
        Told(each.comment, each.answer, State.ANSWERED, str(each.answered_in))
        for each in public_answers(session, unit_id, period)
    ]
    return tuple((done + answered)[:MOST])

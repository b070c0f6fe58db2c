"""Which part of the visits was rated: the visits of each officer and desk (method §5)."""

import doctest
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from uuid import uuid4

from sqlalchemy import Engine, event, insert
from sqlmodel import Session

from aggregation.changes.batch import Cause, open_batch
from aggregation.duties.recorded_duties import duties_of
from aggregation.duties.roster import who_served
from aggregation.method import coverage as method
from aggregation.method.coverage import DeskVisits, KnownVisits, SlipSpan, visits_by_officer
from aggregation.visits.coverage_counts import visits_of_desks, visits_of_officers
from aggregation.visits.models import SlipCount, Visit
from aggregation.visits.visit_totals import visits_in
from survey.month import HalfHour, starts
from tests.month_factories import AFTER_OCTOBER, OCTOBER, Shift, SmallOffice, at, small_office

SHIFTS = (Shift(0, 0, 1, 16, 24), Shift(0, 1, 1, 24, 30), Shift(1, 1, 2, 16, 30))
"""Desk 0 on Mondays: the first officer in the morning, then the second; desk 1 on Tuesdays."""


def serve(session: Session, office: SmallOffice, visits: Counter[tuple[int, int]]) -> None:
    """Store visits by desk and half hour, as a queue machine hands them in."""
    batch_id = open_batch(session, office.unit_id, Cause("uji", "", AFTER_OCTOBER))
    rows = [
        {
            "unit_id": office.unit_id, "day": starts(HalfHour(half_hour)).date(),
            "number": f"{uuid4()}"[:20],
            "desk_id": office.desks[desk], "half_hour": half_hour, "batch_id": batch_id,
        }
        for desk, half_hour in visits.elements()
    ]  # fmt: skip
    session.execute(insert(Visit), rows)


def hand_out(
    session: Session,
    office: SmallOffice,
    desk: int,
    span: tuple[int, int],
    numbers: tuple[int, int],
) -> None:
    """Store slips as they were written down."""
    batch_id = open_batch(session, office.unit_id, Cause("uji", "", AFTER_OCTOBER))
    row = {
        "id": uuid4(), "unit_id": office.unit_id, "desk_id": office.desks[desk],
        "starts": span[0], "ends": span[1], "first_number": numbers[0], "last_number": numbers[1],
        "batch_id": batch_id,
    }  # fmt: skip
    session.execute(insert(SlipCount), row)


def of_officers(session: Session, office: SmallOffice) -> dict[int, int]:
    """Return the visits by the officer's place in the office."""
    stretches = who_served(duties_of(session, office.unit_id, OCTOBER), OCTOBER)
    found = visits_of_officers(session, office.unit_id, OCTOBER, stretches)
    return {office.officers.index(id_): visits for id_, visits in found.items()}


def of_desks(session: Session, office: SmallOffice) -> dict[int, DeskVisits]:
    found = visits_of_desks(session, office.unit_id, OCTOBER)
    return {office.desks.index(id_): visits for id_, visits in found.items()}


def test_the_examples_of_the_method() -> None:
    assert doctest.testmod(method).failed == 0


def test_a_visit_of_the_queue_is_whose_half_hour_it_was(session: Session) -> None:
    office = small_office(session, SHIFTS)
    told = Counter({(0, at(5, 9)): 3, (0, at(5, 12)): 2, (1, at(6, 8)): 4, (1, at(5, 8)): 7})
    serve(session, office, told)
    assert of_officers(session, office) == {0: 3, 1: 6}
    assert of_desks(session, office) == {0: DeskVisits(5, 1), 1: DeskVisits(11, 2)}
    assert visits_in(session, office.unit_id, OCTOBER) == 16


def test_slips_of_a_whole_span_are_the_officers_and_else_the_desks_alone(session: Session) -> None:
    office = small_office(session, SHIFTS)
    hand_out(session, office, 0, (at(5, 8), at(5, 12)), (1, 40))
    hand_out(session, office, 0, (at(12, 11), at(12, 13)), (41, 60))
    assert of_officers(session, office) == {0: 40}
    assert of_desks(session, office) == {0: DeskVisits(60, 2)}


def test_where_the_queue_tells_of_a_day_the_slips_do_not_count(session: Session) -> None:
    office = small_office(session, SHIFTS)
    hand_out(session, office, 0, (at(5, 8), at(5, 12)), (1, 40))
    hand_out(session, office, 0, (at(12, 8), at(12, 12)), (41, 60))
    serve(session, office, Counter({(0, at(5, 14)): 6}))
    assert of_officers(session, office) == {0: 20, 1: 6}
    assert visits_in(session, office.unit_id, OCTOBER) == 26


def test_an_officer_of_whom_no_visit_is_known_is_left_out(session: Session) -> None:
    office = small_office(session, SHIFTS)
    assert of_officers(session, office) == {}
    serve(session, office, Counter({(0, at(5, 9)): 1}))
    assert of_officers(session, office) == {0: 1}
    assert of_officers(session, office).get(1) is None


def test_other_months_and_units_do_not_count(session: Session) -> None:
    office, other = small_office(session, SHIFTS), small_office(session, SHIFTS)
    november = at(2, 9, OCTOBER.shift(1))
    serve(session, office, Counter({(0, november): 5}))
    serve(session, other, Counter({(0, at(5, 9)): 5}))
    hand_out(session, office, 0, (november, november + 2), (1, 9))
    assert visits_in(session, office.unit_id, OCTOBER) == 0


@dataclass(frozen=True)
class Stretch:
    desk_id: int
    starts: int
    ends: int
    officer_id: int


def by_hand(known: KnownVisits, stretches: list[Stretch], *, guess: bool = False) -> Counter[int]:
    """Count by asking of each visit and each slip whose it is, one after the other.

    The mistake that can be asked for: giving all slips of a span to whoever began it.
    """

    def whose(desk: int, half_hour: int) -> int | None:
        for each in stretches:
            if each.desk_id == desk and each.starts <= half_hour < each.ends:
                return each.officer_id
        return None

    found: Counter[int] = Counter()
    for (desk, half_hour), visits in known.queued.items():
        for _ in range(visits):
            if (officer := whose(desk, half_hour)) is not None:
                found[officer] += 1
    for span in known.spans:
        if any(d == span.desk_id and h // 48 == span.starts // 48 for d, h in known.queued):
            continue
        owners = [whose(span.desk_id, half_hour) for half_hour in range(span.starts, span.ends)]
        if owners[0] is not None and (guess or owners == [owners[0]] * len(owners)):
            found[owners[0]] += span.slips
    return found


def made_up(random: Random) -> tuple[KnownVisits, list[Stretch]]:
    stretches = [
        Stretch(desk, day * 48 + 16 + shift * 6, day * 48 + 22 + shift * 6, random.randrange(4))
        for desk in range(3)
        for day in range(5)
        for shift in range(2)
        if random.random() < 0.8
    ]
    queued = {
        (random.randrange(3), random.randrange(240)): random.randrange(1, 9) for _ in range(15)
    }
    spans = tuple(_spans(random))
    return KnownVisits(queued, spans), stretches


def _spans(random: Random) -> Iterator[SlipSpan]:
    for _ in range(12):
        begins = random.randrange(5) * 48 + random.randrange(14, 30)
        yield SlipSpan(random.randrange(3), begins, begins + random.randrange(1, 8), 10)


def test_counted_by_hand_it_is_the_same() -> None:
    random = Random(7)
    months = [made_up(random) for _ in range(60)]
    assert all(visits_by_officer(*month) == dict(by_hand(*month)) for month in months)
    # The control: slips that are given to whoever began the span would be noticed.
    assert any(visits_by_officer(*month) != dict(by_hand(*month, guess=True)) for month in months)


def test_the_database_is_asked_twice_however_many_visits_there_are(engine: Engine) -> None:
    with Session(engine) as session:
        office = small_office(session, SHIFTS)
        serve(session, office, Counter({(0, at(day, 9)): 50 for day in range(1, 29)}))
        stretches = who_served(duties_of(session, office.unit_id, OCTOBER), OCTOBER)
        asked: list[str] = []
        event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
        visits_of_officers(session, office.unit_id, OCTOBER, stretches)
        assert len(asked) == 2

"""The follow-up register: what is planned, told, late, proven, public (method §11)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, insert, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from aggregation.demo.improvements import add_demo_improvements
from aggregation.evidence.handed_in import check_file
from aggregation.evidence.kept_files import UnknownFile
from aggregation.improvements import progress
from aggregation.improvements.models import Improvement, ImprovementStep, Progress
from aggregation.improvements.planning import (
    DueOutsideQuarter,
    PeriodNotReleased,
    plan_action,
)
from aggregation.improvements.progress import (
    DoneDayImpossible,
    DroppedAlready,
    DueDayImpossible,
    NothingTold,
    Told,
    ToldMeanwhile,
    UnknownImprovement,
    tell_progress,
)
from aggregation.improvements.proofs import MOST_FILES, TooManyFiles, add_proofs, proof, proofs_of
from aggregation.improvements.quarters import NotAQuarter, quarter_named
from aggregation.improvements.readings import (
    Answered,
    done_marks,
    due_improvements,
    public_improvements,
)
from aggregation.improvements.register import (
    RegisterLine,
    State,
    register,
    register_line,
    steps_of,
)
from aggregation.improvements.suggestions import suggestions, weakest_elements
from aggregation.improvements.texts import TextMissing, TextTooLong, TextUnseen
from aggregation.method.rule import DEFAULT_RULE
from aggregation.models import Officer
from aggregation.months.period import Period
from aggregation.people.public_words import NamesSomebody
from survey.database import writing
from survey.month import Month
from survey.questionnaire import Element
from tests.factories import make_unit
from tests.improvement_factories import (
    OPENED,
    QUARTER,
    a_plan,
    by,
    done,
    picture,
    planned,
    released_quarter,
)
from tests.month_factories import assign, small_office
from tests.record_factories import rows_of
from tests.release_factories import made_counts, made_release

TODAY = date(2026, 11, 10)
NOW = datetime(2026, 11, 10, 3, 0, tzinfo=UTC)
DUE = date(2026, 12, 31)
HIDDEN = "\u202e"
"""Turns the direction of what follows."""


@pytest.fixture
def unit_id(session: Session) -> int:
    made = make_unit(session)
    released_quarter(session, made)
    return made


@pytest.fixture
def sqlite(sqlite_engine: Engine) -> Iterator[Session]:
    """Give a session where the kind of database does not matter."""
    with writing(sqlite_engine) as opened:
        yield opened


@pytest.fixture
def sqlite_unit(sqlite: Session) -> int:
    made = make_unit(sqlite)
    released_quarter(sqlite, made)
    return made


def told(
    session: Session,
    unit_id: int,
    action: UUID,
    progress: Progress = Progress.RUNNING,
    *,
    at: datetime = NOW,
    seen: UUID | None = None,
    **more: object,
) -> UUID:
    fact = replace(Told(progress), **more)  # type: ignore[arg-type]
    return tell_progress(session, unit_id, action, fact, by(at), seen=seen)


def line_of(session: Session, unit_id: int, action: UUID, today: date = TODAY) -> RegisterLine:
    found = register_line(session, unit_id, action, today)
    assert found is not None
    return found


# Planning.


def test_actions_are_numbered_within_their_unit(session: Session, unit_id: int) -> None:
    other = make_unit(session)
    released_quarter(session, other)
    planned(session, unit_id)
    planned(session, other)
    planned(session, unit_id)
    assert [line.number for line in register(session, unit_id, TODAY)] == [1, 2]
    assert [line.number for line in register(session, other, TODAY)] == [1]


def test_two_at_once_take_two_numbers(engine: Engine) -> None:
    with writing(engine) as session:
        unit_id = make_unit(session)
        released_quarter(session, unit_id)

    def add(_: int) -> None:
        with writing(engine) as session:
            planned(session, unit_id)

    with ThreadPoolExecutor(4) as at_once:
        list(at_once.map(add, range(4)))
    assert sorted(row["number"] for row in rows_of(engine, "improvement")) == [1, 2, 3, 4]


def test_a_plan_answers_a_period_that_is_released(session: Session, unit_id: int) -> None:
    with pytest.raises(PeriodNotReleased):
        planned(session, unit_id, period=Period.parse("2026-Q2"))


@pytest.mark.parametrize("text", ["2026-10", "2026-S2", "2026", "2026-Q5", "2026-Q0", "", "Q4"])
def test_a_quarter_is_written_as_one(text: str) -> None:
    with pytest.raises(NotAQuarter):
        quarter_named(text)


@pytest.mark.parametrize("quarter", ["2026-Q2", "2032-Q1", "2099-Q1"])
def test_a_quarter_lies_neither_before_the_period_nor_too_far(
    sqlite: Session, sqlite_unit: int, quarter: str
) -> None:
    with pytest.raises(NotAQuarter):
        planned(sqlite, sqlite_unit, quarter=quarter_named(quarter))


def test_what_was_done_in_the_period_itself_may_be_put_in(session: Session, unit_id: int) -> None:
    action = planned(session, unit_id, quarter=quarter_named("2026-Q3"), due_on=date(2026, 9, 30))
    assert line_of(session, unit_id, action).state is State.LATE


@pytest.mark.parametrize("day", [date(2026, 9, 30), date(2027, 1, 1)])
def test_the_day_lies_in_the_quarter(sqlite: Session, sqlite_unit: int, day: date) -> None:
    with pytest.raises(DueOutsideQuarter):
        planned(sqlite, sqlite_unit, due_on=day)


@pytest.mark.parametrize(
    ("field", "text", "error"),
    [
        ("action", "", TextMissing),
        ("action", " \t ", TextMissing),
        ("action", "x" * 401, TextTooLong),
        ("action", f"Loket {HIDDEN}baru", TextUnseen),
        ("action", "Loket \x07", TextUnseen),
        ("responsible", "", TextMissing),
        ("responsible", "x" * 121, TextTooLong),
        ("said", "x" * 301, TextTooLong),
        ("said", "\u200bAntre", TextUnseen),
    ],
)
def test_a_text_that_cannot_be_kept_is_refused(
    sqlite: Session, sqlite_unit: int, field: str, text: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        plan_action(sqlite, sqlite_unit, a_plan(**{field: text}), by())
    assert register(sqlite, sqlite_unit, TODAY) == []


def test_texts_of_several_lines_become_one(sqlite: Session, sqlite_unit: int) -> None:
    action = planned(sqlite, sqlite_unit, action=" Membuka\r\n satu \t loket ", said="")
    assert line_of(sqlite, sqlite_unit, action).action == "Membuka satu loket"


NAMING = ("Bu Sari sering terlambat", "NIK 3273012505900001 ditolak", "Petugasnya tolol")


@pytest.fixture
def with_sari(sqlite: Session) -> int:
    """Give an office of which an officer is called Sari Wulandari."""
    office = small_office(sqlite)
    assign(sqlite, office, 0)
    whose = col(Officer.id) == office.officers[0]
    sqlite.execute(update(Officer).where(whose).values(name="Sari Wulandari"))
    released_quarter(sqlite, office.unit_id)
    return office.unit_id


@pytest.mark.parametrize("words", NAMING)
def test_what_citizens_said_names_nobody(sqlite: Session, with_sari: int, words: str) -> None:
    with pytest.raises(NamesSomebody):
        planned(sqlite, with_sari, said=words)
    assert register(sqlite, with_sari, TODAY) == []


# Telling.


@pytest.mark.parametrize("words", NAMING)
def test_what_the_public_is_told_names_nobody(sqlite: Session, with_sari: int, words: str) -> None:
    action = planned(sqlite, with_sari)
    on = date(2026, 11, 9)
    with pytest.raises(NamesSomebody):
        done(sqlite, with_sari, action, on, text=words, is_public=True)
    done(sqlite, with_sari, action, on, text=words)
    assert public_improvements(sqlite, with_sari, Period.parse(QUARTER)) == []


def test_the_newest_fact_tells_where_an_action_stands(session: Session, unit_id: int) -> None:
    action = planned(session, unit_id)
    assert line_of(session, unit_id, action).state is State.PLANNED
    first = told(session, unit_id, action)
    assert line_of(session, unit_id, action).state is State.RUNNING
    done(session, unit_id, action, date(2026, 11, 9), seen=first)
    line = line_of(session, unit_id, action)
    assert (line.state, line.done_on, line.told) == (
        State.DONE, date(2026, 11, 9), "Loket pengambilan dibuka.",
    )  # fmt: skip


def test_the_day_it_is_due_is_still_in_time(session: Session, unit_id: int) -> None:
    action = planned(session, unit_id)
    assert line_of(session, unit_id, action, DUE).state is State.PLANNED
    assert line_of(session, unit_id, action, DUE + timedelta(days=1)).state is State.LATE


@pytest.mark.parametrize("progress", [Progress.DONE, Progress.DROPPED])
def test_what_has_ended_is_never_late(
    sqlite: Session, sqlite_unit: int, progress: Progress
) -> None:
    action = planned(sqlite, sqlite_unit)
    day = TODAY if progress is Progress.DONE else None
    told(sqlite, sqlite_unit, action, progress, text="Selesai.", done_on=day)
    assert line_of(sqlite, sqlite_unit, action, date(2030, 1, 1)).state is State(progress.value)


def test_a_new_due_day_and_a_new_person_hold_from_then_on(session: Session, unit_id: int) -> None:
    action = planned(session, unit_id)
    later = date(2027, 2, 15)
    seen = told(session, unit_id, action, due_on=later, responsible="Sekretaris")
    told(session, unit_id, action, text="Menunggu anggaran.", seen=seen)
    line = line_of(session, unit_id, action, later)
    assert (line.due_on, line.planned_for, line.responsible) == (later, DUE, "Sekretaris")
    assert line.state is State.RUNNING


@pytest.mark.parametrize(
    ("zone", "moment", "is_possible"),
    [
        ("Asia/Jakarta", datetime(2026, 11, 9, 16, 59, tzinfo=UTC), False),
        ("Asia/Jakarta", datetime(2026, 11, 9, 17, 0, tzinfo=UTC), True),
        ("Asia/Jayapura", datetime(2026, 11, 9, 14, 59, tzinfo=UTC), False),
        ("Asia/Jayapura", datetime(2026, 11, 9, 15, 0, tzinfo=UTC), True),
    ],
)
def test_it_was_done_no_later_than_today_where_the_unit_is(
    sqlite: Session, zone: str, moment: datetime, is_possible: bool
) -> None:
    unit_id = make_unit(sqlite, time_zone=zone)
    released_quarter(sqlite, unit_id)
    action = planned(sqlite, unit_id)
    fact = Told(Progress.DONE, text="Dibuka.", done_on=date(2026, 11, 10))
    if is_possible:
        tell_progress(sqlite, unit_id, action, fact, by(moment), seen=None)
    else:
        with pytest.raises(DoneDayImpossible):
            tell_progress(sqlite, unit_id, action, fact, by(moment), seen=None)


@pytest.mark.parametrize(
    ("fact", "error"),
    [
        (Told(Progress.DONE, text="Dibuka."), DoneDayImpossible),
        (Told(Progress.DONE, text="Dibuka.", done_on=date(2026, 6, 30)), DoneDayImpossible),
        (Told(Progress.RUNNING, done_on=TODAY), DoneDayImpossible),
        (Told(Progress.DONE, done_on=TODAY), TextMissing),
        (Told(Progress.DROPPED), TextMissing),
        (Told(Progress.PLANNED), NothingTold),
        (Told(Progress.PLANNED, text=" "), NothingTold),
        (Told(Progress.RUNNING, due_on=TODAY - timedelta(days=1)), DueDayImpossible),
        (Told(Progress.RUNNING, due_on=date(2032, 1, 1)), DueDayImpossible),
        (Told(Progress.RUNNING, text="x" * 401), TextTooLong),
        (Told(Progress.RUNNING, text=f"Foto{HIDDEN}"), TextUnseen),
        (Told(Progress.RUNNING, responsible=" "), TextMissing),
    ],
)
def test_a_fact_that_cannot_be_is_refused(
    sqlite: Session, sqlite_unit: int, fact: Told, error: type[Exception]
) -> None:
    action = planned(sqlite, sqlite_unit)
    with pytest.raises(error):
        tell_progress(sqlite, sqlite_unit, action, fact, by(NOW), seen=None)
    assert line_of(sqlite, sqlite_unit, action).seen is None


def test_what_was_dropped_stays_dropped(session: Session, unit_id: int) -> None:
    action = planned(session, unit_id)
    seen = told(session, unit_id, action, Progress.DROPPED, text="Salah unsur.")
    with pytest.raises(DroppedAlready):
        told(session, unit_id, action, seen=seen)


def test_what_was_done_may_be_taken_up_again_with_a_word(session: Session, unit_id: int) -> None:
    action = planned(session, unit_id)
    seen = done(session, unit_id, action, date(2026, 11, 9))
    with pytest.raises(TextMissing):
        told(session, unit_id, action, seen=seen)
    told(session, unit_id, action, seen=seen, text="Loket tutup lagi.")
    assert line_of(session, unit_id, action).done_on is None


def test_nobody_tells_over_what_he_has_not_seen(session: Session, unit_id: int) -> None:
    action = planned(session, unit_id)
    told(session, unit_id, action)
    for seen in (None, uuid4()):
        with pytest.raises(ToldMeanwhile):
            told(session, unit_id, action, seen=seen, text="Dari halaman lama.")


def test_of_two_at_once_the_second_reads_first(engine: Engine) -> None:
    with writing(engine) as session:
        unit_id = make_unit(session)
        released_quarter(session, unit_id)
        action = planned(session, unit_id)

    def say(text: str) -> bool:
        try:
            with writing(engine) as session:
                told(session, unit_id, action, text=text)
        except ToldMeanwhile:
            return False
        return True

    with ThreadPoolExecutor(2) as at_once:
        assert sorted(at_once.map(say, ["satu", "dua"])) == [False, True]
    assert len(rows_of(engine, "improvement_step")) == 1


def test_a_register_that_forgets_the_last_fact_is_noticed(
    session: Session, unit_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    action = planned(session, unit_id)
    told(session, unit_id, action)
    monkeypatch.setattr(progress, "_newest", lambda *_: None)
    told(session, unit_id, action, seen=None)
    assert len(steps_of(session, action)) == 2


def test_facts_stand_in_the_order_they_were_told_whatever_a_clock_says(
    session: Session, unit_id: int
) -> None:
    action = planned(session, unit_id)
    seen = told(session, unit_id, action, at=NOW)
    fact = Told(Progress.DROPPED, text="Salah unsur.")
    tell_progress(session, unit_id, action, fact, by(NOW - timedelta(hours=1)), seen=seen)
    assert line_of(session, unit_id, action).state is State.DROPPED


def test_an_action_of_another_unit_does_not_exist(session: Session, unit_id: int) -> None:
    action = planned(session, unit_id)
    other = make_unit(session)
    with pytest.raises(UnknownImprovement):
        told(session, other, action)
    with pytest.raises(UnknownImprovement):
        add_proofs(session, other, action, [check_file("a.png", picture())], by())
    assert register_line(session, other, action, TODAY) is None


def test_each_act_is_in_the_log_without_names(engine: Engine) -> None:
    with writing(engine) as session:
        unit_id = make_unit(session)
        released_quarter(session, unit_id)
        action = planned(session, unit_id)
        done(session, unit_id, action, date(2026, 11, 9))
        add_proofs(session, unit_id, action, [check_file("a.png", picture())], by())
    entries = rows_of(engine, "log_entry")
    assert {row["act"] for row in entries} == {
        "improvement.planned", "improvement.proven", "improvement.told",
    }  # fmt: skip
    assert not [row for row in entries if "Kepala Seksi" in row["facts"]]


# Files.


def test_the_same_file_proves_an_action_once(session: Session, unit_id: int) -> None:
    action = planned(session, unit_id)
    file = check_file("a.png", picture())
    assert add_proofs(session, unit_id, action, [file, file], by()) == 1
    assert add_proofs(session, unit_id, action, [file], by()) == 0
    assert [line.name for line in proofs_of(session, unit_id, action)] == ["a.png"]
    assert line_of(session, unit_id, action).files == 1


def test_a_file_is_found_only_at_its_action_and_unit(session: Session, unit_id: int) -> None:
    action, other_action = planned(session, unit_id), planned(session, unit_id)
    add_proofs(session, unit_id, action, [check_file("a.png", picture())], by())
    [file] = proofs_of(session, unit_id, action)
    assert proof(session, unit_id, action, file.id).body == picture()
    for unit, of in ((unit_id, other_action), (make_unit(session), action)):
        with pytest.raises(UnknownFile):
            proof(session, unit, of, file.id)


def test_an_action_has_so_many_files_at_most(session: Session, unit_id: int) -> None:
    action = planned(session, unit_id)
    files = [check_file("a.png", picture(side=each)) for each in range(1, MOST_FILES + 2)]
    with pytest.raises(TooManyFiles):
        add_proofs(session, unit_id, action, files, by())


# What others read.


def test_the_public_reads_what_is_done_public_and_was_said(session: Session, unit_id: int) -> None:
    shown, silent, kept_back, running = (
        planned(session, unit_id, said=said)
        for said in ("Antrean pagi lama.", "", "Kursi kurang.", "AC mati.")
    )
    done(session, unit_id, shown, date(2026, 11, 9), is_public=True)
    done(session, unit_id, silent, date(2026, 11, 9), is_public=True)
    done(session, unit_id, kept_back, date(2026, 11, 9), is_public=False)
    told(session, unit_id, running, text="Dipesan.", is_public=True)
    assert public_improvements(session, unit_id, Period.parse(QUARTER)) == [
        Answered("Antrean pagi lama.", "Loket pengambilan dibuka.", Month(2026, 11))
    ]


@pytest.mark.parametrize(
    ("period", "is_told"),
    [("2026-Q2", False), ("2026-09", True), ("2026-Q4", True), ("2027-Q2", True),
     ("2027-08", True), ("2027-Q3", False)],
)  # fmt: skip
def test_a_period_tells_of_itself_and_the_twelve_months_before(
    sqlite: Session, sqlite_unit: int, period: str, is_told: bool
) -> None:
    action = planned(sqlite, sqlite_unit)
    done(sqlite, sqlite_unit, action, date(2026, 11, 9), is_public=True)
    assert bool(public_improvements(sqlite, sqlite_unit, Period.parse(period))) is is_told


def test_what_is_late_or_due_within_two_weeks_is_due(sqlite: Session, sqlite_unit: int) -> None:
    action = planned(sqlite, sqlite_unit)

    def is_due(on: date) -> bool:
        return bool(due_improvements(sqlite, sqlite_unit, on))

    assert not is_due(DUE - timedelta(days=15))
    assert is_due(DUE - timedelta(days=14))
    assert is_due(DUE + timedelta(days=40))
    done(sqlite, sqlite_unit, action, date(2026, 12, 30))
    assert not is_due(DUE)


def test_what_was_done_marks_the_trend(session: Session, unit_id: int) -> None:
    first, second, _ = (planned(session, unit_id) for _ in range(3))
    done(session, unit_id, second, date(2026, 11, 2))
    done(session, unit_id, first, date(2026, 11, 9))
    assert [mark[:2] for mark in done_marks(session, unit_id)] == [
        (date(2026, 11, 2), 2), (date(2026, 11, 9), 1),
    ]  # fmt: skip


# Suggestions.


def test_the_weakest_elements_are_suggested_those_below_target_first(
    session: Session, unit_id: int
) -> None:
    found = suggestions(session, unit_id, Period.parse(QUARTER), TODAY)
    means = [each.mean for each in found]
    assert len(found) >= 3
    assert means == sorted(means)


def test_all_elements_below_the_target_are_named_and_at_least_three() -> None:
    low = made_counts(200, weights=(40, 30, 20, 10))
    high = made_counts(200, weights=(0, 0, 5, 95))
    target = DEFAULT_RULE.target_index
    assert len(weakest_elements(low, target)) == len(Element)
    assert [each.is_below_target for each in weakest_elements(high, target)] == [False] * 3


def test_an_element_that_is_being_answered_is_not_suggested_again(
    session: Session, unit_id: int
) -> None:
    quarter = Period.parse(QUARTER)
    first = suggestions(session, unit_id, quarter, TODAY)[0].element
    action = planned(session, unit_id, element=first)

    def is_suggested() -> bool:
        return first in {each.element for each in suggestions(session, unit_id, quarter, TODAY)}

    assert not is_suggested()
    told(session, unit_id, action, Progress.DROPPED, text="Salah unsur.")
    assert is_suggested()
    done(session, unit_id, planned(session, unit_id, element=first), date(2026, 11, 9))
    assert not is_suggested()


def test_what_is_hidden_suggests_nothing(session: Session) -> None:
    unit_id = make_unit(session)
    made_release(session, unit_id, QUARTER, None)
    assert suggestions(session, unit_id, Period.parse(QUARTER), TODAY) == []
    assert suggestions(session, unit_id, Period.parse("2026-Q2"), TODAY) == []


# What the database refuses.


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"element": "SENYUM"}, "element_is_known"),
        ({"horizon": "soon"}, "horizon_is_known"),
        ({"number": 0}, "numbers_begin_at_1"),
        ({"action": ""}, "action_is_said"),
        ({"responsible": ""}, "somebody_is_responsible"),
    ],
)
def test_the_database_refuses_a_bad_action(
    session: Session, unit_id: int, changed: dict[str, object], rule: str
) -> None:
    good = session.get_one(Improvement, planned(session, unit_id)).model_dump()
    bad = {**good, "id": uuid4(), "number": 9, **changed}
    with pytest.raises(IntegrityError, match=rule), session.begin_nested():
        session.execute(insert(Improvement), bad)


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"progress": "soon"}, "progress_is_known"),
        ({"progress": "done"}, "done_has_a_day"),
        ({"done_on": TODAY}, "done_has_a_day"),
        ({"progress": "dropped", "text": ""}, "the_end_is_explained"),
    ],
)
def test_the_database_refuses_a_bad_fact(
    session: Session, unit_id: int, changed: dict[str, object], rule: str
) -> None:
    good = {
        "id": uuid4(), "improvement_id": planned(session, unit_id), "told_at": OPENED,
        "told_by": "kepala", "progress": "running", "text": "Dipesan.",
    }  # fmt: skip
    with pytest.raises(IntegrityError, match=rule), session.begin_nested():
        session.execute(insert(ImprovementStep), {**good, **changed})


def test_a_good_fact_is_taken(session: Session, unit_id: int) -> None:
    action = plan_action(session, unit_id, a_plan(), by())
    told(session, unit_id, action)


def test_the_demo_office_has_actions_in_every_state(sqlite: Session) -> None:
    unit_id = make_unit(sqlite)
    for period, at in (("2026-Q2", (2026, 7, 5)), ("2026-Q3", (2026, 10, 5))):
        moment = datetime(*at, 2, tzinfo=UTC)
        made_release(sqlite, unit_id, period, made_counts(60), released_at=moment)
    add_demo_improvements(sqlite, unit_id, "kepala")
    lines = register(sqlite, unit_id, TODAY)
    assert {line.state for line in lines} == set(State)
    assert (len(lines), sum(line.files for line in lines)) == (6, 1)
    assert public_improvements(sqlite, unit_id, Period.parse(QUARTER))


def test_a_demo_of_few_months_has_no_register(sqlite: Session, sqlite_unit: int) -> None:
    add_demo_improvements(sqlite, sqlite_unit, "kepala")
    assert register(sqlite, sqlite_unit, TODAY) == []

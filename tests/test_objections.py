"""An officer objects, and somebody else answers: who may, when, and once (method §8.3)."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, insert, text
from sqlmodel import Session, select

from aggregation.appraisal import objection_answers
from aggregation.appraisal.heard_objections import (
    Outcome,
    answer_due,
    heard_objections,
    own_objections,
)
from aggregation.appraisal.models import Objection, ObjectionAnswer
from aggregation.appraisal.monthly_scores import MonthNotClosed, Stage, monthly_scores
from aggregation.appraisal.objection_answers import (
    AnsweredAlready,
    AnswerTooLong,
    AnswerUnexplained,
    HeadOfOfficer,
    MadeTheFigures,
    NotIndependent,
    OwnObjection,
    UnknownObjection,
    answer_objection,
)
from aggregation.appraisal.objection_facts import objection_facts
from aggregation.appraisal.objection_window import NoFigures, objection_window
from aggregation.appraisal.objections import (
    ObjectedAlready,
    TextMissing,
    TextTooLong,
    WindowClosed,
    file_objection,
)
from aggregation.changes.batch import Cause, open_batch
from aggregation.method.rule import DEFAULT_RULE
from aggregation.models import Assignment
from aggregation.months.month_close import close_month
from aggregation.rules.rule_book import only
from survey.database import writing
from survey.models import ServiceUnit
from tests.factories import make_unit
from tests.month_factories import (
    AFTER_OCTOBER,
    MONDAY_AT_9,
    OCTOBER,
    SEPTEMBER,
    Seen,
    SmallOffice,
    at,
    small_office,
    store,
)
from tests.record_factories import rows_of
from tests.revision_factories import close
from tests.score_factories import STAFF_URL, TWO_DAYS, revise, scored_office
from tests.tampering import untriggered

TODAY = AFTER_OCTOBER + timedelta(days=1)
LAST_DAY = date(2026, 11, 12)
"""A week after the close of 5 November."""

THE_TEXT = "Pada 5 Oktober pukul 09.00 saya rapat; Budi yang melayani."


def because(text: str = THE_TEXT, at: datetime = TODAY, by: str = "akun-petugas") -> Cause:
    return Cause(by, text, at, by)


def says(text: str = "Daftar hadir membenarkannya.", by: str = "peninjau") -> Cause:
    return because(text, TODAY, by)


def filed(session: Session, office: SmallOffice, officer: int = 0, **how: object) -> Objection:
    cause = because(**how)  # type: ignore[arg-type]
    return file_objection(session, office.unit_id, OCTOBER, office.officers[officer], cause)


def answered(
    session: Session, office: SmallOffice, objection: Objection, *, upheld: bool = True
) -> ObjectionAnswer:
    return answer_objection(session, office.unit_id, objection.id, says(), upheld=upheld)


def stage_of(session: Session, office: SmallOffice, as_of: datetime = TODAY) -> str:
    unit = session.get_one(ServiceUnit, office.unit_id)
    found = monthly_scores(session, unit, OCTOBER, as_of=as_of, staff_url=STAFF_URL)
    return next(row.stage for row in found.rows if row.n > 10)


# Filing.


def test_an_officer_objects_and_the_row_says_so(session: Session) -> None:
    office = scored_office(session)
    assert stage_of(session, office) == Stage.WINDOW_OPEN
    objection = filed(session, office)
    assert (objection.revision, objection.text) == (0, THE_TEXT)
    assert stage_of(session, office) == Stage.OBJECTED
    assert stage_of(session, office, AFTER_OCTOBER) == Stage.WINDOW_OPEN


def test_an_officer_without_enough_data_may_object_too(session: Session) -> None:
    office = scored_office(session)
    assert filed(session, office, 1).officer_id == office.officers[1]


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        # The office lies in Jakarta: its 12 November ends at 17.00 UTC.
        (datetime(2026, 11, 12, 16, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 12, 17, 0, tzinfo=UTC), False),
    ],
)
def test_the_window_ends_with_the_units_own_day(
    session: Session, moment: datetime, is_open: bool
) -> None:
    office = scored_office(session)
    window = objection_window(session, office.unit_id, OCTOBER, office.officers[0], moment)
    assert (window.last_day, window.is_open) == (LAST_DAY, is_open)
    assert window.days_left == (0 if is_open else -1)
    if is_open:
        filed(session, office, at=moment)
    else:
        with pytest.raises(WindowClosed) as refused:
            filed(session, office, at=moment)
        assert refused.value.last_day == LAST_DAY


def test_a_rule_without_days_leaves_no_window(session: Session) -> None:
    office = small_office(session)
    store(session, office, [Seen(MONDAY_AT_9)] * 12)
    rules = only(replace(DEFAULT_RULE, objection_days=0))
    close_month(session, office.unit_id, OCTOBER, closed_by="uji", at=AFTER_OCTOBER, rules=rules)
    with pytest.raises(WindowClosed):
        filed(session, office, at=AFTER_OCTOBER)


def test_the_same_figures_are_objected_to_once(session: Session) -> None:
    office = scored_office(session)
    filed(session, office)
    with pytest.raises(ObjectedAlready):
        filed(session, office)
    revise(session, office, TODAY)  # it takes the figures over unchanged
    with pytest.raises(ObjectedAlready):
        filed(session, office)
    assert filed(session, office, 1).officer_id == office.officers[1]


def test_new_figures_may_be_objected_to_anew(session: Session) -> None:
    office = scored_office(session)
    filed(session, office)
    later = AFTER_OCTOBER + timedelta(days=20)
    closing = revise(session, office, later)
    with untriggered(session):
        session.execute(
            text("UPDATE officer_figure SET computed_in = 1 WHERE closing_id = :id"),
            {"id": closing.id.hex if session.get_bind().dialect.name == "sqlite" else closing.id},
        )
    session.expire_all()
    with pytest.raises(WindowClosed):
        filed(session, office, at=later + timedelta(days=9))
    assert filed(session, office, at=later).revision == 1


def test_only_a_closed_month_with_own_figures_can_be_objected_to(session: Session) -> None:
    office = scored_office(session)
    stranger = small_office(session)
    with pytest.raises(NoFigures):
        file_objection(session, office.unit_id, OCTOBER, stranger.officers[0], because())
    for unit_id, month in ((office.unit_id, SEPTEMBER), (make_unit(session), OCTOBER)):
        with pytest.raises(MonthNotClosed):
            file_objection(session, unit_id, month, office.officers[0], because())
    with pytest.raises(MonthNotClosed):
        filed(session, office, at=AFTER_OCTOBER - timedelta(days=1))


def test_a_text_is_asked_for_and_kept_as_it_was_written(session: Session) -> None:
    office = scored_office(session)
    for blank in ("", " \r\n "):
        with pytest.raises(TextMissing):
            filed(session, office, text=blank)
    with pytest.raises(TextTooLong):
        filed(session, office, text="x" * 2001)
    longest = "a\r\n" + "é" * 1998
    assert filed(session, office, text=longest).text == longest.replace("\r\n", "\n")


def test_of_two_who_file_at_once_one_is_told(engine: Engine) -> None:
    with writing(engine) as session:
        office = scored_office(session)

    def attempt(number: int) -> bool:
        try:
            with writing(engine) as session:
                filed(session, office, text=f"Kali {number}")
        except ObjectedAlready:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, range(4))) == 1
    assert len(rows_of(engine, "objection")) == 1


# Answering: who may.


def let_lead(  # noqa: PLR0917 - a row, written out
    session: Session, office: SmallOffice, head: int, led: int, unit_id: int, since: int = 1
) -> None:
    batch = open_batch(session, unit_id, Cause("uji", "", AFTER_OCTOBER))
    row = {
        "id": uuid4(),
        "unit_id": unit_id,
        "officer_id": office.officers[led],
        "head_id": office.officers[head],
        "starts_on": date(2026, 10, since),
        "job_group": "",
        "batch_id": batch,
    }
    session.execute(insert(Assignment), row)


def three(session: Session) -> tuple[SmallOffice, Objection]:
    """An October of three officers; the second is the first one's head, the first objects."""
    office = small_office(session, TWO_DAYS, officers=3)
    store(session, office, [Seen(MONDAY_AT_9)] * 12 + [Seen(at(6, 9))] * 12)
    close(session, office, OCTOBER)
    let_lead(session, office, 1, 0, office.unit_id)
    return office, filed(session, office)


TOO_CLOSE = [
    ("peninjau", 0, OwnObjection),
    ("akun-petugas", None, OwnObjection),
    ("peninjau", 1, HeadOfOfficer),
    ("penutup", None, MadeTheFigures),
]
INDEPENDENT = [("peninjau", None), ("peninjau", 2)]


def answers(
    session: Session, office: SmallOffice, objection: Objection, account: str, officer: int | None
) -> ObjectionAnswer:
    who = None if officer is None else office.officers[officer]
    cause = says(by=account)
    return answer_objection(
        session, office.unit_id, objection.id, cause, upheld=True, officer_id=who
    )


@pytest.mark.parametrize(("account", "officer", "refusal"), TOO_CLOSE)
def test_who_is_too_close_does_not_answer(
    session: Session, account: str, officer: int | None, refusal: type[NotIndependent]
) -> None:
    office, objection = three(session)
    with pytest.raises(refusal):
        answers(session, office, objection, account, officer)
    assert not session.exec(select(ObjectionAnswer)).all()


@pytest.mark.parametrize(("account", "officer"), INDEPENDENT)
def test_anybody_else_who_reviews_answers(
    session: Session, account: str, officer: int | None
) -> None:
    office, objection = three(session)
    assert answers(session, office, objection, account, officer).upheld
    assert session.exec(select(ObjectionAnswer)).one().objection_id == objection.id


def test_a_head_in_another_unit_in_the_same_month_is_the_head_too(session: Session) -> None:
    office, objection = three(session)
    elsewhere = make_unit(session)
    let_lead(session, office, 2, 0, elsewhere, since=15)
    with pytest.raises(HeadOfOfficer):
        answers(session, office, objection, "peninjau", 2)


def test_without_the_rule_the_head_would_answer(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a product that forgets to ask would be noticed by the tests above."""
    office, objection = three(session)
    monkeypatch.setattr(objection_answers, "require_independence", lambda *_: None)
    assert answers(session, office, objection, "peninjau", 1).upheld


def test_who_approved_a_revision_of_the_figures_does_not_answer(session: Session) -> None:
    office = scored_office(session)
    closing = revise(session, office, TODAY)
    with untriggered(session):
        closing.closed_by, closing.prepared_by = "penyetuju", "penyusun"
        session.execute(
            text(
                "UPDATE officer_figure SET computed_in = revision_of.revision FROM (SELECT id, "
                "revision FROM closing) AS revision_of WHERE revision_of.id = closing_id"
            )
        )
    session.expire_all()
    objection = filed(session, office, at=TODAY + timedelta(hours=1))
    for account in ("penyetuju", "penyusun"):
        with pytest.raises(MadeTheFigures):
            answers(session, office, objection, account, None)
    assert answers(session, office, objection, "uji", None).upheld  # closed what is gone


# Answering: once, with a reason.


def test_an_answer_stands(session: Session) -> None:
    office = scored_office(session)
    objection = filed(session, office)
    answered(session, office, objection, upheld=False)
    with pytest.raises(AnsweredAlready):
        answered(session, office, objection)


def test_of_two_who_answer_at_once_one_is_told(engine: Engine) -> None:
    with writing(engine) as session:
        office = scored_office(session)
        objection = filed(session, office)
        session.expunge(objection)

    def attempt(name: str) -> bool:
        try:
            with writing(engine) as session:
                answers(session, office, objection, name, None)
        except AnsweredAlready:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, "abcd")) == 1
    assert len(rows_of(engine, "objection_answer")) == 1


def test_an_answer_gives_its_reason_whichever_it_is(session: Session) -> None:
    office = scored_office(session)
    objection = filed(session, office)
    for upheld in (True, False):
        for reason, refusal in ((" ", AnswerUnexplained), ("x" * 2001, AnswerTooLong)):
            with pytest.raises(refusal):
                answer_objection(session, office.unit_id, objection.id, says(reason), upheld=upheld)
    longest = says("x" * 2000)
    answer = answer_objection(session, office.unit_id, objection.id, longest, upheld=False)
    assert answer.reason == longest.reason


def test_an_objection_of_another_unit_does_not_exist(session: Session) -> None:
    office = scored_office(session)
    objection = filed(session, office)
    other = make_unit(session)
    for unit_id, objection_id in ((other, objection.id), (office.unit_id, UUID(int=7))):
        with pytest.raises(UnknownObjection):
            answer_objection(session, unit_id, objection_id, says(), upheld=True)


# What becomes of it.


def test_a_refused_objection_lets_the_month_go_on(session: Session) -> None:
    office = scored_office(session)
    answered(session, office, filed(session, office), upheld=False)
    assert stage_of(session, office) == Stage.WINDOW_OPEN
    assert stage_of(session, office, TODAY + timedelta(days=9)) == Stage.FINAL


def test_an_upheld_objection_keeps_the_row_open_until_it_is_revised(session: Session) -> None:
    office = scored_office(session)
    answered(session, office, filed(session, office))
    assert stage_of(session, office, TODAY + timedelta(days=90)) == Stage.OBJECTED


@pytest.mark.parametrize(
    ("upheld", "outcome"),
    [(None, Outcome.WAITING), (False, Outcome.REFUSED), (True, Outcome.UPHELD)],
)
def test_the_officer_reads_what_became_of_it(
    session: Session, upheld: bool | None, outcome: Outcome
) -> None:
    office = scored_office(session)
    objection = filed(session, office)
    if upheld is not None:
        answered(session, office, objection, upheld=upheld)
    [own] = own_objections(session, office.officers[0], office.unit_id, OCTOBER)
    assert own.outcome == outcome
    assert list(heard_objections(session, as_of=TODAY - timedelta(seconds=1))) == []
    assert own_objections(session, office.officers[1], office.unit_id, OCTOBER) == []


def test_an_answer_is_due_two_weeks_after_the_units_own_day() -> None:
    filed_at = datetime(2026, 11, 6, 18, 0, tzinfo=UTC)  # the 7th in Jakarta
    assert answer_due(filed_at, "Asia/Jakarta") == date(2026, 11, 21)


def test_the_log_names_nobody_and_says_nothing_of_the_text(engine: Engine) -> None:
    with writing(engine) as session:
        office = scored_office(session)
        answered(session, office, filed(session, office))
    entries = [row for row in rows_of(engine, "log_entry") if row["act"].startswith("objection.")]
    assert {row["act"] for row in entries} == {"objection.filed", "objection.answered"}
    assert all(THE_TEXT not in str(row) and "Petugas" not in str(row) for row in entries)
    details = {row["entry_id"]: row["text"] for row in rows_of(engine, "log_detail")}
    assert not any("saya rapat" in details[row["id"]] for row in entries)
    [filing] = [details[row["id"]] for row in entries if row["act"] == "objection.filed"]
    assert hashlib.sha256(THE_TEXT.encode()).hexdigest() in filing


# What the reviewer sees.


def test_the_reviewer_sees_hours_and_counts(session: Session) -> None:
    office = small_office(session, TWO_DAYS)
    store(
        session,
        office,
        [
            *[Seen(MONDAY_AT_9, overall=1)] * 12,
            *[Seen(MONDAY_AT_9, late=True)] * 3,
            *[Seen(None)] * 2,
            *[Seen(at(6, 9))] * 5,
        ],
    )
    close(session, office, OCTOBER)
    facts = objection_facts(session, filed(session, office), TODAY)
    assert (facts.counted, facts.late, facts.quarantined, facts.outage) == (12, 3, 0, 0)
    assert facts.unattributed == 2
    assert list(facts.days) == [date(2026, 10, day) for day in (5, 12, 19, 26)]
    [hours] = facts.days[date(2026, 10, 5)]
    assert (hours.first_slot, hours.end_slot) == (16, 30)
    assert [closing.revision for closing in facts.revisions] == [0]


def test_no_fact_depends_on_a_rating(session: Session) -> None:
    """The same month with other ratings reads the same to the reviewer."""
    seen = []
    for overall in (1, 4):
        office = small_office(session, TWO_DAYS)
        store(session, office, [Seen(MONDAY_AT_9, overall=overall)] * 40)
        close(session, office, OCTOBER)
        facts = objection_facts(session, filed(session, office), TODAY)
        seen.append(
            [
                getattr(facts, name)
                for name in ("counted", "late", "quarantined", "outage", "unattributed")
            ]
            + [facts.coverage, facts.visits, list(facts.days), list(facts.waiting)]
        )
    assert seen[0] == seen[1]

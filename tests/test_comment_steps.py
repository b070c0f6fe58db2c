"""What is done with a comment: dated steps, tags, answers for all to read, praise passed on."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from aggregation.comments.answers import public_answers
from aggregation.comments.comment_list import open_comment
from aggregation.comments.models import Comment, CommentAct, CommentStep
from aggregation.comments.own_comments import praise_for
from aggregation.comments.raw_words import OfOneself, raw_words
from aggregation.comments.release import release_comments
from aggregation.comments.steps import (
    ComesTooLate,
    NotNow,
    NotOfTheUnit,
    Step,
    UnknownComment,
    mark_read,
    tag,
    take_step,
)
from aggregation.comments.word_summary import word_summary
from aggregation.models import Officer
from aggregation.months.period import Period
from aggregation.people.public_words import NamesSomebody
from survey.database import reading, writing
from survey.models import LogEntry
from survey.questionnaire import Element
from tests.comment_factories import FIVE, HEAD, TUESDAY_NIGHT, keys_of, released, wrote
from tests.month_factories import MONDAY_AT_9, SmallOffice, assign, small_office
from tests.record_factories import count_of

OCTOBER_PERIOD = Period.parse("2026-10")
ANSWER = "Terima kasih. Sepuluh kursi ditambah bulan depan."


@pytest.fixture
def on_sqlite(sqlite_engine: Engine) -> Iterator[Session]:
    """Give a session where no statement is asked that one database could read otherwise."""
    with writing(sqlite_engine) as session:
        yield session


def an_office(session: Session) -> tuple[SmallOffice, UUID]:
    """Return an office with five released comments, and the key of one."""
    office = small_office(session)
    assign(session, office, 0)
    return office, released(session, office)[0]


def do(
    session: Session,
    office: SmallOffice,
    comment: UUID,
    act: CommentAct,
    text: str = "",
    *,
    officer: str = "",
) -> None:
    """Take a step after having seen the newest."""
    seen = open_comment(session, office.unit_id, comment).seen
    take_step(session, office.unit_id, comment, Step(act, seen, text, officer), HEAD)


def acts_of(session: Session, office: SmallOffice, comment: UUID) -> list[str]:
    return [step.act for step in open_comment(session, office.unit_id, comment).steps]


def test_steps_are_kept_in_their_order_even_within_one_moment(session: Session) -> None:
    office, comment = an_office(session)
    done = [CommentAct.READ, CommentAct.REFERRED, CommentAct.CLOSED, CommentAct.REOPENED]
    for act in done:
        do(session, office, comment, act)
    assert acts_of(session, office, comment) == done


def test_whoever_has_not_seen_the_newest_step_is_told(on_sqlite: Session) -> None:
    office, comment = an_office(on_sqlite)
    do(on_sqlite, office, comment, CommentAct.READ)
    stale = Step(CommentAct.CLOSED, None)
    with pytest.raises(ComesTooLate):
        take_step(on_sqlite, office.unit_id, comment, stale, HEAD)
    forged = replace(stale, seen=uuid4())
    with pytest.raises(ComesTooLate):
        take_step(on_sqlite, office.unit_id, comment, forged, HEAD)
    assert acts_of(on_sqlite, office, comment) == [CommentAct.READ]


def test_of_two_who_act_at_once_one_is_told(engine: Engine) -> None:
    with writing(engine) as session:
        office, comment = an_office(session)

    def close(_: int) -> bool:
        try:
            with writing(engine) as session:
                step = Step(CommentAct.CLOSED, None)
                take_step(session, office.unit_id, comment, step, HEAD)
        except ComesTooLate:
            return False
        return True

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(close, range(3))) == [False, False, True]
    assert count_of(engine, "comment_step") == 1


def test_a_closed_comment_is_only_reopened_and_an_open_one_never(on_sqlite: Session) -> None:
    office, comment = an_office(on_sqlite)
    with pytest.raises(NotNow):
        do(on_sqlite, office, comment, CommentAct.REOPENED)
    do(on_sqlite, office, comment, CommentAct.CLOSED)
    with pytest.raises(NotNow):
        do(on_sqlite, office, comment, CommentAct.READ)


def test_another_units_comment_does_not_exist(on_sqlite: Session) -> None:
    office, comment = an_office(on_sqlite)
    other = small_office(on_sqlite)
    asks: list[Callable[[UUID], object]] = [
        lambda key: open_comment(on_sqlite, other.unit_id, key),
        lambda key: take_step(on_sqlite, other.unit_id, key, Step(CommentAct.READ, None), HEAD),
        lambda key: tag(on_sqlite, other.unit_id, key, [Element.WAKTU], HEAD),
        lambda key: raw_words(on_sqlite, other.unit_id, key, HEAD, reviewer=None),
    ]
    for ask in asks:
        for key in (comment, uuid4()):
            with pytest.raises(UnknownComment):
                ask(key)
    assert mark_read(on_sqlite, other.unit_id, [comment], HEAD) == 0
    assert acts_of(on_sqlite, office, comment) == []


@pytest.mark.parametrize("answer", ["Bu Sari sudah ditegur", "NIK 3273012505900001", "Anda tolol"])
def test_an_answer_that_names_or_insults_is_refused(on_sqlite: Session, answer: str) -> None:
    office, comment = an_office(on_sqlite)
    whose = col(Officer.id) == office.officers[0]
    on_sqlite.execute(update(Officer).where(whose).values(name="Sari Wulandari"))
    with pytest.raises(NamesSomebody):
        do(on_sqlite, office, comment, CommentAct.ANSWERED, answer)


def test_an_answer_may_give_the_offices_own_telephone(on_sqlite: Session) -> None:
    office, comment = an_office(on_sqlite)
    answer = "Hubungi (021) 5551234 atau www.lapor.go.id."
    do(on_sqlite, office, comment, CommentAct.ANSWERED, answer)
    [told] = public_answers(on_sqlite, office.unit_id, OCTOBER_PERIOD)
    assert told.answer == answer


def test_the_last_answer_is_what_the_public_reads(session: Session) -> None:
    office, comment = an_office(session)
    do(session, office, comment, CommentAct.ANSWERED, "Segera ditambah.")
    do(session, office, comment, CommentAct.ANSWERED, ANSWER)
    [told] = public_answers(session, office.unit_id, OCTOBER_PERIOD)
    assert (told.comment, told.answer, str(told.answered_in)) == (
        min(FIVE), ANSWER, "2026-10",
    )  # fmt: skip
    assert public_answers(session, office.unit_id, Period.parse("2026-11")) == []
    assert public_answers(session, small_office(session).unit_id, OCTOBER_PERIOD) == []


def test_praise_reaches_the_officer_it_is_for_and_nobody_else(session: Session) -> None:
    office, comment = an_office(session)
    whose = session.get_one(Officer, office.officers[0])
    do(session, office, comment, CommentAct.FORWARDED, officer=whose.key)
    do(session, office, comment, CommentAct.FORWARDED, officer=whose.key)
    [praise] = praise_for(session, office.officers[0])
    assert (praise.text, str(praise.month), praise.desk) == (min(FIVE), "2026-10", "")
    assert praise_for(session, office.officers[1]) == []


def test_praise_is_only_for_officers_of_the_unit(on_sqlite: Session) -> None:
    office, comment = an_office(on_sqlite)
    stranger = on_sqlite.get_one(Officer, small_office(on_sqlite).officers[0])
    for key in (stranger.key, "", "x" * 500):
        with pytest.raises(NotOfTheUnit):
            do(on_sqlite, office, comment, CommentAct.FORWARDED, officer=key)


def test_several_are_marked_as_read_and_what_was_touched_stays(session: Session) -> None:
    office, comment = an_office(session)
    do(session, office, comment, CommentAct.CLOSED)
    assert mark_read(session, office.unit_id, keys_of(session, office), HEAD) == 4
    assert mark_read(session, office.unit_id, keys_of(session, office), HEAD) == 0
    assert acts_of(session, office, comment) == [CommentAct.CLOSED]


def test_tags_are_what_was_said_last(session: Session) -> None:
    office, comment = an_office(session)
    tag(session, office.unit_id, comment, [Element.WAKTU, Element.SARANA], HEAD)
    tag(session, office.unit_id, comment, [Element.SARANA, Element.PRODUK], HEAD)
    tag(session, office.unit_id, comment, [Element.SARANA, Element.PRODUK], HEAD)
    found = open_comment(session, office.unit_id, comment).elements
    assert found == {Element.SARANA, Element.PRODUK}
    tagged = select(LogEntry).where(col(LogEntry.act) == "comment.tagged")
    assert len(session.scalars(tagged).all()) == 2


def test_no_log_entry_holds_a_word_of_a_comment_or_an_answer(on_sqlite: Session) -> None:
    office, comment = an_office(on_sqlite)
    do(on_sqlite, office, comment, CommentAct.ANSWERED, ANSWER)
    do(on_sqlite, office, comment, CommentAct.ASSIGNED, "Subbagian Umum")
    raw_words(on_sqlite, office.unit_id, comment, HEAD, reviewer=None)
    entries = on_sqlite.scalars(select(LogEntry).where(col(LogEntry.unit_id) == office.unit_id))
    kept = " ".join(f"{entry.subject} {entry.facts}" for entry in entries)
    assert not [word for word in (*FIVE, ANSWER, "Subbagian") if word in kept]


def test_only_words_of_five_comments_are_told(session: Session) -> None:
    office = small_office(session)
    texts = [f"Antreannya lama {word}" for word in ("sekali", "banget", "terus", "lho", "ya")]
    keys = released(session, office, [*texts, "Bu Rahasia antre lama", "Toilet kotor"])
    for key in keys:
        tag(session, office.unit_id, key, [Element.WAKTU], HEAD)
    summary = {each.element: each for each in word_summary(session, office.unit_id, None)}
    assert [(w.word, w.comments) for w in summary[Element.WAKTU].words] == [
        ("lama", 6), ("antrean", 5),
    ]  # fmt: skip
    assert summary[Element.SARANA].words == ()
    assert "toilet" not in {word.word for word in summary[None].words}


def test_the_reviewer_reads_the_citizens_own_words_and_the_log_knows(on_sqlite: Session) -> None:
    office = small_office(on_sqlite)
    released(on_sqlite, office, [*FIVE[:4], "Petugas tolol"])
    key = next(k for k in keys_of(on_sqlite, office) if "[kata" in _text(on_sqlite, k))
    assert raw_words(on_sqlite, office.unit_id, key, HEAD, reviewer=None) == "Petugas tolol"
    entry = on_sqlite.scalars(select(LogEntry).where(col(LogEntry.act) == "comment.raw_read")).one()
    assert entry.subject == f"comment {key}"
    assert entry.detail_digest is not None  # the reason lies where it may be erased


def test_a_reviewer_reads_no_words_about_the_own_desk_hours(on_sqlite: Session) -> None:
    office = small_office(on_sqlite)
    wrote(on_sqlite, office, *FIVE, half_hour=MONDAY_AT_9)
    release_comments(on_sqlite, office.unit_id, TUESDAY_NIGHT)
    own, other = office.officers
    for key in keys_of(on_sqlite, office):
        with pytest.raises(OfOneself):
            raw_words(on_sqlite, office.unit_id, key, HEAD, reviewer=own)
        assert raw_words(on_sqlite, office.unit_id, key, HEAD, reviewer=other) is not None


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("answers_and_assignments_say_something", {"act": "answered"}),
        ("answers_and_assignments_say_something", {"act": "closed", "text": "x"}),
        ("praise_has_a_name", {"act": "forwarded"}),
        ("act", {"act": "burnt"}),
    ],
)
def test_the_database_refuses_a_step_that_says_nothing(
    session: Session, rule: str, values: dict[str, str]
) -> None:
    _, comment = an_office(session)
    row = {"id": uuid4(), "comment_id": comment, "done_at": TUESDAY_NIGHT, "done_by": "x"}
    with pytest.raises(IntegrityError, match=rule), session.begin_nested():
        session.execute(insert(CommentStep), {**row, **values})


def test_reading_a_comment_writes_nothing(engine: Engine) -> None:
    with writing(engine) as session:
        office, comment = an_office(session)
    with reading(engine) as session:
        assert open_comment(session, office.unit_id, comment).steps == []
    assert count_of(engine, "comment_step") == 0


def _text(session: Session, key: UUID) -> str:
    return session.get_one(Comment, key).text or ""

"""When a comment is released, with whom, and what it leaves behind (method §9)."""

from collections import Counter
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select, text, update
from sqlmodel import Session, col

from aggregation.closings import Closing
from aggregation.comments.batches import (
    LARGEST_BATCH,
    SMALLEST_BATCH,
    Waiting,
    batches_of,
    waiting_in,
)
from aggregation.comments.models import Comment, CommentBatch, CommentSource
from aggregation.comments.release import named_desks, release_batch, release_comments
from aggregation.comments.unread_words import UnreadWords, last_working_day
from aggregation.masking.names import KnownNames
from aggregation.models import Officer
from aggregation.screening.groups import GroupKey
from aggregation.screening.review import Verdict, decide_group
from survey.database import reading, writing
from survey.models import LogEntry
from survey.month import Month
from survey.screening import Signal
from tests.comment_factories import (
    FIVE,
    FRIDAY,
    MONDAY,
    TUESDAY,
    TUESDAY_NIGHT,
    keys_of,
    released,
    texts_of,
    wrote,
)
from tests.month_factories import OCTOBER, assign, small_office
from tests.questionnaires import summing_to
from tests.record_factories import count_of
from tests.screening_factories import WHY, suspect
from tests.staff_factories import make_closed_month
from tests.tampering import untriggered

SATURDAY = datetime(2026, 10, 10, 3, tzinfo=UTC)
MONDAY_AFTER = datetime(2026, 10, 12, 3, tzinfo=UTC)


@pytest.fixture
def on_sqlite(sqlite_engine: Engine) -> Iterator[Session]:
    """Give a session where no statement is asked that one database could read otherwise."""
    with writing(sqlite_engine) as session:
        yield session


def test_comments_of_a_day_come_out_on_the_next_working_day_and_not_before(
    session: Session,
) -> None:
    office = small_office(session)
    wrote(session, office, *FIVE, on=FRIDAY)
    same_evening = datetime(2026, 10, 9, 14, tzinfo=UTC)
    assert release_comments(session, office.unit_id, same_evening) == 0
    assert release_comments(session, office.unit_id, SATURDAY) == 0
    assert release_comments(session, office.unit_id, MONDAY_AFTER) == 5


def test_a_day_ends_where_the_unit_is(on_sqlite: Session) -> None:
    office = small_office(on_sqlite)
    wrote(on_sqlite, office, *FIVE, on=MONDAY)
    before_midnight = datetime(2026, 10, 5, 16, 59, tzinfo=UTC)
    assert release_comments(on_sqlite, office.unit_id, before_midnight) == 0
    assert release_comments(on_sqlite, office.unit_id, before_midnight + timedelta(minutes=1)) == 5


def test_a_national_holiday_is_no_working_day() -> None:
    independence_day = date(2026, 8, 17)
    assert last_working_day(independence_day) == date(2026, 8, 14)
    assert last_working_day(independence_day + timedelta(days=1)) == date(2026, 8, 18)


def test_fewer_than_five_wait_for_more(on_sqlite: Session) -> None:
    office = small_office(on_sqlite)
    wrote(on_sqlite, office, *FIVE[:4])
    assert release_comments(on_sqlite, office.unit_id, TUESDAY_NIGHT) == 0
    wrote(on_sqlite, office, FIVE[4], on=TUESDAY)
    assert release_comments(on_sqlite, office.unit_id, TUESDAY_NIGHT + timedelta(days=1)) == 5


def test_what_says_nothing_neither_counts_nor_comes_out(on_sqlite: Session) -> None:
    office = small_office(on_sqlite)
    wrote(on_sqlite, office, *FIVE[:4], chr(0x200F) * 900, "...")
    assert release_comments(on_sqlite, office.unit_id, TUESDAY_NIGHT) == 0
    wrote(on_sqlite, office, "🙂👍")
    assert release_comments(on_sqlite, office.unit_id, TUESDAY_NIGHT) == 5
    assert "🙂👍" in texts_of(on_sqlite, office)


def test_each_comes_out_once_however_often_one_asks(session: Session) -> None:
    office = small_office(session)
    released(session, office)
    assert release_comments(session, office.unit_id, TUESDAY_NIGHT) == 0
    assert texts_of(session, office) == sorted(FIVE)


def test_two_who_release_at_once_release_once(engine: Engine) -> None:
    with writing(engine) as session:
        office = small_office(session)
        wrote(session, office, *FIVE)

    def release(_: int) -> int:
        with writing(engine) as session:
            return release_comments(session, office.unit_id, TUESDAY_NIGHT)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(release, range(4))) == [0, 0, 0, 5]
    assert count_of(engine, "comment") == count_of(engine, "comment_source") == 5


def test_a_release_that_breaks_off_leaves_nothing_behind(engine: Engine) -> None:
    with writing(engine) as session:
        office = small_office(session)
        wrote(session, office, *FIVE)

    def broken_off() -> None:
        with writing(engine) as session:
            release_comments(session, office.unit_id, TUESDAY_NIGHT)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken_off()
    assert count_of(engine, "comment") == 0
    with writing(engine) as session:
        assert release_comments(session, office.unit_id, TUESDAY_NIGHT) == 5


def test_what_changed_while_words_were_masked_is_seen_before_they_are_released(
    session: Session,
) -> None:
    office = small_office(session)
    ids = wrote(session, office, *FIVE, *FIVE)
    [batch] = batches_of(waiting_in(session, office.unit_id, TUESDAY_NIGHT))
    suspect(session, office, ids[:1])
    assert release_batch(session, office.unit_id, batch, TUESDAY_NIGHT) == 9
    assert release_batch(session, office.unit_id, batch, TUESDAY_NIGHT) == 0
    sources = select(col(CommentSource.response_id)).where(
        col(CommentSource.unit_id) == office.unit_id
    )
    assert set(session.scalars(sources)) == set(ids[1:])


def test_a_batch_that_shrinks_below_five_waits(on_sqlite: Session) -> None:
    office = small_office(on_sqlite)
    ids = wrote(on_sqlite, office, *FIVE)
    [batch] = batches_of(waiting_in(on_sqlite, office.unit_id, TUESDAY_NIGHT))
    suspect(on_sqlite, office, ids[:1])
    assert release_batch(on_sqlite, office.unit_id, batch, TUESDAY_NIGHT) == 0
    assert texts_of(on_sqlite, office) == []


@pytest.mark.parametrize("count", [0, 4, 5, 500, 501, 1001, 1234])
def test_a_batch_holds_five_comments_to_five_hundred(count: int) -> None:
    words = [UnreadWords(uuid4(), OCTOBER, None, "Cepat") for _ in range(count)]
    batches = batches_of(Waiting(words, KnownNames.of([])))
    assert all(SMALLEST_BATCH <= len(batch) <= LARGEST_BATCH for batch in batches)
    shared_out = [each.source for batch in batches for each in batch]
    assert Counter(shared_out) == Counter(words if count >= SMALLEST_BATCH else [])
    in_order = [words[first :: len(batches)] for first in range(len(batches))]
    assert count <= LARGEST_BATCH or [[w.source for w in batch] for batch in batches] != in_order


def test_what_is_in_quarantine_waits_for_the_reviewer(session: Session) -> None:
    office = small_office(session)
    ids = wrote(session, office, *FIVE)
    suspect(session, office, ids[:1])
    assert release_comments(session, office.unit_id, TUESDAY_NIGHT) == 0
    group = GroupKey(OCTOBER, office.desks[0], None, "kiosk")
    decide_group(session, office.unit_id, group, Verdict(admitted=True, seen=1), WHY, reviewer=None)
    assert release_comments(session, office.unit_id, TUESDAY_NIGHT) == 5


def test_what_came_late_waits_for_a_revision(session: Session) -> None:
    office = small_office(session)
    wrote(session, office, *FIVE, late=True)
    assert release_comments(session, office.unit_id, TUESDAY_NIGHT) == 0
    make_closed_month(session, office.unit_id, summing_to(300, 12))
    assert release_comments(session, office.unit_id, TUESDAY_NIGHT) == 0
    with untriggered(session):
        session.execute(update(Closing).values(late_until=TUESDAY))
    assert release_comments(session, office.unit_id, TUESDAY_NIGHT) == 5


def test_a_comment_keeps_no_time_but_the_month_and_no_rating(on_sqlite: Session) -> None:
    office = small_office(on_sqlite)
    released(on_sqlite, office)
    kept = {column.name for column in Comment.__table__.columns}  # type: ignore[attr-defined]
    assert kept == {"id", "unit_id", "batch_id", "month", "desk_id", "text", "masked"}


def test_the_order_of_a_batch_tells_nothing_of_the_order_of_writing(on_sqlite: Session) -> None:
    firsts = Counter[str]()
    for _ in range(12):
        office = small_office(on_sqlite)
        released(on_sqlite, office, [f"Komentar ke {each}" for each in "abcdefgh"])
        of_unit = select(Comment).where(col(Comment.unit_id) == office.unit_id)
        listed = on_sqlite.scalars(of_unit.order_by(col(Comment.id))).all()
        firsts[listed[0].text or ""] += 1
    assert len(firsts) > 2


def test_names_of_the_roster_are_masked_before_anybody_reads(on_sqlite: Session) -> None:
    office = small_office(on_sqlite)
    assign(on_sqlite, office, 0)
    on_sqlite.execute(
        update(Officer).where(col(Officer.id) == office.officers[0]).values(name="Sari Wulandari")
    )
    released(on_sqlite, office, [*FIVE[:4], "Bu sari tolol, nik 3273012505900001"])
    assert "Bu [nama] [kata kasar], nik [nomor]" in texts_of(on_sqlite, office)
    [masked] = on_sqlite.scalars(select(col(Comment.masked)).where(col(Comment.masked) > 0))
    assert masked == 3


def test_the_log_tells_how_many_and_not_what(on_sqlite: Session) -> None:
    office = small_office(on_sqlite)
    released(on_sqlite, office)
    [entry] = on_sqlite.scalars(
        select(LogEntry).where(
            col(LogEntry.unit_id) == office.unit_id, col(LogEntry.act) == "comments.released"
        )
    )
    assert entry.facts == '{"comments": 5, "masked": 0}'


NOVEMBER = Month(2026, 11)
FIRST, SECOND = (1, OCTOBER), (2, OCTOBER)
desk_months = st.tuples(st.none() | st.integers(1, 4), st.sampled_from([OCTOBER, NOVEMBER]))


def gives_away(desks: list[tuple[int | None, Month]], named: Collection[object]) -> bool:
    """Tell whether a month shows named desks beside one to four comments of the others."""
    unnamed = Counter(month for desk, month in desks if (desk, month) not in named)
    with_names = {month for desk, month in desks if (desk, month) in named}
    return any(0 < unnamed[month] < SMALLEST_BATCH for month in with_names)


@given(st.lists(desk_months, max_size=60))
def test_a_desk_is_named_for_five_and_what_stays_unnamed_cannot_be_told_from_it(
    desks: list[tuple[int | None, Month]],
) -> None:
    named, counts = named_desks(desks), Counter(desks)
    assert all(counts[each] >= SMALLEST_BATCH for each in named)
    assert not gives_away(desks, named)


def test_naming_every_desk_with_five_would_give_another_away() -> None:
    batch = [FIRST] * 5 + [SECOND]
    without_care = {each for each, count in Counter(batch).items() if count >= SMALLEST_BATCH}
    assert gives_away([*batch], without_care)  # the sixth is of the only other desk
    assert named_desks(batch) == frozenset()


def test_comments_of_another_month_hide_no_desk() -> None:
    batch: list[tuple[int | None, Month]] = [*[FIRST] * 6, *[SECOND] * 3, *[(2, NOVEMBER)] * 2]
    assert gives_away(batch, {FIRST})  # three of October beside the first desk's, whatever else
    assert named_desks(batch) == frozenset()


def test_a_batch_names_the_desk_that_five_are_about(session: Session) -> None:
    office = small_office(session)
    wrote(session, office, *FIVE, desk=0)
    wrote(session, office, *FIVE, desk=1)
    wrote(session, office, *FIVE[:4], desk=2)
    wrote(session, office, FIVE[4], desk=None)
    assert release_comments(session, office.unit_id, TUESDAY_NIGHT) == 15
    desks = Counter(
        session.scalars(select(col(Comment.desk_id)).where(col(Comment.unit_id) == office.unit_id))
    )
    assert desks == {office.desks[0]: 5, office.desks[1]: 5, None: 5}


def test_an_office_reads_nothing_of_another(engine: Engine) -> None:
    with writing(engine) as session:
        here, there = small_office(session), small_office(session)
        wrote(session, there, *FIVE)
        assert release_comments(session, here.unit_id, TUESDAY_NIGHT) == 0
        released(session, here)
    with reading(engine) as session:
        assert len(keys_of(session, here)) == 5
        assert keys_of(session, there) == []
        assert session.scalars(select(CommentSource)).all()
        assert {each.size for each in session.scalars(select(CommentBatch))} == {5}


def test_the_database_refuses_a_batch_of_four(session: Session) -> None:
    office = small_office(session)
    released(session, office)
    with pytest.raises(Exception, match="batches_have_five"), session.begin_nested():
        session.execute(text("UPDATE comment_batch SET size = 4"))


def test_a_finding_after_the_release_takes_nothing_back(on_sqlite: Session) -> None:
    office = small_office(on_sqlite)
    ids = wrote(on_sqlite, office, *FIVE)
    release_comments(on_sqlite, office.unit_id, TUESDAY_NIGHT)
    suspect(on_sqlite, office, ids, [Signal.BURST])
    assert len(texts_of(on_sqlite, office)) == 5

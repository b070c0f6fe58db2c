"""Retention: what was kept for its time is erased, and every seal still holds (method §9)."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, event, insert, select, update
from sqlmodel import col

from aggregation.access.models import FailedSignIn, OneTimeLink
from aggregation.access.one_time_link import Purpose, new_link
from aggregation.access.staff_session import open_session, running
from aggregation.comments.models import Comment, CommentSource
from aggregation.comments.raw_words import raw_words
from aggregation.proof.verify import verify
from deploy.nilai import main
from deploy.passing_marks import LINK_IS_EXPLAINED
from deploy.purge import AT_ONCE, Purged, purge
from kiosk.models import Device
from survey.command import Installation
from survey.database import reading, writing
from survey.models import Desk, LogEntry, PrivateText, ServiceUnit
from survey.month import Month
from survey.screening_models import RecentTap
from survey.sealing import seal_days
from tests.comment_factories import HEAD, released, wrote
from tests.factories import KEYS
from tests.fleet_factories import stand_tablet
from tests.month_factories import small_office
from tests.record_factories import NOON, Office, an_office, everything_in, more_about, visit
from tests.seal_factories import NIGHT, new_key, rate_days
from tests.sign_in_factories import make_staff
from tests.tampering import tampering

A_YEAR_ON = datetime(2027, 10, 4, 17, tzinfo=UTC)
"""Midnight in Jakarta: 5 October 2027 begins there."""

TWO_YEARS_ON = datetime(2028, 10, 4, 17, tzinfo=UTC)
A_SECOND = timedelta(seconds=1)
PROFILE = {"SEX": "P", "AGE": "26-35"}


def told(engine: Engine, zone: str = "Asia/Jakarta") -> Office:
    """Let a citizen write and tell of oneself on 5 October 2026."""
    office = an_office(engine, services=["KK"], zone=zone)
    tap = visit(4)
    office.send(tap)
    office.add(more_about(tap, comment="Cepat sekali", profile=PROFILE))
    return office


def fields_kept(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return sorted(session.scalars(select(col(PrivateText.field))))


def acts(engine: Engine) -> list[str]:
    with reading(engine) as session:
        purged = select(LogEntry).where(col(LogEntry.act) == "retention.purged")
        return sorted(entry.facts for entry in session.scalars(purged))


def test_profile_fields_go_together_after_a_year_and_words_after_two(engine: Engine) -> None:
    told(engine)
    assert purge(engine, A_YEAR_ON - A_SECOND).profiles == 0
    assert fields_kept(engine) == ["AGE", "COMMENT", "SEX"]
    assert purge(engine, A_YEAR_ON) == Purged(profiles=1)
    assert fields_kept(engine) == ["COMMENT"]
    assert purge(engine, TWO_YEARS_ON - A_SECOND).comments == 0
    assert purge(engine, TWO_YEARS_ON).comments == 1
    assert fields_kept(engine) == []
    assert purge(engine, TWO_YEARS_ON) == Purged()
    assert acts(engine) == ['{"comments": 1}', '{"marks": 1}', '{"profiles": 1}']


def test_a_unit_has_its_own_midnight_also_when_it_is_switched_off(sqlite_engine: Engine) -> None:
    east = told(sqlite_engine, "Asia/Jayapura")
    told(sqlite_engine, "Asia/Jakarta")
    with writing(sqlite_engine) as session:
        own = col(ServiceUnit.id) == east.desk.unit_id
        session.execute(update(ServiceUnit).where(own).values(active=False))
    assert purge(sqlite_engine, A_YEAR_ON - timedelta(hours=2)).profiles == 1
    assert purge(sqlite_engine, A_YEAR_ON).profiles == 1


def test_every_seal_holds_after_all_texts_are_erased(engine: Engine) -> None:
    rate_days(an_office(engine, services=["KK"]), days=2)
    seal_days(engine, new_key(), NIGHT)
    assert purge(engine, TWO_YEARS_ON + timedelta(days=9)) == Purged(
        comments=4, profiles=4, marks=2
    )
    assert fields_kept(engine) == []
    assert list(verify(engine, TWO_YEARS_ON).differences) == []


def test_a_text_that_is_changed_instead_is_found(sqlite_engine: Engine) -> None:
    told(sqlite_engine)
    seal_days(sqlite_engine, new_key(), NIGHT)
    with tampering(sqlite_engine) as session:
        session.execute(update(PrivateText).values(text="L"))
    assert list(verify(sqlite_engine, NIGHT).differences) != []


def test_a_tablet_may_send_again_what_has_been_erased(engine: Engine) -> None:
    office = an_office(engine)
    tap = visit(4)
    office.send(tap)
    about = more_about(tap, comment="Cepat", profile=PROFILE)
    receipt = office.add(about).receipt
    purge(engine, TWO_YEARS_ON)
    assert office.add(about, TWO_YEARS_ON).receipt == receipt


def test_a_masked_comment_stays_and_leads_to_no_response(engine: Engine) -> None:
    with writing(engine) as session:
        office = small_office(session)
        key = released(session, office)[0]
    assert purge(engine, TWO_YEARS_ON).comments == 5
    with writing(engine) as session:
        assert session.scalars(select(CommentSource)).all() == []
        assert len(session.scalars(select(Comment).where(col(Comment.text) != "")).all()) == 5
        assert raw_words(session, office.unit_id, key, HEAD, reviewer=None) is None


def test_what_waits_in_great_number_goes_in_batches_each_with_its_act(
    sqlite_engine: Engine,
) -> None:
    with writing(sqlite_engine) as session:
        wrote(session, small_office(session), *["Antre"] * (AT_ONCE + 3))
    assert purge(sqlite_engine, TWO_YEARS_ON).comments == AT_ONCE + 3
    assert acts(sqlite_engine) == ['{"comments": 3}', f'{{"comments": {AT_ONCE}}}']


def test_a_dry_run_counts_and_changes_nothing(sqlite_engine: Engine) -> None:
    told(sqlite_engine)
    before = everything_in(sqlite_engine)
    assert purge(sqlite_engine, TWO_YEARS_ON, dry_run=True) == Purged(1, 1, 1)
    assert everything_in(sqlite_engine) == before


def test_erased_words_are_no_longer_in_the_file(sqlite_engine: Engine) -> None:
    told(sqlite_engine)
    assert b"Cepat sekali" in file_of(sqlite_engine)
    purge(sqlite_engine, TWO_YEARS_ON)
    assert b"Cepat sekali" not in file_of(sqlite_engine)


@pytest.mark.parametrize("careless", [False, True], ids=["shipped", "careless"])
def test_no_page_that_was_full_keeps_a_copy_of_erased_words(
    sqlite_engine: Engine, *, careless: bool
) -> None:
    if careless:
        event.listen(sqlite_engine, "checkout", _leave_copies)
    try:
        with writing(sqlite_engine) as session:
            wrote(session, small_office(session), *["Cepat sekali"] * 600)
    finally:
        if careless:
            event.remove(sqlite_engine, "checkout", _leave_copies)
            sqlite_engine.dispose()
    assert purge(sqlite_engine, TWO_YEARS_ON).comments == 600
    assert (b"Cepat sekali" in file_of(sqlite_engine)) is careless


def _leave_copies(connection: Any, *_: object) -> None:  # noqa: ANN401
    connection.execute("PRAGMA secure_delete=OFF")


def file_of(engine: Engine) -> bytes:
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        connection.rollback()
        assert driver is not None
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Path(str(engine.url.database)).read_bytes()


def test_marks_of_minutes_and_hours_are_gone_within_two_days(engine: Engine) -> None:
    office = an_office(engine)
    office.send(visit(4))
    account = make_staff(engine)
    with writing(engine) as session:
        session.execute(insert(FailedSignIn), {"corner": bytes(32), "failures": 1, "last_at": NOON})
        tablet = stand_tablet(session, session.get_one(Desk, office.desk.id), NOON)
        tapped = {"last_sequence": 7, "last_tapped_at": NOON}
        session.execute(update(Device).values(tapped))
        new_link(session, Purpose.SIGN_IN, NOON, account_id=account)
        open_session(session, account, NOON)
    assert purge(engine, NOON + timedelta(hours=1)).marks == 1
    assert purge(engine, NOON + timedelta(hours=24)).marks == 3
    assert purge(engine, NOON + LINK_IS_EXPLAINED).marks == 0
    assert purge(engine, NOON + LINK_IS_EXPLAINED + timedelta(hours=1)).marks == 1
    with reading(engine) as session:
        assert session.get_one(Device, tablet).last_tapped_at is None
        assert session.scalars(select(OneTimeLink)).all() == []


def test_what_still_works_is_left_alone(sqlite_engine: Engine) -> None:
    office = an_office(sqlite_engine)
    office.send(visit(4))
    account = make_staff(sqlite_engine)
    with writing(sqlite_engine) as session:
        key = open_session(session, account, NOON)
        new_link(session, Purpose.INVITATION, NOON, account_id=account)
    assert purge(sqlite_engine, NOON + timedelta(minutes=10)) == Purged()
    with reading(sqlite_engine) as session:
        assert running(session, key, NOON + timedelta(minutes=10)) is not None
        assert len(session.scalars(select(RecentTap)).all()) == 1


@pytest.mark.parametrize(
    ("options", "said"), [([], "Dihapus: 1 komentar"), (["--dry-run"], "Akan dihapus: 1 komentar")]
)
def test_the_command_says_how_much(sqlite_engine: Engine, options: list[str], said: str) -> None:
    with writing(sqlite_engine) as session:
        wrote(session, small_office(session), "Antre", on=date(2020, 10, 5), month=Month(2020, 10))
    done = CliRunner().invoke(main, ["purge", *options], obj=Installation(KEYS, sqlite_engine))
    assert done.exit_code == 0, done.output
    assert said in done.output

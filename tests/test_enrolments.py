"""One-time codes: they make a tablet one of a desk's, once, for ten minutes, in five tries."""

import hashlib
import json
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine

from kiosk import enrolments
from kiosk.devices import UnknownDevice, revoke, standing_at
from kiosk.enrolments import (
    LASTS,
    MOST_TRIES,
    PIN_ROUNDS,
    Applicant,
    IssuedCode,
    OtherDesk,
    issue_code,
    spend_code,
    use_code,
)
from survey.database import reading, writing
from survey.desks import DeskClosed, desk_by_id
from survey.spelling import ALPHABET, typed
from tests.factories import KEYS
from tests.record_factories import NOON, Office, an_office, neighbour_of, rows_of
from tests.tablet_factories import issued, new_key, public

KEY = KEYS.key(enrolments.PURPOSE)
PUBLIC = public(new_key())


@pytest.fixture
def office(sqlite_engine: Engine) -> Office:
    return an_office(sqlite_engine)


def use(
    office: Office, code: str, at: datetime = NOON, previous: UUID | None = None
) -> UUID | None:
    """Enrol a tablet; None if the code was refused."""
    with writing(office.engine) as session:
        used = use_code(session, Applicant(typed(code), PUBLIC, previous), at, key=KEY)
        return None if used is None else used[0].id


def wrong_end(code: str) -> str:
    """Return a code with the same first half that is not the one."""
    return code[:-1] + ALPHABET[(ALPHABET.index(code[-1]) + 1) % 32]


def test_a_code_makes_a_tablet_of_its_desk(office: Office) -> None:
    device_id = use(office, issued(office.engine, office.desk.id).code)
    [device] = rows_of(office.engine, "device")
    assert (device["id"], device["desk_id"]) == (device_id, office.desk.id)
    assert (device["public_key"], device["enrolled_at"]) == (PUBLIC, NOON)


def test_a_code_serves_once(office: Office) -> None:
    code = issued(office.engine, office.desk.id).code
    assert use(office, code)
    assert use(office, code) is None


def test_a_code_lasts_ten_minutes(office: Office) -> None:
    first, second = (issued(office.engine, office.desk.id).code for _ in range(2))
    assert use(office, first, NOON + LASTS) is None
    assert use(office, second, NOON + LASTS - timedelta(seconds=1))


def test_small_letters_and_missing_dashes_are_forgiven(office: Office) -> None:
    code = issued(office.engine, office.desk.id).code
    assert use(office, code.lower().replace("-", " "))


def test_a_second_code_for_a_desk_leaves_the_first_as_it_is(office: Office) -> None:
    codes = [issued(office.engine, office.desk.id).code for _ in range(2)]
    assert all(use(office, code) for code in codes)


def test_five_wrong_tries_kill_a_code(office: Office) -> None:
    code = issued(office.engine, office.desk.id).code
    for _ in range(MOST_TRIES):
        assert use(office, wrong_end(code)) is None
    assert use(office, code) is None
    [row] = rows_of(office.engine, "enrolment")
    assert row["wrong_tries"] == MOST_TRIES


def test_four_wrong_tries_do_not(office: Office) -> None:
    code = issued(office.engine, office.desk.id).code
    for _ in range(MOST_TRIES - 1):
        use(office, wrong_end(code))
    assert use(office, code)


def test_a_try_that_is_not_committed_would_not_count(office: Office) -> None:
    """A control: why the caller commits although the answer is a refusal."""
    code = issued(office.engine, office.desk.id).code
    for _ in range(MOST_TRIES):
        with reading(office.engine) as session:
            use_code(session, Applicant(typed(wrong_end(code)), PUBLIC), NOON, key=KEY)
    assert use(office, code)


@pytest.mark.parametrize("code", ["", "7K3M", "7K3MQ9TX", "7K3M-Q9TX-7K3M", "UUUUUUUU", "7K3MQ9TÉ"])
def test_what_was_never_issued_opens_nothing(office: Office, code: str) -> None:
    issued(office.engine, office.desk.id)
    assert use(office, code) is None
    assert rows_of(office.engine, "device") == []


def test_sixteen_tablets_with_one_code_are_one(engine: Engine) -> None:
    office = an_office(engine)
    code, together = issued(office.engine, office.desk.id).code, Barrier(16)

    def one(_: int) -> bool:
        together.wait()
        return use(office, code) is not None

    with ThreadPoolExecutor(16) as threads:
        assert Counter(threads.map(one, range(16))) == {True: 1, False: 15}
    assert len(rows_of(office.engine, "device")) == 1


def test_wrong_tries_at_once_are_all_counted(engine: Engine) -> None:
    office = an_office(engine)
    code, together = issued(office.engine, office.desk.id).code, Barrier(MOST_TRIES)

    def one(_: int) -> None:
        together.wait()
        use(office, wrong_end(code))

    with ThreadPoolExecutor(MOST_TRIES) as threads:
        list(threads.map(one, range(MOST_TRIES)))
    assert use(office, code) is None


def test_a_tablet_enrolled_again_at_its_desk_remembers_what_it_was(office: Office) -> None:
    first = use(office, issued(office.engine, office.desk.id).code)
    again = use(office, issued(office.engine, office.desk.id).code, previous=first)
    succeeds = {row["id"]: row["succeeds"] for row in rows_of(office.engine, "device")}
    assert succeeds == {first: None, again: first}


def test_a_tablet_of_another_desk_is_refused_and_the_code_stays_good(office: Office) -> None:
    elsewhere = neighbour_of(office)
    first = use(office, issued(office.engine, elsewhere.desk.id).code)
    code = issued(office.engine, office.desk.id).code
    with pytest.raises(OtherDesk):
        use(office, code, previous=first)
    assert use(office, code)


def test_an_earlier_enrolment_that_nobody_knows_says_nothing(office: Office) -> None:
    assert use(office, issued(office.engine, office.desk.id).code, previous=uuid4())
    assert [row["succeeds"] for row in rows_of(office.engine, "device")] == [None]


def test_a_browser_that_keeps_nothing_spends_the_code_too(office: Office) -> None:
    code = issued(office.engine, office.desk.id).code
    with writing(office.engine) as session:
        assert spend_code(session, typed(code), NOON, key=KEY) == office.desk.id
    assert use(office, code) is None
    assert rows_of(office.engine, "device") == []


def test_a_closed_desk_gets_no_code(office: Office) -> None:
    closed = replace(office.desk, active=False)
    with writing(office.engine) as session, pytest.raises(DeskClosed):
        issue_code(session, closed, NOON, actor="cli", key=KEY)


def test_codes_that_are_over_are_taken_away(office: Office) -> None:
    issued(office.engine, office.desk.id)
    issued(office.engine, office.desk.id, NOON + LASTS)
    assert len(rows_of(office.engine, "enrolment")) == 1


def test_a_revoked_tablet_stands_at_the_desk_no_more(office: Office) -> None:
    device_id = use(office, issued(office.engine, office.desk.id).code)
    assert device_id is not None
    with writing(office.engine) as session:
        assert standing_at(session, office.desk.id) == [device_id]
        assert revoke(session, device_id, NOON, actor="cli")
        assert standing_at(session, office.desk.id) == []
        assert not revoke(session, device_id, NOON + LASTS, actor="cli")
    [device] = rows_of(office.engine, "device")
    assert device["revoked_at"] == NOON


def test_a_tablet_that_nobody_knows_cannot_be_revoked(office: Office) -> None:
    with writing(office.engine) as session, pytest.raises(UnknownDevice):
        revoke(session, uuid4(), NOON, actor="cli")


def test_neither_code_nor_pin_is_kept_or_logged(office: Office) -> None:
    told: list[IssuedCode] = [issued(office.engine, office.desk.id) for _ in range(3)]
    device_id = use(office, told[0].code)
    assert device_id is not None
    with writing(office.engine) as session:
        revoke(session, device_id, NOON, actor="cli")
    kept = str(rows_of(office.engine, "enrolment") + rows_of(office.engine, "log_entry"))
    for each in told:
        assert not re.search(rf"\b{each.pin}\b", kept)
        assert each.code not in kept
        assert typed(each.code) not in kept
    acts = Counter(row["act"] for row in rows_of(office.engine, "log_entry"))
    assert acts == {"tablet.code_issued": 3, "tablet.enrolled": 1, "tablet.revoked": 1}
    [enrolled] = [r for r in rows_of(office.engine, "log_entry") if r["act"] == "tablet.enrolled"]
    assert json.loads(enrolled["facts"]) == {"device": str(device_id)}


def test_a_pin_has_six_digits_and_is_kept_as_a_browser_derives_it(office: Office) -> None:
    told = issued(office.engine, office.desk.id)
    [row] = rows_of(office.engine, "enrolment")
    assert len(told.pin) == 6
    assert told.pin.isdecimal()
    derived = hashlib.pbkdf2_hmac("sha256", told.pin.encode(), row["pin_salt"], PIN_ROUNDS)
    assert row["pin_hash"] == derived


def test_every_code_and_pin_is_another(office: Office) -> None:
    with writing(office.engine) as session:
        desk = desk_by_id(session.connection(), office.desk.id, KEYS.key("desk"))
        told = [issue_code(session, desk, NOON, actor="cli", key=KEY) for _ in range(5)]
    assert len({each.code for each in told}) == len({each.pin for each in told}) == 5

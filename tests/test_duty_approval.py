"""A second person looks at what changes days that have passed (method §4.3)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from aggregation.changes.batch import Cause
from aggregation.duties import past_changes
from aggregation.duties.batch_change import batch_changes
from aggregation.duties.batch_decision import (
    DecidedAlready,
    MonthClosedMeanwhile,
    OwnBatch,
    OwnHalfHours,
    RefusalUnexplained,
    UnknownBatch,
    decide_batch,
    note_decision,
)
from aggregation.duties.batch_force import is_waiting
from aggregation.duties.duty_check import check_duties
from aggregation.duties.duty_lines import DayException, DutyLine, RosterLine
from aggregation.duties.own_duties import own_duties
from aggregation.duties.recorded_duties import (
    NotACorrection,
    ReasonMissing,
    duties_of,
    duties_of_desk,
    duties_of_desks,
    record_correction,
    record_duties,
    recorded_duties,
)
from aggregation.duties.roster import who_served
from aggregation.duties.unplaced import unplaced_officers
from aggregation.duties.waiting_changes import waiting_in
from aggregation.office.set_up_state import set_up_facts
from aggregation.office.sheet_template import SheetKind
from survey.database import reading, writing
from survey.month import Month, midnight
from tests.duty_factories import MONDAY, RosteredOffice, because, rostered
from tests.month_factories import Seen, small_office, store
from tests.office_factories import SARI_NIP, close, duty_sheet, take
from tests.record_factories import rows_of

LATER = datetime(2026, 10, 14, 3, 0, tzinfo=UTC)
"""Wednesday, nine days after the roster was recorded."""

OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)
THE_12TH = date(2026, 10, 12)
HEAD = Cause("kepala", "Sudah saya cocokkan dengan absensi", LATER, "kepala")


def whose(office: RosteredOffice, day: date = THE_12TH, slot: int = 16) -> str | None:
    """Say who served at Loket 1 in a half hour."""
    names = {id_: name for name, id_ in office.officers.items()}
    with reading(office.engine) as session:
        month = Month.of(day)
        for each in who_served(duties_of(session, office.unit.id, month), month):
            if (
                each.desk_id == office.desks["L1"]
                and each.starts <= midnight(day) + slot < each.ends
            ):
                return names[each.officer_id]
    return None


def stands_in(
    office: RosteredOffice, day: date = THE_12TH, at: datetime = LATER, officer: str = "Budi"
) -> UUID:
    line = DayException(office.desks["L1"], office.officers[officer], day, 16, 24)
    with writing(office.engine) as session:
        return record_duties(session, office.unit.id, [line], because(at=at))


def decide(
    office: RosteredOffice,
    batch_id: UUID,
    cause: Cause = HEAD,
    *,
    approved: bool = True,
    officer: str | None = None,
) -> None:
    officer_id = office.officers[officer] if officer else None
    with writing(office.engine) as session:
        decide_batch(session, office.unit.id, batch_id, approved, cause, officer_id=officer_id)


def waiting(engine: Engine, batch_id: UUID) -> bool:
    with reading(engine) as session:
        return is_waiting(session, batch_id)


# What needs a second person.


def test_a_change_of_a_day_gone_by_holds_only_once_it_is_approved(engine: Engine) -> None:
    office = rostered(engine)
    batch_id = stands_in(office)
    assert waiting(engine, batch_id)
    assert whose(office) == "Sari"
    decide(office, batch_id)
    assert not waiting(engine, batch_id)
    assert whose(office) == "Budi"


def test_a_refused_change_never_holds(engine: Engine) -> None:
    office = rostered(engine)
    batch_id = stands_in(office)
    decide(office, batch_id, approved=False)
    assert not waiting(engine, batch_id)
    assert whose(office) == "Sari"
    assert {row["act"] for row in rows_of(engine, "log_entry")} >= {"duties.refused"}


def test_a_change_of_today_or_later_needs_nobody(engine: Engine) -> None:
    office = rostered(engine)
    stands_in(office, LATER.date())
    assert whose(office, LATER.date()) == "Budi"


def test_a_roster_that_begins_in_the_past_waits_whole(engine: Engine) -> None:
    office = rostered(engine)
    line = RosterLine(office.desks["L1"], office.officers["Budi"], 1, date(2026, 10, 12), 16, 24)
    with writing(engine) as session:
        batch_id = record_duties(session, office.unit.id, [line], because(at=LATER))
    assert waiting(engine, batch_id)
    assert whose(office, date(2026, 10, 19)) == "Sari"
    decide(office, batch_id)
    assert whose(office) == whose(office, date(2026, 10, 19)) == "Budi"


def test_nothing_that_reads_duties_knows_of_a_waiting_one(engine: Engine) -> None:
    office = rostered(engine)
    l1, unit_id = office.desks["L1"], office.unit.id
    with reading(engine) as session:
        before = all_that_is_read(session, office)
    stands_in(office, officer="Ahmad")
    roster = RosterLine(l1, office.officers["Ahmad"], 1, date(2026, 10, 12), 16, 24)
    with writing(engine) as session:
        record_duties(session, unit_id, [roster], because(at=LATER))
    with reading(engine) as session:
        assert all_that_is_read(session, office) == before


def all_that_is_read(session: Session, office: RosteredOffice) -> list[object]:
    l1, unit_id = office.desks["L1"], office.unit.id
    return [
        duties_of(session, unit_id, OCTOBER),
        duties_of_desk(session, unit_id, l1),
        duties_of_desks(session, unit_id, [l1], [OCTOBER, NOVEMBER]),
        recorded_duties(session, unit_id),
        own_duties(session, office.officers["Ahmad"], date(2026, 10, 12)),
        unplaced_officers(session, unit_id, date(2027, 6, 1)),
        check_duties(session, unit_id, OCTOBER),
    ]


def test_a_desk_whose_first_roster_waits_is_not_rostered_yet(engine: Engine) -> None:
    office = rostered(engine)
    l2, ahmad = office.desks["L2"], office.officers["Ahmad"]
    roster = RosterLine(l2, ahmad, 1, date(2026, 10, 12), 16, 24)
    with writing(engine) as session:
        gone = DayException(l2, ahmad, THE_12TH, 16, 24)
        record_duties(session, office.unit.id, [gone], because(at=LATER))
        batch_id = record_duties(session, office.unit.id, [roster], because(at=LATER))
    assert rostered_desks(office) == 1
    decide(office, batch_id)
    assert rostered_desks(office) == 2


def rostered_desks(office: RosteredOffice) -> int:
    with reading(office.engine) as session:
        facts = set_up_facts(session, office.unit.id, LATER.date(), has_head=False, has_hr=False)
    return facts.rostered_desks


def test_the_first_duties_of_a_desk_may_begin_in_the_past(session: Session) -> None:
    office = small_office(session)
    line = RosterLine(office.desks[1], office.officers[1], 1, date(2026, 10, 5), 16, 24)
    assert not is_waiting(
        session, record_duties(session, office.unit_id, [line], because(at=LATER))
    )


def test_not_where_citizens_have_rated_the_desk_in_those_days(session: Session) -> None:
    office = small_office(session)
    store(session, office, [Seen(midnight(date(2026, 10, 6)) + 18, desk=1)])
    before, after = date(2026, 10, 7), date(2026, 10, 6)
    officer = office.officers[1]
    lines = [RosterLine(office.desks[1], officer, 2, since, 16, 24) for since in (before, after)]
    batches = [
        record_duties(session, office.unit_id, [line], because(at=LATER))
        for line in reversed(lines)
    ]
    assert is_waiting(session, batches[0])
    assert not is_waiting(session, batches[1])


def test_without_the_rule_nothing_would_wait(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a product that forgets to ask would be noticed by the tests above."""
    office = rostered(engine)
    monkeypatch.setattr(past_changes, "_was_on_duty", lambda *_: False)
    assert not waiting(engine, stands_in(office))
    assert whose(office) == "Budi"


def test_a_sheet_says_that_it_waits(engine: Engine) -> None:
    office = rostered(engine)
    sheet = duty_sheet(
        f"L1;{SARI_NIP};;2026-10-20;08.00;12.00;;Cuti Budi",
        "L1;HL-021;;2026-10-12;08.00;12.00;;Sari sakit",
    )
    outcome = take(engine, SheetKind.DUTIES, sheet, at=LATER)
    [warning] = map(str, outcome.warnings)
    assert warning == (
        "Baris 3, kolom TANGGAL: mengubah hari yang sudah lewat, jadi seluruh lembar ini baru "
        "berlaku setelah disetujui orang kedua di halaman Jadwal, Persetujuan."
    )
    assert whose(office) == "Sari"


# Who may decide, and when.


def test_nobody_approves_what_he_recorded(engine: Engine) -> None:
    office = rostered(engine)
    batch_id = stands_in(office)
    for approved in (True, False):
        with pytest.raises(OwnBatch):
            decide(office, batch_id, because("Saya yakin", LATER), approved=approved)
    assert waiting(engine, batch_id)


@pytest.mark.parametrize("officer", ["Sari", "Budi"])
def test_nobody_approves_a_change_of_his_own_half_hours(engine: Engine, officer: str) -> None:
    office = rostered(engine)
    batch_id = stands_in(office)
    with pytest.raises(OwnHalfHours):
        decide(office, batch_id, officer=officer)
    decide(office, batch_id, officer="Ahmad")


def test_a_change_is_decided_once(engine: Engine) -> None:
    office = rostered(engine)
    batch_id = stands_in(office)
    decide(office, batch_id, approved=False)
    with pytest.raises(DecidedAlready):
        decide(office, batch_id)
    assert whose(office) == "Sari"


def test_of_two_who_decide_at_once_one_is_told(engine: Engine) -> None:
    office = rostered(engine)
    batch_id = stands_in(office)

    def attempt(name: str) -> bool:
        try:
            decide(office, batch_id, Cause(name, "Ya", LATER, name), approved=name < "c")
        except DecidedAlready:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, "abcd")) == 1
    assert len(rows_of(engine, "batch_decision")) == 1


def test_a_refusal_gives_a_reason(engine: Engine) -> None:
    office = rostered(engine)
    batch_id = stands_in(office)
    with pytest.raises(RefusalUnexplained):
        decide(office, batch_id, Cause("kepala", "", LATER, "kepala"), approved=False)


def test_what_needs_nobody_cannot_be_decided(engine: Engine) -> None:
    office = rostered(engine)
    for batch_id in (stands_in(office, LATER.date()), UUID(int=5)):
        with pytest.raises(UnknownBatch):
            decide(office, batch_id)


def test_a_month_closed_meanwhile_is_left_to_a_revision(engine: Engine) -> None:
    office = rostered(engine)
    batch_id = stands_in(office)
    close(engine, office.unit.id)
    with pytest.raises(MonthClosedMeanwhile):
        decide(office, batch_id)
    assert whose(office) == "Sari"


# What it changes.


def test_the_change_says_whose_half_hours_move(engine: Engine) -> None:
    office = rostered(engine)
    sari, budi = office.officers["Sari"], office.officers["Budi"]
    line = DayException(office.desks["L1"], budi, THE_12TH, 20, 28)
    with writing(engine) as session:
        batch_id = record_duties(session, office.unit.id, [line], because(at=LATER))
    with reading(engine) as session:
        found = batch_changes(session, office.unit.id, batch_id, LATER.date())
    assert [(c.day, c.first_slot, c.end_slot, set(c.before), set(c.after)) for c in found] == [
        (THE_12TH, 20, 24, {sari}, {budi}),
        (THE_12TH, 24, 26, set(), {budi}),
    ]


def test_a_roster_is_shown_to_a_week_after_today(engine: Engine) -> None:
    office = rostered(engine)
    line = RosterLine(office.desks["L1"], office.officers["Sari"], 1, THE_12TH, 16, 24)
    with writing(engine) as session:
        batch_id = record_duties(session, office.unit.id, [line], because(at=LATER))
    with reading(engine) as session:
        found = batch_changes(session, office.unit.id, batch_id, LATER.date())
    assert found[0].day == THE_12TH
    assert found[-1].day == date(2026, 10, 21)
    assert all(not change.after for change in found)


def test_what_waits_is_told_of_each_month_it_touches(engine: Engine) -> None:
    office = rostered(engine)
    l1, budi = office.desks["L1"], office.officers["Budi"]
    refused = stands_in(office)
    many = [DayException(l1, budi, date(2026, 10, day), 16, 17) for day in range(5, 10)]
    roster = RosterLine(l1, budi, 1, THE_12TH, 16, 24)
    with writing(engine) as session:
        record_duties(session, office.unit.id, many, because(at=LATER))
        record_duties(session, office.unit.id, [roster], because(at=LATER))
    decide(office, refused, approved=False)
    with reading(engine) as session:
        assert waiting_in(session, office.unit.id, OCTOBER) == [
            "L1 2026-10-05, L1 2026-10-06, L1 2026-10-07, …",
            "L1 sejak 2026-10-12",
        ]
        assert waiting_in(session, office.unit.id, NOVEMBER) == ["L1 sejak 2026-10-12"]
        assert waiting_in(session, office.unit.id, OCTOBER.shift(-1)) == []


# Corrections of closed months.


def test_a_correction_of_a_closed_month_holds_only_with_its_revision(engine: Engine) -> None:
    office = rostered(engine)
    close(engine, office.unit.id)
    line = DayException(office.desks["L1"], office.officers["Budi"], MONDAY, 16, 24)
    with writing(engine) as session:
        batch_id = record_correction(session, office.unit.id, [line], because(at=LATER))
    assert whose(office, MONDAY) == "Sari"
    with reading(engine) as session:
        lines = duties_of(session, office.unit.id, OCTOBER, with_batch=batch_id)
    morning = next(s for s in who_served(lines, OCTOBER) if s.starts == midnight(MONDAY) + 16)
    assert morning.officer_id == office.officers["Budi"]
    with pytest.raises(MonthClosedMeanwhile):
        decide(office, batch_id)
    with writing(engine) as session:
        note_decision(session, office.unit.id, batch_id, approved=True, cause=HEAD)
    assert whose(office, MONDAY) == "Budi"


def test_a_correction_is_of_single_days_of_closed_months_and_says_why(engine: Engine) -> None:
    office = rostered(engine)
    close(engine, office.unit.id)
    l1, budi = office.desks["L1"], office.officers["Budi"]
    right = DayException(l1, budi, MONDAY, 16, 24)
    wrong: list[list[DutyLine]] = [
        [],
        [right, DayException(l1, budi, date(2026, 11, 2), 16, 24)],
        [RosterLine(l1, budi, 1, MONDAY, 16, 24)],
    ]
    with writing(engine) as session:
        for lines in wrong:
            with pytest.raises(NotACorrection):
                record_correction(session, office.unit.id, lines, because(at=LATER))
        with pytest.raises(ReasonMissing):
            record_correction(session, office.unit.id, [right], because("", LATER))
    assert not [row for row in rows_of(engine, "duty_batch") if row["needs_approval"]]

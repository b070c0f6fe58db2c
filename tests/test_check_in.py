"""An officer says at the desk who serves now: another source than the roster (method §4)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime

import pytest
from sqlalchemy import Engine

from aggregation.changes.batch import Cause
from aggregation.duties import check_in as check_in_module
from aggregation.duties.check_in import (
    CheckedInAlready,
    ElsewhereNow,
    EndsBeforeItStarts,
    NotADeskOfTheUnit,
    Occupied,
    check_in,
    check_out,
)
from aggregation.duties.check_in_list import check_ins_of
from aggregation.duties.recorded_duties import DutyOfClosedMonth, duties_of
from aggregation.duties.roster import who_served
from aggregation.people.own_unit import own_unit
from survey.database import reading, writing
from survey.models import Desk
from survey.month import Month, midnight
from tests.duty_factories import RosteredOffice, in_jakarta, rostered
from tests.month_factories import Seen, SmallOffice, store
from tests.office_factories import close
from tests.record_factories import rows_of

MONDAY = date(2026, 10, 12)
AT_NINE = in_jakarta(12, 9, 10)


def arrives(
    office: RosteredOffice,
    officer: str,
    end: int = 24,
    *,
    desk: str = "L1",
    reason: str = "",
    at: datetime = AT_NINE,
) -> None:
    cause = Cause(officer, reason, at, officer)
    with writing(office.engine) as session:
        check_in(session, office.officers[officer], office.desks[desk], end, cause)


def leaves(office: RosteredOffice, officer: str, at: datetime) -> None:
    with writing(office.engine) as session:
        check_out(session, office.officers[officer], Cause(officer, "Selesai", at, officer))


def day_of(office: RosteredOffice, desk: str = "L1", day: date = MONDAY) -> list[str]:
    """Tell whose the half hours of a day are, as the close would count them."""
    names = {id_: name for name, id_ in office.officers.items()}
    begins = midnight(day)
    with reading(office.engine) as session:
        served = who_served(duties_of(session, office.unit.id, Month.of(day)), Month.of(day))
    return [
        f"{names[each.officer_id]} {each.starts - begins}–{each.ends - begins}"
        for each in served
        if each.desk_id == office.desks[desk] and begins <= each.starts < begins + 48
    ]


def test_a_check_in_takes_the_running_half_hour_and_none_before(engine: Engine) -> None:
    office = rostered(engine)
    arrives(office, "Budi", 22, reason="Sari rapat")
    assert day_of(office) == ["Sari 16–18", "Budi 18–22", "Sari 22–24", "Budi 26–30"]
    [batch] = [row for row in rows_of(engine, "duty_batch") if row["checked_in"]]
    assert (batch["reason"], bool(batch["needs_approval"])) == ("Sari rapat", False)


def rated(office: RosteredOffice, half_hour: int, desk: str = "L1") -> None:
    rows = SmallOffice(office.unit.id, (office.desks[desk],), (), (), ())
    with writing(office.engine) as session:
        store(session, rows, [Seen(half_hour)], Month.of(MONDAY))


def test_what_citizens_said_of_a_colleague_just_now_is_not_taken_over(engine: Engine) -> None:
    office = rostered(engine)
    rated(office, midnight(MONDAY) + 18)
    with pytest.raises(EndsBeforeItStarts):
        arrives(office, "Budi", 19, reason="Sari rapat")
    arrives(office, "Budi", 22, reason="Sari rapat")
    assert day_of(office) == ["Sari 16–19", "Budi 19–22", "Sari 22–24", "Budi 26–30"]


def test_other_half_hours_and_ones_own_do_not_delay_a_check_in(engine: Engine) -> None:
    office = rostered(engine)
    rated(office, midnight(MONDAY) + 17)
    rated(office, midnight(MONDAY) + 18, desk="L2")
    arrives(office, "Budi", 20, reason="Sari rapat")
    arrives(office, "Sari", 24, desk="L2")
    assert day_of(office)[:2] == ["Sari 16–18", "Budi 18–20"]
    assert day_of(office, "L2") == ["Sari 18–24"]


def test_where_somebody_else_is_rostered_a_reason_is_asked_for(engine: Engine) -> None:
    office = rostered(engine)
    with pytest.raises(Occupied) as occupied:
        arrives(office, "Budi")
    assert occupied.value.officer_ids == {office.officers["Sari"]}
    arrives(office, "Sari")
    arrives(office, "Budi", desk="L2")
    assert day_of(office, "L2") == ["Budi 18–24"]


def test_nobody_takes_over_from_somebody_who_has_checked_in(engine: Engine) -> None:
    office = rostered(engine)
    arrives(office, "Sari", 22)
    for end in (19, 22, 30):
        with pytest.raises(CheckedInAlready):
            arrives(office, "Budi", end, reason="Saya yang bertugas")
    arrives(office, "Budi", 30, reason="Sari pulang", at=in_jakarta(12, 11))
    assert day_of(office) == ["Sari 16–22", "Budi 22–30"]


def test_nobody_serves_at_two_desks_at_once(engine: Engine) -> None:
    office = rostered(engine)
    arrives(office, "Sari")
    with pytest.raises(ElsewhereNow):
        arrives(office, "Sari", desk="L2")
    leaves(office, "Sari", AT_NINE)
    with pytest.raises(ElsewhereNow):
        arrives(office, "Sari", desk="L2")
    arrives(office, "Sari", desk="L2", at=in_jakarta(12, 9, 40))


def test_of_two_officers_at_once_one_is_told(engine: Engine) -> None:
    office = rostered(engine)

    def attempt(officer: str) -> bool:
        try:
            arrives(office, officer, desk="L2")
        except CheckedInAlready:
            return False
        return True

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(attempt, ["Sari", "Budi", "Ahmad"])) == 1
    assert len(day_of(office, "L2")) == 1


def test_leaving_gives_back_what_is_left(engine: Engine) -> None:
    office = rostered(engine)
    arrives(office, "Ahmad", 30, reason="Sari rapat")
    assert day_of(office) == ["Sari 16–18", "Ahmad 18–30"]
    leaves(office, "Ahmad", in_jakarta(12, 10, 50))
    assert day_of(office) == ["Sari 16–18", "Ahmad 18–22", "Sari 22–24", "Budi 26–30"]
    with reading(engine) as session:
        [standing] = check_ins_of(session, office.unit.id, MONDAY)
    assert (standing.first_slot, standing.end_slot) == (18, 22)
    leaves(office, "Ahmad", in_jakarta(12, 10, 50))
    assert day_of(office)[1] == "Ahmad 18–22"


def test_leaving_a_desk_that_nobody_was_at_leaves_it_empty(engine: Engine) -> None:
    office = rostered(engine)
    arrives(office, "Ahmad", 30, desk="L2")
    leaves(office, "Ahmad", in_jakarta(12, 10))
    assert day_of(office, "L2") == ["Ahmad 18–21"]
    arrives(office, "Sari", 30, desk="L2", at=in_jakarta(12, 11))
    assert day_of(office, "L2") == ["Ahmad 18–21", "Sari 22–30"]


def test_a_check_in_that_looks_at_the_roster_alone_would_be_noticed(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: with a reason the roster may be gone before, a check-in may not."""
    office = rostered(sqlite_engine)
    arrives(office, "Sari", 22)
    monkeypatch.setattr(check_in_module, "check_ins_of", lambda *_: [])
    arrives(office, "Budi", 22, reason="Saya yang bertugas")
    assert day_of(office) == ["Sari 16–18", "Budi 18–22", "Sari 22–24", "Budi 26–30"]


@pytest.mark.parametrize("end", [-1, 0, 17, 18, 49])
def test_the_end_is_after_now_and_today(sqlite_engine: Engine, end: int) -> None:
    office = rostered(sqlite_engine)
    with pytest.raises(EndsBeforeItStarts):
        arrives(office, "Sari", end)


def test_only_desks_in_use_that_are_no_hall(sqlite_engine: Engine) -> None:
    office = rostered(sqlite_engine)
    with writing(sqlite_engine) as session:
        session.get_one(Desk, office.desks["L2"]).active = False
    for desk in ("AULA", "L2"):
        with pytest.raises(NotADeskOfTheUnit):
            arrives(office, "Sari", desk=desk)
    with writing(sqlite_engine) as session, pytest.raises(NotADeskOfTheUnit):
        check_in(session, office.officers["Sari"], 99, 24, Cause("Sari", "", AT_NINE))


def test_only_who_belongs_to_the_unit_that_day(engine: Engine) -> None:
    office = rostered(engine)
    with pytest.raises(NotADeskOfTheUnit):
        arrives(office, "Sari", at=datetime.fromisoformat("2026-01-01T09:00+07:00"))
    with reading(engine) as session:
        unit = own_unit(session, office.officers["Sari"], AT_NINE)
        assert unit is not None
        assert unit.id == office.unit.id


def test_a_closed_month_stays_closed(engine: Engine) -> None:
    office = rostered(engine)
    arrives(office, "Sari")
    close(engine, office.unit.id)
    with pytest.raises(DutyOfClosedMonth):
        arrives(office, "Budi", desk="L2")
    with pytest.raises(DutyOfClosedMonth):
        leaves(office, "Sari", AT_NINE)


def test_the_day_is_the_units_own(engine: Engine) -> None:
    office = rostered(engine)
    arrives(office, "Sari", 4, desk="L2", at=in_jakarta(13, 0, 40))
    assert day_of(office, "L2", date(2026, 10, 13)) == ["Sari 1–4"]

"""`nilai nightly` and `nilai look`: every unit gets its night, once, whatever fails elsewhere."""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from click.testing import CliRunner, Result
from sqlalchemy import Engine, event, func, select
from sqlmodel import col

from aggregation.access.roles import Role
from aggregation.alerts.models import Alert
from aggregation.comments import batches
from aggregation.masking.masking import Masked, mask
from aggregation.masking.names import KnownNames
from deploy.nightly import mailing_of, night_of, run_night, run_round
from deploy.nilai import main
from deploy.unit_night import TASKS, Task
from survey.command import Installation
from survey.database import reading, writing
from survey.models import ServiceUnit, table_of
from survey.month import Month
from survey.seal_models import Seal, Verification
from survey.settings import Settings
from survey.units import unit_with
from tests.alert_factories import at, made_comments, made_tablet, made_unit, mailed_account
from tests.comment_factories import wrote
from tests.factories import settings
from tests.mail_server import Inbox, mail_server
from tests.month_factories import small_office
from tests.probing import SWALLOWS, break_intake, faults_in
from tests.questionnaires import summing_to
from tests.record_factories import everything_in
from tests.seal_factories import new_key_file, rated_days
from tests.site_client import phone
from tests.staff_factories import make_closed_month

NIGHT = at(4, 2, 30)
SENDER = "nilai@contoh.example"
RELEASED = "angka sudah dirilis; tidak ada komentar yang dirilis."
SEEN = "1 kabar baru, 0 selesai."
CLEAN = "0 komentar asli, 0 profil, 0 catatan sementara dihapus."


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with mail_server() as server:
        yield server


@pytest.fixture
def given(inbox: Inbox, tmp_path: Path) -> Settings:
    return settings(
        NILAI_SMTP_URL=inbox.url,
        NILAI_MAIL_FROM=SENDER,
        NILAI_SEAL_KEY_FILE=str(new_key_file(tmp_path)),
    )


def made_offices(engine: Engine) -> None:
    with writing(engine) as session:
        for code in ("BARAT", "TIMUR"):
            unit = made_unit(session, code, f"Kantor {code.capitalize()}")
            made_comments(session, unit, date(2026, 10, 26))
            head = f"{code.lower()}@contoh.example"
            mailed_account(session, head, Role.UNIT_HEAD, unit.id, "Kepala")
        closed = made_unit(session, "TUTUP", "Kantor yang tutup")
        closed.active = False
        made_comments(session, closed, date(2026, 10, 26))


def nilai(engine: Engine, given: Settings, *words: str) -> Result:
    with time_machine.travel(NIGHT):
        return CliRunner().invoke(main, list(words), obj=Installation(given, engine))


@dataclass(frozen=True)
class Night:
    said: list[str]
    failures: list[str]

    @property
    def output(self) -> str:
        return "\n".join([*self.said, *self.failures])


def night(
    engine: Engine, given: Settings, only: str | None = None, tasks: Sequence[Task] = TASKS
) -> Night:
    """Do a night's work as the command does, with a public site that runs already."""
    said: list[str] = []
    with time_machine.travel(NIGHT):
        failures = run_night(
            Installation(given, engine),
            mailing_of(given),
            NIGHT,
            only=only,
            say=said.append,
            tasks=tasks,
            probe_now=lambda: faults_in(engine, given),
        )
    return Night(said, failures)


def count_of_alerts(engine: Engine) -> int:
    with reading(engine) as session:
        return int(session.execute(select(func.count()).select_from(Alert)).scalar_one())


def test_a_night_looks_after_each_unit_and_tells_what_it_did(
    engine: Engine, given: Settings, inbox: Inbox
) -> None:
    made_offices(engine)
    done = nilai(engine, given, "nightly")
    assert (done.exit_code, done.output.splitlines()) == (0, [
        f"BARAT: {RELEASED}",
        f"TIMUR: {RELEASED}",
        "Uji malam: setiap wajah tersimpan sekali.",
        "Segel: 0 hari dan 0 bulan.",
        "Pemeriksaan: 4 baris, 0 perbedaan.",
        f"Masa simpan: {CLEAN}",
        f"BARAT: {SEEN}",
        f"TIMUR: {SEEN}",
        "Ringkasan: 2 email terkirim.",
    ])  # fmt: skip
    assert sorted(mail["To"] for mail in inbox.mails) == [
        "barat@contoh.example", "timur@contoh.example",
    ]  # fmt: skip


def test_twice_the_same_night_is_once(sqlite_engine: Engine, given: Settings, inbox: Inbox) -> None:
    made_offices(sqlite_engine)
    night(sqlite_engine, given)
    before = everything_in(sqlite_engine)
    again = night(sqlite_engine, given)
    assert (again.failures, len(inbox.mails)) == ([], 2)
    assert "Ringkasan: 0 email terkirim." in again.said
    after = everything_in(sqlite_engine)
    checks = after.pop("verification")
    assert len(checks) == 2  # that it was checked again is what the second time leaves
    before.pop("verification")
    assert after == before


def test_one_unit_is_enough(sqlite_engine: Engine, given: Settings) -> None:
    made_offices(sqlite_engine)
    done = nilai(sqlite_engine, given, "nightly", "--unit", "TIMUR")
    assert (done.exit_code, done.output.splitlines()) == (0, [
        f"TIMUR: {RELEASED}", f"TIMUR: {SEEN}", "Ringkasan: 1 email terkirim.",
    ])  # fmt: skip
    assert count_of_alerts(sqlite_engine) == 1
    refused = nilai(sqlite_engine, given, "nightly", "--unit", "TIDAK-ADA")
    assert (refused.exit_code, "TIDAK-ADA" in refused.output) == (1, True)


def test_what_fails_in_one_unit_is_told_and_undone_and_stops_no_other(
    sqlite_engine: Engine, given: Settings, inbox: Inbox
) -> None:
    made_offices(sqlite_engine)

    def breaks(engine: Engine, unit_id: int, _at: object) -> str:
        with writing(engine) as session:
            unit = session.get_one(ServiceUnit, unit_id)
            if unit.code == "BARAT":
                unit.name = "Setengah jadi"
                session.flush()
                raise RuntimeError
        return "beres"

    done = night(sqlite_engine, given, tasks=(Task("menghitung", breaks), *TASKS))
    assert done.failures == ["BARAT: gagal menghitung (RuntimeError)."]
    assert [line.partition(";")[0] for line in done.said[:2]] == [
        "BARAT: angka sudah dirilis", "TIMUR: beres",
    ]  # fmt: skip
    assert len(inbox.mails) == 2
    with reading(sqlite_engine) as session:
        names = session.execute(select(ServiceUnit.name)).scalars().all()  # type: ignore[call-overload]
    assert "Setengah jadi" not in names


def test_a_mail_server_that_refuses_ends_the_night_with_a_sentence(
    sqlite_engine: Engine, given: Settings, inbox: Inbox
) -> None:
    made_offices(sqlite_engine)
    inbox.refuses = True
    done = night(sqlite_engine, given)
    assert "2 ringkasan ditolak server email; dicoba lagi besok malam." in done.failures
    assert count_of_alerts(sqlite_engine) == 2


def test_without_a_mail_server_the_inbox_is_filled(sqlite_engine: Engine, given: Settings) -> None:
    made_offices(sqlite_engine)
    done = night(sqlite_engine, replace(given, smtp_url=None, mail_from=None))
    assert done.failures == []
    assert "Email tidak diatur" in done.output
    assert count_of_alerts(sqlite_engine) == 2


def test_an_installation_without_units_has_quiet_nights(
    sqlite_engine: Engine, given: Settings
) -> None:
    quiet = night(sqlite_engine, given)
    assert quiet.failures == []
    assert "Uji malam: belum ada unit yang melayani." in quiet.said


def test_a_night_has_begun_when_it_has_for_the_last_unit() -> None:
    units = [
        ServiceUnit(code=zone, name=zone, time_zone=zone)
        for zone in ("Asia/Jakarta", "Asia/Jayapura")
    ]
    # Two o'clock in Jakarta is four in Jayapura.
    assert night_of(units, at(4, 1, 59)) == date(2026, 11, 3)
    assert night_of(units, at(4, 2)) == date(2026, 11, 4)
    assert night_of(units[1:], at(4, 0)) == date(2026, 11, 4)
    assert night_of([], at(4, 10)) == date(2026, 11, 4)


def test_a_unit_that_serves_no_more_has_nothing_to_know(
    sqlite_engine: Engine, given: Settings
) -> None:
    made_offices(sqlite_engine)
    night(sqlite_engine, given)
    with writing(sqlite_engine) as session:
        unit_with(session, "BARAT").active = False
    assert "BARAT" not in night(sqlite_engine, given).output
    with reading(sqlite_engine) as session:
        running = select(col(ServiceUnit.code)).join(Alert).where(col(Alert.ended_at).is_(None))
        assert session.execute(running).scalars().all() == ["TIMUR"]


# --- the installation's parts: each by itself


def test_a_probe_that_is_not_found_is_a_failure_an_alert_and_kept_with_the_check(
    sqlite_engine: Engine, given: Settings
) -> None:
    made_offices(sqlite_engine)
    break_intake(sqlite_engine, SWALLOWS)
    done = night(sqlite_engine, given)
    assert "Uji malam gagal." in done.said
    [told] = done.failures
    assert "perbedaan. Yang pertama, probe 3: Ketukan 3" in told
    with reading(sqlite_engine) as session:
        [kept] = session.execute(select(table_of(Verification))).all()
        raised = session.execute(select(col(Alert.kind))).scalars().all()
    assert kept.differences >= 1
    assert "probe" in {each["kind"] for each in json.loads(kept.findings)}
    assert "verify" in raised
    with time_machine.travel(NIGHT):
        assert phone(sqlite_engine).get("/readyz").get_json()["warnings"]


def test_without_a_key_nothing_is_sealed_and_the_rest_is_done(
    sqlite_engine: Engine, given: Settings
) -> None:
    made_offices(sqlite_engine)
    done = night(sqlite_engine, replace(given, seal_key_file=None))
    [told] = done.failures
    assert told.startswith("Gagal menyegel: NILAI_SEAL_KEY_FILE must name a file")
    assert [line.partition(":")[0] for line in done.said] == [
        "BARAT", "TIMUR", "Uji malam", "Pemeriksaan", "Masa simpan", "BARAT", "TIMUR", "Ringkasan",
    ]  # fmt: skip


def test_two_nights_at_once_are_one(engine: Engine, given: Settings) -> None:
    made_offices(engine)
    rated_days(engine)
    with time_machine.travel(NIGHT), ThreadPoolExecutor(2) as pool:
        nights = [pool.submit(run_alone, engine, given) for _ in range(2)]
        assert [night.result() for night in nights] == [[], []]
    assert count_of_alerts(engine) == 2
    with reading(engine) as session:
        chained = session.execute(select(func.count()).select_from(table_of(Seal))).scalar_one()
    assert chained == 30  # from the fifth of October on


def run_alone(engine: Engine, given: Settings) -> list[str]:
    return run_night(
        Installation(given, engine),
        mailing_of(given),
        NIGHT,
        probe_now=lambda: faults_in(engine, given),
    )


# --- beside citizens who tap


def writings_of(engine: Engine, table: str) -> list[int]:
    """Return a list that will hold, for each row set down in a table, which transaction wrote."""
    begun, found = [0], list[int]()

    def begin(_connection: object) -> None:
        begun[0] += 1

    def execute(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith(f"INSERT INTO {table} "):
            found.append(begun[0])

    event.listen(engine, "begin", begin)
    event.listen(engine, "before_cursor_execute", execute)
    return found


def test_a_first_night_releases_a_month_in_each_transaction(
    sqlite_engine: Engine, given: Settings
) -> None:
    with writing(sqlite_engine) as session:
        unit_id = made_unit(session).id or 0
        for month in (Month(2026, 8), Month(2026, 9), Month(2026, 10)):
            make_closed_month(session, unit_id, summing_to(300, 12), month)
    written = writings_of(sqlite_engine, "release")
    done = night(sqlite_engine, given)
    assert "angka 2026-08, 2026-09, 2026-10 dirilis" in done.output
    assert len(set(written)) == 3


def test_a_first_night_releases_comments_in_portions_and_masks_beside_the_taps(
    sqlite_engine: Engine, given: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing(sqlite_engine) as session:
        office = small_office(session)
        wrote(session, office, *["Cepat"] * 501)
    taps = list[list[UUID]]()

    def with_a_tap(text: str, names: KnownNames) -> Masked:
        if not taps:  # would fail as locked if somebody were writing
            with writing(sqlite_engine) as session:
                taps.append(wrote(session, office, "Lama", on=date(2026, 11, 4)))
        return mask(text, names)

    monkeypatch.setattr(batches, "mask", with_a_tap)
    written = writings_of(sqlite_engine, "comment_batch")
    assert "501 komentar dirilis" in night(sqlite_engine, given).output
    assert (len(taps), len(set(written))) == (1, 2)


# --- by day


def test_a_round_by_day_writes_at_once_of_a_tablet_silent_for_an_hour(
    engine: Engine, given: Settings, inbox: Inbox
) -> None:
    with writing(engine) as session:
        unit = made_unit(session)
        made_tablet(session, unit, at(2, 14))
        mailed_account(session, "kepala@contoh.example", Role.UNIT_HEAD, unit.id, "Kepala")
    mailing = mailing_of(given)
    told = []
    for hour, minute in ((7, 30), (8, 10), (8, 20), (9, 0), (9, 5), (9, 10), (15, 30)):
        run_round(engine, mailing, at(3, hour, minute))
        told.append((count_of_alerts(engine), len(inbox.mails)))
    assert told == [(0, 0), (0, 0), (1, 0), (1, 0), (1, 1), (1, 1), (1, 1)]
    assert inbox.mails[0]["Subject"] == "Nilai Loket: tablet diam lebih dari satu jam"


def test_looking_by_hand_is_a_round(sqlite_engine: Engine, given: Settings) -> None:
    with writing(sqlite_engine) as session:
        made_tablet(session, made_unit(session), at(2, 14))
    with time_machine.travel(at(3, 9)):
        done = CliRunner().invoke(main, ["look"], obj=Installation(given, sqlite_engine))
    assert (done.exit_code, done.output) == (0, "")
    assert count_of_alerts(sqlite_engine) == 1

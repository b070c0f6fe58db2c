"""`nilai proof`: what it writes, for whom, what it never holds, and proofs of revisions."""

import json
import stat
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import time_machine
from click.testing import CliRunner, Result
from sqlalchemy import Engine, insert, select
from sqlmodel import Session, col

from aggregation.changes.batch import Cause
from aggregation.duties.duty_lines import DayException
from aggregation.duties.recorded_duties import record_correction
from aggregation.method.rule import DEFAULT_RULE
from aggregation.models import Officer
from aggregation.months.month_close import close_month
from aggregation.months.revision import RevisionDraft, draft_revision
from aggregation.months.revision_writing import write_revision
from aggregation.rules.rule_book import only
from aggregation.screening.models import ReviewedResponse, ScreeningReview
from deploy.nilai import main
from survey.command import Installation
from survey.database import reading, writing
from survey.models import ServiceUnit
from survey.screening_models import Finding
from survey.seal_key import seal_key
from survey.settings import KeyFile
from tests.factories import settings
from tests.month_factories import OCTOBER, SEPTEMBER, SmallOffice
from tests.proof_factories import (
    AS_SHIPPED,
    BUDI,
    CLOSED,
    MONDAYS,
    THE_NIGHT_AFTER,
    closed_office,
    seal_everything,
    sealed_office,
    written_proof,
)
from tests.record_factories import rows_of
from tests.seal_factories import new_key, rated_days

DATA = {"context.json", "leaves.json", "proof.json", "seals.json"}
MONTHS = ("2026-08", "2026-09", "2026-10")


def proof(engine: Engine, key_file: Path, *words: object) -> Result:
    given = settings(NILAI_SEAL_KEY_FILE=str(key_file))
    with time_machine.travel(THE_NIGHT_AFTER, tick=False):
        asked = ["proof", *map(str, words)]
        return CliRunner().invoke(main, asked, obj=Installation(given, engine))


def code_of(engine: Engine, office: SmallOffice) -> str:
    with reading(engine) as session:
        return session.get_one(ServiceUnit, office.unit_id).code


def test_the_command_writes_for_one_reader_and_the_log_knows(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    key = seal_key(KeyFile(tmp_path / "key.pem", made_here=True))
    unit = code_of(sqlite_engine, sealed_office(sqlite_engine, key))
    folder = tmp_path / "bukti"
    done = proof(sqlite_engine, tmp_path / "key.pem", "2026-10", "--unit", unit, "-o", folder)
    assert done.exit_code == 0, done.output
    assert "Bukti 2026-10 revisi 0 ditulis ke" in done.output
    assert AS_SHIPPED.main(folder, []) == 0

    months = {f"{kind}-{month}.json" for kind in ("rows", "figures") for month in MONTHS}
    files = {file.name: file for file in folder.iterdir()}
    assert set(files) == DATA | months | {"README.md", "verify.py"}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in files.values()} == {0o600}
    readme = files["README.md"].read_text()
    assert all(f"`{name}`" in readme for name in DATA)
    assert "Jangan diumumkan" in readme

    [made] = [row for row in rows_of(sqlite_engine, "log_entry") if row["act"] == "proof.made"]
    facts = json.loads(made["facts"])
    assert (facts["month"], facts["revision"]) == ("2026-10", 0)
    assert len(facts["digest"]) == 64


def test_what_cannot_be_proved_is_said_in_a_sentence(sqlite_engine: Engine, tmp_path: Path) -> None:
    key = seal_key(KeyFile(tmp_path / "key.pem", made_here=True))
    office = closed_office(sqlite_engine)
    unit = code_of(sqlite_engine, office)

    def refusal(month: str, *words: object, key_file: str = "key.pem", to: str = "new") -> str:
        where = ("--unit", unit, "-o", tmp_path / to)
        done = proof(sqlite_engine, tmp_path / key_file, month, *where, *words)
        assert done.exit_code == 1, done.output
        assert not (tmp_path / "new").exists()
        return done.output

    assert "2026-10 belum disegel" in refusal("2026-10")
    seal_everything(sqlite_engine, key)
    assert "2026-11 belum ditutup" in refusal("2026-11")
    assert "tidak punya revisi itu" in refusal("2026-10", "--revision", 3)
    seal_key(KeyFile(tmp_path / "other.pem", made_here=True))
    assert "bukan kunci yang diumumkan" in refusal("2026-10", key_file="other.pem")
    assert "tidak kosong" in refusal("2026-10", to=".")
    acts = {row["act"] for row in rows_of(sqlite_engine, "log_entry")}
    assert "proof.made" not in acts


def test_nobody_is_named_and_nobody_s_words_are_in_it(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    key = new_key()
    office = sealed_office(sqlite_engine, key)
    folder = written_proof(sqlite_engine, office, tmp_path / "bukti", key=key)
    written = b"".join(file.read_bytes() for file in folder.glob("*.json")).decode()
    with reading(sqlite_engine) as session:
        people = session.scalars(select(Officer)).all()
        shown = [each for each in people if each.key in written]
        assert {each.id for each in shown} == set(office.officers)
        assert not [each for each in people if each.name in written or str(each.nip) in written]
    assert "Jaringan putus" not in written  # why an outage was declared may name somebody

    rows = json.loads((folder / "rows-2026-10.json").read_text())
    tables = {"response": rows_of(sqlite_engine, "response"), "followup": []}
    tables["followup"] = rows_of(sqlite_engine, "followup")
    for row in rows:
        kept = set(tables[row["kind"]][0]) - {"leaf"} | {"kind"}
        assert set(row) == kept


def test_comments_and_profiles_stay_at_home(sqlite_engine: Engine, tmp_path: Path) -> None:
    key = new_key()
    rated_days(sqlite_engine)
    with writing(sqlite_engine) as session:
        unit = session.scalars(select(ServiceUnit)).one()
        office = SmallOffice(unit.id or 0, (), (), (), ())
        rules = only(DEFAULT_RULE)
        close_month(session, office.unit_id, OCTOBER, closed_by="uji", at=CLOSED, rules=rules)
    seal_everything(sqlite_engine, key)
    folder = written_proof(sqlite_engine, office, tmp_path / "bukti", key=key)
    assert AS_SHIPPED.main(folder, []) == 0
    texts = rows_of(sqlite_engine, "private_text")
    assert {row["text"] for row in texts} == {"Cepat", "P", "26-35"}
    written = b"".join(file.read_bytes() for file in folder.glob("*.json")).decode()
    assert "Cepat" not in written
    assert "26-35" not in written
    assert not any(row["salt"].hex() in written for row in texts)


def test_every_revision_is_proved_as_it_was_counted(sqlite_engine: Engine, tmp_path: Path) -> None:
    """October follows September's revision with its old counts, then is counted anew itself."""
    key = new_key()
    office = closed_office(sqlite_engine)
    with writing(sqlite_engine) as session:
        swap_a_morning(session, office, CLOSED + timedelta(hours=2))
        admit_what_was_held(session, office, CLOSED + timedelta(hours=1))
        write(
            session,
            draft_revision(session, office.unit_id, OCTOBER, late_until=date(2026, 11, 1)),
            CLOSED + timedelta(hours=3),
        )
    seal_everything(sqlite_engine, key)
    held = {}
    for month, revisions in ((SEPTEMBER, (0, 1)), (OCTOBER, (0, 1, 2, None))):
        for revision in revisions:
            folder = tmp_path / f"{month}-{revision}"
            written_proof(sqlite_engine, office, folder, key=key, month=month, revision=revision)
            assert AS_SHIPPED.main(folder, []) == 0
            [shown, *_] = json.loads((folder / "context.json").read_text())["months"]
            held[month, revision] = len(shown["held"])
    assert [held[OCTOBER, n] for n in (0, 1, 2, None)] == [1, 1, 0, 0]


def swap_a_morning(session: Session, office: SmallOffice, when: datetime) -> None:
    """Let Budi have served September's Monday morning, so that October follows."""
    day = date(2026, 9, MONDAYS[SEPTEMBER])
    line = DayException(office.desks[0], office.officers[BUDI], day, 16, 24)
    cause = Cause("uji", "Tertukar", when)
    batch = record_correction(session, office.unit_id, [line], cause)
    write(session, draft_revision(session, office.unit_id, SEPTEMBER, batch_id=batch), when)


def write(session: Session, draft: RevisionDraft, when: datetime) -> None:
    people = {"prepared_by": "rina", "approved_by": "tono"}
    write_revision(session, draft, reason="Tertukar", at=when, **people)


def admit_what_was_held(session: Session, office: SmallOffice, when: datetime) -> None:
    """Let a reviewer have admitted, after the close, what October held."""
    of = {"unit_id": office.unit_id, "month": OCTOBER}
    found = select(col(Finding.response_id)).where(
        col(Finding.unit_id) == office.unit_id, col(Finding.month) == OCTOBER
    )
    ids = set(session.scalars(found))
    review = {**of, "id": uuid4(), "reason": "Nyata", "decided_by": "peninjau", "admitted": True}
    session.execute(insert(ScreeningReview), {**review, "decided_at": when})
    for response_id in ids:
        row = {**of, "response_id": response_id, "review_id": review["id"]}
        session.execute(insert(ReviewedResponse), row)

"""When data has got out: the list of whom it concerns, and the doors that are shut at once."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select, update
from sqlmodel import col

from aggregation.access.accounts import RoleIn, member
from aggregation.access.api_tokens import Wanted, bearer, new_token
from aggregation.access.models import Account
from aggregation.access.one_time_link import LinkSpent, Purpose, check_link, new_link
from aggregation.access.roles import Role
from aggregation.access.staff_session import open_session, running
from aggregation.access.token_scopes import TokenScope
from aggregation.breach import affected, commands
from aggregation.changes.batch import Cause
from aggregation.models import Officer
from deploy.nilai import main
from survey.command import Installation
from survey.database import reading, writing
from survey.log import Act, record
from survey.models import LogEntry
from survey.settings import HOME
from tests.access_world import Place, make_place
from tests.factories import settings
from tests.record_factories import count_of
from tests.staff_factories import make_account

NOW = datetime.now(UTC).replace(microsecond=0)
BEFORE, SINCE_THEN, WITHIN, UNTIL_THEN = (NOW - timedelta(days=n) for n in (60, 30, 20, 1))
SINCE, UNTIL = SINCE_THEN.isoformat(), UNTIL_THEN.isoformat()
STOLEN = "kepala@contoh.example"


@pytest.fixture
def places(sqlite_engine: Engine) -> tuple[Place, Place]:
    with writing(sqlite_engine) as session:
        return make_place(session, "KOTA"), make_place(session, "LAIN")


def nilai(engine: Engine, *words: str) -> Result:
    return CliRunner().invoke(main, words, obj=Installation(settings(), engine))


def listed(engine: Engine, *words: str) -> list[dict[str, str]]:
    result = nilai(engine, "breach", "--since", SINCE, "--until", UNTIL, *words)
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(io.StringIO(result.stdout, newline="")))


def of_kind(rows: list[dict[str, str]], kind: str) -> list[str]:
    return [row["SIAPA"] for row in rows if row["JENIS"] == kind]


def test_a_stolen_copy_concerns_everybody_who_is_in_it(
    sqlite_engine: Engine, places: tuple[Place, Place]
) -> None:
    rows = listed(sqlite_engine, "--copy")
    contacts = {row["KONTAK"] for row in rows if row["JENIS"] == "petugas"}
    assert {"KOTA-1", "LAIN-1"} <= contacts
    assert len(of_kind(rows, "akun")) == count_of(sqlite_engine, "account")
    assert {str(place.device) for place in places} <= {row["KONTAK"] for row in rows}
    texts = sum(int(row["JUMLAH"]) for row in rows if row["JENIS"] == "teks")
    assert texts == count_of(sqlite_engine, "private_text") > 0


def test_a_list_that_leaves_officers_out_is_noticed(
    sqlite_engine: Engine, places: tuple[Place, Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = affected.by_copy

    def careless(*given: object) -> list[object]:
        return [each for each in whole(*given) if each.kind != "petugas"]  # type: ignore[arg-type]

    monkeypatch.setattr(commands, "by_copy", careless)
    with pytest.raises(AssertionError):
        test_a_stolen_copy_concerns_everybody_who_is_in_it(sqlite_engine, places)


def test_a_stolen_account_concerns_its_branch_and_what_was_opened_with_it(
    sqlite_engine: Engine, places: tuple[Place, Place]
) -> None:
    with writing(sqlite_engine) as session:
        role = RoleIn(Role.UNIT_HEAD, places[0].unit_id)
        who = make_account(session, role, email=STOLEN, name="Kepala")
        key = session.scalars(select(col(Account.key)).where(col(Account.id) == who)).one()
        for at in (BEFORE, WITHIN, WITHIN + timedelta(hours=1)):
            record(session, Act("people.read", key, "/unit/KOTA/petugas", {}), at)
        open_session(session, who, BEFORE, device="Edge, Windows")
        open_session(session, who, WITHIN, device="Firefox, Linux")
    rows = listed(sqlite_engine, "--account", STOLEN.upper())
    assert of_kind(rows, "akun") == ["Kepala"]
    assert of_kind(rows, "sesi") == ["Firefox, Linux"]
    [page] = [row for row in rows if row["JENIS"] == "halaman"]
    assert (page["SIAPA"], page["JUMLAH"]) == ("/unit/KOTA/petugas", "2")
    assert page["SEJAK"] == WITHIN.isoformat(timespec="seconds")
    assert {row["KONTAK"] for row in rows if row["JENIS"] == "petugas"} == {"KOTA-1"}


def test_a_stolen_tablet_concerns_no_person(
    sqlite_engine: Engine, places: tuple[Place, Place]
) -> None:
    [row] = listed(sqlite_engine, "--tablet", str(places[0].device))
    assert (row["JENIS"], row["SIAPA"]) == ("tablet", "KOTA L1")
    assert "tersandi" in row["DATA"]


def test_a_name_that_a_spreadsheet_would_compute_is_text(
    sqlite_engine: Engine, places: tuple[Place, Place]
) -> None:
    with writing(sqlite_engine) as session:
        session.execute(
            update(Officer).where(col(Officer.id) == places[0].officer_id).values(name="=1+1")
        )
    assert "'=1+1" in of_kind(listed(sqlite_engine, "--copy"), "petugas")


def test_the_file_is_its_owners_and_the_log_knows_that_it_was_made(
    sqlite_engine: Engine, places: tuple[Place, Place], tmp_path: Path
) -> None:
    assert places
    file = tmp_path / "terkena.csv"
    words = ("--since", SINCE, "--copy", "-o", str(file))
    assert nilai(sqlite_engine, "breach", *words).exit_code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_bytes().startswith(b"JENIS,SIAPA,KONTAK,DATA,SEJAK,SAMPAI,JUMLAH")
    with reading(sqlite_engine) as session:
        [act] = session.scalars(select(LogEntry).where(col(LogEntry.act) == "breach.listed"))
        assert (act.actor, act.subject) == ("cli", SINCE_THEN.date().isoformat())
        assert "Sari" not in act.facts


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--since", SINCE), "Sebutkan apa yang bocor"),
        (("--since", UNTIL, "--until", SINCE, "--copy"), "--until lebih awal"),
        (("--since", SINCE, "--account", "tidak.ada@contoh.example"), "Tidak ada akun"),
        (
            ("--since", SINCE, "--tablet", "4636711a-828e-4587-9690-2bc200000000"),
            "Tidak ada tablet",
        ),
        (("--since", "kemarin", "--copy"), "bukan waktu"),
    ],
)
def test_a_question_that_is_not_whole_is_refused_in_a_sentence(
    sqlite_engine: Engine, words: tuple[str, ...], sentence: str
) -> None:
    refused = nilai(sqlite_engine, "breach", *words)
    assert refused.exit_code in {1, 2}
    assert sentence in refused.output
    assert count_of(sqlite_engine, "log_entry") == 0


# The doors that are shut.


def keys_of_two(engine: Engine) -> tuple[str, str]:
    now = datetime.now(UTC)
    with writing(engine) as session:
        first = make_account(session, RoleIn(Role.OPERATOR), email=STOLEN)
        second = make_account(session, RoleIn(Role.HR))
        return open_session(session, first, now), open_session(session, second, now)


def still_in(engine: Engine, keys: tuple[str, str]) -> list[bool]:
    with reading(engine) as session:
        return [running(session, key, datetime.now(UTC)) is not None for key in keys]


def test_one_account_is_signed_out_and_the_others_stay(sqlite_engine: Engine) -> None:
    keys = keys_of_two(sqlite_engine)
    assert still_in(sqlite_engine, keys) == [True, True]
    assert "1 sesi diakhiri" in nilai(sqlite_engine, "accounts", "sign-out", STOLEN).output
    assert still_in(sqlite_engine, keys) == [False, True]


def test_all_accounts_are_signed_out_at_once_and_the_log_says_so(sqlite_engine: Engine) -> None:
    keys = keys_of_two(sqlite_engine)
    assert "2 sesi diakhiri" in nilai(sqlite_engine, "accounts", "sign-out", "--all").output
    assert still_in(sqlite_engine, keys) == [False, False]
    with reading(sqlite_engine) as session:
        acts = session.scalars(select(col(LogEntry.act))).all()
    assert acts.count("account.signed_out") == 2


def test_links_that_lie_about_open_nothing_after_a_sign_out(sqlite_engine: Engine) -> None:
    now = datetime.now(UTC)
    with writing(sqlite_engine) as session:
        who = make_account(session, email=STOLEN)
        token = new_link(session, Purpose.SIGN_IN, now, account_id=who)
        check_link(session, token, now)
    assert nilai(sqlite_engine, "accounts", "sign-out", STOLEN).exit_code == 0
    with reading(sqlite_engine) as session, pytest.raises(LinkSpent):
        check_link(session, token, now)


@pytest.mark.parametrize("words", [(), (STOLEN, "--all"), ("tidak.ada@contoh.example",)])
def test_a_sign_out_of_nobody_or_of_somebody_unknown_is_refused(
    sqlite_engine: Engine, words: tuple[str, ...]
) -> None:
    keys = keys_of_two(sqlite_engine)
    assert nilai(sqlite_engine, "accounts", "sign-out", *words).exit_code in {1, 2}
    assert still_in(sqlite_engine, keys) == [True, True]


def test_all_tokens_are_revoked_at_once(sqlite_engine: Engine) -> None:
    now = datetime.now(UTC)
    with writing(sqlite_engine) as session:
        maker = member(session, make_account(session, RoleIn(Role.HR)))
        cause = Cause("cli", "", now, "cli")
        wanted = Wanted("e-Kinerja", frozenset({TokenScope.READ_SCORES}), None, 30)
        secrets = [new_token(session, maker, wanted, cause).secret for _ in range(2)]
        assert all(bearer(session, secret, now) for secret in secrets)
    assert "2 token dicabut" in nilai(sqlite_engine, "tokens", "revoke", "--all").output
    with reading(sqlite_engine) as session:
        assert [bearer(session, secret, datetime.now(UTC)) for secret in secrets] == [None, None]


# The page that says what to do.

PAGE = (HOME / "docs" / "breach.md").read_text()


def unknown_commands(page: str) -> list[str]:
    """Return the commands and options of a page that the program does not have."""
    return [
        line for line in re.findall(r"\bnilai ((?:[a-z]|--)[^`\n]*)", page) if not _is_known(line)
    ]


def _is_known(line: str) -> bool:
    words = line.split()
    command = main.commands.get(words[0])
    if isinstance(command, click.Group):
        command = command.commands.get(words[1])
    if command is None:
        return False
    options = {option for each in command.params for option in each.opts}
    return {word for word in words if word.startswith("--")} <= options


def test_the_page_names_commands_that_there_are() -> None:
    assert PAGE.count("nilai breach --since") == 3
    assert unknown_commands(PAGE) == []


@pytest.mark.parametrize("line", ["nilai accounts kick-out EMAIL", "nilai tokens revoke --every"])
def test_a_command_that_there_is_not_is_noticed(line: str) -> None:
    assert unknown_commands(f"`{line}`")


def test_the_notice_holds_what_the_law_asks_for() -> None:
    notice = (HOME / "docs" / "breach-notice.md").read_text()
    told = ["Data yang terungkap", "Kapan dan bagaimana", "Upaya penanganan dan pemulihan"]
    assert [f"**{n}. {each}.**" in notice for n, each in enumerate(told, 1)] == [True] * 3
    assert "Pasal 46" in notice

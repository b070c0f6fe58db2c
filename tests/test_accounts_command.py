"""`nilai accounts`: whoever has the server can let people in, and out."""

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select
from sqlmodel import col

from aggregation.access.models import Account
from aggregation.access.one_time_link import Purpose, check_link
from aggregation.access.roles import Role
from aggregation.sign_on.arrival import Arrival
from aggregation.sign_on.claim_rules import SaidRole
from aggregation.sign_on.coming_in import come_in
from deploy.nilai import main
from survey.command import Installation
from survey.database import reading, writing
from survey.models import LogEntry
from tests.factories import settings
from tests.office_factories import NOON, SARI_NIP, UNIT, an_office
from tests.record_factories import everything_in


@pytest.fixture
def office(sqlite_engine: Engine) -> Engine:
    an_office(sqlite_engine)
    return sqlite_engine


def run(engine: Engine, *words: str) -> Result:
    installation = Installation(settings(), engine)
    return CliRunner().invoke(main, ["accounts", *words], obj=installation)


def done(engine: Engine, *words: str) -> str:
    result = run(engine, *words)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_an_account_is_added_with_its_invitation(office: Engine) -> None:
    printed = done(office, "add", "wati@contoh.example", "Wati", "--role", f"hr@{UNIT}")
    token = printed.strip().rpartition("/")[2]
    with reading(office) as session:
        assert check_link(session, token, NOON).purpose is Purpose.INVITATION
        acts = session.scalars(select(col(LogEntry.act)).where(col(LogEntry.actor) == "cli"))
        assert {"account.added", "account.invited", "link.made"} <= set(acts)
    assert "wati@contoh.example  Wati  Kepegawaian (SDM) DUKCAPIL" in done(office, "list")


def test_an_officers_account_knows_whose_it_is(office: Engine) -> None:
    role = f"officer@{UNIT}"
    done(office, "add", "sari@contoh.example", "Sari", "--role", role, "--officer", SARI_NIP)
    again = run(office, "add", "s@contoh.example", "S", "--role", role, "--officer", SARI_NIP)
    assert (again.exit_code, again.output) == (1, "Error: Petugas itu sudah punya akun.\n")


def test_roles_are_set_as_named_and_no_others(office: Engine) -> None:
    done(office, "add", "wati@contoh.example", "Wati", "--role", f"hr@{UNIT}")
    done(office, "roles", "wati@contoh.example", "--role", "auditor", "--role", f"assessor@{UNIT}")
    assert "Wati  Pejabat penilai DUKCAPIL, Auditor\n" in done(office, "list")


def test_an_account_goes_off_and_on(office: Engine) -> None:
    done(office, "add", "wati@contoh.example", "Wati", "--role", f"hr@{UNIT}")
    done(office, "switch-off", "wati@contoh.example")
    assert "(nonaktif)" in done(office, "list")
    assert "switch-on" in run(office, "invite", "wati@contoh.example").output
    done(office, "switch-on", "wati@contoh.example")
    with reading(office) as session:
        assert session.scalars(select(col(Account.active))).all() == [True]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("invite", "siapa@contoh.example"), "Tidak ada akun dengan email “siapa@contoh.example”"),
        (("switch-off", "rina@contoh.example"), "satu-satunya operator"),
        (("add", "rina@contoh.example", "R", "--role", "hr"), "sudah dipakai akun lain"),
        (("add", "rina", "R", "--role", "hr"), "bukan alamat email"),
        (("add", "r@contoh.example", " ", "--role", "hr"), "Nama harus diisi"),
        (("add", "r@contoh.example", "R", "--role", "raja"), "bukan peran"),
        (("add", "r@contoh.example", "R", "--role", "hr@"), "bukan peran"),
        (("add", "r@contoh.example", "R", "--role", "hr@TIDAK-ADA"), "TIDAK-ADA"),
        (("add", "r@contoh.example", "R", "--role", "officer"), "memerlukan --officer"),
        (("roles", "rina@contoh.example", "--role", "officer", "--officer", "1"), "NIP atau nomor"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_and_changes_nothing(
    office: Engine, words: tuple[str, ...], sentence: str
) -> None:
    done(office, "add", "rina@contoh.example", "Rina", "--role", "operator")
    before = everything_in(office)
    refused = run(office, *words)
    assert refused.exit_code in {1, 2}
    assert sentence in refused.output
    assert "Traceback" not in refused.output
    assert everything_in(office) == before


def test_an_account_is_unlinked_from_the_provider_with_what_it_gave(office: Engine) -> None:
    wati = "wati@contoh.example"
    done(office, "add", wati, "Wati", "--role", "auditor")
    unlinked = run(office, "unlink", wati)
    assert (unlinked.exit_code, unlinked.output) == (
        1,
        f"Error: Akun {wati} tidak tertaut dengan penyedia identitas.\n",
    )
    gave = (SaidRole(Role.HR, None),)
    who = Arrival("https://sso.example", "orang-7", wati, "Wati", gave, second_factor=False)
    with writing(office) as session:
        come_in(session, who, NOON)
    assert "Kepegawaian (SDM), Auditor" in done(office, "list")
    assert wati in done(office, "unlink", wati)
    assert "Wati  Auditor\n" in done(office, "list")

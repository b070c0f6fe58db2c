"""Whom an account belongs to at the provider, and which roles the provider gives and takes."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from aggregation.access.accounts import EmailInUse, RoleIn, add_account, roles_of, set_roles
from aggregation.access.models import Account, OidcIdentity
from aggregation.access.roles import Role
from aggregation.access.staff_session import open_session, running
from aggregation.changes.batch import Cause
from aggregation.models import LogDetail, Officer
from aggregation.sign_on.arrival import Arrival
from aggregation.sign_on.claim_rules import SaidRole
from aggregation.sign_on.coming_in import Refusal, come_in
from aggregation.sign_on.unlinking import NotLinked, unlink
from survey.database import reading, writing
from survey.models import LogEntry
from tests.sign_in_factories import all_at_once
from tests.staff_factories import make_office

NOW = datetime(2026, 11, 3, 5, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
HEAD, HR, OPERATOR = (SaidRole(role, None) for role in (Role.UNIT_HEAD, Role.HR, Role.OPERATOR))
EMAIL = "rina@contoh.example"


def arriving(
    *roles: SaidRole, subject: str = "orang-7", email: str | None = EMAIL, name: str = "Rina"
) -> Arrival:
    return Arrival("https://sso.example", subject, email, name, roles, second_factor=False)


def came(session: Session, who: Arrival, at: datetime = NOW) -> int:
    account_id = come_in(session, who, at)
    assert isinstance(account_id, int)
    return account_id


def local(session: Session, *roles: RoleIn, email: str = EMAIL) -> int:
    return add_account(session, email, "Rina Contoh", NOW, roles).id or 0


def an_operator(session: Session) -> int:
    return local(session, RoleIn(Role.OPERATOR), email="ti@contoh.example")


def held(session: Session, account_id: int) -> set[str]:
    return {f"{each.role}@{each.unit_id or '*'}" for each in roles_of(session, account_id)}


def acts(session: Session) -> list[tuple[str, str]]:
    rows = session.execute(select(col(LogEntry.act), col(LogEntry.actor)))
    return sorted((act, actor) for act, actor in rows if actor == "provider")


def details(session: Session) -> str:
    return "\n".join(session.scalars(select(col(LogDetail.text))))


def test_somebody_new_gets_an_account_with_the_roles_of_the_claims(session: Session) -> None:
    account_id = came(session, arriving(HEAD, HR))
    account = session.get_one(Account, account_id)
    assert (account.email, account.name, account.password_hash) == (EMAIL, "Rina", None)
    assert held(session, account_id) == {"unit_head@*", "hr@*"}
    assert acts(session) == [("account.added", "provider"), ("account.linked", "provider")]


def test_somebody_new_in_two_windows_at_once_gets_one_account(engine: Engine) -> None:
    def comes() -> int | Refusal:
        with writing(engine) as opened:
            return come_in(opened, arriving(HEAD), NOW)

    outcomes = all_at_once(6, comes)
    with reading(engine) as opened:
        [account_id] = opened.scalars(select(col(Account.id)))
        assert len(opened.scalars(select(OidcIdentity)).all()) == 1
    # Whoever lost the race is told to press the button again (`provider_pages`).
    assert set(outcomes) <= {account_id, IntegrityError, EmailInUse}
    assert account_id in outcomes


def test_somebody_new_without_a_role_gets_nothing(session: Session) -> None:
    assert come_in(session, arriving(), NOW) is Refusal.NO_ROLE
    assert session.scalars(select(Account)).all() == []
    assert acts(session) == []


def test_a_role_of_a_branch_is_given_for_that_branch(session: Session) -> None:
    unit_id = make_office(session)
    code = SaidRole(Role.AUDITOR, "DISDUKCAPIL-CONTOH")
    assert held(session, came(session, arriving(code))) == {f"auditor@{unit_id}"}


def test_the_first_time_links_the_account_of_the_same_address(session: Session) -> None:
    mine = local(session, RoleIn(Role.ASSESSOR))
    assert came(session, arriving(HEAD)) == mine
    assert held(session, mine) == {"assessor@*", "unit_head@*"}


@pytest.mark.parametrize("exists", [True, False])
def test_an_address_that_the_provider_has_not_made_sure_of_links_nothing(
    session: Session, exists: bool
) -> None:
    if exists:
        local(session, RoleIn(Role.ASSESSOR))
    assert come_in(session, arriving(HEAD, email=None), NOW) is Refusal.NO_EMAIL
    assert session.scalars(select(OidcIdentity)).all() == []


def test_a_second_person_with_the_same_address_is_refused(session: Session) -> None:
    came(session, arriving(HEAD))
    other = arriving(HEAD, OPERATOR, subject="orang-8")
    assert come_in(session, other, LATER) is Refusal.OTHER_ACCOUNT
    assert "operator" not in str(held(session, came(session, arriving(HEAD))))


def test_another_address_at_the_provider_moves_no_account(session: Session) -> None:
    mine = came(session, arriving(HEAD))
    other = local(session, RoleIn(Role.HR), email="budi@contoh.example")
    assert came(session, arriving(HEAD, email="budi@contoh.example"), LATER) == mine
    assert session.get_one(Account, mine).email == EMAIL
    assert held(session, other) == {"hr@*"}


def test_a_switched_off_account_stays_off_and_as_it_is(session: Session) -> None:
    mine = came(session, arriving(HEAD))
    session.get_one(Account, mine).active = False
    assert come_in(session, arriving(HR), LATER) is Refusal.SWITCHED_OFF
    assert held(session, mine) == {"unit_head@*"}
    unlinked = local(session, RoleIn(Role.HR), email="budi@contoh.example")
    session.get_one(Account, unlinked).active = False
    budi = arriving(HR, subject="orang-8", email="budi@contoh.example")
    assert come_in(session, budi, LATER) is Refusal.SWITCHED_OFF


def test_a_claim_that_is_gone_takes_its_role_away_and_ends_the_sessions(session: Session) -> None:
    mine = came(session, arriving(HEAD, HR))
    key = open_session(session, mine, NOW, by_provider=True)
    came(session, arriving(HEAD), LATER)
    assert held(session, mine) == {"unit_head@*"}
    assert running(session, key, LATER) is None
    assert ("account.changed", "provider") in acts(session)
    assert '"roles.after": "unit_head@*"' in details(session)


def test_the_same_claims_change_nothing_and_end_nothing(session: Session) -> None:
    mine = came(session, arriving(HEAD))
    key = open_session(session, mine, NOW)
    before = acts(session)
    came(session, arriving(HEAD), LATER)
    assert running(session, key, LATER) is not None
    assert acts(session) == before


def test_the_last_claim_that_is_gone_leaves_an_account_that_opens_nothing(session: Session) -> None:
    mine = came(session, arriving(HEAD))
    key = open_session(session, mine, NOW)
    assert come_in(session, arriving(), LATER) is Refusal.NO_ROLE
    assert held(session, mine) == set()
    assert running(session, key, LATER) is None
    assert came(session, arriving(HEAD), LATER) == mine


def test_what_people_gave_the_provider_never_takes_away(session: Session) -> None:
    mine = local(session, RoleIn(Role.ASSESSOR), RoleIn(Role.UNIT_HEAD))
    came(session, arriving(HEAD, HR))
    assert held(session, mine) == {"assessor@*", "unit_head@*", "hr@*"}
    came(session, arriving(), LATER)
    assert held(session, mine) == {"assessor@*", "unit_head@*"}


def test_what_people_take_away_the_provider_gives_again(session: Session) -> None:
    mine = came(session, arriving(HEAD, HR))
    set_roles(session, mine, [RoleIn(Role.HR)])
    came(session, arriving(HEAD, HR), LATER)
    assert held(session, mine) == {"unit_head@*", "hr@*"}


def test_a_unit_that_is_not_there_gives_nothing_and_is_kept_in_the_log(session: Session) -> None:
    gone = SaidRole(Role.AUDITOR, "BUBAR")
    mine = came(session, arriving(HEAD, gone))
    assert held(session, mine) == {"unit_head@*"}
    assert ("account.role_left_out", "provider") in acts(session)
    assert come_in(session, arriving(gone, subject="8", email="b@x.example"), NOW) is (
        Refusal.NO_ROLE
    )


def test_the_role_of_an_officer_is_given_only_to_an_officer(session: Session) -> None:
    officer = SaidRole(Role.OFFICER, None)
    mine = came(session, arriving(HEAD, officer))
    assert held(session, mine) == {"unit_head@*"}
    person = Officer(key="P-1", staff_number="1", name="Rina", employment="NON_ASN")
    session.add(person)
    session.flush()
    session.get_one(Account, mine).officer_id = person.id
    came(session, arriving(HEAD, officer), LATER)
    assert held(session, mine) == {"unit_head@*", "officer@*"}


def test_somebody_who_can_set_everything_up_remains(session: Session) -> None:
    mine = came(session, arriving(OPERATOR, HEAD))
    came(session, arriving(HEAD), LATER)
    assert held(session, mine) == {"operator@*", "unit_head@*"}
    assert ("account.role_kept", "provider") in acts(session)
    an_operator(session)
    came(session, arriving(HEAD), LATER)
    assert held(session, mine) == {"unit_head@*"}


def test_an_account_that_is_unlinked_belongs_to_the_next_who_comes(session: Session) -> None:
    an_operator(session)
    mine = local(session, RoleIn(Role.ASSESSOR))
    came(session, arriving(HEAD, OPERATOR))
    key = open_session(session, mine, NOW)
    account = session.get_one(Account, mine)
    unlink(session, account.key, Cause("cli", "", LATER))
    assert held(session, mine) == {"assessor@*"}
    assert running(session, key, LATER) is None
    assert came(session, arriving(HEAD, subject="orang-8"), LATER) == mine
    assert come_in(session, arriving(HEAD), LATER) is Refusal.OTHER_ACCOUNT
    assert "account.unlinked" in session.scalars(select(col(LogEntry.act))).all()


def test_an_account_that_is_not_linked_cannot_be_unlinked(session: Session) -> None:
    account = session.get_one(Account, local(session, RoleIn(Role.ASSESSOR)))
    with pytest.raises(NotLinked, match=EMAIL):
        unlink(session, account.key, Cause("cli", "", LATER))

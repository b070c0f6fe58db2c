"""Tokens of programs: what they open, for how long, and that revoking one really ends it."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine, update
from sqlmodel import Session, col, select

from aggregation.access.accounts import Member, RoleIn, member
from aggregation.access.api_tokens import (
    MOST_DAYS,
    PREFIX,
    BadLifetime,
    MoreThanOwn,
    NewToken,
    NoScope,
    Wanted,
    bearer,
    new_token,
    note_use,
    revoke,
)
from aggregation.access.models import ApiToken
from aggregation.access.roles import Right, Role
from aggregation.access.token_list import TokenState, UnknownToken, known_token, token_in, tokens_in
from aggregation.access.token_scopes import RIGHT_OF, TAKES, TokenScope, given_somewhere
from aggregation.changes.batch import Cause
from aggregation.models import LogDetail
from survey.models import LogEntry, ServiceUnit
from tests.factories import make_unit
from tests.staff_factories import make_account
from tests.statements import statements

NOW = datetime(2026, 11, 5, 2, 0, tzinfo=UTC)
HR_TOKEN = frozenset({TokenScope.READ_SCORES, TokenScope.READ_INDICES})


def cause(at: datetime = NOW) -> Cause:
    return Cause("uji", "", at)


def maker(session: Session, *roles: RoleIn) -> Member:
    return member(session, make_account(session, *roles))


def hr(session: Session, unit_id: int | None = None) -> Member:
    return maker(session, RoleIn(Role.HR, unit_id))


def hr_token(session: Session, unit_id: int | None = None, days: int = 180) -> NewToken:
    wanted = Wanted("BKPSDM", HR_TOKEN, unit_id, days)
    return new_token(session, hr(session), wanted, cause())


def below(session: Session, unit_id: int) -> int:
    child = make_unit(session)
    session.get_one(ServiceUnit, child).parent_id = unit_id
    session.flush()
    return child


def holds(session: Session, token: NewToken, at: datetime = NOW) -> bool:
    return bearer(session, token.secret, at) is not None


def test_a_token_opens_its_scopes_in_its_branch_and_nothing_else(session: Session) -> None:
    city = make_unit(session)
    office, other = below(session, city), make_unit(session)
    asking = bearer(session, hr_token(session, city).secret, NOW)
    assert asking is not None
    assert asking.scope.units(Right.SEE_SCORES) == {city, office}
    assert asking.scope.units(Right.SEE_UNIT) == {city, office}
    assert not asking.scope.knows(other)
    rest = set(Right) - {Right.SEE_SCORES, Right.SEE_UNIT}
    assert not any(asking.scope.may_somewhere(right) for right in rest)


def test_a_token_of_the_whole_tree_knows_units_to_come(session: Session) -> None:
    token = hr_token(session)
    later = make_unit(session)
    asking = bearer(session, token.secret, NOW)
    assert asking is not None
    assert asking.scope.may(Right.SEE_SCORES, later)


def test_every_scope_is_a_right_of_its_own() -> None:
    assert set(RIGHT_OF) == set(TAKES) == set(TokenScope)
    assert len(set(RIGHT_OF.values())) == len(TokenScope)


def test_a_secret_cannot_be_guessed_and_is_kept_nowhere(session: Session) -> None:
    token = hr_token(session)
    row = session.exec(select(ApiToken)).one()
    assert token.secret.startswith(PREFIX)
    assert len(token.secret) - len(PREFIX) >= 128 / 6
    assert hr_token(session).secret != token.secret
    assert token.secret.startswith(row.hint)
    assert len(row.hint) - len(PREFIX) == 4
    assert token.secret.encode() not in row.digest
    details = session.exec(select(LogDetail.text)).all()
    facts = session.exec(select(LogEntry.facts)).all()
    assert not any(token.secret in kept for kept in (*details, *facts))


@pytest.mark.parametrize(
    "shown", ["", PREFIX, "nlk_" + "A" * 32, "nlk_\ud800".encode("utf-8", "replace").decode()]
)
def test_what_is_no_token_opens_nothing(session: Session, shown: str) -> None:
    hr_token(session)
    assert bearer(session, shown, NOW) is None


def test_a_token_is_not_its_hint_or_its_digest(session: Session) -> None:
    hr_token(session)
    row = session.exec(select(ApiToken)).one()
    assert bearer(session, row.hint, NOW) is None
    assert bearer(session, row.digest.hex(), NOW) is None


@pytest.mark.parametrize("days", [1, 180, MOST_DAYS])
def test_a_token_ends_on_its_day(session: Session, days: int) -> None:
    token = hr_token(session, days=days)
    ends = NOW + timedelta(days=days)
    assert holds(session, token, ends - timedelta(seconds=1))
    assert not holds(session, token, ends)


@pytest.mark.parametrize("days", [0, -1, MOST_DAYS + 1])
def test_a_token_for_ever_or_for_no_time_is_not_made(session: Session, days: int) -> None:
    with pytest.raises(BadLifetime):
        hr_token(session, days=days)


def test_a_token_for_nothing_is_not_made(session: Session) -> None:
    with pytest.raises(NoScope):
        new_token(session, hr(session), Wanted("kosong", (), None), cause())


def test_a_revoked_token_is_refused_from_the_next_request_on(session: Session) -> None:
    token = hr_token(session)
    assert holds(session, token)
    assert revoke(session, token.id, cause())
    assert not holds(session, token)
    assert not revoke(session, token.id, cause())


def test_a_store_that_forgets_revocation_is_noticed(session: Session) -> None:
    token = hr_token(session)
    revoke(session, token.id, cause())
    session.exec(update(ApiToken).values(revoked_at=None))
    assert holds(session, token)


def test_revoking_one_token_leaves_the_others(session: Session) -> None:
    token, other = hr_token(session), hr_token(session)
    revoke(session, token.id, cause())
    assert holds(session, other)
    assert not revoke(session, uuid4(), cause())


@pytest.mark.parametrize(
    ("role", "scopes"),
    [
        (Role.HR, {TokenScope.READ_SCORES, TokenScope.READ_INDICES, TokenScope.READ_UNITS}),
        (Role.OPERATOR, set(TokenScope) - {TokenScope.READ_SCORES}),
        (Role.UNIT_HEAD, set()),
        (Role.AUDITOR, set()),
    ],
)
def test_nobody_gives_more_than_he_may_himself(
    session: Session, role: Role, scopes: set[TokenScope]
) -> None:
    unit_id = make_unit(session)
    giver = maker(session, RoleIn(role, unit_id))
    given = set()
    for scope in TokenScope:
        try:
            new_token(session, giver, Wanted("uji", {scope}, unit_id), cause())
            given.add(scope)
        except MoreThanOwn as refusal:
            assert refusal.scope is scope  # noqa: PT017 - which ones pass is what is looked at
    assert given == set(given_somewhere(giver.scope)) == scopes


@pytest.mark.parametrize("beyond", [None, "sibling", "parent"])
def test_nobody_gives_a_token_beyond_his_branch(session: Session, beyond: str | None) -> None:
    city = make_unit(session)
    own, sibling = below(session, city), below(session, city)
    unit_id = {"sibling": sibling, "parent": city}.get(beyond or "")
    with pytest.raises(MoreThanOwn):
        new_token(session, hr(session, own), Wanted("uji", HR_TOKEN, unit_id), cause())


def test_a_right_from_elsewhere_gives_no_token_here(session: Session) -> None:
    here, there = make_unit(session), make_unit(session)
    both = maker(session, RoleIn(Role.OPERATOR, here), RoleIn(Role.ASSESSOR, here))
    new_token(session, both, Wanted("uji", {TokenScope.READ_SCORES}, here), cause())
    split = maker(session, RoleIn(Role.OPERATOR, here), RoleIn(Role.ASSESSOR, there))
    with pytest.raises(MoreThanOwn):
        new_token(session, split, Wanted("uji", {TokenScope.READ_SCORES}, here), cause())
    assert TokenScope.READ_SCORES not in given_somewhere(split.scope)


def used_at(session: Session, token: NewToken) -> datetime | None:
    session.expire_all()
    return session.exec(select(ApiToken.used_at).where(col(ApiToken.id) == token.id)).one()


def test_the_last_use_is_kept_to_within_a_minute(session: Session) -> None:
    token = hr_token(session)
    assert used_at(session, token) is None
    for seconds, kept in ((0, 0), (59, 0), (60, 60), (100, 60), (125, 125)):
        note_use(session, token.id, NOW + timedelta(seconds=seconds))
        assert used_at(session, token) == NOW + timedelta(seconds=kept)


def test_a_token_is_checked_in_two_statements_however_many_there_are(
    engine: Engine, session: Session
) -> None:
    token = hr_token(session)
    for _ in range(20):
        hr_token(session, below(session, make_unit(session)))
    session.flush()
    with statements(engine) as seen:
        assert holds(session, token)
    assert len(seen) == 2


def test_each_act_is_in_the_log_without_a_name(session: Session) -> None:
    unit_id = make_unit(session)
    token = hr_token(session, unit_id)
    revoke(session, token.id, Cause("uji", "", NOW, "kunci"))
    entries = session.exec(select(LogEntry).where(col(LogEntry.subject) == f"token {token.id}"))
    made, revoked = sorted(entries, key=lambda entry: entry.act)
    assert (made.act, made.unit_id) == ("token.made", unit_id)
    assert "BKPSDM" not in made.facts
    assert (revoked.act, revoked.actor, revoked.unit_id) == ("token.revoked", "kunci", unit_id)


def test_one_looks_after_the_tokens_of_ones_own_branches(session: Session) -> None:
    city = make_unit(session)
    own, sibling = below(session, city), below(session, city)
    tokens = {unit: hr_token(session, unit) for unit in (None, city, own, sibling)}
    seen = session.execute(tokens_in(hr(session, own).scope)).all()
    assert [known_token(row, NOW).id for row in seen] == [tokens[own].id]
    assert len(session.execute(tokens_in(hr(session, city).scope)).all()) == 3
    assert len(session.execute(tokens_in(hr(session).scope)).all()) == 4
    assert session.execute(tokens_in(maker(session, RoleIn(Role.UNIT_HEAD)).scope)).all() == []
    with pytest.raises(UnknownToken):
        token_in(session, hr(session, own).scope, tokens[city].id, NOW)


def test_a_list_says_what_a_token_is_worth(session: Session) -> None:
    everywhere = hr(session).scope
    token, old = hr_token(session, days=3), hr_token(session, days=1)
    later = NOW + timedelta(days=1)
    assert token_in(session, everywhere, token.id, later).state is TokenState.HOLDS
    assert token_in(session, everywhere, old.id, later).state is TokenState.EXPIRED
    revoke(session, old.id, cause())
    shown = token_in(session, everywhere, old.id, later)
    assert (shown.state, shown.unit) == (TokenState.REVOKED, None)
    assert set(shown.scopes) == HR_TOKEN
    assert shown.made_by == "Rina Contoh"

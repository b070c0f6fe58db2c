"""Ten thousand changed codes of every kind, and none of them opens anything (method §10)."""

import random
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from kiosk.rotating_code import SECONDS, is_current, letters, step_of
from survey.database import reading, writing
from survey.desks import HALF, UnknownDesk, find_desk
from survey.spelling import ALPHABET, typed
from survey.tickets import UnknownTicket, find_ticket
from survey.visit_pass import UnknownPass, new_pass, read_pass
from tests.factories import KEYS, NOON, MadeDesk, make_desk, make_slip

TRIES = 10_000
TABLETS = [b"1" * 32, b"2" * 32]
_EXTRA = "ILOU-0 \N{FULLWIDTH DIGIT FOUR}ß"

Accepts = Callable[[str], bool]


def changed(genuine: str, tries: int = TRIES) -> Iterator[str]:
    """Yield a code with letters changed, swapped, dropped, added or guessed."""
    chance = random.Random(genuine)
    found = 0
    while found < tries:
        code = _changed_once(genuine, chance)
        if typed(code) != genuine:  # what is forgiven is no change
            found += 1
            yield code


def _changed_once(genuine: str, chance: random.Random) -> str:
    code, how = list(genuine), chance.randrange(6)
    at, other = (chance.randrange(len(code)) for _ in range(2))
    if how == 0:
        code[at], code[other] = code[other], code[at]
    elif how == 1:
        del code[at:other]
    elif how == 2:
        code.insert(at, chance.choice(ALPHABET))
    elif how == 3:
        code[at:] = chance.choices(ALPHABET, k=len(code) - at)
    elif how == 4:
        code[at] = chance.choice(_EXTRA)
    else:
        for place in {at, other}:
            code[place] = chance.choice(ALPHABET)
    return "".join(code)


def accepted(genuine: str, accepts: Accepts) -> list[str]:
    assert accepts(genuine)
    return [code for code in changed(genuine) if accepts(typed(code))]


def unless(refusal: type[Exception], check: Callable[[str], object]) -> Accepts:
    def accepts(code: str) -> bool:
        try:
            check(code)
        except refusal:
            return False
        return True

    return accepts


@pytest.fixture
def desk(sqlite_engine: Engine) -> MadeDesk:
    with writing(sqlite_engine) as session:
        return make_desk(session)


@pytest.fixture
def session(sqlite_engine: Engine) -> Iterator[Session]:
    with reading(sqlite_engine) as opened:
        yield opened


def test_no_changed_code_of_a_tablet_is_taken() -> None:
    now = letters(TABLETS[0], step_of(NOON))
    assert accepted(now, lambda code: is_current(code, TABLETS, NOON)) == []


def test_no_changed_pass_is_taken() -> None:
    key = KEYS.key("pass")
    genuine = new_pass("7K3MQ9", NOON, key)
    assert accepted(genuine, unless(UnknownPass, lambda code: read_pass(code, key))) == []


def test_no_changed_code_of_a_desk_is_taken(desk: MadeDesk, session: Session) -> None:
    key = KEYS.key("desk")
    finds = unless(UnknownDesk, lambda code: find_desk(session.connection(), code, key))
    assert accepted(desk.code, finds) == []


def test_no_changed_ticket_is_taken(
    sqlite_engine: Engine, desk: MadeDesk, session: Session
) -> None:
    key = KEYS.key("desk")
    with writing(sqlite_engine) as writer:
        token = make_slip(writer, desk).removeprefix("/t/")
    finds = unless(UnknownTicket, lambda code: find_ticket(session.connection(), code, key))
    assert accepted(token, finds) == []


def test_a_checker_that_compares_only_the_first_letters_is_caught() -> None:
    now = letters(TABLETS[0], step_of(NOON))
    caught = accepted(now, lambda code: code[: len(now) - 1] == now[:-1])
    assert len(caught) > TRIES // 100


def test_a_checker_that_looks_only_at_the_signature_half_of_a_desk_is_caught(
    desk: MadeDesk,
) -> None:
    assert accepted(desk.code, lambda code: code[HALF:] == desk.code[HALF:]) != []


def test_a_checker_that_tolerates_an_hour_is_caught() -> None:
    def lenient(code: str) -> bool:
        steps = range(step_of(NOON) - SECONDS, step_of(NOON) + SECONDS)
        return any(code == letters(key, step) for key in TABLETS for step in steps)

    old = letters(TABLETS[0], step_of(NOON) - 2)
    assert lenient(old)
    assert not is_current(old, TABLETS, NOON)

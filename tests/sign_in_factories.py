"""Accounts that can really sign in: with a password, an app, and a browser to do it in."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pyotp
from sqlalchemy import Engine
from sqlmodel import Session
from werkzeug.test import Client, TestResponse

from aggregation.access.accounts import RoleIn
from aggregation.access.passwords import credentials_by_id, hashed, set_password
from aggregation.access.roles import Role
from aggregation.access.second_factor import STEP_SECONDS, new_secret, set_up
from survey.database import writing
from tests.factories import KEYS
from tests.staff_factories import csrf_token, make_account

PASSWORD = "payung biru naik kereta"
HASH = hashed(PASSWORD)
EMAIL = "rina@contoh.example"
CODE_KEY = KEYS.key("second factor")


def make_staff(
    engine: Engine, *roles: RoleIn, email: str = EMAIL, name: str = "Rina Contoh"
) -> int:
    """Make an account with the password `PASSWORD`: a unit head of the whole tree unless told."""
    with writing(engine) as session:
        given = roles or [RoleIn(Role.UNIT_HEAD)]
        account_id = make_account(session, *given, email=email, name=name, second_factor=False)
        give_password(session, account_id)
    return account_id


def give_password(session: Session, account_id: int, hash_: str = HASH) -> None:
    who = credentials_by_id(session, account_id)
    assert who is not None
    set_password(session, who, hash_, datetime.now(UTC))


def give_app(session: Session, account_id: int, at: datetime) -> tuple[str, list[str]]:
    """Set an app up two steps ago, so that any code of now is new; return secret and codes."""
    secret, before = new_secret(), datetime.fromtimestamp(at.timestamp() - 2 * STEP_SECONDS, UTC)
    codes = set_up(session, account_id, secret, code_at(secret, before), key=CODE_KEY, at=before)
    return secret, codes


def code_at(secret: str, at: datetime, steps: int = 0) -> str:
    """Return what the app shows at a moment, or so many steps later."""
    return pyotp.TOTP(secret).generate_otp(int(at.timestamp()) // STEP_SECONDS + steps)


def sign_in(
    client: Client, email: str = EMAIL, password: str = PASSWORD, **fields: str
) -> TestResponse:
    """Open the sign-in page and send it."""
    token = csrf_token(client.get("/staff/masuk"))
    sent = {"csrf_token": token, "email": email, "password": password, **fields}
    return client.post("/staff/masuk", data=sent)


def all_at_once(times: int, act: Callable[[], object]) -> list[object]:
    """Do something in so many threads that start together; return what came of each."""
    outcomes: list[object] = []
    gate = threading.Barrier(times)

    def run() -> None:
        gate.wait()
        try:
            outcomes.append(act())
        except Exception as refusal:  # noqa: BLE001 - what it was is what is asked
            outcomes.append(type(refusal))

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes

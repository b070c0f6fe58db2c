"""Accounts for trying the demo office, one for each role; their passwords are made up each time."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.access.accounts import RoleIn, add_account
from aggregation.access.passwords import credentials_by_id, hashed, set_password
from aggregation.access.roles import Role
from aggregation.demo.office import OFFICERS, UNIT_CODE
from aggregation.models import Officer
from survey.spelling import grouped, random_letters
from survey.units import unit_with

_LETTERS = 16
"""Eighty random bits: the demo may be reachable by others too."""

_ACCOUNTS = (
    ("operator@contoh.example", "Rina Oktaviani", Role.OPERATOR),
    ("kepala@contoh.example", "Bambang Wijaya", Role.UNIT_HEAD),
    ("penilai@contoh.example", "Dewi Lestari", Role.ASSESSOR),
    ("sdm@contoh.example", "Agus Prasetyo", Role.HR),
    ("pemeriksa@contoh.example", "Lina Marlina", Role.REVIEWER),
    ("auditor@contoh.example", "Joko Susanto", Role.AUDITOR),
    ("petugas@contoh.example", OFFICERS[0].name, Role.OFFICER),
)


class DemoAccount(NamedTuple):
    """An account with the password that is known only while it is printed."""

    email: str
    password: str
    role: Role


def add_demo_accounts(session: Session, at: datetime) -> list[DemoAccount]:
    """Add an account for each role: the operator's for the whole tree, the others for the unit."""
    unit_id = unit_with(session, UNIT_CODE).id
    return [
        _add(session, email, name, RoleIn(role, None if role is Role.OPERATOR else unit_id), at)
        for email, name, role in _ACCOUNTS
    ]


def _add(session: Session, email: str, name: str, role: RoleIn, at: datetime) -> DemoAccount:
    officer_id = _first_officer(session) if role.role is Role.OFFICER else None
    account = add_account(session, email, name, at, [role], officer_id=officer_id)
    password = grouped(random_letters(_LETTERS))
    if made := credentials_by_id(session, account.id or 0):
        set_password(session, made, hashed(password), at)
    return DemoAccount(email, password, role.role)


def _first_officer(session: Session) -> int:
    which = col(Officer.nip) == OFFICERS[0].number
    return session.scalars(select(col(Officer.id)).where(which)).one() or 0

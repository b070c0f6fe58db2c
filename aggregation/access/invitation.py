"""The mail that carries an invitation to its owner."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.access.account_keeper import common_unit
from aggregation.access.accounts import RoleIn, roles_of, unit_parents
from aggregation.access.models import Account
from aggregation.access.one_time_link import VALID_FOR, Purpose
from aggregation.mail import Mail
from survey.language import Language, both_offer, worded
from survey.models import ServiceUnit

SUBJECT = worded("Undangan ke situs pegawai Nilai Loket")
TEXT = worded(
    "Yth. %(name)s,\n\n"
    "Anda diundang ke situs pegawai Nilai Loket. Buka tautan ini, lalu buat kata sandi Anda:\n\n"
    "%(link)s\n\n"
    "Tautan berlaku sekali, selama %(hours)s jam. Jangan teruskan kepada siapa pun.\n"
    "Sesudah itu, masuk dengan email ini: %(email)s\n\n"
    "Tidak mengenal Nilai Loket? Abaikan surat ini dan beri tahu operator TI di kantor Anda."
)


class Invited(NamedTuple):
    """Whom an invitation is for.

    Attributes
    ----------
    languages
        Codes that the unit offers its citizens, best first; none for the whole tree.
    """

    name: str
    email: str
    languages: Sequence[str]


def invited(session: Session, key: str) -> Invited:
    """Return whom the invitation of an account is for."""
    account = session.scalars(select(Account).where(col(Account.key) == key)).one()
    languages = _unit_languages(session, roles_of(session, account.id or 0))
    return Invited(account.name, account.email, languages)


def invitation_language(guest: Invited, offered: Sequence[str]) -> str:
    """Return the code of the language to write in: the unit's first that the site offers."""
    return both_offer(offered, guest.languages)[0]


def invitation_mail(guest: Invited, address: str, language: Language) -> Mail:
    """Return the mail with a one-time link in it: plain text, nothing that tells it was opened."""
    words = {
        "name": guest.name,
        "link": address,
        "hours": VALID_FOR[Purpose.INVITATION] // timedelta(hours=1),
        "email": guest.email,
    }
    return Mail(guest.email, language.say(SUBJECT), language.say(TEXT) % words)


def _unit_languages(session: Session, roles: Sequence[RoleIn]) -> Sequence[str]:
    unit_id = common_unit(unit_parents(session), roles)
    found = select(col(ServiceUnit.languages)).where(col(ServiceUnit.id) == unit_id)
    languages = session.scalars(found).first()
    return () if languages is None else languages.split(",")

"""What the log keeps of a change to an account."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.access.account_keeper import common_unit
from aggregation.access.accounts import unit_parents
from aggregation.access.known_accounts import Known
from aggregation.changes.batch import Cause
from aggregation.changes.edits import record_edit
from aggregation.models import Officer
from survey.merkle import Scalar
from survey.models import ServiceUnit


def record_account_edit(
    session: Session,
    name: str,
    known: Known,
    cause: Cause,
    *,
    before: Mapping[str, Scalar],
    after: Mapping[str, Scalar],
) -> bool:
    """Append to the log what was changed of an account; say whether anything was.

    The entry belongs to the lowest unit whose branch holds all of the account's roles.
    """
    unit_id = common_unit(unit_parents(session), known.roles)
    subject = f"account {known.account.key}"
    return record_edit(session, name, subject, before, after, unit_id=unit_id, cause=cause)


def account_facts(session: Session, known: Known) -> dict[str, Scalar]:
    """Return what the log compares of an account."""
    rows = session.execute(
        select(col(ServiceUnit.id), col(ServiceUnit.code)).where(
            col(ServiceUnit.id).in_([role.unit_id for role in known.roles if role.unit_id])
        )
    )
    codes = {row.id: row.code for row in rows}
    roles = [f"{each.role}@{codes[each.unit_id] if each.unit_id else '*'}" for each in known.roles]
    officer = select(col(Officer.key)).where(col(Officer.id) == known.account.officer_id)
    return {
        "name": known.account.name,
        "email": known.account.email,
        "roles": ", ".join(sorted(roles)),
        "officer": session.scalars(officer).first(),
    }

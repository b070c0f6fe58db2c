"""What the log keeps of a change to an account."""

from collections.abc import Mapping

from sqlmodel import Session

from aggregation.access.account_keeper import common_unit
from aggregation.access.accounts import unit_parents
from aggregation.access.known_accounts import Known
from aggregation.changes.batch import Cause
from aggregation.changes.edits import record_edit
from survey.merkle import Scalar


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

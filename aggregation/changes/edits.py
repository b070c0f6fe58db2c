"""What the log keeps of an edit on a page: the fields that changed, before and after."""

from collections.abc import Mapping

from sqlmodel import Session

from aggregation.changes.audit import record_with_detail
from aggregation.changes.batch import Cause
from survey.log import Act
from survey.merkle import Scalar


def record_edit(
    session: Session,
    name: str,
    subject: str,
    before: Mapping[str, Scalar],
    after: Mapping[str, Scalar],
    *,
    unit_id: int | None,
    cause: Cause,
) -> bool:
    """Append to the log what an act changed; say whether it changed anything.

    Parameters
    ----------
    name
        What was done, such as ``desk.changed``.
    subject
        The key of what it was done to.
    before, after
        Its fields; nothing before if it is new. Only those that differ are kept, and their values
        lie in the erasable detail, because they may name people.
    """
    changed = [field for field in after if before.get(field) != after[field]]
    if not changed:
        return False
    act = Act(name, cause.actor, subject, {"fields": ", ".join(sorted(changed))}, unit_id)
    detail: dict[str, Scalar | list[str]] = {"reason": cause.reason}
    for field in changed:
        detail[f"{field}.before"] = before.get(field)
        detail[f"{field}.after"] = after[field]
    record_with_detail(session, act, cause.at, detail)
    return True

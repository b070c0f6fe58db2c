"""Adding a service and changing it, as its page does; its code never changes: resends name it."""

from collections.abc import Iterable

from sqlmodel import Session

from aggregation.changes.batch import Cause, hold_unit
from aggregation.changes.edits import record_edit
from aggregation.office.codes import chosen_code
from survey.merkle import Scalar
from survey.models import Service
from survey.services import NamedService, add_services, services_by_code


def open_service(session: Session, unit_id: int, code: str, name: str, cause: Cause) -> str:
    """Add a service to a unit and return its code.

    Parameters
    ----------
    code
        As it was typed; one is made from the name if it is empty.

    Raises
    ------
    NotACode, CodeInUse
        If the code cannot be the service's.
    """
    hold_unit(session, unit_id)
    chosen = chosen_code(code, name, services_by_code(session, unit_id))
    open_services(session, unit_id, [NamedService(chosen, name)], cause)
    return chosen


def open_services(
    session: Session, unit_id: int, services: Iterable[NamedService], cause: Cause
) -> int:
    """Add those of some services whose codes the unit has not; return how many."""
    hold_unit(session, unit_id)  # two may press the button at once
    known = services_by_code(session, unit_id)
    new = [service for service in services if service.code not in known]
    ids = add_services(session, unit_id, new)
    for service in new:
        after: dict[str, Scalar] = {"code": service.code, "name": service.name}
        subject = f"service {ids[service.code]}"
        record_edit(session, "service.added", subject, {}, after, unit_id=unit_id, cause=cause)
    return len(new)


def change_service(
    session: Session, service: Service, name: str, *, active: bool, cause: Cause
) -> None:
    """Rename a service, or switch it on or off."""
    before: dict[str, Scalar] = {"name": service.name, "active": service.active}
    after: dict[str, Scalar] = {"name": name, "active": active}
    service.name, service.active = name, active
    session.flush()
    subject = f"service {service.id}"
    record_edit(
        session, "service.changed", subject, before, after, unit_id=service.unit_id, cause=cause
    )

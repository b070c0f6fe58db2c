"""The desk that the nightly probe rates: in a unit of its own, which no figure is made of."""

from sqlmodel import Session, col, select

from survey.desks import RatedDesk, desk_by_id
from survey.models import Desk, ServiceUnit
from survey.set_up import add_desk, add_unit
from survey.units import PROBE_UNIT

ZONE = "Asia/Jakarta"
"""The log's zone too, so that no day is sealed later for the probe."""


def probe_desk(session: Session, key: bytes) -> RatedDesk:
    """Return the probe's desk, made when first asked for.

    Its unit serves nobody, so nothing is released or looked round there. The desk counts as a
    hall: no number of taps is a burst.

    Parameters
    ----------
    key
        What codes of desks are signed with.
    """
    found = session.exec(
        select(Desk.id)
        .join(ServiceUnit, col(ServiceUnit.id) == col(Desk.unit_id))
        .where(col(ServiceUnit.code) == PROBE_UNIT)
    ).first()
    return desk_by_id(session.connection(), found or _new_desk(session), key)


def _new_desk(session: Session) -> int:
    unit_id = add_unit(session, PROBE_UNIT, "Uji malam", ZONE)
    session.get_one(ServiceUnit, unit_id).active = False
    desk = add_desk(session, unit_id, PROBE_UNIT, "Loket uji", kind="hall")
    return desk.id or 0

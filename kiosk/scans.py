"""A phone that scanned a tablet's code: from six letters that are right now to a pass."""

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from kiosk import rotating_code
from kiosk.models import Device
from survey import visit_pass
from survey.desks import DeskClosed, find_desk
from survey.settings import Settings
from survey.spelling import typed
from survey.visit_pass import ScanAgain, new_pass


def take_scan(
    session: Session, desk_code: str, letters: str, settings: Settings, at: datetime
) -> str:
    """Return a new pass for whoever sees a tablet of the desk; nothing is written.

    Parameters
    ----------
    desk_code, letters
        As the address has them: small letters, dashes and the like are forgiven.

    Raises
    ------
    UnknownDesk
        If the desk's code was never signed.
    DeskClosed
        If the desk takes no responses.
    ScanAgain
        If no tablet of the desk shows the letters: too old, guessed, or of a tablet that is revoked
        or stands elsewhere. The refusal does not say which.
    """
    desk = find_desk(session, typed(desk_code), settings.key("desk"))
    if not desk.active:
        raise DeskClosed
    secret = settings.key(rotating_code.PURPOSE)
    devices = session.connection().execute(_TABLETS, {"desk": desk.id}).scalars()
    keys = [rotating_code.code_key(secret, device) for device in devices]
    if not rotating_code.is_current(typed(letters), keys, at):
        raise ScanAgain
    return new_pass(desk.public_key, at, settings.key(visit_pass.PURPOSE))


_TABLETS = select(col(Device.id)).where(
    col(Device.desk_id) == bindparam("desk"), col(Device.revoked_at).is_(None)
)
